"""The stepper's frames: every step's numbers against the slides and the reference."""

import ast
import math
import re
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_keras import explore
from cae_keras.explore.wording import number_text
from cae_keras.reference import (
    average_pool,
    bed_of_nails,
    conv2d,
    conv2d_transpose,
    conv2d_transpose_by_insertion,
    insert_zeros,
    max_pool_with_indices,
    max_unpool,
    upsample_nearest,
)

ROOT = Path(__file__).resolve().parent.parent
# Typed from the slides.
IMAGE = [[3, 5, 2, 7], [4, 1, 3, 8], [6, 3, 8, 2], [9, 6, 1, 5]]
KERNEL_3 = [[1, 2, 1], [2, 1, 2], [1, 1, 2]]
KERNEL_2 = [[1, 2], [2, 1]]
RESULT = [[55, 52], [57, 50]]
READINGS = ["scatter", "insertion"]

equal = np.testing.assert_array_equal
many = settings(max_examples=60, deadline=None, derandomize=True)


def numbers(shape, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape)


def value_of(text):
    """Compute what a rule or calculation writes, with Python's own arithmetic."""
    text = text.replace("·", "*").replace("mod", "%")
    names = {node.id for node in ast.walk(ast.parse(text)) if hasattr(node, "id")}
    assert names <= {"floor", "ceil", "max"}
    return eval(text, {"floor": math.floor, "ceil": math.ceil, "max": max})


def sides_of(equation):
    """Return the value of each side of an equation."""
    return [value_of(side) for side in equation.split(" = ")]


def sizes_of(rule):
    """Return rows and columns as a rule computes them, each side of each equation."""
    if not rule.startswith("rows: "):
        return sides_of(rule), sides_of(rule)
    rows, columns = rule.removeprefix("rows: ").split("; columns: ")
    return sides_of(rows), sides_of(columns)


def assert_rule_gives(rule, shape):
    for sides, size in zip(sizes_of(rule), shape, strict=True):
        assert sides == [size] * len(sides), rule


# The slides


def test_the_first_step_of_slide_a6_is_the_sum_on_the_board():
    steps = explore.convolution(IMAGE, KERNEL_3)
    assert [frame.calculation for frame in steps] == [
        "3·1 + 5·2 + 2·1 + 4·2 + 1·1 + 3·2 + 6·1 + 3·1 + 8·2 = 55",
        "5·1 + 2·2 + 7·1 + 1·2 + 3·1 + 8·2 + 3·1 + 8·1 + 2·2 = 52",
        "4·1 + 1·2 + 3·1 + 6·2 + 3·1 + 8·2 + 9·1 + 6·1 + 1·2 = 57",
        "1·1 + 3·2 + 8·1 + 3·2 + 8·1 + 2·2 + 6·1 + 1·1 + 5·2 = 50",
    ]
    assert {frame.rule for frame in steps} == {"(4 + 2·0 - 3) / 1 + 1 = 2"}
    equal(steps.output, RESULT)
    equal(steps[2].window, [[4, 1, 3], [6, 3, 8], [9, 6, 1]])


@pytest.mark.parametrize(
    ("kernel", "padding", "printed"),
    [
        (KERNEL_2, "valid", [[22, 14, 30], [21, 21, 37], [36, 32, 19]]),
        (
            KERNEL_3,
            "same",
            [[19, 26, 46, 22], [29, 55, 52, 40], [42, 57, 50, 43], [36, 46, 44, 19]],
        ),
    ],
    ids=["A6", "A9"],
)
def test_a_convolution_ends_with_what_the_slide_prints(kernel, padding, printed):
    equal(explore.convolution(IMAGE, kernel, padding=padding).output, printed)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    ("kernel", "padding", "printed"),
    [
        (KERNEL_2, "valid", [[55, 162, 104], [167, 323, 152], [114, 157, 50]]),
        (KERNEL_2, "same", [[55, 162], [167, 323]]),
        (KERNEL_3, "same", [[323, 319], [264, 326]]),
    ],
    ids=["A7", "A10 2x2 mended", "A10 3x3 mended"],
)
def test_a_transposed_convolution_ends_with_the_slide(
    kernel, padding, printed, reading
):
    steps = explore.transposed_convolution(
        RESULT, kernel, padding=padding, reading=reading
    )
    equal(steps.output, printed)


@pytest.mark.parametrize("reading", READINGS)
def test_slide_c13_takes_an_output_padding(reading):
    def show(extra):
        return explore.transposed_convolution(
            RESULT, KERNEL_3, 2, 1, extra, reading=reading
        )

    assert show(None)[0].rule == "(2 - 1)·2 + 3 - 2·1 = 3"
    assert show(1)[0].rule == "(2 - 1)·2 + 3 - 2·1 + 1 = 4"
    assert show(None).output.shape == (3, 3)
    assert show(1).output.shape == (4, 4)


def test_the_scatter_of_slide_a7_says_what_is_added_where():
    steps = explore.transposed_convolution(RESULT, KERNEL_2)
    assert [frame.calculation for frame in steps] == [
        "55·1, 55·2, 55·2, 55·1 are added at rows 0-1, columns 0-1",
        "52·1, 52·2, 52·2, 52·1 are added at rows 0-1, columns 1-2",
        "57·1, 57·2, 57·2, 57·1 are added at rows 1-2, columns 0-1",
        "50·1, 50·2, 50·2, 50·1 are added at rows 1-2, columns 1-2",
    ]
    assert steps[0].output.tolist() == [[55, 110, None], [110, 55, None], [None] * 3]
    assert steps[1].output.tolist() == [[55, 162, 104], [110, 159, 52], [None] * 3]


# Convolution


@st.composite
def convolutions(draw):
    """A shape, a kernel's shape, stride and padding, where kernel and numbers fit."""
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


@many
@given(convolutions())
def test_each_step_of_a_convolution_adds_the_next_output(case):
    shape, kernel_shape, stride, padding = case
    image, kernel = numbers(shape), numbers(kernel_shape, 1)
    expected = conv2d(image, kernel, stride, padding)
    steps = explore.convolution(image, kernel, stride, padding)
    equal(steps.output, expected)
    assert steps.output.dtype == np.int64 and len(steps) == expected.size
    for i, frame in enumerate(steps):
        known = expected.ravel().tolist()[: i + 1]
        rest = [None] * (expected.size - i - 1)
        assert frame.output.ravel().tolist() == known + rest
        assert (frame.window * kernel).sum() == known[-1]
        assert_rule_gives(frame.rule, expected.shape)
        if "..." not in frame.calculation:
            assert sides_of(frame.calculation) == [known[-1]] * 2


@many
@given(convolutions())
def test_the_input_of_a_convolution_is_drawn_with_its_padding(case):
    shape, kernel_shape, stride, padding = case
    image, kernel = numbers(shape), np.ones(kernel_shape, int)
    read = explore.convolution(image, kernel, stride, padding)[0]["input"]
    around = read.roles == "padding"
    assert (read.numbers.data[around] == 0).all()
    if "unread" in read.roles:
        return  # which of those are padding is not said
    equal(read.numbers.data[~around], image.ravel())
    assert {*read.roles[~around]} == {"input"}


def test_pixels_that_no_window_reads_are_marked():
    roles = explore.convolution(np.ones((6, 6)), np.ones((3, 3)), 2)[0]["input"].roles
    assert (roles[:5, :5] == "input").all()
    assert (roles[5] == "unread").all() and (roles[:, 5] == "unread").all()


# Transposed convolution


@st.composite
def transposed(draw):
    """Arguments of a transposed convolution that can be, small enough to be drawn."""
    n, k = (draw(st.tuples(*[st.integers(1, 3)] * 2)) for _ in range(2))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = draw(
        st.sampled_from(["valid", "same", 0, 1, 2])
        | st.tuples(st.integers(0, 2), st.integers(0, 2))
    )
    extra = draw(st.none() | st.tuples(*(st.integers(0, s - 1) for s in stride)))
    return n, k, stride, padding, extra


def expected_of(case):
    """Return image, kernel and the reference's result, or None if it refuses."""
    shape, kernel_shape, *rest = case
    image, kernel = numbers(shape), numbers(kernel_shape, 1)
    try:
        return image, kernel, conv2d_transpose(image, kernel, *rest)
    except ValueError:
        return None


@many
@given(transposed(), st.sampled_from(READINGS))
def test_both_readings_give_the_transposed_convolution(case, reading):
    if expected_of(case) is None:
        with pytest.raises(ValueError, match="Received: "):
            explore.transposed_convolution(
                numbers(case[0]), numbers(case[1]), *case[2:], reading
            )
        return
    image, kernel, expected = expected_of(case)
    steps = explore.transposed_convolution(image, kernel, *case[2:], reading)
    equal(steps.output, expected)
    assert steps.output.dtype == np.int64
    equal(steps[-1].output.mask, False)
    assert_rule_gives(steps[0].rule, expected.shape)
    assert len(steps) == (image.size if reading == "scatter" else expected.size)


@many
@given(transposed())
def test_each_step_of_a_scatter_adds_one_copy_of_the_kernel(case):
    if expected_of(case) is None:
        return
    image, kernel, expected = expected_of(case)
    (rows, columns), stride = kernel.shape, case[2]
    full = conv2d_transpose(image, kernel, stride, output_padding=0)
    steps = explore.transposed_convolution(image, kernel, *case[2:])
    before = np.zeros(steps[0]["output"].numbers.shape, int)
    for i, frame in enumerate(steps):
        r, c = divmod(i, image.shape[1])
        copy = image[r, c] * kernel
        equal(frame["copy"].numbers, copy)
        row, column = r * stride[0], c * stride[1]
        after = frame["output"].numbers.filled(0)
        change = np.zeros(before.shape, int)
        change[row : row + rows, column : column + columns] = copy
        equal(after - before, change)
        equal(frame.window, [[image[r, c]]])
        before = after
    equal(before[: full.shape[0], : full.shape[1]], full)
    kept = steps[-1]["output"].roles == "output"
    equal(before[kept], expected.ravel())


@many
@given(transposed())
def test_each_step_of_an_insertion_reads_the_flipped_kernel(case):
    if expected_of(case) is None:
        return
    image, kernel, expected = expected_of(case)
    equal(conv2d_transpose_by_insertion(image, kernel, *case[2:]), expected)
    steps = explore.transposed_convolution(image, kernel, *case[2:], "insertion")
    flipped = np.rot90(kernel, 2)
    for frame, value in zip(steps, expected.flat, strict=True):
        equal(frame["kernel"].numbers, flipped)
        assert (frame.window * flipped).sum() == value
        assert sides_of(frame.calculation) == [value] * 2


def test_the_zeros_between_pixels_and_around_them_have_their_roles():
    steps = explore.transposed_convolution(RESULT, KERNEL_3, 2, 1, 1, "insertion")
    roles, drawn = steps[0]["input"].roles, steps[0].input
    inside = slice(1, 4)  # k - 1 - p = 1 zero before, and one more after
    assert drawn.shape == (6, 6)
    equal(drawn[inside, inside], insert_zeros(np.array(RESULT), 2))
    assert [*roles[1]] == ["padding", "input", "inserted", "input", *["padding"] * 2]
    assert [*roles[2]] == ["padding", *["inserted"] * 3, *["padding"] * 2]
    assert {*roles[0]} == {*roles[4]} == {*roles[5]} == {"padding"}


def test_cells_that_no_copy_reaches_are_zero_from_the_start():
    steps = explore.transposed_convolution([[5, 6]], [[1]], 2)
    assert steps[0].output.tolist() == [[5, 0, None, 0], [0, 0, 0, 0]]
    assert steps[1].output.tolist() == [[5, 0, 6, 0], [0, 0, 0, 0]]


# Pooling and unpooling


@pytest.mark.parametrize("stride", [None, 1, 2, (3, 1)])
@pytest.mark.parametrize("pool_size", [1, 2, (3, 2)])
def test_pooling_is_that_of_the_reference(pool_size, stride):
    image = numbers((7, 6))
    pooled, indices = max_pool_with_indices(image, pool_size, stride)
    steps = explore.pooling(image, pool_size, stride)
    equal(steps.output, pooled)
    for frame, value, index in zip(steps, pooled.flat, indices.flat, strict=True):
        assert frame.window.max() == value == frame.window.flat[index]
        assert frame.calculation.endswith(f") = {value}, at index {index}")
        marked = frame["input"].marked
        assert marked.sum() == marked[frame["input"].window].ravel()[index] == 1
        assert_rule_gives(frame.rule, pooled.shape)
    steps = explore.pooling(image, pool_size, stride, "average")
    np.testing.assert_allclose(steps.output, average_pool(image, pool_size, stride))
    for frame in steps:
        left, right = frame.calculation.replace(" ≈ ", " = ").split(" = ")
        assert value_of(left) == pytest.approx(value_of(right), abs=0.006)


def test_pixels_that_no_pool_reads_are_marked():
    roles = explore.pooling(np.ones((5, 4)), 2)[0]["input"].roles
    assert (roles[:4] == "input").all() and (roles[4] == "unread").all()
    roles = explore.pooling(np.ones((5, 5)), 1, 2)[0]["input"].roles
    equal(roles == "input", np.outer([1, 0, 1, 0, 1], [1, 0, 1, 0, 1]))


@pytest.mark.parametrize("factor", [1, 2, (2, 3)])
def test_unpooling_into_blocks_is_that_of_the_reference(factor):
    image = numbers((3, 2))
    nearest = explore.unpooling(image, factor)
    equal(nearest.output, upsample_nearest(image, factor))
    nails = explore.unpooling(image, factor, "bed of nails")
    equal(nails.output, bed_of_nails(image, factor))
    rows, columns = factor if isinstance(factor, tuple) else (factor, factor)
    for i, frame in enumerate(nearest):
        assert frame.output.count() == (i + 1) * rows * columns
        assert_rule_gives(frame.rule, nearest.output.shape)


def test_max_unpooling_puts_numbers_back_where_they_came_from():
    image = numbers((5, 5))
    pooled, indices = max_pool_with_indices(image, 2)
    steps = explore.unpooling(pooled, method="max", indices=indices, output_size=(5, 5))
    equal(steps.output, max_unpool(pooled, indices, output_size=5))
    i, j = divmod(int(indices[1, 0]), 2)
    assert steps[2].calculation == (
        f"{pooled[1, 0]} goes to index {indices[1, 0]} = {i}·2 + {j} of its block: "
        f"row {2 + i}, column {j}"
    )
    assert steps[0].output.count() == 25 - 3  # three are still to come
    assert steps[0].rule == "5x5, as told"


def test_max_unpooling_into_blocks_that_are_not_square():
    image = numbers((6, 6))
    pooled, indices = max_pool_with_indices(image, (2, 3))
    steps = explore.unpooling(pooled, (2, 3), "max", indices)
    equal(steps.output, max_unpool(pooled, indices, (2, 3)))
    for frame, place in zip(steps, np.ndindex(pooled.shape), strict=True):
        i, j = divmod(int(indices[place]), 3)
        row, column = place[0] * 2 + i, place[1] * 3 + j
        assert frame.calculation.endswith(f"block: row {row}, column {column}")
        assert frame["output"].marked.nonzero() == ([row], [column])


# Exact, whatever the type


@pytest.mark.parametrize(
    ("dtype", "values", "factor"),
    [
        (np.float16, [[300, -299], [7, 0.5]], 300),  # float16 ends at 65504
        (np.float32, [[4097, 3], [0.25, 0]], 4097 / 4096),
        (np.uint8, [[255, 254], [3, 200]], 255),
        (np.int8, [[-128, 127], [126, -127]], -128),
        (np.int16, [[3000, -3000], [1, 0]], 300),
        (bool, [[True, True], [True, True]], True),
    ],
)
def test_no_type_overflows_or_rounds(dtype, values, factor):
    image, kernel = np.array(values, dtype), np.array([[factor]], dtype)
    plain = [number + 0 for row in values for number in row]  # Python's own numbers
    products = np.reshape([number * factor for number in plain], (2, 2))
    scatter, insertion = (
        explore.transposed_convolution(image, kernel, reading=reading)
        for reading in READINGS
    )
    for result, expected in [
        (explore.convolution(image, kernel).output, products),
        (scatter.output, products),
        (scatter[0]["copy"].numbers, products[:1, :1]),
        (insertion.output, products),
        (explore.pooling(image).output, [[max(plain)]]),
        (explore.pooling(image, method="average").output, [[sum(plain) / 4]]),
        (explore.unpooling(image, 1).output, values),
        (explore.unpooling(image, 1, "bed of nails").output, values),
        (explore.convolution(image, np.ones((2, 2), dtype)).output, [[sum(plain)]]),
    ]:
        equal(result, expected)
        assert result.dtype in (np.int64, np.float64)


def test_the_square_of_300_is_90000_in_half_precision():
    steps = explore.convolution(np.float16([[300]]), np.float16([[300]]))
    equal(steps.output, [[90000]])
    assert steps[0].calculation == "300·300 = 90000"


@pytest.mark.parametrize(
    "wrong",
    [
        np.array([[1j]]),
        np.array([[np.nan, 1]]),
        np.float16([[np.inf]]),
        np.array([[None]]),
        np.array([[1, "a"]], object),
        np.uint64([[2**63 + 5]]),
        [[2**70]],
        [[1e300]],
        [[-1e8]],
        np.ma.masked_less([[1, 2]], 2),
        np.longdouble([["1e400"]]),
        "image",
        None,
    ],
    ids=repr,
)
def test_numbers_that_cannot_be_drawn_are_refused_by_every_function(wrong):
    for show in (
        lambda: explore.convolution(wrong, [[1]]),
        lambda: explore.convolution([[1, 1], [1, 1]], wrong),
        lambda: explore.transposed_convolution(wrong, [[1]]),
        lambda: explore.transposed_convolution([[1]], wrong, reading="insertion"),
        lambda: explore.pooling(wrong, 1),
        lambda: explore.unpooling(wrong, 1),
    ):
        with pytest.raises(ValueError, match="Received: "):
            show()


@pytest.mark.filterwarnings("error")
def test_a_number_that_is_too_long_is_refused_before_it_is_computed_with():
    with pytest.raises(ValueError, match=r"characters .*panel='image'"):
        explore.convolution([[1e300]], [[1e300]])
    with pytest.raises(ValueError, match="number='9223372036854775813'"):
        explore.pooling(np.uint64([[2**63 + 5]]), 1)


# Too large

HUGE = np.broadcast_to(1.0, (10**6, 10**6))  # a view of one number: a copy has 8 TB
ZEROS, ROW, COLUMN = np.zeros((2000, 2000)), [[0] * 10**6], [[0]] * 10**6


@pytest.mark.parametrize(
    "show",
    [
        lambda: explore.convolution(ZEROS, np.ones((3, 3))),
        lambda: explore.convolution(HUGE, [[1]]),
        lambda: explore.convolution(HUGE[:, :1], [[1]]),
        lambda: explore.convolution([[1]], HUGE),
        lambda: explore.convolution([[1]], [[1]], padding=10**6),
        lambda: explore.convolution([[1]], [[1]], padding=(0, 10**9)),
        lambda: explore.convolution([[1]], [[1]], stride=10**30),
        lambda: explore.convolution([[1]], [[1]], stride=(1, 13)),
        lambda: explore.convolution(ROW, [[1]]),
        lambda: explore.convolution(COLUMN, [[1]]),
        lambda: explore.pooling(HUGE),
        lambda: explore.pooling([[1, 2]], 1, 10**6),
        lambda: explore.unpooling(HUGE),
        lambda: explore.unpooling([[1]], 10**6),
        lambda: explore.unpooling([[1]], (1, 10**9), "bed of nails"),
        lambda: explore.unpooling([[1]], 10**6, "max", [[0]]),
        *(
            lambda reading=reading, case=case: explore.transposed_convolution(
                *case, reading=reading
            )
            for reading in READINGS
            for case in [
                (HUGE, [[1]]),
                ([[1]], HUGE),
                ([[1]], [[1]], 10**6),
                ([[1, 1]], [[1]], (1, 10**6), "same"),
                ([[1, 1]], [[1]], 10**6, (0, 10**6)),
                ([[1]], [[1]], 10**6, 0, 10**6 - 1),
                (np.ones((12, 12)), np.ones((5, 5)), 12, 60),
            ]
        ),
    ],
)
def test_what_is_too_large_is_refused_at_once_with_the_limit(show):
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(
            ValueError, match=r"(?s)(12|5) .*to be drawn.*Received: "
        ) as error:
            show()
        seconds = time.process_time() - start
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert seconds < 0.1
    assert len(str(error.value)) < 200


# Words


def test_numbers_are_written_short():
    written = [3, -4, True, 2.0, 0.125, 1 / 3, -0.004, -7.5, np.float32(0.1)]
    assert [number_text(n) for n in map(np.asarray, written[:2])] == ["3", "-4"]
    assert [number_text(n) for n in written[3:]] == [
        "2",
        "0.12",
        "0.33",
        "0",
        "-7.5",
        "0.1",
    ]


def test_negative_factors_stand_in_parentheses_and_rounded_results_are_about():
    def written(*case):
        return explore.convolution(*case)[0].calculation

    assert written([[-3, 2]], [[1, -1]]) == "(-3)·1 + 2·(-1) = -5"
    assert written([[0.5, 2]], [[0.5, 1]]) == "0.5·0.5 + 2·1 = 2.25"
    assert written([[1 / 3, 2]], [[1, 1]]) == "0.33·1 + 2·1 ≈ 2.33"
    assert written([[5000.004]], [[1]]) == "5000·1 ≈ 5000"
    assert written(np.float32([[0.1]]), [[1]]) == "0.1·1 = 0.1"
    assert explore.pooling([[1, 2, 2]], (1, 3), method="average")[0].calculation == (
        "(1 + 2 + 2) / 3 ≈ 1.67"
    )


def test_a_long_sum_is_shortened_but_its_result_is_not():
    image, kernel = numbers((5, 5)), numbers((5, 5), 1)
    said = explore.convolution(image, kernel)[0].calculation
    terms, result = said.split(" = ")
    assert terms.count("·") == 9 and " + ... + " in terms
    assert int(result) == (image * kernel).sum()
    assert (
        "..." not in explore.convolution(image[:4, :4], kernel[:4, :4])[0].calculation
    )


# The sequence


@pytest.mark.parametrize(
    "steps",
    [
        explore.convolution(IMAGE, KERNEL_2, 2, "same"),
        explore.transposed_convolution(RESULT, KERNEL_3),
        explore.transposed_convolution(RESULT, KERNEL_3, reading="insertion"),
        explore.pooling(IMAGE),
        explore.unpooling(RESULT),
        explore.unpooling(RESULT, method="max", indices=[[0, 1], [2, 3]]),
    ],
    ids=lambda steps: steps.name,
)
def test_the_output_that_a_step_draws_is_the_output_so_far(steps):
    for frame in steps:
        assert frame["output"].numbers.tolist() == frame.output.tolist()
    counts = [frame.output.count() for frame in steps]
    assert counts == sorted({*counts}), "each step must add to what is known"


def test_steps_are_a_sequence_whose_frames_do_not_share_their_numbers():
    steps = explore.convolution(IMAGE, KERNEL_3)
    assert len(steps) == len(list(steps)) == len(steps[:]) == 4
    assert steps[-1] is steps[3]
    equal(steps[-1].output, steps.output)
    assert repr(steps) == "Steps(convolution, 4 steps, output 2x2)"
    assert repr(steps[0]).startswith("Frame(3·1 + 5·2")
    steps[0].output[0, 0] = 1
    assert steps[1].output[0, 0] == steps.output[0, 0] == 55


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: explore.convolution(np.ones((4, 4, 1)), KERNEL_2),
        lambda: explore.convolution(IMAGE, np.ones((2, 2, 1, 1))),
        lambda: explore.convolution([[1, 2], [3]], [[1]]),
        lambda: explore.convolution([["a"]], [[1]]),
        lambda: explore.convolution([[np.nan]], [[1]]),
        lambda: explore.convolution([[1j]], [[1]]),
        lambda: explore.convolution(np.ones((0, 4)), [[1]]),
        lambda: explore.convolution(np.ones((13, 4)), [[1]]),
        lambda: explore.convolution(np.ones((12, 4)), KERNEL_3, padding=1),
        lambda: explore.convolution(np.ones((9, 9)), np.ones((6, 1))),
        lambda: explore.convolution([[9999999]], [[10]]),
        lambda: explore.convolution(IMAGE, np.ones((5, 1))),
        lambda: explore.convolution(IMAGE, KERNEL_2, stride=0),
        lambda: explore.convolution(IMAGE, KERNEL_2, stride=True),
        lambda: explore.convolution(IMAGE, KERNEL_2, padding="full"),
        lambda: explore.transposed_convolution(RESULT, KERNEL_2, reading="gather"),
        lambda: explore.transposed_convolution(IMAGE, KERNEL_3, 4),
        lambda: explore.transposed_convolution(np.ones((6, 6)), [[1]], 2, 6),
        lambda: explore.transposed_convolution(RESULT, KERNEL_2, 2, output_padding=2),
        lambda: explore.transposed_convolution(RESULT, KERNEL_2, padding=2),
        lambda: explore.pooling(IMAGE, 5),
        lambda: explore.pooling(IMAGE, method="min"),
        lambda: explore.pooling(IMAGE, True),
        lambda: explore.unpooling(IMAGE, 4),
        lambda: explore.unpooling(IMAGE, method="bilinear"),
        lambda: explore.unpooling(RESULT, indices=[[0, 1], [2, 3]]),
        lambda: explore.unpooling(RESULT, output_size=(4, 4)),
        lambda: explore.unpooling(RESULT, method="max"),
        lambda: explore.unpooling(RESULT, method="max", indices=[[0, 1], [2, 4]]),
        lambda: explore.unpooling(RESULT, method="max", indices=[[0, 1], [2, -1]]),
        lambda: explore.unpooling(
            RESULT, method="max", indices=[[0, 1], [2, 3]], output_size=(6, 4)
        ),
        lambda: explore.unpooling(RESULT, method="max", indices=[[0, 1], [2, 2.5]]),
        lambda: explore.unpooling(
            RESULT, method="max", indices=[[0, 1], [2, 3]], output_size=(13, 4)
        ),
    ],
)
def test_what_cannot_be_or_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()


def test_a_refusal_names_the_limit_and_what_came():
    with pytest.raises(ValueError, match=re.escape("image[:, :, 0]")):
        explore.pooling(np.ones((4, 4, 3)))
    with pytest.raises(ValueError, match=r"1 to 12 .*shape=\(14, 6\)"):
        explore.convolution(np.ones((12, 4)), KERNEL_3, padding=1)


def test_the_stepper_is_imported_without_what_draws():
    code = (
        "import sys; import cae_keras.explore; "
        "print(*sorted({name.split('.')[0] for name in sys.modules} & {'tensorflow', "
        "'keras', 'matplotlib', 'PIL', 'ipywidgets', 'IPython', 'sklearn'}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "\n"


def test_the_example_in_the_readme_runs(tmp_path, monkeypatch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example, _ = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(example, names)
    equal(names["steps"].output, conv2d_transpose(RESULT, KERNEL_2, stride=2))
    assert (tmp_path / "steps.gif").read_bytes().startswith(b"GIF89a")
