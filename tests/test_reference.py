"""The NumPy oracle against the slides, and against matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras.reference import conv2d, conv2d_transpose, conv_matrix

# Typed from the slides.
IMAGE = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
KERNEL_3 = [[1, 2, 1], [2, 1, 2], [1, 1, 2]]
KERNEL_2 = [[1, 2], [2, 1]]
RESULT = [[55, 52], [57, 50]]
MATRIX = [
    [1, 2, 1, 0, 2, 1, 2, 0, 1, 1, 2, 0, 0, 0, 0, 0],
    [0, 1, 2, 1, 0, 2, 1, 2, 0, 1, 1, 2, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 2, 1, 0, 2, 1, 2, 0, 1, 1, 2, 0],
    [0, 0, 0, 0, 0, 1, 2, 1, 0, 2, 1, 2, 0, 1, 1, 2],
]
FULL = [
    [55, 162, 159, 52],
    [167, 323, 319, 154],
    [169, 264, 326, 204],
    [57, 107, 164, 100],  # the slide's column has 104, its matrix 107
]

equal = np.testing.assert_array_equal
many = settings(max_examples=250, deadline=None, derandomize=True)


# What the slides print


@pytest.mark.parametrize(
    ("kernel", "padding", "printed"),
    [
        (KERNEL_3, "valid", RESULT),
        (KERNEL_2, "valid", [[22, 14, 30], [21, 21, 37], [36, 32, 19]]),
        (
            KERNEL_3,
            "same",
            [[19, 26, 46, 22], [29, 55, 52, 40], [42, 57, 50, 43], [36, 46, 44, 19]],
        ),
    ],
    ids=["A6 3x3", "A6 2x2", "A9 same"],
)
def test_conv2d_gives_what_the_slides_print(kernel, padding, printed):
    equal(conv2d(IMAGE, kernel, padding=padding), printed)


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
def test_conv2d_transpose_gives_what_the_slides_print(kernel, padding, printed):
    equal(conv2d_transpose(RESULT, kernel, padding=padding), printed)


def test_the_matrix_is_the_slides_4x16_matrix():
    equal(conv_matrix((4, 4), KERNEL_3), MATRIX)
    equal(np.array(MATRIX) @ np.ravel(IMAGE), [55, 52, 57, 50])
    equal((np.array(MATRIX).T @ [55, 52, 57, 50]).reshape(4, 4), FULL)


def test_the_four_columns_of_slide_a5_are_the_scaled_columns_of_the_transpose():
    on_the_slide = [
        [55, 110, 55, 0, 110, 55, 110, 0, 55, 55, 110, 0, 0, 0, 0, 0],
        [0, 52, 104, 52, 0, 104, 52, 104, 0, 52, 52, 104, 0, 0, 0, 0],
        [0, 0, 0, 0, 57, 114, 57, 0, 114, 57, 114, 0, 57, 57, 114, 0],
        [0, 0, 0, 0, 0, 50, 100, 50, 0, 100, 50, 100, 0, 50, 50, 100],
    ]
    for row, number, printed in zip(
        conv_matrix((4, 4), KERNEL_3), np.ravel(RESULT), on_the_slide, strict=True
    ):
        equal(row * number, printed)
    equal(np.sum(on_the_slide, axis=0).reshape(4, 4), FULL)


def test_the_matrices_of_slide_c14_have_these_numbers():
    """Its sizes, 5x5 to 2x2 and 4x4 with pad 1 to 2x2; A4's kernel, put in by hand."""
    five = [
        [1, 2, 1, 0, 0] + [2, 1, 2, 0, 0] + [1, 1, 2, 0, 0] + [0] * 10,
        [0, 0, 1, 2, 1] + [0, 0, 2, 1, 2] + [0, 0, 1, 1, 2] + [0] * 10,
        [0] * 10 + [1, 2, 1, 0, 0] + [2, 1, 2, 0, 0] + [1, 1, 2, 0, 0],
        [0] * 10 + [0, 0, 1, 2, 1] + [0, 0, 2, 1, 2] + [0, 0, 1, 1, 2],
    ]
    four = [
        [1, 2, 0, 0] + [1, 2, 0, 0] + [0] * 8,
        [0, 2, 1, 2] + [0, 1, 1, 2] + [0] * 8,
        [0] * 4 + [2, 1, 0, 0] + [1, 2, 0, 0] + [1, 2, 0, 0],
        [0] * 4 + [0, 1, 2, 1] + [0, 2, 1, 2] + [0, 1, 1, 2],
    ]
    equal(conv_matrix((5, 5), KERNEL_3, stride=2), five)
    equal(conv_matrix((4, 4), KERNEL_3, stride=2, padding=1), four)


def test_the_two_conventions_of_slide_c13_differ_by_one_pixel():
    """2x2 -> 4x4 with a 3x3 kernel and stride 2: numbers worked out by hand."""
    ones = np.ones((3, 3), int)
    image = [[1, 10], [100, 1000]]
    full = [
        [1, 1, 11, 10, 10],
        [1, 1, 11, 10, 10],
        [101, 101, 1111, 1010, 1010],
        [100, 100, 1100, 1000, 1000],
        [100, 100, 1100, 1000, 1000],
    ]
    equal(conv2d_transpose(image, ones, 2), full)
    equal(conv2d_transpose(image, ones, 2, "same"), np.array(full)[:4, :4])
    equal(conv2d_transpose(image, ones, 2, 1, 1), np.array(full)[1:, 1:])
    equal(conv2d_transpose(image, ones, 2, 1), np.array(full)[1:4, 1:4])


# Strides, padding and channels, by hand


def test_a_stride_keeps_every_second_stop_of_its_axis():
    image = np.arange(30).reshape(5, 6)
    everywhere = conv2d(image, KERNEL_2)
    equal(conv2d(image, KERNEL_2, 2), everywhere[::2, ::2])
    equal(conv2d(image, KERNEL_2, (1, 2)), everywhere[:, ::2])
    equal(conv2d(image, KERNEL_2, (2, 1)), everywhere[::2])


def test_padding_a_pair_is_before_and_after_on_both_axes():
    equal(conv2d([[1]], [[1]], padding=(1, 0)), [[0, 0], [0, 1]])
    equal(conv2d([[1]], [[1]], padding=1), [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    equal(conv2d_transpose([[1, 2], [3, 4]], [[1]], padding=(1, 0)), [[4]])


def test_same_puts_the_larger_half_of_the_zeros_after():
    equal(conv2d([[1, 2, 3]], [[1, 10]], padding="same"), [[21, 32, 3]])
    equal(conv2d([[1, 2, 3, 4]], [[1, 1, 1]], 2, "same"), [[6, 7]])


def test_output_padding_appends_zeros_where_no_input_reaches():
    equal(conv2d_transpose([[5]], [[1]], 3), [[5, 0, 0], [0, 0, 0], [0, 0, 0]])
    equal(conv2d_transpose([[5]], [[1]], 3, output_padding=0), [[5]])
    equal(conv2d_transpose([[5]], [[1]], 3, output_padding=(0, 1)), [[5, 0]])


def test_channels_are_summed_and_kernels_laid_out_as_in_keras():
    image = np.array([[[1, 10]]])  # one pixel, two channels
    into_three = np.array([[[[1, 2, 3], [4, 5, 6]]]])  # (rows, columns, in, out)
    equal(conv2d(image, into_three), [[[41, 52, 63]]])
    from_two = np.swapaxes(into_three, 2, 3)  # (rows, columns, out, in)
    equal(conv2d_transpose(image, from_two), [[[41, 52, 63]]])


def test_integers_stay_integers_and_never_overflow():
    white = np.full((2, 2), 255, np.uint8)
    result = conv2d(white, np.full((2, 2), 255, np.uint8))
    equal(result, [[260100]])
    assert result.dtype == np.int64
    assert conv_matrix((2, 2), np.ones((2, 2), bool)).dtype == np.int64


@pytest.mark.parametrize("compute", [conv2d, conv2d_transpose])
def test_small_floats_are_computed_in_float64(compute):
    result = compute(np.float16([[300, -7]]), np.float16([[300]]))
    equal(result, [[90000, -2100]])  # float16 ends at 65504
    exact = compute(np.float32([[4097]]), np.float32([[4097]]))
    equal(exact, [[4097**2]])  # 16785409 has a bit more than float32
    assert result.dtype == exact.dtype == np.float64
    assert compute(np.complex64([[1j]]), [[1j]]).dtype == np.complex128


def test_the_matrix_of_small_floats_does_not_overflow_in_its_product():
    matrix = conv_matrix((1, 1), np.float16([[300]]))
    equal(matrix @ np.float16([300]), [90000])
    assert conv_matrix((1, 1), np.float32([[1]])).dtype == np.float64


@pytest.mark.parametrize("compute", [conv2d, conv2d_transpose])
def test_integers_that_could_leave_int64_are_refused(compute):
    equal(compute([[2**31]], [[-(2**31)]]), [[-(2**62)]])
    for image, kernel in [
        ([[2**32]], [[2**31]]),
        ([[-(2**63)]], [[-1]]),
        (np.full((2, 2), 2**31), np.full((2, 2), 2**31)),
        (np.uint64([[2**63]]), [[1]]),
    ]:
        with pytest.raises(ValueError, match=r"int64.*Received: "):
            compute(image, kernel)


# Conv, its matrix and the transposed matrix agree


@st.composite
def convolutions(draw):
    """An image shape and all that a convolution needs, where the kernel fits."""
    padding = draw(
        st.sampled_from(["valid", "same", 0, 1, 2])
        | st.tuples(st.integers(0, 2), st.integers(0, 2))
    )
    kernel_shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    least = [k if padding == "valid" else 1 for k in kernel_shape]
    if not isinstance(padding, str):
        added = sum(padding) if isinstance(padding, tuple) else 2 * padding
        least = [max(1, k - added) for k in kernel_shape]
    shape = tuple(draw(st.integers(low, low + 4)) for low in least)
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return shape, kernel_shape, stride, padding


def random_integers(shape):
    return np.random.default_rng(0).integers(-9, 10, shape)


@many
@given(convolutions())
def test_the_matrix_times_the_image_is_the_convolution(case):
    shape, kernel_shape, stride, padding = case
    image, kernel = random_integers(shape), random_integers(kernel_shape)
    output = conv2d(image, kernel, stride, padding)
    matrix = conv_matrix(shape, kernel, stride, padding)
    assert matrix.shape == (output.size, image.size)
    equal(matrix @ image.ravel(), output.ravel())


@many
@given(convolutions())
def test_the_transposed_matrix_is_the_transposed_convolution(case):
    """The matrix of any convolution, transposed, cropped or filled up as it says."""
    shape, kernel_shape, stride, padding = case
    kernel = random_integers(kernel_shape)
    size = conv2d(np.zeros(shape), kernel, stride, padding).shape
    image = random_integers(size)
    turned = conv_matrix(shape, kernel, stride, padding).T @ image.ravel()
    turned = turned.reshape(shape)

    full = conv2d_transpose(image, kernel, stride, output_padding=0)
    cut = [
        max((o - 1) * s + k - n, 0) // 2
        if padding == "same"
        else {"valid": 0}.get(padding, padding)
        for o, s, k, n in zip(size, stride, kernel_shape, shape, strict=True)
    ]
    top, left = (one[0] if isinstance(one, tuple) else one for one in cut)
    kept = np.zeros(shape, int)  # zeros where no output saw the input
    part = full[top : top + shape[0], left : left + shape[1]]
    kept[: part.shape[0], : part.shape[1]] = part
    equal(turned, kept)


@many
@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 4))
def test_same_transposed_is_the_transpose_of_same(n, k, s):
    """Going down from n s to n, and the way back up, are one matrix."""
    kernel, image = random_integers((k, k)), random_integers((n, n))
    matrix = conv_matrix((n * s, n * s), kernel, s, "same")
    turned = conv2d_transpose(image, kernel, s, "same")
    equal(turned.ravel(), matrix.T @ image.ravel())


@many
@given(convolutions(), st.integers(1, 3), st.integers(1, 3))
def test_channels_are_sums_of_single_convolutions(case, channels, filters):
    shape, kernel_shape, stride, padding = case
    image = random_integers((*shape, channels))
    kernel = random_integers((*kernel_shape, channels, filters))
    output = conv2d(image, kernel, stride, padding)
    for f in range(filters):
        singles = [
            conv2d(image[:, :, c], kernel[:, :, c, f], stride, padding)
            for c in range(channels)
        ]
        equal(output[:, :, f], sum(singles))
    turned = conv2d_transpose(image, np.swapaxes(kernel, 2, 3), stride)
    for f in range(filters):
        singles = [
            conv2d_transpose(image[:, :, c], kernel[:, :, c, f], stride)
            for c in range(channels)
        ]
        equal(turned[:, :, f], sum(singles))


def test_scipy_correlates_alike():
    signal = pytest.importorskip("scipy.signal")
    image, kernel = random_integers((7, 6)), random_integers((3, 2))
    equal(conv2d(image, kernel), signal.correlate2d(image, kernel, "valid"))
    equal(conv2d_transpose(image, kernel), signal.convolve2d(image, kernel, "full"))


# What cannot be


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: conv2d(IMAGE, np.ones((5, 1))),
        lambda: conv2d([1, 2], [1]),
        lambda: conv2d(IMAGE, np.ones((2, 2, 1, 1))),
        lambda: conv2d(np.ones((4, 4, 2)), np.ones((2, 2, 3, 1))),
        lambda: conv2d(IMAGE, KERNEL_2, stride=0),
        lambda: conv2d(IMAGE, KERNEL_2, stride=True),
        lambda: conv2d(IMAGE, KERNEL_2, stride=1.0),
        lambda: conv2d(IMAGE, KERNEL_2, stride=(1, 1, 1)),
        lambda: conv2d(IMAGE, KERNEL_2, padding="full"),
        lambda: conv2d(IMAGE, KERNEL_2, padding=-1),
        lambda: conv2d(IMAGE, KERNEL_2, padding=(1,)),
        lambda: conv2d([["a"]], [[1]]),
        lambda: conv2d([[1, 2], [3]], [[1]]),
        lambda: conv2d(np.ones((0, 4)), [[1]], padding=1),
        lambda: conv2d_transpose(np.ones((2, 2, 2)), np.ones((2, 2, 2, 3))),
        lambda: conv2d_transpose(RESULT, KERNEL_2, 2, output_padding=2),
        lambda: conv2d_transpose(RESULT, KERNEL_2, output_padding=-1),
        lambda: conv2d_transpose(RESULT, KERNEL_2, 2, "same", 0),
        lambda: conv2d_transpose(RESULT, KERNEL_2, padding=2),
        lambda: conv_matrix((4, 4), np.ones((2, 2, 1))),
        lambda: conv_matrix((4, 4), np.ones((5, 2))),
        lambda: conv_matrix((4, 4, 1), KERNEL_2),
        lambda: conv_matrix((0, 4), KERNEL_2),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()
