"""Autoencoders of dense layers."""

import math

import keras
from keras import layers

from ..shapes.arguments import one_per_axis, whole_number


def build_dense_autoencoder(
    input_shape=(28, 28, 1),
    hidden_units=(),
    latent_units=2,
    output_activation="sigmoid",
):
    """Build an autoencoder of dense layers; without arguments, lecture E's.

    The encoder flattens the image and passes it through dense layers of `hidden_units`
    with ReLU to a linear one, the latent representation. The decoder goes back through
    the same widths. Without hidden layers code and pixels are one linear layer apart.

    Args:
        input_shape: (height, width, channels) of one image in pixels.
        hidden_units: how many units each hidden layer of the encoder has, in order; the
            decoder has them in the opposite order.
        latent_units: how many numbers the latent representation holds.
        output_activation: of the last layer: a name that Keras knows, or None (linear).

    Returns:
        A `keras.Model` named "autoencoder" from float32 images of shape
        `(n, *input_shape)`, intensities 0-1, to their reconstructions, of the same
        shape. Its halves are `get_layer("encoder")`, which gives shape
        (n, latent_units), and `get_layer("decoder")`.

    Raises:
        ValueError: if a size is not a positive integer.

    Example:
        >>> build_dense_autoencoder(latent_units=32).count_params()
        50992
        >>> build_dense_autoencoder(hidden_units=(512, 128)).count_params()
        936466

    Source: lecture E, E3.
    """
    shape = one_per_axis("input_shape", tuple(input_shape), 3, 1)
    widths = [
        whole_number(f"hidden_units[{i}]", units, 1)
        for i, units in enumerate(hidden_units)
    ]
    latent_units = whole_number("latent_units", latent_units, 1)

    image = keras.Input(shape, name="image")
    x = layers.Flatten(name="flatten")(image)
    for i, units in enumerate(widths, 1):
        x = layers.Dense(units, activation="relu", name=f"dense{i}")(x)
    latent = layers.Dense(latent_units, name="latent")(x)
    encoder = keras.Model(image, latent, name="encoder")

    code = keras.Input((latent_units,), name="code")
    x = code
    for i, units in reversed([*enumerate(widths, 1)]):
        x = layers.Dense(units, activation="relu", name=f"dense{i}")(x)
    pixels = math.prod(shape)
    x = layers.Dense(pixels, activation=output_activation, name="pixels")(x)
    painted = layers.Reshape(shape, name="reshape")(x)
    decoder = keras.Model(code, painted, name="decoder")
    return keras.Model(image, decoder(encoder(image)), name="autoencoder")
