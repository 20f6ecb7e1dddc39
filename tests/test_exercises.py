"""The checker: the placeholder, right answers, and wrong ones with their hints."""

import numpy as np
import pytest

from cae_keras import exercises, models
from cae_keras.layers import FourierConv2DTranspose


class Stub:
    """Stands for a trained model: its reconstructions have the given error."""

    def __init__(self, error, latent_channels=8, parameters=19_569):
        self.error, self.output_shape = error, (None, 1, 1, latent_channels)
        self.parameters = parameters

    def count_params(self):
        return self.parameters

    def get_layer(self, name):
        assert name == "encoder"
        return self

    def predict(self, images, verbose):
        return images + self.error**0.5


def mended(images, reconstructions):
    return np.mean((images - reconstructions) ** 2, axis=(1, 2, 3))


def dead_channels(maps):
    return int(np.sum(maps.max(axis=(0, 1, 2)) <= 0))


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


def fourier_layer(size=(5, 8), strides=3, **arguments):
    arguments = {"implementation": "fourier", "padding": "same", **arguments}
    layer = FourierConv2DTranspose(4, (7, 10), strides, **arguments)
    layer.build((None, *size, 2))
    return layer


RIGHT = {
    "00a": [784, np.int64(784)],
    "10a": [(10, 15), [10, 15], np.array([10, 15])],
    "10b": [50_177],
    "10c": [mended],
    "10d": [(Stub(0.0175), 0.0175), [Stub(0.0305), np.float32(0.0305)]],
    "11a": [
        [1, 1, 1, 2, 2, 1, 2, 2, 1, 1, 1],
        np.array([1, 1, 1, 2, 2, 1, 2, 2, 1, 1, 1]),
    ],
    "11b": [83_457],
    "11c": [dead_channels],
    "11d": [(Stub(0.0387, 2), 0.0387)],
    "12a": [7, np.int64(7)],
    "12b": [8],
    "12c": [convolved, np.convolve],
    "12d": [(fourier_layer(), 3e-7), [fourier_layer(padding="valid"), np.float32(0)]],
}
WRONG = [
    ("00a", 56, "multiplied"),
    ("00a", 785, "28 rows of 28 pixels"),
    ("00a", "784", "whole number"),
    ("00a", 784.0, "whole number"),
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
    ("11a", [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], "Three copies of five taps"),
    ("11a", [1, 1, 2, 1, 2, 1, 2, 2, 1, 1, 1], "begin at outputs 0, 3 and 6"),
    ("11a", [1, 1, 1, 2, 2, 2, 1, 1, 1], "= 11 outputs, you gave 9"),
    ("11a", 11, "a list of 11"),
    ("11a", [1.0] * 11, "a list of 11"),
    ("11b", 50_177, "kernels of 3x3"),
    ("11b", 82_945, "still 3x3"),
    ("11b", 50_689, "still 3x3"),
    ("11b", 1, "5x5 in upconv1"),
    ("11b", "83457", "whole number"),
    ("11c", 3, "function itself"),
    ("11c", lambda maps: int(np.sum(maps.max(axis=0) <= 0)), "counts positions"),
    ("11c", lambda maps: int(np.sum(maps.max(axis=(0, 1, 2)) > 0)), "are alive"),
    ("11c", lambda maps: int(np.sum(maps.min(axis=(0, 1, 2)) <= 0)), "finds 7"),
    ("11c", lambda maps: maps.max(axis=(0, 1, 2)) <= 0, "one whole number"),
    ("11c", lambda: 4, "raised TypeError"),
    ("11d", 0.0387, "pair (model, test error)"),
    ("11d", (Stub(0.0387, 8), 0.0387), "has 8 latent numbers"),
    ("11d", (Stub(0.0387, 2, 50_177), 0.0387), "has 50,177 parameters"),
    ("11d", (Stub(0.0387, 2), 0.0371), "you gave 0.0371"),
    ("11d", (Stub(0.0985, 2), 0.0985), "the PCA's 0.0430"),
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
    ("12c", lambda a: a, "raised TypeError"),
    ("12d", 1e-7, "(layer, difference)"),
    ("12d", (1e-7, fourier_layer()), "(layer, difference)"),
    ("12d", (FourierConv2DTranspose(4, 7, 3), 1e-7), "the layer being built"),
    ("12d", (fourier_layer(size=(7, 7)), 1e-7), "has 7x7 images"),
    ("12d", (fourier_layer(strides=2), 1e-7), "the strides (2, 2)"),
    ("12d", (fourier_layer(implementation="direct"), 1e-7), "the direct way"),
    ("12d", (fourier_layer(), 0.8), "you gave 8.0e-01"),
    ("12d", (fourier_layer(), float("nan")), "you gave nan"),
]


def test_each_exercise_has_right_answers_and_wrong_ones_here():
    assert {*RIGHT} == {*exercises.EXERCISES} == {key for key, _, _ in WRONG}


@pytest.mark.parametrize("key", RIGHT)
def test_the_placeholder_is_not_answered_yet(key, capsys):
    exercises.check(key, ...)
    assert capsys.readouterr().out == f"{key}: not answered yet\n"


@pytest.mark.parametrize(
    ("key", "answer"), [(key, answer) for key in RIGHT for answer in RIGHT[key]]
)
def test_a_right_answer_is_right(key, answer, capsys):
    exercises.check(key, answer)
    assert capsys.readouterr().out == f"{key}: right\n"


@pytest.mark.parametrize(("key", "answer", "hint"), WRONG)
def test_a_wrong_answer_gets_its_hint(key, answer, hint, capsys):
    exercises.check(key, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{key}: not yet. ") and hint in printed


def test_one_kernel_left_as_it_was_is_noticed():
    for kernels in ((7, 3, 28), (7, 14, 3)):
        count = models.build_autoencoder(kernel_sizes=kernels).count_params()
        assert "still the lecture's" in exercises.verdict("10b", count)


def test_an_exercise_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"must be one of 00a, 10a.*Received: '10z'"):
        exercises.check("10z", 3)
