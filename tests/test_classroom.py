"""The quiet start, the progress bars, the room check and the course map."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import keras
import numpy as np
import pytest

from cae_keras import classroom, data
from cae_keras.classroom import course, quiet, room

ROOT = Path(__file__).resolve().parent.parent


def run_python(code, **environment):
    """Run code in a new Python, as a person has it, and return what it printed."""
    machine = ("CAE_KERAS_QUIET", "PYTEST_CURRENT_TEST", "TF_CPP_MIN_LOG_LEVEL")
    inherited = {k: v for k, v in os.environ.items() if k not in machine}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_start_says_nothing_and_the_seed_makes_it_repeatable():
    code = (
        "from cae_keras import classroom; classroom.start(seed=3); import keras; "
        "print(float(keras.ops.sum(keras.random.normal((3,)))))"
    )
    first, second = run_python(code), run_python(code)
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    assert first.stdout == second.stdout != ""
    other = run_python(code.replace("seed=3", "seed=4"))
    assert other.stdout != first.stdout


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="somebody else chose the backend"
)
def test_the_start_chooses_tensorflow_with_onednn_unless_somebody_else_chose(
    monkeypatch,
):
    code = (
        "from cae_keras import classroom; classroom.start(); import os; "
        "print(os.environ['KERAS_BACKEND'], os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    )
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    assert run_python(code).stdout == "tensorflow 1\n"
    chosen = run_python(code, TF_ENABLE_ONEDNN_OPTS="0")
    assert chosen.stdout == "tensorflow 0\n"


def test_what_was_muted_is_shown_when_the_start_fails():
    code = (
        "import os; from cae_keras.classroom.quiet import _muted_stderr\n"
        "with _muted_stderr():\n"
        "    os.write(2, b'the reason')\n"
        "    raise RuntimeError('it failed')\n"
    )
    result = run_python(code)
    assert result.returncode == 1
    assert "the reason" in result.stderr and "it failed" in result.stderr
    silent = run_python(code.replace("    raise RuntimeError('it failed')\n", ""))
    assert silent.returncode == 0 and silent.stderr == ""


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True, None])
@pytest.mark.parametrize("function", [classroom.start, classroom.set_seed])
def test_a_seed_that_is_none_is_refused(function, seed):
    with pytest.raises(ValueError, match=f"0 or more. Received: {seed!r}"):
        function(seed)


def test_a_variable_moves_the_seed_of_the_start_and_of_every_later_one():
    code = (
        "from cae_keras import classroom; import keras; classroom.start(seed=3)\n"
        "print(keras.ops.convert_to_numpy(keras.random.normal((3,))))\n"
        "classroom.set_seed(3)\n"
        "print(keras.ops.convert_to_numpy(keras.random.normal((3,))))"
    )
    moved = run_python(code, CAE_KERAS_SEED="4")
    assert moved.returncode == 0, moved.stderr
    sevens = code.replace("seed=3", "seed=7").replace("seed(3)", "seed(7)")
    assert moved.stdout == run_python(sevens).stdout
    assert moved.stdout != run_python(code).stdout
    wrong = run_python(code, CAE_KERAS_SEED="many")
    assert "CAE_KERAS_SEED must be an integer of 0 or more" in wrong.stderr


FULL_FLOAT32 = {
    "tensorflow": "import tensorflow as tf\n"
    "print(not tf.config.experimental.tensor_float_32_execution_enabled())",
    "jax": "import jax\nprint(jax.config.jax_default_matmul_precision == 'highest')",
    "torch": "from torch import backends\n"
    "print(not (backends.cuda.matmul.allow_tf32 or backends.cudnn.allow_tf32))",
}


def test_the_start_has_channels_last_and_full_float32_whatever_the_file_says(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"floatx": "float64", "image_data_format": "channels_first", "epsilon": 1e-7}'
    )
    code = (
        "import keras; print(keras.config.image_data_format(), keras.config.floatx())\n"
        "from cae_keras import classroom; classroom.start()\n"
        "print(keras.config.image_data_format(), keras.config.floatx())\n"
    )
    result = run_python(
        code + FULL_FLOAT32[keras.backend.backend()], KERAS_HOME=str(tmp_path)
    )
    expected = "channels_first float64\nchannels_last float32\nTrue\n"
    assert result.stdout == expected, result.stderr


def test_a_backend_that_keras_cannot_train_on_is_one_line():
    code = "from cae_keras import classroom; classroom.start()"
    for backend in ("tensorflw", "numpy"):
        result = run_python(code, KERAS_BACKEND=backend)
        assert result.returncode == 1
        assert "KERAS_BACKEND must be tensorflow" in result.stderr.splitlines()[-1]
        assert result.stderr.endswith(f"Received: {backend!r}\n")


def test_a_python_that_strips_the_checks_is_refused():
    code = "from cae_keras import classroom; classroom.start()"
    result = run_python(code, PYTHONOPTIMIZE="1")
    assert result.returncode == 1
    assert "Unset PYTHONOPTIMIZE" in result.stderr.splitlines()[-1]


def test_a_notebook_shows_that_line_and_no_traceback():
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "start = 'from cae_keras import classroom; classroom.start()'\n"
        "InteractiveShell().run_cell(start)"
    )
    result = run_python(code, KERAS_BACKEND="tensorflw")
    (line,) = result.stdout.splitlines()
    assert line.startswith("NotReady: KERAS_BACKEND must be tensorflow")


def test_a_person_sees_a_progress_bar_and_a_machine_does_not(monkeypatch):
    assert classroom.progress() == 0  # this is a test run
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv(quiet.QUIET, "1")
    assert classroom.progress() == 0
    monkeypatch.delenv(quiet.QUIET)
    assert classroom.progress() == 1
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "plain pytest --nbval")
    assert classroom.progress() == 0


def to_do(check):
    """The lines of a room check that do not say OK, but those on versions.

    A machine with a newer NumPy than the course is tested with is told so, rightly.
    """
    untested = ", but the course is tested with "
    lines = str(check).splitlines()
    return [
        line for line in lines if not line.startswith("OK  ") and untested not in line
    ]


def test_this_room_is_ready():
    check = classroom.room_check()
    assert to_do(check) == []
    subjects = [line.subject for line in check.lines]
    assert {"Python", "keras", "numpy", "data", "backend", "training"} <= {*subjects}
    assert check.ok == all(line[:4] == "OK  " for line in repr(check).splitlines())


def test_the_backend_comes_with_the_device_that_computes():
    (line,) = [x for x in classroom.room_check().lines if x.subject == "backend"]
    found = re.fullmatch(r"(tensorflow|jax|torch) on (.*), \d+ cores", line.found)
    assert found[1] == keras.backend.backend()
    assert re.search(r"^(cpu|gpu|cuda)(:\d+)?$", found[2].split(", ")[0].lower())


def test_a_missing_package_and_an_old_one_say_what_to_install(monkeypatch):
    def version(name):
        if name == "matplotlib":
            raise metadata.PackageNotFoundError(name)
        return {"keras": "1.0.0", "numpy": "2.2.0"}.get(name) or real(name)

    real = metadata.version
    monkeypatch.setattr(room.metadata, "version", version)
    lines = {line.subject: line for line in room._version_lines()}
    assert str(lines["matplotlib"]).startswith("DO  matplotlib: missing. Run: pip")
    assert "1.0.0, but the course is tested with" in str(lines["keras"])
    assert 'pip install "keras' in lines["keras"].advice
    assert not lines["numpy"].advice
    assert not room.RoomCheck(tuple(lines.values())).ok


def test_missing_data_are_a_line_and_not_a_traceback(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "data_folder", lambda: tmp_path)
    check = classroom.room_check()
    lines = {line.subject: line for line in check.lines}
    assert not check.ok
    assert str(lines["data"]).startswith("DO  data: FileNotFoundError. ")
    assert "To get it back" in lines["data"].advice


def test_an_error_without_a_message_is_not_taken_for_ok(monkeypatch):
    def fail():
        raise RuntimeError

    monkeypatch.setattr(room, "_data", fail)
    check = classroom.room_check()
    (line,) = [line for line in check.lines if line.subject == "data"]
    assert str(line).startswith("DO  data: RuntimeError. Restart the kernel")
    assert not check.ok


def test_a_training_step_without_effect_is_noticed(monkeypatch):
    monkeypatch.setattr(keras.Model, "train_on_batch", lambda self, x, y: 0.1)
    lines = {line.subject: line for line in classroom.room_check().lines}
    assert "changed the weights: False" in lines["training"].advice
    monkeypatch.setattr(keras.Model, "train_on_batch", lambda self, x, y: np.nan)
    lines = {line.subject: line for line in classroom.room_check().lines}
    assert "gave the loss nan" in lines["training"].advice


@pytest.mark.parametrize("name", ["tensorflw", "TensorFlow", " jax", "numpy"])
def test_a_backend_that_is_none_is_one_line_that_says_what_to_set(monkeypatch, name):
    monkeypatch.setenv("KERAS_BACKEND", name)
    (line,) = to_do(classroom.room_check())
    assert line.startswith("DO  backend: ")
    assert "KERAS_BACKEND must be tensorflow, jax or torch. Set it so, or un" in line
    assert line.endswith(f"Received: {name!r}")


def test_a_backend_that_is_not_installed_is_one_line_that_says_how_to(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setattr(quiet.importlib.util, "find_spec", lambda name: None)
    (line,) = to_do(classroom.room_check())
    assert line.startswith("DO  backend: ")
    assert "Run: pip install torch, or unset KERAS_BACKEND" in line


@pytest.mark.skipif(
    not importlib.util.find_spec("tensorflow"), reason="TensorFlow is not installed"
)
def test_an_empty_backend_is_keras_default_and_needs_tensorflow(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "")
    check = classroom.room_check()
    assert to_do(check) == []
    assert "tensorflow" in [line.subject for line in check.lines]


def test_a_python_that_strips_the_checks_is_not_ready():
    code = "from cae_keras import classroom; print(classroom.room_check())"
    (line,) = to_do(run_python(code, PYTHONOPTIMIZE="1").stdout)
    assert line.startswith("DO  Python: it runs with -O, which removes every check")
    assert "Unset PYTHONOPTIMIZE" in line


def test_an_unreadable_list_of_versions_is_a_line_and_not_a_traceback(monkeypatch):
    def fail():
        raise PermissionError("one reason\nand another")

    monkeypatch.setattr(room, "_supported", fail)
    check = classroom.room_check()
    assert repr(check).splitlines()[0] == (
        "DO  versions: PermissionError. one reason and another"
    )
    assert not check.ok


def notebook(folder, name, **own):
    content = {
        "metadata": {"cae_keras": own},
        "cells": [
            {"metadata": {"lecture_items": ["B10", "A2"]}},
            {"metadata": {"lecture_items": ["B1", "C6b"]}},
        ],
    }
    (folder / name).write_text(json.dumps(content))


def test_the_map_is_made_from_the_metadata(tmp_path):
    notebook(tmp_path, "11_b.ipynb", question="Which?", seconds=100)
    notebook(tmp_path, "06_a.ipynb", question="What?", seconds=20)
    (tmp_path / "notes.ipynb").write_text("no numbered notebook")
    table = classroom.course_map(tmp_path)
    assert table[1:] == [
        ["[06_a](06_a.ipynb)", "What?", "A2 B1 B10 C6b", "under 1 min"],
        ["[11_b](11_b.ipynb)", "Which?", "A2 B1 B10 C6b", "2 min"],
    ]
    assert "| [06_a](06_a.ipynb) | What? |" in table._repr_markdown_()
    assert repr(table).splitlines()[1].startswith("[06_a](06_a.ipynb)  What?")


def test_the_routes_link_what_exists_and_bracket_what_does_not(tmp_path):
    notebook(tmp_path, "06_a.ipynb", question="What?", seconds=20)
    table = classroom.routes(tmp_path)
    assert table[1] == ["one lecture", "[06](06_a.ipynb) (03) (10)"]
    assert table[3][1].count("(") == 18


@pytest.mark.parametrize(
    "own",
    [{}, {"question": "What?"}, {"seconds": 3}, {"question": "?", "seconds": 0.5}],
)
def test_a_notebook_without_question_or_time_is_refused(tmp_path, own):
    notebook(tmp_path, "06_a.ipynb", **own)
    with pytest.raises(ValueError, match=r"Received: 06_a.ipynb with \{"):
        classroom.course_map(tmp_path)


def test_a_folder_without_notebooks_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="must be notebooks in"):
        classroom.course_map(tmp_path)


def test_the_routes_name_each_notebook_once():
    for numbers in course.ROUTES.values():
        assert len(set(numbers)) == len(numbers)
