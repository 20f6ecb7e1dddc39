"""The figure of an upsampled row shows the numbers that it was given."""

import numpy as np
import pytest

from cae_keras import plotting

ROW = [3, 6]
HALF_PIXEL = [-0.25, 0.25, 0.75, 1.25], [3, 3.75, 5.25, 6]
CORNERS = [0, 1 / 3, 2 / 3, 1], [3, 4, 5, 6]


def test_each_axis_shows_the_pixels_and_one_result_at_its_places():
    figure = plotting.plot_interpolation(ROW, {"half": HALF_PIXEL, "corners": CORNERS})
    assert [axis.get_title() for axis in figure.axes] == ["half", "corners"]
    for axis, result in zip(figure.axes, (HALF_PIXEL, CORNERS), strict=True):
        pixels, output = axis.lines[:2]
        np.testing.assert_array_equal(pixels.get_xydata(), [[0, 3], [1, 6]])
        np.testing.assert_array_equal(output.get_xydata(), np.transpose(result))


def test_the_output_is_not_joined_and_the_curve_is_a_line_in_each_axis():
    curve = [-0.5, 0, 1, 1.5], [3, 3, 6, 6]
    results = {"half": HALF_PIXEL, "corners": CORNERS}
    for axis in plotting.plot_interpolation(ROW, results, curve=curve).axes:
        assert axis.lines[1].get_linestyle() == "None"
        assert axis.lines[1].get_marker() == "."
        np.testing.assert_array_equal(axis.lines[-1].get_xydata(), np.transpose(curve))
        assert axis.lines[-1].get_linestyle() == "-"


def test_every_output_pixel_lies_within_the_axes():
    row = [3, 6, 4, 9, 1]
    places = (np.arange(40) + 0.5) / 8 - 0.5
    values = np.sin(places) * 12  # beyond the row's range
    (axis,) = plotting.plot_interpolation(row, {"sine": (places, values)}).axes
    (left, right), (low, high) = axis.get_xlim(), axis.get_ylim()
    assert left < places.min() and places.max() < right
    assert low < min(values.min(), 1) and max(values.max(), 9) < high


def test_thin_lines_stand_at_the_edges_of_the_pixels():
    (axis,) = plotting.plot_interpolation(ROW, {"half": HALF_PIXEL}).axes
    edges = [line.get_xdata()[0] for line in axis.lines[2:]]
    np.testing.assert_array_equal(edges, [-0.5, 0.5, 1.5])


@pytest.mark.parametrize(
    ("row", "results", "message"),
    [
        (ROW, {}, "at least one result. Received: none"),
        ([], {"a": CORNERS}, r"Received: 'row' of shape \(0,\)"),
        ([ROW], {"a": CORNERS}, r"Received: 'row' of shape \(1, 2\)"),
        (ROW, {"a": ([0, 1], [3, np.nan])}, "finite numbers. Received: 'a'"),
        (ROW, {"a": ([0, 1], [3])}, "one place for each value. Received: 'a' with 2"),
    ],
)
def test_rows_that_cannot_be_drawn_are_refused(row, results, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_interpolation(row, results)


def test_a_curve_that_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"value\. Received: 'curve' with 2"):
        plotting.plot_interpolation(ROW, {"half": HALF_PIXEL}, curve=([0, 1], [3]))
