"""Pooling, and unpooling: where each maximum came from, and how it is put back."""

import numpy as np

from .arguments import as_image, as_pair


def max_pool_with_indices(image, pool_size=2, stride=None):
    """Return the largest value of each window, and where in the image it stood.

    pooled[r, c] = max over i, j of image[r s + i, c s + j], channel by channel. The
    index of a pixel counts the pixels of its channel row by row: row * width + column,
    as in PyTorch. Of equal values the first one counts. Rows and columns at the end
    that fill no whole window are left out ("valid").

    Args:
        image: array (height, width), or (height, width, channels), of real numbers.
        pool_size: an int, or a pair (rows, columns): pixels of a window.
        stride: an int, or a pair (rows, columns): pixels from one window to the next.
            None means `pool_size`: the windows touch. Below it they overlap.

    Returns:
        The pair (pooled, indices) of arrays (rows, columns), with channels where the
        image has them. Integers and booleans are pooled to int64, floats keep their
        type; the indices are int64.

    Raises:
        ValueError: the axes do not fit, a value is complex or nan, the window is
            larger than the image, or a number is not whole or below 1.

    Example:
        >>> pooled, indices = max_pool_with_indices([[1, 2, 6, 3], [3, 5, 2, 1]])
        >>> pooled
        array([[5, 6]])
        >>> indices  # 5 stands in row 1, column 1: 1 * 4 + 1
        array([[5, 2]])

    Source: lecture C, C12a (max unpooling needs the places) and C16.
    """
    image = as_image("image", image)
    if np.iscomplexobj(image) or np.isnan(image).any():
        raise ValueError(
            "`image` must hold real numbers, else there is no largest one. "
            "Received: complex numbers or nan"
        )
    (rows, columns), row_stops, column_stops = _windows(image, pool_size, stride)
    shape, width = image.shape, image.shape[1]
    image = image.reshape(*shape[:2], -1)  # one channel where there was none

    pooled = np.zeros((len(row_stops), len(column_stops), image.shape[2]), image.dtype)
    indices = np.zeros(pooled.shape, np.int64)
    for r, row in enumerate(row_stops):
        for c, column in enumerate(column_stops):
            for channel in range(image.shape[2]):
                window = image[row : row + rows, column : column + columns, channel]
                i, j = np.unravel_index(window.argmax(), window.shape)
                pooled[r, c, channel] = window[i, j]
                indices[r, c, channel] = (row + i) * width + (column + j)
    shape = pooled.shape[:2] + shape[2:]
    return pooled.reshape(shape), indices.reshape(shape)


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


def max_unpool(pooled, indices, output_size):
    """Put each pooled value back where it stood, and zeros everywhere else.

    output[index // width, index % width] = value, channel by channel. The index counts
    the pixels of the output's channel row by row, as `max_pool_with_indices` does.

    Args:
        pooled: array (rows, columns), or (rows, columns, channels).
        indices: whole numbers in the shape of `pooled`, from 0 to height * width - 1,
            no two alike within a channel.
        output_size: the pair (height, width) of the output, or an int for both: the
            size before the pooling, which the pooled values alone do not tell.

    Returns:
        An array (height, width), with channels where `pooled` has them. Integers and
        booleans give int64, floats keep their type.

    Raises:
        ValueError: the shapes do not fit, an index is not whole or outside the output,
            or two values of a channel have one index, as overlapping windows give: one
            of them would be lost.

    Example:
        >>> max_unpool([[5, 6]], [[5, 2]], output_size=(2, 4))
        array([[0, 0, 6, 0],
               [0, 5, 0, 0]])

    Source: lecture C, C12a (max unpooling) and C16.
    """
    pooled, indices = as_image("pooled", pooled), np.asarray(indices)
    height, width = as_pair("output_size", output_size, 1)
    if indices.shape != pooled.shape or indices.dtype.kind not in "iu":
        raise ValueError(
            "`indices` must be whole numbers in the shape of `pooled`. Received: "
            f"indices.shape={indices.shape}, indices.dtype={indices.dtype}, "
            f"pooled.shape={pooled.shape}"
        )
    if indices.min() < 0 or indices.max() >= height * width:
        raise ValueError(
            f"`indices` must lie from 0 to {height * width - 1}, within the output. "
            f"Received: indices from {indices.min()} to {indices.max()}, "
            f"output_size={output_size!r}"
        )
    output = np.zeros((height, width, *pooled.shape[2:]), pooled.dtype)
    taken = np.zeros(output.shape, bool)
    for r, c, *channel in np.ndindex(pooled.shape):
        row, column = divmod(int(indices[r, c, *channel]), width)
        if taken[row, column, *channel]:
            raise ValueError(
                "No two values of a channel may have one index: one would be lost. "
                "Pool with windows that do not overlap. Received: index "
                f"{indices[r, c, *channel]} more than once"
            )
        taken[row, column, *channel] = True
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
    rows, columns = as_pair("pool_size", pool_size, 1)
    if stride is None:
        stride = rows, columns
    row_stride, column_stride = as_pair("stride", stride, 1)
    height, width = image.shape[:2]
    if rows > height or columns > width:
        raise ValueError(
            "The window must fit into the image. "
            f"Received: pool_size={pool_size!r}, image.shape={image.shape}"
        )
    row_stops = range(0, height - rows + 1, row_stride)
    column_stops = range(0, width - columns + 1, column_stride)
    return (rows, columns), row_stops, column_stops
