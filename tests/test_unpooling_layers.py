"""Pooling with indices, and unpooling: by hand, against loops, and against PyTorch."""

import keras
import numpy as np
import pytest
from keras import ops

from cae_keras.layers import (
    BedOfNailsUnpooling2D,
    MaxPooling2DWithIndices,
    MaxUnpooling2D,
)
from cae_keras.reference import flat_indices

BACKEND = keras.backend.backend()
equal = np.testing.assert_array_equal

# Worked out by hand: 5 stands in row 1, column 1 of its window: 1 * 2 + 1.
IMAGE = [[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]
POOLED, INDICES = [[5, 6], [7, 8]], [[3, 0], [2, 3]]
VALUES = [[1, 2], [3, 4]]
AT_THE_MAXIMA = [[0, 0, 2, 0], [0, 1, 0, 0], [0, 0, 0, 0], [3, 0, 0, 4]]
NAILS = [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]


def has_float64():
    if BACKEND != "jax":
        return True
    import jax

    return jax.config.jax_enable_x64


def one_image(rows, dtype="float32"):
    return np.array(rows, dtype)[None, :, :, None]


def run(layer, *inputs):
    """Call a layer on arrays; return arrays."""
    inputs = [ops.convert_to_tensor(one) for one in inputs]
    outputs = layer(inputs if len(inputs) > 1 else inputs[0])
    if isinstance(outputs, tuple):
        return tuple(map(ops.convert_to_numpy, outputs))
    return ops.convert_to_numpy(outputs)


def gradient(function, values, upstream):
    """Return the gradient of sum(upstream * function(values)), on any backend."""
    values, upstream = ops.convert_to_tensor(values), ops.convert_to_tensor(upstream)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = tf.reduce_sum(function(values) * upstream)
        found = tape.gradient(loss, values)
    elif BACKEND == "jax":
        import jax

        found = jax.grad(lambda one: (function(one) * upstream).sum())(values)
    else:
        import torch

        values.requires_grad_()
        (found,) = torch.autograd.grad((function(values) * upstream).sum(), values)
    return ops.convert_to_numpy(found)


# The oracle: loops


def pooled_by_loops(images, pool_size):
    """Return maxima, and which place of its window each is; the first one counts."""
    rows, columns = pool_size
    batch, height, width, channels = images.shape
    shape = (batch, height // rows, width // columns, channels)
    pooled, indices = np.zeros(shape, images.dtype), np.zeros(shape, int)
    for b, r, c, channel in np.ndindex(shape):
        window = [
            images[b, r * rows + i, c * columns + j, channel]
            for i in range(rows)
            for j in range(columns)
        ]
        best = max(window)
        indices[b, r, c, channel] = window.index(best)
        pooled[b, r, c, channel] = best
    return pooled, indices


def unpooled_by_loops(values, indices, pool_size, output_size):
    rows, columns = pool_size
    height, width = output_size
    output = np.zeros((len(values), height, width, values.shape[3]), values.dtype)
    for b, r, c, channel in np.ndindex(values.shape):
        index = int(indices[b, r, c, channel])
        row, column = r * rows + index // columns, c * columns + index % columns
        output[b, row, column, channel] = values[b, r, c, channel]
    return output


def first_nan_or_largest(window):
    """Return the value and the index that count, as NumPy's argmax has them."""
    index = int(np.argmax(window))
    return window[index], index


def random_case(seed):
    """Return images full of ties, and a pool size that fits."""
    rng = np.random.default_rng(seed)
    rows, columns = (int(one) for one in rng.integers(1, 5, 2))
    height, width = rng.integers((rows, columns), 13)
    shape = (rng.integers(1, 4), height, width, rng.integers(1, 5))
    return rng.integers(-3, 4, shape).astype("float32"), (rows, columns)


SEEDS = range(3 if BACKEND == "jax" else 30)  # JAX compiles each of them


# Values


def test_pooling_by_hand():
    pooled, indices = run(MaxPooling2DWithIndices(), one_image(IMAGE))
    equal(pooled, one_image(POOLED))
    equal(indices, one_image(INDICES))
    assert indices.dtype == "int32"


def test_max_unpooling_puts_values_where_the_maxima_stood():
    indices = one_image(INDICES, "int32")
    equal(run(MaxUnpooling2D(), one_image(VALUES), indices), one_image(AT_THE_MAXIMA))


def test_bed_of_nails_by_hand():
    equal(run(BedOfNailsUnpooling2D(), one_image(VALUES)), one_image(NAILS))


def test_bed_of_nails_with_a_rectangular_block():
    wanted = [[1, 0, 0, 2, 0, 0], [3, 0, 0, 4, 0, 0]]
    equal(run(BedOfNailsUnpooling2D((1, 3)), one_image(VALUES)), one_image(wanted))


def test_bed_of_nails_leaves_images_and_channels_apart():
    values = np.random.default_rng(0).normal(size=(3, 4, 5, 2)).astype("float32")
    wanted = np.zeros((3, 8, 15, 2), "float32")
    wanted[:, ::2, ::3] = values
    equal(run(BedOfNailsUnpooling2D((2, 3)), values), wanted)


def test_of_equal_values_the_first_in_row_order_counts():
    zeros = np.zeros((1, 4, 4, 1), "float32")
    _, indices = run(MaxPooling2DWithIndices(), zeros)
    equal(indices, one_image([[0, 0], [0, 0]]))
    _, indices = run(MaxPooling2DWithIndices(), one_image([[0, 1], [1, 1]]))
    equal(indices, one_image([[1]]))
    _, indices = run(MaxPooling2DWithIndices(), one_image([[0, 0.0], [-0.0, -1]]))
    equal(indices, one_image([[0]]))


def test_an_odd_image_comes_back_with_its_maximum_in_its_place():
    image = one_image([[0, 0, 0], [9, 0, 0], [0, 0, 0]])
    pooled, indices = run(MaxPooling2DWithIndices(), image)
    equal(run(MaxUnpooling2D(), pooled, indices), one_image([[0, 0], [9, 0]]))
    equal(run(MaxUnpooling2D(2, (3, 3)), pooled, indices), image)


NAN, INF = np.nan, np.inf


@pytest.mark.parametrize("how", ["eager", "graph", "compiled"])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_nan_counts_as_the_largest_and_infinities_as_numbers(dtype, how):
    windows = [
        [1, NAN, 3, 2],
        [NAN, 1, 2, 3],
        [1, 2, 3, NAN],
        [1, NAN, 2, NAN],
        [INF, NAN, INF, 1],
        [-INF, NAN, -INF, 1],
        [NAN] * 4,
        [-INF] * 4,
        [-INF, -INF, INF, INF],
        [-1, -2, -1, -3],
    ]
    wanted, wanted_indices = zip(*map(first_nan_or_largest, windows), strict=True)
    images = np.reshape(windows, (-1, 2, 2, 1)).astype("float32")
    layer = MaxPooling2DWithIndices(dtype=dtype)
    unpooling = MaxUnpooling2D(dtype=dtype)
    if how != "eager":
        image = keras.Input((2, 2, 1))
        pair = layer(image)
        model = keras.Model(image, [*pair, unpooling(pair)])
        model.compile(jit_compile=how == "compiled" and BACKEND != "torch")
        pooled, indices, back = model.predict(images, verbose=0)
    else:
        pair = layer(ops.convert_to_tensor(images))
        float32 = [ops.cast(one, "float32") for one in (*pair, unpooling(pair))]
        pooled, indices, back = map(ops.convert_to_numpy, float32)
    equal(np.ravel(pooled).astype("float32"), np.array(wanted, "float32"))
    equal(np.ravel(indices), wanted_indices)
    # The nan, or whatever counts, stands in its place and nowhere else.
    only = np.where(np.eye(4)[list(wanted_indices)] == 1, windows, 0)
    equal(back.astype("float32").reshape(-1, 4), only.astype("float32"))


@pytest.mark.parametrize("dtype", ["int32", "uint8", "int8"])
def test_integer_images_keep_their_type_and_every_digit(dtype):
    image = one_image([[1, 3, 127, 126], [3, 2, 127, 1]], dtype)
    if dtype == "int32":
        image[..., 2:, :] += 2**24  # in float32 the last digit would be lost
    pooled, indices = MaxPooling2DWithIndices()(ops.convert_to_tensor(image))
    unpooled = MaxUnpooling2D()([pooled, indices])
    for tensor in (pooled, unpooled):
        assert keras.backend.standardize_dtype(tensor.dtype) == dtype
    equal(ops.convert_to_numpy(pooled).ravel(), [3, image[0, 0, 2, 0]])
    equal(ops.convert_to_numpy(indices).ravel(), [1, 0])
    equal(ops.convert_to_numpy(unpooled).ravel()[:4], [0, 3, image[0, 0, 2, 0], 0])
    symbolic = MaxPooling2DWithIndices()(keras.Input((2, 4, 1), dtype=dtype))
    assert [one.dtype for one in symbolic] == [dtype, "int32"]


@pytest.mark.parametrize("seed", SEEDS)
def test_both_layers_do_what_the_loops_do(seed):
    images, pool_size = random_case(seed)
    wanted, wanted_indices = pooled_by_loops(images, pool_size)
    pooled, indices = run(MaxPooling2DWithIndices(pool_size), images)
    equal(pooled, wanted)
    equal(indices, wanted_indices)
    output_size = tuple(map(int, images.shape[1:3]))
    layer = MaxUnpooling2D(pool_size, output_size)
    values = np.random.default_rng(seed).normal(size=pooled.shape).astype("float32")
    unpooled = run(layer, values, indices)
    equal(unpooled, unpooled_by_loops(values, indices, pool_size, output_size))


def test_the_pooled_values_are_those_of_keras():
    images = np.random.default_rng(0).normal(size=(3, 9, 7, 4)).astype("float32")
    pooled, _ = run(MaxPooling2DWithIndices((2, 3)), images)
    equal(pooled, run(keras.layers.MaxPooling2D((2, 3)), images))


def test_pooling_takes_back_what_unpooling_gave():
    images = np.random.default_rng(0).uniform(1, 2, size=(2, 7, 9, 3)).astype("float32")
    pooled, indices = run(MaxPooling2DWithIndices(3), images)
    unpooled = run(MaxUnpooling2D(3, (7, 9)), pooled, indices)
    again, same_indices = run(MaxPooling2DWithIndices(3), unpooled)
    equal(again, pooled)
    equal(same_indices, indices)
    assert (unpooled != 0).sum() == pooled.size


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_indices_of_any_integers_are_taken(dtype):
    if dtype == "int64" and not has_float64():
        pytest.skip("JAX computes in 32 bits here")
    indices = one_image(INDICES, dtype)
    equal(run(MaxUnpooling2D(), one_image(VALUES), indices), one_image(AT_THE_MAXIMA))


# Against PyTorch


@pytest.mark.parametrize("seed", SEEDS)
def test_both_layers_are_those_of_pytorch(seed):
    torch = pytest.importorskip("torch")
    images, pool_size = random_case(seed)

    def channels_first(array):
        return torch.as_tensor(np.moveaxis(array, -1, 1).copy(), device="cpu")

    wanted = torch.nn.functional.max_pool2d(
        channels_first(images), pool_size, return_indices=True
    )
    found = run(MaxPooling2DWithIndices(pool_size), images)
    sizes = tuple(map(int, images.shape[1:3]))
    flat = [flat_indices(one, sizes, pool_size) for one in found[1]]
    for one, other in zip((found[0], np.stack(flat)), wanted, strict=True):
        equal(np.moveaxis(one, -1, 1), other.numpy())
    unpooled = torch.nn.MaxUnpool2d(pool_size)(*wanted, output_size=sizes)
    again = run(MaxUnpooling2D(pool_size, sizes), *found)
    equal(np.moveaxis(again, -1, 1), unpooled.numpy())


# Gradients


def test_the_gradient_goes_to_the_chosen_pixel_alone():
    upstream = one_image(VALUES)
    layer = MaxPooling2DWithIndices()
    found = gradient(lambda x: layer(x)[0], one_image(IMAGE), upstream)
    equal(found, one_image(AT_THE_MAXIMA))
    found = gradient(lambda x: layer(x)[0], np.zeros((1, 4, 4, 1), "f"), upstream)
    equal(found, one_image(NAILS))


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_gradient_of_a_pooling_is_the_unpooling_of_the_gradient(seed):
    images, pool_size = random_case(seed)
    pooled, indices = pooled_by_loops(images, pool_size)
    upstream = np.random.default_rng(seed).normal(size=pooled.shape).astype("float32")
    layer = MaxPooling2DWithIndices(pool_size)
    found = gradient(lambda x: layer(x)[0], images, upstream)
    size = images.shape[1:3]
    equal(found, unpooled_by_loops(upstream, indices, pool_size, size))


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_gradient_of_an_unpooling_is_read_at_the_places(seed):
    images, pool_size = random_case(seed)
    size = tuple(map(int, images.shape[1:3]))
    values, indices = pooled_by_loops(images, pool_size)
    upstream = np.random.default_rng(seed).normal(size=images.shape).astype("float32")
    layer, tensor = MaxUnpooling2D(pool_size, size), ops.convert_to_tensor(indices)
    found = gradient(lambda x: layer([x, tensor]), values, upstream)
    # Each value counts with its place: sum(upstream * unpooled) has the same gradient.
    for place in np.ndindex(values.shape):
        one = np.zeros_like(values)
        one[place] = 1
        unpooled = unpooled_by_loops(one, indices, pool_size, size)
        assert found[place] == (upstream * unpooled).sum(), place


def test_a_nan_receives_its_gradient_and_gives_none_to_its_neighbours():
    image = one_image([[1, NAN], [3, NAN]])
    layer = MaxPooling2DWithIndices()
    found = gradient(lambda x: layer(x)[0], image, one_image([[5]]))
    equal(found, one_image([[0, 5], [0, 0]]))
    index = ops.convert_to_tensor(one_image([[2]], "int32"))
    upstream = one_image([[NAN, INF], [7, NAN]])
    found = gradient(lambda x: MaxUnpooling2D()([x, index]), one_image([[1]]), upstream)
    equal(found, one_image([[7]]))


def test_the_gradients_of_unpoolings_are_those_of_the_places_of_the_values():
    upstream = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    indices = ops.convert_to_tensor(one_image(INDICES, "int32"))
    layer = MaxUnpooling2D()
    found = gradient(lambda x: layer([x, indices]), one_image(VALUES), upstream)
    equal(found, one_image([[5, 2], [12, 15]]))  # upstream counts the pixels
    found = gradient(BedOfNailsUnpooling2D(), one_image(VALUES), upstream)
    equal(found, one_image([[0, 2], [8, 10]]))


# Types


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_values_have_the_layers_dtype_and_indices_stay_int32(dtype):
    if dtype == "float64" and not has_float64():
        pytest.skip("JAX computes in 32 bits here")
    wanted = dtype.removeprefix("mixed_")
    image = ops.convert_to_tensor(one_image(IMAGE))
    pooled, indices = MaxPooling2DWithIndices(dtype=dtype)(image)
    unpooled = MaxUnpooling2D(dtype=dtype)([pooled, indices])
    nails = BedOfNailsUnpooling2D(dtype=dtype)(image)
    for tensor in (pooled, unpooled, nails):
        assert keras.backend.standardize_dtype(tensor.dtype) == wanted
    assert keras.backend.standardize_dtype(indices.dtype) == "int32"
    found = ops.convert_to_numpy(ops.cast(unpooled, "float32"))
    equal(found[found != 0], [6, 5, 7, 8])


def test_float64_keeps_its_digits():
    if not has_float64():
        pytest.skip("JAX computes in 32 bits here")
    images = np.random.default_rng(0).normal(size=(1, 4, 4, 1))
    found = run(MaxPooling2DWithIndices(dtype="float64"), images)
    equal(found[0], pooled_by_loops(images, (2, 2))[0])
    unpooled = run(MaxUnpooling2D(dtype="float64"), *found)
    equal(unpooled, unpooled_by_loops(*found, (2, 2), (4, 4)))


# In a model


def autoencoder(size=(7, 9), output_size=(7, 9), **arguments):
    """A small model whose indices skip from the encoder to the decoder."""
    image = keras.Input((*size, 2))
    maps = keras.layers.Conv2D(3, 3, padding="same", **arguments)(image)
    pooled, indices = MaxPooling2DWithIndices(2, name="pool", **arguments)(maps)
    maps = keras.layers.Conv2D(3, 3, padding="same", **arguments)(pooled)
    up = MaxUnpooling2D(2, output_size, name="unpool", **arguments)
    maps = up([maps, indices])
    outputs = keras.layers.Conv2D(2, 3, padding="same", **arguments)(maps)
    return keras.Model(image, [outputs, indices])


IMAGES = np.random.default_rng(1).normal(size=(5, 7, 9, 2)).astype("float32")


def test_symbolic_outputs_have_shape_and_dtype():
    image = keras.Input((7, None, 3))
    pooled, indices = MaxPooling2DWithIndices((2, 3))(image)
    assert pooled.shape == indices.shape == (None, 3, None, 3)
    assert (pooled.dtype, indices.dtype) == ("float32", "int32")
    unpooled = MaxUnpooling2D((2, 3))((pooled, indices))
    assert (unpooled.shape, unpooled.dtype) == ((None, 6, None, 3), "float32")
    assert MaxUnpooling2D((2, 3), (7, 4))([pooled, indices]).shape == (None, 7, 4, 3)
    assert BedOfNailsUnpooling2D((2, 3))(pooled).shape == (None, 6, None, 3)


def test_output_shapes_are_computed_without_a_call():
    shape = (None, 3, 4, 5)
    assert MaxPooling2DWithIndices(3).compute_output_shape((2, 7, 9, 5)) == (
        (2, 2, 3, 5),
        (2, 2, 3, 5),
    )
    assert MaxUnpooling2D(2).compute_output_shape([shape, shape]) == (None, 6, 8, 5)
    assert BedOfNailsUnpooling2D(3).compute_output_shape(shape) == (None, 9, 12, 5)


def test_a_model_of_unknown_sizes_takes_any():
    image = keras.Input((None, None, 2))
    pooled, indices = MaxPooling2DWithIndices()(image)
    outputs = [MaxUnpooling2D()([pooled, indices]), BedOfNailsUnpooling2D()(pooled)]
    model = keras.Model(image, outputs)
    for size in [(4, 6), (8, 2), (5, 7), (9, 3)]:  # TensorFlow compiles for any, soon
        images = np.random.default_rng(0).normal(size=(3, *size, 2)).astype("float32")
        wanted, places = pooled_by_loops(images, (2, 2))
        even = tuple(n // 2 * 2 for n in size)
        unpooled, nails = model.predict(images, verbose=0)
        equal(unpooled, unpooled_by_loops(wanted, places, (2, 2), even))
        equal(nails[:, ::2, ::2], wanted)


def test_a_model_of_unknown_sizes_can_be_told_the_output_size():
    image = keras.Input((None, None, 2))
    unpooled = MaxUnpooling2D(2, (5, 7))(MaxPooling2DWithIndices()(image))
    model = keras.Model(image, unpooled)
    images = np.random.default_rng(0).normal(size=(3, 5, 7, 2)).astype("float32")
    pooled = pooled_by_loops(images, (2, 2))
    wanted = unpooled_by_loops(*pooled, (2, 2), (5, 7))
    equal(model.predict(images, verbose=0), wanted)


def test_channels_first_in_the_users_settings_changes_nothing():
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        pooled, indices = run(MaxPooling2DWithIndices(), one_image(IMAGE))
        unpooled = run(MaxUnpooling2D(2, (5, 5)), pooled, indices)
        nails = run(BedOfNailsUnpooling2D(), one_image(VALUES))
    finally:
        keras.config.set_image_data_format(before)
    equal(pooled, one_image(POOLED))
    equal(indices, one_image(INDICES))
    equal(unpooled[:, :4, :4], one_image(np.where(AT_THE_MAXIMA, IMAGE, 0)))
    assert not unpooled[:, 4].any() and not unpooled[:, :, 4].any()
    equal(nails, one_image(NAILS))


def assert_nearly_equal(found, wanted):
    """Compare outputs and indices of two runs, which a GPU may round in two ways."""
    (found, indices), (wanted, wanted_indices) = (
        map(ops.convert_to_numpy, pair) for pair in (found, wanted)
    )
    np.testing.assert_allclose(found, wanted, atol=1e-4 * abs(wanted).max())
    assert np.mean(indices == wanted_indices) > 0.99  # but for ties


def test_a_saved_model_comes_back_as_it_was(tmp_path):
    model = autoencoder()
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again.get_layer("pool")) is MaxPooling2DWithIndices
    assert again.get_layer("unpool").output_size == (7, 9)
    assert_nearly_equal(again(IMAGES), model(IMAGES))


@pytest.mark.parametrize(
    "layer",
    [
        MaxPooling2DWithIndices((2, 3), strides=(2, 3), name="one"),
        MaxUnpooling2D((2, 3), (7, 8), name="two"),
        MaxUnpooling2D(3, name="three"),
        BedOfNailsUnpooling2D((np.int64(2), 3), name="four", dtype="float16"),
    ],
    ids=lambda layer: layer.name,
)
def test_a_configuration_makes_the_same_layer_again(layer):
    serialized = keras.saving.serialize_keras_object(layer)
    kind = type(layer)
    assert serialized["registered_name"] == f"cae_keras>{kind.__name__}"
    for again in (
        kind.from_config(layer.get_config()),
        keras.saving.deserialize_keras_object(serialized),
    ):
        assert type(again) is kind
        assert again.get_config() == layer.get_config()
        for name in ("pool_size", "strides", "output_size"):
            assert getattr(again, name, None) == getattr(layer, name, None)


@pytest.mark.parametrize("jit_compile", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_a_model_learns_through_both_layers(jit_compile, dtype):
    if BACKEND == "torch" and (jit_compile or dtype != "float32"):
        pytest.skip(
            "PyTorch's compiler needs one of C++; half precision is tested above"
        )
    keras.utils.set_random_seed(0)
    model = autoencoder(dtype=dtype)
    model = keras.Model(model.input, model.outputs[0])
    model.compile("adam", "mse", jit_compile=jit_compile)
    before = model.get_weights()
    losses = model.fit(IMAGES, IMAGES, batch_size=3, epochs=3, verbose=0).history[
        "loss"
    ]
    assert losses[-1] < losses[0]
    for old, new in zip(before, model.get_weights(), strict=True):
        assert (old != new).any()


def test_compiled_and_plain_calls_agree():
    if BACKEND == "torch":
        pytest.skip("PyTorch's compiler needs one of C++")
    model = autoencoder()
    wanted = model(IMAGES)
    model.compile(jit_compile=True)
    assert_nearly_equal(model.predict(IMAGES, batch_size=2, verbose=0), wanted)


# What is refused


@pytest.mark.parametrize(
    "kind", [MaxPooling2DWithIndices, MaxUnpooling2D, BedOfNailsUnpooling2D]
)
@pytest.mark.parametrize("pool_size", [0, -1, 2.0, True, "2", None, (2,), (2, 0)])
def test_a_pool_size_that_cannot_be_is_refused(kind, pool_size):
    with pytest.raises(ValueError, match=r"`pool_size` must be .* Received: pool_size"):
        kind(pool_size)


@pytest.mark.parametrize("strides", [1, 3, (2, 1)])
def test_pools_that_overlap_or_leave_gaps_are_refused(strides):
    with pytest.raises(
        ValueError, match=r"`strides` must be None or equal `pool_size`"
    ):
        MaxPooling2DWithIndices(2, strides)


def test_another_layout_or_padding_is_no_argument():
    for arguments in ({"data_format": "channels_first"}, {"padding": "same"}):
        with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
            MaxPooling2DWithIndices(2, **arguments)


def test_an_image_smaller_than_a_window_is_refused():
    for image in (keras.Input((2, 4, 1)), np.zeros((1, 2, 4, 1), "float32")):
        with pytest.raises(ValueError, match="The window must fit into the padded"):
            MaxPooling2DWithIndices(3)(image)


@pytest.mark.parametrize("layer", [MaxPooling2DWithIndices(), BedOfNailsUnpooling2D()])
def test_an_image_without_a_batch_is_refused(layer):
    with pytest.raises(ValueError, match="expected ndim=4, found ndim=3"):
        layer(np.zeros((4, 4, 1), "float32"))


VALUES_32, INDICES_32 = np.zeros((2, 3, 4, 1), "f"), np.zeros((2, 3, 4, 1), "int32")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (VALUES_32, "There must be two inputs: values and indices. Received: inputs=1"),
        ([VALUES_32], "There must be two inputs: values and indices"),
        ([VALUES_32, INDICES_32, INDICES_32], "There must be two inputs.*inputs=3"),
        ([VALUES_32, INDICES_32[:, :2]], "must have one shape .*indices_shape="),
        ([VALUES_32, INDICES_32[0]], "must have one shape"),
        ([VALUES_32[0], INDICES_32[0]], "must have one shape"),
        (
            [VALUES_32, VALUES_32],
            "The indices must be integers. Received: dtype='float",
        ),
    ],
)
def test_inputs_that_no_pooling_gave_are_refused(inputs, message):
    with pytest.raises(ValueError, match=message):
        MaxUnpooling2D()(inputs)


def test_float_indices_are_refused_when_the_model_is_built():
    with pytest.raises(ValueError, match="The indices must be integers"):
        MaxUnpooling2D()([keras.Input((3, 4, 1)), keras.Input((3, 4, 1))])


ONE = np.ones((1, 1, 1, 1), "f")


@pytest.mark.parametrize(
    ("pool_size", "index", "last"),
    [
        (2, np.int32(4), 3),
        (2, np.int32(-1), 3),
        (2, np.int64(2**31 - 1), 3),
        (2, np.uint8(255), 3),
        ((2, 3), np.int32(6), 5),
        ((1, 3), np.int8(-128), 2),
        (1, np.int32(1), 0),
    ],
)
def test_an_index_of_no_window_is_refused(pool_size, index, last):
    message = rf"place of its window, from 0 to {last}\. Received: smallest={index}, "
    with pytest.raises(ValueError, match=message):
        MaxUnpooling2D(pool_size)([ONE, np.full(ONE.shape, index)])


def test_one_wrong_index_among_many_is_refused():
    for index in (-1, 4):
        indices = INDICES_32.copy()
        indices[1, 2, 3, 0] = index
        with pytest.raises(ValueError, match="must be a place of its window"):
            MaxUnpooling2D()([VALUES_32, indices])


def test_an_index_beyond_int32_is_refused():
    if BACKEND == "jax":
        pytest.skip("JAX computes in 32 bits here")
    with pytest.raises(ValueError, match="smallest=4294967296"):
        MaxUnpooling2D()([ONE, np.full(ONE.shape, 2**32)])


def test_an_index_of_a_byte_serves_a_window_with_more_places():
    found = run(MaxUnpooling2D(20), ONE, np.full(ONE.shape, 255, "uint8"))
    equal(np.argwhere(found), [[0, 12, 15, 0]])


def test_no_images_at_all_are_no_error():
    pooled, indices = run(MaxPooling2DWithIndices(), np.zeros((0, 4, 6, 3), "f"))
    assert pooled.shape == indices.shape == (0, 2, 3, 3)
    assert run(MaxUnpooling2D(), pooled, indices).shape == (0, 4, 6, 3)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_compiled_an_index_of_no_window_loses_its_value_and_touches_no_other(
    jit_compile,
):
    values = np.arange(1, 9, dtype="float32").reshape(2, 2, 2, 1)
    indices = np.array([[[0, 4], [-1, 3]], [[2**31 - 1, 1], [-(2**31), 2]]], "int32")
    indices = indices[..., None]
    inputs = keras.Input((2, 2, 1)), keras.Input((2, 2, 1), dtype="int32")
    model = keras.Model(inputs, MaxUnpooling2D()(inputs))
    model.compile(jit_compile=jit_compile and BACKEND != "torch")
    if BACKEND == "torch" or (BACKEND == "jax" and not jit_compile):
        # Not compiled: the indices have values, and are refused.
        with pytest.raises(ValueError, match="must be a place of its window"):
            model.predict([values, indices], verbose=0)
        return
    found = model.predict([values, indices], verbose=0)[..., 0]
    equal(found[0], [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 4]])
    equal(found[1], [[0, 0, 0, 6], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 8, 0]])


@pytest.mark.parametrize("output_size", [(6, 10), (5, 8), (8, 8), (6, 7)])
def test_a_size_that_no_pooling_takes_to_the_inputs_is_refused(output_size):
    layer = MaxUnpooling2D(2, output_size)
    with pytest.raises(ValueError, match="A pooling must take `output_size` to the"):
        layer([VALUES_32, INDICES_32])
    with pytest.raises(ValueError, match="A pooling must take `output_size` to the"):
        layer([keras.Input((3, 4, 1)), keras.Input((3, 4, 1), dtype="int32")])


@pytest.mark.parametrize("output_size", [0, (7,), (7, 8, 1), (7.0, 8), True])
def test_an_output_size_that_is_none_is_refused(output_size):
    with pytest.raises(ValueError, match="`output_size` must be"):
        MaxUnpooling2D(2, output_size)
