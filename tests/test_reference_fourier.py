"""Slide A3's identity on a circle, its inverse, and where that does not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras.reference import (
    circular_conv2d,
    conv2d,
    fourier_conv2d,
    fourier_deconvolve,
)

# Typed from the slides.
IMAGE = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
KERNEL_3 = [[1, 2, 1], [2, 1, 2], [1, 1, 2]]
KERNEL_2 = [[1, 2], [2, 1]]
RESULT = [[55, 52], [57, 50]]

equal = np.testing.assert_array_equal
close = np.testing.assert_allclose
many = settings(max_examples=150, deadline=None, derandomize=True)


@st.composite
def convolutions(draw):
    """A random image, and a random kernel that fits into it."""
    size = draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    kernel_size = [draw(st.integers(1, n)) for n in size]
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random.integers(-9, 10, size), random.integers(-9, 10, kernel_size)


def circular_matrix(kernel, shape):
    """The matrix of the convolution on a circle: its columns are moved kernels."""
    filled = np.zeros(shape)
    filled[: len(kernel), : len(kernel[0])] = kernel
    columns = [np.roll(filled, stop, (0, 1)).ravel() for stop in np.ndindex(shape)]
    return np.array(columns).T


# Convolution on a circle


def test_a_row_on_a_circle_by_hand():
    # 1*3 + 1*7 + 2*2, 1*5 + 1*3 + 2*7, 1*2 + 1*5 + 2*3, 1*7 + 1*2 + 2*5
    equal(circular_conv2d([[3, 5, 2, 7]], [[1, 1, 2]]), [[14, 22, 13, 19]])
    equal(circular_conv2d([[3], [5], [2]], [[1], [10]]), [[23], [35], [52]])


def test_one_bright_pixel_paints_the_kernel_and_wraps_around():
    image = np.zeros((3, 4), int)
    image[2, 3] = 1
    equal(
        circular_conv2d(image, [[1, 2], [3, 4]]),
        [[4, 0, 0, 3], [0, 0, 0, 0], [2, 0, 0, 1]],
    )


@many
@given(convolutions())
def test_the_loops_are_a_sum_of_moved_images(case):
    image, kernel = case
    moved = [
        kernel[stop] * np.roll(image, stop, (0, 1)) for stop in np.ndindex(kernel.shape)
    ]
    result = circular_conv2d(image, kernel)
    equal(result, sum(moved))
    assert result.dtype == np.int64


@many
@given(convolutions())
def test_the_product_in_the_fourier_domain_is_the_convolution(case):
    image, kernel = case
    result = fourier_conv2d(image, kernel)
    close(result, circular_conv2d(image, kernel), atol=1e-9)
    assert result.dtype == np.float64


@many
@given(convolutions())
def test_the_flipped_kernel_gives_the_courses_conv2d_where_nothing_wraps(case):
    image, kernel = case
    rows, columns = kernel.shape
    circular = circular_conv2d(image, kernel[::-1, ::-1])
    equal(circular[rows - 1 :, columns - 1 :], conv2d(image, kernel))


def test_the_slides_convolution_needs_the_flipped_kernel():
    flipped = np.array(KERNEL_3)[::-1, ::-1]
    close(fourier_conv2d(IMAGE, flipped)[2:, 2:], RESULT, atol=1e-12)
    unflipped = [[48, 61], [65, 44]]  # worked out by hand: 6 to 9 away
    close(fourier_conv2d(IMAGE, KERNEL_3)[2:, 2:], unflipped, atol=1e-12)


# Deconvolution


@pytest.mark.parametrize("shape", [(5, 5), (3, 5), (7, 3), (2, 2), (1, 5)])
def test_the_division_recovers_the_image_on_grids_without_zeros(shape):
    image = np.random.default_rng(0).integers(-9, 10, shape)
    kernel = [[5, 2], [2, 1]] if shape == (2, 2) else KERNEL_2
    kernel = kernel[: shape[0]]
    blurred = circular_conv2d(image, kernel)
    close(fourier_deconvolve(blurred, kernel), image, atol=1e-10)


@pytest.mark.parametrize(
    ("shape", "frequency"),
    [
        ((4, 4), r"\(0, 2\)"),  # (0, pi) comes before (pi, 0)
        ((8, 6), r"\(0, 3\)"),
        ((5, 4), r"\(0, 2\)"),
        ((6, 5), r"\(3, 0\)"),
        ((3, 3), r"\(1, 2\)"),  # 1 + 2 w + 2 w^2 + w^3 = 0 for the third root of 1
        ((9, 15), r"\(3, 10\)"),
    ],
)
def test_the_slides_kernel_vanishes_on_even_grids_and_on_multiples_of_3(
    shape, frequency
):
    with pytest.raises(ValueError, match=f"a regularisation .*{frequency}"):
        fourier_deconvolve(np.ones(shape), KERNEL_2)


def test_a_kernel_of_zeros_vanishes_everywhere():
    with pytest.raises(ValueError, match=r"\(0, 0\)"):
        fourier_deconvolve(np.ones((3, 3)), [[0]])


@many
@given(convolutions(), st.floats(1e-3, 100))
def test_the_regularised_division_solves_the_regularised_equations(case, r):
    """(C'C + r) x = C'g, with the matrix C of the convolution and g the blurred."""
    blurred, kernel = case
    matrix = circular_matrix(kernel, blurred.shape)
    wanted = np.linalg.solve(
        matrix.T @ matrix + r * np.eye(blurred.size), matrix.T @ blurred.ravel()
    )
    close(fourier_deconvolve(blurred, kernel, r).ravel(), wanted, atol=1e-8)


def test_the_regularisation_is_in_the_unit_of_the_squared_transform():
    close(fourier_deconvolve([[8, 4]], [[2]], 4), [[2, 1]])  # 2 / (2^2 + 4) = 1 / 4
    close(fourier_deconvolve([[8, 4]], [[2]], np.int64(0)), [[4, 2]])


def test_where_the_kernel_vanishes_the_frequency_is_left_at_zero():
    """An even grid loses two frequencies; a small r keeps all the others."""
    image = np.random.default_rng(0).normal(size=(4, 4))
    result = fourier_deconvolve(circular_conv2d(image, KERNEL_2), KERNEL_2, 1e-9)
    wanted = np.fft.fft2(image)
    wanted[0, 2] = wanted[2, 0] = 0
    close(np.fft.fft2(result), wanted, atol=1e-6)


def test_single_precision_is_computed_in_double():
    image = np.arange(25, dtype=np.float32).reshape(5, 5)
    blurred = circular_conv2d(image, np.array(KERNEL_2, np.float32))
    assert blurred.dtype == np.float64
    recovered = fourier_deconvolve(blurred, KERNEL_2)
    close(recovered, image, atol=1e-10)
    assert recovered.dtype == fourier_conv2d(image, KERNEL_2).dtype == np.float64


def test_half_precision_does_not_overflow():
    image, kernel = np.float16([[300, 1], [2, 3]]), np.float16([[300]])
    close(circular_conv2d(image, kernel), [[90000, 300], [600, 900]], atol=0)
    close(fourier_conv2d(image, kernel), [[90000, 300], [600, 900]], atol=1e-9)


def test_integers_that_could_leave_int64_are_refused_on_the_circle():
    with pytest.raises(ValueError, match=r"int64.*Received: "):
        circular_conv2d([[2**32]], [[2**31]])


FUNCTIONS = [circular_conv2d, fourier_conv2d, fourier_deconvolve]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("image", "kernel"),
    [
        ([1, 2], [[1]]),
        (IMAGE, [1]),
        (np.ones((4, 4, 1)), [[1]]),
        (np.ones((0, 4)), [[1]]),
        (IMAGE, np.ones((0, 1))),
        (IMAGE, np.ones((5, 1))),
        (IMAGE, np.ones((1, 5))),
        ([["a"]], [[1]]),
        ([[1j]], [[1]]),
        ([[np.nan]], [[1]]),
        (IMAGE, [[np.inf]]),
    ],
)
def test_what_cannot_be_is_refused(function, image, kernel):
    with pytest.raises(ValueError, match="Received: "):
        function(image, kernel)


@pytest.mark.parametrize("regularisation", [-1, True, np.nan, np.inf, "0", None, 1j])
def test_a_regularisation_that_cannot_be_is_refused(regularisation):
    with pytest.raises(ValueError, match=r"`regularisation` must be .* Received: "):
        fourier_deconvolve(np.ones((5, 5)), KERNEL_2, regularisation)
