"""Pooling with indices and unpooling: by hand, by NumPy's windows, and by PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras.reference import (
    average_pool,
    bed_of_nails,
    conv2d_transpose,
    flat_indices,
    max_pool_with_indices,
    max_unpool,
    window_indices,
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
    equal(indices, [[1, 3], [2, 0]])


def test_windows_may_overlap_and_leave_gaps():
    pooled, indices = max_pool_with_indices(IMAGE, 3, 1)
    equal(pooled, [[8, 8], [9, 8]])
    equal(indices, [[8, 5], [6, 2]])
    equal(flat_indices(indices, 4, 3, 1), [[10, 7], [12, 7]])  # 7 is in both
    pooled, indices = max_pool_with_indices(IMAGE, (1, 2), (3, 2))
    equal(pooled, [[5, 7], [9, 5]])
    equal(indices, [[1, 1], [0, 1]])
    equal(flat_indices(indices, 4, (1, 2), (3, 2)), [[1, 3], [12, 15]])


def test_what_fills_no_window_is_left_out_but_counts_in_the_flat_indices():
    image = [[1, 2, 9], [3, 4, 9], [0, 7, 9], [5, 6, 9], [9, 9, 9]]
    pooled, indices = max_pool_with_indices(image)
    equal(pooled, [[4], [7]])
    equal(indices, [[3], [1]])
    equal(flat_indices(indices, (5, 3)), [[4], [7]])


def test_of_equal_values_the_first_in_row_order_counts():
    _, indices = max_pool_with_indices(np.zeros((4, 4)))
    equal(indices, [[0, 0], [0, 0]])
    _, indices = max_pool_with_indices([[0, 7], [7, 7]])
    equal(indices, [[1]])
    _, indices = max_pool_with_indices([[0, 0], [7, 7]])
    equal(indices, [[2]])


def test_negative_values_are_pooled_too():
    equal(max_pool_with_indices([[-5, -2], [-3, -np.inf]])[0], [[-2]])
    equal(max_pool_with_indices(np.full((2, 2), -np.inf))[0], [[-np.inf]])


def test_the_first_nan_counts_as_the_largest_wherever_it_stands():
    nan, inf = np.nan, np.inf
    for window, index in [
        ([1, nan, 3, 2], 1),
        ([nan, 1, 2, 3], 0),
        ([1, 2, 3, nan], 3),
        ([1, nan, 2, nan], 1),
        ([inf, nan, inf, 1], 1),
    ]:
        pooled, indices = max_pool_with_indices(np.reshape(window, (2, 2)))
        equal(pooled, [[nan]])
        equal(indices, [[index]])
        back = np.zeros(4)
        back[index] = nan
        equal(max_unpool(pooled, indices).ravel(), back)


def test_each_channel_is_pooled_alone_and_counts_its_own_pixels():
    image = np.stack([IMAGE, np.negative(IMAGE)], axis=2)
    pooled, indices = max_pool_with_indices(image)
    equal(pooled[:, :, 0], [[5, 8], [9, 8]])
    equal(indices[:, :, 0], [[1, 3], [2, 0]])
    equal(pooled[:, :, 1], [[-1, -2], [-3, -1]])
    equal(indices[:, :, 1], [[3, 0], [1, 2]])


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
    equal(indices, windows.reshape(*pooled.shape, -1).argmax(axis=-1))
    flat = flat_indices(indices, size, pool, stride)
    pixels = image.reshape(-1, *depth)
    equal(np.take_along_axis(pixels, flat.reshape(-1, *depth), 0).ravel(), pooled.flat)
    equal(window_indices(flat, size, pool, stride), indices)
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
    places = np.moveaxis(places[0].numpy(), 0, 2).reshape(pooled.shape)
    equal(flat_indices(indices, size, pool, stride), places)
    equal(window_indices(places, size, pool, stride), indices)
    if stride is None or (stride[0] >= pool[0] and stride[1] >= pool[1]):
        back = np.zeros((size[0] * size[1], *depth), image.dtype)
        places = places.reshape(-1, *depth)
        np.put_along_axis(back, places, pooled.reshape(places.shape), 0)
        equal(max_unpool(pooled, indices, pool, stride, size).ravel(), back.ravel())


@many
@given(sizes, depths, pools)
def test_pytorch_unpools_alike(size, depth, pool):
    torch = pytest.importorskip("torch")
    image = random_integers((*size, *depth))
    pooled, indices = max_pool_with_indices(image, pool)

    def channels_first(array):
        array = array.reshape(*array.shape[:2], -1)
        return torch.from_numpy(np.moveaxis(array, 2, 0).copy())

    back = torch.nn.functional.max_unpool2d(
        channels_first(pooled.astype(np.float32)),
        channels_first(flat_indices(indices, size, pool)),
        pool,
        output_size=size,
    )
    back = np.moveaxis(back.numpy(), 0, 2).reshape(image.shape)
    equal(max_unpool(pooled, indices, pool, output_size=size), back)


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
        max_unpool(pooled, indices),
        [[0, 5, 0, 0], [0, 0, 0, 8], [0, 0, 8, 0], [9, 0, 0, 0]],
    )
    equal(max_unpool([[5, 6]], [[3, 0]], 2), [[0, 0, 6, 0], [0, 5, 0, 0]])
    equal(max_unpool([[5]], [[8]], 3), [[0, 0, 0], [0, 0, 0], [0, 0, 5]])
    equal(max_unpool([[5, 6]], [[1, 0]], (1, 2), (1, 3)), [[0, 5, 0, 6, 0]])


def test_an_odd_image_comes_back_with_its_maximum_in_its_place():
    image = np.array([[0, 0, 0], [9, 0, 0], [0, 0, 0]])
    pooled, indices = max_pool_with_indices(image)
    equal(max_unpool(pooled, indices), [[0, 0], [9, 0]])
    equal(max_unpool(pooled, indices, output_size=3), image)


@many
@given(sizes, depths, pools)
def test_unpooling_inverts_pooling_at_the_maxima_even_for_odd_sizes(size, depth, pool):
    image = random_integers((*size, *depth)) + 10  # above the zeros that are put in
    pooled, indices = max_pool_with_indices(image, pool)
    back = max_unpool(pooled, indices, pool, output_size=size)
    assert np.count_nonzero(back) == pooled.size
    equal(back[back > 0], image[back > 0])
    again, places = max_pool_with_indices(back, pool)
    equal(again, pooled)
    equal(places, indices)


def test_channels_may_use_one_place_each():
    equal(
        max_unpool([[[5, 6]]], [[[2, 2]]], (1, 3), output_size=(1, 3)),
        [[[0, 0], [0, 0], [5, 6]]],
    )


def test_unpooling_keeps_the_type():
    assert max_unpool(np.ones((1, 1), np.float32), [[0]], 2).dtype == np.float32
    assert max_unpool(np.ones((1, 1), np.uint8), [[0]], 2).dtype == np.int64
    assert bed_of_nails(np.ones((1, 1), np.float32)).dtype == np.float32
    assert bed_of_nails(np.ones((1, 1), bool)).dtype == np.int64


def test_overlapping_windows_are_refused_by_the_unpooling():
    pooled, indices = max_pool_with_indices(np.eye(6), 3, 2)
    with pytest.raises(ValueError, match=r"must not overlap.*stride=\(2, 2\)"):
        max_unpool(pooled, indices, 3, 2)
    pooled, indices = max_pool_with_indices(np.eye(6), (2, 3), 2)
    with pytest.raises(ValueError, match="must not overlap"):
        max_unpool(pooled, indices, (2, 3), 2)


# PyTorch's indices


def test_flat_indices_count_the_pixels_of_the_image():
    equal(flat_indices([[3, 0]], (2, 4)), [[5, 2]])
    equal(flat_indices([[3, 0]], (3, 5)), [[6, 2]])  # what is left out counts, too
    equal(flat_indices([[[3, 0]]], 2), [[[3, 0]]])  # two channels
    equal(window_indices([[5, 2]], (2, 4)), [[3, 0]])
    equal(window_indices([[6, 2]], (3, 5)), [[3, 0]])
    equal(window_indices([[11]], (3, 4), (3, 4)), [[11]])


@pytest.mark.parametrize("flat", [0, 1, 4, 5, -1, 16, 8])
def test_a_flat_index_outside_of_its_own_window_is_refused(flat):
    indices = np.array([[0, 2], [8, 10]])
    indices[0, 1] = flat
    with pytest.raises(ValueError, match=f"its own window. Received: index {flat} for"):
        window_indices(indices, 4)


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
        lambda: max_unpool([[5, 6]], [[0], [0]], 2),
        lambda: max_unpool([[5, 6], [7, 8]], [[0, 1], [2]], 2),
        lambda: max_unpool([[5]], [[0.0]], 2),
        lambda: max_unpool([[5]], [[False]], 2),
        lambda: max_unpool([[5]], [[-1]], 2),
        lambda: max_unpool([[5]], [[4]], 2),
        lambda: max_unpool([[5]], [[0]], 0),
        lambda: max_unpool([[5]], [[0]], (2, 2, 1)),
        lambda: max_unpool([[5]], [[0]], 2, 0),
        lambda: max_unpool([[5]], [[0]], 2, output_size=0),
        lambda: max_unpool([[5]], [[0]], 2, output_size=1),
        lambda: max_unpool([[5]], [[0]], 2, output_size=4),
        lambda: max_unpool([[5]], [[0]], 2, output_size=(2, 2, 1)),
        lambda: flat_indices([[4]], 2),
        lambda: flat_indices([[-1]], 2),
        lambda: flat_indices([[0.0]], 2),
        lambda: flat_indices([[True]], 2),
        lambda: flat_indices([0], 2),
        lambda: flat_indices([[0]], 4),
        lambda: flat_indices([[0]], 1),
        lambda: flat_indices([[0]], 2, 0),
        lambda: flat_indices([[0]], 2.0),
        lambda: window_indices([[0.0]], 2),
        lambda: window_indices([[True]], 2),
        lambda: window_indices([[0, 0]], 2),
        lambda: window_indices([[4]], 2),
        lambda: bed_of_nails([1, 2]),
        lambda: bed_of_nails(IMAGE, 0),
        lambda: bed_of_nails(IMAGE, True),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()
