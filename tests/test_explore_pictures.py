"""The stepper's pictures, read back: each shows the arrays of its frame, legibly."""

import base64
import io
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from PIL import Image

from cae_keras import explore
from cae_keras.explore import gif
from cae_keras.explore.look import LOOKS
from cae_keras.explore.page import scene_svg
from cae_keras.explore.scene import scenes

SVG = "{http://www.w3.org/2000/svg}"
IMAGE = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
KERNEL_3 = [[1, 2, 1], [2, 1, 2], [1, 1, 2]]
RESULT = [[55, 52], [57, 50]]


def numbers(shape, largest=100):
    return np.random.default_rng(0).integers(-largest + 1, largest, shape)


CASES = {
    "2x2": explore.convolution(RESULT, [[1]]),
    "A6": explore.convolution(IMAGE, KERNEL_3),
    "same, stride 2": explore.convolution(numbers((5, 5)), KERNEL_3, 2, "same"),
    "8x8": explore.convolution(numbers((8, 8)), KERNEL_3),
    "12x12 and 5x5": explore.convolution(
        numbers((8, 8)), numbers((5, 5), 10), 2, "same"
    ),
    "wide": explore.convolution(numbers((2, 9)), numbers((1, 4)), (1, 2)),
    "decimals": explore.convolution(
        np.random.default_rng(1).normal(0, 9, (4, 4)), [[0.25, -1.5], [1 / 3, 0]]
    ),
    "four digits": explore.convolution(numbers((3, 3), 10000), [[1]]),
    "C13, scatter": explore.transposed_convolution(RESULT, KERNEL_3, 2, 1, 1),
    "C13, insertion": explore.transposed_convolution(
        RESULT, KERNEL_3, 2, 1, 1, "insertion"
    ),
    "A10": explore.transposed_convolution(RESULT, [[1, 2], [2, 1]], padding="same"),
    "negative pixels": explore.transposed_convolution([[-12.34, 5]], [[1, -3]], 3),
    "max pooling": explore.pooling(numbers((5, 4))),
    "average pooling": explore.pooling(IMAGE, method="average"),
    "nearest": explore.unpooling(RESULT, (2, 3)),
    "bed of nails": explore.unpooling(IMAGE, method="bed of nails"),
    "max unpooling": explore.unpooling(
        RESULT, method="max", indices=[[3, 1], [2, 0]], output_size=(5, 5)
    ),
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def steps(request):
    return request.param


# Reading a picture: squares that touch are a grid, and a text belongs to its square.


def grids(squares, texts, side):
    """Return the grids of a picture from left to right, as lists of rows of texts.

    Args:
        squares: the upper left corners (x, y), y downwards.
        texts: (x, y, text), the middle of each text's foot.
        side: the length of a square's side.
    """
    written = {}
    for x, y, text in texts:
        for left, top in squares:
            if left < x < left + side and top < y < top + side:
                assert (left, top) not in written, "two numbers in a cell"
                written[left, top] = text
    columns = sorted({x for x, _ in squares})
    blocks = [[columns[0]]]
    for before, x in pairwise(columns):
        if x - before > 1.001 * side:
            blocks.append([])
        blocks[-1].append(x)
    found = []
    for block in blocks:
        rows = sorted({y for x, y in squares if x in block})
        found.append([[written.get((x, y), "") for x in block] for y in rows])
    return found


def expected_grids(frame):
    """Return what the grids of a frame must say, straight from its arrays."""
    return [
        [["" if n is None else short(n) for n in row] for row in shown.numbers.tolist()]
        for shown in frame.panels
    ]


def short(number):
    return f"{round(number, 2) + 0:g}"


def svg_grids(root):
    rects, texts = [], []
    for element in root.iter():
        if element.tag == f"{SVG}rect" and element.get("fill") != "none":
            rects.append((float(element.get("x")), float(element.get("y"))))
        if element.tag == f"{SVG}text":
            x, y = float(element.get("x")), float(element.get("y"))
            texts.append((x, y, element.text))
    return grids(rects, texts, 50)


def axis_grids(axis):
    squares = [tuple(path.vertices[0]) for path in axis.collections[0].get_paths()]
    texts = [(*text.get_position(), text.get_text()) for text in axis.texts]
    return grids(squares, texts, 1)


def sentences(texts, frame):
    """Tell whether calculation and rule stand in the picture, broken into lines."""
    flowing = " ".join(texts)
    return frame.calculation in flowing and f"output size: {frame.rule}" in flowing


def test_every_svg_shows_the_arrays_of_its_frame(steps):
    for i, (frame, scene) in enumerate(zip(steps, scenes(steps), strict=True)):
        root = ElementTree.fromstring(scene_svg(scene, steps.name))
        texts = [element.text for element in root.iter(f"{SVG}text")]
        assert svg_grids(root) == expected_grids(frame)
        assert sentences(texts, frame)
        assert f"step {i + 1} of {len(steps)}" in texts


def test_the_strip_shows_the_arrays_of_its_frames(steps):
    chosen = sorted({0, len(steps) // 2, len(steps) - 1})
    figure = steps.strip()
    assert len(figure.axes) == len(chosen)
    for axis, i in zip(figure.axes, chosen, strict=True):
        assert axis_grids(axis) == expected_grids(steps[i])
        assert sentences([text.get_text() for text in axis.texts], steps[i])
    assert not plt.fignum_exists(figure.number)


class Attributes(HTMLParser):
    """Collects the attributes of each element of a page, as a browser reads them."""

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.setdefault(tag, []).append(dict(attrs))


def animated(steps, step):
    """Return the SVG of a step, put together from its parts as the script does it."""
    page = Attributes(steps.animation()._repr_html_())
    parts = page.found["div"][0]["data-parts"].split("\n")
    shown = [part for part in parts if part[step] == "1"]
    return "".join(part[part.index("<") :] for part in shown)


def test_the_animation_shows_in_each_step_the_arrays_of_its_frame(steps):
    for i in {0, 1, len(steps) // 2, len(steps) - 1} & {*range(len(steps))}:
        root = ElementTree.fromstring(animated(steps, i))
        assert svg_grids(root) == expected_grids(steps[i])
        lines = sorted(root.iter(f"{SVG}text"), key=lambda one: float(one.get("y")))
        assert sentences([one.text for one in lines], steps[i])
        # The frame around the window lies over the cells.
        drawn = [one.get("fill") == "none" for one in root]
        assert drawn == sorted(drawn)


def test_the_animation_is_an_image_of_the_first_step_without_its_script():
    page = Attributes(CASES["A6"].animation()._repr_html_())
    (image,) = page.found["img"]
    kind, data = image["src"].split(",")
    assert kind == "data:image/svg+xml;base64"
    root = ElementTree.fromstring(base64.b64decode(data))
    assert svg_grids(root) == expected_grids(CASES["A6"][0])
    assert image["alt"] == "convolution, step by step"


@pytest.mark.parametrize("name", ["A6", "same, stride 2", "C13, scatter"])
def test_cells_look_like_their_roles(name):
    def rects(fill):
        return [one for one in root.iter(f"{SVG}rect") if one.get("fill") == fill]

    steps = CASES[name]
    root = ElementTree.fromstring(scene_svg(scenes(steps)[-1], ""))
    frame = steps[-1]
    roles = np.concatenate([shown.roles.ravel() for shown in frame.panels])
    marked = np.concatenate([shown.marked.ravel() for shown in frame.panels])
    for role, fill in {"input": "#9ecae1", "output": "#a6e3e0"}.items():
        assert len(rects(fill)) == ((roles == role) & ~marked).sum()
    hatched = [p for p in root.iter(f"{SVG}path") if p.get("d").count("M") == 3]
    struck = [p for p in root.iter(f"{SVG}path") if p.get("d").count("M") == 1]
    assert len(hatched) == (roles == "padding").sum()
    assert len(struck) == (roles == "cropped").sum()
    outlines = [
        [float(one.get(key)) / 50 for key in ("width", "height")]
        for one in rects("none")
    ]
    windows = [shown.window for shown in frame.panels if shown.window]
    assert outlines == [
        [columns.stop - columns.start, rows.stop - rows.start]
        for rows, columns in windows
    ]


# Legible


def test_no_text_leaves_its_cell_or_the_picture_or_meets_another(steps):
    figure = steps.strip([0, len(steps) - 1])
    renderer = FigureCanvasAgg(figure).get_renderer()
    for axis in figure.axes:
        squares = [tuple(path.vertices[0]) for path in axis.collections[0].get_paths()]
        free = []
        for text in axis.texts:
            box = text.get_window_extent(renderer)
            x, y = text.get_position()
            inside = [s for s in squares if s[0] < x < s[0] + 1 and s[1] < y < s[1] + 1]
            if not inside:
                free.append(box)
                continue
            (left, bottom), (right, top) = axis.transData.transform(
                [(inside[0][0], inside[0][1] + 1), (inside[0][0] + 1, inside[0][1])]
            )
            assert left < box.x0 and box.x1 < right, text.get_text()
            assert bottom < box.y0 and box.y1 < top, text.get_text()
        cells = axis.collections[0].get_window_extent(renderer)
        for i, box in enumerate(free):
            assert axis.bbox.x0 <= box.x0 and box.x1 <= axis.bbox.x1
            assert axis.bbox.y0 <= box.y0 and box.y1 <= axis.bbox.y1
            assert not any(box.overlaps(other) for other in free[:i])
        assert cells.width <= axis.bbox.width


def test_two_digits_are_at_least_two_fifths_of_their_cell():
    steps = explore.convolution(np.full((8, 8), 99), [[1]])
    for cell in scenes(steps)[0].cells:
        assert cell.size >= 0.4
    (axis,) = steps.strip([63]).axes
    side = np.diff(axis.transData.transform([(0, 0), (1, 0)])[:, 0])
    for text in axis.texts:
        if text.get_text() == "99":
            assert text.get_size() * axis.figure.dpi / 72 >= 0.4 * side


def test_all_steps_of_a_computation_have_one_size(steps):
    assert len({(scene.width, scene.height) for scene in scenes(steps)}) == 1


def test_rounding_is_said_where_it_happens():
    def remarks(name):
        return [label.text for label in scenes(CASES[name])[0].labels]

    assert "numbers rounded to two decimals" in remarks("decimals")
    assert "numbers rounded to two decimals" not in remarks("average pooling")


# The strip


def test_a_strip_draws_the_steps_that_are_asked_for():
    steps = CASES["8x8"]
    figure = steps.strip([3, -1])
    said = [[text.get_text() for text in axis.texts] for axis in figure.axes]
    assert ["step 4 of 36" in said[0], "step 36 of 36" in said[1]] == [True, True]
    assert len(CASES["2x2"].strip([0]).axes) == 1


def test_a_strip_of_too_many_steps_is_refused():
    with pytest.raises(ValueError, match=r"at most 36 steps.*Received: frames="):
        CASES["A6"].strip([0] * 37)


@pytest.mark.parametrize("wrong", [[], [4], [-5], [0.5], [True], 1, ["0"]])
def test_steps_that_do_not_exist_are_refused(wrong):
    with pytest.raises(ValueError, match="Received: frames="):
        CASES["A6"].strip(wrong)


# The animation


def test_the_animation_is_the_same_in_every_process():
    code = (
        "from cae_keras import explore; import sys; sys.stdout.reconfigure("
        "encoding='utf-8'); print(explore.convolution([[1, 2], [3, 4]], [[1, 2]])"
        ".animation()._repr_html_(), end='')"
    )
    pages = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).resolve().parent.parent,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1] and b"step 2 of 4" not in pages[0]
    assert b"step 2 of 2" in pages[0]


def test_the_animation_loads_nothing_and_names_nothing_that_a_page_shares():
    page = CASES["A6"].animation()._repr_html_()
    assert re.findall(r"https?://[^\"']*", page) == ["http://www.w3.org/2000/svg"]
    for word in ("<script", "<style", "<link", "<iframe", "url(", " id=", "href"):
        assert word not in page
    assert re.findall("src=.{12}", page) == ['src="data:image/']
    assert repr(CASES["A6"].animation()) == "Animation(convolution, 4 steps)"


def test_the_animation_has_a_slider_over_all_steps_and_three_buttons():
    page = CASES["same, stride 2"].animation()._repr_html_()
    assert re.findall('data-press="([a-z]+)"', page) == ["back", "play", "forward"]
    assert 'min="0" max="8" value="0"' in page


def test_an_animation_of_an_ordinary_case_is_small():
    assert len(CASES["A6"].animation()._repr_html_()) < 20_000
    assert len(CASES["8x8"].animation()._repr_html_()) < 120_000


# The slider


def test_the_slider_shows_the_step_that_it_is_at():
    steps = CASES["A6"]
    widget = steps.slider()
    for i, frame in [(0, steps[0]), (2, steps[2]), (1, steps[1])]:
        widget.slider.value = i
        root = ElementTree.fromstring(widget.picture.value)
        assert svg_grids(root) == expected_grids(frame)
    assert widget.slider.max == widget.play.max == 3
    assert repr(widget) == "StepSlider(convolution, 4 steps)"


# The GIF


def test_a_gif_has_a_picture_a_step_and_the_time_that_is_asked_for(tmp_path):
    path = tmp_path / "steps.gif"
    CASES["A6"].save(path, seconds_per_frame=0.5)
    with Image.open(path) as opened:
        assert opened.info["loop"] == 0
    pictures, durations = frames_of(path)
    assert durations == [500] * 4
    assert 500 < pictures[0].shape[1] <= 1400
    for before, after in pairwise(pictures):
        assert np.abs(after - before).max() > 100
    first = path.read_bytes()
    CASES["A6"].save(str(path), seconds_per_frame=0.5)
    assert path.read_bytes() == first
    assert [one.name for one in tmp_path.iterdir()] == ["steps.gif"]


def frames_of(path):
    """Return the pictures of a GIF, and how long each is shown, as a viewer does."""
    pictures, durations = [], []
    with Image.open(path) as opened:
        for i in range(opened.n_frames):
            opened.seek(i)
            pictures.append(np.asarray(opened.convert("RGB"), dtype=int))
            durations.append(opened.info["duration"])
    return pictures, durations


def drawn_alone(steps, i, shape):
    """Return the picture of one step as the strip draws it, in a picture's size."""
    figure = steps.strip([i])
    file = io.BytesIO()
    figure.savefig(file, dpi=shape[1] / figure.get_figwidth())
    with Image.open(file) as picture:
        picture = picture.convert("RGB").resize((shape[1], shape[0]))
        return np.asarray(picture, dtype=int)


@pytest.mark.parametrize(
    "name",
    [
        "A6",
        "same, stride 2",
        "C13, scatter",
        "C13, insertion",
        "decimals",
        "nearest",
        "max pooling",
        "max unpooling",
        "negative pixels",
    ],
)
def test_frame_i_of_a_gif_is_the_picture_of_step_i(name, tmp_path):
    steps = CASES[name]
    steps.save(tmp_path / "steps.gif", 0.04)
    pictures, durations = frames_of(tmp_path / "steps.gif")
    assert durations == [40] * len(steps)
    for scene, picture in zip(scenes(steps), pictures, strict=True):
        side = picture.shape[1] / scene.width
        for cell in scene.cells:
            look = LOOKS[cell.role]
            color = to_rgb(look.marked if cell.marked else look.color)
            # Beside the frame around a window, above the number, between the strokes.
            x, y = round(side * (cell.x + 0.3)), round(side * (cell.y + 0.09))
            distance = np.abs(picture[y, x] - 255 * np.array(color)).max()
            assert distance <= 4, (cell, picture[y, x])
    for i in (1, len(steps) - 1):
        alone = drawn_alone(steps, i, pictures[i].shape)
        distances = [np.abs(alone - picture).mean() for picture in pictures]
        assert np.argmin(distances) == i
        assert distances[i] < 0.6 * sorted(distances)[1]


@pytest.mark.parametrize("name", ["steps.png", "steps", "gif", "steps.gif.png"])
def test_other_files_than_a_gif_are_refused(tmp_path, name, monkeypatch):
    monkeypatch.setattr(gif, "scenes", None)  # refused before anything is laid out
    with pytest.raises(ValueError, match=r"end in \"\.gif\".*Received: path="):
        CASES["2x2"].save(tmp_path / name)


def test_paths_where_no_file_can_be_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(gif, "scenes", None)
    (tmp_path / "folder.gif").mkdir()
    for path in [tmp_path / "folder.gif", tmp_path / "none" / "steps.gif", 3, None]:
        with pytest.raises(ValueError, match="Received: path="):
            CASES["2x2"].save(path)


@pytest.mark.parametrize("seconds", [0, -1, 0.01, 61, True, "1", float("nan")])
def test_times_that_cannot_be_are_refused(tmp_path, seconds):
    with pytest.raises(ValueError, match="Received: seconds_per_frame="):
        CASES["2x2"].save(tmp_path / "steps.gif", seconds)


def test_a_gif_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def fail(image, path, *args, **kwargs):
        Path(path).write_bytes(b"half")
        raise OSError("disk full")

    path = tmp_path / "steps.gif"
    path.write_bytes(b"old")
    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        CASES["2x2"].save(path)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["steps.gif"]


def test_a_gif_that_is_interrupted_leaves_the_old_file_and_nothing_else(
    tmp_path, monkeypatch
):
    def interrupted(*args):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(draw(*args))

    calls, draw = [], gif.draw
    path = tmp_path / "steps.gif"
    path.write_bytes(b"old")
    (tmp_path / "steps.gif.part").write_bytes(b"another's")
    monkeypatch.setattr(gif, "draw", interrupted)
    with pytest.raises(KeyboardInterrupt):
        CASES["A6"].save(path)
    assert path.read_bytes() == b"old"
    names = sorted(one.name for one in tmp_path.iterdir())
    assert names == ["steps.gif", "steps.gif.part"]


@pytest.mark.parametrize("name", ["A6", "C13, scatter", "negative pixels", "wide"])
def test_drawing_only_what_changes_gives_each_pixel_of_the_whole_step(name):
    drawn, kept = scenes(CASES[name]), None
    canvas = gif._Canvas(drawn[0])
    for before, scene in pairwise([None, *drawn]):
        changed = canvas.changed(before, scene)
        new = canvas.draw(canvas.within(scene, changed))
        kept = new.copy() if kept is None else np.where(changed[..., None], new, kept)
        np.testing.assert_array_equal(kept, canvas.draw(scene))


def test_a_gif_draws_only_what_changes(tmp_path, monkeypatch):
    cells = []
    draw = gif.draw
    monkeypatch.setattr(
        gif,
        "draw",
        lambda scene, *args: cells.append(len(scene.cells)) or draw(scene, *args),
    )
    steps = explore.convolution(numbers((12, 12)), [[1]])
    steps.save(tmp_path / "steps.gif")
    assert len(cells) == len(steps) == 144
    assert cells[0] == 2 * 144 + 1
    assert max(cells[1:]) <= 40  # two rows of four cells and their neighbours, twice


@pytest.mark.parametrize(
    ("steps", "formula"),
    [
        (
            lambda: explore.convolution(np.eye(4), [[1, 2], [2, 1]], 2),
            "(4 + 2·0 - 2) / 2",
        ),
        (
            lambda: explore.convolution(np.eye(4), np.ones((3, 3), int), 2),
            "floor((4 + 2·0 - 3) / 2) + 1 = 1",
        ),
        (
            lambda: explore.convolution(np.eye(4), np.ones((3, 3), int), 2, "same"),
            "= (4 + 0 + 1 - 3) / 2 + 1 = 2",
        ),
    ],
)
def test_a_formula_is_not_broken_over_lines(steps, formula):
    texts = [label.text for label in scenes(steps())[0].labels]
    assert any(formula in text for text in texts), texts


def test_the_rows_of_a_strip_are_as_equal_as_can_be():
    steps = explore.convolution(np.eye(5), np.ones((3, 3), int), 2)
    places = [axis.get_position() for axis in steps.strip([0, 1, 2, 3]).axes]
    corners = {(round(place.x0, 2), round(place.y0, 2)) for place in places}
    assert corners == {(0, 0.5), (0.5, 0.5), (0, 0), (0.5, 0)}
    one_row = [axis.get_position().y0 for axis in steps.strip([0, 1, 2]).axes]
    assert one_row == [0, 0, 0]
