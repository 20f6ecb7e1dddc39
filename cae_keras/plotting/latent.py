"""The latent plane: codes as points, coloured by digit; and reading them back."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from .style import DIGIT_COLORS, STYLE, finished

POINTS_SHOWN = 3000  # a panel with more points is a blot


def plot_latent_plane(panels, marks=None):
    """Draw two-dimensional codes as points, coloured by digit, panels side by side.

    Args:
        panels: a dictionary from title to (codes, labels): codes of shape (n, 2) in
            latent units, n integer labels 0-9. Of more than 3,000 points only the first
            3,000 are drawn, and the title says so.
        marks: a dictionary from label to a point (first, second) to be marked with a
            cross in every panel, or None.

    Returns:
        The `Figure`; all panels have the same axes.

    Raises:
        ValueError: if there is no panel, codes are not (n, 2), or labels are not one
            integer 0-9 a code.
    """
    if not panels:
        raise ValueError("There must be at least one panel. Received: none")
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1,
            len(panels),
            figsize=(4.6 * len(panels), 4.2),
            sharex=True,
            sharey=True,
            squeeze=False,
        )
        digits = []
        for axis, (title, (codes, labels)) in zip(axes[0], panels.items(), strict=True):
            codes, labels = plane_of(codes, labels, title)
            count = len(codes)
            codes, labels = codes[:POINTS_SHOWN], labels[:POINTS_SHOWN]
            digits = sorted({*digits, *labels.tolist()})
            scatter(axis, codes, labels)
            shown = f"first {len(codes):,} of " if len(codes) < count else ""
            axis.set_title(f"{title} ({shown}{count:,} images)")
            axis.set_xlabel("first latent number")
            for label, point in (marks or {}).items():
                axis.plot(*point, "kx", markersize=9, markeredgewidth=2)
                axis.annotate(
                    label,
                    point,
                    xytext=(6, 6),
                    textcoords="offset points",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
                )
        axes[0, 0].set_ylabel("second latent number")
        legend(axes[0, -1], digits)
    return finished(figure)


def points_in(figure):
    """Return the points that each panel of a latent plane shows, with their digits.

    Args:
        figure: what `plot_latent_plane` returned.

    Returns:
        A list of (codes, labels), one a panel: codes of shape (n, 2), labels read
        from the colours. The points of one digit stand together.

    Example:
        >>> figure = plot_latent_plane({"test": ([[0.0, 1.0], [2.0, 3.0]], [6, 1])})
        >>> codes, labels = points_in(figure)[0]
        >>> codes.tolist(), labels.tolist()
        ([[2.0, 3.0], [0.0, 1.0]], [1, 6])
    """
    panels = []
    for axis in figure.axes:
        if not axis.collections:
            continue  # a picture, not a plane
        drawn = [(np.asarray(c.get_offsets()), _digit_of(c)) for c in axis.collections]
        codes = np.concatenate([points for points, _ in drawn])
        labels = np.concatenate([[digit] * len(points) for points, digit in drawn])
        panels.append((codes, labels))
    return panels


def scatter(axis, codes, labels):
    """Draw codes (n, 2) into an axis, the points of each digit in its colour."""
    for digit in np.unique(labels):
        axis.scatter(
            *codes[labels == digit].T,
            s=5,
            alpha=0.6,
            linewidths=0,
            color=DIGIT_COLORS[digit],
            label=str(digit),
        )


def legend(axis, digits):
    """Name the colours of the digits, at the right of an axis."""
    handles = [
        plt.Line2D([], [], marker="o", linestyle="", color=DIGIT_COLORS[digit])
        for digit in digits
    ]
    axis.legend(
        handles, digits, title="digit", loc="center left", bbox_to_anchor=(1, 0.5)
    )


def _digit_of(collection):
    """Return the digit whose colour these points have."""
    color = collection.get_facecolor()[0, :3]
    distances = np.abs(np.array([to_rgb(name) for name in DIGIT_COLORS]) - color)
    return int(distances.sum(axis=1).argmin())


def plane_of(codes, labels, title):
    """Return codes (n, 2) and their labels as arrays, or refuse them."""
    codes, labels = np.asarray(codes), np.asarray(labels)
    if codes.ndim != 2 or codes.shape[1] != 2 or labels.shape != (len(codes),):
        raise ValueError(
            "Codes must have the shape (n, 2), with one label each. Received: "
            f"{title!r} with codes of shape {codes.shape}, labels of {labels.shape}"
        )
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"Labels must be integers. Received: {labels.dtype} labels")
    if len(labels) and not 0 <= labels.min() <= labels.max() <= 9:
        raise ValueError(
            "Labels must be digits between 0 and 9. "
            f"Received: {labels.min()} to {labels.max()}"
        )
    return codes, labels
