"""The lecture's convolutional autoencoder, and decoders that enlarge in other ways."""

from math import prod

import keras
from keras import layers

from ..layers import FourierConv2DTranspose
from ..layers.fourier_conv2d_transpose import IMPLEMENTATIONS
from ..shapes.arguments import in_order, one_of, whole_number
from .arguments import (
    activation,
    affordable,
    entries_of,
    image_shape,
    whole_numbers,
)

# The course has its channels last, whatever a person's keras.json says.
LAST = {"data_format": "channels_last"}


def build_encoder(input_shape=(28, 28, 1), filters=(32, 64), latent_channels=2):
    """Build the lecture's encoder: two convolutions with pooling, then the latent one.

    Each pooling halves the map. The last convolution, `conv3`, has a kernel as large as
    the map that it meets and padding "valid", so one position remains: the latent
    representation, `latent_channels` numbers. It has neither bias nor activation.

    Args:
        input_shape: (height, width, channels) of one image in pixels; height and width
            divisible by 4.
        filters: the number of filters of `conv1` and of `conv2`.
        latent_channels: how many numbers the latent representation holds.

    Returns:
        A `keras.Model` named "encoder": float32 images of shape
        (n, height, width, channels), intensities 0-1, to float32 latent
        representations of shape (n, 1, 1, latent_channels), unbounded.

    Raises:
        ValueError: if a size is not a positive integer, or not divisible by 4, or if
            the weights would be more than 2**28 (1 GiB).

    Example:
        >>> build_encoder().count_params()
        25088

    Source: lecture B, B6 (the code of the encoder). The lecture has 28x28 images and
    7x7 for `conv3`; other sizes follow the same rule.
    """
    height, width, channels = _image_shape(input_shape)
    first_filters, second_filters = _filters(filters)
    latent_channels = whole_number("latent_channels", latent_channels, 1)
    kernel = (height // 4, width // 4)  # the map that is left after two poolings
    affordable(
        9 * (channels + second_filters) * first_filters
        + prod(kernel) * second_filters * latent_channels,
        input_shape=input_shape,
        filters=filters,
        latent_channels=latent_channels,
    )

    image = keras.Input((height, width, channels), name="image")
    x = layers.Conv2D(
        first_filters, (3, 3), padding="same", activation="relu", name="conv1", **LAST
    )(image)
    x = layers.MaxPooling2D((2, 2), strides=2, name="maxp1", **LAST)(x)
    x = layers.Conv2D(
        second_filters, (3, 3), padding="same", activation="relu", name="conv2", **LAST
    )(x)
    x = layers.MaxPooling2D((2, 2), strides=2, name="maxp2", **LAST)(x)
    latent = layers.Conv2D(
        latent_channels, kernel, padding="valid", use_bias=False, name="conv3", **LAST
    )(x)
    return keras.Model(image, latent, name="encoder")


def build_decoder(
    input_shape=(28, 28, 1),
    filters=(32, 64),
    latent_channels=2,
    kernel_sizes=None,
    output_activation=None,
    upsampling="transposed",
    implementation="auto",
):
    """Build the lecture's decoder: three transposed convolutions.

    `deconv3` opens the latent representation to a quarter of the image, `deconv2` and
    `deconv1` double it. By default each kernel is as large as the map that it paints:
    7x7, 14x14 and 28x28 in the lecture. Such large kernels are slow the direct way, so
    the last two layers are `FourierConv2DTranspose`: the same layer, faster.

    Args:
        input_shape: (height, width, channels) of the images that the autoencoder reads,
            which is what this decoder returns; height and width divisible by 4.
        filters: as in the encoder, so (32, 64) gives `deconv3` 64 filters and
            `deconv2` 32. `deconv1` has one filter a channel of the image.
        latent_channels: how many numbers the latent representation holds.
        kernel_sizes: of `deconv3`, `deconv2` and `deconv1`, each an integer or a pair
            (height, width); None for the rule above. The first has no choice: with
            padding "valid" on a 1x1 map the result is as large as the kernel.
        output_activation: of the last layer: None (linear), as the lecture has it, a
            name that Keras knows, such as "sigmoid", or a function.
        upsampling: "transposed" for the lecture's `deconv2` and `deconv1`; "nearest" to
            repeat each pixel (`up2`, `up1`) and convolve with stride 1 (`upconv2`,
            `upconv1`, kernels of 3x3 by default).
        implementation: how `deconv2` and `deconv1` compute, which changes neither
            their weights nor their results: "auto" (the faster way for training),
            "direct" or "fourier", as `FourierConv2DTranspose` has it. An exported file
            is smaller with "direct": for LiteRT 1.8 MB, not 6.8.

    Returns:
        A `keras.Model` named "decoder": float32 latent representations of shape
        (n, 1, 1, latent_channels) to float32 images of shape `(n, *input_shape)`. A
        linear output is not confined to the intensities 0-1.

    Raises:
        ValueError: if a size is not a positive integer, if height or width is not
            divisible by 4, if the first kernel does not open to a quarter of the
            image, so that the result would have another size than the input, if an
            activation or a word is not known, or if the weights would be more than
            2**28 (1 GiB).

    Example:
        >>> build_decoder().count_params()
        432865
        >>> build_decoder(kernel_sizes=(7, 3, 3)).count_params()
        25089

    Source: lecture B, B6 (the code of the decoder). Its comments call `deconv2` the
    first deconvolution layer and `deconv1` the second, though `deconv3` runs first.
    Lecture E: E6 is `kernel_sizes=(7, 2, 2)`, E7 is `upsampling="nearest"`.
    """
    height, width, channels = _image_shape(input_shape)
    first_filters, second_filters = _filters(filters)
    latent_channels = whole_number("latent_channels", latent_channels, 1)
    one_of("upsampling", upsampling, ("transposed", "nearest"))
    kernel3, kernel2, kernel1 = _decoder_kernels(
        kernel_sizes, height, width, upsampling
    )
    activation("output_activation", output_activation)
    one_of("implementation", implementation, IMPLEMENTATIONS)
    affordable(
        prod(kernel3) * latent_channels * second_filters
        + prod(kernel2) * second_filters * first_filters
        + prod(kernel1) * first_filters * channels,
        input_shape=input_shape,
        filters=filters,
        latent_channels=latent_channels,
        kernel_sizes=kernel_sizes,
    )

    latent = keras.Input((1, 1, latent_channels), name="latent")
    x = layers.Conv2DTranspose(
        second_filters,
        kernel3,
        padding="valid",
        activation="relu",
        name="deconv3",
        **LAST,
    )(latent)
    if upsampling == "nearest":
        x = layers.UpSampling2D(2, interpolation="nearest", name="up2", **LAST)(x)
        x = layers.Conv2D(
            first_filters,
            kernel2,
            padding="same",
            activation="relu",
            name="upconv2",
            **LAST,
        )(x)
        x = layers.UpSampling2D(2, interpolation="nearest", name="up1", **LAST)(x)
        image = layers.Conv2D(
            channels,
            kernel1,
            padding="same",
            activation=output_activation,
            name="upconv1",
            **LAST,
        )(x)
        return keras.Model(latent, image, name="decoder")
    x = FourierConv2DTranspose(
        first_filters,
        kernel2,
        strides=2,
        padding="same",
        activation="relu",
        name="deconv2",
        implementation=implementation,
        **LAST,
    )(x)
    image = FourierConv2DTranspose(
        channels,
        kernel1,
        strides=2,
        padding="same",
        activation=output_activation,
        name="deconv1",
        implementation=implementation,
        **LAST,
    )(x)
    return keras.Model(latent, image, name="decoder")


def build_autoencoder(
    input_shape=(28, 28, 1),
    filters=(32, 64),
    latent_channels=2,
    kernel_sizes=None,
    output_activation=None,
    upsampling="transposed",
    implementation="auto",
):
    """Build the lecture's convolutional autoencoder: the encoder, then the decoder.

    Args:
        input_shape, filters, latent_channels: as in `build_encoder`.
        kernel_sizes, output_activation, upsampling, implementation: of the decoder,
            as in `build_decoder`.

    Returns:
        A `keras.Model` named "autoencoder" from float32 images of shape
        `(n, *input_shape)`, intensities 0-1, to their reconstructions, float32 and of
        the same shape. Its two halves are `get_layer("encoder")` and
        `get_layer("decoder")`, which share its weights.

    Raises:
        ValueError: as `build_encoder` and `build_decoder`.

    Example:
        >>> autoencoder = build_autoencoder()
        >>> autoencoder.count_params()
        457953
        >>> autoencoder.output_shape == autoencoder.input_shape
        True

    Source: lecture B, B1 (input and output have one size) and B6.
    """
    encoder = build_encoder(input_shape, filters, latent_channels)
    decoder = build_decoder(
        input_shape,
        filters,
        latent_channels,
        kernel_sizes,
        output_activation,
        upsampling,
        implementation,
    )
    image = keras.Input(encoder.input_shape[1:], name="image")
    return keras.Model(image, decoder(encoder(image)), name="autoencoder")


def _image_shape(input_shape):
    height, width, channels = image_shape(input_shape)
    if height % 4 or width % 4:
        raise ValueError(
            "Height and width of `input_shape` must be divisible by 4, since the "
            "encoder halves them twice and the decoder doubles them twice. "
            f"Received: input_shape={input_shape!r}"
        )
    return height, width, channels


def _filters(filters):
    return whole_numbers(filters, 2, "filters", "two integers (of conv1, of conv2)")


def _decoder_kernels(kernel_sizes, height, width, upsampling):
    """Return three (height, width) kernels, as large as their outputs by default."""
    quarter = (height // 4, width // 4)
    if kernel_sizes is None and upsampling == "nearest":
        return quarter, (3, 3), (3, 3)
    if kernel_sizes is None:
        return quarter, (height // 2, width // 2), (height, width)
    entries = entries_of(
        kernel_sizes,
        3,
        "kernel_sizes",
        "None or three kernel sizes (of deconv3, of deconv2, of deconv1)",
    )
    kernels = []
    for i, entry in enumerate(entries):
        name = f"kernel_sizes[{i}]"
        if in_order(entry) is None:
            entry = (entry, entry)
        pair = entries_of(entry, 2, name, "an integer or a pair (height, width)")
        kernels.append(tuple(whole_number(name, size, 1) for size in pair))
    if kernels[0] != quarter:
        raise ValueError(
            f"The kernel of deconv3 must be {quarter}, a quarter of the image, or the "
            "reconstruction would have another size than the input. "
            f"Received: kernel_sizes={kernel_sizes!r}"
        )
    return tuple(kernels)
