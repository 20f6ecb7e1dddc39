"""A notebook that is opened alone, as in Colab, fetches the course and runs.

No network is needed: a bare clone of the working tree stands in for GitHub, and git is
told to look there instead.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "https://github.com/nobody/course-under-test"
FETCHED = "cae_keras_course"
FIRST = "00_start_here.ipynb"
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))

WHERE = "import cae_keras; print(cae_keras.__file__)"
FORGET = "%reset -f"


def git(*arguments, folder=ROOT):
    command = ["git", *map(str, arguments)]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command}\n{result.stderr}"
    return result.stdout


def in_a_checkout():
    command = ["git", "rev-parse", "--show-toplevel"]
    try:
        result = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return False
    return result.returncode == 0 and Path(result.stdout.strip()).samefile(ROOT)


@pytest.fixture(scope="module", autouse=True)
def colab(tmp_path_factory):
    """The environment that kernels and git inherit: no course in it, and no network."""
    if not in_a_checkout():
        pytest.skip("the course must be a git checkout, with git installed")
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")  # this environment's Python
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_ALLOW_PROTOCOL", "file")  # git may not use the network
        patch.setenv("GIT_TERMINAL_PROMPT", "0")
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # set in a hook
            patch.delenv(name, raising=False)
        find = (
            "import importlib.util, sys; sys.exit(bool(importlib.util.find_spec(%r)))"
        )
        command = [sys.executable, "-c", find % "cae_keras"]
        if subprocess.run(command, cwd=home, check=False).returncode:
            pytest.skip("cae_keras is installed here, so no notebook would fetch it")
        yield home


@pytest.fixture(scope="module")
def published(colab, tmp_path_factory):
    """The working tree with a public address, and what git shows at that address.

    Returns:
        The tree's folder, and that of the bare repository.
    """
    tree = tmp_path_factory.mktemp("tree") / "course"
    for name in git("ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():  # a removed file is listed, too
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    script = [sys.executable, tree / ".ci" / "set_repository.py", ADDRESS]
    subprocess.run(script, check=True, capture_output=True)
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    git("init", "-q", folder=tree)
    git("add", "-A", "-f", folder=tree)
    git(*identity, "commit", "-q", "--no-verify", "-m", "tree", folder=tree)
    bare = tree.with_name("course.git")
    git("clone", "-q", "--bare", tree, bare)
    return tree, bare


def redirect(colab, bare):
    """Let git find a folder where the address points to."""
    (colab / "gitconfig").write_text(f'[url "{bare.as_uri()}"]\ninsteadOf={ADDRESS}\n')


class Session:
    """A fresh kernel in a folder, which runs cells one by one."""

    def __init__(self, folder):
        self.client = NotebookClient(
            nbformat.v4.new_notebook(),
            kernel_name="python3",
            timeout=120,
            resources={"metadata": {"path": str(folder)}},
        )

    def __enter__(self):
        # Under pytest a kernel would not show what its child processes, such as git,
        # write to the standard error.
        environment = {**os.environ}
        environment.pop("PYTEST_CURRENT_TEST", None)
        self.kernel = self.client.setup_kernel(env=environment)
        self.kernel.__enter__()
        return self

    def __exit__(self, *error):
        self.kernel.__exit__(*error)

    def run(self, source):
        """Run a cell and return its outputs; raise CellExecutionError if it fails."""
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        return cell.outputs

    def text(self, source):
        return "".join(output.text for output in self.run(source)).strip()


def code_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.cell_type == "code"}


def alone(notebook, folder):
    """Put a notebook into an empty folder and return its code cells by their ids."""
    folder.mkdir()
    shutil.copy(notebook, folder)
    return code_cells(folder / notebook.name)


def test_without_an_address_the_setup_cell_says_what_to_do(published, tmp_path):
    tree, _ = published
    cells = alone(tree / "notebooks" / FIRST, tmp_path / "content")
    setup = cells["setup"].replace(f'"{ADDRESS}"', '""')
    assert setup != cells["setup"]
    wanted = pytest.raises(CellExecutionError)
    with Session(tmp_path / "content") as session, wanted as caught:
        session.run(setup)
    assert caught.value.ename == "ModuleNotFoundError"
    assert "open this notebook from its folder in the course" in caught.value.evalue
    assert "pip install" in caught.value.evalue
    assert [path.name for path in (tmp_path / "content").iterdir()] == [FIRST]


def test_a_notebook_alone_fetches_the_course_even_after_a_failed_try(
    published, colab, tmp_path
):
    """One kernel tries in vain, fetches, runs notebook 00, then all imports."""
    tree, bare = published
    content = tmp_path / "content"
    cells = alone(tree / "notebooks" / FIRST, content)
    with Session(content) as session:
        redirect(colab, bare.with_name("missing.git"))
        with pytest.raises(CellExecutionError) as caught:
            session.run(cells["setup"])
        assert ADDRESS in str(caught.value), "the address that failed must be shown"
        assert [path.name for path in content.iterdir()] == [FIRST]

        redirect(colab, bare)
        assert session.run(cells.pop("setup")) == []
        assert session.run(cells.pop("imports")) == []
        assert session.text(WHERE) == str(content / FETCHED / "cae_keras/__init__.py")

        for name, source in cells.items():
            for output in session.run(source):
                assert output.get("name") != "stderr", (name, output.text)
        assert session.text("print(room.ok)") == "True"
        assert session.text("print(len(classroom.course_map()))") == str(len(NAMES) + 1)

        for name in NAMES:
            others = code_cells(tree / "notebooks" / name)
            session.run(FORGET)
            assert session.run(others["setup"]) == [], name
            assert session.run(others["imports"]) == [], name


def test_a_restarted_kernel_uses_what_was_fetched(published, colab, tmp_path):
    tree, bare = published
    content = tmp_path / "content"
    cells = alone(tree / "notebooks" / NAMES[-1], content)
    git("clone", "-q", bare, content / FETCHED)
    redirect(colab, bare.with_name("missing.git"))  # a second fetch would fail
    with Session(content) as session:
        assert session.run(cells["setup"]) == []
        assert session.run(cells["imports"]) == []
        assert session.text(WHERE) == str(content / FETCHED / "cae_keras/__init__.py")


def test_in_a_clone_nothing_is_fetched(published, colab):
    tree, bare = published
    redirect(colab, bare.with_name("missing.git"))
    cells = code_cells(tree / "notebooks" / "solutions" / FIRST)
    with Session(tree / "notebooks" / "solutions") as session:
        assert session.run(cells["setup"]) == []
        assert session.text(WHERE) == str(tree / "cae_keras/__init__.py")
    assert not (tree / "notebooks" / "solutions" / FETCHED).exists()
