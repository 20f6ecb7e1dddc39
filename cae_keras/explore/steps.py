"""Steps: what happens, one frame a step, as plain arrays; drawing comes after."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..shapes.arguments import refuse
from .wording import refuse_long, size_text

MOST_IN_STRIP = 36  # steps: a large one fills the width, and is as high


@dataclass(frozen=True, eq=False)
class Panel:
    """One grid of numbers in the picture of a step.

    Attributes:
        name: "input", "kernel", "copy", "indices" or "output".
        title: what stands over it.
        numbers: masked array (rows, columns); what is not known yet is masked.
        roles: array (rows, columns): for each cell "input", "padding", "inserted" (a
            zero between pixels), "unread" (by no step), "kernel", "copy", "indices",
            "output" or "cropped".
        window: the rows and columns of this step, a pair of slices, or None.
        marked: array (rows, columns) of bool: the cells that this step is about.
        sign: what stands between the panel before and this one.
    """

    name: str
    title: str
    numbers: np.ma.MaskedArray
    roles: np.ndarray
    window: tuple | None
    marked: np.ndarray
    sign: str


def panel(name, title, numbers, roles=None, window=None, marked=None, sign=""):
    """Make a panel: its name is its cells' role, its window is marked, unless told."""
    numbers = np.ma.array(numbers, copy=True)
    if roles is None:
        roles = np.full(numbers.shape, name, object)
    if marked is None:
        marked = np.zeros(numbers.shape, bool)
        if window is not None:
            marked[window] = True
    return Panel(name, title, numbers, roles, window, marked, sign)


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """One step.

    Attributes:
        panels: the grids of numbers that the picture shows, left to right.
        output: masked array, the output so far; what is not known yet is masked.
        calculation: what this step computes, as "3·1 + 5·2 = 13".
        rule: the output size, as "(4 + 2·0 - 3) / 1 + 1 = 2".
    """

    panels: tuple
    output: np.ma.MaskedArray
    calculation: str
    rule: str

    def __getitem__(self, name):
        """Return the panel of this name."""
        return {panel.name: panel for panel in self.panels}[name]

    def __repr__(self):
        return f"Frame({self.calculation})"

    @property
    def input(self):
        """The input as drawn, with the zeros around and between its pixels."""
        return self.panels[0].numbers.data

    @property
    def window(self):
        """The part of the input that this step reads."""
        return self.input[self.panels[0].window]


class Steps(Sequence):
    """The steps of one computation; each is a `Frame`.

    Attributes:
        name: what is computed, as "convolution".
        output: the result, an array (height, width).

    Raises:
        ValueError: a number has more than 7 characters, too many to be drawn.
    """

    def __init__(self, name, frames):
        self.name = name
        self._frames = tuple(frames)
        self.output = self._frames[-1].output.filled(0)
        for frame in self._frames:
            for shown in frame.panels:
                for number in shown.numbers.compressed():
                    refuse_long(number, shown.name)

    def __len__(self):
        return len(self._frames)

    def __getitem__(self, step):
        return self._frames[step]

    def __repr__(self):
        size = size_text(self.output.shape)
        return f"Steps({self.name}, {len(self)} steps, output {size})"

    def strip(self, frames=None):
        """Draw chosen steps side by side.

        Args:
            frames: the steps to draw, whole numbers from 0; negative ones count from
                the end; at most 36. None draws the first, the middle and the last.

        Returns:
            A matplotlib `Figure`, closed, one axis a step.

        Raises:
            ValueError: there is no such step, none is asked for, or too many are.
        """
        from .figure import draw_strip
        from .scene import scenes

        count = len(self)
        if frames is None:
            frames = sorted({0, count // 2, count - 1})
        chosen = np.asarray(frames)
        if chosen.ndim != 1 or chosen.dtype.kind not in "iu" or not chosen.size:
            refuse("`frames` must be a sequence of whole numbers.", frames=frames)
        if not all(-count <= i < count for i in chosen):
            refuse(f"There are only the steps 0 to {count - 1}.", frames=frames)
        if chosen.size > MOST_IN_STRIP:  # the picture could not be shown
            refuse(
                f"A strip holds at most {MOST_IN_STRIP} steps; `animation` and `save` "
                "show all.",
                frames=f"{chosen.size} steps",
            )
        drawn = scenes(self)
        return draw_strip([drawn[i] for i in chosen])

    def animation(self):
        """Return the steps as HTML: buttons, a slider and the arrow keys move through.

        A notebook shows it, also without a kernel, in Colab and in exported slides. It
        loads nothing, and its bytes are the same in each run.
        """
        from .page import Animation

        return Animation(self)

    def slider(self):
        """Return the steps as widgets, a play button and a slider over the picture."""
        from .widget import step_slider

        return step_slider(self)

    def save(self, path, seconds_per_frame=1.0):
        """Write the steps as an animated GIF.

        Args:
            path: the file, which must end in ".gif", in a folder that exists. A file
                that exists is replaced, and only once the new one is complete.
            seconds_per_frame: how long each step is shown, from 0.02.

        Raises:
            ValueError: the path has another ending or names no file in a folder, or
                the time cannot be; all of that is told before anything is drawn.
        """
        from .gif import save_gif

        save_gif(self, path, seconds_per_frame)
