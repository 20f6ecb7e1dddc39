"""Sizes along one axis, against the slides and against counting."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras import reference
from cae_keras.shapes import (
    conv_input_sizes,
    conv_output_shape,
    conv_output_size,
    conv_transpose_cropping,
    conv_transpose_output_shape,
    conv_transpose_output_size,
    overlap_counts,
    pool_output_shape,
    pool_output_size,
    same_padding,
)
from cae_keras.shapes.connections import (
    conv_connections,
    conv_transpose_connections,
    interpolation_connections,
)

many = settings(max_examples=300, deadline=None, derandomize=True)
sizes = st.integers(1, 20)
kernels = st.integers(1, 8)
strides = st.integers(1, 5)
sides = st.integers(0, 5)
paddings = st.sampled_from(["valid", "same"]) | sides | st.tuples(sides, sides)


@st.composite
def strides_and_dilations(draw):
    """Never both over 1."""
    return draw(st.tuples(strides, st.just(1)) | st.tuples(st.just(1), strides))


def both_sides(padding):
    return padding if isinstance(padding, tuple) else (padding, padding)


# What the slides say


def test_sizes_of_the_slides():
    assert conv_output_size(4, 3) == 2  # A6
    assert conv_output_size(4, 2) == 3  # A6
    assert conv_output_size(4, 3, padding="same") == 4  # A9
    assert conv_transpose_output_size(2, 3) == 4  # A7
    assert conv_transpose_output_size(2, 2) == 3  # A7
    assert conv_transpose_output_size(2, 3, padding="same") == 2  # A10
    assert conv_output_size(5, 3, stride=2) == 2  # D6
    assert conv_transpose_output_size(2, 3, stride=2) == 5  # D6
    assert conv_output_size(6, 3, stride=2) == 2  # D6's other half
    assert conv_output_size(4, 3, stride=2, padding=1) == 2  # C14


def test_slide_c13_needs_an_output_padding_for_its_4():
    assert conv_transpose_output_size(2, 3, 2, padding=1) == 3
    assert conv_transpose_output_size(2, 3, 2, padding=1, output_padding=1) == 4
    assert conv_transpose_output_size(2, 3, 2, padding="same") == 4


def test_output_padding_none_is_not_zero():
    assert conv_transpose_output_size(7, 3, 2, "same") == 14
    assert conv_transpose_output_size(7, 3, 2, "same", 0) == 13
    assert conv_transpose_output_size(7, 3, 2, "same", 1) == 14
    assert conv_transpose_output_size(3, 2, 5) == 15
    assert conv_transpose_output_size(3, 2, 5, output_padding=0) == 12
    assert conv_transpose_output_size(3, 2, 5, (0, 0)) == 12


def test_the_unet_paper_goes_from_572_to_388():
    """C15: two 3x3 "valid" convolutions a level, four levels down and up again."""
    size = 572
    for _ in range(4):
        size = conv_output_size(conv_output_size(size, 3), 3)
        assert size % 2 == 0
        size = pool_output_size(size, 2)
    size = conv_output_size(conv_output_size(size, 3), 3)
    assert size == 28
    for _ in range(4):
        size = conv_transpose_output_size(size, 2, stride=2)
        size = conv_output_size(conv_output_size(size, 3), 3)
    assert size == 388


def test_the_crop_of_even_kernels_is_symmetric_and_of_odd_ones_not():
    assert conv_transpose_cropping(7, 14, 2, "same") == (6, 6)
    assert conv_transpose_cropping(14, 28, 2, "same") == (13, 13)
    assert conv_transpose_cropping(7, 3, 2, "same") == (0, 1)
    assert conv_transpose_cropping(7, 5, 2, "same") == (1, 2)
    assert conv_transpose_cropping(7, 3, 2, 1) == (1, 1)
    assert conv_transpose_cropping(7, 3, 2, 1, output_padding=1) == (1, 0)
    assert conv_transpose_cropping(7, 1, 3, "same") == (0, -2)
    assert conv_transpose_cropping(7, 3, 2, output_padding=1) == (0, -1)


def test_overlaps_of_the_lecture_are_smooth_and_of_3x3_kernels_not():
    assert overlap_counts(4, 3, 2, "same") == [1, 1, 2, 1, 2, 1, 2, 1]
    deconv2 = overlap_counts(7, 14, 2, "same")
    deconv1 = overlap_counts(14, 28, 2, "same")
    assert (min(deconv2), max(deconv2)) == (4, 7)
    assert (min(deconv1), max(deconv1)) == (7, 14)
    assert overlap_counts(2, 1, 3) == [1, 0, 0, 1, 0, 0]


# Against counting


def windows(size, kernel, stride, dilation, before, after):
    """Count the windows that fit, one by one."""
    start, count = -before, 0
    while start + (kernel - 1) * dilation < size + after:
        start, count = start + stride, count + 1
    return count


@many
@given(sizes, kernels, strides_and_dilations(), paddings)
def test_conv_output_size_counts_the_windows_that_fit(n, k, s_d, padding):
    s, d = s_d
    if padding == "same":
        before, after = same_padding(n, k, s, d)
        assert before <= after <= before + 1
    else:
        before, after = both_sides(0 if padding == "valid" else padding)
    count = windows(n, k, s, d, before, after)
    if count:
        assert conv_output_size(n, k, s, padding, d) == count
    else:
        with pytest.raises(ValueError, match="must fit"):
            conv_output_size(n, k, s, padding, d)


@many
@given(sizes, kernels, strides_and_dilations())
def test_same_pads_as_little_as_gives_ceil_of_n_over_s(n, k, s_d):
    s, d = s_d
    before, after = same_padding(n, k, s, d)
    wanted = len(range(0, n, s))
    assert windows(n, k, s, d, before, after) == wanted
    if after:
        assert windows(n, k, s, d, before, after - 1) < wanted


@many
@given(sizes, kernels, st.none() | strides, paddings)
def test_a_pooling_is_a_convolutions_window_that_sees_a_pixel(n, k, s, padding):
    step = s or k
    if padding == "same":
        assert pool_output_size(n, k, s, padding) == len(range(0, n, step))
        return
    before, after = both_sides(0 if padding == "valid" else padding)
    starts = range(-before, n + after - k + 1, step)
    if max(before, after) >= k or not starts:
        with pytest.raises(ValueError, match="must"):
            pool_output_size(n, k, s, padding)
    else:
        assert pool_output_size(n, k, s, padding) == len(starts)
        assert all(start < n and start + k > 0 for start in starts)


@many
@given(sizes, kernels, strides_and_dilations(), paddings, st.none() | sides)
def test_a_transposed_convolution_keeps_its_full_result_less_the_cropping(
    n, k, s_d, padding, op
):
    s, d = s_d
    full = max(i * s + t * d for i in range(n) for t in range(k)) + 1
    try:
        output = conv_transpose_output_size(n, k, s, padding, op, d)
    except ValueError:
        even_same_zero = padding == "same" and k * d % 2 == (d + 1) % 2 and op == 0
        nothing_left = padding not in ("valid", "same") and (
            full - sum(both_sides(padding)) + (op or 0) < 1
        )
        assert (op is not None and op >= s) or even_same_zero or nothing_left
        return
    before, after = conv_transpose_cropping(n, k, s, padding, op, d)
    assert output == full - before - after
    if padding == "same":
        assert before >= 0
        assert after - before in (0, 1) or (before == 0 and after < 0)
        assert output == n * s or op is not None
    elif padding == "valid":
        assert before == 0
        assert after == -op if op is not None else -after == max(s - (k - 1) * d - 1, 0)
    else:
        assert (before, after + (op or 0)) == both_sides(padding)


@many
@given(st.integers(1, 8), kernels, strides_and_dilations(), paddings)
def test_conv_input_sizes_are_all_that_give_the_output(m, k, s_d, padding):
    s, d = s_d
    found = []
    for n in range(1, 80):
        try:
            if conv_output_size(n, k, s, padding, d) == m:
                found.append(n)
        except ValueError:
            continue
    assert conv_input_sizes(m, k, s, padding, d) == found
    assert len(found) == s or padding not in ("valid", "same")


def test_no_input_gives_one_output_where_the_padding_gives_more():
    assert conv_input_sizes(1, 1, padding=3) == []


@many
@given(st.integers(1, 8), kernels, strides, paddings)
def test_overlap_counts_are_a_transposed_convolution_of_ones(n, k, s, padding):
    image, kernel = np.ones((n, n), int), np.ones((k, k), int)
    try:
        counts = overlap_counts(n, k, s, padding)
    except ValueError:
        with pytest.raises(ValueError, match="at least one output"):
            reference.conv2d_transpose(image, kernel, s, padding)
        return
    turned = reference.conv2d_transpose(image, kernel, s, padding)
    np.testing.assert_array_equal(np.outer(counts, counts), turned)


# Which inputs reach which output


def test_connections_of_dilated_kernels_skip_what_lies_between():
    assert conv_connections(4, 3, padding="same", dilation=3) == [
        [0, 3],
        [1],
        [2],
        [0, 3],
    ]


@many
@given(sizes, kernels, strides_and_dilations())
def test_connections_of_a_transposed_convolution_are_the_others_turned_round(n, k, s_d):
    s, d = s_d
    there = conv_connections((n - 1) * s + (k - 1) * d + 1, k, s, dilation=d)
    back = conv_transpose_connections(n, k, s, output_padding=0, dilation=d)
    for output, inputs in enumerate(back):
        assert inputs == [i for i, read in enumerate(there) if output in read]


def test_interpolation_mixes_the_inputs_nearer_than_its_radius():
    assert interpolation_connections(2, 3, 0) == [[0]] * 3 + [[1]] * 3
    bilinear = [[0], [0], [0, 1], [0, 1], [1], [1, 2], [1, 2], [2], [2]]
    assert interpolation_connections(3, 3, 1) == bilinear
    assert interpolation_connections(5, 2, 2)[5] == [1, 2, 3, 4]


# Shapes are sizes, axis by axis


def test_shapes_follow_the_sizes_of_each_axis():
    assert conv_output_shape((28, 20, 3), 8, (3, 5), (2, 1), (1, 0)) == (14, 17, 8)
    assert conv_output_shape((30, 2), 4, 3, dilation_rate=2) == (26, 4)
    assert conv_output_shape((9, 9, 9, 1), 4, 3) == (7, 7, 7, 4)
    assert conv_transpose_output_shape(
        (7, 9, 2), 5, (3, 4), (2, 3), "same", (0, 1)
    ) == (13, 25, 5)
    assert pool_output_shape((7, 9, 5), (2, 3), padding="same") == (4, 3, 5)
    assert pool_output_shape((7, 9, 5), 3, 1, padding=1) == (7, 9, 5)


def test_an_unknown_size_stays_unknown():
    assert conv_output_shape((None, 28, 1), 2, 3) == (None, 26, 2)
    assert conv_transpose_output_shape((None, None, 1), 2, 3) == (None, None, 2)
    assert pool_output_shape((28, None, 4)) == (14, None, 4)


# What cannot be


def test_messages_say_what_must_hold_and_what_came():
    with pytest.raises(ValueError) as caught:
        conv_output_size(4, 5)
    assert str(caught.value) == (
        "The kernel must fit into the padded input. "
        "Received: input_size=4, kernel_size=5, padding='valid', dilation=1"
    )
    with pytest.raises(ValueError) as caught:
        pool_output_size(4, 2, stride=0)
    assert str(caught.value) == (
        "`stride` must be a whole number and at least 1. Received: stride=0"
    )


@pytest.mark.parametrize("wrong", [0, -1, True, np.True_, 3.0, "3", None, [3], (3, 3)])
def test_a_size_is_a_whole_number_of_at_least_one(wrong):
    for call in [
        lambda: conv_output_size(wrong, 1),
        lambda: conv_output_size(4, wrong),
        lambda: conv_output_size(4, 1, wrong),
        lambda: conv_output_size(4, 1, dilation=wrong),
        lambda: pool_output_size(wrong, 1),
        lambda: pool_output_size(4, wrong),
        lambda: same_padding(wrong, 3),
        lambda: same_padding(4, wrong),
        lambda: conv_transpose_output_size(wrong, 3),
        lambda: conv_transpose_output_size(4, wrong),
        lambda: conv_transpose_cropping(4, 3, wrong),
        lambda: conv_transpose_cropping(4, 3, dilation=wrong),
        lambda: conv_input_sizes(wrong, 3),
        lambda: conv_input_sizes(4, wrong),
        lambda: overlap_counts(wrong, 3),
        lambda: overlap_counts(4, wrong),
        lambda: conv_output_shape((4, 4, wrong), 1, 1),
        lambda: conv_output_shape((4, 4, 1), wrong, 1),
        lambda: conv_transpose_output_shape((4, 4, wrong), 1, 1),
        lambda: pool_output_shape((4, 4, wrong)),
    ]:
        with pytest.raises(ValueError, match=r"must be.* Received: "):
            call()


@pytest.mark.parametrize(
    "wrong",
    [-1, True, 1.0, None, "SAME", "full", "", (1,), (1, 1, 1), (1, -1), (1, False)],
)
def test_a_padding_is_a_word_a_number_or_a_pair(wrong):
    for call in [
        lambda: conv_output_size(4, 3, padding=wrong),
        lambda: pool_output_size(4, 3, padding=wrong),
        lambda: conv_transpose_output_size(4, 3, padding=wrong),
        lambda: conv_input_sizes(4, 3, padding=wrong),
        lambda: overlap_counts(4, 3, padding=wrong),
        lambda: conv_output_shape((None, None, 1), 1, 3, padding=wrong),
        lambda: pool_output_shape((None, None, 1), 3, padding=wrong),
        lambda: conv_transpose_output_shape((None, None, 1), 1, 3, padding=wrong),
    ]:
        with pytest.raises(ValueError, match=r"must be.* Received: "):
            call()


@pytest.mark.parametrize("wrong", [2, 3, -1, True, 1.0, "1"])
def test_an_output_padding_is_below_the_stride(wrong):
    for padding in ("valid", "same", 1):
        with pytest.raises(ValueError, match=r"must be.* Received: "):
            conv_transpose_output_size(4, 3, 2, padding, wrong)
        with pytest.raises(ValueError, match=r"must be.* Received: "):
            conv_transpose_output_shape((None, None, 1), 1, 3, 2, padding, wrong)


def test_same_with_an_even_kernel_and_no_output_padding_is_refused():
    for k, s, d in [(4, 2, 1), (2, 1, 1), (4, 1, 3)]:
        with pytest.raises(ValueError, match="even number of pixels"):
            conv_transpose_output_size(4, k, s, "same", 0, d)
    assert conv_transpose_output_size(4, 4, 1, "same", 0, 2) == 4  # k' = 7


def test_stride_and_dilation_are_never_both_over_one():
    for call in [
        lambda: conv_output_size(9, 2, 2, dilation=2),
        lambda: same_padding(9, 2, 2, 2),
        lambda: conv_transpose_output_size(9, 2, 2, dilation=2),
        lambda: conv_input_sizes(9, 2, 2, dilation=2),
        lambda: conv_output_shape((9, 9, 1), 1, 2, (2, 1), dilation_rate=(1, 2)),
        lambda: conv_transpose_output_shape(
            (9, 9, 1), 1, 2, (2, 1), dilation_rate=(1, 2)
        ),
    ]:
        with pytest.raises(ValueError, match=r"both be over 1. Received: "):
            call()


@pytest.mark.parametrize(
    "shape", [(), (3,), 3, None, (4, 4, None), (0, 4, 1), (4, 2.0, 1), "44"]
)
def test_an_input_shape_is_sizes_and_known_channels(shape):
    for call in [
        lambda: conv_output_shape(shape, 1, 1),
        lambda: conv_transpose_output_shape(shape, 1, 1),
        lambda: pool_output_shape(shape, 1),
    ]:
        with pytest.raises(ValueError, match="must be") as caught:
            call()
        if shape == (4, 4, None):
            assert "The number of channels must be known." in str(caught.value)


def test_there_is_one_number_an_axis():
    for call in [
        lambda: conv_output_shape((4, 4, 1), 1, (3,)),
        lambda: conv_output_shape((4, 4, 1), 1, 3, (1, 1, 1)),
        lambda: conv_transpose_output_shape((4, 4, 1), 1, 3, 2, "same", (1,)),
        lambda: conv_transpose_output_shape((4, 4, 1), 1, 3, 2, "same", (1, None)),
        lambda: pool_output_shape((4, 4, 1), (2, 2, 2)),
        lambda: pool_output_shape((4, 4, 1), strides=(2,)),
    ]:
        with pytest.raises(ValueError, match="Received: "):
            call()


def test_numpy_integers_are_welcome_and_come_back_as_python_ones():
    size = conv_output_size(np.int64(28), np.int32(3), np.uint8(2), np.int64(1))
    assert (size, type(size)) == (14, int)
    shape = conv_output_shape(tuple(np.array([8, 8, 1])), np.int64(2), np.int64(3))
    assert (shape, {type(size) for size in shape}) == ((6, 6, 2), {int})
    assert overlap_counts(np.uint8(200), np.uint8(2), np.uint8(2)) == [1] * 400


def test_the_import_loads_neither_keras_nor_numpy():
    code = (
        "import sys; import cae_keras.shapes; "
        "print(sorted({'keras', 'numpy', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
