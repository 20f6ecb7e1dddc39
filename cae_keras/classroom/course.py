"""The map of the course and its routes, made from the notebooks' own metadata."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

# The notebooks' numbers in the order in which each route takes them.
ROUTES = {
    "one lecture": ("06", "03", "10"),
    "the order of the notes (lectures C and E)": (
        *("06", "07", "08", "13", "01", "03", "05", "10", "11"),
    ),
    "all": tuple(f"{number:02d}" for number in range(1, 19)),
}


@dataclass(frozen=True)
class Notebook:
    """What a notebook's metadata say of it. `seconds` are measured on two CPU cores."""

    file: str
    question: str
    items: tuple[str, ...]
    seconds: int

    @property
    def number(self):
        """The two digits that the file's name begins with."""
        return self.file[:2]

    @property
    def lectures(self):
        """The lectures' letters with the IDs of their slides, such as "B1 B5"."""
        return " ".join(self.items) or "-"

    @property
    def minutes(self):
        """The running time in words."""
        minutes = round(self.seconds / 60)
        return f"{minutes} min" if minutes else "under 1 min"


class Table(list):
    """Rows of strings, the first one the head, shown as a Markdown table."""

    def _repr_markdown_(self):
        head, *rows = [f"| {' | '.join(row)} |" for row in self]
        return "\n".join([head, "|" + " --- |" * len(self[0]), *rows])

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(*self, strict=True)]
        return "\n".join(
            "  ".join(map(str.ljust, row, widths)).rstrip() for row in self
        )


def read_notebooks(folder=None):
    """Read the metadata of all notebooks.

    Args:
        folder: where they lie; None for `notebooks/` beside the package.

    Returns:
        A list of `Notebook`, in the order of their numbers.

    Raises:
        FileNotFoundError: if there is no notebook in the folder.
        ValueError: if a notebook has no question or no running time in its metadata.
    """
    folder = Path(folder or Path(__file__).resolve().parents[2] / "notebooks")
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        raise FileNotFoundError(
            f"There must be notebooks in {folder}. They come with a clone of the "
            "course, not with the installed package."
        )
    return [_read_notebook(path) for path in paths]


def course_map(folder=None):
    """Return the table of notebooks: question, slides of the lectures, minutes.

    Args:
        folder: as in `read_notebooks`.

    Returns:
        A `Table`, which a notebook shows as such; its rows are lists of strings.

    Raises:
        FileNotFoundError, ValueError: as `read_notebooks`.
    """
    rows = [["notebook", "the question", "slides", "runs in"]]
    for notebook in read_notebooks(folder):
        link = f"[{notebook.file.removesuffix('.ipynb')}]({notebook.file})"
        rows.append([link, notebook.question, notebook.lectures, notebook.minutes])
    return Table(rows)


def routes(folder=None):
    """Return the routes through the course, with what is still to be written.

    Args:
        folder: as in `read_notebooks`.

    Returns:
        A `Table` with a row a route: its name, its notebooks in order.

    Raises:
        FileNotFoundError, ValueError: as `read_notebooks`.
    """
    files = {notebook.number: notebook.file for notebook in read_notebooks(folder)}
    rows = [["route", "notebooks, in this order"]]
    for name, numbers in ROUTES.items():
        steps = [f"[{n}]({files[n]})" if n in files else f"({n})" for n in numbers]
        rows.append([name, " ".join(steps)])
    return Table(rows)


def _read_notebook(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    own = content["metadata"].get("cae_keras", {})
    question, seconds = own.get("question"), own.get("seconds")
    if not question or not isinstance(seconds, int):
        raise ValueError(
            "A notebook's metadata must hold `cae_keras` with a `question` and whole "
            f"`seconds`. Received: {path.name} with {own}"
        )
    items = {
        item
        for cell in content["cells"]
        for item in cell["metadata"].get("lecture_items", [])
    }
    return Notebook(path.name, question, tuple(sorted(items, key=_natural)), seconds)


def _natural(item):
    """Sort A2 before A10: split into letter, number, rest."""
    letter, number, rest = re.fullmatch(r"([A-Z])(\d+)(.*)", item).groups()
    return letter, int(number), rest
