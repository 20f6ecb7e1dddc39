"""Max pooling that remembers where its values stood, and two ways to undo a pooling."""

import keras
from keras import ops

from ..shapes import pool_output_shape
from ..shapes.arguments import one_per_axis, refuse


@keras.saving.register_keras_serializable("cae_keras")
class MaxPooling2DWithIndices(keras.layers.Layer):
    """Max pooling that also says where in its input each maximum stood.

    pooled[r, c] = max over i, j of image[r p + i, c p + j], channel by channel. The
    index of a pixel counts the pixels of its channel row by row: row * width + column,
    as PyTorch has it. Of equal values the first one counts, and it alone receives the
    gradient. What does not fill a whole window at the end is left out ("valid").

    Args:
        pool_size: an int, or a pair (rows, columns): pixels of a window.
        strides: None or `pool_size`: the windows touch. Were they to overlap, one pixel
            could be the maximum of two, and an unpooling has one place for both.

    Returns:
        A layer: images (batch, height, width, channels) to the pair (pooled, indices),
        both of shape (batch, floor(height / rows), floor(width / columns), channels).
        `indices` is int32 whatever the layer's dtype: JAX has no int64 by default.

    Raises:
        ValueError: if `pool_size` is not whole or below 1, `strides` differs from it,
            or an image is smaller than a window.

    Example:
        >>> image = ops.reshape(ops.convert_to_tensor([1.0, 2, 6, 3, 3, 5, 2, 1]),
        ...                     (1, 2, 4, 1))
        >>> pooled, indices = MaxPooling2DWithIndices()(image)
        >>> ops.convert_to_numpy(pooled).ravel()
        array([5., 6.], dtype=float32)
        >>> ops.convert_to_numpy(indices).ravel()  # row 1, column 1: 1 * 4 + 1
        array([5, 2], dtype=int32)

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
        rows, columns = self.pool_size
        _, height, width, _ = ops.shape(inputs)
        bottom, right = height // rows * rows, width // columns * columns
        pooled = indices = None
        for row in range(rows):
            for column in range(columns):
                # The pixel (row, column) of every window, and its index in the first.
                pixels = inputs[:, row:bottom:rows, column:right:columns]
                if pooled is None:
                    pooled, indices = pixels, ops.zeros_like(pixels, dtype="int32")
                larger = pixels > pooled
                pooled = ops.where(larger, pixels, pooled)
                indices = ops.where(larger, row * width + column, indices)
        top_left = ops.expand_dims(ops.arange(0, bottom, rows, dtype="int32"), 1)
        top_left = top_left * width + ops.arange(0, right, columns, dtype="int32")
        return pooled, indices + ops.expand_dims(top_left, -1)

    def compute_output_shape(self, input_shape):
        batch, *image = input_shape
        shape = (batch, *pool_output_shape(image, self.pool_size))
        return shape, shape

    def compute_output_spec(self, inputs):
        pooled, indices = self.compute_output_shape(inputs.shape)
        return (
            keras.KerasTensor(pooled, dtype=self.compute_dtype),
            keras.KerasTensor(indices, dtype="int32"),
        )

    def get_config(self):
        config = {"pool_size": self.pool_size, "strides": self.strides}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable("cae_keras")
class MaxUnpooling2D(keras.layers.Layer):
    """Max unpooling: zeros, with each value back where its maximum stood.

    It is called on the pair (pooled, indices) that `MaxPooling2DWithIndices` returns,
    or on other values with these indices: output[index] = value, channel by channel.
    The gradient of a value is that of its place.

    An index counts pixels row by row, so it has a meaning only with the width that the
    pooling's input had. From an odd size the pooling drops the last row or column:
    then `output_size` must say how large the input was.

    Args:
        pool_size: an int, or a pair (rows, columns), as the pooling had it.
        output_size: (height, width), or None: `pool_size` times the size of the input.

    Returns:
        A layer: values and integer indices, both (batch, height, width, channels), to
        (batch, rows * height, columns * width, channels), or to `output_size`.

    Raises:
        ValueError: if a number is not whole or below 1, there are not two inputs, their
            shapes differ, the indices are not integers, or no pooling takes
            `output_size` to the size of the input: floor(output size / pool size).

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
        batch, height, width, channels = ops.shape(values)
        height, width = self._enlarged(height, width)
        # Count all numbers of the result: image by image, pixel by pixel, channel last.
        image = ops.reshape(ops.arange(batch, dtype="int32"), (-1, 1, 1, 1))
        places = image * (height * width) + ops.cast(indices, "int32")
        places = places * channels + ops.arange(channels, dtype="int32")
        zeros = ops.zeros((batch * height * width * channels,), dtype=values.dtype)
        unpooled = ops.scatter_update(
            zeros, ops.reshape(places, (-1, 1)), ops.reshape(values, (-1,))
        )
        return ops.reshape(unpooled, (-1, height, width, channels))

    def compute_output_shape(self, input_shape):
        batch, *sizes, channels = input_shape[0]
        output_size = self._enlarged(*sizes)
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

    def _enlarged(self, *sizes):
        return self.output_size or _times(sizes, self.pool_size)


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
