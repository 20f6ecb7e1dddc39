"""Blurred pictures and their recovery: photographs, spectra, errors over r."""

from numbers import Integral

import matplotlib.pyplot as plt
import numpy as np

from .style import STYLE, finished, panels


def plot_photographs(images, columns=4):
    """Draw grey photographs, large enough that a slight blur can be seen.

    Args:
        images: a dictionary from title to an array (height, width), intensities 0-1.
            Darker than 0 is shown as black, brighter than 1 as white.
        columns: how many stand side by side, before the next row begins.

    Returns:
        The `Figure`: `images_in` gives the photographs, in their order.

    Raises:
        ValueError: if there is no photograph, or one is not a finite array
            (height, width).

    Source: the pictures are ours; lecture A, A3, has the formula behind them.
    """
    images = {title: np.asarray(image) for title, image in images.items()}
    for title, image in images.items():
        if image.ndim != 2 or not image.size or not np.isfinite(image).all():
            raise ValueError(
                "A photograph must be an array (height, width) of finite numbers. "
                f"Received: {title!r} with the shape {image.shape}"
            )
    if not images:
        raise ValueError("There must be at least one photograph. Received: none")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure, axes = panels(rows, columns, 2.5, extra_width=0)
    for axis, (title, image) in zip(axes.flat, images.items(), strict=False):
        axis.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axis.set_title(title, fontsize=10)
    for axis in axes.flat[len(images) :]:
        axis.set_axis_off()
    return finished(figure)


def plot_spectra(spectra, grid=None):
    """Draw what stands at each frequency, with the frequency (0, 0) in the middle.

    Frequencies are in radians per pixel, from -π to π, which are the same frequency.

    Args:
        spectra: a dictionary from title to an array (height, width) of real numbers, in
            the order of `np.fft.fft2`: (0, 0) comes first.
        grid: a whole number n: dots mark the n x n frequencies of an n x n grid. Or
            None.

    Returns:
        The `Figure`: `images_in` gives the arrays, with (0, 0) moved to the middle.
        Each goes from dark to bright; its ends stand in the title.

    Raises:
        ValueError: if there is no spectrum, one is not a finite array (height, width),
            or the grid is not a whole number above 0.

    Source: lecture A, A3: F_f.
    """
    spectra = {title: np.asarray(one) for title, one in spectra.items()}
    for title, one in spectra.items():
        if one.ndim != 2 or not one.size or not np.isfinite(one).all():
            raise ValueError(
                "A spectrum must be an array (height, width) of finite numbers. "
                f"Received: {title!r} with the shape {one.shape}"
            )
    if not spectra:
        raise ValueError("There must be at least one spectrum. Received: none")
    whole = isinstance(grid, Integral) and not isinstance(grid, bool)
    if grid is not None and not (whole and grid > 0):
        raise ValueError(
            f"The grid must be a whole number above 0, or None. Received: grid={grid}"
        )
    figure, axes = panels(1, len(spectra), 3.2, extra_width=0)
    for axis, (title, one) in zip(axes[0], spectra.items(), strict=True):
        (top, bottom), (left, right) = map(_edges, one.shape)
        axis.imshow(
            np.fft.fftshift(one),
            extent=(left, right, bottom, top),
            cmap="viridis",
            interpolation="nearest",
        )
        axis.set_title(f"{title}\n{one.min():.2g} to {one.max():.2g}", fontsize=10)
        ticks = [-np.pi, 0, np.pi]
        axis.set_xticks(ticks, ["-π", "0", "π"])
        axis.set_yticks(ticks, ["-π", "0", "π"])
        if grid is not None:
            marked = 2 * np.pi * np.fft.fftfreq(grid)
            rows, columns = (x.ravel() for x in np.meshgrid(marked, marked))
            axis.plot(columns, rows, "o", mfc="w", mec="k", clip_on=False)
        axis.set(xlim=(left, max(right, np.pi)), ylim=(max(bottom, np.pi), top))
    return finished(figure)


def _edges(size):
    """Return where the first pixel of a spectrum begins and the last one ends."""
    first = -(size // 2) - 0.5
    return 2 * np.pi * first / size, 2 * np.pi * (first + size) / size


def plot_regularisation(strengths, errors, best=None):
    """Draw errors over the strength of a regularisation, both axes logarithmic.

    Args:
        strengths: r, ascending and above 0.
        errors: a dictionary from label to one mean squared error a strength, above 0.
            The first is drawn as a line, the others dashed.
        best: the strength at which a vertical line stands, or None.

    Returns:
        The `Figure`.

    Raises:
        ValueError: if there is no curve, one has another length than the strengths, or
            a number is not finite and above 0.

    Source: ours; lecture A, A3, divides without a regularisation.
    """
    strengths = np.asarray(strengths, dtype=float)
    errors = {label: np.asarray(y, dtype=float) for label, y in errors.items()}
    fitting = [y.shape == strengths.shape for y in errors.values()]
    numbers = np.concatenate([strengths, *(y.ravel() for y in errors.values())])
    if (
        not fitting
        or not all(fitting)
        or not np.all((numbers > 0) & (numbers < np.inf))
    ):
        raise ValueError(
            "There must be at least one curve, each with a finite number above 0 for "
            f"each strength. Received: strengths={strengths}, errors={errors}"
        )
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 3.6))
        for label, y in errors.items():
            style = "--" if axis.lines else "o-"
            axis.plot(strengths, y, style, label=label)
        if best is not None:
            axis.axvline(best, color="0.5", linestyle=":")
            axis.annotate(
                f"r = {best:g}",
                (best, 1),
                xycoords=("data", "axes fraction"),
                xytext=(4, -2),
                textcoords="offset points",
                va="top",
                color="0.3",
            )
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlabel("regularisation r")
        axis.set_ylabel("mean squared error per pixel")
        axis.legend(loc="best")
    return finished(figure)
