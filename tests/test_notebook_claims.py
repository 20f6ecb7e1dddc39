"""What a notebook says is what its cells compute; what it compares is comparable."""

import ast
import json
import re

import pytest
from test_notebooks import LESSONS, SOLUTIONS, calls, code_cells, read, sections

# --- Numbers in prose -----------------------------------------------------------------

# A number counts as a measurement when it has decimals or a unit, or is a size.
MEASURED = re.compile(
    r"(?<![\w.,-])(?P<number>\d[\d,]*(?:\.\d+)?)(?P<size>(?:x\d+)+)?"
    r"(?P<unit> dB| ?%| pixels| times| seconds| ms)?(?![\w])"
)
# What is in a source line, in code or in a link is no measurement, nor a prediction.
APART = re.compile(
    r"\*Source[^*]*\*|`[^`]*`|https?://\S+|\]\([^)]*\)|\*\*Predict:\*\*.*?(?=\n\n|\Z)",
    re.S,
)
NUMBER = re.compile(
    r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e-?\d+)?"
)


def measured_in(text):
    """Return the numbers of a prose cell that somebody must have computed.

    A percentage keeps its sign: a share that a cell shows as 0.118 proves it.
    """
    found = []
    for match in MEASURED.finditer(APART.sub("", text)):
        number = match["number"].rstrip(",")
        if match["size"]:
            found += [number, *match["size"][1:].split("x")]
        elif match["unit"] or "." in number:
            found.append(number + "%" * ("%" in (match["unit"] or "")))
    return found


def texts_of(cells):
    """Return the code, and the outputs that are compared: a list of texts."""
    texts = []
    for cell in cells:
        if cell["cell_type"] == "code":
            texts.append(cell["text"])
            if "nbval-ignore-output" not in cell["tags"]:
                for output in cell["outputs"]:
                    plain = output.get("data", {}).get("text/plain", "")
                    parts = output.get("text"), plain, output.get("traceback")
                    texts += ["".join(part or "") for part in parts]
    return texts


def computed_in(cells):
    """Return the values that stand in code or in outputs that are compared."""
    numbers = NUMBER.findall(" ".join(texts_of(cells)))
    return {abs(float(number.replace(",", ""))) for number in numbers}


def is_among(number, values):
    """Tell whether a value, or a share as a percentage, is this number when rounded."""
    plain = number.rstrip("%").replace(",", "")
    digits = len(plain.partition(".")[2])
    return any(
        abs(round(scale * value, digits) - float(plain)) < 1e-9
        for value in values
        for scale in ((1, 100) if number.endswith("%") else (1,))
    )


def unproved(lesson):
    """Yield (cell, number) for each measurement in prose that no cell near it shows.

    Near is: in the same section, or in the one before; for the endings, anywhere. What
    others have measured is listed in the metadata of its cell, as "quoted".
    """
    before = []
    for heading, cells in [("", opening(lesson)), *sections(lesson)]:
        numbered = re.match(r"\d+\. ", heading)
        values = computed_in([*before, *cells] if numbered else lesson["cells"])
        for cell in cells:
            own = cell["metadata"].get("cae_keras", {})
            if cell["cell_type"] == "markdown" and heading != "Exercises":
                for number in measured_in(cell["text"]):
                    quoted = number in own.get("quoted", [])
                    if not (quoted or is_among(number, values)):
                        yield cell["id"], number
        before = cells


def opening(lesson):
    """Return the cells before the first section."""
    cells = lesson["cells"]
    heads = [c["cell_type"] == "markdown" and c["text"][:3] == "## " for c in cells]
    return cells[1 : heads.index(True)]  # without the title, which has its own test


# Numbers in a row, as a cell prints them: "1 8 15 12".
ROW = re.compile(r"(?<![\w.,-])-?\d+(?:\.\d+)?(?: -?\d+(?:\.\d+)?)+(?![\w.]*\d)")


def rows_unproved(lesson):
    """Yield (cell, row) for each row of numbers in prose that no cell has.

    Brackets, commas and the like count as spaces.
    """

    def plain(text):
        return " ".join(re.findall(r"[-\w.]+", re.sub(r"(?<=\d)\.0?(?!\d)", "", text)))

    texts = f" {plain(' '.join(texts_of(lesson['cells'])))} "
    for cell in lesson["cells"]:
        if cell["cell_type"] == "markdown" and "## Exercises" not in cell["text"]:
            for row in ROW.findall(APART.sub("", cell["text"])):
                if f" {plain(row)} " not in texts:
                    yield cell["id"], row


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_row_of_numbers_in_prose_stands_in_a_cell(path):
    assert [*rows_unproved(read(path))] == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_measurement_in_prose_is_shown_or_asserted_by_a_cell_near_it(path):
    assert [*unproved(read(path))] == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("it has 29.3 dB, or 26 dB", ["29.3", "26"]),
        ("from 1,024 pixels, 28x28x1 each", ["1,024", "28", "28", "1"]),
        ("about 12 % of 3.5", ["12%", "3.5"]),
        ("two of 7 seeds in section 3, `0.5`", []),
        ("**Predict:** 0.5 or 0.6?\n\nIt is 0.7.", ["0.7"]),
        ("*Source: lecture B, 5.1.*", []),
    ],
)
def test_a_measurement_has_decimals_or_a_unit_or_is_a_size(text, numbers):
    assert measured_in(text) == numbers


@pytest.mark.parametrize(
    ("number", "values", "among"),
    [
        ("29.3", {29.28}, True),
        ("29.3", {29.22, 29.38, 293}, False),
        ("12%", {0.118}, True),
        ("12%", {12.3}, True),
        ("12", {0.118}, False),
        ("1,024", {1024}, True),
        ("0.03", {0.0349}, True),
        ("0.04", {0.0349}, False),
    ],
)
def test_a_number_in_prose_is_a_computed_one_rounded(number, values, among):
    assert is_among(number, values) == among


# --- Words for settings ---------------------------------------------------------------


def contradictions(notebook):
    """Yield (cell, words, code) where prose and code beside it differ in padding."""
    cells = notebook["cells"]
    for at, cell in enumerate(cells):
        if cell["cell_type"] == "markdown":
            said = {*re.findall(r'"(same|valid)"', cell["text"])}
            done = set()
            for step in (-1, 1):
                beside = at + step
                while 0 <= beside < len(cells) and cells[beside]["cell_type"] == "code":
                    found = re.findall(r'["\'](same|valid)["\']', cells[beside]["text"])
                    done, beside = done | {*found}, beside + step
            if said and done and not said & done:
                yield cell["id"], said, done


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
def test_prose_and_the_code_beside_it_speak_of_the_same_padding(path):
    assert [*contradictions(read(path))] == []


# --- Checks that cannot fail ----------------------------------------------------------

COMPARING = re.compile(
    r"(assert_\w+|array_equal|allclose|isclose|equal|difference|rms)$"
)


def compared_with_itself(notebook):
    """Yield (cell, code) where both sides of a comparison are the same code."""
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell["text"])):
            sides = []
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and COMPARING.search(
                ast.unparse(node.func)
            ):
                sides = node.args[:2]
            texts = [ast.unparse(side) for side in sides]
            if len({*texts}) < len(texts):
                yield cell["id"], ast.unparse(node)


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
def test_nothing_is_compared_with_itself(path):
    assert [*compared_with_itself(read(path))] == []


# --- Comparisons ----------------------------------------------------------------------


def budgets(notebook):
    """Return what each training of a network was given, but for the model itself.

    A training has images and targets, batches and epochs, and the settings of its
    `compile`, which stands in the same cell or in the one that was run before it.
    """
    found, compiled = [], None
    for cell in code_cells(notebook):
        for call in calls(cell, "compile"):
            keywords = {k.arg: ast.unparse(k.value) for k in call.keywords}
            compiled = [*map(ast.unparse, call.args)], keywords
        for call in calls(cell, "fit"):
            keywords = {k.arg: k.value for k in call.keywords}
            if "epochs" in keywords or "batch_size" in keywords:
                own = cell["metadata"].get("cae_keras", {})
                found.append((cell["id"], call, keywords, compiled, own))
    return found


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
def test_contenders_have_the_same_images_batches_epochs_and_optimiser(path):
    """Where one has not, its cell says so: metadata `{"budget": "why it differs"}`."""
    given = []
    for name, call, keywords, compiled, own in budgets(read(path)):
        for setting in ("batch_size", "epochs"):  # one number, for whoever is trained
            assert isinstance(keywords.get(setting), ast.Constant), (name, setting)
        if not own.get("budget"):
            images = [ast.unparse(argument) for argument in call.args]
            numbers = keywords["batch_size"].value, keywords["epochs"].value
            given.append((images, numbers, compiled))
    assert all(budget == given[0] for budget in given), given


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
def test_measured_results_are_read_for_one_epoch(path):
    for cell in code_cells(read(path)):
        for call in calls(cell, "load_expected_results"):
            named = len(call.args) > 3 or any(k.arg == "epoch" for k in call.keywords)
            a_pca = any("'pca'" in ast.unparse(argument) for argument in call.args)
            assert named or a_pca, cell["id"]


# --- What was fitted on what ----------------------------------------------------------

FITTED = {"fit", "fit_transform"}
LIMITS = {"percentile", "quantile"}
AVERAGED = {"mean", "median", "std", "var"}


def from_test_images(notebook):
    """Yield (cell, code) for all that was fitted on, or averaged over, test images.

    A name is *tainted* that has "test" in it, or was assigned something in which a
    tainted name occurs. An average over the images is one with axis=0; a limit is a
    percentile.
    """
    tainted = set()
    for cell in code_cells(notebook):
        tree = ast.parse(cell["text"])
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target, value in pairs(node):
                    if touches(value, tainted):
                        tainted |= {n for n in names(target) if "train" not in n}
        if not cell["metadata"].get("cae_keras", {}).get("from_test"):
            for call, outside in calls_within(tree, tainted):
                if any(touches(value, outside) for value in learnt_from(call)):
                    yield cell["id"], ast.unparse(call)


def calls_within(node, tainted):
    """Yield each call with the tainted names there: a parameter hides its namesake."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        tainted = tainted - {argument.arg for argument in node.args.args}
    if isinstance(node, ast.Call):
        yield node, tainted
    for child in ast.iter_child_nodes(node):
        yield from calls_within(child, tainted)


def learnt_from(call):
    """Return what a call learns from: what it fits, averages or takes a limit of."""
    if not isinstance(call.func, ast.Attribute):
        return []
    method, owner = call.func.attr, call.func.value
    axes = [ast.unparse(k.value) for k in call.keywords if k.arg == "axis"]
    if method in FITTED | LIMITS or (method in AVERAGED and axes == ["0"]):
        of_numpy = isinstance(owner, ast.Name) and owner.id == "np"
        return call.args if of_numpy or method in FITTED else [owner, *call.args]
    return []


def pairs(assignment):
    """Yield (target, value); a tuple of values is taken apart."""
    for target in assignment.targets:
        value = assignment.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            yield from zip(target.elts, value.elts, strict=False)
        else:
            yield target, value


def names(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def touches(node, tainted):
    """Tell whether a tainted name occurs in a piece of code."""
    return any("test" in name or name in tainted for name in names(node))


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=lambda path: path.stem)
def test_means_limits_and_models_come_from_training_images(path):
    """Where a mean of test images is what is meant, metadata say so: "from_test"."""
    assert [*from_test_images(read(path))] == []


@pytest.mark.parametrize(
    ("code", "red"),
    [
        ("m = train_images.mean(axis=0)", False),
        ("m = test_images.mean(axis=0)", True),
        ("m = np.mean(test_images, axis=0)", True),
        ("some = test_images[:9]\nm = some.mean(axis=0)", True),
        ("p = PCA(2).fit(test_images)", True),
        ("x = test_images.reshape(-1, 784)\np = PCA(2).fit_transform(x)", True),
        ("error = np.mean((test_images - m) ** 2)", False),
        ("error = np.mean(test_images, axis=(1, 2, 3))", False),
        ("limit = np.percentile(f(test_images), 95)", True),
        ("x, test_y = train_images, test_images\nm = x.mean(axis=0)", False),
        ("n = N().fit(train_images)\ns = n.score(test_images)", False),
        ("x = test_images\ndef f(x):\n    return x.mean(axis=0)", False),
        ("x = test_images\ndef f(y):\n    return x.mean(axis=0)", True),
    ],
)
def test_a_mean_a_limit_or_a_fit_on_test_images_is_seen(code, red):
    cell = {"cell_type": "code", "id": "x", "text": code, "metadata": {}}
    assert bool([*from_test_images({"cells": [cell]})]) == red


def test_the_metadata_by_which_a_cell_is_excepted_are_known():
    for path in LESSONS + SOLUTIONS:
        for cell in read(path)["cells"]:
            own = cell["metadata"].get("cae_keras", {})
            assert {*own} <= {"quoted", "budget", "from_test"}, cell["id"]
            assert all(own.values()), json.dumps(own)
