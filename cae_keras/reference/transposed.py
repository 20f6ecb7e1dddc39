"""The transposed convolution in its second reading: as a convolution."""

import numpy as np

from .arguments import as_channels_last, as_image, as_pair, kept_part
from .convolution import conv2d


def insert_zeros(image, stride):
    """Put stride - 1 zeros between any two neighbouring pixels of an image.

    output[r s, c s] = image[r, c], and 0 elsewhere. Nothing is put around the image.

    Args:
        image: array (height, width), or (height, width, channels).
        stride: an int, or a pair (rows, columns): pixels from one value to the next.

    Returns:
        An array ((height - 1) s + 1, (width - 1) s + 1), with channels where the image
        has them. Integers and booleans give int64, floats keep their type.

    Raises:
        ValueError: the axes do not fit, or the stride is not a whole number from 1.

    Example:
        >>> insert_zeros([[1, 2], [3, 4]], stride=2)
        array([[1, 0, 2],
               [0, 0, 0],
               [3, 0, 4]])

    Source: lecture D, D6 (part of its "fancy padding"); lecture A, A8.
    """
    image = as_image("image", image)
    row_stride, column_stride = as_pair("stride", stride, 1)
    height, width, *channels = image.shape
    spread = np.zeros(
        ((height - 1) * row_stride + 1, (width - 1) * column_stride + 1, *channels),
        image.dtype,
    )
    spread[::row_stride, ::column_stride] = image
    return spread


def conv2d_transpose_by_insertion(
    image, kernel, stride=1, padding="valid", output_padding=None
):
    """Compute a transposed convolution as a convolution with stride 1.

    Put s - 1 zeros between the pixels and k - 1 zeros around them, flip the kernel in
    both axes, and convolve: each output gathers what `conv2d_transpose` scatters. Then
    the padding is cut off. The result is that of `conv2d_transpose`.

    Args:
        image: array (height, width), or (height, width, channels).
        kernel: array (rows, columns), or (rows, columns, out, in) as Keras has it.
        stride: an int, or a pair (rows, columns).
        padding: "valid", "same", an int or a pair (before, after), as in
            `conv2d_transpose`.
        output_padding: an int below the stride, a pair (rows, columns), or None, as in
            `conv2d_transpose`.

    Returns:
        An array (height, width), or (height, width, out). Integers (and booleans, as 0
        and 1) give int64, floats of any size float64 (complex numbers complex128).

    Raises:
        ValueError: as `conv2d_transpose`.

    Example:
        >>> conv2d_transpose_by_insertion([[55, 52], [57, 50]], [[1, 2], [2, 1]])
        array([[ 55, 162, 104],
               [167, 323, 152],
               [114, 157,  50]])

    Source: lecture D, D6 (its "fancy padding"); lecture A, A7, A10; lecture C, C13.
    """
    image, kernel, flat = as_channels_last(image, kernel)
    height, width, channels = image.shape
    rows, columns, _, expected = kernel.shape
    if channels != expected:
        raise ValueError(
            "The image must have as many channels as the kernel reads. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    row_stride, column_stride = as_pair("stride", stride, 1)
    extra = (None, None)
    if output_padding is not None:
        extra = as_pair("output_padding", output_padding, 0)
    top, out_height = kept_part(height, rows, row_stride, padding, extra[0])
    left, out_width = kept_part(width, columns, column_stride, padding, extra[1])

    # k - 1 zeros on each side, and s - 1 more for what is kept beyond the full result.
    around = (
        (rows - 1, rows - 1 + row_stride - 1),
        (columns - 1, columns - 1 + column_stride - 1),
        (0, 0),
    )
    flipped = kernel[::-1, ::-1].swapaxes(2, 3)  # (rows, columns, in, out)
    full = conv2d(np.pad(insert_zeros(image, stride), around), flipped)
    output = full[top : top + out_height, left : left + out_width]
    return output[:, :, 0] if flat else output
