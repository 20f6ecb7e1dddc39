"""Max pooling that remembers where its values stood, and two ways to undo a pooling."""

import keras
from keras import ops

from ..shapes import pool_output_shape
from ..shapes.arguments import one_per_axis, refuse


@keras.saving.register_keras_serializable("cae_keras")
class MaxPooling2DWithIndices(keras.layers.Layer):
    """Max pooling that also says where in its window each maximum stood.

    pooled[r, c] = max over i, j of image[r p + i, c p + j], channel by channel. The
    index counts the places of the window row by row: i * columns + j, two bits for a
    window of 2x2, as SegNet has it. PyTorch's indices count the pixels of the image
    instead; `cae_keras.reference.flat_indices` converts. Of equal values the first one
    counts, and a nan counts as larger than any number, as in NumPy; the pixel that
    counts receives the whole gradient. What does not fill a whole window at the end is
    left out ("valid").

    Args:
        pool_size: an int, or a pair (rows, columns): pixels of a window.
        strides: None or `pool_size`: the windows touch. Were they to overlap, one pixel
            could be the maximum of two, and an unpooling has one place for both.

    Returns:
        A layer: images (batch, height, width, channels) to the pair (pooled, indices),
        both of shape (batch, floor(height / rows), floor(width / columns), channels).
        Float images are pooled in the layer's dtype, integers in their own; `indices`
        is int32, from 0 to rows * columns - 1.

    Raises:
        ValueError: if `pool_size` is not whole or below 1, `strides` differs from it,
            or an image is smaller than a window.

    Example:
        >>> image = ops.reshape(ops.convert_to_tensor([1.0, 2, 6, 3, 3, 5, 2, 1]),
        ...                     (1, 2, 4, 1))
        >>> pooled, indices = MaxPooling2DWithIndices()(image)
        >>> ops.convert_to_numpy(pooled).ravel()
        array([5., 6.], dtype=float32)
        >>> ops.convert_to_numpy(indices).ravel()  # 5 in row 1, column 1: 1 * 2 + 1
        array([3, 0], dtype=int32)

    Source: lecture C, C16 (the encoder keeps its pool indices).
    """

    def __init__(self, pool_size=2, strides=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = one_per_axis("pool_size", pool_size, 2, 1)
        self.strides = self.pool_size
        if strides is not None and one_per_axis("strides", strides, 2, 1) != (
            self.pool_size
        ):
            refuse(
                "`strides` must be None or equal `pool_size`: from windows that "
                "overlap, an unpooling could not put two values at one place.",
                strides=strides,
                pool_size=pool_size,
            )
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def call(self, inputs):
        self.compute_output_shape(inputs.shape)  # refuses images that are too small
        pooled, *others = _places(inputs, self.pool_size)
        indices = ops.zeros_like(pooled, dtype="int32")
        for index, pixels in enumerate(others, 1):
            # Not by `not (pixels <= pooled)`: TensorFlow compiles that to `>`.
            first_nan = ops.logical_and(ops.isnan(pixels), ~ops.isnan(pooled))
            larger = ops.logical_or(pixels > pooled, first_nan)
            pooled = ops.where(larger, pixels, pooled)
            indices = ops.where(larger, index, indices)
        return pooled, indices

    def compute_output_shape(self, input_shape):
        batch, *image = input_shape
        shape = (batch, *pool_output_shape(image, self.pool_size))
        return shape, shape

    def compute_output_spec(self, inputs):
        pooled, indices = self.compute_output_shape(inputs.shape)
        return (
            keras.KerasTensor(pooled, dtype=inputs.dtype),
            keras.KerasTensor(indices, dtype="int32"),
        )

    def get_config(self):
        config = {"pool_size": self.pool_size, "strides": self.strides}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable("cae_keras")
class MaxUnpooling2D(keras.layers.Layer):
    """Max unpooling: zeros, with each value back where in its window the maximum stood.

    It is called on the pair (pooled, indices) that `MaxPooling2DWithIndices` returns,
    or on other values with these indices: each value becomes a block of zeros, with the
    value at the place of its index, counted row by row. No value can leave its block,
    its image or its channel. The gradient of a value is that of its place.

    The pooling drops what fills no whole window at the end, as the last row of an odd
    size. The blocks alone are smaller than the image was then; `output_size` puts as
    many zeros below and beside them as were dropped.

    Args:
        pool_size: an int, or a pair (rows, columns), as the pooling had it.
        output_size: (height, width), or None: `pool_size` times the size of the input.

    Returns:
        A layer: values and integer indices, both (batch, height, width, channels), to
        (batch, rows * height, columns * width, channels), or to `output_size`. The
        dtype is that of the values.

    Raises:
        ValueError: if a number is not whole or below 1, there are not two inputs, their
            shapes differ, the indices are not integers, an index is none of a window,
            or no pooling takes `output_size` to the size of the input:
            floor(output size / pool size). While a function is compiled the indices
            have no values yet, so there an index of no window passes: its value is
            lost, and its block is zeros.

    Example:
        >>> image = ops.reshape(ops.convert_to_tensor([1.0, 2, 6, 3, 3, 5, 2, 1]),
        ...                     (1, 2, 4, 1))
        >>> unpooled = MaxUnpooling2D()(MaxPooling2DWithIndices()(image))
        >>> ops.convert_to_numpy(unpooled)[0, :, :, 0]
        array([[0., 0., 6., 0.],
               [0., 5., 0., 0.]], dtype=float32)

    Source: lecture C, C12a (max unpooling) and C16 (the decoder uses the indices).
    """

    def __init__(self, pool_size=2, output_size=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = one_per_axis("pool_size", pool_size, 2, 1)
        self.output_size = output_size
        if output_size is not None:
            self.output_size = one_per_axis("output_size", output_size, 2, 1)

    def call(self, inputs):
        values, indices = _values_and_indices(inputs)
        self.compute_output_shape([values.shape, indices.shape])
        rows, columns = self.pool_size
        _refuse_indices_of_no_window(indices, rows * columns)
        # Not values times mask: nan times 0 is nan, and would fill the block.
        places = [ops.where(indices == k, values, 0) for k in range(rows * columns)]
        blocks = _blocks(places, self.pool_size)
        if self.output_size is None:
            return blocks
        _, height, width, _ = ops.shape(blocks)
        below, beside = self.output_size[0] - height, self.output_size[1] - width
        return ops.pad(blocks, ((0, 0), (0, below), (0, beside), (0, 0)))

    def compute_output_shape(self, input_shape):
        batch, *sizes, channels = input_shape[0]
        output_size = self.output_size or _times(sizes, self.pool_size)
        for size, pool, output in zip(sizes, self.pool_size, output_size, strict=True):
            if size is not None and output // pool != size:
                refuse(
                    "A pooling must take `output_size` to the size of the input.",
                    output_size=self.output_size,
                    pool_size=self.pool_size,
                    input_size=tuple(sizes),
                )
        return batch, *output_size, channels

    def compute_output_spec(self, inputs):
        values, indices = _values_and_indices(inputs)
        shape = self.compute_output_shape([values.shape, indices.shape])
        return keras.KerasTensor(shape, dtype=values.dtype)

    def get_config(self):
        config = {"pool_size": self.pool_size, "output_size": self.output_size}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable("cae_keras")
class BedOfNailsUnpooling2D(keras.layers.Layer):
    """Bed-of-nails unpooling: each value in the upper-left corner of a block of zeros.

    output[r p, c p] = image[r, c], channel by channel, and 0 elsewhere.

    Args:
        pool_size: an int, or a pair (rows, columns): pixels of a block.

    Returns:
        A layer: images (batch, height, width, channels) to
        (batch, rows * height, columns * width, channels).

    Raises:
        ValueError: if `pool_size` is not whole or below 1.

    Example:
        >>> image = ops.reshape(ops.convert_to_tensor([1.0, 2.0]), (1, 1, 2, 1))
        >>> ops.convert_to_numpy(BedOfNailsUnpooling2D()(image))[0, :, :, 0]
        array([[1., 0., 2., 0.],
               [0., 0., 0., 0.]], dtype=float32)

    Source: lecture C, C12a.
    """

    def __init__(self, pool_size=2, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = one_per_axis("pool_size", pool_size, 2, 1)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def call(self, inputs):
        rows, columns = self.pool_size
        _, height, width, channels = ops.shape(inputs)
        nails = ops.reshape(inputs, (-1, height, 1, width, 1, channels))
        below, beside = (0, rows - 1), (0, columns - 1)
        blocks = ops.pad(nails, ((0, 0), (0, 0), below, (0, 0), beside, (0, 0)))
        return ops.reshape(blocks, (-1, height * rows, width * columns, channels))

    def compute_output_shape(self, input_shape):
        batch, *sizes, channels = input_shape
        return batch, *_times(sizes, self.pool_size), channels

    def get_config(self):
        return {**super().get_config(), "pool_size": self.pool_size}


def _places(images, pool_size):
    """Return one map a place of the window, row by row: first all upper left pixels.

    As `images[:, i::rows, j::columns]`, but with much less to compute for TensorFlow,
    and in the gradient.
    """
    rows, columns = pool_size
    _, height, width, channels = ops.shape(images)
    height, width = height // rows, width // columns
    sizes = images.shape[1:3]
    if any(n is None or n % p for n, p in zip(sizes, pool_size, strict=True)):
        images = images[:, : height * rows, : width * columns]
    windows = ops.reshape(images, (-1, height, rows, width, columns * channels))
    return [
        place
        for row in ops.unstack(windows, rows, axis=2)
        for place in ops.split(row, columns, axis=-1)
    ]


def _blocks(places, pool_size):
    """Return the images that `_places` took apart, without what it left out."""
    rows, columns = pool_size
    _, height, width, channels = ops.shape(places[0])
    lines = [
        ops.concatenate(places[row * columns : (row + 1) * columns], axis=-1)
        for row in range(rows)
    ]
    return ops.reshape(
        ops.stack(lines, axis=2), (-1, height * rows, width * columns, channels)
    )


def _times(sizes, pool_size):
    """Return the size of an unpooling's output, None where that of its input is."""
    return tuple(
        None if size is None else size * pool
        for size, pool in zip(sizes, pool_size, strict=True)
    )


def _values_and_indices(inputs):
    """Return the two inputs of a max unpooling, or refuse them."""
    if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
        received = len(inputs) if isinstance(inputs, (list, tuple)) else 1
        refuse("There must be two inputs: values and indices.", inputs=received)
    values, indices = inputs
    shapes = tuple(values.shape), tuple(indices.shape)
    if [len(shape) for shape in shapes] != [4, 4] or any(
        None not in sizes and sizes[0] != sizes[1]
        for sizes in zip(*shapes, strict=True)
    ):
        refuse(
            "Values and indices must have one shape (batch, height, width, channels).",
            values_shape=shapes[0],
            indices_shape=shapes[1],
        )
    dtype = keras.backend.standardize_dtype(indices.dtype)
    if "int" not in dtype:
        refuse("The indices must be integers.", dtype=dtype)
    return values, indices


def _refuse_indices_of_no_window(indices, places):
    """Refuse indices that are not from 0 to places - 1, if they have values yet."""
    try:
        found = ops.convert_to_numpy(indices)
    except (NotImplementedError, TypeError):  # they are being traced, for a compiler
        return
    if found.size and not 0 <= found.min() <= found.max() < places:
        refuse(
            f"Each index must be a place of its window, from 0 to {places - 1}.",
            smallest=int(found.min()),
            largest=int(found.max()),
        )
