"""Transposed convolution in both readings, step by step."""

import numpy as np

from ..shapes import conv_transpose_cropping, conv_transpose_output_size
from ..shapes.arguments import one_per_axis, padding_rule, refuse
from .sliding import slide
from .steps import Frame, Steps, panel
from .wording import (
    LARGEST_KERNEL,
    at_most,
    both_axes,
    drawable,
    drawable_stride,
    joined,
    number_text,
    place,
    products,
    size_text,
)


def transposed_convolution(
    image, kernel, stride=1, padding="valid", output_padding=None, reading="scatter"
):
    """Show a transposed convolution, in one of its two readings.

    "scatter": each pixel puts down a copy of the kernel, multiplied by the pixel; the
    copies are summed, and the padding is cropped. "insertion": zeros are put between
    the pixels and around them, and the flipped kernel slides over that with stride 1.
    Both give the same numbers, those of `reference.conv2d_transpose`.

    Args:
        image: array (height, width) of finite real numbers, at most 12x12, as is the
            full result, and the image with zeros between and around its pixels.
        kernel: array (rows, columns) of finite real numbers, at most 5x5.
        stride: an int, or a pair (rows, columns), at most 12.
        padding: "valid", "same", an int cut off all four sides, or a pair (before,
            after). It is cropped: here padding makes the output smaller.
        output_padding: an int below the stride, a pair (rows, columns), or None.
        reading: "scatter" (one step a pixel) or "insertion" (one step an output).

    Returns:
        The `Steps`, row by row. Integers and booleans are computed as int64, all
        floats as float64.

    Raises:
        ValueError: the image has channels, a grid would have more than 12 rows or
            columns, a number more than 7 characters, or an argument cannot be.

    Example:
        >>> image, kernel = [[55, 52], [57, 50]], [[1, 2], [2, 1]]
        >>> steps = transposed_convolution(image, kernel)
        >>> steps[0].calculation
        '55·1, 55·2, 55·2, 55·1 are added at rows 0-1, columns 0-1'
        >>> steps.output
        array([[ 55, 162, 104],
               [167, 323, 152],
               [114, 157,  50]])
        >>> transposed_convolution(image, kernel, reading="insertion")[1].calculation
        '0·1 + 0·2 + 55·2 + 52·1 = 162'

    Source: lecture A, A5, A7, A8, A10; lecture C, C13; lecture D, D6, D7.
    """
    if reading not in ("scatter", "insertion"):
        refuse('`reading` must be "scatter" or "insertion".', reading=reading)
    image = drawable("image", image)
    kernel = drawable("kernel", kernel, LARGEST_KERNEL)
    strides = drawable_stride(stride)
    extra = (None, None)
    if output_padding is not None:
        extra = one_per_axis("output_padding", output_padding, 2, 0)
    told = [
        (n, k, s, padding_rule(padding), op)
        for n, k, s, op in zip(image.shape, kernel.shape, strides, extra, strict=True)
    ]
    shape = tuple(conv_transpose_output_size(*axis) for axis in told)
    crops = [conv_transpose_cropping(*axis) for axis in told]
    rule = both_axes(*(_rule(*axis) for axis in told))
    at_most("output", shape)
    show = _scatter if reading == "scatter" else _insertion
    frames = show(image, kernel, strides, shape, crops, rule)
    return Steps(f"transposed convolution, {reading}", frames)


def _scatter(image, kernel, strides, shape, crops, rule):
    """Yield a frame for each pixel, which puts its copy of the kernel down."""
    (rows, columns), tops = kernel.shape, [before for before, _ in crops]
    reach = [
        (n - 1) * s + k
        for n, s, k in zip(image.shape, strides, kernel.shape, strict=True)
    ]
    # Output padding can go beyond what the copies reach.
    grid = tuple(
        max(size, top + kept)
        for size, top, kept in zip(reach, tops, shape, strict=True)
    )
    at_most("full result", grid)
    kept = tuple(slice(top, top + n) for top, n in zip(tops, shape, strict=True))
    roles = np.full(grid, "cropped", object)
    roles[kept] = "output"
    title = f"output {size_text(shape)}"
    if grid != shape:
        title = f"full result {size_text(grid)}, output {size_text(shape)}"

    full = np.zeros(grid, np.result_type(image, kernel))
    ahead = _copies_over(grid, image.shape, kernel.shape, strides)
    coming = ahead.copy()  # how many copies each cell still waits for
    for r, c in np.ndindex(image.shape):
        row, column = r * strides[0], c * strides[1]
        window = slice(row, row + rows), slice(column, column + columns)
        full[window] += image[r, c] * kernel
        coming[window] -= 1
        # Where no copy arrives at all the result is 0 from the start.
        unknown = (coming == ahead) & (ahead > 0)
        numbers = np.ma.array(full, mask=unknown, copy=True)
        pixel = np.full(kernel.shape, image[r, c])
        terms = joined(products(pixel, kernel), ", ")
        verb = "is" if kernel.size == 1 else "are"
        here = slice(r, r + 1), slice(c, c + 1)
        yield Frame(
            panels=(
                panel("input", f"input {size_text(image.shape)}", image, window=here),
                panel("kernel", f"kernel {size_text(kernel.shape)}", kernel, sign="·"),
                panel(
                    "copy",
                    f"{number_text(image[r, c])} · kernel",
                    image[r, c] * kernel,
                    sign="=",
                ),
                panel("output", title, numbers, roles, window, sign="→"),
            ),
            output=numbers[kept].copy(),
            calculation=f"{terms} {verb} added at {place(window)}",
            rule=rule,
        )


def _copies_over(grid, pixels, kernel_shape, strides):
    """Count how many copies of the kernel cover each cell."""
    count = np.zeros(grid, int)
    for r, c in np.ndindex(pixels):
        row, column = r * strides[0], c * strides[1]
        count[row : row + kernel_shape[0], column : column + kernel_shape[1]] += 1
    return count


def _insertion(image, kernel, strides, shape, crops, rule):
    """Return the frames of a flipped kernel over the image spread out with zeros."""
    spread = tuple((n - 1) * s + 1 for n, s in zip(image.shape, strides, strict=True))
    # k - 1 zeros on each side would give the full result; cropping takes zeros away,
    # and, where there are none left, parts of the image.
    around = [
        (k - 1 - before, k - 1 - after)
        for k, (before, after) in zip(kernel.shape, crops, strict=True)
    ]
    sides = [(max(before, 0), max(after, 0)) for before, after in around]
    grid = tuple(
        before + n + after for n, (before, after) in zip(spread, sides, strict=True)
    )
    at_most("image with its zeros", grid)
    numbers, roles = np.zeros(grid, image.dtype), np.full(grid, "padding", object)
    inside = tuple(
        slice(before, before + n) for n, (before, _) in zip(spread, sides, strict=True)
    )
    roles[inside] = "inserted"
    roles[inside][:: strides[0], :: strides[1]] = "input"
    numbers[inside][:: strides[0], :: strides[1]] = image

    starts = [max(-before, 0) for before, _ in around]
    read = np.zeros(grid, bool)
    read[
        tuple(
            slice(start, start + n + k - 1)
            for start, n, k in zip(starts, shape, kernel.shape, strict=True)
        )
    ] = True
    roles[~read] = "unread"
    title = f"input {size_text(image.shape)}"
    if grid != image.shape:
        title += f", with zeros {size_text(grid)}"
    return slide(
        panel("input", title, numbers, roles),
        kernel[::-1, ::-1],
        stops=[range(start, start + n) for start, n in zip(starts, shape, strict=True)],
        rule=rule,
        kernel_title=f"kernel {size_text(kernel.shape)}, flipped",
    )


def _rule(n, k, s, padding, op):
    """Write the rule of one axis with its numbers."""
    size = conv_transpose_output_size(n, k, s, padding, op)
    if padding == "same":
        if op is None:
            return f"{n}·{s} = {size}"
        return f"({n} - 1)·{s} + ({k} mod 2) + {op} = {size}"
    text = f"({n} - 1)·{s} + {k}"
    if padding == "valid":
        if op is None and s > k:
            text = f"({n} - 1)·{s} + max({k}, {s})"
    else:
        before, after = padding
        text += f" - 2·{before}" if before == after else f" - {before} - {after}"
    return f"{text}{f' + {op}' if op is not None else ''} = {size}"
