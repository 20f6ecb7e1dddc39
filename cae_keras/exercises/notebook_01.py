"""Notebook 01: sizes, where the zeros stand, the last window, a kernel for corners."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .. import shapes
from .answers import is_function, numbers, returned, whole_numbers

IMAGE = np.arange(36).reshape(6, 6) % 7  # of exercise 01b
KERNEL = np.arange(25).reshape(5, 5) % 3


def convolved(image, kernel, stride=1, zeros=(0, 0)):
    """Return the convolution; `zeros` are those before and after, along both axes."""
    windows = sliding_window_view(np.pad(image, zeros), kernel.shape)
    return np.sum(windows * kernel, axis=(2, 3))[::stride, ::stride]


def size(answer):
    """01a: how large is the result of a 5x3 kernel with stride 2 on 28x20 pixels?"""
    given = whole_numbers(answer)
    if given is None or len(given) != 2:
        return "The answer is a pair of whole numbers: answer = (rows, columns)."

    def sizes(kernel=(5, 3), stride=2, padding="valid"):
        axes = zip((28, 20), kernel, strict=True)
        return tuple(shapes.conv_output_size(n, k, stride, padding) for n, k in axes)

    rows, columns = sizes()
    hints = {
        (columns, rows): "Rows come first, then columns.",
        (rows + 1, columns + 1): (
            "Round down: a window that would reach over the edge is left out."
        ),
        (rows - 1, columns - 1): "The kernel also stops at the start: add 1.",
        sizes(padding="same"): 'That is "same". With "valid" no zeros are added.',
        sizes(stride=1): "That is for stride 1.",
        sizes(kernel=(3, 5)): "The kernel has 5 rows and 3 columns.",
    }
    if given == (rows, columns):
        return None
    rule = "(w - f + 2p)/s + 1, rounded down"
    if given in hints:
        return hints[given]
    if given[0] == rows:
        return f"The rows are right. Now the columns: {rule}."
    if given[1] == columns:
        return f"The columns are right. Now the rows: {rule}."
    return f"{rule}: for the rows, then for the columns."


def two_zeros_each_side(answer):
    """01b: a 5x5 kernel, stride 2, padding=2 on 6x6 pixels, by a layer without it."""
    given = numbers(answer)
    if given is None or given.ndim != 2:
        return "The answer is the table that the call returns: answer = result."
    hints = [
        (2, (1, 2), 'That is "same": it puts 1 zero before the image and 2 after it.'),
        (2, (0, 0), "That is without zeros. Put two on each side of the image."),
        (2, (1, 1), "That is with one zero on each side; padding=2 puts two."),
        (1, (2, 2), "The zeros are right, but the stride is 1."),
        (2, (3, 4), 'The image has its zeros already: padding="valid".'),
    ]
    if _alike(given, convolved(IMAGE, KERNEL, 2, (2, 2))):
        return None
    for stride, zeros, hint in hints:
        if _alike(given, convolved(IMAGE, KERNEL, stride, zeros)):
            return hint
    return "Change only where the zeros come from: np.pad puts them around the image."


def convolve_with(answer):
    """01c: mend the convolution that loses its last window."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = convolve_with."
    rng = np.random.default_rng(0)
    for stride, image_shape, kernel_shape in [
        (2, (4, 4), (3, 3)),
        (2, (5, 5), (3, 3)),
        (1, (4, 4), (3, 3)),
        (3, (5, 10), (2, 4)),
        (2, (6, 7), (1, 2)),
        (1, (3, 5), (3, 5)),
    ]:
        image = rng.integers(-9, 10, image_shape)
        kernel = rng.integers(-9, 10, kernel_shape)
        wanted = convolved(image, kernel, stride)
        n, m, i, j = *image_shape, *kernel_shape
        case = f"For {n}x{m} pixels, {i}x{j} taps and stride {stride}"
        result, hint = returned(f"{case} your function", answer, stride, image, kernel)
        if hint and ("inhomogeneous" in hint or "broadcast" in hint):
            return (
                f"{hint} A window that begins too late is cut off at the edge, and "
                "smaller than the kernel. At which pixel may the last one begin?"
            )
        if hint:
            return hint
        if result.shape != wanted.shape:
            return (
                f"{case} your function returns the shape {result.shape}, not "
                f"{wanted.shape}. At which pixel may the last window begin?"
            )
        if not _alike(result, wanted):
            if _alike(result, convolved(image, kernel[::-1, ::-1], stride)):
                return "That is with the kernel flipped."
            return f"{case} the size is right, but not the numbers."
    return None


def corners(answer):
    """01d: a kernel that sees corners, but neither areas nor straight edges."""
    kernel = numbers(answer)
    if kernel is None or kernel.shape != (3, 3):
        return "The answer is an array of 3x3 numbers."
    if not kernel.any():
        return "That kernel sees nothing at all."
    step = np.zeros((8, 8))
    step[:, 4:] = 1
    pictures = {
        "an area of one brightness": np.ones((8, 8)),
        "a vertical edge": step,
        "a horizontal edge": step.T,
    }
    for name, picture in pictures.items():
        response = np.abs(convolved(picture, kernel)).max()
        if response > 1e-6 * np.abs(kernel).max():
            return (
                f"On {name} it gives up to {response:.2g}. Which sums of taps must be "
                "0, so that it gives 0 there?"
            )
    return None


def _alike(found, wanted):
    return found.shape == wanted.shape and np.allclose(found, wanted, atol=0.01)
