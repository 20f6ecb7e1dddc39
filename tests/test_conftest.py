"""The test run of a notebook goes red on other pictures and on the standard error."""

import base64
import io
import os
import shutil
import subprocess
import sys
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
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copy(ROOT / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    cells = [
        nbformat.v4.new_code_cell(
            source, execution_count=i, outputs=[output] if output else [], metadata=tags
        )
        for i, (source, (output, tags, _)) in enumerate(CELLS.items(), 1)
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "lesson.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "--color=no", "-rA", "."]
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    result = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_a_cell_fails_for_its_reason_or_passes(report, number):
    expected = list(CELLS.values())[number][2]
    if expected == "passed":
        assert f"PASSED lesson.ipynb::Cell {number}\n" in report
        return
    assert f"FAILED lesson.ipynb::Cell {number} " in report
    # A set, since on a CI pytest says it in its summary, too.
    (reason,) = {r for r in report.splitlines() if r.startswith(f"Cell {number}: ")}
    assert expected in reason
