"""The sizes along one axis."""

from .arguments import never_both, not_too_many, padding_rule, refuse, whole_number


def conv_arguments(kernel_size, stride, padding, dilation):
    """Check what a convolution is told; return k', the stride and the padding rule."""
    kernel_size = whole_number("kernel_size", kernel_size, 1)
    stride = whole_number("stride", stride, 1)
    dilation = whole_number("dilation", dilation, 1)
    never_both(stride, dilation, stride=stride, dilation=dilation)
    return (kernel_size - 1) * dilation + 1, stride, padding_rule(padding)


def pool_arguments(pool_size, stride, padding):
    """Check what a pooling is told; return pool size, stride and padding rule."""
    pool_size = whole_number("pool_size", pool_size, 1)
    stride = pool_size if stride is None else whole_number("stride", stride, 1)
    rule = padding_rule(padding)
    if not isinstance(rule, str) and max(rule) >= pool_size:
        refuse(
            "Each side's `padding` must be below `pool_size`: "
            "else a window would see padding only.",
            padding=padding,
            pool_size=pool_size,
        )
    return pool_size, stride, rule


def conv_transpose_arguments(kernel_size, stride, padding, output_padding, dilation):
    """Check what a transposed convolution is told.

    Returns k', the stride, the padding rule and the output padding (None where
    "valid" or "same" shall choose the size).
    """
    reach, stride, rule = conv_arguments(kernel_size, stride, padding, dilation)
    if output_padding is None:
        return reach, stride, rule, None if isinstance(rule, str) else 0
    output_padding = whole_number("output_padding", output_padding, 0)
    if output_padding >= stride:
        refuse(
            "`output_padding` must be below `stride`.",
            output_padding=output_padding,
            stride=stride,
        )
    if rule == "same" and reach % 2 == 0 and output_padding == 0:
        refuse(
            'With padding "same" and a kernel that covers an even number of pixels, '
            "`output_padding` must be None or at least 1: at 0 Keras on TensorFlow "
            "raises an error or, from a single pixel, returns nothing.",
            kernel_size=kernel_size,
            dilation=dilation,
            output_padding=output_padding,
        )
    return reach, stride, rule, output_padding


def padding_sides(input_size, reach, stride, rule):
    """Return (before, after) of any padding rule; `reach` is k'."""
    if rule == "valid":
        return 0, 0
    if rule == "same":
        output_size = -(-input_size // stride)
        total = max((output_size - 1) * stride + reach - input_size, 0)
        return total // 2, total - total // 2
    return rule


def conv_output_size(input_size, kernel_size, stride=1, padding="valid", dilation=1):
    """Return how many outputs a convolution has along one axis.

    floor((n - k' + before + after) / s) + 1, which is ceil(n / s) for "same".

    Args:
        input_size: pixels along the axis, n >= 1.
        kernel_size: taps of the kernel along the axis, k >= 1.
        stride: pixels from one window to the next, s >= 1.
        padding: "valid" (none), "same" (as `same_padding` says), an int for both
            sides, or a pair (before, after).
        dilation: pixels from one tap of the kernel to the next, d >= 1.

    Returns:
        The output size, an int.

    Raises:
        ValueError: a number is not whole or too small, the kernel is larger than the
            padded input, or stride and dilation are both over 1.

    Example:
        >>> conv_output_size(28, 3, padding="same")
        28
        >>> conv_output_size(6, 3, stride=2)  # (6 - 3) / 2 + 1 = 2.5, rounded down
        2

    Source: lecture E, E8, (w - f + 2p)/s + 1, printed without the floor that it
    needs; lecture A, A6, which holds for stride 1 and no padding; A9.
    """
    size = whole_number("input_size", input_size, 1)
    reach, stride, rule = conv_arguments(kernel_size, stride, padding, dilation)
    room = size + sum(padding_sides(size, reach, stride, rule)) - reach
    if room < 0:
        refuse(
            "The kernel must fit into the padded input.",
            input_size=input_size,
            kernel_size=kernel_size,
            padding=padding,
            dilation=dilation,
        )
    return room // stride + 1


def pool_output_size(input_size, pool_size, stride=None, padding="valid"):
    """Return how many outputs a pooling has along one axis.

    The convolution's rule without dilation; the windows touch where `stride` is None.

    Args:
        input_size: pixels along the axis, n >= 1.
        pool_size: pixels of a window along the axis, >= 1.
        stride: pixels from one window to the next; None means `pool_size`.
        padding: "valid", "same", an int for both sides or a pair (before, after),
            each below `pool_size`.

    Returns:
        The output size, an int.

    Raises:
        ValueError: a number is not whole or too small, the window is larger than the
            padded input, or a window would see padding only.

    Example:
        >>> pool_output_size(28, 2)
        14
        >>> pool_output_size(7, 2), pool_output_size(7, 2, padding="same")
        (3, 4)

    Source: lecture B, B6 (its pooling layers); the rule is that of lecture E, E8.
    """
    size = whole_number("input_size", input_size, 1)
    pool_size, stride, rule = pool_arguments(pool_size, stride, padding)
    room = size + sum(padding_sides(size, pool_size, stride, rule)) - pool_size
    if room < 0:
        refuse(
            "The window must fit into the padded input.",
            input_size=input_size,
            pool_size=pool_size,
            padding=padding,
        )
    return room // stride + 1


def same_padding(input_size, kernel_size, stride=1, dilation=1):
    """Return the zeros (before, after) that "same" adds along one axis.

    In all max((ceil(n / s) - 1) s + k' - n, 0), the smaller half first.

    Args:
        input_size: pixels along the axis, n >= 1.
        kernel_size: taps of the kernel along the axis, k >= 1.
        stride: pixels from one window to the next, s >= 1.
        dilation: pixels from one tap of the kernel to the next, d >= 1.

    Returns:
        The pair (before, after) of ints >= 0.

    Raises:
        ValueError: a number is not whole or below 1, or stride and dilation are both
            over 1.

    Example:
        >>> same_padding(4, 3), same_padding(4, 2)
        ((1, 1), (0, 1))
        >>> same_padding(28, 3, stride=2)  # not what padding=1 does
        (0, 1)

    Source: lecture A, A9 (its example needs one zero on each side).
    """
    size = whole_number("input_size", input_size, 1)
    reach, stride, _ = conv_arguments(kernel_size, stride, "same", dilation)
    return padding_sides(size, reach, stride, "same")


def conv_transpose_output_size(
    input_size,
    kernel_size,
    stride=1,
    padding="valid",
    output_padding=None,
    dilation=1,
):
    """Return how many outputs a transposed convolution has along one axis.

    From the full result, (n - 1) s + k', the padding *cuts*:

    - "valid": (n - 1) s + k' + op, and (n - 1) s + max(k', s) where op is None;
    - "same": n s where op is None, else (n - 1) s + (k' mod 2) + op;
    - before and after: (n - 1) s + k' - before - after + op, None counting as 0.

    Args:
        input_size: pixels along the axis, n >= 1.
        kernel_size: taps of the kernel along the axis, k >= 1.
        stride: output pixels from one input's copy of the kernel to the next, s >= 1.
        padding: "valid", "same", an int for both sides, or a pair (before, after).
        output_padding: op, 0 <= op < s, or None. None is not 0.
        dilation: pixels from one tap of the kernel to the next, d >= 1.

    Returns:
        The output size, an int.

    Raises:
        ValueError: a number is not whole or too small, op is not below the stride,
            stride and dilation are both over 1, nothing would be left, or k' is even
            with "same" and op = 0.

    Example:
        >>> conv_transpose_output_size(2, 3)
        4
        >>> conv_transpose_output_size(14, 28, stride=2, padding="same")
        28
        >>> conv_transpose_output_size(2, 3, stride=2, padding=1)
        3

    Source: lecture A, A7 (stride 1, "valid") and A10; lecture C, C13, which claims 4
    for the last example: that takes an output padding of 1.
    """
    size = whole_number("input_size", input_size, 1)
    reach, stride, rule, op = conv_transpose_arguments(
        kernel_size, stride, padding, output_padding, dilation
    )
    full = (size - 1) * stride + reach
    if rule == "valid":
        return full - reach + max(reach, stride) if op is None else full + op
    if rule == "same":
        return size * stride if op is None else full - reach + reach % 2 + op
    output_size = full - sum(rule) + op
    if output_size < 1:
        refuse(
            "The padding must leave at least one output.",
            input_size=input_size,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
        )
    return output_size


def conv_transpose_cropping(
    input_size,
    kernel_size,
    stride=1,
    padding="valid",
    output_padding=None,
    dilation=1,
):
    """Return what a transposed convolution cuts off its full result, (before, after).

    The full result has (n - 1) s + k' entries. "valid" cuts nothing, "same" half on
    each side (the smaller half first), a number cuts as many entries; the output
    padding comes back at the end. A negative number counts zeros that are appended.

    Args:
        input_size: pixels along the axis, n >= 1.
        kernel_size: taps of the kernel along the axis, k >= 1.
        stride: output pixels from one input's copy of the kernel to the next, s >= 1.
        padding: "valid", "same", an int for both sides, or a pair (before, after).
        output_padding: op, 0 <= op < s, or None.
        dilation: pixels from one tap of the kernel to the next, d >= 1.

    Returns:
        The pair (before, after) of ints; only `after` can be negative.

    Raises:
        ValueError: as `conv_transpose_output_size`.

    Example:
        >>> conv_transpose_cropping(2, 3, stride=2, padding="same")
        (0, 1)
        >>> conv_transpose_cropping(2, 3, stride=2, padding=1, output_padding=1)
        (1, 0)

    Both give 2x2 -> 4x4, one pixel apart. Source: lecture C, C13; lecture A, A10.
    """
    output_size = conv_transpose_output_size(
        input_size, kernel_size, stride, padding, output_padding, dilation
    )
    reach, stride, rule, _ = conv_transpose_arguments(
        kernel_size, stride, padding, output_padding, dilation
    )
    surplus = (whole_number("input_size", input_size, 1) - 1) * stride
    surplus += reach - output_size
    if rule == "valid":
        before = 0
    elif rule == "same":
        before = max(surplus, 0) // 2
    else:
        before = rule[0]
    return before, surplus - before


def conv_input_sizes(output_size, kernel_size, stride=1, padding="valid", dilation=1):
    """Return every input size from which a convolution makes `output_size` outputs.

    Usually s sizes, one after the other: the size that a convolution started from is
    ambiguous, and a transposed convolution has to be told (`output_padding`).

    Args:
        output_size: outputs along the axis, >= 1.
        kernel_size: taps of the kernel along the axis, k >= 1.
        stride: pixels from one window to the next, s >= 1.
        padding: "valid", "same", an int for both sides, or a pair (before, after).
        dilation: pixels from one tap of the kernel to the next, d >= 1.

    Returns:
        A list of ints, rising; empty where the padding alone gives more outputs.

    Raises:
        ValueError: a number is not whole or too small, stride and dilation are both
            over 1, or there are more than a million such sizes.

    Example:
        >>> conv_input_sizes(2, 3, stride=2)
        [5, 6]
        >>> conv_input_sizes(14, 3, stride=2, padding="same")
        [27, 28]

    Source: lecture D, D6, which goes from 5x5 to 2x2 and back; 6x6 also shrinks to
    2x2, and comes back as 5x5.
    """
    output_size = whole_number("output_size", output_size, 1)
    reach, stride, rule = conv_arguments(kernel_size, stride, padding, dilation)
    if rule == "same":
        least = (output_size - 1) * stride + 1
    else:
        padded = 0 if rule == "valid" else sum(rule)
        least = (output_size - 1) * stride + reach - padded
    not_too_many(stride, "input sizes", stride=stride)
    return [size for size in range(least, least + stride) if size >= 1]
