"""The shapes of whole tensors: (height, width, channels), without the batch."""

from .arguments import in_order, never_both, one_per_axis, refuse, whole_number
from .sizes import (
    conv_arguments,
    conv_output_size,
    conv_transpose_arguments,
    conv_transpose_output_size,
    pool_arguments,
    pool_output_size,
)


def _split(input_shape):
    """Return the sizes of the spatial axes (None stays None) and the channels."""
    entries = in_order(input_shape)
    if entries is None or len(entries) < 2:
        refuse(
            "`input_shape` must be a tuple of at least one size and the channels.",
            input_shape=input_shape,
        )
    *sizes, channels = entries
    if channels is None:
        refuse("The number of channels must be known.", input_shape=input_shape)
    for size in sizes:
        if size is not None:
            whole_number("input_shape", size, 1)
    return sizes, whole_number("input_shape", channels, 1)


def conv_output_shape(
    input_shape, filters, kernel_size, strides=1, padding="valid", dilation_rate=1
):
    """Return the output shape of a convolution, channels last, without the batch.

    Each spatial axis follows `conv_output_size`; the channels become `filters`.

    Args:
        input_shape: (size, ..., channels); a size that is not known is None.
        filters: number of kernels, >= 1.
        kernel_size, strides, dilation_rate: an int for every axis, or one an axis.
        padding: "valid", "same", an int or a pair (before, after) for every axis.

    Returns:
        The tuple (size, ..., filters), None where the input's size is None.

    Raises:
        ValueError: as `conv_output_size`; or the numbers do not match the axes, the
            channels are not known, or strides and dilation are both over 1, be it on
            different axes.

    Example:
        >>> conv_output_shape((28, 28, 1), 32, 3, padding="same")
        (28, 28, 32)
        >>> conv_output_shape((None, 8, 1), 2, (3, 5), strides=(2, 1))
        (None, 4, 2)

    Source: lecture A, A6, A9; lecture D, D3 (channels).
    """
    sizes, _ = _split(input_shape)
    filters = whole_number("filters", filters, 1)
    kernels = one_per_axis("kernel_size", kernel_size, len(sizes), 1)
    steps = one_per_axis("strides", strides, len(sizes), 1)
    gaps = one_per_axis("dilation_rate", dilation_rate, len(sizes), 1)
    never_both(max(steps), max(gaps), strides=strides, dilation_rate=dilation_rate)
    shape = []
    for size, kernel, step, gap in zip(sizes, kernels, steps, gaps, strict=True):
        conv_arguments(kernel, step, padding, gap)
        known = size is not None
        shape.append(
            conv_output_size(size, kernel, step, padding, gap) if known else None
        )
    return (*shape, filters)


def conv_transpose_output_shape(
    input_shape,
    filters,
    kernel_size,
    strides=1,
    padding="valid",
    output_padding=None,
    dilation_rate=1,
):
    """Return the output shape of a transposed convolution, without the batch.

    Each spatial axis follows `conv_transpose_output_size`; channels last.

    Args:
        input_shape: (size, ..., channels); a size that is not known is None.
        filters: number of kernels, >= 1.
        kernel_size, strides, dilation_rate: an int for every axis, or one an axis.
        padding: "valid", "same", an int or a pair (before, after) for every axis.
        output_padding: None, an int for every axis, or one an axis.

    Returns:
        The tuple (size, ..., filters), None where the input's size is None.

    Raises:
        ValueError: as `conv_transpose_output_size`; or the numbers do not match the
            axes, the channels are not known, or strides and dilation are both over
            1, be it on different axes.

    Example:
        >>> conv_transpose_output_shape((7, 7, 64), 32, 14, strides=2, padding="same")
        (14, 14, 32)

    Source: lecture A, A7, A10; lecture B, B4, B6.
    """
    sizes, _ = _split(input_shape)
    axes = len(sizes)
    filters = whole_number("filters", filters, 1)
    kernels = one_per_axis("kernel_size", kernel_size, axes, 1)
    steps = one_per_axis("strides", strides, axes, 1)
    gaps = one_per_axis("dilation_rate", dilation_rate, axes, 1)
    never_both(max(steps), max(gaps), strides=strides, dilation_rate=dilation_rate)
    extra = (None,) * axes
    if output_padding is not None:
        extra = one_per_axis("output_padding", output_padding, axes, 0)
    shape = []
    for size, *told in zip(sizes, kernels, steps, extra, gaps, strict=True):
        kernel, step, op, gap = told
        conv_transpose_arguments(kernel, step, padding, op, gap)
        known = size is not None
        shape.append(
            conv_transpose_output_size(size, kernel, step, padding, op, gap)
            if known
            else None
        )
    return (*shape, filters)


def pool_output_shape(input_shape, pool_size=2, strides=None, padding="valid"):
    """Return the output shape of a pooling, channels last, without the batch.

    Each spatial axis follows `pool_output_size`; the channels stay.

    Args:
        input_shape: (size, ..., channels); a size that is not known is None.
        pool_size: an int for every axis, or one an axis.
        strides: an int for every axis, one an axis, or None: `pool_size`.
        padding: "valid", "same", an int or a pair (before, after) for every axis.

    Returns:
        The tuple (size, ..., channels), None where the input's size is None.

    Raises:
        ValueError: as `pool_output_size`; or the numbers do not match the axes, or
            the channels are not known.

    Example:
        >>> pool_output_shape((28, 28, 32))
        (14, 14, 32)

    Source: lecture B, B6.
    """
    sizes, channels = _split(input_shape)
    pools = one_per_axis("pool_size", pool_size, len(sizes), 1)
    steps = pools
    if strides is not None:
        steps = one_per_axis("strides", strides, len(sizes), 1)
    shape = []
    for size, pool, step in zip(sizes, pools, steps, strict=True):
        pool_arguments(pool, step, padding)
        known = size is not None
        shape.append(pool_output_size(size, pool, step, padding) if known else None)
    return (*shape, channels)
