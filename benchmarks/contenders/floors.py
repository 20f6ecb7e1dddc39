"""How many multiply-adds one training step needs: the arithmetic floor.

A training step does each layer's products three times: forward, for the gradient of
the weights, and for that of the input, which the first layer does not need. Constants
(the matrices A, B and C of ours) need no gradient: twice.
"""

from math import prod
from typing import NamedTuple

from cae_keras.layers import FourierConv2DTranspose
from cae_keras.layers.bilinear_forms import multiply_adds
from cae_keras.shapes import layer_table, overlap_counts


class Work(NamedTuple):
    """Multiply-adds of one training step: for each image, and once a batch."""

    an_image: int
    a_batch: int = 0


def direct_step(model, useful_only=False):
    """Return the `Work` with every layer computed directly.

    Args:
        model: the autoencoder.
        useful_only: do not count taps of a transposed convolution that fall on what
            "same" crops away.
    """
    rows, taps = layer_table(model), useful_taps(model) if useful_only else {}
    work, first = 0, True
    for row in rows:
        if row.multiply_adds:
            work += taps.get(row.name, row.multiply_adds) * (2 if first else 3)
            first = False
    return Work(work)


def useful_taps(model):
    """Return the multiply-adds of each transposed convolution that are not cropped."""
    counts = {}
    for layer in _layers(model):
        if "Conv2DTranspose" not in type(layer).__name__:
            continue
        _, height, width, channels = layer.input.shape
        axes = zip((height, width), layer.kernel_size, layer.strides, strict=True)
        overlaps = [sum(overlap_counts(*axis, layer.padding)) for axis in axes]
        counts[layer.name] = prod(overlaps) * channels * layer.filters
    return counts


def our_step(model):
    """Return the `Work` with the layers that go the Fourier way counted so."""
    whole, batch = direct_step(model).an_image, 0
    table = layer_table(model)
    for layer in _layers(model):
        if isinstance(layer, FourierConv2DTranspose) and layer.uses_fourier:
            rows, columns = layer._forms(layer.input.shape)
            channels = layer.input.shape[-1]
            image, kernel = multiply_adds(rows, columns, channels, layer.filters)
            product = product_of(rows, columns, channels, layer.filters)
            whole -= 3 * table[layer.name].multiply_adds
            whole += 3 * product + 2 * (image - product)
            batch += 2 * kernel
    return Work(whole, batch)


def product_of(rows, columns, channels, filters):
    """Return the multiply-adds an image of the small products, one a frequency."""
    _, row_in, row_out, _ = rows.kernel.shape
    _, column_in, column_out, _ = columns.kernel.shape
    frequencies = len(rows.image) * len(columns.image)
    sizes = row_in * row_out * column_in * column_out
    return frequencies * sizes * channels * filters


def lecture_floors():
    """Return the floors of the lecture's autoencoder: a dictionary of two numbers."""
    from cae_keras import models

    model = models.build_autoencoder()
    return {
        "direct, all taps": tuple(direct_step(model)),
        "direct, useful taps": tuple(direct_step(model, useful_only=True)),
        "ours": tuple(our_step(model)),
    }


def _layers(model):
    for half in ("encoder", "decoder"):
        yield from model.get_layer(half).layers
