"""The checker: the placeholder, right answers, and wrong ones with their hints."""

import importlib
from pathlib import Path

import pytest

from cae_keras import exercises, models

ANSWERS = [
    importlib.import_module(f"exercise_answers.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("exercise_answers/notebook_*.py"))
]
RIGHT = {key: some for module in ANSWERS for key, some in module.RIGHT.items()}
WRONG = [case for module in ANSWERS for case in module.WRONG]


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
    with pytest.raises(ValueError, match=r"must be one of 00a, 01a.*Received: '10z'"):
        exercises.check("10z", 3)
