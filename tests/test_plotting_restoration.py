"""Photographs, spectra and errors over r show what they were given."""

import numpy as np
import pytest

from cae_keras import plotting


def test_photographs_stand_in_their_order_on_one_grey_scale():
    rng = np.random.default_rng(0)
    images = {title: rng.normal(size=(5, 7)) for title in "abcde"}
    figure = plotting.plot_photographs(images, columns=2)
    for shown, image in zip(plotting.images_in(figure), images.values(), strict=True):
        np.testing.assert_array_equal(shown, image)
    used = [axis for axis in figure.axes if axis.images]
    assert [axis.get_title() for axis in used] == list("abcde")
    for axis in used:
        assert axis.images[0].get_clim() == (0, 1)
        assert axis.images[0].get_cmap().name == "gray"
    (empty,) = [axis for axis in figure.axes if not axis.images]
    assert len(figure.axes) == 6 and not empty.axison


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ({}, "Received: none"),
        ({"a": np.zeros((2, 2, 1))}, r"'a' with the shape \(2, 2, 1\)"),
        ({"a": np.zeros((0, 2))}, r"'a' with the shape \(0, 2\)"),
        ({"a": [[np.nan]]}, "finite"),
    ],
)
def test_photographs_that_cannot_be_drawn_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_photographs(images)


def test_a_spectrum_has_frequency_0_in_the_middle_and_dots_at_those_of_a_grid():
    spectra = {"a": np.arange(-7, 17).reshape(4, 6), "b": np.arange(15).reshape(3, 5)}
    figure = plotting.plot_spectra(spectra, grid=4)
    a, b = plotting.images_in(figure)
    assert a[2, 3] == -7 and a[2, 4] == -6 and a[3, 3] == -1
    assert b[1, 2] == 0 and b[1, 3] == 1 and b[2, 2] == 5
    for axis, shown in zip(figure.axes, (a, b), strict=True):
        (image,), (dots,) = axis.images, axis.lines
        assert image.get_cmap().name == "viridis"
        assert image.get_clim() == (shown.min(), shown.max())
        left, right, bottom, top = image.get_extent()
        rows, columns = shown.shape
        pixel = (right - left) / columns, (bottom - top) / rows
        np.testing.assert_allclose(left + (columns // 2 + 0.5) * pixel[0], 0, atol=1e-9)
        np.testing.assert_allclose(top + (rows // 2 + 0.5) * pixel[1], 0, atol=1e-9)
        np.testing.assert_allclose([right - left, bottom - top], 2 * np.pi)
        marked = {*zip(*(2 * dots.get_xydata() / np.pi).T, strict=True)}
        assert marked == {(x, y) for x in (-2, -1, 0, 1) for y in (-2, -1, 0, 1)}
        assert [t.get_text() for t in axis.get_xticklabels()] == ["-π", "0", "π"]
        (x_first, x_last), (y_last, y_first) = axis.get_xlim(), axis.get_ylim()
        assert max(x_first, y_first) <= -np.pi and np.pi <= min(x_last, y_last)
    assert figure.axes[0].get_title() == "a\n-7 to 16"


def test_without_a_grid_a_spectrum_has_no_dots():
    (axis,) = plotting.plot_spectra({"a": np.eye(3)}).axes
    assert not axis.lines


@pytest.mark.parametrize(
    ("spectra", "message"),
    [
        ({}, "Received: none"),
        ({"a": np.zeros(2)}, r"'a' with the shape \(2,\)"),
        ({"a": [[np.inf]]}, "finite"),
    ],
)
def test_spectra_that_cannot_be_drawn_are_refused(spectra, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_spectra(spectra)


@pytest.mark.parametrize("grid", [0, 2.5, True])
def test_a_grid_that_cannot_be_marked_is_refused(grid):
    with pytest.raises(ValueError, match=f"above 0.*Received: grid={grid}"):
        plotting.plot_spectra({"a": np.eye(3)}, grid=grid)


def test_errors_stand_over_their_strengths_and_the_best_is_marked():
    strengths = [0.01, 0.1, 1]
    errors = {"measured": [3, 1, 2], "noise": [2.5, 0.5, 0.1]}
    (axis,) = plotting.plot_regularisation(strengths, errors, best=0.1).axes
    *curves, mark = axis.lines
    for line, (label, numbers) in zip(curves, errors.items(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), strengths)
        np.testing.assert_array_equal(line.get_ydata(), numbers)
        assert line.get_label() == label
    assert [line.get_linestyle() for line in curves] == ["-", "--"]
    assert [*mark.get_xdata()] == [0.1, 0.1]
    assert [text.get_text() for text in axis.texts] == ["r = 0.1"]
    assert (axis.get_xscale(), axis.get_yscale()) == ("log", "log")


def test_without_a_best_strength_nothing_is_marked():
    (axis,) = plotting.plot_regularisation([1, 2], {"a": [3, 4]}).axes
    assert len(axis.lines) == 1 and not axis.texts


@pytest.mark.parametrize(
    ("strengths", "errors"),
    [
        ([1, 2], {}),
        ([1, 2], {"a": [1]}),
        ([1, 2], {"a": [1, 0]}),
        ([1, 2], {"a": [1, np.nan]}),
        ([0, 2], {"a": [1, 2]}),
    ],
)
def test_errors_that_cannot_be_drawn_are_refused(strengths, errors):
    with pytest.raises(ValueError, match=r"finite number above 0.*Received"):
        plotting.plot_regularisation(strengths, errors)
