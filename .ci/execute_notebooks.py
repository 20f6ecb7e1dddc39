"""Execute notebooks cleanly, in place: the only way in which outputs are made.

    python .ci/execute_notebooks.py [NUMBER ...]

Each notebook runs from top to bottom in a kernel of its own. It is written when it has
run without an error and without a word on the standard error, and not before. The map
in notebook 00 depends on the others, so 00 runs last.
"""

import base64
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PICTURE_TAG = "readme-picture"


def execute(path):
    """Run one notebook; write it if all went well. Return what went wrong, or ""."""
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    title = path.relative_to(NOTEBOOKS)
    began = time.perf_counter()
    done = 0

    def show_progress(**_):
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            bar = ("#" * (done * 20 // len(cells))).ljust(20, ".")
            seconds = time.perf_counter() - began
            line = f"\r{title} [{bar}] {done}/{len(cells)} cells, {seconds:.0f} s "
            print(line, end="", file=sys.stderr, flush=True)

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=show_progress,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return str(error)
    for number, cell in enumerate(cells, 1):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                return f"Cell {number} wrote to the standard error:\n{output.text}"
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    write(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode())
    write_picture(cells)
    stated = notebook.metadata.get("cae_keras", {}).get("seconds", "none")
    seconds = time.perf_counter() - began
    print(f"\r{title}: {seconds:.0f} s (stated: {stated})".ljust(79))
    return ""


def write(path, content):
    """Replace a file, all or nothing."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(part, path)


def write_picture(cells):
    """Write the picture that the README shows, if this notebook draws it."""
    for cell in cells:
        if PICTURE_TAG in cell.metadata.get("tags", []):
            png = cell.outputs[0].data["image/png"]
            write(NOTEBOOKS / "overview.png", base64.b64decode(png))


def main():
    # The kernel must be this environment's Python and show no progress bars.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["CAE_KERAS_QUIET"] = "1"
    wanted = sys.argv[1:]
    paths = [
        path
        for path in sorted(NOTEBOOKS.glob("**/[0-9][0-9]_*.ipynb"))
        if ".ipynb_checkpoints" not in path.parts
        and (not wanted or path.name[:2] in wanted)
    ]
    if not paths:
        sys.exit(f"No notebook begins with {' or '.join(wanted)} in {NOTEBOOKS}")
    failures = {}
    for path in sorted(paths, key=lambda path: path.name.startswith("00")):
        problem = execute(path)
        if problem:
            failures[str(path.relative_to(NOTEBOOKS))] = problem
            print(f"\r{path.name} is unchanged, since it failed:\n{problem}\n")
    sys.exit(f"{len(failures)} failed: {', '.join(failures)}" if failures else 0)


if __name__ == "__main__":
    main()
