"""The table, worked out by arithmetic, against Keras and against impulses."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers, ops

from cae_keras.shapes import LayerRow, LayerTable, layer_table

few = settings(max_examples=60, deadline=None, derandomize=True)


def lecture_encoder():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="image"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv1"),
            layers.MaxPooling2D(2, strides=2, name="maxp1"),
            layers.Conv2D(64, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(2, strides=2, name="maxp2"),
            layers.Conv2D(2, 7, use_bias=False, name="conv3"),
        ],
        name="encoder",
    )


def lecture_decoder():
    up = {"strides": 2, "padding": "same"}
    return keras.Sequential(
        [
            keras.Input((1, 1, 2)),
            layers.Conv2DTranspose(64, 7, activation="relu", name="deconv3"),
            layers.Conv2DTranspose(32, 14, **up, activation="relu", name="deconv2"),
            layers.Conv2DTranspose(1, 28, **up, name="deconv1"),
        ],
        name="decoder",
    )


def lecture_cae():
    return keras.Sequential([lecture_encoder(), lecture_decoder()], name="cae")


# The lecture's autoencoder

LECTURE = {
    # name: output, parameters, multiply-adds, what it sees
    "conv1": ((28, 28, 32), 320, 225_792, (3, 3)),
    "maxp1": ((14, 14, 32), 0, 0, (4, 4)),
    "conv2": ((14, 14, 64), 18_496, 3_612_672, (8, 8)),
    "maxp2": ((7, 7, 64), 0, 0, (10, 10)),
    "conv3": ((1, 1, 2), 6_272, 6_272, (28, 28)),
    "deconv3": ((7, 7, 64), 6_336, 6_272, (28, 28)),
    "deconv2": ((14, 14, 32), 401_440, 19_668_992, (28, 28)),
    "deconv1": ((28, 28, 1), 25_089, 4_917_248, (28, 28)),
}


def test_the_lectures_autoencoder_row_by_row():
    table = layer_table(lecture_cae())
    rows = {
        row.name: (
            row.output_shape,
            row.parameters,
            row.multiply_adds,
            row.receptive_field,
        )
        for row in table[1:]
    }
    assert rows == LECTURE
    assert list(rows) == list(LECTURE)
    assert table.total_parameters == 457_953
    assert table.total_multiply_adds == 28_437_248


def test_the_lectures_halves_have_their_parameters():
    assert layer_table(lecture_encoder()).total_parameters == 25_088
    decoder = layer_table(lecture_decoder())
    assert decoder.total_parameters == 432_865
    assert decoder["deconv1"].receptive_field == (1, 1)  # of its 1x1 input


def test_a_row_has_the_settings_of_its_layer():
    row = layer_table(lecture_decoder())["deconv2"]
    assert row == LayerRow(
        name="deconv2",
        kind="Conv2DTranspose",
        output_shape=(14, 14, 32),
        kernel_size=(14, 14),
        strides=(2, 2),
        padding="same",
        parameters=401_440,
        multiply_adds=19_668_992,
        receptive_field=(1, 1),
    )


# Every kind of layer, on small models


class Doubled(layers.Conv2D):
    """A subclass, as a student would write it."""


def every_plain_layer():
    return keras.Sequential(
        [
            keras.Input((12, 10, 2)),
            layers.Rescaling(0.5),
            Doubled(4, (3, 2), strides=(1, 2), activation="relu", groups=2),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.ZeroPadding2D(((1, 2), (0, 3))),
            layers.AveragePooling2D((3, 2), strides=(2, 1), padding="same"),
            layers.GaussianNoise(0.1),
            layers.Conv2D(3, 2, dilation_rate=(2, 3), padding="same"),
            layers.UpSampling2D((2, 3)),
            layers.Cropping2D(((1, 0), (4, 5))),
            layers.UpSampling2D(2, interpolation="bilinear"),
            layers.Conv2DTranspose(2, 3, strides=(2, 3), output_padding=(1, 2)),
            layers.MaxPooling2D((5, 4)),
            layers.Dropout(0.5),
            layers.ActivityRegularization(l1=1e-3),
            layers.Dense(3),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(12, use_bias=False, activation="relu"),
            layers.BatchNormalization(scale=False),
            layers.Reshape((2, 3, -1)),
            layers.Conv2DTranspose(2, 2, strides=4, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Softmax(),
            layers.Activation("sigmoid"),
        ]
    )


def small_unet():
    image = keras.Input((12, 12, 1))
    first = layers.Conv2D(2, 3, padding="same", name="down1")(image)
    second = layers.MaxPooling2D(name="pool1")(first)
    second = layers.Conv2D(3, 3, padding="same", name="down2")(second)
    bottom = layers.MaxPooling2D(name="pool2")(second)
    bottom = layers.Conv2D(4, 3, padding="same", name="bottom")(bottom)
    up = layers.Conv2DTranspose(3, 2, strides=2, name="up2")(bottom)
    up = layers.Add(name="add2")([up, second])
    up = layers.Conv2DTranspose(2, 2, strides=2, name="up1")(up)
    up = layers.Concatenate(name="join1")([up, first])
    return keras.Model(image, layers.Conv2D(1, 1, name="map")(up))


def branches_with_other_holes():
    """Even columns see far, odd columns do not, and only the odd ones are kept."""
    image = keras.Input((6, 5, 1))
    far = layers.Conv2D(1, (5, 1), padding="same")(image)
    even = layers.Conv2DTranspose(1, 1, strides=(1, 2))(far)
    odd = layers.Conv2DTranspose(1, 1, strides=(1, 2))(image)
    odd = layers.ZeroPadding2D(((0, 0), (1, 0)))(odd)
    odd = layers.Cropping2D(((0, 0), (0, 1)))(odd)
    both = layers.Cropping2D(((0, 0), (1, 0)))(layers.Add(name="both")([even, odd]))
    return keras.Model(image, layers.MaxPooling2D(1, strides=(1, 2))(both))


def flat_and_back():
    image = keras.Input((4, 5, 2))
    hidden = layers.Conv2D(2, (1, 3), padding="same")(image)
    hidden = layers.Reshape((4, 5, 2))(layers.Flatten()(hidden))
    return keras.Model(image, layers.Conv2D(1, (2, 1))(hidden))


def two_vectors():
    image = keras.Input((4, 4, 1))
    one = layers.Flatten()(layers.Cropping2D(((0, 2), (0, 3)))(image))
    two = layers.Flatten()(layers.Cropping2D(((2, 0), (0, 0)))(image))
    both = layers.Concatenate()([one, two])
    return keras.Model(image, layers.Reshape((5, 2, 1))(layers.Dense(10)(both)))


MODELS = [
    lecture_encoder,
    lecture_cae,
    every_plain_layer,
    small_unet,
    branches_with_other_holes,
    flat_and_back,
    two_vectors,
]


def leaf_layers(model):
    """Return all layers, those of models within models too, but no inputs."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += leaf_layers(layer)
        elif not isinstance(layer, layers.InputLayer):
            found.append(layer)
    return found


def hold_against_keras(model):
    """Check names, shapes and parameters of a model in which no layer runs twice."""
    table = layer_table(model)
    rows = table[len(model.inputs) :]
    assert [row.name for row in rows] == [layer.name for layer in leaf_layers(model)]
    for row, layer in zip(rows, leaf_layers(model), strict=True):
        assert (None, *row.output_shape) == tuple(layer.output.shape), row.name
        assert row.parameters == layer.count_params(), row.name
        assert row.kind == type(layer).__name__
    assert table.total_parameters == model.count_params()
    return table


def hold_against_impulses(model, table):
    """Check the receptive fields: light one pixel, and see where each layer moves.

    All weights are positive, so nothing cancels out. A layer gets, instead of what the
    one before it returns, numbers from 1 to 2 wherever that has moved, and 0 elsewhere:
    so what moves stays far larger than what a GPU may round (1e-6 of the largest).
    """
    random = np.random.default_rng(0)
    for weight in model.weights:
        if weight.path.endswith("kernel"):
            weight.assign(random.uniform(0.5, 1.5, weight.shape) / weight.shape[0])
    *sizes, channels = model.inputs[0].shape[1:]
    pixels = int(np.prod(sizes))
    impulses = np.eye(pixels, dtype="float32").reshape(pixels, *sizes, 1)
    batch = np.concatenate([np.zeros_like(impulses[:1]), impulses])
    batch = np.repeat(batch, channels, axis=-1)

    lit = {id(model.inputs[0]): batch}
    for layer in model.layers:
        if isinstance(layer, layers.InputLayer):
            output = batch
        else:
            inputs = keras.tree.map_structure(lambda x: lit[id(x)], layer.input)
            output = ops.convert_to_numpy(layer(inputs, training=False))
        moved = np.abs(output - output[:1]) > 1e-4 * np.abs(output).max()
        channel = np.linspace(1, 2, output.shape[-1], dtype="float32")
        lit[id(layer.output)] = moved * channel
        positions = int(np.prod(output.shape[1:-1]))
        moved = moved[1:].reshape(pixels, positions, -1).any(axis=-1)
        moved = moved.T.reshape(positions, *sizes)
        extents = []
        for axis in range(len(sizes)):
            others = tuple(a + 1 for a in range(len(sizes)) if a != axis)
            lines = moved.any(axis=others)
            seen = [np.ptp(np.nonzero(x)[0]) + 1 for x in lines if any(x)]
            extents.append(max(seen, default=0))
        assert table[layer.name].receptive_field == tuple(extents), layer.name


@pytest.mark.parametrize("build", MODELS)
def test_shapes_and_parameters_are_keras(build):
    hold_against_keras(build())


@pytest.mark.parametrize("build", [model for model in MODELS if model != lecture_cae])
def test_what_a_layer_sees_is_what_moves_it(build):
    model = build()
    if isinstance(model, keras.Sequential):
        model = keras.Model(model.inputs, model.outputs)
    hold_against_impulses(model, layer_table(model))


def random_stack(draw):
    """Return a model: a random stack of layers on a small image."""
    size = st.integers(1, 3)
    word = st.sampled_from(["valid", "same"])
    edges = st.tuples(*[st.tuples(st.integers(0, 1), st.integers(0, 1))] * 2)
    kinds = [
        lambda k, s: layers.Conv2D(2, k, s, draw(word)),
        lambda k, s: layers.Conv2DTranspose(2, k, s, draw(word)),
        lambda k, s: layers.MaxPooling2D(k, s, draw(word)),
        lambda k, s: layers.AveragePooling2D(k, None, draw(word)),
        lambda k, s: layers.UpSampling2D(s),
        lambda k, s: layers.UpSampling2D(s, interpolation="bilinear"),
        lambda k, s: layers.ZeroPadding2D(draw(edges)),
        lambda k, s: layers.BatchNormalization(),
    ]
    hidden = image = keras.Input((draw(st.integers(4, 9)), draw(st.integers(4, 9)), 1))
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5)):
        height, width = hidden.shape[1:3]
        if height * width < 400:
            kernel = min(draw(size), height), min(draw(size), width)
            strides = draw(size), draw(size)
            hidden = kind(kernel, strides)(hidden)
    return keras.Model(image, hidden)


@few
@given(st.data())
def test_random_stacks_agree_with_keras_and_with_impulses(data):
    model = random_stack(data.draw)
    hold_against_impulses(model, hold_against_keras(model))


@pytest.mark.parametrize(("factor", "seen"), [(1, 1), (2, 4), (3, 4)])
def test_bicubic_upsampling_mixes_four_pixels_an_axis(factor, seen):
    image = keras.Input((9, 9, 1))
    up = layers.UpSampling2D(factor, interpolation="bicubic", name="up")
    model = keras.Model(image, up(image))
    assert layer_table(model)["up"].receptive_field == (seen, seen)
    hold_against_impulses(model, layer_table(model))


def test_signals_have_one_axis():
    model = keras.Sequential(
        [
            keras.Input((40, 3)),
            layers.Conv1D(4, 5, strides=2),
            layers.MaxPooling1D(2),
            layers.UpSampling1D(3),
            layers.Cropping1D((1, 2)),
            layers.ZeroPadding1D((0, 2)),
            layers.Conv1DTranspose(2, 4, strides=2, padding="same"),
            layers.GlobalMaxPooling1D(keepdims=True),
        ]
    )
    model = keras.Model(model.inputs, model.outputs)
    hold_against_impulses(model, hold_against_keras(model))


# Multiply-adds


def test_multiply_adds_count_the_products_of_the_matrix():
    model = keras.Sequential(
        [
            keras.Input((6, 7, 4)),
            layers.Conv2D(6, (2, 3), strides=2, groups=2, name="grouped"),
            layers.Conv2DTranspose(3, 4, strides=3, padding="same", name="turned"),
            layers.Dense(5, name="channels"),
            layers.Flatten(name="flat"),
            layers.Dense(7, name="all"),
        ]
    )
    table = layer_table(model)
    assert table["grouped"].multiply_adds == (3 * 3 * 6) * (2 * 3 * 2)
    assert table["turned"].multiply_adds == (3 * 3 * 6) * (4 * 4 * 3)
    assert table["channels"].multiply_adds == (9 * 9) * (3 * 5)
    assert table["flat"].multiply_adds == 0
    assert table["all"].multiply_adds == (9 * 9 * 5) * 7


# Graphs


def test_models_within_models_become_one_list():
    encoder, decoder = lecture_encoder(), lecture_decoder()
    image = keras.Input((28, 28, 1), name="picture")
    inner = keras.Model(image, decoder(encoder(image)), name="inner")
    outer = keras.Sequential([keras.Input((28, 28, 1), name="top"), inner])
    names = [row.name for row in layer_table(outer)]
    assert names == ["top", *LECTURE]
    assert layer_table(outer).total_multiply_adds == 28_437_248
    assert [row.name for row in layer_table(inner)] == ["picture", *LECTURE]
    # the same encoder, in its own model, is as it was
    assert layer_table(encoder)["conv3"].receptive_field == (28, 28)
    assert len(layer_table(encoder)) == 6


def test_a_layer_that_runs_twice_works_twice_and_is_stored_once():
    shared = layers.Conv2D(1, 3, padding="same", name="shared")
    block = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(1, 3, padding="same", name="inside")]
    )
    image = keras.Input((8, 8, 1), name="image")
    model = keras.Model(image, block(block(shared(shared(image)))))
    keras.Model(image, shared(image))  # a third call, in another model
    table = layer_table(model)
    assert [row.name for row in table] == ["image", *["shared"] * 2, *["inside"] * 2]
    assert [row.receptive_field[0] for row in table] == [1, 3, 5, 7, 8]
    assert [row.parameters for row in table] == [0, 10, 0, 10, 0]
    assert table.total_parameters == model.count_params() == 20
    assert table.total_multiply_adds == 4 * 64 * 9


def test_pixels_are_those_of_the_first_input():
    image, noise = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    seen = layers.Conv2D(1, 3, padding="same", name="seen")(image)
    other = layers.Conv2D(1, 7, padding="same", name="other")(noise)
    code, vector = keras.Input((4,)), layers.Flatten()(seen)
    model = keras.Model(
        [image, noise, code],
        [
            layers.Add(name="sum")([seen, other]),
            layers.Concatenate(name="joined")([vector, code]),
        ],
    )
    table = layer_table(model)
    assert table["other"].receptive_field == (0, 0)
    assert table["sum"].receptive_field == (3, 3)
    assert table["joined"].receptive_field == (8, 8)
    assert table.total_parameters == model.count_params()


def test_a_functional_subclass_with_arguments_of_its_own_is_read():
    class Denoiser(keras.Model):
        def __init__(self, inputs, outputs, sigma):
            super().__init__(inputs, outputs)
            self.sigma = sigma

    image = keras.Input((8, 8, 1))
    model = Denoiser(image, layers.Conv2D(1, 3, name="conv")(image), 0.1)
    assert layer_table(model)["conv"].output_shape == (6, 6, 1)


def test_unknown_sizes_stay_unknown():
    model = keras.Sequential(
        [
            keras.Input((None, None, 1)),
            layers.Conv2D(4, 3, padding="same", name="conv"),
            layers.MaxPooling2D(),
            layers.UpSampling2D(),
            layers.ZeroPadding2D(),
            layers.Cropping2D(),
            layers.Conv2DTranspose(2, 3, strides=2, name="turned"),
            layers.Dense(3),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(5, name="dense"),
        ]
    )
    table = hold_against_keras(model)
    assert table["conv"].output_shape == (None, None, 4)
    assert table["conv"].multiply_adds is table["conv"].receptive_field is None
    assert table["turned"].multiply_adds is None
    assert table["dense"].multiply_adds == 15
    assert table.total_multiply_adds is None
    assert "?x?x4" in repr(table)


def test_a_vector_has_no_receptive_field_and_a_scrambled_map_has_none_either():
    dense = keras.Sequential([keras.Input((784,)), layers.Dense(32), layers.Dense(784)])
    assert {row.receptive_field for row in hold_against_keras(dense)} == {None}
    assert layer_table(dense).total_multiply_adds == 2 * 32 * 784
    scrambled = keras.Sequential([keras.Input((4, 4, 1)), layers.Reshape((2, 8, 1))])
    assert hold_against_keras(scrambled)[1].receptive_field is None


# What cannot be


def test_an_unknown_layer_is_named_with_what_is_known():
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Lambda(abs, name="odd")])
    with pytest.raises(ValueError, match=r"Conv2DTranspose.*name='odd', kind='Lambda'"):
        layer_table(model)


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (layers.Conv2D, {"filters": 1, "kernel_size": 1}, "must come last"),
        (layers.UpSampling2D, {"interpolation": "lanczos3"}, "nearest, bilinear"),
    ],
)
def test_settings_that_the_table_does_not_know_are_refused(make, settings, message):
    symbol = keras.Input((8, 8, 1))
    layer = make(**settings, name="x")
    model = keras.Model(symbol, layer(symbol))
    if make is layers.Conv2D:
        layer.data_format = "channels_first"  # TensorFlow could not run it
    with pytest.raises(ValueError, match=f"Layer 'x', a .*{message}.*Received: "):
        layer_table(model)


def test_only_a_model_with_an_input_shape_has_a_table():
    class Subclassed(keras.Model):
        def call(self, inputs):
            return inputs

    for wrong in [keras.Sequential([layers.Dense(1)]), Subclassed(), layers.Dense(1)]:
        with pytest.raises(ValueError, match=r"its input shape\. Received: model="):
            layer_table(wrong)


# How it is shown


def test_a_table_is_a_sequence_that_also_knows_names():
    table = layer_table(lecture_encoder())
    assert isinstance(table, LayerTable)
    assert len(table) == 6
    assert table[1] is table["conv1"] is list(table)[1]
    assert table[-1].name == "conv3"
    with pytest.raises(KeyError, match=r"image, conv1.*Received: 'conv9'"):
        table["conv9"]


def test_the_text_is_aligned_and_has_a_total():
    table = layer_table(lecture_encoder())
    assert (
        str(table)
        == repr(table)
        == "\n".join(
            [
                "layer  kind            output  kernel  stride  padding  parameters  "
                "multiply-adds   sees",
                "-" * 88,
                "image  InputLayer     28x28x1                                       "
                "                 1x1",
                "conv1  Conv2D        28x28x32     3x3     1x1  same            320  "
                "      225,792    3x3",
                "maxp1  MaxPooling2D  14x14x32     2x2     2x2  valid                "
                "                 4x4",
                "conv2  Conv2D        14x14x64     3x3     1x1  same         18,496  "
                "    3,612,672    8x8",
                "maxp2  MaxPooling2D    7x7x64     2x2     2x2  valid                "
                "               10x10",
                "conv3  Conv2D           1x1x2     7x7     1x1  valid         6,272  "
                "        6,272  28x28",
                "-" * 88,
                "total                                                       25,088  "
                "    3,844,736",
            ]
        )
    )


def test_the_html_is_escaped_and_has_numbers_at_the_right():
    row = LayerRow("a<b>&", "Conv2D", (1000, 1), parameters=1234)
    html = LayerTable((row,))._repr_html_()
    assert "a&lt;b&gt;&amp;" in html
    assert "<b>" not in html
    assert '<td style="text-align: right">1,234</td>' in html
    assert '<td style="text-align: left">Conv2D</td>' in html
    assert html.count("<tr>") == 3
