"""The checker: the placeholder, right answers, and wrong ones with their hints."""

import numpy as np
import pytest

from cae_keras import exercises, models


class Stub:
    """Stands for a trained model: its reconstructions have the given error."""

    def __init__(self, error, latent_channels=8):
        self.error, self.output_shape = error, (None, 1, 1, latent_channels)

    def get_layer(self, name):
        assert name == "encoder"
        return self

    def predict(self, images, verbose):
        return images + self.error**0.5


def mended(images, reconstructions):
    return np.mean((images - reconstructions) ** 2, axis=(1, 2, 3))


RIGHT = {
    "00a": [784, np.int64(784)],
    "10a": [(10, 15), [10, 15], np.array([10, 15])],
    "10b": [50_177],
    "10c": [mended],
    "10d": [(Stub(0.0175), 0.0175), [Stub(0.0305), np.float32(0.0305)]],
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
