"""A transposed convolution whose large kernels are applied in the Fourier domain."""

import keras
from keras import ops

from ..shapes import conv_transpose_cropping, conv_transpose_output_size
from ..shapes.arguments import one_of, one_per_axis, refuse, whole_number
from .bilinear_forms import dense_form, fourier_form, multiply_adds

# From measured training steps: "auto" chooses Fourier for batches of this size where it
# takes at most this share of the direct multiply-adds, and a transformed kernel of at
# most so many numbers; fewer results a frequency than this make a matrix too thin.
BATCH, SHARE, MOST_NUMBERS, THIN = 50, 1 / 4, 2**24, 8

IMPLEMENTATIONS = ("auto", "direct", "fourier")


def apply_forms(images, kernel, rows, columns):
    """Return the transposed convolution, computed by one bilinear form an axis.

    The matrices A act along rows and columns of the images and leave, for each of the
    R_rows x R_columns frequencies, one vector an image: its channels. The matrices B
    make of the kernel, for each frequency, one small matrix from channels to filters.
    Their product is where the arithmetic is. The matrices C bring the results back.
    """
    (row_r, row_l), (column_r, column_l) = rows.image.shape, columns.image.shape
    row_m, column_m = len(rows.result), len(columns.result)
    _, row_in, row_out, row_k = rows.kernel.shape
    _, column_in, column_out, column_k = columns.kernel.shape
    filters, channels = kernel.shape[2:]
    read, written = row_in * column_in * channels, row_out * column_out * filters

    def along(matrix, tensor):  # contracts the last axis but one
        if matrix.shape == (1, 1):
            return tensor
        return ops.matmul(ops.convert_to_tensor(matrix, dtype=kernel.dtype), tensor)

    x = ops.reshape(images, (-1, row_l, row_in, column_l, column_in, channels))
    x = ops.transpose(x, (1, 3, 0, 2, 4, 5))  # row_l, column_l, image, the rest
    x = along(rows.image, ops.reshape(x, (row_l, -1)))
    x = along(columns.image, ops.reshape(x, (row_r, column_l, -1)))
    x = ops.reshape(x, (row_r * column_r, -1, read))

    w = ops.reshape(kernel, (row_k, -1))
    w = along(rows.kernel.reshape(-1, row_k), w)
    w = ops.reshape(w, (row_r * row_in * row_out, column_k, filters * channels))
    w = along(columns.kernel.reshape(-1, column_k), w)
    w = ops.reshape(
        w, (row_r, row_in, row_out, column_r, column_in, column_out, filters, channels)
    )
    w = ops.transpose(w, (0, 3, 1, 4, 7, 2, 5, 6))  # both r; in; out
    w = ops.reshape(w, (row_r * column_r, read, written))

    y = ops.matmul(x, w)  # one small matrix product a frequency

    y = along(rows.result, ops.reshape(y, (row_r, -1)))
    y = along(columns.result, ops.reshape(y, (row_m, column_r, -1)))
    # Not -1: where the columns are one block, LiteRT's converter swaps this reshape and
    # a transpose, and writes a file that its interpreter refuses.
    batch = ops.shape(images)[0]
    y = ops.reshape(y, (row_m, column_m, batch, row_out, column_out, filters))
    y = ops.transpose(y, (2, 0, 3, 1, 4, 5))  # image, rows, columns, filters
    y = ops.reshape(y, (-1, row_m * row_out, column_m * column_out, filters))
    return y[:, : rows.output_size, : columns.output_size]


@keras.saving.register_keras_serializable("cae_keras", "FourierConv2DTranspose")
class FourierConv2DTranspose(keras.layers.Conv2DTranspose):
    """Keras's `Conv2DTranspose`, faster where the kernel is large.

    The lecture says: "convolution is a product in the Fourier domain",

        I_f · F_f = G_f.

    The direct way multiplies each pixel of the image I by each tap of the kernel F:
    n² k² products for each pair of channels. In the Fourier domain there are s² R² real
    ones instead, 784 in place of 9,604 for n = 7, k = 14, s = 2, and R grows only
    slowly with the kernel. What it costs to go there and back is shared: each image is
    transformed once a channel and not once a pair of channels, and the kernel once a
    batch.

    Nothing is approximated. Along each axis the layer uses the exact identity

        G = C [(A I) · (B F)],

    with real matrices A, B and C that hold the cosines and sines; `fourier_form`, in
    `bilinear_forms.py`, derives them: the phases that a stride makes of one kernel,
    the circular length at which the wrap-around falls on what the padding crops, the
    three real products for a complex one. The product · runs over the channels, as one
    small matrix product a frequency. Where these would be thin (few filters) the
    columns are done directly: the same identity, with other constants.

    So the results and both gradients are those of `Conv2DTranspose` up to rounding
    (on a CPU at most 1e-5 of the largest value in float32), and the gradient is
    what automatic differentiation makes of three matrix products.

    The layer does exactly what its parent does where the method does not apply (a
    dilation, channels first, half precision, a size that is unknown when it is built,
    an input of another size than it was built for) and, with "auto", where it does not
    pay: small kernels, and anything but a CPU, where it was not measured. A single
    image bears the whole cost of transforming the kernel, and in the lecture's decoder
    takes longer than with the parent; `benchmarks/README.md` says how much.

    Args:
        filters, kernel_size, ...: all arguments of `keras.layers.Conv2DTranspose`. Only
            the default of `data_format` is another one: "channels_last", whatever
            Keras is set to.
        implementation: "auto" (the faster way at batches of 50 images or more),
            "direct" (the parent's) or "fourier" (wherever the method applies).

    Returns:
        A layer: float images of shape (batch, height, width, channels) to shape
        (batch, new height, new width, filters), of the layer's dtype.

    Raises:
        ValueError: as the parent; if a size is not a positive integer, or
            `implementation` is none of the three.

    A file of weights fits both layers, since this one bears its parent's class name. A
    `.keras` file opens where `cae_keras.layers` is imported, and elsewhere with
    `custom_objects={"cae_keras>FourierConv2DTranspose": keras.layers.Conv2DTranspose}`.

    Example:
        >>> layer = FourierConv2DTranspose(32, 14, strides=2, padding="same")
        >>> layer.build((None, 7, 7, 64))
        >>> layer.count_params(), tuple(layer.compute_output_shape((50, 7, 7, 64)))
        (401440, (50, 14, 14, 32))

    Source: lecture A, A3, which holds for the convolution with a flipped kernel. That
    is what a transposed convolution is: no flip is left to do.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        output_padding=None,
        data_format="channels_last",
        dilation_rate=1,
        *args,
        implementation="auto",
        **kwargs,
    ):
        if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
            refuse('`padding` must be "valid" or "same".', padding=padding)
        if output_padding is not None:
            output_padding = one_per_axis("output_padding", output_padding, 2, 0)
        self.implementation = one_of("implementation", implementation, IMPLEMENTATIONS)
        super().__init__(
            whole_number("filters", filters, 1),
            one_per_axis("kernel_size", kernel_size, 2, 1),
            one_per_axis("strides", strides, 2, 1),
            padding,
            output_padding,
            data_format,
            one_per_axis("dilation_rate", dilation_rate, 2, 1),
            *args,
            **kwargs,
        )
        self._fourier_shape = None  # the (height, width, channels) that Fourier takes

    @property
    def uses_fourier(self):
        """Whether images of the size it was built for go the Fourier way: a bool."""
        return self._fourier_shape is not None

    def build(self, input_shape):
        super().build(input_shape)
        if self._applies(input_shape) and self._pays(input_shape):
            self._fourier_shape = tuple(input_shape[1:])

    def call(self, inputs):
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        if self._fourier_shape != tuple(inputs.shape[1:]) or dtype != self.dtype:
            return super().call(inputs)
        outputs = apply_forms(inputs, self.kernel, *self._forms(inputs.shape))
        if self.use_bias:
            outputs = ops.add(outputs, ops.reshape(self.bias, (1, 1, 1, self.filters)))
        return outputs if self.activation is None else self.activation(outputs)

    def get_config(self):
        config = super().get_config()
        if self.implementation != "auto":
            config["implementation"] = self.implementation
        return config

    def _axes(self, input_shape):
        """Return (size, kernel size, stride, cropped before, output size) an axis."""
        output_paddings = self.output_padding or (None, None)
        axes = []
        for size, kernel_size, stride, output_padding in zip(
            input_shape[1:3],
            self.kernel_size,
            self.strides,
            output_paddings,
            strict=True,
        ):
            axis = size, kernel_size, stride, self.padding, output_padding
            before, _ = conv_transpose_cropping(*axis)
            output_size = conv_transpose_output_size(*axis)
            axes.append((size, kernel_size, stride, before, output_size))
        return axes

    def _forms(self, input_shape):
        """Return the bilinear forms of rows and columns, built once for each shape."""
        rows, columns = self._axes(input_shape)
        thin = self.filters * self.strides[0] * self.strides[1] < THIN
        return fourier_form(*rows), (dense_form if thin else fourier_form)(*columns)

    def _applies(self, input_shape):
        """Whether the method can compute this layer at all."""
        if (
            len(input_shape) != 4
            or None in input_shape[1:]
            or self.data_format != "channels_last"
            or max(self.dilation_rate) > 1
            or self.dtype not in ("float32", "float64")  # of the weights ...
            or self.compute_dtype != self.dtype  # ... and of the arithmetic
            # On PyTorch, Keras's `matmul` rounds float64 to float32.
            or (keras.backend.backend(), self.dtype) == ("torch", "float64")
        ):
            return False
        try:
            self._axes(input_shape)
        except ValueError:  # a case that `shapes` refuses and some backend runs
            return False
        return True

    def _pays(self, input_shape):
        """Whether it is to be used: asked for, or the faster way on this machine."""
        if self.implementation != "auto":
            return self.implementation == "fourier"
        _, height, width, channels = input_shape
        rows, columns = (fourier_form(*axis) for axis in self._axes(input_shape))
        an_image, the_kernel = multiply_adds(rows, columns, channels, self.filters)
        pairs = channels * self.filters
        direct = height * width * self.kernel_size[0] * self.kernel_size[1] * pairs
        numbers = len(rows.image) * len(columns.image) * pairs
        return (
            _on_cpu()
            and an_image + the_kernel / BATCH <= SHARE * direct
            and numbers * self.strides[0] * self.strides[1] <= MOST_NUMBERS
        )


# Keras files the weights of a layer under the name of its class.
FourierConv2DTranspose.__name__ = keras.layers.Conv2DTranspose.__name__


def _on_cpu():
    """Return whether Keras computes on a CPU here, on the backend in use."""
    if keras.backend.backend() == "torch":
        import torch

        return not torch.accelerator.is_available()
    return all(name.startswith("cpu") for name in keras.distribution.list_devices())
