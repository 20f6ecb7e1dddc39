"""Convolution in the Fourier domain: circles, matrices of constants, multiply-adds."""

import matplotlib.pyplot as plt
import numpy as np

from .style import LATENT_COLOR, OUTPUT_COLOR, STYLE, finished

CROPPED_COLOR = "0.9"


def plot_circles(entries, kept, lengths):
    """Draw which entries of a convolution share a place on circles of these lengths.

    On a circle of length N entry p stands at place p mod N. Cyan: an entry that is
    kept, alone on its place. Orange: kept, but others are added to it or it has been
    added to another. Grey: only entries that are cropped.

    Args:
        entries: how many entries the convolution has, n + T - 1 for n pixels and T
            taps.
        kept: the entries that remain, a range.
        lengths: the circles, one row each.

    Returns:
        The `Figure`. Its texts are the entries on each place, as "0+10", circle by
        circle.

    Raises:
        ValueError: if there is no circle, or an entry is kept that does not exist.
    """
    kept = list(kept)
    if not len(lengths) or min(lengths) < 1 or not {*kept} <= {*range(entries)}:
        raise ValueError(
            "There must be one length or more, each at least 1, and all that is kept "
            f"must exist. Received: entries={entries}, kept={kept}, lengths={lengths}"
        )
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(0.72 * entries + 1, 0.75 * len(lengths)))
        for row, length in enumerate(lengths):
            for place in range(length):
                here = range(place, entries, length)
                color = CROPPED_COLOR
                if {*here} & {*kept}:
                    color = OUTPUT_COLOR if len(here) == 1 else LATENT_COLOR
                axis.add_patch(plt.Rectangle((place, row), 0.94, 0.7, color=color))
                label = "+".join(map(str, here))
                axis.text(place + 0.47, row + 0.35, label, ha="center", va="center")
        axis.set_xlim(-0.1, max(lengths))
        axis.set_ylim(len(lengths), -0.1)  # the first circle on top
        axis.set_yticks(
            [row + 0.35 for row in range(len(lengths))],
            [f"N = {length}" for length in lengths],
        )
        axis.set_xticks([])
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
    return finished(figure)


def plot_matrices(matrices):
    """Draw matrices side by side: blue below 0, white at 0, red above.

    Args:
        matrices: a dictionary from title to an array (rows, columns), any real
            numbers. Each has its own scale, up to its largest absolute value.

    Returns:
        The `Figure`: `images_in` gives the matrices. An entry is as large in each.

    Raises:
        ValueError: if there is no matrix, or one is not two-dimensional.
    """
    matrices = {title: np.asarray(matrix) for title, matrix in matrices.items()}
    if not matrices or any(matrix.ndim != 2 for matrix in matrices.values()):
        raise ValueError(
            "There must be at least one matrix, each (rows, columns). Received: "
            f"{ {title: matrix.shape for title, matrix in matrices.items()} }"
        )
    rows, columns = zip(*(matrix.shape for matrix in matrices.values()), strict=True)
    entry = min(0.25, 10 / sum(columns))
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            1,
            len(matrices),
            figsize=(entry * sum(columns) + 1, entry * max(rows) + 0.8),
            width_ratios=columns,
            squeeze=False,
        )
    for axis, (title, matrix) in zip(axes[0], matrices.items(), strict=True):
        largest = float(np.abs(matrix).max()) or 1.0
        axis.imshow(matrix, cmap="RdBu_r", vmin=-largest, vmax=largest)
        axis.set_title(f"{title}\n{matrix.shape[0]}x{matrix.shape[1]}")
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(True)
        axis.set_anchor("N")
    return finished(figure, "constrained")


def plot_multiply_adds(kernel_sizes, curves, crossing=None):
    """Draw multiply-adds over the kernel size, and mark where one way overtakes.

    Args:
        kernel_sizes: ascending, in pixels.
        curves: a dictionary from label to one number of multiply-adds a kernel size.
        crossing: the kernel size at which a vertical line stands, or None.

    Returns:
        The `Figure`; the vertical axis counts millions and is logarithmic.

    Raises:
        ValueError: if there is no curve, or one has another length than the sizes.
    """
    if not curves or any(len(y) != len(kernel_sizes) for y in curves.values()):
        raise ValueError(
            "There must be at least one curve, each with a number a kernel size. "
            f"Received: {len(kernel_sizes)} sizes, "
            f"{ {label: len(y) for label, y in curves.items()} }"
        )
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.6))
        for label, numbers in curves.items():
            axis.plot(kernel_sizes, np.asarray(numbers) / 1e6, ".-", label=label)
        if crossing is not None:
            axis.axvline(crossing, color="0.5", linestyle="--")
            axis.annotate(
                f"k = {crossing}",
                (crossing, 1),
                xycoords=("data", "axes fraction"),
                xytext=(4, -2),
                textcoords="offset points",
                va="top",
                color="0.3",
            )
        axis.set_xlabel("kernel size k, kernels of k x k")
        axis.set_ylabel("million multiply-adds an image")
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:g}")
        axis.legend(loc="lower right")
    return finished(figure)
