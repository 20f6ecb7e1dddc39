"""The package works on every Keras backend that is installed."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

HERE = Path(__file__).resolve().parent
# Every file that loads Keras. What the others test computes the same on any backend.
TESTS = [
    "test_arguments.py",
    "test_channels_first.py",
    "test_export.py",
    "test_models.py",
    "test_enlarging.py",
    "test_bilinear_forms.py",
    "test_layers.py",
    "test_layers_saving.py",
    "test_unpooling_layers.py",
    "test_reference_upsampling.py",
    "test_layer_table.py",
    "test_shapes_against_keras.py",
    "test_plotting.py",
    "test_exercises.py",
    "test_expected_results.py",
    "test_classroom.py",
    "test_training_step.py",
]
LOADS_KERAS = {"keras", "models", "layers", "exercises", "classroom"}
NOT_HERE = {"test_backends.py", "test_notebooks.py"}  # itself; reads notebooks only


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="this run is already on another backend",
)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_package_gives_the_same_on_another_backend(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=short"]
    result = subprocess.run(
        command + [f"tests/{name}" for name in TESTS],
        cwd=HERE.parent,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        said = result.stdout or result.stderr
        _, _, summary = said.rpartition("short test summary info")
        again = " ".join([f"KERAS_BACKEND={backend} python", *command[1:], "tests/..."])
        pytest.fail(
            f"On {backend}, which `{again}` repeats:\n{summary[-3000:]}\n"
            f"The first failures:\n{said.partition(' FAILURES ')[2][:5000]}\n"
            f"{result.stderr[-1000:]}",
            pytrace=False,
        )


def imports_of(path):
    """Return each part of what a file imports, and what from: a set of words."""
    words = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            words |= {part for name in node.names for part in name.name.split(".")}
        if isinstance(node, ast.ImportFrom) and node.module:
            words |= {*node.module.split("."), *[name.name for name in node.names]}
    return words


def test_every_file_that_loads_keras_runs_on_every_backend():
    found = {
        path.name for path in HERE.glob("test_*.py") if LOADS_KERAS & imports_of(path)
    }
    assert found - NOT_HERE == {*TESTS}
