"""What the test run needs for the notebooks, beyond what nbval does.

nbval runs each cell and compares its text with the stored text. Here we add: silence
instead of progress bars, time for late messages on a busy machine, the number of a cell
as Jupyter shows it, failures in plain text, a comparison of the pictures, and no
tolerance for anything written to the standard error.
"""

import base64
import io
import os
import re

import matplotlib
import numpy as np
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile
from PIL import Image

os.environ["CAE_KERAS_QUIET"] = "1"  # the kernels inherit it: no progress bars
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
matplotlib.use("Agg")  # not MPLBACKEND, which the kernels would inherit

# Seen between stored and fresh pictures: 0.000 on one machine, 0.035 with another
# matplotlib, 0.16 with the wrong digits drawn.
PICTURE_LIMIT = 0.08
# A training decides these pictures in detail: another processor draws another one. The
# cell claims what they show.
NOT_COMPARED = "trained-picture"
OUTPUT_TIMEOUT = 60  # seconds; nbval's 5 are too few on a busy machine


# Colours and the like, which would stand in JUnit's report, and in a log.
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Cell(IPyNbCell):
    """nbval's cell, with time to answer and its failure in plain text."""

    def setup(self):
        super().setup()
        self.output_timeout = OUTPUT_TIMEOUT

    def repr_failure(self, excinfo):
        return ESCAPES.sub("", super().repr_failure(excinfo))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Number the cells from 1, as Jupyter's In [1]; nbval counts from 0."""
    report = yield
    if isinstance(collector, IPyNbFile):
        report.result = [
            Cell.from_parent(
                collector,
                name=f"Cell {number}",
                cell_num=number,
                cell=item.cell,
                options=item.options,
            )
            for number, item in enumerate(report.result, 1)
        ]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield
    if isinstance(item, Cell):
        errors = [
            output.text
            for output in item.test_outputs or []
            if output.output_type == "stream" and output.name == "stderr"
        ]
        if errors:
            item.raise_cell_error("The cell wrote to the standard error", errors[0])
        if item.options["check"]:
            compare_pictures(item)
    return result


def compare_pictures(item):
    """Fail the cell if its pictures are not those that the notebook stores."""
    stored, fresh = pictures_of(item.cell.outputs), pictures_of(item.test_outputs)
    if len(stored) != len(fresh):
        item.raise_cell_error(
            f"The cell drew {len(fresh)} pictures, the notebook stores {len(stored)}"
        )
    if NOT_COMPARED in item.cell.metadata.get("tags", []):
        return
    for number, (old, new) in enumerate(zip(stored, fresh, strict=True), 1):
        difference = float(np.sqrt(np.mean((old - new) ** 2)))
        if not difference <= PICTURE_LIMIT:
            item.raise_cell_error(
                f"Picture {number} differs from the stored one: root mean square "
                f"{difference:.3f}, at most {PICTURE_LIMIT} is allowed"
            )


def pictures_of(outputs):
    """Return the PNG pictures of a cell's outputs, 64x64, grey, 0 to 1."""
    pictures = []
    for output in outputs or []:
        data = output.get("data", {}).get("image/png")
        if data:
            image = Image.open(io.BytesIO(base64.b64decode(data))).convert("L")
            pictures.append(np.asarray(image.resize((64, 64)), dtype=float) / 255)
    return pictures
