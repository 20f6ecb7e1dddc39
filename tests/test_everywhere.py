"""`make everywhere` goes on after a failure, resumes, and says what failed where."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".ci" / "everywhere.py"
REPORT = """<testsuites><testsuite>
<testcase classname="notebooks.10_a.ipynb" name="Cell 3"/>
<testcase classname="notebooks.10_a.ipynb" name="Cell 4"><failure/></testcase>
<testcase classname="notebooks.solutions.10_a.ipynb" name="Cell 1"><error/></testcase>
<testcase classname="tests.test_models" name="test_a"><failure>no</failure></testcase>
<testcase classname="tests.test_models" name="test_b"><skipped/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def script():
    specification = importlib.util.spec_from_file_location("everywhere", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    sys.modules["everywhere"] = module  # its dataclass looks itself up there
    specification.loader.exec_module(module)
    yield module
    del sys.modules["everywhere"]


@pytest.fixture
def course(script, tmp_path, monkeypatch):
    """A course of two notebooks, two environments, and a run that a test decides."""
    (tmp_path / "notebooks" / "solutions").mkdir(parents=True)
    cells = [
        {"cell_type": "markdown", "id": "a", "source": "text"},
        {"cell_type": "code", "id": "b", "source": "1"},
    ]
    for name in ("00_a", "01_b", "solutions/01_b"):
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps({"cells": cells}))
    for name in ("conftest.py", "pyproject.toml", "requirements.txt"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "FOLDER", tmp_path / ".everywhere")
    monkeypatch.setattr(script, "TABLE", tmp_path / "everywhere.md")
    monkeypatch.setattr(script, "NUMBERS", ["00", "01"])
    both = [
        script.Environment("as-it-is", jobs=("00", "01")),
        script.Environment("one-thread", {"THREADS": "1"}, jobs=("01",)),
    ]
    monkeypatch.setattr(script, "environments", lambda: both)
    script.asked, script.failing = [], {}

    def run(environment, job, python):
        script.asked.append((environment.name, job))
        failed = script.failing.get((environment.name, job), [])
        return {"passed": 2, "failed": failed, "seconds": 3}

    monkeypatch.setattr(script, "run", run)
    return script


def start(course, monkeypatch, *arguments):
    course.asked.clear()
    monkeypatch.setattr(sys, "argv", ["everywhere.py", *arguments])
    with pytest.raises(SystemExit) as stop:
        course.main()
    return stop.value.code


def test_it_runs_each_job_once_and_again_only_what_changed(course, monkeypatch):
    jobs = [("as-it-is", "00"), ("as-it-is", "01"), ("one-thread", "01")]
    assert start(course, monkeypatch) == 0
    assert sorted(course.asked) == jobs
    assert start(course, monkeypatch) == 0
    assert course.asked == []
    (course.ROOT / "notebooks" / "solutions" / "01_b.ipynb").write_text('{"cells": []}')
    assert start(course, monkeypatch) == 0
    assert sorted(course.asked) == jobs[1:]
    (course.ROOT / "conftest.py").write_text("# another")
    assert start(course, monkeypatch, "one-thread") == 0
    assert course.asked == jobs[2:]


@pytest.mark.parametrize(
    ("cell", "asked"), [(0, []), (1, [("as-it-is", "01"), ("one-thread", "01")])]
)
def test_a_notebook_runs_again_for_its_code_not_for_its_prose(
    course, monkeypatch, cell, asked
):
    start(course, monkeypatch)
    path = course.ROOT / "notebooks" / "01_b.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][cell]["source"] += " and more"
    path.write_text(json.dumps(notebook))
    start(course, monkeypatch)
    assert sorted(course.asked) == asked


def test_a_notebook_runs_again_for_its_own_judge_alone(course, monkeypatch):
    folder = course.ROOT / "cae_keras" / "exercises"
    folder.mkdir(parents=True)
    for name, asked in [
        ("notebook_00.py", [("as-it-is", "00")]),
        ("notebook_01.py", [("as-it-is", "01"), ("one-thread", "01")]),
        ("notebook_02.py", []),
        ("answers.py", [("as-it-is", "00"), ("as-it-is", "01"), ("one-thread", "01")]),
    ]:
        start(course, monkeypatch)
        (folder / name).write_text("HINT = 1")
        start(course, monkeypatch)
        assert sorted(course.asked) == asked


def test_tests_run_again_for_prose(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "ROOT", tmp_path)
    path = tmp_path / "notebooks" / f"{script.NUMBERS[0]}_a.ipynb"
    path.parent.mkdir()
    found = []
    for text in ("text", "another"):
        cells = [{"cell_type": "markdown", "source": text}]
        path.write_text(json.dumps({"cells": cells}))
        found.append(script.fingerprint(script.Environment("a"), "backend tests"))
    assert len({*found}) == 2


def test_a_failure_stops_nothing_and_is_in_the_table(course, monkeypatch, capsys):
    course.failing["as-it-is", "01"] = [f"Cell {n}" for n in range(6)]
    assert start(course, monkeypatch, "--record") == 1
    assert len(course.asked) == 3
    rows = [
        "| environment | tests | 00 | 01 |",
        "| as-it-is | - | green | Cell 0; Cell 1; Cell 2; Cell 3; 2 more |",
        "| one-thread | - | - | green |",
    ]
    printed, recorded = capsys.readouterr().out, course.TABLE.read_text()
    for row in rows:
        assert row in printed and row in recorded
    assert "2 of 3 jobs are green" in printed


def test_an_environment_that_cannot_be_made_is_red_and_tried_again(course, monkeypatch):
    def prepare(environment):
        if environment.variables:
            raise RuntimeError("no network")

    monkeypatch.setattr(course, "prepare", prepare)
    assert start(course, monkeypatch) == 1
    assert ("one-thread", "01") not in course.asked
    monkeypatch.setattr(course, "prepare", lambda environment: "python")
    assert start(course, monkeypatch) == 0
    assert course.asked == [("one-thread", "01")]


def test_an_unknown_environment_is_refused(course, monkeypatch):
    assert "No environment is called two-threads" in start(
        course, monkeypatch, "two-threads"
    )


def test_a_report_becomes_the_names_of_what_failed(script, tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    failed = ["Cell 4", "solution: Cell 1", "test_models::test_a"]
    assert script.read_report(path) == (1, failed)
    assert script.read_report(tmp_path / "none.xml") == (0, [])


def test_each_code_cell_stands_twice_in_a_row(course):
    copy = json.loads((course.ROOT / course.with_cells_twice("notebooks/00_a.ipynb"))
                      .read_text())  # fmt: skip
    assert [cell["id"] for cell in copy["cells"]] == ["a", "b", "b-again"]
    numbers = [course.once_or_again([n]) for n in (1, 2, 3, 4)]  # as in a match
    assert numbers == ["1", "1 again", "2", "2 again"]


SKIPPED = "import pytest\n\n@pytest.mark.skip\ndef test_a():\n    pass\n"


@pytest.mark.parametrize(
    ("tests", "ending"), [("", 5), (SKIPPED, 0), ("raise OSError", 2)]
)
def test_a_run_without_a_single_test_is_red(
    script, tmp_path, monkeypatch, tests, ending
):
    (tmp_path / "test_some.py").write_text(tests)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    monkeypatch.setattr(script, "paths_of", lambda job: ["test_some.py"])
    result = script.run(script.Environment("as-it-is"), "tests", sys.executable)
    assert result["passed"] == 0
    assert result["failed"][-1] == f"pytest ended with {ending}"


def test_the_environments_are_those_that_the_course_promises(script):
    names = {environment.name for environment in script.environments()}
    promised = {"as-it-is", "sse4.1", "avx2"}
    promised |= {"no-onednn", "one-thread", "cells-twice", "rounding"}
    promised |= {f"seed+{seed}" for seed in (1, 2, 3, 4)} | {"jax", "torch"}
    assert promised <= names
