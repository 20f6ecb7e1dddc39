"""What the roles of the cells look like, in both renderers."""

from dataclasses import dataclass

from ..plotting.style import INPUT_COLOR, OUTPUT_COLOR

KERNEL_COLOR = "#d9d9d9"
WINDOW_COLOR = "#c2410c"  # the frame around the cells of a step
LINE_COLOR, TEXT_COLOR, QUIET_COLOR = "#555555", "#111111", "#6b6b6b"
WINDOW_WIDTH, LINE_WIDTH, STROKE_WIDTH = 0.09, 0.025, 0.04  # over the side of a cell

HATCH = (((0, 0.5), (0.5, 0)), ((0, 1), (1, 0)), ((0.5, 1), (1, 0.5)))
STRIKE = (((0, 0), (1, 1)),)
BASELINE = 0.365  # below the middle of a digit, over its size


@dataclass(frozen=True)
class Look:
    """Colours of a cell as it is and while it is marked; strokes within it."""

    color: str
    marked: str
    text: str = TEXT_COLOR
    strokes: tuple = ()


LOOKS = {
    "input": Look(INPUT_COLOR, "#5ba3d9"),
    "inserted": Look("#ffffff", "#cfe3f3"),
    "padding": Look("#ffffff", "#cfe3f3", QUIET_COLOR, HATCH),
    "unread": Look("#e4eef7", "#e4eef7", QUIET_COLOR, STRIKE),
    "kernel": Look(KERNEL_COLOR, "#b3b3b3"),
    "copy": Look(KERNEL_COLOR, "#b3b3b3"),
    "indices": Look(KERNEL_COLOR, "#b3b3b3"),
    "output": Look(OUTPUT_COLOR, "#52c7c1"),
    "cropped": Look("#f0f0f0", "#d4d4d4", QUIET_COLOR, STRIKE),
    "unknown": Look("#ffffff", "#ffffff"),
}
STROKE_COLOR = "#b0b0b0"
