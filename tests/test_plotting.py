"""What a figure shows is what it was given, and can be read back."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cae_keras import models, plotting, shapes


@pytest.fixture
def images():
    return np.random.default_rng(0).uniform(size=(4, 5, 6)).astype("float32")


def test_images_are_shown_row_by_row_between_black_and_white(images):
    figure = plotting.plot_images({"a": images, "b": images[::-1, ..., None]})
    expected = [*images, *images[::-1]]
    np.testing.assert_array_equal(plotting.images_in(figure), expected)
    for axis in figure.axes:
        assert axis.images[0].get_clim() == (0, 1)
        assert axis.images[0].get_cmap().name == "gray"


def test_rows_are_labelled_and_columns_captioned(images):
    figure = plotting.plot_images({"in": images, "out": images}, captions="wxyz")
    labels = [axis.get_ylabel() for axis in figure.axes]
    assert labels == ["in", "", "", "", "out", "", "", ""]
    assert [axis.get_title() for axis in figure.axes[:4]] == list("wxyz")


@pytest.mark.parametrize(
    ("rows", "captions", "message"),
    [
        ({}, None, "at least one. Received: no row"),
        ({"a": np.zeros((0, 5, 6))}, None, "Received: a: 0"),
        ({"a": np.zeros((2, 5, 6)), "b": np.zeros((3, 5, 6))}, None, "a: 2, b: 3"),
        ({"a": np.zeros((5, 6))}, None, r"Received: 'a' of shape \(5, 6\)"),
        ({"a": np.zeros((2, 5, 6, 3))}, None, "shape"),
        ({"a": np.zeros((2, 5, 6))}, ["one"], "one caption a column"),
    ],
)
def test_images_of_another_shape_are_refused(rows, captions, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_images(rows, captions)


def test_feature_maps_show_the_first_channels_on_one_scale():
    maps = np.random.default_rng(0).uniform(0, 3, size=(4, 5, 6))
    figure = plotting.plot_feature_maps({"conv1": maps, "two": maps[..., :2]}, count=3)
    drawn = plotting.images_in(figure)
    assert len(drawn) == 3 + 2
    for channel in range(3):
        np.testing.assert_array_equal(drawn[channel], maps[..., channel])
    assert figure.axes[0].images[0].get_clim() == (0, maps.max())
    assert figure.axes[0].get_ylabel() == f"conv1\n4x5x6\n0 to {maps.max():.2g}"


def test_feature_maps_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"Received: conv1 of shape \(4, 5\)"):
        plotting.plot_feature_maps({"conv1": np.zeros((4, 5))})
    with pytest.raises(ValueError, match="at least one layer"):
        plotting.plot_feature_maps({})


def test_the_learning_curve_shows_each_loss_at_its_epoch():
    figure = plotting.plot_learning_curve({"test": [0.3, 0.2, 0.1]}, {"PCA": 0.25})
    curve, reference = figure.axes[0].lines
    np.testing.assert_array_equal(curve.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(curve.get_ydata(), [0.3, 0.2, 0.1])
    assert list(reference.get_ydata()) == [0.25, 0.25]
    assert figure.axes[0].get_ylim()[0] == 0
    assert [text.get_text() for text in figure.axes[0].texts] == ["PCA"]


@pytest.mark.parametrize("curves", [{}, {"test": []}])
def test_a_learning_curve_without_losses_is_refused(curves):
    with pytest.raises(ValueError, match="at least one curve"):
        plotting.plot_learning_curve(curves)


def test_the_plane_shows_each_point_in_the_colour_of_its_digit():
    random = np.random.default_rng(0)
    codes, labels = random.normal(size=(60, 2)), random.integers(0, 10, size=60)
    figure = plotting.plot_latent_plane({"test": (codes, labels)})
    ((drawn, digits),) = plotting.points_in(figure)
    found = {(*point, digit) for point, digit in zip(drawn, digits, strict=True)}
    assert found == {
        (*point, digit) for point, digit in zip(codes, labels, strict=True)
    }


def test_the_legend_names_the_colours_that_are_drawn():
    codes, labels = np.eye(3, 2), np.array([1, 5, 6])
    figure = plotting.plot_latent_plane({"test": (codes, labels)})
    legend = figure.axes[0].get_legend()
    named = dict(
        zip(
            [text.get_text() for text in legend.get_texts()],
            [handle.get_color() for handle in legend.legend_handles],
            strict=True,
        )
    )
    for points in figure.axes[0].collections:
        color = plt.matplotlib.colors.to_rgb(named[points.get_label()])
        np.testing.assert_allclose(points.get_facecolor()[0, :3], color)


def test_two_planes_share_their_axes_and_say_what_they_left_out():
    codes, labels = np.random.default_rng(0).normal(size=(4000, 2)), np.ones(4000, int)
    figure = plotting.plot_latent_plane(
        {"train": (codes, labels), "test": (codes[:9] * 5, labels[:9])},
        marks={"A": (0, 1)},
    )
    left, right = figure.axes
    assert left.get_xlim() == right.get_xlim() and left.get_ylim() == right.get_ylim()
    assert left.get_title() == "train (first 3,000 of 4,000 images)"
    assert right.get_title() == "test (9 images)"
    np.testing.assert_array_equal(left.lines[0].get_xydata(), [[0, 1]])
    np.testing.assert_array_equal(plotting.points_in(figure)[0][0], codes[:3000])


@pytest.mark.parametrize(
    ("codes", "labels", "message"),
    [
        (np.zeros((3, 3)), np.zeros(3, int), r"\(n, 2\).*\(3, 3\)"),
        (np.zeros((3, 2)), np.zeros(4, int), r"labels of \(4,\)"),
        (np.zeros((3, 2)), np.zeros(3), "Labels must be integers. Received: float64"),
        (np.zeros((3, 2)), np.array([0, 1, 12]), "between 0 and 9. Received: 0 to 12"),
    ],
)
def test_codes_that_are_not_a_plane_are_refused(codes, labels, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_latent_plane({"test": (codes, labels)})


def test_no_plane_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one panel"):
        plotting.plot_latent_plane({})


def test_the_decoded_plane_puts_the_smallest_numbers_at_the_lower_left():
    images = np.arange(2 * 3)[..., None, None] / 5 * np.ones((4, 5))
    images = images.reshape(2, 3, 4, 5)
    figure = plotting.plot_decoded_plane(images, [0, 1, 2], [10, 20])
    (mosaic,) = plotting.images_in(figure)
    expected = np.block(
        [[images[1, j] for j in range(3)], [images[0, j] for j in range(3)]]
    )
    np.testing.assert_array_equal(mosaic, expected)
    axis = figure.axes[0]
    assert axis.images[0].get_extent() == [-0.5, 2.5, 5, 25]
    assert axis.images[0].origin == "upper"


@pytest.mark.parametrize(
    ("shape", "first", "second", "message"),
    [
        ((2, 3, 4, 5), [0, 1], [0, 1, 2], r"images of shape \(2, 3, 4, 5\)"),
        ((2, 3, 4), [0, 1, 2], [0, 1], "must have the shape"),
        ((2, 3, 4, 5), [0, 2, 1], [0, 1], "`first` must be two or more ascending"),
        ((1, 3, 4, 5), [0, 1, 2], [0], "`second` must be two or more ascending"),
    ],
)
def test_a_grid_that_does_not_fit_is_refused(shape, first, second, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_decoded_plane(np.zeros(shape), first, second)


def test_errors_are_bars_in_order_with_the_highlighted_one_coloured():
    figure = plotting.plot_errors({"a": 0.3, "b": 0.1, "c": 0.2}, highlight=["c"])
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["b", "c", "a"]
    assert [bar.get_width() for bar in axis.patches] == [0.1, 0.2, 0.3]
    colors = [bar.get_facecolor() for bar in axis.patches]
    assert colors[0] == colors[2] != colors[1]
    assert [text.get_text() for text in axis.texts] == ["0.1000", "0.2000", "0.3000"]


@pytest.mark.parametrize("errors", [{}, {"a": -1.0}, {"a": float("nan")}])
def test_errors_that_cannot_be_are_refused(errors):
    with pytest.raises(ValueError, match="finite numbers of 0 or more"):
        plotting.plot_errors(errors)


def test_the_architecture_is_drawn_from_the_table():
    table = shapes.layer_table(models.build_autoencoder())
    figure = plotting.plot_architecture(table)
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert {"conv1\n28x28x32", "conv3\n1x1x2", "deconv1\n28x28x1", "14x14"} <= texts
    heights = [box.get_height() for box in figure.axes[0].patches]
    assert heights[1] == 2 * heights[2] == 4 * heights[4] > heights[5]
    colors = [box.get_facecolor() for box in figure.axes[0].patches]
    assert len({*colors}) == 3 and colors[5] not in colors[:5] + colors[6:]


def test_an_architecture_of_unknown_size_is_refused():
    row = shapes.layer_table(models.build_encoder())["conv1"]
    row = type(row)(**{**row.__dict__, "output_shape": (None, None, 32)})
    with pytest.raises(ValueError, match=r"Received: conv1 with \(None, None, 32\)"):
        plotting.plot_architecture([row])
    with pytest.raises(ValueError, match="at least one layer"):
        plotting.plot_architecture([])


def test_a_figure_is_closed_so_that_a_notebook_shows_it_once(images):
    before = plt.get_fignums()
    plotting.plot_images({"a": images})
    plotting.plot_learning_curve({"a": [1.0]})
    assert plt.get_fignums() == before


def test_the_overview_shows_images_reconstructions_and_the_plane(images):
    codes, labels = np.arange(10.0).reshape(5, 2), np.array([1, 5, 6, 1, 1])
    figure = plotting.plot_overview(images, images[::-1], codes, labels)
    expected = [*images, *images[::-1]]
    np.testing.assert_array_equal(plotting.images_in(figure), expected)
    ((drawn, digits),) = plotting.points_in(figure)
    np.testing.assert_array_equal(drawn, codes[[0, 3, 4, 1, 2]])
    assert digits.tolist() == [1, 1, 1, 5, 6]


@pytest.mark.parametrize("count", [0, 3])
def test_an_overview_without_a_reconstruction_each_is_refused(images, count):
    codes, labels = np.zeros((2, 2)), np.zeros(2, int)
    with pytest.raises(ValueError, match=f"4 images, {count} reconstructions"):
        plotting.plot_overview(images, images[:count], codes, labels)


def test_entries_that_meet_on_a_circle_stand_together_and_the_spoilt_are_orange():
    figure = plotting.plot_circles(entries=5, kept=range(1, 4), lengths=[5, 4, 3])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == [*"01234", "0+4", *"123", "0+3", "1+4", "2"]
    colors = [box.get_facecolor() for box in figure.axes[0].patches]
    cropped, alone, spoilt = colors[0], colors[1], colors[9]
    assert len({cropped, alone, spoilt}) == 3
    assert colors[:5] == [cropped, alone, alone, alone, cropped]
    assert colors[5:] == [cropped, alone, alone, alone, spoilt, spoilt, alone]
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["N = 5", "N = 4", "N = 3"]


@pytest.mark.parametrize(
    ("kept", "lengths"), [(range(1, 6), [5]), (range(3), []), (range(3), [5, 0])]
)
def test_circles_that_cannot_be_are_refused(kept, lengths):
    with pytest.raises(ValueError, match="one length or more"):
        plotting.plot_circles(5, kept, lengths)


def test_matrices_are_shown_side_by_side_white_at_zero():
    matrices = {"A": np.array([[0.0, -2], [1, 0], [0, 1]]), "zero": np.zeros((1, 4))}
    figure = plotting.plot_matrices(matrices)
    for drawn, wanted in zip(
        plotting.images_in(figure), matrices.values(), strict=True
    ):
        np.testing.assert_array_equal(drawn, wanted)
    assert [axis.get_title() for axis in figure.axes] == ["A\n3x2", "zero\n1x4"]
    limits = [axis.images[0].get_clim() for axis in figure.axes]
    assert limits == [(-2, 2), (-1, 1)]


@pytest.mark.parametrize("matrices", [{}, {"A": np.zeros(3)}])
def test_what_is_no_matrix_is_refused(matrices):
    with pytest.raises(ValueError, match="at least one matrix"):
        plotting.plot_matrices(matrices)


def test_multiply_adds_are_curves_in_millions_with_the_crossing_marked():
    curves = {"direct": [2e6, 8e6, 18e6], "Fourier": [5e6, 6e6, 7e6]}
    (axis,) = plotting.plot_multiply_adds([2, 4, 6], curves, crossing=4).axes
    direct, fourier, mark = axis.lines
    np.testing.assert_array_equal(direct.get_xydata(), [[2, 2], [4, 8], [6, 18]])
    np.testing.assert_array_equal(fourier.get_ydata(), [5, 6, 7])
    assert list(mark.get_xdata()) == [4, 4]
    assert [text.get_text() for text in axis.texts] == ["k = 4"]
    assert axis.get_yscale() == "log"
    (axis,) = plotting.plot_multiply_adds([2, 4, 6], curves).axes
    assert len(axis.lines) == 2 and not axis.texts


@pytest.mark.parametrize("curves", [{}, {"direct": [1, 2]}])
def test_multiply_adds_of_other_kernel_sizes_are_refused(curves):
    with pytest.raises(ValueError, match="Received: 3 sizes"):
        plotting.plot_multiply_adds([2, 4, 6], curves)
