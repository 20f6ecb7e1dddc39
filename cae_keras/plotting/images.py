"""Pictures: rows of images, feature maps, the decoded plane; and reading them back."""

import matplotlib.pyplot as plt
import numpy as np

from .style import STYLE, finished, label_left, panels


def plot_images(rows, captions=None):
    """Draw rows of grey images under one another, labelled at the left.

    Args:
        rows: a dictionary from label to images of shape (n, height, width) or
            (n, height, width, 1), intensities 0-1. Darker than 0 is shown as black,
            brighter than 1 as white.
        captions: n strings to stand over the columns, or None.

    Returns:
        The `Figure`, a panel an image, row by row.

    Raises:
        ValueError: if there is no image, the rows differ in number, or an array has
            another shape.
    """
    rows = {label: grey_images(images, label) for label, images in rows.items()}
    counts = {len(images) for images in rows.values()}
    if len(counts) != 1 or counts == {0}:
        raise ValueError(
            "The rows must hold one number of images, at least one. Received: "
            + (", ".join(f"{label}: {len(x)}" for label, x in rows.items()) or "no row")
        )
    (columns,) = counts
    if captions is not None and len(captions) != columns:
        raise ValueError(
            "There must be one caption a column. "
            f"Received: {len(captions)} captions, {columns} columns"
        )
    size = min(1.0, 10 / columns)
    figure, axes = panels(len(rows), columns, size, extra_width=1.2)
    for row, (label, images) in zip(axes, rows.items(), strict=True):
        for axis, image in zip(row, images, strict=True):
            axis.imshow(image, cmap="gray", vmin=0, vmax=1)
        label_left(row[0], label)
    for axis, caption in zip(axes[0], captions or [], strict=bool(captions)):
        axis.set_title(caption, fontsize=9)
    return finished(figure)


def plot_feature_maps(layers, count=8):
    """Draw the first feature maps of each layer, a row a layer.

    Args:
        layers: a dictionary from layer name to one image's maps, shape
            (height, width, channels), any real numbers.
        count: how many channels to show; a layer that has fewer leaves panels empty.

    Returns:
        The `Figure`. Each row has its own scale, from 0 (black) to its largest value
        (white), which stands in the label.

    Raises:
        ValueError: if the maps of a layer are not three-dimensional, or none is given.
    """
    if not layers:
        raise ValueError("There must be at least one layer. Received: none")
    figure, axes = panels(len(layers), count, 1.0, extra_width=2.0)
    for row, (name, maps) in zip(axes, layers.items(), strict=True):
        maps = np.asarray(maps)
        if maps.ndim != 3:
            raise ValueError(
                "Feature maps must have the shape (height, width, channels). "
                f"Received: {name} of shape {maps.shape}"
            )
        largest = float(maps.max())
        for axis, image in zip(row, np.moveaxis(maps, -1, 0), strict=False):
            axis.imshow(image, cmap="gray", vmin=0, vmax=largest if largest > 0 else 1)
        for axis in row[maps.shape[-1] :]:
            axis.set_axis_off()
        size = "x".join(map(str, maps.shape))
        label_left(row[0], f"{name}\n{size}\n0 to {largest:.2g}")
    return finished(figure)


def plot_decoded_plane(images, first, second):
    """Draw what a decoder paints over a grid of the latent plane, as one picture.

    Args:
        images: shape (rows, columns, height, width), intensities 0-1; row i belongs to
            `second[i]`, column j to `first[j]`.
        first, second: the latent numbers of the columns and of the rows, ascending and
            evenly spaced.

    Returns:
        The `Figure`. The second number grows upwards, as in the plane.

    Raises:
        ValueError: if the shapes do not fit, or the numbers are not ascending.
    """
    images, first, second = (np.asarray(x) for x in (images, first, second))
    if images.ndim != 4 or images.shape[:2] != (len(second), len(first)):
        raise ValueError(
            "`images` must have the shape (len(second), len(first), height, width). "
            f"Received: images of shape {images.shape}, len(first)={len(first)}, "
            f"len(second)={len(second)}"
        )
    for name, values in (("first", first), ("second", second)):
        if len(values) < 2 or np.any(np.diff(values) <= 0):
            raise ValueError(
                f"`{name}` must be two or more ascending numbers. Received: {values}"
            )
    rows, columns, height, width = images.shape
    mosaic = images[::-1].transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    half = [(values[1] - values[0]) / 2 for values in (first, second)]
    extent = (
        first[0] - half[0],
        first[-1] + half[0],
        second[0] - half[1],
        second[-1] + half[1],
    )
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 7 * rows / columns))
        axis.imshow(mosaic, cmap="gray", vmin=0, vmax=1, extent=extent, aspect="auto")
        axis.set_xlabel("first latent number")
        axis.set_ylabel("second latent number")
    return finished(figure)


def images_in(figure):
    """Return the arrays that a figure's panels show, as they were drawn.

    Args:
        figure: what a `plot_*` function returned.

    Returns:
        A list of arrays (height, width), panel by panel, row by row.

    Example:
        >>> image = np.eye(3)
        >>> bool(np.all(images_in(plot_images({"eye": [image]}))[0] == image))
        True
    """
    return [
        np.asarray(shown.get_array()) for axis in figure.axes for shown in axis.images
    ]


def grey_images(images, label):
    """Return images as (n, height, width), or refuse them."""
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3:
        raise ValueError(
            "Images must have the shape (n, height, width) or (n, height, width, 1). "
            f"Received: {label!r} of shape {images.shape}"
        )
    return images
