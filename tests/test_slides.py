"""Each notebook becomes a slide deck, one file that opens without a network."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
BADGE = "[![Open in Colab](https://example.org/badge.svg)](https://example.org/nb)"


def load_script():
    path = ROOT / ".ci" / "write_slides.py"
    specification = importlib.util.spec_from_file_location("write_slides", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


script = load_script()


class Deck(HTMLParser):
    """What the tests want to know of a deck, read as a browser would read it."""

    def __init__(self, html):
        super().__init__()
        self.loaded, self.links, self.texts = [], [], {}
        self.horizontal = self.vertical = 0
        self.open = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name in ("src", "srcset", "data", "poster", "background"):
            self.loaded += [attributes[name]] if attributes.get(name) else []
        self.loaded += re.findall(
            r"url\([\"']?([^)\"']*)", attributes.get("style") or ""
        )
        if tag == "a":
            self.links.append(attributes.get("href"))
        elif "href" in attributes:
            self.loaded.append(attributes["href"])
        if tag == "section":
            self.horizontal += "section" not in self.open
            self.vertical += "section" in self.open
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        tag = self.open[-1] if self.open else ""
        self.texts[tag] = self.texts.get(tag, "") + data
        if tag == "style":
            self.loaded += re.findall(r"url\([\"']?([^)\"']*)", data)
            self.loaded += re.findall(r"@import[^;]*", data)

    @property
    def outside(self):
        """The addresses that a browser would have to fetch."""
        return [what for what in self.loaded if not what.startswith("data:")]

    @property
    def pictures(self):
        """The pictures that the deck has in it, but for the icons of reveal.js."""
        return [what for what in self.loaded if what.startswith("data:image/png")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The decks of all notebooks."""
    folder = tmp_path_factory.mktemp("decks") / "slides"
    script.main(["--into", str(folder)])
    return folder


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def deck(folder, path):
    return Deck((folder / f"{path.stem}.slides.html").read_text(encoding="utf-8"))


def slide_types(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.metadata.slideshow.slide_type for cell in cells]


def own_notebook(tmp_path, *cells):
    """Write a notebook of (kind, source) cells, each a slide, and return its deck."""
    new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    made = [
        new[kind](source, metadata={"slideshow": {"slide_type": "slide"}})
        for kind, source in cells
    ]
    path = tmp_path / "99_own.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


def test_every_notebook_has_a_deck_and_nothing_else_is_written(folder):
    wanted = [f"{path.stem}.slides.html" for path in NOTEBOOKS]
    assert sorted(path.name for path in folder.iterdir()) == wanted


def test_a_deck_loads_nothing(deck):
    assert deck.outside == []
    scripts = deck.texts["script"]
    # An address in reveal.js's own comment is not loaded; requests would be.
    addresses = set(re.findall(r"https?://[\w.]+", scripts))
    assert addresses <= {"https://revealjs.com", "https://hakim.se"}
    assert not re.search(r"\bimport\s*\(|\bimportScripts|\brequire\(\[", scripts)


def test_a_deck_brings_its_own_reveal(deck):
    vendored = ROOT / ".ci" / "slide_template" / "static" / "reveal"
    for name, tag in {"reveal.js": "script", "reveal.css": "style"}.items():
        assert (vendored / name).read_text(encoding="utf-8") in deck.texts[tag]
    assert "Reveal.initialize" in deck.texts["script"]
    assert "Permission is hereby granted" in (vendored / "LICENSE").read_text()


def test_its_slides_are_those_of_the_metadata(deck, path):
    types = slide_types(path)
    assert deck.horizontal == types.count("slide")
    assert deck.vertical == types.count("slide") + types.count("subslide")
    assert deck.open == []


def test_it_shows_pictures_and_results_but_no_prompts_and_no_skipped_cells(
    deck, folder, path
):
    html = (folder / f"{path.stem}.slides.html").read_text(encoding="utf-8")
    stored = [
        output
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code" and cell.metadata.slideshow.slide_type != "skip"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(deck.pictures) == len(stored)
    assert not re.search(r"In(&nbsp;|\xa0)\[|Out\[", html)
    assert "REPOSITORY = " not in html


def test_links_to_notebooks_lead_to_their_decks(folder, deck):
    for link in deck.links:
        assert not re.match(r"\d\d_\w+\.ipynb", link), link
        if re.match(r"\d\d_", link):
            assert (folder / link).exists(), link


def test_a_badge_is_left_out(tmp_path):
    title = f"# Title\n\n{BADGE}\n\n![alone](https://example.org/x.png) text\n\n"
    path = own_notebook(tmp_path, ("markdown", title + "[link](https://example.org)"))
    deck = Deck(script.deck(path))
    assert deck.outside == []
    assert deck.links == ["https://example.org"]
    assert "text" in deck.texts["p"]


def test_a_picture_beside_the_notebook_is_put_into_the_deck(tmp_path):
    picture = next((ROOT / "notebooks").glob("*.png")).read_bytes()
    (tmp_path / "picture.png").write_bytes(picture)
    path = own_notebook(tmp_path, ("markdown", "![what it shows](picture.png)"))
    deck = Deck(script.deck(path))
    assert len(deck.pictures) == 1
    assert deck.outside == []


def test_formulas_long_code_and_tags_in_a_text_do_no_harm(tmp_path):
    long = "x = [" + "1, " * 200 + "]\n" + "y = '</section></script>'\n" * 60
    cells = ("markdown", "# Formula\n\n$$\\sum_i x_i < y$$ and $a_1$"), ("code", long)
    deck = Deck(script.deck(own_notebook(tmp_path, *cells)))
    assert (deck.horizontal, deck.vertical, deck.open) == (2, 2, [])
    assert deck.outside == []


def test_some_notebooks_can_be_chosen_and_a_missing_one_is_named(tmp_path):
    script.main(["--into", str(tmp_path), "00"])
    (written,) = tmp_path.iterdir()
    assert written.name.startswith("00_")
    with pytest.raises(SystemExit, match="Received: 98, none in"):
        script.main(["--into", str(tmp_path), "98"])
