"""The course's public address is the same everywhere, and one command sets it."""

import contextlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".ci" / "set_repository.py"
GITHUB = "https://github.com/someone/a-course.of_mine"
LONG = "https://github.com/an-institute-with-a-long-name/convolutional-course"
ELSEWHERE = "https://git.example.edu:8443/~group/sub/course.git"

REFUSED = [
    "github.com/someone/course",
    "http://github.com/someone/course",
    "git@github.com:someone/course.git",
    "ssh://git@github.com/someone/course",
    "https://",
    "https:///someone/course",
    "https://github.com",
    "https://github.com/",
    "https://github.com/someone",
    "https://github.com/someone/.git",
    "https://github.com/someone/course/",
    "https://github.com/someone/course/tree/main",
    "https://github.com/someone//course",
    "https://localhost/course",
    "https://git.example.edu",
    "https://git.example.edu/../course",
    "https://user:secret@git.example.edu/course",
    "https://git.example.edu/course?branch=main",
    "https://git.example.edu/course#readme",
    "https://git.example.edu/a course",
    "https://git.example.edu/course ",
    " ",
    'https://git.example.edu/"course',
    "https://git.example.edu/'course",
    "https://git.example.edu/`course`",
    "https://git.example.edu/$(course)",
    "https://git.example.edu/c\\ourse",
    "https://git.example.edu/course\n",
    "https://git.example.edu/course\nREPOSITORY = 1",
    "https://git.example.edu/kürs",
]


def notebook_paths(root):
    return sorted(
        path
        for path in (root / "notebooks").glob("**/[0-9][0-9]_*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )


@pytest.fixture
def copy_of_the_course(tmp_path):
    """A copy of the files that hold the address."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path in notebook_paths(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


@pytest.fixture
def course(copy_of_the_course):
    """A copy without an address, in the form in which the script writes."""
    set_address(copy_of_the_course, "")
    return copy_of_the_course


def load_script():
    specification = importlib.util.spec_from_file_location("set_repository", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


script = load_script()


def set_address(root, url):
    """Run the script in this process, which saves a second a call.

    Returns:
        Its exit code, and what it wrote or said at its end.
    """
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        try:
            script.main(["--root", str(root), url])
        except SystemExit as end:
            return 1, str(end.code)
    return 0, written.getvalue()


def contents(root):
    return {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}


def address_in_pyproject(root):
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["cae_keras"]["repository"]


def cell(path, name):
    cells = nbformat.read(path, as_version=4).cells
    (found,) = [cell for cell in cells if cell.id == name]
    return found.source


def address_in_setup(path):
    (line,) = re.findall(r"^REPOSITORY = .*$", cell(path, "setup"), re.MULTILINE)
    namespace = {}
    exec(line, namespace)
    return namespace["REPOSITORY"]


def expected_badge(root, path, url):
    """Return the title cell's second paragraph as it must be with this address."""
    within = url.removeprefix("https://github.com/")
    if within == url:
        return None
    colab = "https://colab.research.google.com"
    target = f"{colab}/github/{within}/blob/main/{path.relative_to(root).as_posix()}"
    return f"[![Open in Colab]({colab}/assets/colab-badge.svg)]({target})"


def assert_address_everywhere(root, url):
    assert address_in_pyproject(root) == url
    for path in notebook_paths(root):
        assert address_in_setup(path) == url, path.name
        title = cell(path, "title")
        badge = expected_badge(root, path, url)
        assert title.count("colab.research") == (2 if badge else 0), path.name
        if badge:
            assert title.split("\n\n")[1] == badge, path.name


def test_the_course_has_one_address_everywhere():
    assert notebook_paths(ROOT)
    assert_address_everywhere(ROOT, address_in_pyproject(ROOT))


def test_setting_the_address_that_it_has_changes_no_byte(copy_of_the_course):
    before = contents(copy_of_the_course)
    url = address_in_pyproject(copy_of_the_course)
    assert "0 files changed" in set_address(copy_of_the_course, url)[1]
    assert contents(copy_of_the_course) == before


@pytest.mark.parametrize("url", [GITHUB, LONG, ELSEWHERE])
def test_an_address_is_set_everywhere_and_cleared_without_a_trace(course, url):
    before = contents(course)
    assert set_address(course, url)[0] == 0
    assert_address_everywhere(course, url)
    assert contents(course).keys() == before.keys()
    assert set_address(course, "")[0] == 0
    assert contents(course) == before


def test_setting_it_twice_changes_nothing_and_another_replaces_it(course):
    set_address(course, GITHUB)
    once = contents(course)
    modified = {path: path.stat().st_mtime_ns for path in once}
    assert "0 files changed" in set_address(course, GITHUB)[1]
    assert {path: path.stat().st_mtime_ns for path in once} == modified
    set_address(course, LONG)
    assert_address_everywhere(course, LONG)
    set_address(course, ELSEWHERE)
    assert_address_everywhere(course, ELSEWHERE)
    set_address(course, GITHUB)
    assert contents(course) == once


def test_only_the_address_and_the_badge_change(course):
    before = contents(course)
    set_address(course, GITHUB)
    for path, content in contents(course).items():
        old, new = before[path].decode().split("\n"), content.decode().split("\n")
        added = [line for line in new if line not in old]
        removed = [line for line in old if line not in new]
        allowed = "REPOSITORY|repository = |Open in Colab"
        assert added, path.name
        assert all(re.search(allowed, line) for line in added), path.name
        assert all(re.search(allowed, line) for line in removed), path.name
        assert len(removed) == 1, path.name


def test_outputs_and_execution_counts_stay(course):
    path = notebook_paths(course)[0]
    notebook = nbformat.read(path, as_version=4)
    output = nbformat.v4.new_output("stream", text="REPOSITORY = 1\nü\n")
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.outputs, code.execution_count = [output], 7
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    set_address(course, GITHUB)
    changed = nbformat.read(path, as_version=4)
    code = next(cell for cell in changed.cells if cell.cell_type == "code")
    assert (code.outputs, code.execution_count) == ([output], 7)


@pytest.mark.parametrize(
    "given", [GITHUB + ".git", GITHUB.replace("//", "//www."), GITHUB]
)
def test_addresses_on_github_are_written_in_one_way(course, given):
    set_address(course, given)
    assert_address_everywhere(course, GITHUB)


def test_what_is_no_address_is_refused_and_changes_nothing(course):
    set_address(course, GITHUB)
    before = contents(course)
    for url in REFUSED:
        code, message = set_address(course, url)
        assert code == 1, url
        assert " must be https://" in message, url
        assert f"Received: {url!r}" in message
        assert contents(course) == before, url


def broken_setup(root):
    path = notebook_paths(root)[-1]
    path.write_text(path.read_text(encoding="utf-8").replace("REPOSITORY = ", "R = "))
    return f'one line REPOSITORY = "...". Received: {path.relative_to(root).as_posix()}'


def broken_title(root):
    path = notebook_paths(root)[-1]
    path.write_text(path.read_text(encoding="utf-8").replace('"# ', '"', 1))
    return f"begins with '# '. Received: {path.relative_to(root).as_posix()}"


def no_home(root):
    path = root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("\nrepository = ", "\n# "))
    return "with one line repository ="


def no_notebooks(root):
    shutil.rmtree(root / "notebooks")
    return "must have notebooks"


@pytest.mark.parametrize("damage", [broken_setup, broken_title, no_home, no_notebooks])
def test_nothing_is_written_if_one_file_is_not_as_expected(course, damage):
    sentence = damage(course)
    before = contents(course)
    code, message = set_address(course, GITHUB)
    assert code == 1
    assert sentence in message
    assert contents(course) == before


@pytest.mark.skipif(os.name == "nt", reason="needs a folder that cannot be written to")
def test_a_disk_that_refuses_leaves_every_file_as_it_was(course):
    before = contents(course)
    # The last file cannot be written: a folder has the name of its temporary file.
    last = notebook_paths(course)[-1]
    last.with_name(last.name + ".part").mkdir()
    code, message = set_address(course, GITHUB)
    assert code == 1
    assert "Nothing was changed" in message
    assert contents(course) == before


@pytest.mark.skipif(not find_spec("ruff"), reason="ruff is not installed")
def test_the_notebooks_stay_clean_for_the_linter_with_a_long_address(course):
    set_address(course, LONG)
    ours = ["--config", 'lint.isort.known-first-party = ["cae_keras"]']
    for command in (["check", *ours], ["format", "--check"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", course],
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_command_line_says_what_happened_and_fails_with_1(course):
    def run(url):
        command = [sys.executable, SCRIPT, "--root", course, url]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good, bad = run(GITHUB), run("course")
    assert (good.returncode, good.stderr) == (0, "")
    assert GITHUB in good.stdout
    assert bad.returncode == 1
    assert "Received: 'course'" in bad.stderr
    assert "Traceback" not in bad.stderr
    assert_address_everywhere(course, GITHUB)
