"""Losses and errors: the curve over the epochs, and the bars side by side."""

import matplotlib.pyplot as plt
import numpy as np

from .style import OUTPUT_COLOR, STYLE, finished


def plot_learning_curve(curves, references=None):
    """Draw the loss after each epoch, with horizontal lines to compare with.

    Args:
        curves: a dictionary from label to one loss an epoch (mean squared error a
            pixel, intensities 0-1).
        references: a dictionary from label to a loss that stands still, or None.

    Returns:
        The `Figure`.

    Raises:
        ValueError: if there is no curve or a curve is empty.
    """
    if not curves or not all(len(losses) for losses in curves.values()):
        raise ValueError(
            "There must be at least one curve, each with a loss an epoch. "
            f"Received: { {label: len(losses) for label, losses in curves.items()} }"
        )
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.4))
        for label, losses in curves.items():
            axis.plot(range(1, len(losses) + 1), losses, "o-", label=label)
        for i, (label, loss) in enumerate((references or {}).items()):
            axis.axhline(loss, color="0.4", linestyle=["--", ":", "-."][i % 3])
            axis.annotate(
                label,
                (1, loss),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                color="0.3",
            )
        axis.set_xlabel("epoch")
        axis.set_ylabel("mean squared error per pixel")
        axis.set_ylim(0, axis.get_ylim()[1] * 1.1)  # room for the highest label
        axis.set_xticks(range(1, max(map(len, curves.values())) + 1))
        axis.legend(loc="lower left")
    return finished(figure)


def plot_errors(errors, highlight=()):
    """Draw one horizontal bar an error, the smallest at the bottom, with its digits.

    Args:
        errors: a dictionary from label to a mean squared error per pixel.
        highlight: the labels whose bars are coloured.

    Returns:
        The `Figure`.

    Raises:
        ValueError: if there is no error, or one is negative or not finite.
    """
    values = np.array(list(errors.values()), dtype=float)
    if not len(values) or not np.all(np.isfinite(values) & (values >= 0)):
        raise ValueError(
            f"Errors must be finite numbers of 0 or more. Received: {errors!r}"
        )
    order = np.argsort(values, kind="stable")
    labels = [list(errors)[i] for i in order]
    colors = [OUTPUT_COLOR if label in highlight else "0.8" for label in labels]
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(8, 0.6 + 0.36 * len(labels)))
        bars = axis.barh(labels, values[order], color=colors)
        axis.bar_label(bars, fmt="%.4f", padding=3)
        axis.set_xlabel("mean squared error per pixel")
        axis.set_xlim(0, values.max() * 1.12)
    return finished(figure)
