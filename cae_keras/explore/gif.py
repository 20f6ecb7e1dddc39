"""Steps as an animated GIF, in which each frame draws only what its step changes."""

import os
from dataclasses import replace
from numbers import Real
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ..shapes.arguments import refuse
from .figure import POINTS, draw
from .look import WINDOW_WIDTH
from .scene import Cell, Label, Scene, number_width, scenes

CELL, WIDTH, DPI = 0.6, 14, 100  # inches, and pixels an inch
COLORS = 255  # of all frames together; in a GIF one more says "as before"


def save_gif(steps, path, seconds_per_frame):
    """Write steps as an animated GIF that replaces `path` once it is complete."""
    path = _gif_path(path)
    is_number = isinstance(seconds_per_frame, Real)
    if isinstance(seconds_per_frame, bool) or not (
        is_number and 0.02 <= seconds_per_frame <= 60
    ):
        refuse(
            "`seconds_per_frame` must be 0.02 to 60.",
            seconds_per_frame=seconds_per_frame,
        )
    # Beside the file, since only within one disk a file can be replaced at a stroke.
    with TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as folder:
        part = Path(folder, path.name)
        first, *others = _images(scenes(steps))
        first.save(
            part,
            "GIF",
            save_all=True,
            append_images=others,
            duration=round(1000 * seconds_per_frame),
            loop=0,
        )
        part.replace(path)


def _gif_path(path):
    """Return where a GIF can be written, or refuse before anything is drawn."""
    if not isinstance(path, (str, os.PathLike)):
        refuse("The path must be a text or a `pathlib.Path`.", path=path)
    file = Path(path)
    if file.suffix.lower() != ".gif":
        refuse('The path must end in ".gif".', path=str(path))
    if file.is_dir():
        refuse("The path must be a file's, not a folder's.", path=str(path))
    if not file.parent.is_dir():
        refuse("The file's folder must exist.", path=str(path))
    return file


def _images(drawn):
    """Yield an image for each scene; all have one palette."""
    canvas = _Canvas(drawn[0])
    places, colors = [], []
    for before, scene in zip([None, *drawn], drawn, strict=False):
        changed = canvas.changed(before, scene)
        places.append(changed.ravel().nonzero()[0])
        colors.append(canvas.draw(canvas.within(scene, changed))[changed])
    quantized = Image.fromarray(np.concatenate(colors)[None]).quantize(COLORS)
    entries = np.split(np.asarray(quantized)[0], np.cumsum([*map(len, places)])[:-1])
    pixels = np.zeros(changed.shape, np.uint8)
    for place, entry in zip(places, entries, strict=True):
        pixels.flat[place] = entry
        image = Image.fromarray(pixels.copy())
        image.putpalette(quantized.getpalette())
        yield image


class _Canvas:
    """Draws scenes of one size as pixels, and knows where on it their items lie."""

    def __init__(self, scene):
        cell = min(CELL, WIDTH / scene.width)
        self._points = cell * POINTS
        self._scale = cell * DPI  # pixels a unit of the scene
        figure = Figure((cell * scene.width, cell * scene.height), DPI)
        self._axis = figure.add_axes((0, 0, 1, 1))
        self._canvas = FigureCanvasAgg(figure)

    def draw(self, scene):
        """Return the pixels of a scene, an array (height, width, 3), till the next."""
        for artist in [*self._axis.collections, *self._axis.patches, *self._axis.texts]:
            artist.remove()
        draw(scene, self._axis, self._points)
        self._canvas.draw()
        return np.asarray(self._canvas.buffer_rgba())[:, :, :3]

    def changed(self, before, scene):
        """Return which pixels may differ from the scene before, an array of bool."""
        width, height = self._canvas.get_width_height()
        changed = np.full((height, width), before is None)
        if before is not None:
            for item in {*_items(before)} ^ {*_items(scene)}:
                changed[self._area(_box(item))] = True
        return changed

    def within(self, scene, changed):
        """Return the part of a scene that has to do with the changed pixels."""
        cells, labels, outlines = (
            [item for item in items if changed[self._area(_box(item))].any()]
            for items in (scene.cells, scene.labels, scene.outlines)
        )
        # Of most neighbours only the edge is drawn anew: numbers cost the most time.
        cells = [
            cell
            if changed[self._area(_number_box(cell))].any()
            else replace(cell, text="")
            for cell in cells
        ]
        return Scene(scene.width, scene.height, cells, labels, outlines)

    def _area(self, box):
        """Return the rows and columns of all pixels that a drawn box may touch."""
        left, top, right, bottom = (self._scale * side for side in box)
        return (
            slice(max(int(top) - 3, 0), max(int(bottom) + 4, 0)),
            slice(max(int(left) - 3, 0), max(int(right) + 4, 0)),
        )


def _items(scene):
    return *scene.cells, *scene.labels, *scene.outlines


def _number_box(cell):
    half = number_width(cell.text) * cell.size / 2, cell.size / 2
    x, y = cell.x + 0.5, cell.y + 0.5
    return x - half[0], y - half[1], x + half[0], y + half[1]


def _box(item):
    """Return left, top, right and bottom of a cell, a label or an outline."""
    if isinstance(item, Cell):  # its number lies within it
        return item.x, item.y, item.x + 1, item.y + 1
    if isinstance(item, Label):  # no character is wider than the size of its font
        half = item.size * len(item.text) / 2
        return item.x - half, item.y - item.size, item.x + half, item.y + item.size / 2
    edge = WINDOW_WIDTH / 2
    return (
        item.x - edge,
        item.y - edge,
        item.x + item.width + edge,
        item.y + item.height + edge,
    )
