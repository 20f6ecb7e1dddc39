"""Right and wrong answers to the exercises of notebook 10."""

import numpy as np

from .stubs import Stub


def mended(images, reconstructions):
    return np.mean((images - reconstructions) ** 2, axis=(1, 2, 3))


RIGHT = {
    "10a": [(10, 15), [10, 15], np.array([10, 15])],
    "10b": [50_177],
    "10c": [mended],
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
    ("10c", lambda a, b: np.mean(np.abs(a - b), axis=(1, 2, 3)), "is the square"),
    ("10c", lambda a, b: np.mean(a - b, axis=(1, 2, 3)) ** 2, "is the square"),
    ("10c", lambda a: a, "raised TypeError"),
    ("10c", lambda a, b: np.mean((a - b) ** 2, axis=(1, 2, 3)) ** 0.5, "the root"),
    ("10d", 0.0175, "pair (model, test error)"),
    ("10d", (0.0175, Stub(0.0175)), "pair (model, test error)"),
    ("10d", (Stub(0.0175), "small"), "pair (model, test error)"),
    ("10d", (Stub(0.0175, latent_channels=2), 0.0175), "has 2 latent numbers"),
    ("10d", (Stub(0.0175), 0.0171), "the error 0.0175, you gave 0.0171"),
    ("10d", (Stub(0.0175), 13.72), "On which images did you measure"),
    ("10d", (Stub(0.0175), float("nan")), "On which images did you measure"),
    ("10d", (Stub(0.0985), 0.0985), "hardly trained"),
]
