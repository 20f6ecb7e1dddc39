"""The builders are the lecture's model to the letter, and open what they say."""

import keras
import numpy as np
import pytest

from cae_keras import models, reference, shapes

# Slide B6, line by line: filters, kernel, strides, padding, activation, bias.
LECTURE = {
    "conv1": (32, (3, 3), (1, 1), "same", "relu", True),
    "conv2": (64, (3, 3), (1, 1), "same", "relu", True),
    "conv3": (2, (7, 7), (1, 1), "valid", "linear", False),
    "deconv3": (64, (7, 7), (1, 1), "valid", "relu", True),
    "deconv2": (32, (14, 14), (2, 2), "same", "relu", True),
    "deconv1": (1, (28, 28), (2, 2), "same", "linear", True),
}
OUTPUTS = {
    "conv1": (28, 28, 32),
    "maxp1": (14, 14, 32),
    "conv2": (14, 14, 64),
    "maxp2": (7, 7, 64),
    "conv3": (1, 1, 2),
    "deconv3": (7, 7, 64),
    "deconv2": (14, 14, 32),
    "deconv1": (28, 28, 1),
}


@pytest.fixture(scope="module")
def autoencoder():
    return models.build_autoencoder()


def layers_of(model):
    return [
        layer
        for name in ("encoder", "decoder")
        for layer in model.get_layer(name).layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]


def test_the_layers_stand_in_the_lectures_order(autoencoder):
    assert [layer.name for layer in layers_of(autoencoder)] == list(OUTPUTS)


@pytest.mark.parametrize("name", LECTURE)
def test_each_layer_has_the_lectures_settings(autoencoder, name):
    (layer,) = [layer for layer in layers_of(autoencoder) if layer.name == name]
    settings = layer.get_config()
    found = (
        settings["filters"],
        settings["kernel_size"],
        settings["strides"],
        settings["padding"],
        settings["activation"],
        settings["use_bias"],
    )
    assert found == LECTURE[name]
    transposed = isinstance(layer, keras.layers.Conv2DTranspose)
    assert transposed == name.startswith("deconv")


def test_the_poolings_are_maximum_poolings_of_two_by_two(autoencoder):
    for layer in layers_of(autoencoder):
        if layer.name.startswith("maxp"):
            assert isinstance(layer, keras.layers.MaxPooling2D)
            assert layer.pool_size == layer.strides == (2, 2)


def test_each_layer_returns_the_shape_on_the_slide(autoencoder):
    found = {layer.name: layer.output.shape[1:] for layer in layers_of(autoencoder)}
    assert found == OUTPUTS


def test_the_parameters_are_those_of_the_lecture(autoencoder):
    assert autoencoder.get_layer("encoder").count_params() == 25_088
    assert autoencoder.get_layer("decoder").count_params() == 432_865
    assert autoencoder.count_params() == 457_953
    small = models.build_autoencoder(kernel_sizes=(7, 3, 3))
    assert small.count_params() == 50_177


def test_the_halves_stand_alone_and_share_their_weights(autoencoder):
    images = np.random.default_rng(0).uniform(size=(3, 28, 28, 1)).astype("float32")
    encoder, decoder = map(autoencoder.get_layer, ("encoder", "decoder"))
    codes = encoder.predict(images, verbose=0)
    assert codes.shape == (3, 1, 1, 2)
    in_steps = decoder.predict(codes, verbose=0)
    at_once = autoencoder.predict(images, verbose=0)
    np.testing.assert_allclose(in_steps, at_once, atol=1e-6)


def test_the_values_are_those_of_the_reference(autoencoder):
    image = np.random.default_rng(1).uniform(size=(28, 28, 1)).astype("float32")
    weights = {
        layer.name: [keras.ops.convert_to_numpy(w) for w in layer.weights]
        for layer in layers_of(autoencoder)
    }

    def relu(x):
        return np.maximum(x, 0)

    def pool(x):
        rows, columns, channels = x.shape
        return x.reshape(rows // 2, 2, columns // 2, 2, channels).max(axis=(1, 3))

    x = image
    for name in ("conv1", "conv2"):
        kernel, bias = weights[name]
        x = pool(relu(reference.conv2d(x, kernel, 1, "same") + bias))
    x = reference.conv2d(x, weights["conv3"][0])
    kernel, bias = weights["deconv3"]
    x = relu(reference.conv2d_transpose(x, kernel) + bias)
    kernel, bias = weights["deconv2"]
    x = relu(reference.conv2d_transpose(x, kernel, 2, "same") + bias)
    kernel, bias = weights["deconv1"]
    x = reference.conv2d_transpose(x, kernel, 2, "same") + bias
    found = autoencoder.predict(image[None], verbose=0)[0]
    np.testing.assert_allclose(found, x, atol=1e-5)


@pytest.mark.parametrize("size", [(4, 4, 1), (8, 20, 3), (32, 32, 1), (40, 12, 2)])
@pytest.mark.parametrize("kernels", [None, "small"])
def test_the_reconstruction_has_the_inputs_shape(size, kernels):
    if kernels == "small":
        kernels = ((size[0] // 4, size[1] // 4), 3, (4, 2))
    model = models.build_autoencoder(size, (4, 6), 5, kernels)
    assert model.output_shape == (None, *size)
    assert model.get_layer("encoder").output_shape == (None, 1, 1, 5)
    images = np.zeros((2, *size), dtype="float32")
    assert model.predict(images, verbose=0).shape == (2, *size)


def test_each_default_kernel_is_as_large_as_the_map_that_it_meets_or_paints():
    table = shapes.layer_table(models.build_autoencoder((16, 24, 1), (2, 3), 4))
    kernels = {row.name: row.kernel_size for row in table}
    assert kernels["conv3"] == kernels["deconv3"] == (4, 6)
    assert kernels["deconv2"] == (8, 12)
    assert kernels["deconv1"] == (16, 24)


def test_filters_are_mirrored_in_the_decoder():
    decoder = models.build_decoder(filters=(5, 9))
    assert decoder.get_layer("deconv3").filters == 9
    assert decoder.get_layer("deconv2").filters == 5
    assert decoder.get_layer("deconv1").filters == 1


def test_the_output_activation_is_that_of_the_last_layer_only():
    decoder = models.build_decoder(output_activation="sigmoid")
    found = [layer.get_config().get("activation") for layer in decoder.layers[1:]]
    assert found == ["relu", "relu", "sigmoid"]


def test_the_model_survives_saving(tmp_path, autoencoder):
    autoencoder.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    images = np.random.default_rng(2).uniform(size=(2, 28, 28, 1)).astype("float32")
    for found, wanted in zip(
        again.get_weights(), autoencoder.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)
    found, wanted = (m.predict(images, verbose=0) for m in (again, autoencoder))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4 * abs(wanted).max())


def test_a_few_steps_of_training_lower_the_loss():
    keras.utils.set_random_seed(0)
    model = models.build_autoencoder((8, 8, 1), (4, 8))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    images = np.random.default_rng(0).uniform(size=(16, 8, 8, 1)).astype("float32")
    losses = model.fit(images, images, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (30, 28, 1)}, r"divisible by 4.*Received: input_shape=\(30"),
        ({"input_shape": (28, 30, 1)}, "divisible by 4"),
        ({"input_shape": (28, 28)}, r"three integers.*Received: input_shape=\(28, 28"),
        ({"input_shape": 28}, "three integers"),
        ({"input_shape": "abc"}, "three integers"),
        ({"input_shape": (0, 28, 1)}, r"`input_shape\[0\]` must be a whole number"),
        ({"input_shape": (28.0, 28, 1)}, "at least 1. Received: .*=28.0"),
        ({"input_shape": (None, 28, 1)}, "whole number"),
        ({"filters": (32,)}, r"two integers.*Received: filters=\(32,\)"),
        ({"filters": (32, 0)}, r"`filters\[1\]` must be a whole number"),
        ({"filters": (True, 64)}, "at least 1. Received: .*=True"),
        ({"latent_channels": 0}, "`latent_channels` must be a whole number"),
        ({"latent_channels": "2"}, "at least 1. Received: .*='2'"),
    ],
)
@pytest.mark.parametrize(
    "build", [models.build_encoder, models.build_decoder, models.build_autoencoder]
)
def test_bad_sizes_are_refused(build, arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


@pytest.mark.parametrize(
    ("kernel_sizes", "message"),
    [
        ((7, 3), "three kernel sizes"),
        (3, "three kernel sizes"),
        ((3, 3, 3), r"deconv3 must be \(7, 7\).*Received: kernel_sizes=\(3, 3, 3\)"),
        ((8, 14, 28), r"must be \(7, 7\)"),
        ((7, 0, 3), r"`kernel_sizes\[1\]` must be a whole number"),
        ((7, 3, (3, 3, 3)), r"`kernel_sizes\[2\]` must be an integer or a pair"),
        ((7, 3, 2.5), "whole number"),
    ],
)
@pytest.mark.parametrize("build", [models.build_decoder, models.build_autoencoder])
def test_kernels_that_do_not_fit_are_refused(build, kernel_sizes, message):
    with pytest.raises(ValueError, match=message):
        build(kernel_sizes=kernel_sizes)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="shout"):
        models.build_decoder(output_activation="shout")


def test_numpy_integers_are_welcome():
    shape = tuple(np.array([8, 12, 1]))
    model = models.build_autoencoder(shape, np.array([2, 3]), np.int64(4))
    assert model.output_shape == (None, 8, 12, 1)
