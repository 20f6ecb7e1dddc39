"""Upsampling by hand, by the slide, and as TensorFlow, Keras and PyTorch do it."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras.reference import (
    upsample_bicubic,
    upsample_bilinear,
    upsample_nearest,
    upsampling_matrix,
)

# Slide A11's table, and its image enlarged: nearest and the bilinear row are printed,
# the rest is worked out by hand.
IMAGE = [[3, 6], [7, 9]]
NEAREST = [[3, 3, 6, 6], [3, 3, 6, 6], [7, 7, 9, 9], [7, 7, 9, 9]]
ALIGN_CORNERS_ROW = [3, 4, 5, 6]
HALF_PIXEL = [
    [3, 3.75, 5.25, 6],
    [4, 4.6875, 6.0625, 6.75],
    [6, 6.5625, 7.6875, 8.25],
    [7, 7.5, 8.5, 9],
]
KERAS_BICUBIC_ROW = [2.3746, 3.2868, 5.0956, 6.0078]

equal = np.testing.assert_array_equal
close = np.testing.assert_allclose
many = settings(max_examples=100, deadline=None, derandomize=True)

sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))
factors = st.tuples(st.integers(1, 4), st.integers(1, 4))
rules = st.sampled_from(["half-pixel", "align-corners"])
CASES = [((2, 2), (2, 2)), ((5, 3), (2, 4)), ((1, 6), (4, 2)), ((4, 4), (8, 1))]


def random_image(shape):
    return np.random.default_rng(0).normal(size=shape)


# The slide


def test_nearest_repeats_as_on_slide_a11():
    equal(upsample_nearest(IMAGE), NEAREST)


def test_the_slides_bilinear_row_is_the_rule_align_corners():
    result = upsample_bilinear(IMAGE, rule="align-corners")
    close(result[0], ALIGN_CORNERS_ROW)
    close(result[3], [7, 7 + 2 / 3, 8 + 1 / 3, 9])
    close(result[:, 0], [3, 4 + 1 / 3, 5 + 2 / 3, 7])
    close(result[:, 3], [6, 7, 8, 9])


def test_the_half_pixel_table_is_the_one_worked_out_by_hand():
    equal(upsample_bilinear(IMAGE), HALF_PIXEL)


def test_the_bicubic_row_leaves_the_images_range():
    result = upsample_bicubic(IMAGE)
    close(result[0], KERAS_BICUBIC_ROW, atol=5e-5)
    assert result.min() < 3 and result.max() > 9


# The matrices, by hand


def test_the_bilinear_weights_of_factor_2_are_quarters():
    equal(
        upsampling_matrix(3, 2) * 4,
        [[4, 0, 0], [3, 1, 0], [1, 3, 0], [0, 3, 1], [0, 1, 3], [0, 0, 4]],
    )


def test_the_bicubic_weights_of_factor_2_are_keyss():
    """Keys's cubics at 1/4, 3/4, 5/4 and 7/4, in 128ths for a = -1/2."""
    matrix = upsampling_matrix(5, 2, "bicubic", border="repeat") * 128
    close(matrix[4], [-3, 29, 111, -9, 0])
    close(matrix[5], [0, -9, 111, 29, -3])
    # Beside the image lie -3 and 29, which the first pixel gets: 111 + 29 - 3.
    close(matrix[0], [137, -9, 0, 0, 0])
    close(matrix[9], [0, 0, 0, -9, 137])
    matrix = upsampling_matrix(5, 2, "bicubic") * 102  # 111 - 9 remain
    close(matrix[0], [111, -9, 0, 0, 0])
    # In 256ths for a = -3/4.
    matrix = upsampling_matrix(5, 2, "bicubic", a=-0.75) * 256
    close(matrix[4], [-9, 67, 225, -27, 0])


def test_nearest_as_a_matrix_repeats_the_rows_of_the_identity():
    for size, factor in np.ndindex(6, 9):
        matrix = upsampling_matrix(size + 1, factor + 1, "nearest")
        equal(matrix, np.repeat(np.eye(size + 1), factor + 1, axis=0))


@many
@given(
    st.integers(1, 7),
    st.integers(1, 5),
    st.sampled_from(["bilinear", "bicubic"]),
    rules,
    st.sampled_from([-0.5, -0.75, 0, -1]),
    st.sampled_from(["renormalise", "repeat"]),
)
def test_weights_sum_to_one_and_factor_1_changes_nothing(
    size, factor, interpolation, rule, a, border
):
    rules = (interpolation, rule, a, border)
    matrix = upsampling_matrix(size, factor, *rules)
    assert matrix.shape == (factor * size, size)
    close(matrix.sum(axis=1), 1)
    close(upsampling_matrix(size, 1, *rules), np.eye(size), atol=1e-12)


@many
@given(st.integers(2, 7), st.integers(1, 5))
def test_with_aligned_corners_the_corner_pixels_are_kept(size, factor):
    for interpolation in ("bilinear", "bicubic"):
        matrix = upsampling_matrix(size, factor, interpolation, "align-corners")
        close(matrix[0], np.eye(size)[0], atol=1e-12)
        close(matrix[-1], np.eye(size)[-1], atol=1e-12)


def test_keyss_cubics_keep_a_parabola_only_with_a_of_one_half():
    i, x = np.arange(9), (np.arange(18) + 0.5) / 2 - 0.5
    inner = slice(4, -4)
    kept = upsampling_matrix(9, 2, "bicubic") @ i**2
    close(kept[inner], x[inner] ** 2)
    bent = upsampling_matrix(9, 2, "bicubic", a=-0.75) @ i**2
    assert np.abs(bent[inner] - x[inner] ** 2).min() > 0.05


# Images


@many
@given(sizes, factors, st.sampled_from([(), (1,), (3,)]))
def test_nearest_takes_each_pixel_from_its_block(size, factor, depth):
    image = random_image((*size, *depth))
    result = upsample_nearest(image, factor)
    assert result.shape == (size[0] * factor[0], size[1] * factor[1], *depth)
    for p, q in np.ndindex(result.shape[:2]):
        equal(result[p, q], image[p // factor[0], q // factor[1]])


@many
@given(sizes, factors, rules)
def test_scipys_linear_spline_gives_the_same(size, factor, rule):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = random_image(size)
    places = []
    for n, f in zip(size, factor, strict=True):
        if rule == "half-pixel":
            places.append(np.linspace(-0.5 + 0.5 / f, n - 0.5 - 0.5 / f, n * f))
        else:
            places.append(np.linspace(0, n - 1, n * f))
    grid = np.meshgrid(*places, indexing="ij")
    wanted = ndimage.map_coordinates(image, grid, order=1, mode="nearest")
    close(upsample_bilinear(image, factor, rule), wanted, atol=1e-12)


@pytest.mark.parametrize(
    "upsample", [upsample_nearest, upsample_bilinear, upsample_bicubic]
)
def test_channels_are_upsampled_one_by_one(upsample):
    image = random_image((3, 4, 2))
    result = upsample(image, (3, 2))
    for channel in range(2):
        close(result[:, :, channel], upsample(image[:, :, channel], (3, 2)))


def test_nearest_keeps_integers_and_weights_make_floats():
    white = np.full((2, 2), 255, np.uint8)
    assert upsample_nearest(white).dtype == np.int64
    assert upsample_nearest(white.astype(np.float32)).dtype == np.float32
    for upsample in (upsample_bilinear, upsample_bicubic):
        for kind in (np.uint8, np.float32):
            result = upsample(white.astype(kind))
            assert result.dtype == np.float64
            close(result, 255)


# The frameworks


def by_reference(image, factor, interpolation, **rules):
    """Upsample a batch (n, height, width, channels) by the reference."""
    upsample = {
        "nearest": upsample_nearest,
        "bilinear": upsample_bilinear,
        "bicubic": upsample_bicubic,
    }[interpolation]
    return np.stack([upsample(one, factor, **rules) for one in image])


@pytest.mark.parametrize(("size", "factor"), CASES)
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_keras_upsamples_alike(interpolation, size, factor):
    image = random_image((2, *size, 3)).astype(np.float32)
    layer = keras.layers.UpSampling2D(factor, interpolation=interpolation)
    rules = {}
    if interpolation == "bicubic" and keras.backend.backend() == "torch":
        rules = {"a": -0.75, "border": "repeat"}
    close(
        keras.ops.convert_to_numpy(layer(image)),
        by_reference(image, factor, interpolation, **rules),
        atol=1e-5,
    )


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow is not the backend"
)
@pytest.mark.parametrize("factor", [3, 5, 7])
def test_tensorflow_rounds_the_bicubic_weights_of_other_factors(factor):
    """It looks them up at steps of 1/1024 pixel: exact for powers of 2 only."""
    import tensorflow as tf

    image = random_image((1, 5, 4, 1))
    shape = 5 * factor, 4 * factor
    result = tf.image.resize(image, shape, "bicubic").numpy()
    error = np.abs(result - by_reference(image, factor, "bicubic")).max()
    assert 1e-4 < error < 5e-3  # seen: 0.0011 to 0.0015


@pytest.mark.parametrize(("size", "factor"), [*CASES, ((4, 3), (3, 5))])
@pytest.mark.parametrize(
    ("interpolation", "rule"),
    [
        ("nearest", None),
        ("bilinear", "half-pixel"),
        ("bilinear", "align-corners"),
        ("bicubic", "half-pixel"),
        ("bicubic", "align-corners"),
    ],
)
def test_pytorch_upsamples_alike(interpolation, rule, size, factor):
    torch = pytest.importorskip("torch")
    image = random_image((2, *size, 3))
    rules = {"rule": rule} if rule else {}
    if interpolation == "bicubic":
        rules |= {"a": -0.75, "border": "repeat"}
    result = torch.nn.functional.interpolate(
        torch.from_numpy(np.moveaxis(image, -1, 1)),
        scale_factor=factor,
        mode=interpolation,
        align_corners=(rule == "align-corners") if rule else None,
    )
    wanted = by_reference(image, factor, interpolation, **rules)
    close(np.moveaxis(result.numpy(), 1, -1), wanted, atol=1e-12)


# What cannot be


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: upsample_nearest([1, 2]),
        lambda: upsample_nearest(np.ones((0, 2))),
        lambda: upsample_nearest(IMAGE, 0),
        lambda: upsample_nearest(IMAGE, True),
        lambda: upsample_nearest(IMAGE, 2.0),
        lambda: upsample_nearest(IMAGE, (1, 2, 3)),
        lambda: upsample_bilinear(np.ones((1, 2, 2, 1))),
        lambda: upsample_bilinear([["a"]]),
        lambda: upsample_bilinear(IMAGE, (2, 0)),
        lambda: upsample_bilinear(IMAGE, rule="half_pixel"),
        lambda: upsample_bilinear(IMAGE, rule=None),
        lambda: upsample_bicubic(IMAGE, 0),
        lambda: upsample_bicubic(IMAGE, rule="corners"),
        lambda: upsample_bicubic(IMAGE, a=0.5),
        lambda: upsample_bicubic(IMAGE, a=np.nan),
        lambda: upsample_bicubic(IMAGE, a="-0.5"),
        lambda: upsample_bicubic(IMAGE, a=False),
        lambda: upsample_bicubic(IMAGE, border="wrap"),
        lambda: upsampling_matrix(0),
        lambda: upsampling_matrix(True),
        lambda: upsampling_matrix(2, (1, 2)),
        lambda: upsampling_matrix(2, 2, "cubic"),
        lambda: upsampling_matrix(2, 2, "nearest", "align-corners"),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()


def test_half_precision_is_enlarged_and_averaged_in_float64():
    image = np.float16([[60000, -60000], [60000, 60000]])
    half = upsample_bilinear(image)[0]
    np.testing.assert_allclose(half, [60000, 30000, -30000, -60000], rtol=1e-12)
    assert np.isfinite(upsample_bicubic(image)).all()
