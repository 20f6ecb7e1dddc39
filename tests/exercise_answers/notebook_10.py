"""Right and wrong answers to the exercises of notebook 10."""

import keras
import numpy as np

from . import strange
from .stubs import Stub


def mended(images, reconstructions):
    return np.mean((images - reconstructions) ** 2, axis=(1, 2, 3))


def by_keras(images, reconstructions):
    return keras.ops.mean((images - reconstructions) ** 2, axis=(1, 2, 3))


RIGHT = {
    "10a": [(10, 15), [10, 15], np.array([10, 15])],
    "10b": [50_177],
    "10c": [mended, by_keras, lambda a, b: list(mended(a, b))],
    "10d": [(Stub(0.0175), 0.0175), [Stub(0.0305), np.float32(0.0305)]],
}
WRONG = [
    ("10a", (15, 10), "Rows come first"),
    ("10a", (40, 60), "not the image"),
    ("10a", (20, 30), "after one pooling"),
    ("10a", (7, 7), "once for each pooling"),
    ("10a", 10, "pair of whole numbers"),
    ("10a", (10.0, 15), "pair of whole numbers"),
    ("10a", (10, 15, 1), "pair of whole numbers"),
    ("10b", 457_953, "the lecture's kernels"),
    ("10b", 25_089, "the decoder alone"),
    ("10b", "50177", "whole number"),
    ("10b", 1, "a bias per filter"),
    ("10c", 0.5, "function itself"),
    ("10c", lambda a, b: np.mean((a - b) ** 2, axis=0), "over the images"),
    ("10c", lambda a, b: np.mean((a - b) ** 2), "one number for all images"),
    (
        "10c",
        lambda a, b: np.mean((a - b) ** 2, axis=(0, 1, 2)),
        "returns the shape (1,)",
    ),
    (
        "10c",
        lambda a, b: np.sum((a - b) ** 2, axis=(1, 2, 3)),
        "the sum over the pixels",
    ),
    (
        "10c",
        lambda a, b: np.sum((a - b) ** 2, axis=(1, 2, 3)) / 784,
        "times 0.0306. Did you divide by a fixed number of pixels, 784?",
    ),
    ("10c", lambda a, b: np.mean(np.abs(a - b), axis=(1, 2, 3)), "is the square"),
    ("10c", lambda a, b: np.mean(a - b, axis=(1, 2, 3)) ** 2, "is the square"),
    ("10c", lambda a: a, "raised TypeError"),
    ("10c", lambda a, b: np.mean((a - b) ** 2, axis=(1, 2, 3)) ** 0.5, "the root"),
    ("10c", lambda a, b: [None] * 3, "returns a list that holds None"),
    ("10c", lambda a, b: np.full(3, None), "of which NumPy makes no array of numbers"),
    ("10c", lambda a, b: ["0.1"] * 3, "returns a list that holds a str"),
    ("10c", lambda a, b: None, "of 4x6 pixels your function returns None"),
    ("10d", strange.autoencoder(), "pair (model, test error)"),
    ("10d", (strange.autoencoder(), [0.02, 0.1]), "if `evaluate` returns several"),
    ("10d", (strange.autoencoder((32, 32, 1)), 0.02), "images of 32x32x1, the digits"),
    ("10d", (strange.autoencoder((28, 28, 3)), 0.02), "images of 28x28x3, the digits"),
    ("10d", (strange.predicting(lambda x, **_: x[:, 1:]), 0.02), "return the images"),
    ("10d", (strange.predicting(lambda x: x), 0.02), "this model raised TypeError"),
    ("10d", (Stub(float("nan")), float("nan")), "its training has failed"),
    ("10d", 0.0175, "pair (model, test error)"),
    ("10d", (0.0175, Stub(0.0175)), "pair (model, test error)"),
    ("10d", (Stub(0.0175), "small"), "pair (model, test error)"),
    ("10d", (Stub(0.0175, latent_channels=2), 0.0175), "has 2 latent numbers"),
    ("10d", (Stub(0.0175), 0.0171), "the error 0.0175, you gave 0.0171"),
    ("10d", (Stub(0.0175), 13.72), "On which images did you measure"),
    ("10d", (Stub(0.0175), float("nan")), "On which images did you measure"),
    ("10d", (Stub(0.0985), 0.0985), "hardly trained"),
    # below the PCA with two numbers, but above the worst of ten seeds with eight
    ("10d", (Stub(0.037), 0.037), "hardly trained"),
]
