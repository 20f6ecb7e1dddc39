"""Pooling with indices and unpooling: by hand, by NumPy's windows, and by PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras.reference import (
    average_pool,
    bed_of_nails,
    conv2d_transpose,
    max_pool_with_indices,
    max_unpool,
)

# The 4x4 image of the slides; its pools and places worked out by hand.
IMAGE = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]

equal = np.testing.assert_array_equal
many = settings(max_examples=200, deadline=None, derandomize=True)

pools = st.tuples(st.integers(1, 3), st.integers(1, 3))
strides = st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4))
sizes = st.tuples(st.integers(3, 7), st.integers(3, 7))
depths = st.sampled_from([(), (1,), (3,)])


def random_integers(shape):
    """Few values, so that ties are common."""
    return np.random.default_rng(0).integers(-3, 4, shape)


# Max pooling and its indices


def test_the_largest_of_each_window_and_its_place():
    pooled, indices = max_pool_with_indices(IMAGE)
    equal(pooled, [[5, 8], [9, 8]])
    equal(indices, [[1, 7], [12, 10]])


def test_windows_may_overlap_and_leave_gaps():
    pooled, indices = max_pool_with_indices(IMAGE, 3, 1)
    equal(pooled, [[8, 8], [9, 8]])
    equal(indices, [[10, 7], [12, 7]])
    pooled, indices = max_pool_with_indices(IMAGE, (1, 2), (3, 2))
    equal(pooled, [[5, 7], [9, 5]])
    equal(indices, [[1, 3], [12, 15]])


def test_what_fills_no_window_is_left_out_but_counts_in_the_indices():
    image = [[1, 2, 9], [3, 4, 9], [0, 7, 9], [5, 6, 9], [9, 9, 9]]
    pooled, indices = max_pool_with_indices(image)
    equal(pooled, [[4], [7]])
    equal(indices, [[4], [7]])


def test_of_equal_values_the_first_in_row_order_counts():
    _, indices = max_pool_with_indices(np.zeros((4, 4)))
    equal(indices, [[0, 2], [8, 10]])
    _, indices = max_pool_with_indices([[0, 7], [7, 7]])
    equal(indices, [[1]])
    _, indices = max_pool_with_indices([[0, 0], [7, 7]])
    equal(indices, [[2]])


def test_negative_values_are_pooled_too():
    equal(max_pool_with_indices([[-5, -2], [-3, -np.inf]])[0], [[-2]])


def test_each_channel_is_pooled_alone_and_counts_its_own_pixels():
    image = np.stack([IMAGE, np.negative(IMAGE)], axis=2)
    pooled, indices = max_pool_with_indices(image)
    equal(pooled[:, :, 0], [[5, 8], [9, 8]])
    equal(indices[:, :, 0], [[1, 7], [12, 10]])
    equal(pooled[:, :, 1], [[-1, -2], [-3, -1]])
    equal(indices[:, :, 1], [[5, 2], [9, 14]])


def test_pooling_keeps_the_type_and_indices_are_int64():
    for given_type, wanted in [
        (np.uint8, np.int64),
        (bool, np.int64),
        (np.float32, np.float32),
    ]:
        pooled, indices = max_pool_with_indices(np.ones((2, 2), given_type))
        assert (pooled.dtype, indices.dtype) == (wanted, np.int64)


@many
@given(sizes, depths, pools, strides)
def test_pooling_is_the_maximum_over_numpys_windows(size, depth, pool, stride):
    image = random_integers((*size, *depth))
    row_stride, column_stride = stride or pool
    windows = np.lib.stride_tricks.sliding_window_view(image, pool, axis=(0, 1))
    windows = windows[::row_stride, ::column_stride]  # the window's axes come last
    pooled, indices = max_pool_with_indices(image, pool, stride)
    equal(pooled, windows.max(axis=(-2, -1)))
    flat = image.reshape(-1, *depth)
    equal(np.take_along_axis(flat, indices.reshape(-1, *depth), 0).ravel(), pooled.flat)
    np.testing.assert_allclose(
        average_pool(image, pool, stride), windows.mean(axis=(-2, -1)), atol=1e-12
    )


@many
@given(sizes, depths, pools, strides)
def test_pytorch_pools_and_unpools_alike(size, depth, pool, stride):
    torch = pytest.importorskip("torch")
    image = random_integers((*size, *depth))
    pooled, indices = max_pool_with_indices(image, pool, stride)

    channels_first = np.moveaxis(image.reshape(*size, -1), 2, 0).astype(np.float32)
    values, places = torch.nn.functional.max_pool2d(
        torch.from_numpy(channels_first)[None], pool, stride, return_indices=True
    )
    equal(np.moveaxis(values[0].numpy(), 0, 2).reshape(pooled.shape), pooled)
    equal(np.moveaxis(places[0].numpy(), 0, 2).reshape(pooled.shape), indices)
    if stride is None:
        back = torch.nn.functional.max_unpool2d(values, places, pool, output_size=size)
        back = np.moveaxis(back[0].numpy(), 0, 2).reshape(image.shape)
        equal(max_unpool(pooled, indices, size), back)


# Average pooling


def test_the_mean_of_each_window():
    equal(average_pool(IMAGE), [[3.25, 5], [6, 4]])
    equal(average_pool(IMAGE, (1, 4)), [[4.25], [4], [4.75], [5.25]])
    equal(average_pool(IMAGE, 3, 1)[0, 0], 35 / 9)
    equal(average_pool(np.stack([IMAGE, IMAGE], 2), 4), [[[4.5625, 4.5625]]])
    assert average_pool(np.ones((2, 2), np.float32)).dtype == np.float64


# Unpooling


def test_maxima_come_back_where_they_stood():
    pooled, indices = max_pool_with_indices(IMAGE)
    equal(
        max_unpool(pooled, indices, (4, 4)),
        [[0, 5, 0, 0], [0, 0, 0, 8], [0, 0, 8, 0], [9, 0, 0, 0]],
    )
    equal(max_unpool([[5, 6]], [[5, 2]], (2, 4)), [[0, 0, 6, 0], [0, 5, 0, 0]])
    equal(max_unpool([[5]], [[8]], 3), [[0, 0, 0], [0, 0, 0], [0, 0, 5]])


@many
@given(sizes, depths, pools)
def test_unpooling_inverts_pooling_at_the_maxima_even_for_odd_sizes(size, depth, pool):
    image = random_integers((*size, *depth)) + 10  # above the zeros that are put in
    pooled, indices = max_pool_with_indices(image, pool)
    back = max_unpool(pooled, indices, size)
    assert np.count_nonzero(back) == pooled.size
    equal(back[back > 0], image[back > 0])
    again, places = max_pool_with_indices(back, pool)
    equal(again, pooled)
    equal(places, indices)


def test_channels_may_use_one_place_each():
    equal(
        max_unpool([[[5, 6]]], [[[2, 2]]], (1, 3)),
        [[[0, 0], [0, 0], [5, 6]]],
    )


def test_unpooling_keeps_the_type():
    assert max_unpool(np.ones((1, 1), np.float32), [[0]], 2).dtype == np.float32
    assert max_unpool(np.ones((1, 1), np.uint8), [[0]], 2).dtype == np.int64
    assert bed_of_nails(np.ones((1, 1), np.float32)).dtype == np.float32
    assert bed_of_nails(np.ones((1, 1), bool)).dtype == np.int64


def test_a_value_that_would_be_lost_is_refused_with_its_index():
    pooled, indices = max_pool_with_indices(IMAGE, 2, 1)  # 5 stands in two windows
    with pytest.raises(ValueError, match="index 1 more than once"):
        max_unpool(pooled, indices, (4, 4))


def test_nails_stand_at_the_upper_left_of_their_blocks():
    equal(
        bed_of_nails([[1, 2], [3, 4]]),
        [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]],
    )
    equal(bed_of_nails([[1, 2]], (1, 3)), [[1, 0, 0, 2, 0, 0]])
    equal(bed_of_nails([[1, 2]], (2, 1)), [[1, 2], [0, 0]])
    equal(bed_of_nails([[[1, 2]]], (1, 2)), [[[1, 2], [0, 0]]])


@many
@given(sizes, pools)
def test_a_bed_of_nails_is_a_transposed_convolution_with_one_tap(size, factor):
    image = random_integers(size)
    equal(bed_of_nails(image, factor), conv2d_transpose(image, [[1]], factor))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: max_pool_with_indices([1, 2]),
        lambda: max_pool_with_indices(np.ones((1, 4, 4, 1))),
        lambda: max_pool_with_indices(np.ones((0, 4))),
        lambda: max_pool_with_indices([["a"]], 1),
        lambda: max_pool_with_indices([[1.0, np.nan]], 1),
        lambda: max_pool_with_indices([[1j]], 1),
        lambda: max_pool_with_indices(IMAGE, 5),
        lambda: max_pool_with_indices(IMAGE, (1, 5)),
        lambda: max_pool_with_indices(IMAGE, 0),
        lambda: max_pool_with_indices(IMAGE, True),
        lambda: max_pool_with_indices(IMAGE, 2.0),
        lambda: max_pool_with_indices(IMAGE, 2, 0),
        lambda: max_pool_with_indices(IMAGE, 2, (1, 1, 1)),
        lambda: average_pool([1, 2]),
        lambda: average_pool(IMAGE, 5),
        lambda: average_pool(IMAGE, 2, False),
        lambda: max_unpool([5], [0], 2),
        lambda: max_unpool([[5]], [0], 2),
        lambda: max_unpool([[5]], [[0.0]], 2),
        lambda: max_unpool([[5]], [[False]], 2),
        lambda: max_unpool([[5]], [[-1]], 2),
        lambda: max_unpool([[5]], [[4]], 2),
        lambda: max_unpool([[5]], [[0]], 0),
        lambda: max_unpool([[5]], [[0]], (2, 2, 1)),
        lambda: max_unpool([[5, 6]], [[1, 1]], 2),
        lambda: bed_of_nails([1, 2]),
        lambda: bed_of_nails(IMAGE, 0),
        lambda: bed_of_nails(IMAGE, True),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()
