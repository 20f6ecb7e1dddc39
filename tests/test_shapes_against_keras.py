"""The sizes against Keras's own layers: sizes, values and what is refused.

What we refuse, Keras refuses too, but for one case: "same" with an even kernel and
`output_padding=0`, where its backends do not agree (a test says how).

A max pooling whose window is larger than a "valid" input may end the process on
TensorFlow with oneDNN (signal 8, in 33 of 108 layers tried, where others raised). We
never let Keras run it.
"""

import contextlib
import warnings
from itertools import product

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers, ops

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
    same_padding,
)

many = settings(max_examples=500, deadline=None, derandomize=True)
called = settings(max_examples=150, deadline=None, derandomize=True)

CONV = {1: layers.Conv1D, 2: layers.Conv2D, 3: layers.Conv3D}
TRANSPOSE = {
    1: layers.Conv1DTranspose,
    2: layers.Conv2DTranspose,
    3: layers.Conv3DTranspose,
}
POOL = {1: layers.MaxPooling1D, 2: layers.AveragePooling2D, 3: layers.MaxPooling3D}
words = st.sampled_from(["valid", "same"])

# Keras 3.13 answers some of these with a size of 0, where 3.15 and we refuse.
refusals_agree = pytest.mark.skipif(
    tuple(map(int, keras.__version__.split(".")[:2])) < (3, 15),
    reason="an older Keras refuses less",
)


def or_refused(call):
    """Return a shape, or "refused" for a ValueError."""
    try:
        return tuple(call())
    except ValueError:
        return "refused"


def per_axis(draw, axes, low, high):
    """One int for all axes, or one an axis, now and then below what is allowed."""
    number = st.integers(low, high)
    return draw(number | st.tuples(*[number] * axes))


@st.composite
def input_shapes(draw):
    axes = draw(st.integers(1, 3))
    sizes = st.none() | st.integers(1, 40)
    return (*(draw(sizes) for _ in range(axes)), draw(st.integers(1, 4)))


@refusals_agree
@many
@given(st.data(), input_shapes(), st.integers(0, 4), words)
def test_conv_output_shape_is_keras(data, shape, filters, padding):
    axes = len(shape) - 1
    kernel = per_axis(data.draw, axes, 0, 7)
    strides = per_axis(data.draw, axes, 0, 4)
    dilation = per_axis(data.draw, axes, 0, 3) if data.draw(st.booleans()) else 1

    def ours():
        return conv_output_shape(shape, filters, kernel, strides, padding, dilation)

    def theirs():
        layer = CONV[axes](
            filters, kernel, strides, padding, dilation_rate=dilation, dtype="float32"
        )
        return layer.compute_output_shape((None, *shape))[1:]

    assert or_refused(ours) == or_refused(theirs)


@refusals_agree
@many
@given(st.data(), input_shapes(), st.integers(0, 4), words)
def test_conv_transpose_output_shape_is_keras(data, shape, filters, padding):
    axes = len(shape) - 1
    kernel = per_axis(data.draw, axes, 0, 7)
    strides = per_axis(data.draw, axes, 0, 4)
    dilation = per_axis(data.draw, axes, 0, 3) if data.draw(st.booleans()) else 1
    output_padding = None
    if data.draw(st.booleans()):
        output_padding = per_axis(data.draw, axes, -1, 3)

    def ours():
        return conv_transpose_output_shape(
            shape, filters, kernel, strides, padding, output_padding, dilation
        )

    def theirs():
        layer = TRANSPOSE[axes](
            filters,
            kernel,
            strides,
            padding,
            output_padding=output_padding,
            dilation_rate=dilation,
        )
        if padding == "same" and output_padding is not None:
            told = zip(
                layer.kernel_size,
                layer.dilation_rate,
                layer.output_padding,
                strict=True,
            )
            if any((k - 1) * d % 2 == 1 and op == 0 for k, d, op in told):
                raise ValueError("what Keras makes of it depends on the backend")
        return layer.compute_output_shape((None, *shape))[1:]

    assert or_refused(ours) == or_refused(theirs)


@refusals_agree
@many
@given(st.data(), input_shapes(), words)
def test_pool_output_shape_is_keras(data, shape, padding):
    axes = len(shape) - 1
    pool = per_axis(data.draw, axes, 0, 7)
    strides = None  # Keras lets a stride of 0 pass, and then divides by it
    if data.draw(st.booleans()):
        strides = per_axis(data.draw, axes, 1, 4)

    def theirs():
        layer = POOL[axes](pool, strides, padding)
        return layer.compute_output_shape((None, *shape))[1:]

    def ours():
        return pool_output_shape(shape, pool, strides, padding)

    assert or_refused(ours) == or_refused(theirs)


@pytest.mark.parametrize("padding", ["full", "", "SAME "])
def test_keras_refuses_the_paddings_that_we_refuse(padding):
    for call in [
        lambda: conv_output_shape((4, 4, 1), 1, 3, padding=padding),
        lambda: layers.Conv2D(1, 3, padding=padding),
        lambda: conv_transpose_output_shape((4, 4, 1), 1, 3, padding=padding),
        lambda: layers.Conv2DTranspose(1, 3, padding=padding),
        lambda: pool_output_shape((4, 4, 1), padding=padding),
        lambda: layers.MaxPooling2D(padding=padding).compute_output_shape((1, 4, 4, 1)),
    ]:
        with pytest.raises(ValueError):
            call()


# The layers themselves, called


def integers(*shape):
    """Small integers as float32: their sums are exact on every backend."""
    numbers = np.random.default_rng(0).integers(-4, 5, shape)
    return numbers.astype("float32")


@contextlib.contextmanager
def without_onednn():
    """On PyTorch, compute without oneDNN; elsewhere change nothing.

    With it, PyTorch 2.13 computes some small convolutions wrongly on a processor with
    AVX-512: 6x5 pixels, a kernel of 4x4 and strides (1, 2), one channel, gave -28 or
    whatever lay in memory where -1 is right. Of 576 small shapes tried two were wrong.
    """
    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    off = torch.backends.mkldnn.flags(enabled=False)
    with warnings.catch_warnings(action="ignore"), off:  # it warns of Intel's GPUs
        yield


def run(layer, image, kernel=None):
    """Run a layer, without bias, on one image (height, width, channels)."""
    if kernel is not None:
        layer.build((None, *image.shape))
        layer.set_weights([kernel])
    return ops.convert_to_numpy(layer(image[None]))[0]


def assert_same(actual, wanted):
    """Integers, up to what a fast convolution algorithm may round."""
    assert actual.shape == wanted.shape
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=1e-2)


def with_gaps(kernel, dilation):
    """Return the larger kernel that a dilated one stands for."""
    rows, columns = ((k - 1) * dilation + 1 for k in kernel.shape[:2])
    spread = np.zeros((rows, columns, *kernel.shape[2:]), kernel.dtype)
    spread[::dilation, ::dilation] = kernel
    return spread


@st.composite
def convolutions(draw):
    """Image size, kernel, strides and dilation, never both over 1."""
    small = st.integers(1, 5)
    size = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    kernel = draw(st.tuples(small, small))
    strides, dilation = draw(
        st.tuples(st.tuples(st.integers(1, 4), st.integers(1, 4)), st.just(1))
        | st.tuples(st.just((1, 1)), st.integers(2, 3))
    )
    return size, kernel, strides, dilation


def refuses(layer, image, kernel):
    """Tell whether a layer refuses a kernel that does not fit, as it should.

    On TensorFlow, Keras 3.13 computes something of a dilated one, and returns its input
    where the size would be 0.
    """
    try:
        run(layer, image, kernel)
    except ValueError:
        return True
    return keras.__version__.startswith("3.13.")


@called
@given(convolutions(), words)
def test_a_conv2d_layer_has_our_size_and_the_references_values(case, padding):
    size, kernel_size, strides, dilation = case
    image, kernel = integers(*size, 2), integers(*kernel_size, 2, 3)
    layer = layers.Conv2D(
        3, kernel_size, strides, padding, dilation_rate=dilation, use_bias=False
    )
    try:
        shape = conv_output_shape(
            image.shape, 3, kernel_size, strides, padding, dilation
        )
    except ValueError:
        assert refuses(layer, image, kernel)
        return
    output = run(layer, image, kernel)
    assert output.shape == shape
    wide = with_gaps(kernel, dilation)
    assert_same(output, reference.conv2d(image, wide, strides, padding))
    if padding == "same":  # same_padding is what it pads
        around = [
            same_padding(n, k, s, dilation)
            for n, k, s in zip(size, kernel_size, strides, strict=True)
        ]
        padded = np.pad(image, (*around, (0, 0)))
        assert_same(output, reference.conv2d(padded, wide, strides))


@called
@given(
    convolutions(), words, st.none() | st.tuples(st.integers(0, 3), st.integers(0, 3))
)
def test_a_conv2d_transpose_layer_has_our_size_and_the_references_values(
    case, padding, output_padding
):
    size, kernel_size, strides, dilation = case
    if keras.backend.backend() == "tensorflow":
        dilation = 1  # TensorFlow has no dilated transposed convolution on a CPU
    image, kernel = integers(*size, 2), integers(*kernel_size, 3, 2)
    told = (padding, output_padding)
    try:
        shape = conv_transpose_output_shape(
            image.shape, 3, kernel_size, strides, *told, dilation
        )
    except ValueError:
        return  # what Keras refuses is tested above
    layer = layers.Conv2DTranspose(
        3,
        kernel_size,
        strides,
        padding,
        output_padding=output_padding,
        dilation_rate=dilation,
        use_bias=False,
    )
    output = run(layer, image, kernel)
    assert output.shape == shape
    wide = with_gaps(kernel, dilation)
    assert_same(output, reference.conv2d_transpose(image, wide, strides, *told))

    # conv_transpose_cropping is what is cut off, or appended
    full = reference.conv2d_transpose(image, wide, strides, output_padding=0)
    for axis in (0, 1):
        extra = None if output_padding is None else output_padding[axis]
        before, after = conv_transpose_cropping(
            *(size[axis], kernel_size[axis], strides[axis]),
            *(padding, extra, dilation),
        )
        appended = [(0, 0)] * 3
        appended[axis] = (0, max(-after, 0))
        full = np.pad(full, appended)
        kept = range(before, full.shape[axis] - max(after, 0))
        full = full.take(kept, axis)
    assert_same(output, full)


EVEN = {
    axes: [
        (n, k, s)
        for n, k, s in product((1, 2, 3, 5), (2, 4, 6), (1, 2, 3))
        if axes < 3 or max(n, k) < 5
    ]
    for axes in TRANSPOSE
}


@pytest.mark.parametrize("axes", TRANSPOSE)
def test_same_with_an_even_kernel_and_output_padding_0_is_refused_and_why(axes):
    """TensorFlow raises, or returns nothing from one pixel; the others make (n-1) s."""
    for n, k, s in EVEN[axes]:
        with pytest.raises(ValueError, match="must be None or at least 1: at 0 Keras"):
            conv_transpose_output_size(n, k, s, "same", 0)
        layer = TRANSPOSE[axes](1, k, s, "same", output_padding=0)
        image = np.ones((1, *(n,) * axes, 1), "float32")
        # What Keras promises, and keeps with JAX and with PyTorch.
        promised = layer.compute_output_shape(image.shape)[1]
        assert promised == (n - 1) * s
        if keras.backend.backend() != "tensorflow":
            assert layer(image).shape[1] == promised
            continue
        try:
            output = layer(image)
        except Exception as error:  # and the process lives on
            assert type(error).__name__ in ("InvalidArgumentError", "AbortedError")
            assert not isinstance(error, ValueError)
        else:  # with oneDNN
            assert n == 1 and output.shape[1] == 0


@called
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)),
    words,
)
def test_a_max_pooling_layer_sees_the_windows_that_we_count(size, pool, strides, word):
    image = integers(*size, 2)
    try:
        shape = pool_output_shape(image.shape, pool, strides, word)
    except ValueError:
        return  # may end the process
    output = run(layers.MaxPooling2D(pool, strides, word), image)
    assert output.shape == shape
    steps = strides or pool
    sides = [(0, 0), (0, 0)]
    if word == "same":
        sides = [same_padding(*axis) for axis in zip(size, pool, steps, strict=True)]
    for r in range(shape[0]):
        for c in range(shape[1]):
            top, left = r * steps[0] - sides[0][0], c * steps[1] - sides[1][0]
            window = image[max(top, 0) : top + pool[0], max(left, 0) : left + pool[1]]
            np.testing.assert_array_equal(output[r, c], window.max(axis=(0, 1)))


@called
@given(convolutions(), st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_a_padding_in_numbers_is_a_zero_padding_layer_before_valid(case, padding):
    size, kernel_size, strides, dilation = case
    image, kernel = integers(*size, 1), integers(*kernel_size, 1, 1)
    told = (kernel_size, strides, padding, dilation)
    padded = run(layers.ZeroPadding2D((padding, padding)), image)
    layer = layers.Conv2D(
        1, kernel_size, strides, dilation_rate=dilation, use_bias=False
    )
    try:
        shape = conv_output_shape(image.shape, 1, *told)
    except ValueError:
        assert refuses(layer, padded, kernel)
        return
    with without_onednn():
        output = run(layer, padded, kernel)
    assert output.shape == shape
    wide = with_gaps(kernel, dilation)
    assert_same(output, reference.conv2d(image, wide, strides, padding))


@called
@given(convolutions(), st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_a_cropping_in_numbers_is_a_cropping_layer_after_valid(case, padding):
    size, kernel_size, strides, _ = case
    image, kernel = integers(*size, 1), integers(*kernel_size, 1, 1)
    layer = layers.Conv2DTranspose(
        1, kernel_size, strides, output_padding=0, use_bias=False
    )
    full = run(layer, image, kernel)
    cropping = layers.Cropping2D((padding, padding))
    try:
        shape = conv_transpose_output_shape(
            image.shape, 1, kernel_size, strides, padding
        )
    except ValueError:
        assert min(full.shape[:2]) <= sum(padding)
        return
    output = run(cropping, full)
    assert output.shape == shape
    assert_same(output, reference.conv2d_transpose(image, kernel, strides, padding))


@called
@given(st.integers(1, 8), st.integers(1, 6), st.integers(1, 5), words)
def test_keras_gives_the_output_for_these_input_sizes_only(output, k, s, padding):
    layer = layers.Conv1D(1, k, s, padding)
    found = conv_input_sizes(output, k, s, padding)
    for n in found:
        assert layer.compute_output_shape((None, n, 1))[1] == output
    assert layer.compute_output_shape((None, found[-1] + 1, 1))[1] == output + 1
    if conv_output_size(found[0], k, s, padding) > 1:
        assert layer.compute_output_shape((None, found[0] - 1, 1))[1] == output - 1


@called
@given(st.integers(1, 8), st.integers(1, 6), st.integers(1, 5), words)
def test_overlap_counts_are_what_a_layer_of_ones_paints(n, k, s, padding):
    layer = layers.Conv1DTranspose(1, k, s, padding, use_bias=False)
    output = run(layer, np.ones((n, 1), "float32"), np.ones((k, 1, 1), "float32"))
    assert_same(output[:, 0], np.array(overlap_counts(n, k, s, padding), "float32"))
