"""What all figures share: colours, type sizes, panels without axes."""

import matplotlib.pyplot as plt

STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 100,
    "savefig.dpi": 100,
}
# Inputs are blue and outputs cyan, as the field draws convolutions.
INPUT_COLOR, OUTPUT_COLOR, LATENT_COLOR = "#9ecae1", "#a6e3e0", "#fdd0a2"
# One colour a digit, 0 to 9; the lecture's three, 1, 5 and 6, are easy to tell apart.
DIGIT_COLORS = [
    "tab:gray",
    "tab:blue",
    "tab:red",
    "tab:purple",
    "tab:brown",
    "tab:orange",
    "tab:green",
    "tab:cyan",
    "tab:pink",
    "tab:olive",
]


def panels(rows, columns, size, extra_width):
    """Return a figure and its rows x columns axes, without ticks and frames."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(columns * size + extra_width, rows * size + 0.3),
            squeeze=False,
        )
    for axis in axes.flat:
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    return figure, axes


def label_left(axis, label):
    """Write the label of a row beside its first panel."""
    axis.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=8)


def finished(figure, layout="tight"):
    """Lay the figure out, close it, and return it."""
    figure.set_layout_engine(layout)
    figure.draw_without_rendering()
    plt.close(figure)
    return figure
