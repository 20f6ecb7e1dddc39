"""The test run of a notebook goes red on other pictures and on the standard error.

Its report is plain text, and numbers the cells as Jupyter does.
"""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent

DRAW = """import io
import numpy as np
from IPython.display import display
from PIL import Image
picture = Image.fromarray(np.full((40, 60), 200, dtype=np.uint8))
file = io.BytesIO()
picture.save(file, "png")
display({"image/png": file.getvalue(), "text/plain": "a picture"}, raw=True)"""


def drawn(grey):
    """Return the stored output of a cell that drew a picture of one grey, 0 to 255."""
    file = io.BytesIO()
    Image.fromarray(np.full((40, 60), grey, dtype=np.uint8)).save(file, "png")
    png = base64.b64encode(file.getvalue()).decode()
    return nbformat.v4.new_output(
        "display_data", {"image/png": png, "text/plain": "a picture"}
    )


def said(text):
    return nbformat.v4.new_output("stream", text=text)


IGNORED = {"tags": ["nbval-ignore-output"]}
TRAINED = {"tags": ["trained-picture"]}
CELLS = {
    "print('right')": (said("right\n"), {}, "passed"),
    "print('wrong')": (said("right\n"), {}, "Cell outputs differ"),
    "1 / 0": (None, {}, "Cell execution caused an exception"),
    "import sys; sys.stderr.write('careful')": (None, IGNORED, "the standard error"),
    DRAW: (drawn(200), {}, "passed"),
    DRAW + "  # nearly": (drawn(190), {}, "passed"),
    DRAW + "  # darker": (drawn(170), {}, "Picture 1 differs"),
    DRAW + "  # no picture is stored": (
        nbformat.v4.new_output("display_data", {"text/plain": "a picture"}),
        {},
        "drew 1 pictures, the notebook stores 0",
    ),
    DRAW + "  # anything goes": (drawn(0), IGNORED, "passed"),
    DRAW + "  # decided by a training": (drawn(0), TRAINED, "passed"),
    DRAW + "  # decided by a training, but not stored": (
        nbformat.v4.new_output("display_data", {"text/plain": "a picture"}),
        TRAINED,
        "drew 1 pictures, the notebook stores 0",
    ),
    DRAW + "  # decided by a training, another text": (
        nbformat.v4.new_output("display_data", {"text/plain": "two pictures"}),
        TRAINED,
        "Cell outputs differ",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with our conftest and a notebook of these cells, under a heading."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copy(ROOT / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    cells = [nbformat.v4.new_markdown_cell("# A heading")] + [
        nbformat.v4.new_code_cell(
            source, execution_count=i, outputs=[output] if output else [], metadata=tags
        )
        for i, (source, (output, tags, _)) in enumerate(CELLS.items(), 1)
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "lesson.ipynb")
    return folder


def run_pytest(folder, *arguments, **environment):
    inherited = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", *arguments],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def report(folder):
    """JUnit's report of a run with colours: {name of a cell: why it failed, or ""}."""
    run_pytest(folder, "--color=yes", "--junitxml=report.xml", ".")
    cases = ElementTree.parse(folder / "report.xml").iter("testcase")
    return {case.get("name"): case.findtext("failure", "") for case in cases}


@pytest.mark.parametrize("number", range(1, len(CELLS) + 1))
def test_a_cell_fails_for_its_reason_or_passes(report, number):
    source, (_, _, expected) = list(CELLS.items())[number - 1]
    failure = report[f"Cell {number}"]
    if expected == "passed":
        assert failure == ""
        return
    (reason,) = [r for r in failure.splitlines() if r.startswith(f"Cell {number}: ")]
    assert expected in reason
    assert source in failure


def test_the_cells_have_the_numbers_that_jupyter_shows(report):
    assert list(report) == [f"Cell {number}" for number in range(1, len(CELLS) + 1)]


def test_a_cell_is_chosen_by_the_number_that_is_reported(folder):
    chosen = run_pytest(folder, "-rA", "--color=no", "lesson.ipynb::Cell 2").stdout
    assert "FAILED lesson.ipynb::Cell 2 " in chosen
    assert "print('wrong')" in chosen and "1 failed in" in chosen


def test_the_report_is_plain_text(folder, report):
    assert "ZeroDivisionError: division by zero" in report["Cell 3"]
    text = (folder / "report.xml").read_text(encoding="utf-8")
    assert not re.search(r"\x1b|#x1B|\[[0-9;]+m", text)


def test_a_python_that_strips_the_checks_is_red(folder):
    result = run_pytest(folder, "lesson.ipynb::Cell 1", PYTHONOPTIMIZE="1")
    assert result.returncode != 0
    assert "python -O" in result.stderr
