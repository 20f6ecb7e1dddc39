"""`make` makes the environment, and says what is missing where it cannot."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make")

# A Python that only says what it is asked: its version, whether it has venv; asked for
# an environment it makes one whose commands write down what they are called with, and
# whose pip fails without a network.
PYTHON = """#!/bin/sh
case "$*" in
    *version_info*) exit {old} ;;
    *ensurepip*) exit {bare} ;;
    --version) echo "Python {version}" ;;
    "-m venv --clear "*)
        rm -rf "$4"
        mkdir -p "$4/bin"
        cp "{folder}/command" "$4/bin/python"
        cp "{folder}/command" "$4/bin/jupyter" ;;
esac
"""
COMMAND = """#!/bin/sh
echo "$@" >> "${0%/bin/*}/log"
echo "PYTHONOPTIMIZE=$PYTHONOPTIMIZE" >> "${0%/bin/*}/environment"
case "$*" in *"pip install"*) [ -z "$NO_NETWORK" ] ;; esac
"""


@pytest.fixture
def make(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)

    def write(name, text):
        path = tmp_path / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    write("command", COMMAND)

    def run(*targets, old=0, bare=0, version="3.12.1", user=1000, **environment):
        asked = dict(old=old, bare=bare, version=version, folder=tmp_path)
        python = write("some-python", PYTHON.format(**asked))
        write("id", f"#!/bin/sh\necho {user}\n")
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        # An outer `make test` hands its own settings down in these.
        handed_down = {"MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "PYTEST_ARGS"}
        handed_down |= {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}
        inherited = {k: v for k, v in os.environ.items() if k not in handed_down}
        return subprocess.run(
            ["make", *targets, f"PYTHON={python}"],
            cwd=tmp_path,
            env={**inherited, "PATH": path, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def calls(folder):
    """What the environment's commands were called with, in their order."""
    log = folder / ".venv" / "log"
    return log.read_text().splitlines() if log.exists() else []


def installations(folder):
    return [call for call in calls(folder) if "pip install" in call]


def change_requirements(folder, text="\n# changed\n"):
    """Append to the requirements ("": only touch them), later than the last make."""
    path = folder / "requirements.txt"
    path.write_text(path.read_text() + text)
    later = (folder / ".venv" / ".ready").stat().st_mtime + 10
    os.utime(path, (later, later))


def test_the_environment_is_made_once_from_the_requirements(make, tmp_path):
    assert make("test").returncode == 0
    assert len(installations(tmp_path)) == 1
    assert installations(tmp_path)[0].endswith("-r requirements.txt")
    assert calls(tmp_path)[-1] == "-m pytest"
    assert make("test").returncode == 0
    assert len(installations(tmp_path)) == 1


def test_it_is_made_anew_when_the_requirements_changed(make, tmp_path):
    for _ in range(3):  # from one place to the other and back
        assert make("test").returncode == 0
        assert len(installations(tmp_path)) == 1
        assert calls(tmp_path)[-1] == "-m pytest"
        assert len(list((tmp_path / ".venvs").iterdir())) == 1
        (tmp_path / ".venv" / "log").unlink()
        change_requirements(tmp_path)


def test_without_a_network_it_starts_if_the_requirements_were_only_touched(
    make, tmp_path
):
    make("test")
    change_requirements(tmp_path, "")
    result = make("lab", NO_NETWORK="1")
    assert result.returncode == 0, result.stderr
    assert len(installations(tmp_path)) == 1
    assert calls(tmp_path)[-1].startswith("lab ")


def test_without_a_network_the_old_one_lives_and_is_started_as_the_message_says(
    make, tmp_path
):
    make("test")
    before = calls(tmp_path)
    change_requirements(tmp_path)
    result = make("lab", NO_NETWORK="1")
    assert result.returncode != 0
    assert "could not be made" in result.stderr
    assert "making it needs a network" in result.stderr
    assert calls(tmp_path) == before
    message = "The old one is as it was. To start with it: make "
    (line,) = [line for line in result.stderr.splitlines() if message in line]
    again = make(*line.removeprefix(message).split(), NO_NETWORK="1")
    assert again.returncode == 0, again.stderr
    assert calls(tmp_path)[-1].startswith("lab ")
    assert make("lab").returncode == 0  # with a network again
    assert calls(tmp_path)[0].startswith("-m pip install")


def test_without_a_network_the_first_time_there_is_a_sentence_and_no_remnant(
    make, tmp_path
):
    result = make("lab", NO_NETWORK="1")
    assert result.returncode != 0
    assert "making it needs a network" in result.stderr
    assert "The old one" not in result.stderr
    assert not (tmp_path / ".venv").exists()
    assert list((tmp_path / ".venvs").iterdir()) == []


@pytest.mark.parametrize("kind", ["a folder", "a link to another's"])
def test_an_environment_from_elsewhere_lives_until_the_new_one_is_complete(
    make, tmp_path, kind
):
    old = tmp_path / (".venv" if kind == "a folder" else "shared")
    (old / "bin").mkdir(parents=True)
    (old / ".ready").touch()
    if kind != "a folder":
        (tmp_path / ".venv").symlink_to(old)
    change_requirements(tmp_path)
    assert make("test", NO_NETWORK="1").returncode != 0
    assert (tmp_path / ".venv").samefile(old)
    assert {path.name for path in old.iterdir()} == {"bin", ".ready"}
    assert make("test").returncode == 0
    assert calls(tmp_path)[-1] == "-m pytest"
    if kind != "a folder":
        assert {path.name for path in old.iterdir()} == {"bin", ".ready"}


def test_clean_removes_both_the_link_and_what_it_leads_to(make, tmp_path):
    make("test")
    assert make("clean").returncode == 0
    assert not (tmp_path / ".venv").is_symlink()
    assert not (tmp_path / ".venvs").exists()


def test_the_checks_are_not_stripped(make, tmp_path):
    assert make("test", PYTHONOPTIMIZE="1").returncode == 0
    environment = (tmp_path / ".venv" / "environment").read_text()
    assert set(environment.splitlines()) == {"PYTHONOPTIMIZE="}


START = "lab --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is a display")
@pytest.mark.parametrize(
    ("user", "environment", "options"),
    [
        (1000, {"DISPLAY": ":0"}, ""),
        (1000, {"WAYLAND_DISPLAY": "wayland-0"}, ""),
        (1000, {"BROWSER": "firefox"}, ""),
        (1000, {}, " --no-browser"),
        (0, {"DISPLAY": ":0"}, " --allow-root"),
        (0, {}, " --allow-root --no-browser"),
    ],
)
def test_the_lab_starts_with_notebook_00_for_root_and_without_a_display_too(
    make, tmp_path, user, environment, options
):
    result = make("lab", user=user, **environment)
    assert result.returncode == 0, result.stderr
    assert calls(tmp_path)[-1] == f"{START}00_start_here.ipynb{options}"
    assert (ROOT / "notebooks" / "00_start_here.ipynb").exists()
    assert ("You are root" in result.stdout) == (user == 0)
    assert ("open the address below" in result.stdout) == ("--no-b" in options)


def test_the_lab_takes_options(make, tmp_path):
    options = "--ip 0.0.0.0 --port=9000"
    result = make("lab", f"LAB_ARGS={options}", DISPLAY=":0")
    assert result.returncode == 0, result.stderr
    assert calls(tmp_path)[-1] == f"{START}00_start_here.ipynb {options}"


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
