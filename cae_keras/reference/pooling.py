"""Pooling, and unpooling: where each maximum came from, and how it is put back."""

import numpy as np

from .arguments import as_image, as_pair


def max_pool_with_indices(image, pool_size=2, stride=None):
    """Return the largest value of each window, and where in the window it stood.

    pooled[r, c] = max over i, j of image[r s + i, c s + j], channel by channel. The
    index counts the places of the window row by row: i * columns + j. (PyTorch counts
    the pixels of the image: `flat_indices`.) Of equal values the first one counts, and
    a nan counts as larger than any number. Rows and columns at the end that fill no
    whole window are left out ("valid").

    Args:
        image: array (height, width), or (height, width, channels), of real numbers.
        pool_size: an int, or a pair (rows, columns): pixels of a window.
        stride: an int, or a pair (rows, columns): pixels from one window to the next.
            None means `pool_size`: the windows touch. Below it they overlap.

    Returns:
        The pair (pooled, indices) of arrays (rows, columns), with channels where the
        image has them. Integers and booleans are pooled to int64, floats keep their
        type; the indices are int64, from 0 to rows * columns - 1 of a window.

    Raises:
        ValueError: the axes do not fit, a value is complex, the window is larger than
            the image, or a number is not whole or below 1.

    Example:
        >>> pooled, indices = max_pool_with_indices([[1, 2, 6, 3], [3, 5, 2, 1]])
        >>> pooled
        array([[5, 6]])
        >>> indices  # 5 stands in row 1, column 1 of its window: 1 * 2 + 1
        array([[3, 0]])

    Source: lecture C, C12a (max unpooling needs the places) and C16.
    """
    image = as_image("image", image)
    if np.iscomplexobj(image):
        raise ValueError(
            "`image` must hold real numbers, else there is no largest one. "
            "Received: complex numbers"
        )
    (rows, columns), row_stops, column_stops = _windows(image, pool_size, stride)
    shape = len(row_stops), len(column_stops), *image.shape[2:]
    pooled, indices = np.zeros(shape, image.dtype), np.zeros(shape, np.int64)
    for r, c, *channel in np.ndindex(shape):
        row, column = row_stops[r], column_stops[c]
        window = image[row : row + rows, column : column + columns, *channel]
        indices[r, c, *channel] = window.argmax()  # the first of equal ones, or nan
        pooled[r, c, *channel] = window.max()
    return pooled, indices


def flat_indices(indices, image_size, pool_size=2, stride=None):
    """Return PyTorch's indices: which pixel of the image each maximum was.

    PyTorch counts the pixels of a channel row by row: row * width + column. With the
    index i * columns + j within the window, row = r s + i and column = c s + j.

    Args:
        indices: whole numbers, array (rows, columns), or (rows, columns, channels), as
            `max_pool_with_indices` returns them.
        image_size: the pair (height, width) of the image that was pooled, or an int
            for both.
        pool_size, stride: as the pooling had them.

    Returns:
        An int64 array in the shape of `indices`, from 0 to height * width - 1.

    Raises:
        ValueError: the indices are not whole, one is no place of its window, or no such
            pooling takes an image of this size to the size of `indices`.

    Example:
        >>> flat_indices([[3, 0]], image_size=(2, 4))  # the places (1, 1) and (0, 2)
        array([[5, 2]])

    Source: ours; PyTorch's `max_pool2d(return_indices=True)`.
    """
    indices = _as_indices("indices", indices)
    size, pool, stride = _fitting(indices, "image_size", image_size, pool_size, stride)
    _refuse_indices_of_no_window(indices, pool)
    flat = np.zeros_like(indices)
    for r, c, *channel in np.ndindex(indices.shape):
        i, j = divmod(indices[r, c, *channel], pool[1])
        row, column = r * stride[0] + i, c * stride[1] + j
        flat[r, c, *channel] = row * size[1] + column
    return flat


def window_indices(flat, image_size, pool_size=2, stride=None):
    """Return the indices within the windows, from PyTorch's: undo `flat_indices`.

    Args:
        flat: whole numbers, array (rows, columns), or (rows, columns, channels): for
            each window the pixel row * width + column of its maximum.
        image_size: the pair (height, width) of the image that was pooled, or an int
            for both.
        pool_size, stride: as the pooling had them.

    Returns:
        An int64 array in the shape of `flat`, from 0 to rows * columns - 1 of a window.

    Raises:
        ValueError: the indices are not whole, one lies outside of its own window, or no
            such pooling takes an image of this size to the size of `flat`.

    Example:
        >>> window_indices([[5, 2]], image_size=(2, 4))
        array([[3, 0]])

    Source: ours; PyTorch's `max_pool2d(return_indices=True)`.
    """
    flat = _as_indices("flat", flat)
    size, pool, stride = _fitting(flat, "image_size", image_size, pool_size, stride)
    indices = np.zeros_like(flat)
    for r, c, *channel in np.ndindex(flat.shape):
        row, column = divmod(flat[r, c, *channel], size[1])
        i, j = row - r * stride[0], column - c * stride[1]
        if not (0 <= i < pool[0] and 0 <= j < pool[1]):
            raise ValueError(
                "Each index must lie within its own window. Received: index "
                f"{flat[r, c, *channel]} for the window in row {r}, column {c}, "
                f"image_size={image_size!r}, pool_size={pool_size!r}, stride={stride}"
            )
        indices[r, c, *channel] = i * pool[1] + j
    return indices


def average_pool(image, pool_size=2, stride=None):
    """Return the mean of each window, channel by channel.

    pooled[r, c] = mean over i, j of image[r s + i, c s + j]. Rows and columns at the
    end that fill no whole window are left out ("valid").

    Args:
        image: array (height, width), or (height, width, channels).
        pool_size: an int, or a pair (rows, columns): pixels of a window.
        stride: an int, or a pair (rows, columns): pixels from one window to the next.
            None means `pool_size`.

    Returns:
        An array (rows, columns), with channels where the image has them; float64, or
        complex where the image is.

    Raises:
        ValueError: the axes do not fit, the window is larger than the image, or a
            number is not whole or below 1.

    Example:
        >>> average_pool([[1, 2, 6, 3], [3, 5, 2, 1]])
        array([[2.75, 3.  ]])

    Source: ours, beside lecture C, C12a; its stops are those of lecture B, B6.
    """
    image = as_image("image", image)
    image = image.astype(np.result_type(image, np.float64))
    (rows, columns), row_stops, column_stops = _windows(image, pool_size, stride)
    pooled = np.zeros(
        (len(row_stops), len(column_stops), *image.shape[2:]), image.dtype
    )
    for r, row in enumerate(row_stops):
        for c, column in enumerate(column_stops):
            window = image[row : row + rows, column : column + columns]
            pooled[r, c] = window.mean(axis=(0, 1))
    return pooled


def max_unpool(pooled, indices, pool_size=2, stride=None, output_size=None):
    """Put each pooled value back where it stood, and zeros everywhere else.

    output[r s + i, c s + j] = pooled[r, c] for the index i * columns + j, channel by
    channel: each value goes to its place in its window, and never leaves it.

    Args:
        pooled: array (rows, columns), or (rows, columns, channels).
        indices: whole numbers in the shape of `pooled`, from 0 to rows * columns - 1 of
            a window, as `max_pool_with_indices` returns them.
        pool_size, stride: as the pooling had them.
        output_size: the pair (height, width) of the output, or an int for both: the
            size before the pooling. None means that nothing was left out: the windows
            fill the output.

    Returns:
        An array (height, width), with channels where `pooled` has them. Integers and
        booleans give int64, floats keep their type.

    Raises:
        ValueError: the shapes do not fit, an index is not whole or no place of its
            window, the windows overlap (then one place may belong to two values), or no
            such pooling takes `output_size` to the size of `pooled`.

    Example:
        >>> max_unpool([[5, 6]], [[3, 0]])
        array([[0, 0, 6, 0],
               [0, 5, 0, 0]])
        >>> max_unpool([[5, 6]], [[3, 0]], output_size=(2, 5))
        array([[0, 0, 6, 0, 0],
               [0, 5, 0, 0, 0]])

    Source: lecture C, C12a (max unpooling) and C16.
    """
    pooled, indices = as_image("pooled", pooled), _as_indices("indices", indices)
    if indices.shape != pooled.shape:
        raise ValueError(
            "`indices` must have the shape of `pooled`. Received: "
            f"indices.shape={indices.shape}, pooled.shape={pooled.shape}"
        )
    if output_size is None:
        pools, strides = _pool_and_stride(pool_size, stride)
        output_size = tuple(
            (n - 1) * s + p
            for n, s, p in zip(pooled.shape[:2], strides, pools, strict=True)
        )
    size, pool, stride = _fitting(
        indices, "output_size", output_size, pool_size, stride
    )
    _refuse_indices_of_no_window(indices, pool)
    if stride[0] < pool[0] or stride[1] < pool[1]:
        raise ValueError(
            "Windows must not overlap: one place could belong to two values. "
            f"Received: pool_size={pool}, stride={stride}"
        )
    output = np.zeros((*size, *pooled.shape[2:]), pooled.dtype)
    for r, c, *channel in np.ndindex(pooled.shape):
        i, j = divmod(indices[r, c, *channel], pool[1])
        row, column = r * stride[0] + i, c * stride[1] + j
        output[row, column, *channel] = pooled[r, c, *channel]
    return output


def bed_of_nails(image, factor=2):
    """Put each value at the upper left corner of a block of zeros.

    output[r f, c f] = image[r, c], and 0 elsewhere: unpooling without indices.

    Args:
        image: array (height, width), or (height, width, channels).
        factor: an int, or a pair (rows, columns): pixels of a block.

    Returns:
        An array (height f, width f), with channels where the image has them. Integers
        and booleans give int64, floats keep their type.

    Raises:
        ValueError: the axes do not fit, or the factor is not a whole number from 1.

    Example:
        >>> bed_of_nails([[1, 2], [3, 4]])
        array([[1, 0, 2, 0],
               [0, 0, 0, 0],
               [3, 0, 4, 0],
               [0, 0, 0, 0]])

    Source: lecture C, C12a (bed of nails).
    """
    image = as_image("image", image)
    row_factor, column_factor = as_pair("factor", factor, 1)
    height, width, *channels = image.shape
    output = np.zeros(
        (height * row_factor, width * column_factor, *channels), image.dtype
    )
    output[::row_factor, ::column_factor] = image
    return output


def _windows(image, pool_size, stride):
    """Return a window's size, and the rows and columns at which windows begin."""
    (rows, columns), (row_stride, column_stride) = _pool_and_stride(pool_size, stride)
    height, width = image.shape[:2]
    if rows > height or columns > width:
        raise ValueError(
            "The window must fit into the image. "
            f"Received: pool_size={pool_size!r}, image.shape={image.shape}"
        )
    row_stops = range(0, height - rows + 1, row_stride)
    column_stops = range(0, width - columns + 1, column_stride)
    return (rows, columns), row_stops, column_stops


def _pool_and_stride(pool_size, stride):
    """Return two pairs (rows, columns)."""
    pool = as_pair("pool_size", pool_size, 1)
    return pool, pool if stride is None else as_pair("stride", stride, 1)


def _as_indices(name, values):
    """Return an int64 array (rows, columns), or (rows, columns, channels)."""
    indices = as_image(name, values)
    dtype = np.asarray(values).dtype
    if dtype.kind not in "iu":  # no booleans either
        raise ValueError(f"`{name}` must be whole numbers. Received: dtype={dtype}")
    return indices


def _fitting(indices, name, size, pool_size, stride):
    """Return an image's size, a window's, and the stride, if the indices are theirs."""
    size = as_pair(name, size, 1)
    pool, stride = _pool_and_stride(pool_size, stride)
    pooled = tuple((n - p) // s + 1 for n, p, s in zip(size, pool, stride, strict=True))
    if indices.shape[:2] != pooled:
        raise ValueError(
            f"A pooling must take `{name}` to the size of the indices. "
            f"Received: {name}={size}, pool_size={pool}, stride={stride}, "
            f"indices.shape={indices.shape}"
        )
    return size, pool, stride


def _refuse_indices_of_no_window(indices, pool):
    places = pool[0] * pool[1]
    if indices.min() < 0 or indices.max() >= places:
        raise ValueError(
            f"Each index must be a place of its window, from 0 to {places - 1}. "
            f"Received: indices from {indices.min()} to {indices.max()}, "
            f"pool_size={pool}"
        )
