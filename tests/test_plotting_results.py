"""Maps with a scale, and results over seeds and sizes, show what they were given."""

import numpy as np
import pytest

from cae_keras import plotting


def test_maps_are_shown_row_by_row_each_row_on_its_own_scale():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(1, 3, size=(2, 4, 5)), rng.uniform(5, 9, size=(3, 6, 7))
    figure = plotting.plot_maps({"a": a, "b": b}, captions="uvxyz")
    drawn = plotting.images_in(figure)
    for shown, expected in zip(drawn, [*a, *b], strict=True):
        np.testing.assert_array_equal(shown, expected)
    used = [axis for axis in figure.axes if axis.images]
    limits = [axis.images[0].get_clim() for axis in used]
    assert limits == [(a.min(), a.max())] * 2 + [(b.min(), b.max())] * 3
    assert [axis.get_title() for axis in used] == list("uvxyz")
    assert used[0].get_ylabel() == f"a\n{a.min():.2g} to {a.max():.2g}"
    assert {axis.images[0].get_cmap().name for axis in used} == {"viridis"}


def test_a_scale_that_crosses_0_is_symmetric_with_white_in_the_middle():
    figure = plotting.plot_maps({"kernel": [[[-1.0, 0.5]]]})
    (shown,) = figure.axes[0].images
    assert shown.get_clim() == (-1, 1) and shown.get_cmap().name == "RdBu_r"
    np.testing.assert_allclose(shown.to_rgba(0.0), 1, atol=0.04)


def test_one_scale_can_be_given_for_all_rows_and_a_constant_map_is_drawn():
    figure = plotting.plot_maps(
        {"a": [np.ones((2, 2))], "b": [np.eye(3)]}, scale=(0, 4)
    )
    assert [axis.images[0].get_clim() for axis in figure.axes] == [(0, 4)] * 2
    (shown,) = plotting.plot_maps({"a": [np.ones((2, 2))]}).axes[0].images
    low, high = shown.get_clim()
    assert low < high


@pytest.mark.parametrize(
    ("rows", "captions", "message"),
    [
        ({}, None, "Received: {}"),
        ({"a": []}, None, "'a': 0"),
        ({"a": [np.eye(2)], "b": []}, None, "'b': 0"),
        ({"a": [np.zeros((2, 2, 1))]}, None, r"'a' with the shape \(2, 2, 1\)"),
        ({"a": [np.full((2, 2), np.nan)]}, None, "finite"),
        ({"a": [np.eye(2)]}, ["one", "two"], "2 captions, 1 maps"),
        ({"a": [np.eye(2), np.eye(2)]}, ["one"], "1 captions, 2 maps"),
    ],
)
def test_maps_that_cannot_be_drawn_are_refused(rows, captions, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_maps(rows, captions)


def test_each_seed_is_a_dot_on_a_bar_over_the_range_first_model_at_the_top():
    values = {"a": [3, 1, 2], "b": [5.0]}
    figure = plotting.plot_seeds(values, "error", {"PCA": 4})
    (axis,) = figure.axes
    dots = [line for line in axis.lines if line.get_marker() == "o"]
    for row, (line, some) in enumerate(zip(dots, values.values(), strict=True)):
        np.testing.assert_array_equal(line.get_xdata(), some)
        np.testing.assert_array_equal(line.get_ydata(), row)
    bars = [line.get_xdata() for line in axis.lines if line.get_linewidth() == 8]
    np.testing.assert_array_equal(bars, [[1, 3], [5, 5]])
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a", "b"]
    assert axis.yaxis_inverted() and axis.get_xlabel() == "error"
    (dashed,) = [line for line in axis.lines if line.get_linestyle() == "--"]
    assert [*dashed.get_xdata()] == [4, 4]
    assert "PCA" in [text.get_text() for text in axis.texts]


@pytest.mark.parametrize("values", [{}, {"a": []}, {"a": [1], "b": [np.inf]}])
def test_seeds_without_values_are_refused(values):
    with pytest.raises(ValueError, match=r"at least one value.*Received"):
        plotting.plot_seeds(values, "error")


def test_a_line_goes_through_the_means_over_a_band_from_smallest_to_largest():
    results = {"a": {2: [0.02, 0.04], 8: [0.01]}, "b": {4: [0.03, 0.05, 0.01]}}
    figure = plotting.plot_by_size(results, "error")
    (axis,) = figure.axes
    lines = {line.get_label(): line.get_xydata() for line in axis.lines}
    np.testing.assert_allclose(lines["a"], [[2, 0.03], [8, 0.01]])
    np.testing.assert_allclose(lines["b"], [[4, 0.03]])
    spans = [c.get_paths()[0].vertices[:, 1] for c in axis.collections]
    assert [(s.min(), s.max()) for s in spans] == [(0.01, 0.04), (0.01, 0.05)]
    assert axis.get_xscale() == axis.get_yscale() == "log"
    assert [label.get_text() for label in axis.get_xticklabels()] == ["2", "4", "8"]
    assert axis.get_ylabel() == "error"


@pytest.mark.parametrize(
    "results",
    [
        {},
        {"a": {}},
        {"a": {2: []}},
        {"a": {2: [0.0]}},
        {"a": {0: [1]}},
        {"a": {1: [-1]}},
    ],
)
def test_results_that_a_logarithm_cannot_show_are_refused(results):
    with pytest.raises(ValueError, match="Received"):
        plotting.plot_by_size(results, "error")
