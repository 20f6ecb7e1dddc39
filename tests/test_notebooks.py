"""Each notebook has the form of the course, and its outputs come from one clean run."""

import ast
import base64
import json
import re
import statistics
from pathlib import Path

import pytest

from cae_keras import classroom, exercises

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("[0-9][0-9]_*.ipynb"))
TAGS = {
    "nbval-ignore-output",
    "raises-exception",
    "readme-picture",
    "trained-picture",  # not compared, see the README
}
ENDING = ["Where the lecture and the code differ", "Summary", "Exercises"]

# The slides that each finished notebook teaches: lecture's letter, number of the slide.
ITEMS = {
    "00": set(),
    "01": {"A6", "A8", "A9", "B2", "B3", "D1", "D2", "D3", "E8", "E9"},
    "02": {"A4", "A5", "C14", "D4"},
    "03": {"A7", "A8", "A10", "B4", "C13", "D5", "D6", "D7"},
    "04": {"A3", "B1", "D4"},
    "05": {"A11", "C12a", "E5a"},
    "10": {"B1", "B5", "B6", "B7", "C6b", "C18", "E1"},
    "11": {"C12b", "C18", "E5b", "E6", "E7"},
    "12": {"A3"},
}


def name(path):
    return path.stem


@pytest.fixture(params=LESSONS + SOLUTIONS, ids=name)
def notebook(request):
    return read(request.param)


@pytest.fixture(params=LESSONS, ids=name)
def lesson(request):
    return read(request.param)


def read(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        cell["text"] = "".join(cell["source"])
        cell["tags"] = set(cell["metadata"].get("tags", []))
    return {"path": path, **content}


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def sections(notebook):
    """Return (heading, cells) for each `##` heading."""
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and cell["text"].startswith("## "):
            found.append((cell["text"].splitlines()[0][3:], []))
        if found:
            found[-1][1].append(cell)
    return found


def numbered_sections(notebook):
    return [(h, cells) for h, cells in sections(notebook) if re.match(r"\d+\. ", h)]


def calls(cell, method):
    """Yield the calls of a method of this name in a code cell."""
    for node in ast.walk(ast.parse(cell["text"])):
        function = node.func if isinstance(node, ast.Call) else None
        if isinstance(function, ast.Attribute) and function.attr == method:
            yield node


def test_there_are_notebooks_and_solutions():
    assert LESSONS and SOLUTIONS
    assert {path.name[:2] for path in LESSONS} == {*ITEMS}, (
        "say in ITEMS what it covers"
    )


def test_it_was_executed_once_from_top_to_bottom(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_output_is_an_error_or_on_the_standard_error(notebook):
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            assert output.get("name") != "stderr", cell["id"]
            expected = "raises-exception" in cell["tags"]
            assert (output["output_type"] == "error") <= expected, cell["id"]


def test_each_cell_displays_one_result_at_most(notebook):
    for cell in code_cells(notebook):
        assert len(cell["outputs"]) <= 1, cell["id"]


def test_code_cells_are_short(notebook):
    cells = [cell["text"].splitlines() for cell in code_cells(notebook)]
    assert statistics.median(map(len, cells[1:])) <= 6  # but for the setup cell
    assert max(map(len, cells)) <= 25
    assert max(len(line) for lines in cells for line in lines) <= 88


def test_metadata_are_complete(notebook):
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert "widgets" not in notebook["metadata"]
    identifiers = [cell["id"] for cell in notebook["cells"]]
    assert len({*identifiers}) == len(identifiers)
    for cell in notebook["cells"]:
        slide_type = cell["metadata"]["slideshow"]["slide_type"]
        assert slide_type in {"slide", "subslide", "fragment", "skip", "-"}
        assert cell["tags"] <= TAGS, cell["id"]


def test_at_most_a_fifth_of_the_outputs_is_ignored(notebook):
    shown = [cell for cell in code_cells(notebook) if cell["outputs"]]
    ignored = [cell for cell in shown if "nbval-ignore-output" in cell["tags"]]
    assert len(ignored) * 5 <= len(shown)
    assert "NBVAL_" not in "".join(cell["text"] for cell in code_cells(notebook))


def test_a_cell_that_draws_also_asserts_what_it_drew(notebook):
    for cell in code_cells(notebook):
        if any("image/png" in output.get("data", {}) for output in cell["outputs"]):
            assert "assert" in cell["text"], cell["id"]


def test_a_picture_that_is_not_compared_has_a_claim_on_what_it_shows(notebook):
    for cell in code_cells(notebook):
        if "trained-picture" in cell["tags"]:
            assert "nbval-ignore-output" not in cell["tags"], cell["id"]
            assert any("image/png" in output["data"] for output in cell["outputs"])
            assert claims_what_it_shows(cell["text"]), cell["id"]


def claims_what_it_shows(code):
    """Tell whether code reads arrays back from its figure and bounds them.

    The arrays come from `images_in(figure)` or `points_in(figure)`, and an assert
    compares something that depends on them by <, <=, > or >=: equality with what was
    drawn proves the drawing right, and says nothing of what it shows.
    """
    tree, from_figure, found = ast.parse(code), set(), {"images_in", "points_in"}
    while found != from_figure:  # until nothing more depends on them
        from_figure = set(found)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Assign, ast.For, ast.comprehension)):
                value = node.value if isinstance(node, ast.Assign) else node.iter
                targets = (
                    node.targets if isinstance(node, ast.Assign) else [node.target]
                )
                if names_in(value) & from_figure:
                    found = found.union(*map(names_in, targets))
    return any(
        isinstance(node, ast.Assert) and bounds(node.test, from_figure)
        for node in ast.walk(tree)
    )


def names_in(node):
    """Return the names, and the names of attributes, in a piece of code."""
    nodes = [*ast.walk(node)]
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {
        n.attr for n in nodes if isinstance(n, ast.Attribute)
    }


def bounds(test, names):
    """Tell whether a condition has a comparison by order with one of the names."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            order = isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
            if order and names_in(node) & names:
                return True
    return False


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("shown = images_in(figure)\nassert shown[0].mean() < 1", True),
        ("a, b = p.images_in(figure)\nc = f(b)\nassert max(c) > 2", True),
        ("for a in images_in(figure):\n    assert a.min() >= 0", True),
        ("for a in p.points_in(f):\n    b = a.sum()\n    assert b < 2 * c", True),
        ("b = [f(a) for a in images_in(figure)]\nassert max(b) < 2", True),
        ("for a in images_in(figure):\n    b = x.sum()\n    assert b < 2", False),
        ("a = points_in(figure)\nassert a[0] == x and x < a[1]", True),
        ("a = points_in(figure)\nassert a[0] == x and x < 1", False),
        ("shown = images_in(figure)\nassert (shown[0] == x).all()", False),
        ("shown = images_in(figure)\nassert x.mean() < 1", False),
        ("assert errors.mean() < 1", False),
        ("shown = images_in(figure)\nshown[0].mean() < 1", False),
    ],
)
def test_only_a_bound_on_what_is_shown_counts_as_a_claim(code, claims):
    assert claims_what_it_shows(code) == claims


def test_seeds_can_be_moved(notebook):
    """`make everywhere` moves them; Keras's own function would keep them in place."""
    for cell in code_cells(notebook):
        assert not [*calls(cell, "set_random_seed")], cell["id"]


def test_nothing_is_fitted_on_test_data(notebook):
    for cell in code_cells(notebook):
        for call in calls(cell, "fit"):
            given = [node for x in call.args for node in ast.walk(x)]
            names = {node.id for node in given if isinstance(node, ast.Name)}
            assert not any("test" in name for name in names), cell["id"]


def test_training_is_silent_for_a_machine_and_shown_to_a_person(notebook):
    for cell in code_cells(notebook):
        for call in calls(cell, "fit"):
            keywords = {k.arg: ast.unparse(k.value) for k in call.keywords}
            if "epochs" in keywords:
                assert keywords.get("verbose") == "classroom.progress()", cell["id"]


def test_outputs_hold_no_address_and_no_path(notebook):
    for cell in code_cells(notebook):
        text = json.dumps([{**o, "data": textual(o)} for o in cell["outputs"]])
        assert not re.search(r"0x[0-9a-f]{6}|/home/|/root/|/tmp/", text), cell["id"]


def textual(output):
    data = output.get("data", {}).items()
    return {mime: content for mime, content in data if mime.startswith("text")}


def test_no_stored_claim_is_false(notebook):
    for cell in code_cells(notebook):
        stored = json.dumps([[o.get("text"), textual(o)] for o in cell["outputs"]])
        assert not re.search(r"\bFalse\b", stored), cell["id"]


def test_links_to_files_lead_somewhere(notebook):
    for cell in prose_cells(notebook):
        for target in re.findall(r"\]\(([^)#]+)\)", cell["text"]):
            if not target.startswith("https://"):
                assert (notebook["path"].parent / target).exists(), target


def test_all_setup_cells_are_the_same():
    setups = {
        code_cells(read(path))[0]["text"]
        for path in LESSONS + SOLUTIONS
        if code_cells(read(path))[0]["id"] == "setup"
    }
    assert len(setups) == 1
    assert all(
        code_cells(read(path))[0]["id"] == "setup" for path in LESSONS + SOLUTIONS
    )


def test_the_title_cell_says_what_a_reader_needs(lesson):
    own = lesson["metadata"]["cae_keras"]
    title = lesson["cells"][0]["text"]
    assert title.startswith(f"# {lesson['path'].name[:2]} · ")
    assert f"**{own['question']}**" in title
    assert "After this notebook you will be able to" in title
    assert len(re.findall(r"^- ", title, re.MULTILINE)) == 3
    assert "*Source*: " in title and "*Needs*: " in title
    flowing = " ".join(title.split())
    assert f"*Runs in about {own['seconds']} s on two CPU cores.*" in flowing


def test_the_sections_stand_in_the_order_of_the_template(lesson):
    headings = [heading for heading, _ in sections(lesson)]
    numbers = [int(h.split(".")[0]) for h, _ in numbered_sections(lesson)]
    assert 3 <= len(numbers) <= 6
    assert numbers == list(range(1, len(numbers) + 1))
    assert headings[len(numbers) :] == ENDING


def test_each_section_claims_predicts_runs_and_reads(lesson):
    for heading, cells in numbered_sections(lesson):
        prose = [cell["text"] for cell in cells if cell["cell_type"] == "markdown"]
        assert any("**Predict:**" in text for text in prose), heading
        assert prose[-1].startswith("**Read:** "), heading
        claim = prose[0].split("\n", 1)[1].split("**Predict:**")[0]
        assert 5 <= len(claim.split()) <= 85, f"{heading}: {len(claim.split())} words"
        assert any(cell["cell_type"] == "code" for cell in cells), heading


def test_the_summary_has_three_to_five_sentences(lesson):
    ((_, cells),) = [(h, c) for h, c in sections(lesson) if h == "Summary"]
    sentences = re.split(r"(?<=[.!?])\s+", cells[0]["text"].split("\n", 1)[1].strip())
    assert 3 <= len(sentences) <= 5


def test_every_slide_is_taught_where_the_course_says(lesson):
    taught = {}
    for cell in lesson["cells"]:
        for item in cell["metadata"].get("lecture_items", []):
            taught.setdefault(item, []).append(cell["text"])
    assert {*taught} == ITEMS[lesson["path"].name[:2]]
    for item, texts in taught.items():
        for text in texts:
            assert text.startswith("## ")
            (source,) = re.findall(r"\*Source: ([^*]+)\*", text)
            assert mentions(source, item), f"{item} in: {source}"


def mentions(source, item):
    """Tell whether a Source line names an item, also within "B5 to B7"."""
    letter, number = item[0], int(re.match(r"\d+", item[1:]).group())
    ranges = re.findall(rf"{letter}(\d+) to {letter}(\d+)", source)
    listed = re.search(rf"\b{item}\b", source)
    return listed or any(int(a) <= number <= int(b) for a, b in ranges)


def test_each_exercise_stands_in_its_notebook_and_in_the_solutions():
    for key in exercises.EXERCISES:
        (lesson,) = [path for path in LESSONS if path.name[:2] == key[:2]]
        (solution,) = [path for path in SOLUTIONS if path.name[:2] == key[:2]]
        for path, verdict in ((lesson, "not answered yet"), (solution, "right")):
            said = [
                "".join(output["text"]).strip()
                for cell in code_cells(read(path))
                for output in cell["outputs"]
                if f'check("{key}"' in cell["text"]
            ]
            assert said == [f"{key}: {verdict}"], path.name


def test_every_notebook_has_solutions():
    assert [path.name[:2] for path in SOLUTIONS] == [path.name[:2] for path in LESSONS]


def test_the_map_in_the_readme_is_that_of_the_notebooks():
    head, *rows = classroom.course_map()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for row in [head, *rows]:
        line = f"| {' | '.join(row)} |"
        assert line.replace("](", "](notebooks/") in readme, line


def test_the_picture_in_the_readme_is_that_of_the_notebook():
    pictures = [
        output["data"]["image/png"]
        for path in LESSONS
        for cell in code_cells(read(path))
        if "readme-picture" in cell["tags"]
        for output in cell["outputs"]
    ]
    stored = (ROOT / "notebooks" / "overview.png").read_bytes()
    assert [base64.b64decode(picture) for picture in pictures] == [stored]
    assert "notebooks/overview.png" in (ROOT / "README.md").read_text(encoding="utf-8")
