"""Which inputs reach which output along one axis, and what follows from it.

A layer's connections along one axis are a list: for each output the list of the
inputs that reach it.
"""

from .arguments import not_too_many, whole_number
from .sizes import (
    conv_arguments,
    conv_output_size,
    conv_transpose_cropping,
    conv_transpose_output_size,
    padding_sides,
)


def conv_connections(input_size, kernel_size, stride=1, padding="valid", dilation=1):
    """Return, for each output of a convolution, the inputs that it reads.

    Example:
        >>> conv_connections(4, 3, padding="same")
        [[0, 1], [0, 1, 2], [1, 2, 3], [2, 3]]
    """
    output_size = conv_output_size(input_size, kernel_size, stride, padding, dilation)
    reach, _, rule = conv_arguments(kernel_size, stride, padding, dilation)
    before, _ = padding_sides(input_size, reach, stride, rule)
    starts = [output * stride - before for output in range(output_size)]
    return [
        [
            index
            for index in range(start, start + reach, dilation)
            if 0 <= index < input_size
        ]
        for start in starts
    ]


def conv_transpose_connections(
    input_size,
    kernel_size,
    stride=1,
    padding="valid",
    output_padding=None,
    dilation=1,
):
    """Return, for each output of a transposed convolution, the inputs that reach it.

    Example:
        >>> conv_transpose_connections(3, 3, stride=2)
        [[0], [0], [0, 1], [1], [1, 2], [2], [2]]
    """
    told = (input_size, kernel_size, stride, padding, output_padding, dilation)
    before, _ = conv_transpose_cropping(*told)
    reached = [[] for _ in range(conv_transpose_output_size(*told))]
    for index in range(input_size):
        for tap in range(kernel_size):
            output = index * stride + tap * dilation - before
            if 0 <= output < len(reached):
                reached[output].append(index)
    return reached


def interpolation_connections(input_size, factor, radius):
    """Return, for each pixel of an enlarged axis, the inputs that it mixes.

    Pixels have half-pixel centres, as in Keras: output j lies at
    (j + 1/2) / factor - 1/2. A rule of `radius` r mixes the inputs nearer than r
    (bilinear 1, bicubic 2), and one that lies exactly there alone. Radius 0 is the
    nearest neighbour.

    Example:
        >>> interpolation_connections(3, 2, radius=1)
        [[0], [0, 1], [0, 1], [1, 2], [1, 2], [2]]
    """
    if radius == 0:
        return [[output // factor] for output in range(input_size * factor)]
    unit = 2 * factor  # all positions in steps of 1 / (2 factor), so as to stay whole
    reached = []
    for output in range(input_size * factor):
        place = 2 * output + 1 - factor
        if place % unit == 0:
            reached.append([place // unit])
        else:
            reached.append(
                [
                    index
                    for index in range(input_size)
                    if abs(place - index * unit) < radius * unit
                ]
            )
    return reached


def shift_connections(input_size, before, after):
    """Return the connections of a padding; of a cropping, with negative numbers.

    Example:
        >>> shift_connections(3, 1, 0), shift_connections(3, -1, 0)
        ([[], [0], [1], [2]], [[1], [2]])
    """
    places = range(-before, input_size + after)
    return [[place] if 0 <= place < input_size else [] for place in places]


def overlap_counts(input_size, kernel_size, stride=1, padding="valid"):
    """Return how many inputs reach each output of a transposed convolution.

    Uneven counts are the checkerboard that such a layer paints: k = 3, s = 2 gives
    1 1 2 1 2 ..., while k = 4, s = 2 is even but for the ends.

    Args:
        input_size: pixels along the axis, n >= 1.
        kernel_size: taps of the kernel along the axis, k >= 1.
        stride: output pixels from one input's copy of the kernel to the next, s >= 1.
        padding: "valid", "same", an int for both sides, or a pair (before, after).

    Returns:
        A list of ints >= 0, one for each output.

    Raises:
        ValueError: as `conv_transpose_output_size`; or there are more than a million
            outputs, or pairs of an input and a tap.

    Example:
        >>> overlap_counts(4, 3, stride=2)
        [1, 1, 2, 1, 2, 1, 2, 1, 1]
        >>> overlap_counts(7, 14, stride=2, padding="same")
        [4, 4, 5, 5, 6, 6, 7, 7, 6, 6, 5, 5, 4, 4]

    Source: beyond the lectures; the last example is deconv2 of lecture B, B6.
    """
    input_size = whole_number("input_size", input_size, 1)
    kernel_size = whole_number("kernel_size", kernel_size, 1)
    stride = whole_number("stride", stride, 1)
    told = {"input_size": input_size, "kernel_size": kernel_size, "stride": stride}
    output_size = conv_transpose_output_size(**told, padding=padding)
    not_too_many(output_size, "outputs", **told)
    not_too_many(input_size * kernel_size, "pairs of an input and a tap", **told)
    connections = conv_transpose_connections(**told, padding=padding)
    return [len(inputs) for inputs in connections]
