"""Autoencoders of dense layers."""

import math
from itertools import pairwise

import keras
from keras import layers

from ..shapes.arguments import whole_number
from .arguments import activation, affordable, image_shape, whole_numbers


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
        output_activation: of the last layer: a name that Keras knows, None
            (linear) or a function.

    Returns:
        A `keras.Model` named "autoencoder" from float32 images of shape
        `(n, *input_shape)`, intensities 0-1, to their reconstructions, of the same
        shape. Its halves are `get_layer("encoder")`, which gives shape
        (n, latent_units), and `get_layer("decoder")`.

    Raises:
        ValueError: if a size is not a positive integer, if Keras does not know the
            activation, or if the weights would be more than 2**28 (1 GiB).

    Example:
        >>> build_dense_autoencoder(latent_units=32).count_params()
        50992
        >>> build_dense_autoencoder(hidden_units=(512, 128)).count_params()
        936466

    Source: lecture E, E3.
    """
    shape = image_shape(input_shape)
    widths = whole_numbers(
        hidden_units, None, "hidden_units", "integers, such as (512, 128), or ()"
    )
    latent_units = whole_number("latent_units", latent_units, 1)
    activation("output_activation", output_activation)
    pixels = math.prod(shape)
    affordable(
        2 * sum(map(math.prod, pairwise((pixels, *widths, latent_units)))),
        input_shape=input_shape,
        hidden_units=hidden_units,
        latent_units=latent_units,
    )

    image = keras.Input(shape, name="image")
    # channels last whatever a person's keras.json says, as everywhere in the course
    x = layers.Flatten(data_format="channels_last", name="flatten")(image)
    for i, units in enumerate(widths, 1):
        x = layers.Dense(units, activation="relu", name=f"dense{i}")(x)
    latent = layers.Dense(latent_units, name="latent")(x)
    encoder = keras.Model(image, latent, name="encoder")

    code = keras.Input((latent_units,), name="code")
    x = code
    for i, units in reversed([*enumerate(widths, 1)]):
        x = layers.Dense(units, activation="relu", name=f"dense{i}")(x)
    x = layers.Dense(pixels, activation=output_activation, name="pixels")(x)
    painted = layers.Reshape(shape, name="reshape")(x)
    decoder = keras.Model(code, painted, name="decoder")
    return keras.Model(image, decoder(encoder(image)), name="autoencoder")
