"""The quiet start, the progress bars, the room check and the course map."""

import json
import os
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
def test_the_start_chooses_tensorflow_with_onednn_unless_somebody_else_chose():
    code = (
        "from cae_keras import classroom; classroom.start(); import os; "
        "print(os.environ['KERAS_BACKEND'], os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    )
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
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match=f"0 or more. Received: {seed!r}"):
        classroom.start(seed)


def test_a_person_sees_a_progress_bar_and_a_machine_does_not(monkeypatch):
    assert classroom.progress() == 0  # this is a test run
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv(quiet.QUIET, "1")
    assert classroom.progress() == 0
    monkeypatch.delenv(quiet.QUIET)
    assert classroom.progress() == 1
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "plain pytest --nbval")
    assert classroom.progress() == 0


def test_this_room_is_ready():
    check = classroom.room_check()
    assert check.ok, repr(check)
    subjects = [line.subject for line in check.lines]
    assert {"Python", "keras", "numpy", "data", "backend", "training"} <= {*subjects}
    assert all(line.startswith("OK  ") for line in repr(check).splitlines())


def test_a_missing_package_and_an_old_one_say_what_to_install(monkeypatch):
    def version(name):
        if name == "matplotlib":
            raise metadata.PackageNotFoundError(name)
        return "1.0.0" if name == "keras" else real(name)

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
