"""Right and wrong answers to the exercises of notebook 11."""

import keras
import numpy as np

from cae_keras import models

from .stubs import Stub


def method_2(*kernels, **settings):
    settings = {"upsampling": "nearest", "kernel_sizes": (7, *kernels)} | settings
    return models.build_autoencoder(**settings)


def dead_channels(maps):
    return int(np.sum(maps.max(axis=(0, 1, 2)) <= 0))


RIGHT = {
    "11a": [
        [1, 1, 1, 2, 2, 1, 2, 2, 1, 1, 1],
        np.array([1, 1, 1, 2, 2, 1, 2, 2, 1, 1, 1]),
    ],
    "11b": [(method_2(5, 5), 6), [method_2((5, 5), 5), np.int64(6)]],
    "11c": [dead_channels],
    "11d": [(Stub(0.0387, 2), 0.0387)],
}
WRONG = [
    ("11a", [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], "Three copies of five taps"),
    ("11a", [1, 1, 2, 1, 2, 1, 2, 2, 1, 1, 1], "begin at outputs 0, 3 and 6"),
    ("11a", [1, 1, 1, 2, 2, 2, 1, 1, 1], "= 11 outputs, you gave 9"),
    ("11a", 11, "a list of 11"),
    ("11a", [], "a list of 11"),
    ("11a", [15, *[0] * 10], "0 to 3 of them"),
    ("11a", [-1, 16, *[0] * 9], "0 to 3 of them"),
    ("11a", [1.0] * 11, "a list of 11"),
    ("11b", (method_2(5, 5, upsampling="transposed"), 6), "transposed convolutions"),
    ("11b", (models.build_autoencoder(), 6), "transposed convolutions"),
    ("11b", (method_2(3, 3), 6), "upconv2 is 3x3"),
    ("11b", (method_2(5, 3), 6), "upconv1 is 3x3"),
    ("11b", (method_2(3, 5), 6), "upconv2 is 3x3"),
    ("11b", (method_2(5, 5, latent_channels=3), 6), "Change the kernels only"),
    ("11b", (method_2(5, 5), 5), "size is not 5"),
    ("11b", (method_2(5, 5), 4), "block 2 wide"),
    ("11b", (method_2(5, 5), "6"), "pair (model, size)"),
    ("11b", 83_457, "pair (model, size)"),
    ("11b", (83_457, 6), "pair (model, size)"),
    ("11c", 3, "function itself"),
    ("11c", lambda maps: int(np.sum(maps.max(axis=0) <= 0)), "more than once"),
    ("11c", lambda maps: int(np.sum(maps.max(axis=(0, 1, 2)) > 0)), "are alive"),
    ("11c", lambda maps: int(np.sum(maps.min(axis=(0, 1, 2)) <= 0)), "finds 7"),
    ("11c", lambda maps: maps.max(axis=(0, 1, 2)) <= 0, "one whole number"),
    ("11c", lambda maps: 4, "finds 4 dead, not 1"),
    ("11c", lambda maps: int(np.sum(maps.max(axis=(1, 2)) <= 0)), "more than once"),
    ("11c", lambda maps: int(np.sum(maps.sum(axis=(0, 1, 2)) < 0.1)), "finds 9"),
    ("11c", lambda: 4, "raised TypeError"),
    ("11c", keras.layers.Conv2D(7, 10**5), "function itself"),  # 280 GB, if called
    ("11c", lambda maps: None, "For 4 maps of 5x6 with 7 channels your function"),
    ("11d", 0.0387, "pair (model, test error)"),
    ("11d", (Stub(0.0387, 8), 0.0387), "has 8 latent numbers"),
    ("11d", (Stub(0.0387, 2, 50_177), 0.0387), "has 50,177 parameters"),
    ("11d", (Stub(0.0387, 2), 0.0371), "you gave 0.0371"),
    ("11d", (Stub(0.0985, 2), 0.0985), "the PCA's 0.0430"),
    ("11d", (Stub(0.0985, 2), 0.0985), "images that you hold back"),
]
