"""The Fourier layer is Keras's layer: its arguments, its files and its copies."""

import copy
import inspect
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from cae_keras.layers import FourierConv2DTranspose, fourier_conv2d_transpose
from cae_keras.layers.bilinear_forms import fourier_form

Parent = keras.layers.Conv2DTranspose
IMAGES = np.random.default_rng(0).normal(size=(5, 4, 3, 2)).astype("float32")


def model_of(kind, seed=0, **arguments):
    """A model around one layer, whose weights differ from seed to seed."""
    image = keras.Input((4, 3, 2))
    layer = kind(3, (9, 7), 2, "same", activation="relu", name="up", **arguments)
    model = keras.Model(image, layer(image))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def fourier_model(seed=0):
    model = model_of(FourierConv2DTranspose, seed, implementation="fourier")
    assert model.get_layer("up").uses_fourier
    return model


def run(model, images=IMAGES):
    return ops.convert_to_numpy(model(images))


def assert_same(found, wanted):
    """The same but for what a GPU rounds, which may differ between two calls."""
    assert found.shape == wanted.shape
    largest = np.abs(wanted).max()
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4 * largest)


# Arguments


def test_it_takes_keras_arguments_in_keras_order():
    layer = FourierConv2DTranspose(
        *(3, (9, 7), (2, 3), "same", (1, 2), "channels_last", 1, "relu", False),
        *("zeros", "ones", "l1", "l2", "l1", "non_neg", "unit_norm"),
        name="up",
        trainable=False,
    )
    config = layer.get_config()
    assert config["strides"] == (2, 3)
    assert layer.output_padding == (1, 2)  # Keras 3.13 leaves it out of its config
    assert config["kernel_regularizer"]["class_name"] == "L1"
    assert not config["trainable"]
    assert config == Parent.from_config(config).get_config()
    own = inspect.signature(FourierConv2DTranspose).parameters
    assert list(own)[:2] == list(inspect.signature(Parent).parameters)[:2]


@pytest.mark.parametrize("use_bias", [True, False])
def test_its_weights_and_shapes_are_keras(use_bias):
    for arguments in [(3, 5), (3, (5, 4), (2, 1), "same"), (3, 2, 4, "valid", 1)]:
        ours = FourierConv2DTranspose(
            *arguments, use_bias=use_bias, name="up", implementation="fourier"
        )
        theirs = Parent(*arguments, use_bias=use_bias, name="up")
        for layer in (ours, theirs):
            layer.build((None, 6, 5, 2))
        assert isinstance(ours, Parent)
        assert [(w.path, w.shape, w.dtype) for w in ours.weights] == [
            (w.path, w.shape, w.dtype) for w in theirs.weights
        ]
        shape = theirs.compute_output_shape((7, 6, 5, 2))
        assert ours.compute_output_shape((7, 6, 5, 2)) == shape
        assert tuple(ours(ops.ones((7, 6, 5, 2))).shape) == tuple(shape)


def test_regularizers_and_constraints_act_as_in_keras():
    arguments = {"kernel_regularizer": "l2", "activity_regularizer": "l2"}
    models = [
        model_of(FourierConv2DTranspose, implementation="fourier", **arguments),
        model_of(Parent, **arguments),
    ]
    losses = []
    for model in models:
        model(IMAGES)
        losses.append([ops.convert_to_numpy(loss) for loss in model.losses])
    assert len(losses[0]) == 2
    np.testing.assert_allclose(*losses, rtol=1e-4)


@pytest.mark.parametrize(
    "implementation", ["Fourier", "fft", "", None, True, 1, b"fourier"]
)
def test_an_unknown_implementation_is_refused(implementation):
    message = (
        r'`implementation` must be "auto", "direct" or "fourier"\. '
        f"Received: implementation={implementation!r}"
    )
    with pytest.raises(ValueError, match=message):
        FourierConv2DTranspose(3, 5, implementation=implementation)


def test_what_keras_refuses_is_refused():
    for arguments in [
        (0, 3),
        (3, 0),
        (3, 3, 0),
        (3, 3, 1, "full"),
    ]:
        for kind in (Parent, FourierConv2DTranspose):
            with pytest.raises(ValueError, match="Received"):
                kind(*arguments)


@pytest.mark.skipif(
    keras.__version__.startswith("3.13."), reason="Keras 3.13 takes it, and so do we"
)
def test_an_output_padding_as_large_as_the_stride_is_refused():
    for kind in (Parent, FourierConv2DTranspose):
        with pytest.raises(ValueError, match="Received"):
            kind(3, 3, 2, "same", 2)


# The configuration


def test_with_auto_the_configuration_is_keras():
    layer = FourierConv2DTranspose(3, 9, 2, "same", name="up")
    assert layer.get_config() == Parent(3, 9, 2, "same", name="up").get_config()
    assert layer.implementation == "auto"


@pytest.mark.parametrize("implementation", ["direct", "fourier"])
def test_any_other_implementation_is_in_the_configuration(implementation):
    layer = FourierConv2DTranspose(3, 9, name="up", implementation=implementation)
    wanted = Parent(3, 9, name="up").get_config()
    assert layer.get_config() == {**wanted, "implementation": implementation}


@pytest.mark.parametrize("implementation", ["auto", "direct", "fourier"])
def test_a_configuration_makes_the_same_layer_again(implementation):
    layer = FourierConv2DTranspose(
        3, (9, 7), (2, 3), "same", activation="relu", implementation=implementation
    )
    again = FourierConv2DTranspose.from_config(layer.get_config())
    assert type(again) is FourierConv2DTranspose
    assert again.implementation == implementation
    assert again.get_config() == layer.get_config()


def test_a_serialized_layer_names_its_class():
    serialized = keras.saving.serialize_keras_object(FourierConv2DTranspose(3, 9))
    assert serialized["registered_name"] == "cae_keras>FourierConv2DTranspose"
    again = keras.saving.deserialize_keras_object(serialized)
    assert type(again) is FourierConv2DTranspose


# Copies


def test_a_clone_is_of_the_same_class():
    model = fourier_model()
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    layer = clone.get_layer("up")
    assert type(layer) is FourierConv2DTranspose
    assert layer.uses_fourier
    assert_same(run(clone), run(model))


def test_a_deep_copy_stands_alone():
    model = fourier_model()
    wanted = run(model)
    for twin in (copy.deepcopy(model), copy.deepcopy(model.get_layer("up"))):
        assert_same(run(twin), wanted)
        twin.set_weights([0 * weight for weight in twin.get_weights()])
        assert not run(twin).any()
    assert_same(run(model), wanted)


# Files


@pytest.mark.parametrize("to_keras", [True, False])
def test_weights_fit_the_other_layer(tmp_path, to_keras):
    one, other = fourier_model(seed=1), model_of(Parent, seed=2)
    source, target = (one, other) if to_keras else (other, one)
    source.save_weights(tmp_path / "all.weights.h5")
    target.load_weights(tmp_path / "all.weights.h5")
    for found, wanted in zip(target.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert_same(run(target), run(source))


@pytest.mark.parametrize("names", [("up", None), (None, None)])
def test_weights_fit_the_other_layer_in_models_of_several(tmp_path, names):
    """Also where Keras chooses the names, by class."""

    def several(kind, **arguments):
        sizes = [(3, 9, 2, "same"), (2, 5, 1, "same")]
        layers = [
            kind(*size, name=name, **arguments)
            for size, name in zip(sizes, names, strict=True)
        ]
        return keras.Sequential([keras.Input((4, 3, 2)), *layers])

    ours = several(FourierConv2DTranspose, implementation="fourier")
    theirs = several(Parent)
    ours.save_weights(tmp_path / "all.weights.h5")
    theirs.load_weights(tmp_path / "all.weights.h5")
    assert_same(run(theirs), run(ours))


def test_a_saved_model_comes_back_as_it_was(tmp_path):
    model = fourier_model()
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    layer = again.get_layer("up")
    assert type(layer) is FourierConv2DTranspose
    assert layer.implementation == "fourier"
    assert layer.uses_fourier
    for found, wanted in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert_same(run(again), run(model))


def test_a_saved_model_opens_without_this_package(tmp_path):
    model = model_of(FourierConv2DTranspose)
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "images.npy", IMAGES)
    code = (
        "import sys, keras, numpy\n"
        "names = {'cae_keras>FourierConv2DTranspose': keras.layers.Conv2DTranspose}\n"
        "model = keras.saving.load_model('model.keras', custom_objects=names)\n"
        "assert type(model.layers[-1]) is keras.layers.Conv2DTranspose\n"
        "outputs = model.predict(numpy.load('images.npy'), verbose=0)\n"
        "numpy.save('outputs.npy', outputs)\n"
        "assert 'cae_keras' not in sys.modules\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert_same(np.load(tmp_path / "outputs.npy"), run(model))


# What is computed once


@pytest.fixture
def calls(monkeypatch):
    """The calls of `apply_forms`: on TensorFlow and JAX, one each time it is traced."""
    made, function = [], fourier_conv2d_transpose.apply_forms

    def counting(*arguments):
        made.append(arguments[0].shape)
        return function(*arguments)

    monkeypatch.setattr(fourier_conv2d_transpose, "apply_forms", counting)
    return made


def test_constants_are_built_once_a_shape_and_not_once_a_call():
    model = fourier_model()
    fourier_form.cache_clear()
    for batch in (5, 5, 3, 1):
        run(model, IMAGES[:batch])
    built, found = fourier_form.cache_info().misses, fourier_form.cache_info().hits
    assert (built, found) == (2, 6)  # for rows and columns; for three more calls


def test_constants_are_built_once_a_shape_and_not_once_a_step(calls):
    fourier_form.cache_clear()
    model = fourier_model()
    model.compile(optimizer="sgd", loss="mse")
    calls.clear()
    targets = np.zeros((5, 8, 6, 3), "float32")
    model.fit(IMAGES, targets, batch_size=1, epochs=4, verbose=0)
    assert fourier_form.cache_info().misses == 2
    if keras.backend.backend() == "torch":
        assert len(calls) >= 20  # every step
    else:
        assert 1 <= len(calls) <= 3  # traced, once or a little more


def test_layers_of_one_size_and_other_crops_do_not_share_constants():
    for arguments in [(9, 2, "same"), (9, 2, "valid"), (9, 2, "same", 1), (9, 1)]:
        ours = FourierConv2DTranspose(3, *arguments, implementation="fourier")
        theirs = Parent(3, *arguments)
        for layer in (ours, theirs):
            layer.build(IMAGES.shape)
        ours.set_weights(theirs.get_weights())
        assert ours.uses_fourier
        assert_same(run(ours), run(theirs))
