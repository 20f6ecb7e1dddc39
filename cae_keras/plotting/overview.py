"""An autoencoder in one picture."""

import matplotlib.pyplot as plt
import numpy as np

from .images import grey_images
from .latent import legend, plane_of, scatter
from .style import STYLE, finished, label_left


def plot_overview(images, reconstructions, codes, labels):
    """Draw images over their reconstructions, and beside them the latent plane.

    Args:
        images, reconstructions: n of each, shape (n, height, width) or
            (n, height, width, 1), intensities 0-1.
        codes: shape (m, 2), in latent units; m may be larger than n.
        labels: m integers 0-9.

    Returns:
        The `Figure`: `images_in` gives the n images and the n reconstructions,
        `points_in` the plane.

    Raises:
        ValueError: if the arrays have other shapes, or n is 0 or not the same twice.
    """
    rows = {
        "input": grey_images(images, "input"),
        "reconstruction": grey_images(reconstructions, "reconstruction"),
    }
    codes, labels = plane_of(codes, labels, "the plane")
    columns = len(rows["input"])
    if not columns or columns != len(rows["reconstruction"]):
        raise ValueError(
            "There must be as many reconstructions as images, at least one. "
            f"Received: {columns} images, {len(rows['reconstruction'])} reconstructions"
        )
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(11, 3.2), layout="constrained")
        grid = figure.add_gridspec(
            2, columns + 1, width_ratios=[1] * columns + [0.42 * columns]
        )
        for i, (label, pictures) in enumerate(rows.items()):
            for j, picture in enumerate(pictures):
                axis = figure.add_subplot(grid[i, j], xticks=[], yticks=[])
                axis.spines[:].set_visible(False)
                axis.imshow(picture, cmap="gray", vmin=0, vmax=1)
                if j == 0:
                    label_left(axis, label)
        plane = figure.add_subplot(grid[:, -1])
        scatter(plane, codes, labels)
        legend(plane, np.unique(labels).tolist())
        plane.set_xlabel("first latent number")
        plane.set_ylabel("second latent number")
    return finished(figure, "constrained")
