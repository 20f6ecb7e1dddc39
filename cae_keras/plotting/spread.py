"""Results over seeds: a dot a seed, so that a difference can be told from luck."""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, FormatStrFormatter, NullFormatter

from .style import OUTPUT_COLOR, STYLE, finished


def plot_seeds(values, label, references=None):
    """Draw one dot a seed, and a bar over their range, a row a model.

    Args:
        values: a dictionary from model to its values, a number a seed.
        label: what the numbers are, with their unit.
        references: a dictionary from label to a number to compare with, or None.

    Returns:
        The `Figure`, the first model at the top.

    Raises:
        ValueError: if there is no model, or one has no value or one that is not finite.
    """
    values = {name: np.asarray(some, dtype=float) for name, some in values.items()}
    if not values or not all(x.size and np.isfinite(x).all() for x in values.values()):
        raise ValueError(
            "Each model must have at least one value, and all must be finite. "
            f"Received: {values!r}"
        )
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(8, 0.9 + 0.42 * len(values)))
        for row, some in enumerate(values.values()):
            axis.plot(
                [some.min(), some.max()],
                [row, row],
                color=OUTPUT_COLOR,
                linewidth=8,
                solid_capstyle="round",
                zorder=1,
            )
            axis.plot(some, np.full(some.size, row), "o", color="0.25", markersize=5)
        for name, number in (references or {}).items():
            axis.axvline(number, color="0.4", linestyle="--", zorder=0)
            axis.annotate(
                name,
                (number, 1),
                xycoords=("data", "axes fraction"),
                xytext=(4, -2),
                textcoords="offset points",
                va="top",
                color="0.3",
            )
        axis.set_yticks(range(len(values)), list(values))
        axis.set_ylim(len(values) - 0.5, -0.8 if references else -0.5)
        axis.set_xlabel(label)
    return finished(figure)


def plot_by_size(results, label):
    """Draw a result over the size of the latent representation, a line a model.

    Args:
        results: a dictionary from model to a dictionary from the size (latent numbers,
            1 or more) to its values, a number above 0 a seed.
        label: what the numbers are, with their unit.

    Returns:
        The `Figure`: a line through the means, over a band from the smallest to the
        largest value; both axes logarithmic.

    Raises:
        ValueError: if there is no model, a model has no size or a size no value, or one
            is not a finite number above 0.
    """
    for name, by_size in results.items():
        for size, some in by_size.items():
            some = np.asarray(some, dtype=float)
            if not (some.size and np.all(np.isfinite(some) & (some > 0)) and size >= 1):
                raise ValueError(
                    "Each size must be 1 or more, and have values that are finite and "
                    f"above 0. Received: {name!r}, size {size!r}: {some!r}"
                )
    if not results or not all(results.values()):
        raise ValueError(
            f"There must be a model, and each must have a size. Received: {results!r}"
        )
    sizes = sorted({size for by_size in results.values() for size in by_size})
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7.5, 4))
        for (name, by_size), marker in zip(
            results.items(), cycle("os^DvP"), strict=False
        ):
            here = sorted(by_size)
            means = [np.mean(by_size[size]) for size in here]
            (line,) = axis.plot(here, means, marker + "-", label=name, markersize=5)
            lows, highs = ([f(by_size[size]) for size in here] for f in (min, max))
            axis.fill_between(here, lows, highs, color=line.get_color(), alpha=0.2)
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        axis.set_xticks(sizes, [str(size) for size in sizes])
        axis.yaxis.set_major_locator(FixedLocator([0.005, 0.01, 0.02, 0.04, 0.08]))
        axis.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel("latent numbers")
        axis.set_ylabel(label)
        axis.legend(frameon=False)
    return finished(figure)
