"""Both readings of a transposed convolution: scatter, or insert zeros and gather."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras.reference import (
    conv2d_transpose,
    conv2d_transpose_by_insertion,
    insert_zeros,
)

# Typed from the slides.
KERNEL_3 = [[1, 2, 1], [2, 1, 2], [1, 1, 2]]
KERNEL_2 = [[1, 2], [2, 1]]
RESULT = [[55, 52], [57, 50]]
FULL = [
    [55, 162, 159, 52],
    [167, 323, 319, 154],
    [169, 264, 326, 204],
    [57, 107, 164, 100],  # the slide's column has 104, its matrix 107
]

equal = np.testing.assert_array_equal
many = settings(max_examples=250, deadline=None, derandomize=True)


def random_integers(shape):
    return np.random.default_rng(0).integers(-9, 10, shape)


# Zeros between the pixels


def test_zeros_stand_between_the_pixels_and_nowhere_else():
    equal(
        insert_zeros([[1, 2, 3], [4, 5, 6]], 3),
        [
            [1, 0, 0, 2, 0, 0, 3],
            [0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0],
            [4, 0, 0, 5, 0, 0, 6],
        ],
    )
    equal(insert_zeros([[1, 2], [3, 4]], (1, 2)), [[1, 0, 2], [3, 0, 4]])
    equal(insert_zeros([[1, 2], [3, 4]], (2, 1)), [[1, 2], [0, 0], [3, 4]])
    equal(insert_zeros([[1, 2], [3, 4]], 1), [[1, 2], [3, 4]])
    equal(insert_zeros([[7]], 5), [[7]])


def test_each_channel_gets_its_own_zeros():
    image = random_integers((2, 3, 2))
    spread = insert_zeros(image, 2)
    assert spread.shape == (3, 5, 2)
    for channel in range(2):
        equal(spread[:, :, channel], insert_zeros(image[:, :, channel], 2))


def test_zeros_are_of_the_images_type():
    assert insert_zeros(np.ones((2, 2), np.uint8), 2).dtype == np.int64
    assert insert_zeros(np.ones((2, 2), bool), 2).dtype == np.int64
    assert insert_zeros(np.ones((2, 2), np.float32), 2).dtype == np.float32


# The second reading


@pytest.mark.parametrize(
    ("kernel", "padding", "printed"),
    [
        (KERNEL_3, "valid", FULL),
        (KERNEL_2, "valid", [[55, 162, 104], [167, 323, 152], [114, 157, 50]]),
        (KERNEL_2, "same", [[55, 162], [167, 323]]),
        (KERNEL_3, "same", [[323, 319], [264, 326]]),
    ],
    ids=["A7 3x3", "A7 2x2", "A10 2x2 mended", "A10 3x3 mended"],
)
def test_inserting_zeros_gives_what_the_slides_print(kernel, padding, printed):
    equal(conv2d_transpose_by_insertion(RESULT, kernel, padding=padding), printed)


def test_inserting_zeros_gives_slide_c13_in_both_conventions():
    """2x2 -> 4x4 with a 3x3 kernel and stride 2: numbers worked out by hand."""
    kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    image = [[1, 10], [100, 1000]]
    full = [
        [1, 2, 13, 20, 30],
        [4, 5, 46, 50, 60],
        [107, 208, 1379, 2080, 3090],
        [400, 500, 4600, 5000, 6000],
        [700, 800, 7900, 8000, 9000],
    ]
    equal(conv2d_transpose_by_insertion(image, kernel, 2), full)
    full = np.array(full)
    equal(conv2d_transpose_by_insertion(image, kernel, 2, "same"), full[:4, :4])
    equal(conv2d_transpose_by_insertion(image, kernel, 2, 1), full[1:4, 1:4])
    equal(conv2d_transpose_by_insertion(image, kernel, 2, 1, 1), full[1:, 1:])


def test_rows_and_columns_have_their_own_kernel_stride_and_crop():
    # By hand: 1 0 2 in a row, 3 0 4 three rows below, each times the row 1 10 100.
    full = [[1, 10, 102, 20, 200], [0] * 5, [0] * 5, [3, 30, 304, 40, 400]]
    arguments = ([[1, 2], [3, 4]], [[1, 10, 100]], (3, 2))
    equal(conv2d_transpose_by_insertion(*arguments, output_padding=0), full)
    filled = [*full, [0] * 5, [0] * 5]  # the copies of one row leave two rows between
    equal(conv2d_transpose_by_insertion(*arguments), filled)
    same = np.array(filled)[:, :4]
    equal(conv2d_transpose_by_insertion(*arguments, padding="same"), same)
    turned = ([[1, 3], [2, 4]], [[1], [10], [100]], (2, 3))
    equal(conv2d_transpose_by_insertion(*turned, padding="same"), same.T)
    # 1 12 120 200, cut on both sides, but not above and below.
    row = conv2d_transpose_by_insertion([[1, 2]], [[1, 10, 100]], padding="same")
    equal(row, [[12, 120]])


def test_channels_are_summed_and_kernels_laid_out_as_in_keras():
    image = np.array([[[1, 10]]])  # one pixel, two channels
    kernel = np.array([[[[1, 4], [2, 5], [3, 6]]]])  # (rows, columns, out, in)
    equal(conv2d_transpose_by_insertion(image, kernel), [[[41, 52, 63]]])


@st.composite
def transposed_convolutions(draw):
    """An image, a kernel and the three settings, most of which are allowed."""
    sizes = st.tuples(st.integers(1, 5), st.integers(1, 5))
    size, kernel_size = draw(sizes), draw(sizes)
    image, kernel = random_integers(size), random_integers(kernel_size)
    if draw(st.booleans()):
        filters, channels = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
        image = random_integers((*size, channels))
        kernel = random_integers((*kernel_size, filters, channels))
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = draw(
        st.sampled_from(["valid", "same", 0, 1, 2])
        | st.tuples(st.integers(0, 3), st.integers(0, 3))
    )
    below = st.tuples(*[st.integers(0, s - 1) for s in stride])
    return image, kernel, stride, padding, draw(st.none() | below)


@many
@given(transposed_convolutions())
def test_both_readings_give_the_same_or_refuse_alike(case):
    try:
        scattered = conv2d_transpose(*case)
    except ValueError as refused:
        with pytest.raises(ValueError, match="Received: ") as also_refused:
            conv2d_transpose_by_insertion(*case)
        assert str(also_refused.value) == str(refused)
        return
    gathered = conv2d_transpose_by_insertion(*case)
    assert gathered.dtype == np.int64
    equal(gathered, scattered)


@many
@given(
    size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    kernel_size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.integers(1, 4),
)
def test_the_full_result_is_scipys_convolution_of_the_spread_image(
    size, kernel_size, stride
):
    signal = pytest.importorskip("scipy.signal")
    image, kernel = random_integers(size), random_integers(kernel_size)
    spread = np.zeros([(n - 1) * stride + 1 for n in size], int)
    for r, c in np.ndindex(size):
        spread[r * stride, c * stride] = image[r, c]
    equal(
        conv2d_transpose_by_insertion(image, kernel, stride, output_padding=0),
        signal.convolve2d(spread, kernel, "full"),
    )


def test_small_floats_are_computed_in_float64_as_by_the_first_reading():
    image, kernel = np.float16([[300, 2]]), np.float16([[300]])
    result = conv2d_transpose_by_insertion(image, kernel, 2)
    equal(result, [[90000, 0, 600, 0], [0, 0, 0, 0]])
    assert result.dtype == np.float64


def test_channels_that_do_not_match_are_refused_as_they_were_given():
    with pytest.raises(ValueError, match=r"\(2, 2, 2\), kernel.shape=\(2, 2, 2, 3\)"):
        conv2d_transpose_by_insertion(np.ones((2, 2, 2)), np.ones((2, 2, 2, 3)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: insert_zeros([1, 2], 2),
        lambda: insert_zeros(np.ones((0, 2)), 2),
        lambda: insert_zeros(np.ones((1, 2, 2, 1)), 2),
        lambda: insert_zeros([["a"]], 2),
        lambda: insert_zeros(RESULT, 0),
        lambda: insert_zeros(RESULT, True),
        lambda: insert_zeros(RESULT, 2.0),
        lambda: insert_zeros(RESULT, (1, 2, 3)),
        lambda: conv2d_transpose_by_insertion([1, 2], [1]),
        lambda: conv2d_transpose_by_insertion(
            np.ones((2, 2, 2)), np.ones((2, 2, 2, 3))
        ),
        lambda: conv2d_transpose_by_insertion(RESULT, KERNEL_2, 0),
        lambda: conv2d_transpose_by_insertion(RESULT, KERNEL_2, padding="full"),
        lambda: conv2d_transpose_by_insertion(RESULT, KERNEL_2, padding=2),
        lambda: conv2d_transpose_by_insertion(RESULT, KERNEL_2, 2, output_padding=2),
        lambda: conv2d_transpose_by_insertion(RESULT, KERNEL_2, 2, "same", 0),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()
