"""Where everything stands in the picture of a step, in units of one cell.

A scene knows positions, texts and roles, and no renderer: the matplotlib figure and the
SVG draw the same scene. x goes right, y goes down, and a text stands on its baseline.
"""

import textwrap
from dataclasses import dataclass

import numpy as np

from .wording import is_rounded, number_text

# Widths of a character over its size, in the wider of the two renderers' fonts.
DIGIT, POINT, LETTER = 0.64, 0.37, 0.58
NUMBER_SIZE, TITLE_SIZE, CAPTION_SIZE, REMARK_SIZE = 0.56, 0.42, 0.5, 0.45
FILLED = 0.88  # of a cell's width, by its number at most
MARGIN, GAP, LEAST_WIDTH = 0.35, 0.9, 11
LINE, TITLE_LINE = 1.45, 1.2  # from one line of text to the next, over the size


@dataclass(frozen=True)
class Cell:
    """A square of side 1 with a number, at most; (x, y) is its upper left corner."""

    panel: str
    row: int
    column: int
    x: float
    y: float
    text: str
    size: float
    role: str
    marked: bool


@dataclass(frozen=True)
class Label:
    """A line of text; x is its middle, y its baseline."""

    x: float
    y: float
    text: str
    size: float


@dataclass(frozen=True)
class Outline:
    """A frame around the cells of this step."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Scene:
    """All that is drawn of one step."""

    width: float
    height: float
    cells: tuple
    labels: tuple
    outlines: tuple


def scenes(steps):
    """Return one scene a step; all have the same size, so that nothing jumps."""
    layout = _Layout(steps)
    return [layout.scene(step) for step in range(len(steps))]


class _Layout:
    """What all steps of a computation share: where the panels and the texts stand."""

    def __init__(self, steps):
        self.steps = steps
        panels = list(zip(*(frame.panels for frame in steps), strict=True))
        # A title may be wider than its panel, and differ from step to step.
        widths = [
            max(
                steps[0].panels[i].numbers.shape[1],
                *(_title_width(panel.title) for panel in same),
            )
            for i, same in enumerate(panels)
        ]
        self.number_sizes = [_number_size(same) for same in panels]
        inner = sum(widths) + GAP * (len(widths) - 1)
        self.width = max(inner, LEAST_WIDTH) + 2 * MARGIN
        left = (self.width - inner) / 2
        self.middles = []
        for width in widths:
            self.middles.append(left + width / 2)
            left += width + GAP

        self.title_lines = max(len(_lines(panel.title)) for panel in steps[0].panels)
        self.top = MARGIN + (2.1 + self.title_lines * TITLE_LINE) * TITLE_SIZE
        self.rows = max(panel.numbers.shape[0] for panel in steps[0].panels)
        self.caption_lines = max(
            len(self._wrapped(frame.calculation)) for frame in steps
        )
        rounded = is_rounded(*(p.numbers.compressed() for same in panels for p in same))
        rule = f"output size: {unbroken(steps[0].rule)}"
        self.remarks = self._wrapped(rule, REMARK_SIZE)
        self.remarks += ["numbers rounded to two decimals"] * rounded
        lines = self.caption_lines + len(self.remarks)
        self.height = self.top + self.rows + (lines + 0.7) * CAPTION_SIZE * LINE

    def scene(self, step):
        """Return the scene of one step."""
        cells, outlines = [], []
        count = f"step {step + 1} of {len(self.steps)}"
        labels = [Label(self.width / 2, MARGIN + 0.3, count, TITLE_SIZE)]
        frame = self.steps[step]
        for panel, middle, size in zip(
            frame.panels, self.middles, self.number_sizes, strict=True
        ):
            rows, columns = panel.numbers.shape
            x, y = middle - columns / 2, self.top + (self.rows - rows) / 2
            cells += _cells(panel, x, y, size)
            labels += _title(panel.title, middle, y)
            if panel.sign:
                labels.append(self._sign(panel.sign, x))
            if panel.window is not None:
                outlines.append(_outline(panel.window, x, y))
        labels += self._caption(frame)
        return Scene(
            self.width, self.height, tuple(cells), tuple(labels), tuple(outlines)
        )

    def _sign(self, sign, x):
        """Return the sign to the left of a panel that starts at x."""
        y = self.top + self.rows / 2 + 0.24
        return Label(x - GAP / 2, y, sign, 1.4 * CAPTION_SIZE)

    def _caption(self, frame):
        """Yield the lines of the calculation, and those that never change below."""
        y = self.top + self.rows + 1.3 * CAPTION_SIZE * LINE
        for line in self._wrapped(frame.calculation):
            yield Label(self.width / 2, y, line, CAPTION_SIZE)
            y += CAPTION_SIZE * LINE
        y = self.height - (len(self.remarks) - 0.5) * CAPTION_SIZE * LINE
        for line in self.remarks:
            yield Label(self.width / 2, y, line, REMARK_SIZE)
            y += CAPTION_SIZE * LINE

    def _wrapped(self, text, size=CAPTION_SIZE):
        most = int((self.width - 2 * MARGIN) / (LETTER * size))
        return balanced(text, most)


def unbroken(rule):
    """Let a rule break before "=" and between the axes, but not within a formula.

    >>> unbroken("rows: 2·3 = 6; columns: 4").split(" ")
    ['rows:\\xa02·3', '=\\xa06;', 'columns:\\xa04']
    """
    joined = rule.replace(" ", "\N{NO-BREAK SPACE}")
    joined = joined.replace("\N{NO-BREAK SPACE}=", " =")
    return joined.replace(";\N{NO-BREAK SPACE}", "; ")


def balanced(text, most):
    """Break a text into as few lines as `most` characters allow, of equal lengths.

    The result stays beside its sign.

    >>> balanced("3·1 + 5·2 + 2·1 + 4·2 = 23", 24)
    ['3·1 + 5·2 +', '2·1 + 4·2 = 23']
    """
    for sign in "=≈":
        text = text.replace(f" {sign} ", f" {sign}\N{NO-BREAK SPACE}")

    def wrapped(width):
        return textwrap.wrap(
            text, width, break_long_words=False, break_on_hyphens=False
        )

    count = len(wrapped(most))
    widths = range(max(len(text) // count, 1), most + 1)
    least = next(width for width in widths if len(wrapped(width)) == count)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in wrapped(least)]


def _lines(title):
    """Break a title after its comma."""
    return title.split(", ")


def _title_width(title):
    return LETTER * TITLE_SIZE * max(map(len, _lines(title)))


def _title(title, middle, y):
    """Yield the lines of a title over a panel that starts at y."""
    lines = _lines(title)
    for i, line in enumerate(lines):
        above = (len(lines) - 1 - i) * TITLE_LINE * TITLE_SIZE
        yield Label(middle, y - 0.2 - above, line, TITLE_SIZE)


def _number_size(panels):
    """Return the size at which the longest number of these panels fits its cell."""
    widest = max(
        number_width(number_text(number))
        for panel in panels
        for number in [0, *panel.numbers.compressed()]
    )
    return round(min(NUMBER_SIZE, FILLED / widest), 3)


def number_width(text):
    """Return the width of a number over its size; points and signs are narrow."""
    return sum(DIGIT if character.isdigit() else POINT for character in text)


def _cells(panel, x, y, size):
    """Yield the cells of a panel whose upper left corner is (x, y)."""
    masked = np.ma.getmaskarray(panel.numbers)
    for row, column in np.ndindex(panel.numbers.shape):
        known = not masked[row, column]
        role = str(panel.roles[row, column])
        yield Cell(
            panel.name,
            row,
            column,
            x + column,
            y + row,
            number_text(panel.numbers[row, column]) if known else "",
            size,
            role if known or role == "cropped" else "unknown",
            bool(panel.marked[row, column]),
        )


def _outline(window, x, y):
    rows, columns = window
    return Outline(
        x + columns.start,
        y + rows.start,
        columns.stop - columns.start,
        rows.stop - rows.start,
    )
