"""The wheel is complete: installed on its own, without the clone, it works.

hatchling builds it without a network, and pip unpacks it into an empty folder.
"""

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]

DATA = {
    "README.md",
    "SHA256SUMS",
    "expected_results.csv",
    "fashion_mnist_test.npz",
    "mnist.npz",
    "rebuild.py",
}

# Run where the clone is out of sight. Its last line is what the tests look at.
PROBE = """
import json, sys
from pathlib import Path
import cae_keras
early = sorted({"keras", "tensorflow", "numpy"} & {*sys.modules})
from cae_keras import classroom, data, models
(train, _), (test, _) = data.load_mnist(digits=(1, 5, 6))
fashion, labels = data.load_fashion_mnist()
classroom.start()
room = classroom.room_check()
try:
    classroom.course_map()
except FileNotFoundError as error:
    no_notebooks = str(error)
print(json.dumps({
    "package": cae_keras.__file__,
    "path": sys.path,
    "early": early,
    "mnist": [train.shape, test.shape],
    "fashion": [fashion.shape, labels.shape],
    "results": (data.data_folder() / "expected_results.csv").read_text("utf-8"),
    "parameters": models.build_autoencoder().count_params(),
    "checked": [line.subject for line in room.lines],
    "to do": [str(line) for line in room.lines if line.advice],
    "no notebooks": no_notebooks,
}))
"""


def build(kind, source, destination):
    """Build a "wheel" or an "sdist" from a folder and return its path."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", destination],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = destination.iterdir()
    return built


def contents(wheel):
    """Return {name: bytes} of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of the installed wheel, and what the probe found there."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    pip += ["--disable-pip-version-check", "--target", site, wheel]
    subprocess.run(pip, check=True, capture_output=True)
    result = subprocess.run(
        [sys.executable, "-P", "-c", PROBE],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return site, json.loads(result.stdout.splitlines()[-1])


def test_the_package_comes_from_the_wheel_and_not_from_the_clone(installed):
    site, found = installed
    assert Path(found["package"]) == site / "cae_keras" / "__init__.py"
    assert str(ROOT) not in found["path"]


def test_importing_it_loads_no_framework(installed):
    assert installed[1]["early"] == []


def test_its_data_are_all_there(installed):
    _, found = installed
    assert found["mnist"] == [[18_081, 28, 28, 1], [2_985, 28, 28, 1]]
    assert found["fashion"] == [[1_000, 28, 28, 1], [1_000]]
    results = (ROOT / "data" / "expected_results.csv").read_text(encoding="utf-8")
    assert found["results"] == results


def test_its_model_is_the_lectures(installed):
    assert installed[1]["parameters"] == 457_953


def test_its_room_check_knows_the_supported_versions(installed):
    _, found = installed
    packages = [text.split(">=")[0] for text in PROJECT["dependencies"]]
    others = ["Python", "data", "backend", "training"]
    assert sorted(found["checked"]) == sorted([*packages, *others])
    assert found["to do"] == []


def test_where_there_are_no_notebooks_the_map_says_so(installed):
    assert "They come with a clone of the course" in installed[1]["no notebooks"]


def test_it_holds_the_package_the_data_and_nothing_else(wheel):
    modules = (ROOT / "cae_keras").rglob("*.py")
    wanted = {path.relative_to(ROOT).as_posix() for path in modules}
    wanted |= {f"cae_keras/_data/{name}" for name in DATA}
    found = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert found == wanted


def test_it_holds_the_licences_of_code_and_data(wheel):
    kept = {name for name in contents(wheel) if "/licenses/" in name}
    for name in ("LICENSE", "data/README.md"):
        assert any(path.endswith(f"/licenses/{name}") for path in kept), name


def test_a_source_archive_builds_the_same_wheel_even_in_an_untidy_folder(
    wheel, tmp_path
):
    archive = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as stream:
        # Python 3.11.4 brought filters, and 3.12 warns where none is set.
        stream.extraction_filter = getattr(tarfile, "data_filter", None)
        stream.extractall(tmp_path)
    (source,) = tmp_path.glob("cae_keras-*")
    for name in ("cae_keras/__pycache__/a.pyc", "data/__pycache__/b.pyc"):
        (source / name).parent.mkdir()
        (source / name).write_bytes(b"left over")
    (source / "data" / "mnist.npz.part").write_bytes(b"left over")
    assert contents(build("wheel", source, tmp_path / "wheel")) == contents(wheel)
