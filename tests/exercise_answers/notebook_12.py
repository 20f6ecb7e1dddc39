"""Right and wrong answers to the exercises of notebook 12."""

import numpy as np
from keras.layers import Conv2DTranspose

from cae_keras.layers import FourierConv2DTranspose


def convolved(row, taps):
    N = len(row) + len(taps) - 1
    return np.fft.irfft(np.fft.rfft(row, N) * np.fft.rfft(taps, N), N)


def even_only(row, taps):
    N = len(row) + len(taps) - 1
    return np.fft.irfft(np.fft.rfft(row, N) * np.fft.rfft(taps, N))


def on_too_short_a_circle(row, taps):
    N = len(row) + len(taps) - 2
    product = np.fft.rfft(row, N) * np.fft.rfft(taps, N)
    return np.append(np.fft.irfft(product, N), 0)


def turned_in_place(row, taps):
    taps[...] = taps[::-1].copy()
    return np.convolve(row, taps)


def on_a_circle_of_the_row(row, taps):
    N = len(row)
    return np.fft.irfft(np.fft.rfft(row, N) * np.fft.rfft(taps, N), N)


def fourier_layer(size=(5, 8), strides=3, **arguments):
    arguments = {"implementation": "fourier", "padding": "same", **arguments}
    kernel_size = arguments.pop("kernel_size", (7, 10))
    layer = FourierConv2DTranspose(4, kernel_size, strides, **arguments)
    layer.build((None, *size, 2))
    return layer


def both(**arguments):
    """Return a Fourier layer, and Keras's with the same settings and weights."""
    layer = fourier_layer(**arguments)
    direct = beside(layer)
    direct.set_weights(layer.get_weights())
    return layer, direct


def beside(layer, **changed):
    """Return Keras's layer with the same settings, or some of them changed."""
    channels = changed.pop("channels", 2)
    settings = {**layer.get_config(), **changed}
    del settings["implementation"]
    direct = Conv2DTranspose.from_config(settings)
    direct.build((None, 5, 8, channels))
    return direct


def another_activation():
    layer, direct = both()
    direct.activation = abs
    return layer, direct


ONE = fourier_layer()
RIGHT = {
    "12a": [7, np.int64(7)],
    "12b": [12],
    "12c": [convolved, np.convolve],
    "12d": [both(), list(both(padding="valid"))],
}
WRONG = [
    ("12a", 9, "nothing wraps around"),
    ("12a", 8, "there is a shorter one"),
    ("12a", 18, "there is a shorter one"),
    ("12a", 6, "On 6 places entry 2, which is kept, meets entry 8"),
    ("12a", 1, "meets entry 0"),
    ("12a", 0, "whole number"),
    ("12a", "7", "whole number"),
    ("12b", 4, "64 channels and 32 filters"),
    ("12b", 6, "still 64 channels"),
    ("12b", 10, "still 32 filters"),
    ("12b", 28, "nothing but the two numbers"),
    ("12b", 8.0, "whole number"),
    ("12c", 3, "function itself"),
    ("12c", even_only, "returns 12 entries, not 13. Count the frequencies"),
    ("12c", on_a_circle_of_the_row, "5 + 4 - 1 = 8 entries, and the circle must hold"),
    ("12c", lambda a, b: np.convolve(a, b)[:-1], "the circle must hold"),
    ("12c", on_too_short_a_circle, "entry 0 is wrong. Is the circle as long"),
    ("12c", lambda a, b: np.convolve(a, b[::-1]), "turned round"),
    ("12c", lambda a, b: convolved(a, b[::-1]), "turned round"),
    ("12c", turned_in_place, "turned round"),
    ("12c", lambda a: a, "raised TypeError"),
    ("12d", 1e-7, "(layer, Keras's layer)"),
    ("12d", (ONE, 1e-7), "(layer, Keras's layer)"),
    ("12d", (ONE, fourier_layer(implementation="direct")), "(layer, Keras's layer)"),
    ("12d", both()[::-1], "a FourierConv2DTranspose and a"),
    ("12d", (FourierConv2DTranspose(4, 7, 3), beside(ONE)), "must be built"),
    ("12d", (ONE, Conv2DTranspose(4, 7, 3)), "must be built"),
    ("12d", both(size=(7, 7)), "has 7x7 images"),
    ("12d", both(strides=2), "the strides (2, 2)"),
    ("12d", both(implementation="direct"), "the direct way"),
    ("12d", both(data_format="channels_first"), "channels last"),
    ("12d", both(kernel_initializer="zeros"), "Give it other weights"),
    ("12d", both(kernel_size=(1, 101)), "at most 100x100"),
    ("12d", (ONE, beside(ONE)), "different weights"),
    ("12d", (ONE, beside(ONE, padding="valid")), "differ in padding: same here"),
    ("12d", (ONE, beside(ONE, strides=2)), "differ in strides: (3, 3) here, (2, 2)"),
    ("12d", (ONE, beside(ONE, channels=3)), "weights of different shapes"),
    ("12d", (ONE, beside(ONE, use_bias=False)), "weights of different shapes"),
    ("12d", another_activation(), "the same activation"),
]
