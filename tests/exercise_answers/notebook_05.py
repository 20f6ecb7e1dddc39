"""Right and wrong answers to the exercises of notebook 05."""

import numpy as np

from .stubs import Stub


def mended(pooled, indices, shape):
    output = np.zeros(shape)
    output.ravel()[np.ravel(indices)] = np.ravel(pooled)
    return output


def by_height(pooled, indices, shape):
    output = np.zeros((99, 99))
    for value, index in zip(np.ravel(pooled), np.ravel(indices), strict=True):
        output[divmod(index, shape[0])] = value
    return output[: shape[0], : shape[1]]


class Layer:
    """Stands for a layer, or for a model within a model."""

    def __init__(self, layers=()):
        self.layers = layers


class Dense(Layer):
    """Is called as Keras's layer."""


def model(error, layers=()):
    stub = Stub(error)
    stub.layers = [Layer(layers)]
    return stub


PLACES = np.arange(784).reshape(28, 28)
TURNED = np.rot90(PLACES).ravel()

RIGHT = {
    "05a": [[2, 4, 8, 9, 7, 6], np.array([2.0, 4, 8, 9, 7, 6])],
    "05b": [0.0048, np.float64(0.0048485)],
    "05c": [mended],
    "05d": [(model(0.02), TURNED), [model(0.02), list(np.roll(PLACES, 1).ravel())]],
}
WRONG = [
    ("05a", 2, "six numbers"),
    ("05a", "2 4 8 9 7 6", "six numbers"),
    ("05a", [2, 4, 8, 9, 7], "six numbers"),
    ("05a", [2, 5.2, 8.4, 9.2, 7.6, 6], "That is align-corners"),
    ("05a", [2, 2, 10, 10, 6, 6], "nearest neighbour"),
    ("05a", [0, 4, 8, 9, 7, 5], "lie beyond the row"),
    ("05a", [2, 6, 8, 9, 8, 6], "a quarter beside a pixel"),
    ("05b", 0.0017, "with pools of 2x2"),
    ("05b", 0.0063, "copies of the means"),
    ("05b", 0.0232, "copies of the maxima"),
    ("05b", 0.2340, "nothing but the pools"),
    ("05b", {"a": 0.0048}, "one number"),
    ("05b", "small", "four decimals"),
    ("05c", 3, "function itself"),
    ("05c", by_height, "For a map of 2x6 some number is in the wrong place"),
    ("05c", lambda pooled, indices, shape: pooled, "returns the shape (2, 2)"),
    ("05c", lambda pooled: pooled, "raised TypeError"),
    ("05d", 0.02, "the pair"),
    ("05d", (TURNED, 0.02), "the pair"),
    ("05d", (model(0.02), TURNED[:-1]), "once"),
    ("05d", (model(0.02), np.arange(784)), "moves 0 pixels"),
    ("05d", (model(0.02, layers=[Dense()]), TURNED), "notices no order"),
    ("05d", (model(0.05), TURNED), "the error is 0.0500"),
]
