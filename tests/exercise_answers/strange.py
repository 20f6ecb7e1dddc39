"""Strange answers, right to no exercise: any of them may be given to any judge."""

import itertools
import sys
import weakref
from decimal import Decimal
from fractions import Fraction
from unittest import mock

import keras
import numpy as np

from cae_keras import models
from cae_keras.layers import FourierConv2DTranspose

from .stubs import Stub

LONG = 2 * 10**7


class Raising(Exception):
    """Cannot even be printed."""

    def __str__(self):
        raise self


class Leaving(BaseException):
    """Is no `Exception`, like SystemExit."""


class Endless:
    """Can be iterated without an end, and calls itself a sequence."""

    def __len__(self):
        return LONG

    def __getitem__(self, index):
        return 0


class Quitting:
    """Leaves Python when it is read as a whole number."""

    def __index__(self):
        sys.exit("bye")


class Held:
    """Can be held by a weak reference, unlike an `object`."""


def gone():
    """Return what raises a ReferenceError whatever is done with it."""
    return weakref.proxy(Held())


def raising(error):
    def function(*arguments):
        raise error

    return function


def returning(value):
    return lambda *arguments: value


def spoiling(*arguments):
    for one in arguments:
        if isinstance(one, np.ndarray):
            one[...] = 0
    return arguments[0]


def yielding(*arguments):
    yield from itertools.count()


def printing(*arguments):
    print("here")


def calling_itself(*arguments):
    return calling_itself(*arguments)


def autoencoder(input_shape=(28, 28, 1)):
    return models.build_autoencoder(input_shape, filters=(2, 2), latent_channels=8)


def predicting(predict):
    """Return a stub for a model of the builder, with another `predict`."""
    stub = Stub(0)
    stub.predict = predict
    return stub


def built(layer, shape=(None, 5, 8, 2)):
    layer.build(shape)
    return layer


def transposed(*arguments, **named):
    return keras.layers.Conv2DTranspose(*arguments, **named)


ITSELF = []
ITSELF.append(ITSELF)

# Read without care, each of these takes hundreds of megabytes or more, or minutes.
HUGE = {
    "10**9": 10**9,
    "10**5000": 10**5000,
    "a pair of 10**9": (10**9, 10**9),
    "eleven 10**5000": [10**5000] * 11,
    "a range": range(LONG),
    "a range in a list": [range(LONG)],
    "a large table": np.broadcast_to(1.0, (10**5, 10**5)),
    "a large row": np.broadcast_to(1, LONG),
    "objects": np.broadcast_to(np.array(None), (10**5, 10**5)),
    "large tables in a list": [np.broadcast_to(1.0, (10**5, 10**5))] * 2,
    "a long list": [0] * 10**6,
    "a sequence without an end": Endless(),
    "a count": itertools.count(),
    "a generator": yielding(),
    "a function of a large table": returning(np.broadcast_to(1.0, (10**5, 10**5))),
    "a function of a range": returning(range(LONG)),
    "a function of ranges": returning([range(LONG)] * 3),
    "a function of a count": returning(itertools.count()),
    "a function of an endless sequence": returning(Endless()),
    "a generator function": yielding,
    "a layer with a large kernel": transposed(1, 10**5),
    "a layer with a kernel that overflows": transposed(1, (2**32, 2**32), strides=4),
    "a layer with a long stride": transposed(1, 1, strides=10**9),
    "a layer with a wide dilation": transposed(1, 3, dilation_rate=10**6),
    "a large table and a stride": (np.broadcast_to(0.5, (10**5, 10**5)), 2),
    "a kernel and a long stride": (np.eye(3), 10**9),
    "a Fourier layer of a large kernel": (
        built(FourierConv2DTranspose(1, (10**5, 1), 3, implementation="fourier")),
        built(transposed(1, (10**5, 1), strides=3)),
    ),
}
ODD = {
    "None": None,
    "True": True,
    "a string": "784",
    "an empty string": "",
    "bytes": b"784",
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": -np.inf,
    "1e308": 1e308,
    "a complex number": 3 + 0j,
    "a fraction": Fraction(1, 3),
    "a signalling decimal": Decimal("sNaN"),
    "-1": -1,
    "an empty list": [],
    "an empty tuple": (),
    "an empty array": np.zeros((0, 3)),
    "a list of None": [None] * 3,
    "a pair of None": (None, None),
    "a pair of dots": (..., ...),
    "a list of strings": ["1"] * 6,
    "a list of nan": [float("nan")] * 6,
    "a table of nan": np.full((3, 3), np.nan),
    "a table of inf": np.full((3, 3), np.inf),
    "a table of 1e308": np.full((3, 3), 1e308),
    "a table of None": np.full((3, 3), None),
    "rows of different lengths": [[1, 2, 3], [1, 2], [1]],
    "a list that holds itself": ITSELF,
    "a dictionary": {"answer": 1},
    "a set": {10, 15},
    "a mock": mock.MagicMock(),
    "an object": object(),
    "a module": np,
    "a class": np.ndarray,
    "a tensor": keras.ops.ones((2, 3)),
    "a symbolic tensor": keras.Input((28, 28, 1)),
    "a variable": keras.Variable(np.ones(2)),
    "a function of None": printing,
    "a function of a string": returning("1 2 3"),
    "a function of a list of None": returning([None] * 3),
    "a function of uneven rows": returning([[1, 2], [3]]),
    "a function of nan": returning(float("nan")),
    "a function of 1e308": returning(np.full(3, 1e308)),
    "a function of 10**5000": returning(10**5000),
    "a function of objects": returning(np.full(3, object())),
    "a function of a function": returning(returning(1)),
    "a function of what it is given": lambda *arguments: arguments,
    "a function that spoils what it is given": spoiling,
    "a function without arguments": lambda: 1,
    "a function that calls itself": calling_itself,
    "a function that raises": raising(ValueError("\x1b[1mred\x1b[0m \ud800")),
    "a function whose error cannot be printed": raising(Raising()),
    "a function that leaves Python": lambda *arguments: sys.exit("bye"),
    "a function that raises no Exception": raising(Leaving()),
    "a function that ends a generator": raising(GeneratorExit()),
    "a function of a tensor": returning(keras.ops.ones(3)),
    "a built-in": print,
    "a model": autoencoder(),
    "a model alone in a list": [autoencoder()],
    "a model class": (models.build_autoencoder, 0.02),
    "a model of 32x32": (autoencoder((32, 32, 1)), 0.02),
    "a model of colours": (autoencoder((28, 28, 3)), 0.02),
    "a model without an encoder": (keras.Sequential([keras.layers.Dense(1)]), 0.02),
    "a model of another size": (predicting(lambda images, **_: images[:, :14]), 0.02),
    "a model and two errors": (autoencoder(), [0.02, 0.02]),
    "a model and None": (autoencoder(), None),
    "a model that raises": (predicting(raising(Leaving())), 0.02),
    "a model that returns None": (predicting(lambda *_, **__: None), 0.02),
    "a model that makes nan": (Stub(float("nan")), 0.02),
    "a mock and a number": (mock.MagicMock(), 0.02),
    "a kernel of nan and a stride": (np.full((2, 2), np.nan), 2),
    "a kernel of 1e308 and a stride": (np.full((2, 2), 1e308), 2),
    "a kernel of strings and a stride": ([["a", "b"], ["c", "d"]], 2),
    "no kernel and a stride": (np.zeros((0, 0)), 2),
    "a layer of ours, not built": (
        FourierConv2DTranspose(4, 7, 3),
        built(transposed(4, 7, strides=3)),
    ),
    "a layer of Keras": (built(transposed(4, 7, strides=3)), 1e-7),
    "a layer of another kind": keras.layers.Dense(3),
    "a layer of zeros": (
        built(
            FourierConv2DTranspose(
                4, 7, 3, implementation="fourier", kernel_initializer="zeros"
            )
        ),
        built(transposed(4, 7, strides=3, kernel_initializer="zeros")),
    ),
    "a layer of many filters": transposed(100, 6, strides=3),
    "a layer with channels first": transposed(1, 5, data_format="channels_first"),
}
