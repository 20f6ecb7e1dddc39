"""Write each notebook as a slide deck: one file that opens without a network.

    python .ci/write_slides.py [--into FOLDER] [NUMBER ...]

The decks show the outputs that the notebooks store; nothing is executed. The cells'
metadata `slideshow.slide_type` say where a slide begins. In a deck, the arrow keys or
the space bar turn the pages, F fills the screen, Esc shows all slides.
"""

import argparse
import logging
import os
import re
import sys
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from traitlets.config import Config

CI = Path(__file__).resolve().parent
NOTEBOOKS = CI.parent / "notebooks"
SLIDES = CI.parent / "slides"

# A picture from the network in Markdown, such as a badge, also one that is a link.
REMOTE_PICTURE = re.compile(r"(\[)?!\[[^\]]*\]\(https?://[^)]*\)(?(1)\]\([^)]*\))")
LINK_TO_NOTEBOOK = re.compile(r'(?<=href=")([0-9]{2}_\w+)\.ipynb(?=["#])')

SETTINGS = Config(
    {
        "SlidesExporter": {
            "template_name": "slide_template",
            "extra_template_basedirs": [str(CI)],
            "exclude_input_prompt": True,
            "exclude_output_prompt": True,
            "exclude_anchor_links": True,
            "embed_images": True,
        },
        "CSSHTMLHeaderPreprocessor": {"style": "default"},
        # No widgets and no scripts: they would need a kernel or a network. What can be
        # used by hand in a notebook is shown as the text or picture beside it.
        "NbConvertBase": {
            "display_data_priority": [
                "text/html",
                "text/markdown",
                "image/svg+xml",
                "image/png",
                "image/jpeg",
                "text/latex",
                "text/plain",
            ]
        },
    }
)


def deck(path):
    """Return a notebook's slide deck as the text of an HTML file."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = REMOTE_PICTURE.sub("", cell.source)
    resources = {"metadata": {"name": path.stem, "path": str(path.parent)}}
    html, _ = SlidesExporter(config=SETTINGS).from_notebook_node(notebook, resources)
    return LINK_TO_NOTEBOOK.sub(r"\1.slides.html", html)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write notebooks as slide decks.")
    parser.add_argument("numbers", metavar="NUMBER", nargs="*", help="such as 10")
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=SLIDES)
    chosen = parser.parse_args(arguments)
    # nbconvert warns that figures have no text beside them for those who cannot see.
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    paths = [
        path
        for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
        if not chosen.numbers or path.name[:2] in chosen.numbers
    ]
    if not paths:
        sys.exit(
            "There must be a notebook whose name begins with the number. "
            f"Received: {' '.join(chosen.numbers)}, none in {NOTEBOOKS}"
        )
    chosen.into.mkdir(parents=True, exist_ok=True)
    for path in paths:
        target = chosen.into / f"{path.stem}.slides.html"
        part = target.with_name(target.name + ".part")
        part.write_text(deck(path), encoding="utf-8", newline="\n")
        os.replace(part, target)
        print(target)


if __name__ == "__main__":
    main()
