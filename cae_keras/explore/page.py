"""Scenes as SVG, and as an HTML fragment that steps through them."""

import base64
import html

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
from .scene import scenes

PIXELS = 50  # a cell in the picture's own size; it shrinks with its surroundings
FONT = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif"

# The handlers stand in the attributes of their elements: a notebook need not run a
# script, no name is shared, and any number of animations can stand on a page. The
# picture is an image, since a notebook that is not trusted yet would strip an SVG down
# to its numbers; an image it shows, and that is the first step.
SHOW_STEP = r"""
const root = this.closest('.cae-steps'), step = this.value;
const parts = root.dataset.parts.split('\n').filter(part => part[step] === '1');
const svg = parts.map(part => part.slice(part.indexOf('<'))).join('');
root.querySelector('img').src = 'data:image/svg+xml,' + encodeURIComponent(svg);
"""
PRESS = """
const pressed = event.target.dataset.press, root = this;
if (!pressed) return;
const slider = root.querySelector('input');
const play = root.querySelector('[data-press=play]');
const go = step => { slider.value = step; slider.oninput(); };
const stop = () => {
  clearInterval(root.timer);
  root.timer = 0;
  play.textContent = 'play';
};
const playing = root.timer;
stop();
if (pressed === 'back') go(+slider.value - 1);
if (pressed === 'forward') go(+slider.value + 1);
if (pressed === 'play' && !playing) {
  if (slider.value === slider.max) go(0);
  play.textContent = 'pause';
  root.timer = setInterval(() => {
    if (!root.isConnected || slider.value === slider.max) return stop();
    go(+slider.value + 1);
  }, 1000);
}
"""
KEYS = """
const press = {ArrowLeft: 'back', ArrowRight: 'forward'}[event.key];
if (!press) return;
event.stopPropagation();
event.preventDefault();
this.querySelector(`[data-press=${press}]`).click();
"""


class Animation:
    """The steps as HTML; displayed, it has buttons, a slider and the arrow keys."""

    def __init__(self, steps):
        self._name = f"Animation({steps.name}, {len(steps)} steps)"
        self._html = animation_html(steps)

    def __repr__(self):
        return self._name

    def _repr_html_(self):
        return self._html


def animation_html(steps):
    """Return the fragment: each part of the pictures once, with the steps it is in."""
    drawn = scenes(steps)
    layers = zip(*(_layers(scene, steps.name) for scene in drawn), strict=True)
    parts = "\n".join(part for layer in layers for part in _merged(layer))
    first = base64.b64encode(scene_svg(drawn[0], steps.name).encode()).decode()
    width = round(drawn[0].width * PIXELS)
    return (
        f'<div class="cae-steps" onclick="{_handler(PRESS)}" '
        f'onkeydown="{_handler(KEYS)}" data-parts="{_attribute(parts)}" '
        f'style="max-width:{width}px;padding:4px;background:#ffffff;color:#111111;'
        f'color-scheme:light"><img src="data:image/svg+xml;base64,{first}" '
        f'alt="{_attribute(steps.name)}, step by step" '
        f'style="display:block;width:100%;margin:0">{_controls(len(steps))}</div>'
    )


def scene_svg(scene, name):
    """Return one scene as an SVG picture."""
    return "".join(part for layer in _layers(scene, name) for part in layer)


def _controls(count):
    button = (
        "font:inherit;padding:2px 12px;border:1px solid #888888;border-radius:4px;"
        "background:#eeeeee;color:#111111;cursor:pointer"
    )
    buttons = "".join(
        f'<button type="button" data-press="{name}" style="{button}">{name}</button>'
        for name in ("back", "play", "forward")
    )
    return (
        '<div style="display:flex;gap:6px;align-items:center;font:15px sans-serif">'
        f'{buttons}<input type="range" min="0" max="{count - 1}" value="0" step="1" '
        f'aria-label="step" style="flex:1" oninput="{_handler(SHOW_STEP)}"></div>'
    )


def _merged(layer):
    """Return each distinct part of a layer once: a 0 or 1 for each step, and the part.

    >>> _merged([["<a/>", "<b/>"], ["<a/>", "<c/>"]])
    ['11<a/>', '10<b/>', '01<c/>']
    """
    steps = {}
    for step, parts in enumerate(layer):
        for part in parts:
            steps.setdefault(part, set()).add(step)
    every = range(len(layer))
    return [
        "".join("1" if step in here else "0" for step in every) + part
        for part, here in steps.items()
    ]


def _layers(scene, name):
    """Return the SVG of a scene in parts, layer by layer from the lowest to the top."""
    width, height = (round(side * PIXELS) for side in (scene.width, scene.height))
    start = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' "
        f"width='{width}' height='{height}' role='img' aria-label='{name}' "
        f"font-family='{FONT}' text-anchor='middle' fill='{TEXT_COLOR}' "
        "style='display:block;max-width:100%;height:auto;background:#ffffff'>"
    )
    return (
        [start],
        [*map(_cell, scene.cells), *map(_label, scene.labels)],
        [*map(_outline, scene.outlines)],
        ["</svg>"],
    )


def _cell(cell):
    look = LOOKS[cell.role]
    color = look.marked if cell.marked else look.color
    strokes = "".join(
        f"M{_at(cell.x + x0)} {_at(cell.y + y0)}L{_at(cell.x + x1)} {_at(cell.y + y1)}"
        for (x0, y0), (x1, y1) in look.strokes
    )
    if strokes:
        width = _at(STROKE_WIDTH)
        strokes = (
            f"<path d='{strokes}' stroke='{STROKE_COLOR}' stroke-width='{width}'/>"
        )
    baseline = cell.y + 0.5 + BASELINE * cell.size
    return (
        f"<rect x='{_at(cell.x)}' y='{_at(cell.y)}' width='{PIXELS}' "
        f"height='{PIXELS}' fill='{color}' stroke='{LINE_COLOR}' "
        f"stroke-width='{_at(LINE_WIDTH)}'/>{strokes}"
        f"{_text(cell.x + 0.5, baseline, cell.text, cell.size, look.text)}"
    )


def _label(label):
    return _text(label.x, label.y, label.text, label.size, TEXT_COLOR)


def _text(x, y, text, size, color):
    if not text:
        return ""
    fill = "" if color == TEXT_COLOR else f" fill='{color}'"
    return (
        f"<text x='{_at(x)}' y='{_at(y)}' font-size='{_at(size)}'{fill}>"
        f"{html.escape(text)}</text>"
    )


def _outline(outline):
    return (
        f"<rect x='{_at(outline.x)}' y='{_at(outline.y)}' "
        f"width='{_at(outline.width)}' height='{_at(outline.height)}' fill='none' "
        f"stroke='{WINDOW_COLOR}' stroke-width='{_at(WINDOW_WIDTH)}' "
        "stroke-linejoin='round'/>"
    )


def _at(units):
    """Return a length in pixels, with a decimal at most."""
    return f"{units * PIXELS:.1f}".removesuffix(".0")


def _attribute(text):
    """Return a text that may stand in an attribute within double quotes."""
    return html.escape(text, quote=False).replace('"', "&quot;")


def _handler(script):
    """Return a script that may stand in an attribute, on one line."""
    return _attribute(" ".join(script.split()))
