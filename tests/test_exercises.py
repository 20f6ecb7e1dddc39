"""The checker: the placeholder, right answers, and wrong ones with their hints."""

import contextlib
import importlib
import signal
import tracemalloc
from pathlib import Path

import keras
import pytest
from exercise_answers import strange

from cae_keras import exercises, models
from cae_keras.exercises import answers

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
    with pytest.raises(
        ValueError, match=r"must be one of 00a, 01a.*Received: key='10z'"
    ):
        exercises.check("10z", 3)
    for key in ([], None, 10, ("10a",)):
        with pytest.raises(ValueError, match="must be one of"):
            exercises.check(key, 3)


@contextlib.contextmanager
def seconds(limit):
    """Interrupt what takes longer, where the system can."""

    def stop(number, frame):
        raise KeyboardInterrupt

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judged(key, answer):
    """Say what is wrong with what a judge says, without the net that `check` has."""
    try:
        with seconds(120):  # each takes less than one, on a machine that is not busy
            hint = exercises.EXERCISES[key](answer)
    except KeyboardInterrupt:
        return "took too long"
    except BaseException as error:
        return f"raised {type(error).__name__}"
    is_hint = isinstance(hint, str) and 20 < len(hint) < 600
    return None if is_hint else f"returned {hint!r}"


@pytest.mark.parametrize("key", list(RIGHT))
def test_a_judge_has_a_hint_for_each_odd_answer(key):
    said = {name: judged(key, answer) for name, answer in strange.ODD.items()}
    assert {name: fault for name, fault in said.items() if fault} == {}


@pytest.mark.parametrize("key", list(RIGHT))
def test_a_judge_has_a_hint_for_each_huge_answer_and_takes_no_memory(key):
    judged(key, 1)  # so that what is loaded once is loaded
    said = {}
    for name, answer in strange.HUGE.items():
        tracemalloc.start()
        said[name] = judged(key, answer)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if most > 5e7:
            said[name] = f"took {most:,} bytes"
    assert {name: fault for name, fault in said.items() if fault} == {}


@pytest.mark.parametrize("key", RIGHT)
def test_the_hint_for_none_says_what_is_expected(key):
    assert exercises.EXERCISES[key](None).startswith("The answer is ")


@pytest.mark.parametrize("key", RIGHT)
def test_check_prints_one_line_whatever_it_is_given(key, capsys):
    names = ("None", "a list of None", "a function that raises", "a built-in")
    for answer in (*map(strange.ODD.get, names), strange.gone()):
        exercises.check(key, answer)
        line = capsys.readouterr().out.splitlines()[-1]  # after what a function prints
        assert line.startswith(f"{key}: not yet. ") and line.isprintable()


def test_what_a_judge_did_not_foresee_ends_in_what_is_expected(capsys):
    exercises.check("10a", strange.gone())
    printed = capsys.readouterr().out
    assert printed.startswith("10a: not yet. This cannot be judged (ReferenceError: ")
    assert printed.endswith(exercises.EXERCISES["10a"](None) + "\n")
    said = exercises.verdict("00a", strange.Quitting())
    assert said.startswith("not yet. This cannot be judged (SystemExit: bye). The ")


@pytest.mark.parametrize("key", [key for key in RIGHT if key.endswith("c")])
def test_a_student_may_interrupt_a_function(key):
    with pytest.raises(KeyboardInterrupt):
        exercises.check(key, strange.raising(KeyboardInterrupt))


def test_a_model_that_would_take_minutes_is_stopped(monkeypatch):
    small = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Dense(1)])
    answer = (strange.predicting(small.predict), 0.02)
    assert "this model has the error" in exercises.verdict("10d", answer)
    monkeypatch.setattr(answers, "PATIENCE", 0)
    monkeypatch.setattr(answers, "AT_MOST", 0)
    said = exercises.verdict("10d", answer)
    assert "This model would take " in said and "Take a smaller one" in said


def test_a_layer_that_only_some_backends_can_run_is_judged_by_what_it_does():
    layer = strange.transposed(1, 4, strides=4, padding="same", output_padding=0)
    if keras.backend.backend() == "tensorflow":
        said = exercises.verdict("03d", layer)
        assert said.startswith("not yet. On 10x10 pixels this layer raised ")
    else:
        assert exercises.verdict("03d", layer) == "right"


def test_the_judges_of_layers_need_no_channels_last_in_the_keras_file():
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        layer = keras.layers.Conv2DTranspose(1, 6, strides=3)
        assert layer.data_format == "channels_first"
        assert exercises.verdict("03d", layer) == "right"
        for key in ("03d", "12d"):
            for answer in RIGHT[key]:
                assert exercises.verdict(key, answer) == "right"
    finally:
        keras.config.set_image_data_format(before)
