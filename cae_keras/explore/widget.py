"""Steps as live widgets, for ipywidgets 7 and 8."""

import ipywidgets as widgets

from .page import scene_svg
from .scene import scenes


class StepSlider(widgets.VBox):
    """A play button, a slider, and the picture of the step that the slider is at."""

    def __init__(self, steps):
        pictures = [scene_svg(scene, steps.name) for scene in scenes(steps)]
        last = len(pictures) - 1
        self._name = f"StepSlider({steps.name}, {len(pictures)} steps)"
        self.play = widgets.Play(min=0, max=last, interval=1000)
        self.slider = widgets.IntSlider(min=0, max=last, readout=False)
        self.picture = widgets.HTML(pictures[0])
        # The play button lives in the page: it needs no kernel to move the slider.
        widgets.jslink((self.play, "value"), (self.slider, "value"))
        self.slider.observe(self._show, "value")
        self._pictures = pictures
        super().__init__([widgets.HBox([self.play, self.slider]), self.picture])

    def _show(self, change):
        self.picture.value = self._pictures[change["new"]]

    def __repr__(self):
        return self._name


def step_slider(steps):
    """Return the widgets for these steps, at the first one."""
    return StepSlider(steps)
