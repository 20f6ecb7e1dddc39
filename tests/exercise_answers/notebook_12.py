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


def fourier_layer(size=(5, 8), strides=3, **arguments):
    arguments = {"implementation": "fourier", "padding": "same", **arguments}
    kernel_size = arguments.pop("kernel_size", (7, 10))
    layer = FourierConv2DTranspose(4, kernel_size, strides, **arguments)
    layer.build((None, *size, 2))
    return layer


RIGHT = {
    "12a": [7, np.int64(7)],
    "12b": [8],
    "12c": [convolved, np.convolve],
    "12d": [(fourier_layer(), 3e-7), [fourier_layer(padding="valid"), np.float32(0)]],
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
    ("12b", 5, "still 64 channels"),
    ("12b", 28, "nothing but the two numbers"),
    ("12b", 8.0, "whole number"),
    ("12c", 3, "function itself"),
    ("12c", even_only, "For 7 numbers and 7 taps your function returns"),
    ("12c", on_too_short_a_circle, "entry 0 is wrong. Is the circle as long"),
    ("12c", lambda a, b: np.convolve(a, b[::-1]), "turned round"),
    ("12c", lambda a, b: convolved(a, b[::-1]), "turned round"),
    ("12c", turned_in_place, "turned round"),
    ("12c", lambda a: a, "raised TypeError"),
    ("12d", 1e-7, "(layer, difference)"),
    ("12d", (1e-7, fourier_layer()), "(layer, difference)"),
    ("12d", (FourierConv2DTranspose(4, 7, 3), 1e-7), "the layer being built"),
    ("12d", (fourier_layer(size=(7, 7)), 1e-7), "has 7x7 images"),
    ("12d", (fourier_layer(strides=2), 1e-7), "the strides (2, 2)"),
    ("12d", (fourier_layer(implementation="direct"), 1e-7), "the direct way"),
    ("12d", (Conv2DTranspose(4, 7, 3), 1e-7), "a FourierConv2DTranspose"),
    ("12d", (fourier_layer(data_format="channels_first"), 1e-7), "channels last"),
    ("12d", (fourier_layer(kernel_initializer="zeros"), 0), "Give it other weights"),
    ("12d", (fourier_layer(kernel_size=(1, 101)), 1e-7), "at most 100x100"),
    ("12d", (fourier_layer(), "small"), "(layer, difference)"),
    ("12d", (fourier_layer(), 0.8), "you gave 8.0e-01"),
    ("12d", (fourier_layer(), float("nan")), "you gave nan"),
]
