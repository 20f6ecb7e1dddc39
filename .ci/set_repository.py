"""Set the public address of the course wherever it is written.

    python .ci/set_repository.py [--root FOLDER] URL

It is written in pyproject.toml (its home), in the setup cell of every notebook, and, if
it is on GitHub, as the *Open in Colab* badge in every title cell. An empty URL clears
all of them. Every file is checked before the first one is written.
"""

import argparse
import os
import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import nbformat

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "main"
COLAB = "https://colab.research.google.com"
IMAGE = f"{COLAB}/assets/colab-badge.svg"

HOME_LINE = re.compile(r'(?<=^repository = )".*"$', re.MULTILINE)
SETUP_LINE = re.compile(r'(?<=^REPOSITORY = )"[^"\n]*"', re.MULTILINE)
BADGE = re.compile(r"\n\n\[!\[Open in Colab\]\([^)]*\)\]\([^)]*\)")

ADDRESS = re.compile(
    r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?"  # the host, in lower case
    r"(/(?!\.\.?(/|$))[A-Za-z0-9._~+-]+)+"  # the path, not empty, no slash at its end
)


def checked(url):
    """Return the address as it will be written.

    It must be `https://HOST/PATH` without a slash at its end, a user name, a question
    mark or a character that would need quotes. On GitHub it must be the repository's
    front page; the ".git" that GitHub's clone button appends is dropped there, since a
    badge cannot have it. Other hosts may need their ".git", which stays.

    Raises:
        ValueError: if it is anything else.
    """
    if not url:
        return ""
    if not ADDRESS.fullmatch(url):
        raise ValueError(
            "The course's address must be https://HOST/PATH, in plain characters and "
            f"without a slash at its end, or empty. Received: {url!r}"
        )
    if urlsplit(url).hostname in {"github.com", "www.github.com"}:
        owner_and_name = urlsplit(url).path.removesuffix(".git").split("/")[1:]
        if len(owner_and_name) != 2 or not owner_and_name[1]:
            raise ValueError(
                "An address on GitHub must be https://github.com/OWNER/NAME. "
                f"Received: {url!r}"
            )
        return "https://github.com/" + "/".join(owner_and_name)
    return url


def with_home(text, url):
    """Return pyproject.toml's text with the address in [tool.cae_keras]."""
    head, table, rest = text.partition("[tool.cae_keras]\n")
    own, bracket, others = rest.partition("\n[")
    own, count = HOME_LINE.subn(f'"{url}"', own)
    if not table or count != 1:
        raise ValueError(
            "pyproject.toml must have a table [tool.cae_keras] with one line "
            f'repository = "...". Received: {count} such lines'
        )
    changed = head + table + own + bracket + others
    if tomllib.loads(changed)["tool"]["cae_keras"]["repository"] != url:
        raise ValueError(
            f"pyproject.toml must be plain TOML. Received: a file where {url!r} would "
            "not be read back"
        )
    return changed


def with_address(notebook, url, path):
    """Put the address into a notebook's setup cell, and a badge into its title cell.

    Args:
        notebook: NotebookNode, which is changed.
        url: str, a checked address or "".
        path: str, where the notebook lies in the repository, with forward slashes.
    """
    title = notebook.cells[0] if notebook.cells else nbformat.v4.new_raw_cell()
    setups = [cell for cell in notebook.cells if cell.get("id") == "setup"]
    if title.cell_type != "markdown" or not title.source.startswith("# "):
        raise ValueError(
            "The first cell of a notebook must be its title, which begins with '# '. "
            f"Received: {path} with {title.source[:40]!r}"
        )
    lines = [len(SETUP_LINE.findall(cell.source)) for cell in setups]
    if lines != [1]:
        raise ValueError(
            'A notebook must have one cell "setup" with one line REPOSITORY = "...". '
            f"Received: {path} with {len(setups)} such cells, {sum(lines)} such lines"
        )
    setups[0].source = SETUP_LINE.sub(f'"{url}"', setups[0].source)
    heading, *rest = BADGE.sub("", title.source).split("\n", 1)
    title.source = "\n".join([heading + badge(url, path), *rest])


def badge(url, path):
    """Return the badge as a paragraph, or "" if Colab cannot open the address."""
    host, repository = urlsplit(url).hostname, urlsplit(url).path
    if host != "github.com":
        return ""
    target = f"{COLAB}/github{repository}/blob/{BRANCH}/{path}"
    return f"\n\n[![Open in Colab]({IMAGE})]({target})"


def new_contents(root, url):
    """Return {path: text} for the files that change."""
    home = root / "pyproject.toml"
    old = {home: home.read_text(encoding="utf-8")}
    new = {home: with_home(old[home], url)}
    for path in sorted((root / "notebooks").glob("**/[0-9][0-9]_*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        old[path] = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(old[path], as_version=4)
        with_address(notebook, url, path.relative_to(root).as_posix())
        # As .ci/execute_notebooks.py writes them.
        new[path] = nbformat.writes(notebook).rstrip("\n") + "\n"
    if len(new) == 1:
        raise ValueError(
            f"The course must have notebooks. Received: none in {root / 'notebooks'}"
        )
    return {path: text for path, text in new.items() if text != old[path]}


def write_beside(contents):
    """Write each new text beside its file, or none. Return {written path: path}."""
    parts = {}
    try:
        for path, text in contents.items():
            part = path.with_name(path.name + ".part")
            with part.open("w", encoding="utf-8", newline="\n") as stream:
                parts[part] = path
                stream.write(text)
    except OSError:
        for part in parts:
            part.unlink()
        raise
    return parts


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Set the course's public address.")
    parser.add_argument("url", metavar="URL", help='https://..., or "" to clear it')
    parser.add_argument("--root", type=Path, default=ROOT, help="the course's folder")
    chosen = parser.parse_args(arguments)
    try:
        url = checked(chosen.url)
        parts = write_beside(new_contents(chosen.root, url))
    except (OSError, ValueError) as error:
        sys.exit(f"{error}\nNothing was changed.")
    for part, path in parts.items():
        os.replace(part, path)
    print(f"The address is {url or 'empty'}: {len(parts)} files changed.")


if __name__ == "__main__":
    main()
