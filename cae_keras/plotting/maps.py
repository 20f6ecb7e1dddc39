"""Real numbers as pictures with a scale: counts, kernels, feature maps, differences."""

import numpy as np

from .style import finished, label_left, panels


def plot_maps(rows, captions=None, scale=None):
    """Draw rows of maps under one another, each row with a scale of its own.

    Args:
        rows: a dictionary from label to maps, a sequence of arrays (height, width) of
            any real numbers, which may differ in size. A row that has fewer maps than
            another leaves panels empty.
        captions: a string for each map, row by row, to stand over it, or None.
        scale: a pair (smallest, largest) for all rows, or None: each row from its
            smallest to its largest number.

    Returns:
        The `Figure`, panel by panel, row by row. A scale that crosses 0 is made
        symmetric, with blue below and red above a white 0; any other goes from dark to
        bright. Its ends stand in the label of the row.

    Raises:
        ValueError: if there is no map, one is not a finite array (height, width), or
            there is not one caption for each map.
    """
    rows = {name: [_map(one, name) for one in maps] for name, maps in rows.items()}
    columns = max(map(len, rows.values()), default=0)
    if not columns or not all(rows.values()):
        raise ValueError(
            "Each row must hold at least one map, and there must be a row. "
            f"Received: { {name: len(maps) for name, maps in rows.items()} }"
        )
    count = sum(map(len, rows.values()))
    if captions is not None and len(captions) != count:
        raise ValueError(
            "There must be one caption for each map. "
            f"Received: {len(captions)} captions, {count} maps"
        )
    captions = iter(captions or [""] * count)
    figure, axes = panels(len(rows), columns, min(1.8, 10 / columns), extra_width=1.8)
    for axis_row, (name, maps) in zip(axes, rows.items(), strict=True):
        low, high = scale or (min(map(np.min, maps)), max(map(np.max, maps)))
        diverging = low < 0 < high
        if diverging:
            high = max(-low, high)
            low = -high
        for axis, shown in zip(axis_row, maps, strict=False):
            axis.imshow(
                shown,
                cmap="RdBu_r" if diverging else "viridis",
                vmin=low,
                vmax=high if high > low else low + 1,
                interpolation="nearest",
            )
            axis.set_title(next(captions), fontsize=9)
        for axis in axis_row[len(maps) :]:
            axis.set_axis_off()
        label_left(axis_row[0], f"{name}\n{low:.2g} to {high:.2g}")
    return finished(figure)


def _map(values, name):
    """Return one map as an array, or refuse it."""
    values = np.asarray(values)
    if values.ndim != 2 or 0 in values.shape or not np.isfinite(values).all():
        raise ValueError(
            "A map must be an array (height, width) of finite numbers. "
            f"Received: {name!r} with the shape {values.shape}"
        )
    return values
