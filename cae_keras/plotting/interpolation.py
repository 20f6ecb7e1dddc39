"""A row of pixels, and what upsampling puts between them."""

import matplotlib.pyplot as plt
import numpy as np

from .style import INPUT_COLOR, STYLE, finished


def plot_interpolation(row, results, curve=None):
    """Draw a row of pixels, and beside one another the rows that upsampling made of it.

    Args:
        row: n numbers, the pixels; pixel i stands at i and reaches from i - 1/2 to
            i + 1/2.
        results: a dictionary from title to a pair (places, values) of equal length:
            where in the row each output pixel stands, and its value.
        curve: None, or a pair (places, values) of equal length: points of the line from
            which the values are read, in order. It is drawn in each axis.

    Returns:
        The `Figure`, an axis a result: large blue dots for the pixels, small dark ones
        for the output, not joined; a thin dark line for the curve; thin grey lines at
        the edges of the pixels. The pixels are the first line of an axis, the output
        the second, the curve the last, if there is one.

    Raises:
        ValueError: if there is no result, or rows or pairs are empty, of unequal length
            or not finite.

    Source: the drawing is ours; lecture A, A11, has the numbers.
    """
    row = _finite("row", row)
    pairs = {title: _pair(title, pair) for title, pair in results.items()}
    if not pairs:
        raise ValueError("There must be at least one result. Received: none")
    curve = None if curve is None else _pair("curve", curve)
    with plt.rc_context(STYLE):
        width = min(3.4, 10.2 / len(pairs))
        figure, axes = plt.subplots(
            1, len(pairs), figsize=(width * len(pairs), 2.9), squeeze=False, sharey=True
        )
        for axis, (title, (places, values)) in zip(axes[0], pairs.items(), strict=True):
            axis.plot(range(len(row)), row, "o", color=INPUT_COLOR, markersize=13)
            axis.plot(places, values, ".", color="0.2", markersize=7)
            for edge in np.arange(len(row) + 1) - 0.5:
                axis.axvline(edge, color="0.85", linewidth=0.8, zorder=0)
            if curve is not None:
                axis.plot(*curve, color="0.2", linewidth=0.8, zorder=1)
            axis.set_xlim(-0.6, len(row) - 0.4)
            axis.set_xticks(range(len(row)))
            axis.set_xlabel("place in the row (pixels)")
            axis.set_title(title)
        axes[0, 0].set_ylabel("value")
    return finished(figure)


def _pair(name, pair):
    """Return places and values as arrays of one length, or refuse them."""
    places, values = (_finite(name, numbers) for numbers in pair)
    if len(places) != len(values):
        raise ValueError(
            "There must be one place for each value. "
            f"Received: {name!r} with {len(places)} and {len(values)}"
        )
    return places, values


def _finite(name, numbers):
    """Return numbers as a one-dimensional array, or refuse them."""
    numbers = np.asarray(numbers, dtype=float)
    if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
        raise ValueError(
            "A row must hold one or more finite numbers. "
            f"Received: {name!r} of shape {numbers.shape}"
        )
    return numbers
