"""The package works on every Keras backend that is installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = [
    "test_models.py",
    "test_bilinear_forms.py",
    "test_layers.py",
    "test_layers_saving.py",
    "test_unpooling_layers.py",
    "test_reference_upsampling.py",
    "test_layer_table.py",
    "test_shapes_against_keras.py",
]


@pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow",
    reason="this run is already on another backend",
)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_package_gives_the_same_on_another_backend(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *[f"tests/{name}" for name in TESTS]],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-2000:]
