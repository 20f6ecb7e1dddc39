"""A window that slides: convolution, stop by stop."""

import numpy as np

from ..shapes import conv_output_size, same_padding
from ..shapes.arguments import padding_rule
from .steps import Frame, Steps, panel
from .wording import (
    LARGEST_KERNEL,
    at_most,
    both_axes,
    drawable,
    drawable_stride,
    equals,
    joined,
    number_text,
    products,
    size_text,
)


def convolution(image, kernel, stride=1, padding="valid"):
    """Show a convolution: the kernel slides over the image, unflipped.

    At each stop the numbers under the kernel are multiplied by it and summed. The
    arguments are those of `reference.conv2d`.

    Args:
        image: array (height, width) of finite real numbers; with its padding at most
            12x12, the most that can be read from the back of a room.
        kernel: array (rows, columns) of finite real numbers, at most 5x5.
        stride: an int, or a pair (rows, columns): pixels from one stop to the next, at
            most 12.
        padding: "valid", "same", an int for all four sides, or a pair (before, after).

    Returns:
        The `Steps`, one an output, row by row. Integers and booleans are computed as
        int64, all floats as float64: nothing overflows.

    Raises:
        ValueError: the image has channels, something is too large or a number too long
            (over 7 characters) to be drawn, which is told before anything is computed,
            the kernel does not fit, or stride or padding cannot be.

    Example:
        >>> image = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
        >>> steps = convolution(image, [[1, 2, 1], [2, 1, 2], [1, 1, 2]])
        >>> steps[0].calculation
        '3·1 + 5·2 + 2·1 + 4·2 + 1·1 + 3·2 + 6·1 + 3·1 + 8·2 = 55'
        >>> steps[1].output
        masked_array(
          data=[[55, 52],
                [--, --]],
          mask=[[False, False],
                [ True,  True]],
          fill_value=999999)
        >>> steps[1].rule
        '(4 + 2·0 - 3) / 1 + 1 = 2'

    Source: lecture A, A6, A8, A9.
    """
    image = drawable("image", image)
    kernel = drawable("kernel", kernel, LARGEST_KERNEL)
    strides = drawable_stride(stride)
    padding = padding_rule(padding)
    axes = list(zip(image.shape, kernel.shape, strides, strict=True))
    sizes = [conv_output_size(n, k, s, padding) for n, k, s in axes]
    around = [_zeros(n, k, s, padding) for n, k, s in axes]
    rules = [
        _rule(*axis, *zeros, padding, size)
        for axis, zeros, size in zip(axes, around, sizes, strict=True)
    ]

    at_most(
        "padded image",
        [n + sum(zeros) for n, zeros in zip(image.shape, around, strict=True)],
    )
    padded = np.pad(image, around)
    roles = np.pad(
        np.full(image.shape, "padding", object), around, constant_values="padding"
    )
    roles[_inside(around, image.shape)] = "input"
    seen = [(size - 1) * s + k for size, (_, k, s) in zip(sizes, axes, strict=True)]
    roles[seen[0] :], roles[:, seen[1] :] = "unread", "unread"
    title = f"input {size_text(image.shape)}"
    if padded.shape != image.shape:
        title += f", padded to {size_text(padded.shape)}"
    frames = slide(
        panel("input", title, padded, roles),
        kernel,
        stops=[
            [i * s for i in range(size)] for size, s in zip(sizes, strides, strict=True)
        ],
        rule=both_axes(*rules),
        kernel_title=f"kernel {size_text(kernel.shape)}",
    )
    return Steps("convolution", frames)


def slide(read, kernel, stops, rule, kernel_title):
    """Yield a frame for each stop of a kernel over the panel `read`, row by row.

    Args:
        read: the panel that the kernel slides over.
        kernel: array (rows, columns).
        stops: the first row of each stop, and the first column of each.
        rule: the output size, in words and numbers.
        kernel_title: what stands over the kernel.
    """
    numbers, (rows, columns) = read.numbers.data, kernel.shape
    output = np.ma.masked_all(
        (len(stops[0]), len(stops[1])), np.result_type(numbers, kernel)
    )
    for r, row in enumerate(stops[0]):
        for c, column in enumerate(stops[1]):
            window = slice(row, row + rows), slice(column, column + columns)
            output[r, c] = (numbers[window] * kernel).sum()
            terms = joined(products(numbers[window], kernel), " + ")
            sign = equals(numbers[window], kernel, output[r, c])
            here = slice(r, r + 1), slice(c, c + 1)
            yield Frame(
                panels=(
                    panel("input", read.title, numbers, read.roles, window),
                    panel("kernel", kernel_title, kernel, sign="∗"),  # noqa: RUF001
                    output_panel(output, here, "="),
                ),
                output=output.copy(),
                calculation=f"{terms} {sign} {number_text(output[r, c])}",
                rule=rule,
            )


def output_panel(output, window, sign):
    """Return the panel of an output that nothing is cropped from."""
    title = f"output {size_text(output.shape)}"
    return panel("output", title, output, window=window, sign=sign)


def _zeros(n, k, s, padding):
    """Return how many zeros stand before and after along one axis."""
    if padding == "valid":
        return 0, 0
    return same_padding(n, k, s) if padding == "same" else padding


def _inside(around, shape):
    """Return the window of the padded image in which the image lies."""
    return tuple(
        slice(before, before + n) for (before, _), n in zip(around, shape, strict=True)
    )


def _rule(n, k, s, before, after, padding, size):
    """Write the rule of one axis with its numbers."""
    zeros = f"2·{before}" if before == after else f"{before} + {after}"
    stops = f"({n} + {zeros} - {k}) / {s}"
    if (n + before + after - k) % s:
        stops = f"floor({stops})"
    if padding == "same":
        return f"ceil({n} / {s}) = {stops} + 1 = {size}"
    return f"{stops} + 1 = {size}"
