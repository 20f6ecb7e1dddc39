"""The other decoders and the dense autoencoder; how a checkerboard is measured."""

import keras
import numpy as np
import pytest

from cae_keras import models
from cae_keras.reference import checkerboard_energy


def named(model, kind):
    return [layer.name for layer in model.layers if isinstance(layer, kind)]


def test_nearest_repeats_each_pixel_and_then_convolves_with_stride_1():
    decoder = models.build_decoder(upsampling="nearest")
    names = [layer.name for layer in decoder.layers[1:]]
    assert names == ["deconv3", "up2", "upconv2", "up1", "upconv1"]
    for name in ("up2", "up1"):
        layer = decoder.get_layer(name)
        assert (layer.size, layer.interpolation) == ((2, 2), "nearest")
    for name, filters, activation in (
        ("upconv2", 32, "relu"),
        ("upconv1", 1, "linear"),
    ):
        layer = decoder.get_layer(name)
        assert (layer.filters, layer.kernel_size, layer.strides) == (
            filters,
            (3, 3),
            (1, 1),
        )
        assert (layer.padding, layer.activation.__name__) == ("same", activation)
    assert decoder.output_shape == (None, 28, 28, 1)


def test_nearest_has_the_parameters_of_the_3x3_transposed_decoder():
    by_repeating = models.build_autoencoder(upsampling="nearest")
    transposed = models.build_autoencoder(kernel_sizes=(7, 3, 3))
    assert by_repeating.count_params() == transposed.count_params() == 50_177


def test_nearest_takes_other_kernels_sizes_and_activations():
    decoder = models.build_decoder(
        (16, 8, 3), (4, 6), 5, ((4, 2), 5, (3, 1)), "sigmoid", "nearest"
    )
    assert decoder.get_layer("upconv2").kernel_size == (5, 5)
    assert decoder.get_layer("upconv1").kernel_size == (3, 1)
    assert decoder.get_layer("upconv1").activation.__name__ == "sigmoid"
    assert decoder.output_shape == (None, 16, 8, 3)


@pytest.mark.parametrize("build", [models.build_decoder, models.build_autoencoder])
@pytest.mark.parametrize("upsampling", ["bilinear", None, True])
def test_another_way_of_enlarging_is_refused(build, upsampling):
    message = f'must be "transposed" or "nearest".*Received: upsampling={upsampling!r}'
    with pytest.raises(ValueError, match=message):
        build(upsampling=upsampling)


def test_the_dense_autoencoder_of_the_notes_is_one_linear_layer_each_way():
    model = models.build_dense_autoencoder(latent_units=32)
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    (latent,) = [encoder.get_layer(n) for n in named(encoder, keras.layers.Dense)]
    (pixels,) = [decoder.get_layer(n) for n in named(decoder, keras.layers.Dense)]
    assert (latent.units, latent.activation.__name__) == (32, "linear")
    assert (pixels.units, pixels.activation.__name__) == (784, "sigmoid")
    assert model.count_params() == 784 * 32 + 32 + 32 * 784 + 784


def test_hidden_layers_are_mirrored_and_have_relu():
    model = models.build_dense_autoencoder((4, 6, 2), (20, 10), 3, None)
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    assert [w.shape[1] for w in encoder.get_weights()[::2]] == [20, 10, 3]
    assert [w.shape[1] for w in decoder.get_weights()[::2]] == [10, 20, 48]
    for half in (encoder, decoder):
        for name in ("dense1", "dense2"):
            assert half.get_layer(name).activation.__name__ == "relu"
    assert encoder.get_layer("latent").activation.__name__ == "linear"
    assert decoder.get_layer("pixels").activation.__name__ == "linear"
    assert model.output_shape == model.input_shape == (None, 4, 6, 2)


def test_the_dense_autoencoder_keeps_each_pixel_in_its_place():
    model = models.build_dense_autoencoder((3, 4, 1), (), 12, None)
    identity = np.eye(12, dtype="float32"), np.zeros(12, "float32")
    model.get_layer("encoder").get_layer("latent").set_weights(identity)
    model.get_layer("decoder").get_layer("pixels").set_weights(identity)
    images = np.random.default_rng(0).random((2, 3, 4, 1)).astype("float32")
    np.testing.assert_allclose(model.predict(images, verbose=0), images, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"latent_units": 0}, "latent_units=0"),
        ({"hidden_units": (8, -1)}, r"hidden_units\[1\]=-1"),
        ({"hidden_units": (2.5,)}, r"hidden_units\[0\]=2.5"),
        ({"input_shape": (28, 28)}, r"input_shape=\(28, 28\)"),
        ({"input_shape": (28, 0, 1)}, r"input_shape\[1\]=0"),
    ],
)
def test_dense_sizes_that_cannot_be_are_refused(arguments, name):
    with pytest.raises(ValueError, match=f"Received:.*{name}"):
        models.build_dense_autoencoder(**arguments)


def test_what_repeats_with_the_stride_has_all_its_energy_there():
    rows, columns = np.indices((12, 8))
    for pattern in (rows % 2, columns % 2, (rows + columns) % 2):
        np.testing.assert_allclose(checkerboard_energy(pattern[None]), 1, atol=1e-12)
    np.testing.assert_allclose(checkerboard_energy(rows[None] % 4, 4), 1, atol=1e-12)


def test_a_slower_wave_has_none_of_its_energy_there():
    rows, columns = np.indices((12, 12))
    wave = np.cos(2 * np.pi * rows / 6) + np.cos(2 * np.pi * columns / 12)
    np.testing.assert_allclose(checkerboard_energy(wave[None]), 0, atol=1e-12)
    assert checkerboard_energy(np.ones((3, 4, 4))) == 0


def test_the_share_is_of_the_energy_of_all_images_and_channels_together():
    rows, columns = np.indices((8, 8))
    board, wave = (-1.0) ** (rows + columns), np.cos(2 * np.pi * rows / 8) * np.sqrt(2)
    together = np.stack([2 * board, wave])  # energies 4 and 1
    np.testing.assert_allclose(checkerboard_energy(together), 0.8, atol=1e-12)
    channels = np.stack([2 * board, wave], axis=-1)[None]
    np.testing.assert_allclose(checkerboard_energy(channels), 0.8, atol=1e-12)


def test_a_mean_is_no_pattern_and_white_noise_has_its_fair_share():
    noise = np.random.default_rng(0).normal(size=(400, 8, 8))
    share = checkerboard_energy(noise)
    np.testing.assert_allclose(share, 15 / 63, rtol=0.05)  # 15 of 63 frequencies
    np.testing.assert_allclose(checkerboard_energy(noise + 5), share, rtol=1e-9)


@pytest.mark.parametrize(
    ("images", "stride", "received"),
    [
        (np.ones((4, 4)), 2, r"images.shape=\(4, 4\)"),
        (np.ones((0, 4, 4)), 2, r"images.shape=\(0, 4, 4\)"),
        (np.ones((1, 5, 4)), 2, "stride=2"),
        (np.ones((1, 4, 4)), 1, "stride=1"),
        (np.ones((1, 4, 4)), 2.0, "stride=2.0"),
        (np.ones((1, 4, 4)), True, "stride=True"),
        (np.full((1, 4, 4), np.nan), 2, "nan"),
    ],
)
def test_images_and_strides_that_do_not_fit_are_refused(images, stride, received):
    with pytest.raises(ValueError, match=f"Received: .*{received}"):
        checkerboard_energy(images, stride)
