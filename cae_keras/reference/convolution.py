"""Convolution, its transpose, and the matrix that they share, by plain loops."""

import numpy as np

from .arguments import (
    as_channels_last,
    as_numbers,
    as_pair,
    conv_axes,
    exact_type,
    kept_part,
)


def conv2d(image, kernel, stride=1, padding="valid"):
    """Slide a kernel over an image and sum the products at every stop.

    output[r, c] = sum over i, j of padded[r s + i, c s + j] kernel[i, j], and over the
    input channels where there are any. The kernel is not flipped: this is
    cross-correlation, as in every framework.

    Args:
        image: array (height, width), or (height, width, channels).
        kernel: array (rows, columns), or (rows, columns, in, out) as Keras has it.
        stride: an int, or a pair (rows, columns): pixels from one stop to the next.
        padding: "valid" (none), "same" (ceil(n / s) outputs; where the zeros cannot be
            halved, the larger half comes after), an int for all four sides, or a pair
            (before, after) for both axes.

    Returns:
        An array (height, width), or (height, width, out). Integers (and booleans, as 0
        and 1) give int64, floats of any size float64 (complex numbers complex128).

    Raises:
        ValueError: axes or channels do not match, the kernel is larger than the padded
            image, stride or padding cannot be, or sums of integers could leave int64.

    Example:
        >>> image = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
        >>> conv2d(image, [[1, 2, 1], [2, 1, 2], [1, 1, 2]])
        array([[55, 52],
               [57, 50]])

    Source: lecture A, A4, A6, A8, A9; lecture D, D3 (channels).
    """
    image, kernel, flat = as_channels_last(image, kernel)
    rows, columns, channels, filters = kernel.shape
    if image.shape[2] != channels:
        raise ValueError(
            "The image must have as many channels as the kernel reads. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    (row_stride, top, bottom), (column_stride, left, right) = conv_axes(
        image.shape[:2], (rows, columns), stride, padding
    )
    padded = np.pad(image, ((top, bottom), (left, right), (0, 0)))

    height = (padded.shape[0] - rows) // row_stride + 1
    width = (padded.shape[1] - columns) // column_stride + 1
    output = np.zeros((height, width, filters), kernel.dtype)
    for r in range(height):
        for c in range(width):
            first_row, first_column = r * row_stride, c * column_stride
            window = padded[
                first_row : first_row + rows, first_column : first_column + columns
            ]
            for f in range(filters):
                output[r, c, f] = (window * kernel[:, :, :, f]).sum()
    return output[:, :, 0] if flat else output


def conv2d_transpose(image, kernel, stride=1, padding="valid", output_padding=None):
    """Put one scaled copy of the kernel down for every pixel, and sum the copies.

    full[r s + i, c s + j] += image[r, c] kernel[i, j]; then the padding is cut off. It
    is the product with the transposed matrix of a convolution.

    Args:
        image: array (height, width), or (height, width, channels).
        kernel: array (rows, columns), or (rows, columns, out, in) as Keras has it.
        stride: an int, or a pair (rows, columns): output pixels from one copy to the
            next.
        padding: "valid" (nothing is cut), "same" (cut to n s outputs, the smaller half
            before), an int cut off all four sides, or a pair (before, after).
        output_padding: an int below the stride, a pair (rows, columns), or None. So
            many more entries are kept at the end, zeros where nothing is left to keep.
            None is 0 for a number or a pair; with "valid" it adds the zeros between
            copies that do not touch. With "same" the size becomes (n - 1) s +
            (k mod 2) + output_padding, cut as before.

    Returns:
        An array (height, width), or (height, width, out). Integers (and booleans, as 0
        and 1) give int64, floats of any size float64 (complex numbers complex128).

    Raises:
        ValueError: axes or channels do not match, stride, padding or output_padding
            cannot be, nothing is left, or sums of integers could leave int64.

    Example:
        >>> conv2d_transpose([[55, 52], [57, 50]], [[1, 2], [2, 1]])
        array([[ 55, 162, 104],
               [167, 323, 152],
               [114, 157,  50]])

    Source: lecture A, A5, A7, A10; lecture C, C13.
    """
    image, kernel, flat = as_channels_last(image, kernel)
    rows, columns, filters, channels = kernel.shape
    if image.shape[2] != channels:
        raise ValueError(
            "The image must have as many channels as the kernel reads. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    row_stride, column_stride = as_pair("stride", stride, 1)
    height, width = image.shape[:2]

    full_height = (height - 1) * row_stride + rows
    full_width = (width - 1) * column_stride + columns
    full = np.zeros((full_height, full_width, filters), kernel.dtype)
    for r in range(height):
        for c in range(width):
            for i in range(rows):
                for j in range(columns):
                    row, column = r * row_stride + i, c * column_stride + j
                    full[row, column] += kernel[i, j] @ image[r, c]

    extra = (None, None)
    if output_padding is not None:
        extra = as_pair("output_padding", output_padding, 0)
    top, out_height = kept_part(height, rows, row_stride, padding, extra[0])
    left, out_width = kept_part(width, columns, column_stride, padding, extra[1])
    output = np.zeros((out_height, out_width, filters), kernel.dtype)
    kept = full[top : top + out_height, left : left + out_width]
    output[: kept.shape[0], : kept.shape[1]] = kept
    return output[:, :, 0] if flat else output


def conv_matrix(input_shape, kernel, stride=1, padding="valid"):
    """Write a convolution as a matrix: conv2d(x) is the matrix times x as a column.

    One matrix row for each output, one matrix column for each input, both counted row
    by row. The transposed matrix belongs to the transposed convolution.

    Args:
        input_shape: (height, width) of the image.
        kernel: array (rows, columns).
        stride: an int, or a pair (rows, columns).
        padding: "valid", "same", an int or a pair (before, after), as in `conv2d`.

    Returns:
        An array (outputs, inputs); integers and booleans give int64, floats of any size
        float64.

    Raises:
        ValueError: the kernel is not two-dimensional or larger than the padded image,
            or stride or padding cannot be.

    Example:
        >>> conv_matrix((2, 3), [[1, 2], [3, 4]])
        array([[1, 2, 0, 3, 4, 0],
               [0, 1, 2, 0, 3, 4]])

    Source: lecture A, A4, A5 (its 4x16 matrix); lecture C, C14 (stride 2).
    """
    kernel = as_numbers("kernel", kernel)
    kernel = kernel.astype(exact_type(kernel))
    if kernel.ndim != 2 or 0 in kernel.shape:
        raise ValueError(
            "The kernel must be an array (rows, columns). "
            f"Received: kernel.shape={kernel.shape}"
        )
    height, width = as_pair("input_shape", input_shape, 1)
    (row_stride, top, bottom), (column_stride, left, right) = conv_axes(
        (height, width), kernel.shape, stride, padding
    )
    rows, columns = kernel.shape
    # Where the window's first pixel may stop, in the image's own coordinates.
    row_stops = range(-top, height + bottom - rows + 1, row_stride)
    column_stops = range(-left, width + right - columns + 1, column_stride)

    matrix = np.zeros(
        (len(row_stops) * len(column_stops), height * width), kernel.dtype
    )
    output = 0
    for row_stop in row_stops:
        for column_stop in column_stops:
            for i in range(rows):
                for j in range(columns):
                    row, column = row_stop + i, column_stop + j
                    if 0 <= row < height and 0 <= column < width:
                        matrix[output, row * width + column] = kernel[i, j]
            output += 1
    return matrix
