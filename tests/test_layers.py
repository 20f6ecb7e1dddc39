"""The Fourier layer is Keras's layer: its values, both gradients and its training.

The reference is NumPy in float64, written for the eye: every pixel puts its scaled
kernel down. It knows nothing of phases, of frequencies or of the package.
"""

from typing import NamedTuple

import keras
import numpy as np
import pytest
from keras import ops

from cae_keras import data, models
from cae_keras.layers import FourierConv2DTranspose, fourier_conv2d_transpose

BACKEND = keras.backend.backend()
# Of the largest value, in float32. A CPU stays below 1e-5; with errors of 1e-6 at each
# product, as a GPU may make them (noise.py), the Fourier layer was seen to reach 2e-5.
ROUNDING = 1e-4
CASES = 12 if BACKEND == "jax" else 60  # JAX compiles each of them, for seconds


# The reference


class Case(NamedTuple):
    """A layer, and what it is called on."""

    size: tuple
    kernel_size: tuple
    strides: tuple
    padding: str
    output_padding: tuple | None
    channels: int
    filters: int
    use_bias: bool
    activation: str | None
    batch: int

    def layer(self, kind, **arguments):
        layer = kind(
            self.filters,
            self.kernel_size,
            self.strides,
            self.padding,
            output_padding=self.output_padding,
            activation=self.activation,
            use_bias=self.use_bias,
            **arguments,
        )
        layer.build((None, *self.size, self.channels))
        return layer


def kept(case):
    """Return where Keras's crop of the full result starts and ends, an axis each."""
    shape = (case.batch, *case.size, case.channels)
    sizes = case.layer(keras.layers.Conv2DTranspose).compute_output_shape(shape)[1:3]
    axes = []
    for axis, size in enumerate(sizes):
        full = (case.size[axis] - 1) * case.strides[axis] + case.kernel_size[axis]
        before = max(full - size, 0) // 2 if case.padding == "same" else 0
        axes.append(slice(before, before + size))
    return tuple(axes)


def patches(case):
    """Yield each pixel (r, c), and the place of its kernel in the full result."""
    for r in range(case.size[0]):
        for c in range(case.size[1]):
            top, left = r * case.strides[0], c * case.strides[1]
            bottom, right = top + case.kernel_size[0], left + case.kernel_size[1]
            yield r, c, (slice(None), slice(top, bottom), slice(left, right))


def empty_full(case):
    """Return zeros, as large as the full result and what Keras appends to it."""
    sizes = [
        max((n - 1) * s + k, crop.stop)
        for n, k, s, crop in zip(
            case.size, case.kernel_size, case.strides, kept(case), strict=True
        )
    ]
    return np.zeros((case.batch, *sizes, case.filters))


def reference(case, images, upstream, kernel, bias):
    """Return the output and the gradients of images, kernel and bias, in float64.

    The upstream gradient is zeroed, in place, where ReLU has its kink.
    """
    crop = (slice(None), *kept(case))
    full = empty_full(case)
    for r, c, place in patches(case):
        full[place] += np.einsum("bc,ijfc->bijf", images[:, r, c], kernel)
    output = full[crop] + bias
    if case.activation == "relu":
        upstream[np.abs(output) < 1e-3] = 0
        output = np.maximum(output, 0)

    back = empty_full(case)
    back[crop] = upstream * (output > 0) if case.activation == "relu" else upstream
    of_images, of_kernel = np.zeros_like(images), np.zeros_like(kernel)
    for r, c, place in patches(case):
        of_images[:, r, c] = np.einsum("bijf,ijfc->bc", back[place], kernel)
        of_kernel += np.einsum("bijf,bc->ijfc", back[place], images[:, r, c])
    return output, of_images, of_kernel, back.sum(axis=(0, 1, 2))


def output_and_gradients(layer, images, upstream):
    """Return a layer's output, and the gradients of sum(upstream * output)

    with respect to the images and to each of its weights, on any backend.
    """
    weights = [variable.value for variable in layer.trainable_variables]
    images, upstream = ops.convert_to_tensor(images), ops.convert_to_tensor(upstream)
    run = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[BACKEND]
    output, gradients = run(layer, images, upstream, weights)
    return [ops.convert_to_numpy(tensor) for tensor in (output, *gradients)]


def _tensorflow(layer, images, upstream, weights):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(images)
        output = layer(images)
        loss = tf.reduce_sum(output * upstream)
    return output, tape.gradient(loss, [images, *weights])


def _jax(layer, images, upstream, weights):
    import jax

    def loss(images, weights):
        output, _ = layer.stateless_call(weights, [], images)
        return (output * upstream).sum(), output

    run = jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))
    (_, output), (of_images, of_weights) = run(images, weights)
    return output, [of_images, *of_weights]


def _torch(layer, images, upstream, weights):
    import torch

    images.requires_grad_()
    output = layer(images)
    loss = (output * upstream).sum()
    return output.detach(), torch.autograd.grad(loss, [images, *weights])


def assert_close(found, wanted, limit, message):
    """Compare with the largest value, so that what should be 0 is held to it, too."""
    assert found.shape == wanted.shape, message
    largest = np.abs(wanted).max() or 1
    np.testing.assert_allclose(
        found / largest, wanted / largest, rtol=0, atol=limit, err_msg=message
    )


def numbers_for(case, seed=0, dtype="float32"):
    """Return images, an upstream gradient, and the weights: outputs of about 1."""
    rng = np.random.default_rng([seed, 1])
    height, width = (crop.stop - crop.start for crop in kept(case))
    taps = np.prod(case.kernel_size) * case.channels / np.prod(case.strides)
    arrays = [
        rng.normal(size=(case.batch, *case.size, case.channels)),
        rng.normal(size=(case.batch, height, width, case.filters)),
        rng.normal(size=(*case.kernel_size, case.filters, case.channels)) / taps**0.5,
        rng.normal(size=case.filters) * case.use_bias,
    ]
    return [array.astype(dtype).astype(float) for array in arrays]


def check(case, seed=0, dtype="float32", limit=ROUNDING):
    images, upstream, *weights = numbers_for(case, seed, dtype)
    wanted = reference(case, images, upstream, *weights)[: 3 + case.use_bias]
    arguments = images.astype(dtype), upstream.astype(dtype)
    fourier = case.layer(FourierConv2DTranspose, implementation="fourier", dtype=dtype)
    direct = case.layer(keras.layers.Conv2DTranspose, dtype=dtype)
    # On torch, Keras's own product of matrices rounds float64 to float32.
    assert fourier.uses_fourier or (BACKEND, dtype) == ("torch", "float64"), case
    for layer in (fourier, direct):
        layer.set_weights(weights[: 1 + case.use_bias])
    found = output_and_gradients(fourier, *arguments)
    keras_found = output_and_gradients(direct, *arguments)
    names = ["output", "gradient of images", "of kernel", "of bias"][: len(wanted)]
    for name, *values in zip(names, found, wanted, keras_found, strict=True):
        assert values[0].dtype == dtype
        assert_close(values[0], values[1], limit, f"{name} against NumPy: {case}")
        assert_close(values[0], values[2], 2 * limit, f"{name} against Keras: {case}")


def random_case(seed):
    rng = np.random.default_rng([seed, 0])

    def pair(low, high):
        return tuple(
            int(number) for number in rng.integers(low, high, 2, endpoint=True)
        )

    kernel_size, strides = pair(1, 15), pair(1, 4)
    padding = str(rng.choice(["valid", "same"]))
    # TensorFlow cannot compute "same" with an even kernel and 0.
    least = [int(padding == "same" and k % 2 == 0) for k in kernel_size]
    output_padding = None
    if rng.random() < 0.5 and all(
        low < s for low, s in zip(least, strides, strict=True)
    ):
        output_padding = tuple(
            int(rng.integers(low, s)) for low, s in zip(least, strides, strict=True)
        )
    # With one channel, torch may fail to compute the gradient of Keras's layer.
    channels = int(rng.integers(1 + (BACKEND == "torch"), 6))
    return Case(
        pair(1, 9),
        kernel_size,
        strides,
        padding,
        output_padding,
        channels=channels,
        filters=int(rng.integers(1, 10)),
        use_bias=bool(rng.random() < 0.5),
        activation=[None, "relu"][rng.integers(2)],
        batch=int(rng.integers(1, 4)),
    )


# Slide B6: what it is called, and the layer with its input.
LECTURE = {
    "deconv2": Case(
        (7, 7), (14, 14), (2, 2), "same", None, 64, 32, True, "relu", batch=3
    ),
    "deconv1": Case(
        (14, 14), (28, 28), (2, 2), "same", None, 32, 1, True, None, batch=3
    ),
}


def has_float64():
    if BACKEND != "jax":
        return True
    import jax

    return jax.config.jax_enable_x64


float64 = pytest.mark.skipif(not has_float64(), reason="JAX computes in 32 bits here")


# Values and gradients


@pytest.mark.parametrize("seed", range(CASES))
def test_output_and_gradients_are_those_of_the_definition(seed):
    check(random_case(seed), seed)


@float64
@pytest.mark.parametrize("seed", range(100, 130))
def test_in_float64_they_are_exact(seed):
    check(random_case(seed), seed, "float64", 1e-12)


@pytest.mark.parametrize("name", LECTURE)
def test_the_lectures_layers_are_those_of_the_definition(name):
    check(LECTURE[name])


@float64
@pytest.mark.parametrize("name", LECTURE)
def test_the_lectures_layers_are_exact_in_float64(name):
    check(LECTURE[name], dtype="float64", limit=1e-12)


def test_the_cases_meet_fourier_columns_and_direct_ones_all_paddings_and_gaps():
    cases = [random_case(seed) for seed in range(CASES)]
    seen = {
        (c.filters * np.prod(c.strides) < fourier_conv2d_transpose.THIN, c.padding)
        for c in cases
    }
    assert len(seen) == 4
    assert {c.output_padding is None for c in cases} == {True, False}
    assert any(np.less(c.kernel_size, c.strides).any() for c in cases)


@pytest.mark.parametrize("filters", [1, 9])
def test_a_batch_may_be_empty(filters):
    layer = FourierConv2DTranspose(filters, 5, 2, "same", implementation="fourier")
    layer.build((None, 4, 3, 2))
    assert layer.uses_fourier
    assert tuple(layer(ops.zeros((0, 4, 3, 2))).shape) == (0, 8, 6, filters)


def test_a_model_knows_the_shape_before_it_is_called():
    image = keras.Input((4, 3, 2))
    layer = FourierConv2DTranspose(3, 5, (2, 1), "same", implementation="fourier")
    assert layer(image).shape == (None, 8, 3, 3)
    assert layer.uses_fourier


# Where the method does not apply, or does not pay


def same_as_keras(layer, images):
    """Assert that a layer is built as Keras's and gives the same, but for rounding."""
    config = layer.get_config()
    config.pop("implementation", None)
    parent = keras.layers.Conv2DTranspose.from_config(config)
    parent.build(images.shape)
    parent.set_weights(layer.get_weights())
    found, wanted = layer(images), parent(images)
    assert found.dtype == wanted.dtype
    half = keras.backend.standardize_dtype(found.dtype) != "float32"
    found, wanted = (
        ops.convert_to_numpy(ops.cast(tensor, "float32")) for tensor in (found, wanted)
    )
    assert_close(found, wanted, 1e-2 if half else ROUNDING, "against Keras")


def images_of(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def built(input_shape, *arguments, **named):
    layer = FourierConv2DTranspose(*arguments, **named)
    layer.build((None, *input_shape))
    return layer


@pytest.mark.parametrize(
    "dtype", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"]
)
def test_half_precision_goes_keras_way(dtype):
    layer = built((6, 5, 4), 8, 9, 2, "same", implementation="fourier", dtype=dtype)
    assert not layer.uses_fourier
    same_as_keras(layer, images_of(2, 6, 5, 4))


@pytest.mark.parametrize(
    "arguments",
    [
        {"dilation_rate": 2},
        {"dilation_rate": (1, 2)},
        {"data_format": "channels_first"},
        {"output_padding": 0, "strides": 2},  # "same" with an even kernel
    ],
)
def test_what_tensorflow_does_not_run_on_a_cpu_goes_keras_way(arguments):
    layer = built(
        (6, 6, 6), 8, 4, padding="same", implementation="fourier", **arguments
    )
    assert not layer.uses_fourier
    if BACKEND != "tensorflow":
        same_as_keras(layer, images_of(2, 6, 6, 6))


@pytest.mark.parametrize("shape", [(None, None, 4), (None, 5, 4), (6, None, 4)])
def test_a_size_that_is_unknown_goes_keras_way(shape):
    layer = built(shape, 8, 9, 2, "same", implementation="fourier")
    assert not layer.uses_fourier
    same_as_keras(layer, images_of(2, 6, 5, 4))


@pytest.mark.parametrize("size", [(9, 8), (5, 6), (6, 4), (7, 5), (1, 1)])
def test_an_image_of_another_size_goes_keras_way(size):
    layer = built((6, 5, 4), 8, 9, 2, "same", implementation="fourier")
    assert layer.uses_fourier
    same_as_keras(layer, images_of(2, *size, 4))


def test_images_of_another_dtype_go_keras_way():
    images = np.ones((2, 6, 5, 4), "int32")  # which Keras does not convert
    for implementation in ("direct", "fourier"):
        layer = built((6, 5, 4), 8, 9, 2, "same", implementation=implementation)
        with pytest.raises((ValueError, TypeError, RuntimeError)):
            layer(images)


@pytest.mark.parametrize("kernel_size", [2, 3, 4, (3, 4)])
@pytest.mark.parametrize("implementation", ["auto", "direct"])
def test_small_kernels_go_keras_way_unless_told_otherwise(kernel_size, implementation):
    layer = built((7, 7, 64), 32, kernel_size, 2, "same", implementation=implementation)
    assert not layer.uses_fourier
    same_as_keras(layer, images_of(2, 7, 7, 64))


def test_direct_goes_keras_way_however_large_the_kernel():
    layer = built((7, 7, 64), 32, 14, 2, "same", implementation="direct")
    assert not layer.uses_fourier
    same_as_keras(layer, images_of(2, 7, 7, 64))


def test_a_layer_that_is_not_built_uses_no_fourier():
    assert not FourierConv2DTranspose(3, 5, implementation="fourier").uses_fourier


@pytest.fixture
def a_cpu(monkeypatch):
    monkeypatch.setattr(fourier_conv2d_transpose, "_on_cpu", lambda: True)


def test_auto_takes_fourier_for_the_lectures_two_large_layers(a_cpu):
    decoder = models.build_decoder()
    assert decoder.get_layer("deconv2").uses_fourier
    assert decoder.get_layer("deconv1").uses_fourier
    assert not built((1, 1, 2), 64, 7, activation="relu").uses_fourier  # deconv3


@pytest.mark.parametrize("kernel_size", [2, 3, 4])
def test_auto_takes_no_fourier_for_small_kernels(a_cpu, kernel_size):
    for shape in [(2, 2, 64), (7, 7, 3), (7, 7, 64), (28, 28, 64)]:
        for filters in (1, 4, 64):
            for padding in ("valid", "same"):
                layer = built(
                    shape, filters, kernel_size, 2, padding, kernel_initializer="zeros"
                )
                assert not layer.uses_fourier, (shape, filters, padding)


def test_auto_takes_no_fourier_for_a_kernel_that_would_fill_the_memory(a_cpu):
    assert built((14, 14, 64), 32, 28, 2, "same").uses_fourier
    assert not built((28, 28, 64), 32, 56, 2, "same").uses_fourier


@pytest.fixture
def a_gpu(monkeypatch):
    monkeypatch.setattr(fourier_conv2d_transpose, "_on_cpu", lambda: False)


def test_on_a_gpu_auto_goes_keras_way_and_fourier_is_still_fourier(a_gpu):
    layer = models.build_decoder().get_layer("deconv2")
    assert not layer.uses_fourier
    same_as_keras(layer, images_of(2, 7, 7, 64))
    check(LECTURE["deconv2"])


@pytest.mark.skipif(BACKEND == "torch", reason="Keras asks torch itself there")
@pytest.mark.parametrize(
    ("devices", "uses_fourier"),
    [(["cpu:0"], True), (["gpu:0"], False), (["cpu:0", "tpu:0"], False)],
)
def test_a_cpu_is_where_keras_has_no_other_device(monkeypatch, devices, uses_fourier):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: devices)
    assert built((7, 7, 64), 32, 14, 2, "same").uses_fourier == uses_fourier


@pytest.mark.skipif(BACKEND != "torch", reason="asks torch")
@pytest.mark.parametrize("found", [True, False])
def test_on_torch_a_cpu_is_where_no_accelerator_is(monkeypatch, found):
    import torch

    monkeypatch.setattr(torch.accelerator, "is_available", lambda: found)
    assert built((7, 7, 64), 32, 14, 2, "same").uses_fourier != found


def test_columns_go_the_direct_way_where_the_filters_are_few(monkeypatch):
    columns = []

    def recording(images, kernel, row_form, column_form):
        columns.append(column_form.image.shape)
        return apply_forms(images, kernel, row_form, column_form)

    apply_forms = fourier_conv2d_transpose.apply_forms
    monkeypatch.setattr(fourier_conv2d_transpose, "apply_forms", recording)
    for name in ("deconv2", "deconv1"):
        layer = LECTURE[name].layer(FourierConv2DTranspose, implementation="fourier")
        layer(np.ones((1, *LECTURE[name].size, LECTURE[name].channels), "float32"))
    assert columns == [(14, 7), (1, 1)]


# Training


def with_layers(model, kind, **arguments):
    """Return a copy of a model, same weights, with other transposed convolutions."""

    def copy(layer):
        config = layer.get_config()
        if not isinstance(layer, FourierConv2DTranspose):
            return layer.__class__.from_config(config)
        return kind.from_config({**config, **arguments})

    twin = keras.models.clone_model(model, clone_function=copy, recursive=True)
    twin.set_weights(model.get_weights())
    return twin


def losses(model, images, steps, **arguments):
    """Return the loss of each step of one pass over the images."""
    model.compile(optimizer=keras.optimizers.Adam(), loss="mse", **arguments)
    found = []
    for batch in np.split(images, steps):
        model.reset_metrics()
        found.append(float(model.train_on_batch(batch, batch)))
    return np.array(found)


def digits(number):
    (images, _), _ = data.load_mnist(digits=(1, 5, 6))
    return images[:number]


def small_autoencoder():
    keras.utils.set_random_seed(0)
    return models.build_autoencoder((16, 16, 1), (4, 8))


def kinds_of(model):
    decoder = model.get_layer("decoder")
    return [
        getattr(decoder.get_layer(name), "uses_fourier", False)
        for name in ("deconv2", "deconv1")
    ]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="long, and the next test runs")
def test_the_lectures_model_has_the_same_losses_for_fifty_steps(a_cpu):
    keras.utils.set_random_seed(0)
    fourier = models.build_autoencoder()
    direct = with_layers(fourier, keras.layers.Conv2DTranspose)
    assert kinds_of(fourier) == [True, True]
    assert kinds_of(direct) == [False, False]
    images = digits(2500)
    wanted = losses(direct, images, 50)
    # One value in 300,000 is so close to 0 that rounding takes it to ReLU's other
    # side. By the weights it starts from, a run parts by 1e-7 to 3e-4 in 50 steps, and
    # with errors as on a GPU by 1.3e-3.
    found = losses(fourier, images, 50)
    np.testing.assert_allclose(found[:5], wanted[:5], rtol=ROUNDING)
    np.testing.assert_allclose(found, wanted, rtol=1e-2)
    assert wanted[-1] < 0.7 * wanted[0]


@pytest.mark.skipif(BACKEND == "jax", reason="long, and the next test runs")
def test_a_small_model_has_the_same_losses_for_two_hundred_steps():
    model = small_autoencoder()
    fourier = with_layers(model, FourierConv2DTranspose, implementation="fourier")
    direct = with_layers(model, FourierConv2DTranspose, implementation="direct")
    assert kinds_of(fourier) == [True, True]
    assert kinds_of(direct) == [False, False]
    steps = 200 if BACKEND == "tensorflow" else 20
    images = digits(steps * 16)[:, 6:22, 6:22]
    found, wanted = losses(fourier, images, steps), losses(direct, images, steps)
    np.testing.assert_allclose(found[:50], wanted[:50], rtol=ROUNDING)
    np.testing.assert_allclose(found, wanted, rtol=1e-2)
    assert wanted[-1] < 0.7 * wanted[0] or steps < 200


@pytest.mark.skipif(BACKEND == "torch", reason="torch compiles with another compiler")
def test_compiled_by_xla_the_losses_are_the_same():
    images = images_of(8, 5, 4, 2)
    weights = LECTURE["deconv2"]._replace(channels=2, filters=2, kernel_size=(9, 7))
    weights = numbers_for(weights)[2:]
    found = []
    for kind, arguments, jit_compile in [
        (FourierConv2DTranspose, {"implementation": "fourier"}, True),
        (FourierConv2DTranspose, {"implementation": "fourier"}, False),
        (keras.layers.Conv2DTranspose, {}, False),
    ]:
        layer = kind(2, (9, 7), (1, 1), "same", **arguments)
        model = keras.Sequential([keras.Input((5, 4, 2)), layer])
        model.set_weights(weights)
        found.append(losses(model, images, 4, jit_compile=jit_compile))
    np.testing.assert_allclose(found[0], found[2], rtol=ROUNDING)
    np.testing.assert_allclose(found[1], found[2], rtol=ROUNDING)
