"""Convolution, its transpose, and the matrix that they share, by plain loops."""

import numpy as np


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
        and 1) give int64, floats what NumPy promotes them to.

    Raises:
        ValueError: axes or channels do not match, the kernel is larger than the padded
            image, or stride or padding cannot be.

    Example:
        >>> image = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
        >>> conv2d(image, [[1, 2, 1], [2, 1, 2], [1, 1, 2]])
        array([[55, 52],
               [57, 50]])

    Source: lecture A, A4, A6, A8, A9; lecture D, D3 (channels).
    """
    image, kernel, flat = _with_channels(image, kernel)
    rows, columns, channels, filters = kernel.shape
    if image.shape[2] != channels:
        raise ValueError(
            "The image must have as many channels as the kernel reads. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    (row_stride, top, bottom), (column_stride, left, right) = _conv_axes(
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
        and 1) give int64, floats what NumPy promotes them to.

    Raises:
        ValueError: axes or channels do not match, stride, padding or output_padding
            cannot be, or nothing is left.

    Example:
        >>> conv2d_transpose([[55, 52], [57, 50]], [[1, 2], [2, 1]])
        array([[ 55, 162, 104],
               [167, 323, 152],
               [114, 157,  50]])

    Source: lecture A, A5, A7, A10; lecture C, C13.
    """
    image, kernel, flat = _with_channels(image, kernel)
    rows, columns, filters, channels = kernel.shape
    if image.shape[2] != channels:
        raise ValueError(
            "The image must have as many channels as the kernel reads. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    row_stride, column_stride = _pair("stride", stride, 1)
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
        extra = _pair("output_padding", output_padding, 0)
    top, out_height = _kept(height, rows, row_stride, padding, extra[0])
    left, out_width = _kept(width, columns, column_stride, padding, extra[1])
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
        An array (outputs, inputs); integers and booleans give int64.

    Raises:
        ValueError: the kernel is not two-dimensional or larger than the padded image,
            or stride or padding cannot be.

    Example:
        >>> conv_matrix((2, 3), [[1, 2], [3, 4]])
        array([[1, 2, 0, 3, 4, 0],
               [0, 1, 2, 0, 3, 4]])

    Source: lecture A, A4, A5 (its 4x16 matrix); lecture C, C14 (stride 2).
    """
    kernel = _numbers("kernel", kernel)
    if kernel.ndim != 2 or 0 in kernel.shape:
        raise ValueError(
            "The kernel must be an array (rows, columns). "
            f"Received: kernel.shape={kernel.shape}"
        )
    height, width = _pair("input_shape", input_shape, 1)
    (row_stride, top, bottom), (column_stride, left, right) = _conv_axes(
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


def _numbers(name, values):
    """Return an array of numbers; integers and booleans become int64."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of unequal length
        array = np.asarray(None)
    if array.dtype.kind in "bui":
        array = array.astype(np.int64)  # 8 bits would overflow in the sums
    if array.dtype.kind not in "ifc":
        raise ValueError(
            f"`{name}` must be an array of numbers. Received: {name}={values!r}"
        )
    return array


def _with_channels(image, kernel):
    """Return image (h, w, in), kernel with four axes, and whether both were flat."""
    image, kernel = _numbers("image", image), _numbers("kernel", kernel)
    if (image.ndim, kernel.ndim) not in [(2, 2), (3, 4)]:
        raise ValueError(
            "Image and kernel must have 2 and 2 axes, or with channels 3 and 4. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    if 0 in image.shape + kernel.shape:
        raise ValueError(
            "Image and kernel must not be empty. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    dtype = np.result_type(image, kernel)
    flat = image.ndim == 2
    if flat:
        image, kernel = image[:, :, None], kernel[:, :, None, None]
    return image.astype(dtype), kernel.astype(dtype), flat


def _pair(name, value, least):
    """Return two whole numbers of at least `least`; one number serves twice."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    whole = [
        isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        for number in pair
    ]
    if len(pair) == 2 and all(whole) and min(pair) >= least:
        return int(pair[0]), int(pair[1])
    raise ValueError(
        f"`{name}` must be a whole number of at least {least}, or a pair of them. "
        f"Received: {name}={value!r}"
    )


def _sides(padding):
    """Return "valid", "same" or a pair (before, after)."""
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ValueError(
                '`padding` must be "valid", "same", an int or a pair. '
                f"Received: padding={padding!r}"
            )
        return padding
    return _pair("padding", padding, 0)


def _conv_axes(sizes, kernel_sizes, stride, padding):
    """Return (stride, before, after) for the rows and for the columns."""
    padding = _sides(padding)
    axes = []
    for n, k, s in zip(sizes, kernel_sizes, _pair("stride", stride, 1), strict=True):
        if padding == "valid":
            before, after = 0, 0
        elif padding == "same":
            # The last of ceil(n / s) windows ends at (outputs - 1) s + k.
            outputs = int(np.ceil(n / s))
            missing = max(0, (outputs - 1) * s + k - n)
            before = missing // 2
            after = missing - before
        else:
            before, after = padding
        if k > before + n + after:
            raise ValueError(
                "The kernel must fit into the padded image. Received: "
                f"image size={n}, kernel size={k}, padding={padding!r}"
            )
        axes.append((s, before, after))
    return axes


def _kept(n, k, s, padding, extra):
    """Return where the kept part of the full result starts, and its size."""
    padding = _sides(padding)
    if extra is not None and extra >= s:
        raise ValueError(
            "`output_padding` must be below the stride. "
            f"Received: output_padding={extra}, stride={s}"
        )
    full = (n - 1) * s + k
    if padding == "valid":
        if extra is None:
            extra = max(0, s - k)
        return 0, full + extra
    if padding == "same":
        if extra is None:
            size = n * s
        elif extra == 0 and k % 2 == 0:
            raise ValueError(
                'With "same" and an even kernel `output_padding` must not be 0. '
                f"Received: kernel size={k}, output_padding={extra}"
            )
        else:
            size = (n - 1) * s + k % 2 + extra
        return max(0, full - size) // 2, size
    before, after = padding
    size = full - before - after + (extra or 0)
    if size < 1:
        raise ValueError(
            "The padding must leave at least one output. "
            f"Received: image size={n}, kernel size={k}, stride={s}, padding={padding}"
        )
    return before, size
