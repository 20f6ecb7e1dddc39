"""Scenes as matplotlib figures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import Rectangle

from ..plotting.style import STYLE, finished
from .look import (
    BASELINE,
    LINE_COLOR,
    LINE_WIDTH,
    LOOKS,
    STROKE_COLOR,
    STROKE_WIDTH,
    TEXT_COLOR,
    WINDOW_COLOR,
    WINDOW_WIDTH,
)

POINTS = 72  # an inch
STRIP_WIDTH, LEAST_CELL, LARGEST_CELL = 13, 0.32, 0.45  # inches


def draw_strip(scenes):
    """Return a figure of scenes side by side, in as many rows as it takes."""
    width, height = scenes[0].width, scenes[0].height
    most = max(1, int(STRIP_WIDTH / (LEAST_CELL * width)))
    rows = -(-len(scenes) // most)
    columns = -(-len(scenes) // rows)  # rows as equal as can be
    cell = min(LARGEST_CELL, STRIP_WIDTH / (columns * width))
    with plt.rc_context(STYLE):
        figure = plt.figure(
            figsize=(round(cell * width * columns, 2), round(cell * height * rows, 2))
        )
        for i, scene in enumerate(scenes):
            row, column = divmod(i, columns)
            box = column / columns, 1 - (row + 1) / rows, 1 / columns, 1 / rows
            draw(scene, figure.add_axes(box), cell * POINTS)
    return finished(figure, "none")


def draw(scene, axis, points):
    """Draw a scene into an axis in which a cell measures so many points."""
    axis.set_axis_off()
    axis.set_xlim(0, scene.width)
    axis.set_ylim(scene.height, 0)  # y goes down
    squares = PatchCollection(
        [Rectangle((cell.x, cell.y), 1, 1) for cell in scene.cells],
        facecolors=[_color(cell) for cell in scene.cells],
        edgecolors=LINE_COLOR,
        linewidths=LINE_WIDTH * points,
    )
    strokes = [
        np.add(line, (cell.x, cell.y))
        for cell in scene.cells
        for line in LOOKS[cell.role].strokes
    ]
    lines = LineCollection(
        strokes, colors=STROKE_COLOR, linewidths=STROKE_WIDTH * points
    )
    axis.add_collection(squares, autolim=False)
    axis.add_collection(lines, autolim=False)
    for cell in scene.cells:
        y = cell.y + 0.5 + BASELINE * cell.size
        color = LOOKS[cell.role].text
        _write(axis, cell.x + 0.5, y, cell.text, cell.size * points, color)
    for label in scene.labels:
        _write(axis, label.x, label.y, label.text, label.size * points, TEXT_COLOR)
    for outline in scene.outlines:
        axis.add_patch(
            Rectangle(
                (outline.x, outline.y),
                outline.width,
                outline.height,
                fill=False,
                edgecolor=WINDOW_COLOR,
                linewidth=WINDOW_WIDTH * points,
                joinstyle="round",
                zorder=4,
            )
        )


def _color(cell):
    look = LOOKS[cell.role]
    return look.marked if cell.marked else look.color


def _write(axis, x, y, text, size, color):
    """Write a text that is centred on x and stands on y."""
    if text:
        axis.text(
            x, y, text, size=size, color=color, ha="center", va="baseline", zorder=3
        )
