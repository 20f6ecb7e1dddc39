"""Pooling, window by window."""

import numpy as np

from ..shapes import pool_output_size
from ..shapes.arguments import one_per_axis, refuse
from .sliding import output_panel
from .steps import Frame, Steps, panel
from .wording import (
    both_axes,
    drawable,
    drawable_stride,
    equals,
    factor_text,
    joined,
    number_text,
    size_text,
)


def pooling(image, pool_size=2, stride=None, method="max"):
    """Show a pooling: each window gives its largest number, or its mean.

    Windows that would leave the image are left out ("valid"); pixels that no window
    reads are struck out. With "max" the first of equal numbers is taken, and its index
    in its window is named, counted row by row, which max unpooling needs.

    Args:
        image: array (height, width) of finite real numbers, at most 12x12.
        pool_size: an int, or a pair (rows, columns).
        stride: an int, a pair (rows, columns), at most 12, or None: as `pool_size`.
        method: "max" or "average".

    Returns:
        The `Steps`, one an output, row by row.

    Raises:
        ValueError: the image has channels or is too large to be drawn, the window does
            not fit, or an argument cannot be.

    Example:
        >>> image = [[3, 5, 2, 7], [4, 1, 3, 8]]
        >>> [frame.calculation for frame in pooling(image)]
        ['max(3, 5, 4, 1) = 5, at index 1', 'max(2, 7, 3, 8) = 8, at index 3']
        >>> pooling(image, method="average")[0].calculation
        '(3 + 5 + 4 + 1) / 4 = 3.25'

    Source: lecture B, B6; lecture C, C16 (the indices).
    """
    if method not in ("max", "average"):
        refuse('`method` must be "max" or "average".', method=method)
    image = drawable("image", image)
    pools = one_per_axis("pool_size", pool_size, 2, 1)
    strides = pools if stride is None else drawable_stride(stride)
    axes = list(zip(image.shape, pools, strides, strict=True))
    sizes = [pool_output_size(*axis) for axis in axes]
    rule = both_axes(*(_rule(*axis) for axis in axes))
    return Steps(
        f"{method} pooling", _frames(image, pools, strides, sizes, method, rule)
    )


def _frames(image, pools, strides, sizes, method, rule):
    """Yield a frame for each window, row by row."""
    dtype = image.dtype if method == "max" else np.result_type(image, np.float64)
    output = np.ma.masked_all(tuple(sizes), dtype)
    roles = _roles(image.shape, pools, strides, sizes)
    title = f"input {size_text(image.shape)}"
    for r, c in np.ndindex(*sizes):
        row, column = r * strides[0], c * strides[1]
        window = slice(row, row + pools[0]), slice(column, column + pools[1])
        result, marked, calculation = (
            _largest(image, window) if method == "max" else _mean(image, window)
        )
        output[r, c] = result
        here = slice(r, r + 1), slice(c, c + 1)
        yield Frame(
            panels=(
                panel("input", title, image, roles, window, marked),
                output_panel(output, here, "→"),
            ),
            output=output.copy(),
            calculation=calculation,
            rule=rule,
        )


def _largest(image, window):
    """Return the largest number, where it stands, and how that is written."""
    part = image[window]
    index = part.argmax()
    row, column = np.unravel_index(index, part.shape)
    row, column = row + window[0].start, column + window[1].start
    marked = np.zeros(image.shape, bool)
    marked[row, column] = True
    numbers = joined([number_text(number) for number in part.flat], ", ")
    largest = number_text(part.max())
    sign = equals(part)
    return part.max(), marked, f"max({numbers}) {sign} {largest}, at index {index}"


def _mean(image, window):
    """Return the mean, the cells that went into it, and how that is written."""
    part = image[window]
    marked = np.zeros(image.shape, bool)
    marked[window] = True
    numbers = joined([factor_text(number) for number in part.flat], " + ")
    sign = equals(part, part.mean())
    text = f"({numbers}) / {part.size} {sign} {number_text(part.mean())}"
    return part.mean(), marked, text


def _roles(shape, pools, strides, sizes):
    """Say which pixels some window reads; a stride over the pool size leaves gaps."""
    read = [
        np.isin(np.arange(n), [i * s + j for i in range(size) for j in range(pool)])
        for n, pool, s, size in zip(shape, pools, strides, sizes, strict=True)
    ]
    return np.where(np.outer(*read), "input", "unread").astype(object)


def _rule(n, pool, stride):
    """Write the rule of one axis with its numbers."""
    stops = f"({n} - {pool}) / {stride}"
    if (n - pool) % stride:
        stops = f"floor({stops})"
    return f"{stops} + 1 = {pool_output_size(n, pool, stride)}"
