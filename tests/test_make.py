"""`make` makes the environment, and says what is missing where it cannot."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make")

# A Python that only says what it is asked: its version, whether it has venv; asked for
# an environment it makes one whose Python writes down what it is called with.
PYTHON = """#!/bin/sh
case "$*" in
    *version_info*) exit {old} ;;
    *ensurepip*) exit {bare} ;;
    --version) echo "Python {version}" ;;
    "-m venv --clear "*)
        mkdir -p "$4/bin"
        printf '#!/bin/sh\\necho "$@" >> "%s/log"\\n' "$4" > "$4/bin/python"
        chmod +x "$4/bin/python" ;;
esac
"""


@pytest.fixture
def make(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)

    def run(*targets, old=0, bare=0, version="3.12.1"):
        python = tmp_path / "some-python"
        python.write_text(PYTHON.format(old=old, bare=bare, version=version))
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        # An outer `make test` hands its own settings down in these.
        handed_down = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "PYTEST_ARGS")
        return subprocess.run(
            ["make", *targets, f"PYTHON={python}"],
            cwd=tmp_path,
            env={k: v for k, v in os.environ.items() if k not in handed_down},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def installations(folder):
    log = folder / ".venv" / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line for line in lines if "pip install" in line]


def test_the_environment_is_made_once_from_the_requirements(make, tmp_path):
    assert make("test").returncode == 0
    assert len(installations(tmp_path)) == 1
    assert installations(tmp_path)[0].endswith("-r requirements.txt")
    assert (tmp_path / ".venv" / "log").read_text().splitlines()[-1] == "-m pytest"
    assert make("test").returncode == 0
    assert len(installations(tmp_path)) == 1


def test_it_is_made_anew_when_the_requirements_changed(make, tmp_path):
    make("test")
    ready = tmp_path / ".venv" / ".ready"
    later = ready.stat().st_mtime + 10
    os.utime(tmp_path / "requirements.txt", (later, later))
    (tmp_path / ".venv" / "log").unlink()
    assert make("test").returncode == 0
    assert len(installations(tmp_path)) == 1


@pytest.mark.parametrize("target", ["lab", "test"])
def test_a_python_that_is_too_old_gets_a_sentence(make, tmp_path, target):
    result = make(target, old=1, version="3.8.18")
    assert result.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13, and found Python 3.8.18" in result.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_python_without_venv_gets_a_sentence(make, tmp_path):
    result = make("lab", bare=1)
    assert result.returncode != 0
    assert "has no venv module" in result.stderr
    assert "apt install python3-venv" in result.stderr
    assert not (tmp_path / ".venv").exists()


def test_help_names_every_command(make):
    named = {line.split()[0] for line in make("help").stdout.splitlines()}
    commands = {"lab", "test", "notebooks", "slides", "lint", "repository", "help"}
    assert commands <= named
