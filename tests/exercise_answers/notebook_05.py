"""Right and wrong answers to the exercises of notebook 05."""

import numpy as np

from .stubs import Stub


def mended(pooled, indices, pool_size):
    rows, columns = pool_size
    output = np.zeros((pooled.shape[0] * rows, pooled.shape[1] * columns))
    for (r, c), index in np.ndenumerate(indices):
        output[r * rows + index // columns, c * columns + index % columns] = pooled[
            r, c
        ]
    return output


def as_int(pooled, indices, pool_size):
    return mended(pooled, indices, pool_size).astype(int).tolist()


def by_rows(pooled, indices, pool_size):
    rows, columns = pool_size
    output = np.zeros((99, 99))
    for (r, c), index in np.ndenumerate(indices):
        output[r * rows + index // rows, c * columns + index % rows] = pooled[r, c]
    return output[: pooled.shape[0] * rows, : pooled.shape[1] * columns]


def as_given(pooled, indices, pool_size):
    rows, columns = pool_size
    output = np.zeros((rows * pooled.shape[0], columns * pooled.shape[1]))
    for (r, c), index in np.ndenumerate(indices):
        row, column = index // rows, index % rows
        output[r * rows + row, c * columns + column] = pooled[r, c]
    return output


def spoiling(pooled, indices, pool_size):
    output = mended(pooled, indices, pool_size)
    pooled[:], indices[:] = 0, 0
    return output[:, ::-1]


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


class Answering(Layer):
    """Stands for a model whose `predict` returns, or raises, what it is given."""

    def __init__(self, answer, layers=()):
        super().__init__(layers)
        self.answer = answer

    def predict(self, images, verbose):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


RIGHT = {
    "05a": [[2, 4, 8, 9, 7, 6], np.array([2.0, 4, 8, 9, 7, 6])],
    "05b": [0.0048, np.float64(0.0048485)],
    "05c": [mended, as_int],
    "05d": [(model(0.02), TURNED), [model(0.02), list(np.roll(PLACES, 1).ravel())]],
}
WRONG = [
    ("05a", 2, "six numbers"),
    ("05a", "2 4 8 9 7 6", "six numbers"),
    ("05a", [2, 4, 8, 9, 7], "six numbers"),
    ("05a", [2, 5.2, 8.4, 9.2, 7.6, 6], "That is align-corners"),
    ("05a", [2, 2, 10, 10, 6, 6], "nearest neighbour"),
    ("05a", [0, 4, 8, 9, 7, 5], "beyond the centres"),
    ("05a", [2, 6, 8, 9, 8, 6], "a quarter beside a pixel"),
    ("05b", 0.0017, "with pools of 2x2"),
    ("05b", 0.0063, "copies of the means"),
    ("05b", 0.0232, "copies of the maxima"),
    ("05b", 0.2340, "nothing but the pools"),
    ("05b", {"a": 0.0048}, "one number"),
    ("05b", "small", "four decimals"),
    ("05c", 3, "function itself"),
    (
        "05c",
        by_rows,
        "With windows of 2x3 your function puts a number in the wrong place",
    ),
    ("05c", by_rows, "index, 5, is row 1, column 2"),
    ("05c", as_given, "not there. Their last index, 5, is row 1"),
    (
        "05c",
        spoiling,
        "With windows of 2x2 your function puts a number in",
    ),
    ("05c", lambda pooled, indices, pool_size: pooled, "returns the shape (3, 2)"),
    ("05c", lambda pooled: pooled, "raised TypeError"),
    ("05c", lambda *_: None, "returns None"),
    ("05c", lambda *_: np.full((6, 4), None), "no array of numbers"),
    ("05c", lambda *_: [[1], [1, 2]], "no array of numbers"),
    ("05d", 0.02, "the pair"),
    ("05d", (TURNED, 0.02), "the pair"),
    ("05d", (model(0.02), TURNED[:-1]), "once"),
    ("05d", (model(0.02), np.arange(784)), "moves 0 pixels"),
    ("05d", (model(0.02, layers=[Dense()]), TURNED), "notices no order"),
    ("05d", (model(0.05), TURNED), "the error is 0.0500"),
    ("05d", (model(0.02), TURNED.astype(float)), "must hold whole numbers"),
    ("05d", (model(0.02), TURNED + 0.5), "must hold whole numbers"),
    ("05d", (model(0.02), TURNED - 1), "once"),
    ("05d", (Answering(ValueError("32x32")), TURNED), "raised ValueError: 32x32"),
    ("05d", (Answering(np.zeros((1000, 1))), TURNED), "must make images"),
    ("05d", (Answering("images"), TURNED), "should return numbers"),
    ("05d", (Answering(None, layers=3), TURNED), "returns None"),
]
