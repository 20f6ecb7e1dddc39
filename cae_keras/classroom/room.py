"""The room check: is this computer ready for the course?"""

import os
import platform
import sys
import time
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from .quiet import RESTART, chosen_backend, usable_backend


@dataclass(frozen=True)
class Line:
    """One checked thing: what was found, and what to do if it is not right."""

    subject: str
    found: str
    advice: str = ""  # empty: nothing to do

    def __str__(self):
        if not self.advice:
            return f"OK  {self.subject}: {self.found}"
        return f"DO  {self.subject}: {self.found}. {self.advice}"


@dataclass(frozen=True)
class RoomCheck:
    """The lines of a room check. `ok` tells whether there is nothing to do."""

    lines: tuple[Line, ...]

    @property
    def ok(self):
        """True if every line says OK."""
        return not any(line.advice for line in self.lines)

    def __repr__(self):
        return "\n".join(map(str, self.lines))


def room_check():
    """Check the versions, the data, the backend, the device and one training step.

    Returns:
        A `RoomCheck`, which shows itself as one line a checked thing: "OK", or "DO"
        with what to do. It never raises: what fails becomes a line.

    Example:
        >>> isinstance(room_check().ok, bool)
        True
    """
    lines = [*_lines_of("versions", _version_lines), *_lines_of("data", _data)]
    backend = _lines_of("backend", _backend)
    lines += backend
    if RoomCheck(tuple(backend)).ok:  # else a training fails for the same reason
        lines += _lines_of("training", _training_step)
    return RoomCheck(tuple(lines))


def _lines_of(subject, check):
    """Return what a check found as lines; an error becomes a line, too."""
    try:
        found = check()
    except Exception as error:  # a check of a room must not end in a traceback
        advice = " ".join(str(error).splitlines())
        advice = advice or f"Restart the kernel and try again: {error!r}"
        return [Line(subject, type(error).__name__, advice)]
    return found if isinstance(found, list) else [Line(subject, found)]


def _version_lines():
    python, requirements = _supported()
    lines = [_version_line("Python", platform.python_version(), python, "Install it")]
    if sys.flags.optimize:
        found = "it runs with -O, which removes every check of the notebooks"
        advice = "Unset PYTHONOPTIMIZE, and start Jupyter anew without -O"
        lines.append(Line("Python", found, advice))
    for requirement in requirements:
        name = requirement.name
        if name == "tensorflow" and chosen_backend() != "tensorflow":
            continue
        command = f'Run: pip install "{name}{requirement.specifier}", {RESTART}'
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            lines.append(Line(name, "missing", command))
            continue
        lines.append(_version_line(name, version, requirement.specifier, command))
    return lines


def _version_line(subject, version, supported, command):
    if supported.contains(version, prereleases=True):
        return Line(subject, version)
    return Line(
        subject, f"{version}, but the course is tested with {supported}", command
    )


def _supported():
    """Return the supported Pythons and packages: pyproject.toml's, or the wheel's."""
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if pyproject.exists():
        project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
        python, texts = project["requires-python"], project["dependencies"]
    else:
        python = metadata.metadata("cae-keras")["Requires-Python"]
        texts = metadata.requires("cae-keras")
    requirements = [Requirement(text) for text in texts]
    return SpecifierSet(python), [r for r in requirements if r.marker is None]


def _data():
    from cae_keras import data

    (train_images, _), (test_images, _) = data.load_mnist()
    return (
        f"{len(train_images):,} training and {len(test_images):,} test images, "
        "checksum right"
    )


def _backend():
    usable_backend()
    import keras

    try:
        devices = keras.distribution.list_devices()
    except Exception:  # Keras cannot list PyTorch's devices
        devices = [str(keras.ops.zeros(1).device)]
    return f"{keras.backend.backend()} on {', '.join(devices)}, {os.cpu_count()} cores"


def _training_step():
    import numpy as np

    from cae_keras import data, models

    images = data.load_mnist(digits=1)[1][0][:50]
    autoencoder = models.build_autoencoder()
    autoencoder.compile(optimizer="adam", loss="mse")
    weights = autoencoder.get_weights()
    began = time.perf_counter()
    loss = float(autoencoder.train_on_batch(images, images))
    seconds = time.perf_counter() - began
    changed = any(
        np.any(new != old)
        for new, old in zip(autoencoder.get_weights(), weights, strict=True)
    )
    if not np.isfinite(loss) or not changed:
        raise RuntimeError(
            f"One step gave the loss {loss} and changed the weights: {changed}. "
            "Restart the kernel; if this remains, install the versions of "
            "requirements.txt in a new environment"
        )
    return f"a first step with 50 images took {seconds:.1f} s"
