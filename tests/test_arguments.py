"""Whatever a builder or a rule of sizes is given: a result or a clear ValueError."""

import re

import keras
import numpy as np
import pytest

from cae_keras import models, shapes
from cae_keras.layers import FourierConv2DTranspose

HUGE = 10**12

# Nothing that takes one number, or one word, takes any of these.
WRONG = {
    "a float": 2.5,
    "nan": float("nan"),
    "True": True,
    "a NumPy bool": np.True_,
    "text": "shout",
    "no text": "",
    "bytes": b"ab",
    "an empty tuple": (),
    "a nested list": [[7, 3], [3, 2], [2, 1]],
    "a dict": {7: 1, 3: 2, 2: 3},
    "a set": {7, 3, 2},
    "a generator": (size for size in (7, 3, 2)),
    "an object": object(),
    "an array": np.arange(6.0).reshape(3, 2),
    "minus one": -1,
    "a huge number": HUGE,
}

# Arguments with which each function works.
BUILDERS = {
    models.build_encoder: {
        "input_shape": (8, 12, 1),
        "filters": (3, 2),
        "latent_channels": 2,
    },
    models.build_decoder: {
        "input_shape": (8, 12, 1),
        "filters": (3, 2),
        "latent_channels": 2,
        "kernel_sizes": ((2, 3), (3, 3), (3, 3)),
        "output_activation": "sigmoid",
        "upsampling": "transposed",
        "implementation": "auto",
    },
    models.build_dense_autoencoder: {
        "input_shape": (8, 12, 1),
        "hidden_units": (5, 3),
        "latent_units": 2,
        "output_activation": "sigmoid",
    },
}
BUILDERS[models.build_autoencoder] = BUILDERS[models.build_decoder]
LAYERS = {
    FourierConv2DTranspose: {
        "filters": 2,
        "kernel_size": 3,
        "strides": 2,
        "padding": "valid",
        "output_padding": 1,
        "data_format": "channels_last",
        "dilation_rate": 1,
        "implementation": "auto",
    }
}
ONE_AXIS = {"input_size": 5, "kernel_size": 3, "stride": 2, "padding": "same"}
TENSOR = {"input_shape": (5, 7, 1), "filters": 2, "kernel_size": 3, "strides": 2}
RULES = {
    shapes.conv_output_size: {**ONE_AXIS, "dilation": 1},
    shapes.pool_output_size: {
        "input_size": 5,
        "pool_size": 2,
        "stride": 2,
        "padding": "same",
    },
    shapes.same_padding: {
        "input_size": 5,
        "kernel_size": 3,
        "stride": 2,
        "dilation": 1,
    },
    shapes.conv_transpose_output_size: {
        **ONE_AXIS,
        "output_padding": 1,
        "dilation": 1,
    },
    shapes.conv_transpose_cropping: {**ONE_AXIS, "output_padding": 1, "dilation": 1},
    shapes.conv_input_sizes: {
        "output_size": 5,
        "kernel_size": 3,
        "stride": 2,
        "padding": "same",
        "dilation": 1,
    },
    shapes.overlap_counts: ONE_AXIS,
    shapes.conv_output_shape: {**TENSOR, "padding": "same", "dilation_rate": 1},
    shapes.conv_transpose_output_shape: {
        **TENSOR,
        "padding": "same",
        "output_padding": 1,
        "dilation_rate": 1,
    },
    shapes.pool_output_shape: {
        "input_shape": (5, 7, 1),
        "pool_size": 2,
        "strides": 2,
        "padding": "same",
    },
}
FUNCTIONS = {**BUILDERS, **LAYERS, **RULES}

# With arithmetic alone a huge number may work; it must not take memory or time.
FREE = {*RULES, *LAYERS}
EVERY_ARGUMENT = [
    pytest.param(function, name, id=f"{function.__qualname__}-{name}")
    for function, arguments in FUNCTIONS.items()
    for name in arguments
]


def message_of(function, name, value):
    """Return what the function says to a value; None if it takes it."""
    try:
        function(**{**FUNCTIONS[function], name: value})
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("function", "name"), EVERY_ARGUMENT)
def test_what_is_no_such_argument_is_refused_by_its_name(function, name):
    for kind, value in WRONG.items():
        if (name, kind) == ("hidden_units", "an empty tuple"):
            continue  # no hidden layer
        message = message_of(function, name, value)
        if message is None:
            assert kind == "a huge number" and function in FREE, kind
        else:
            assert re.search(rf"Received: .*{name}", message, re.DOTALL), (
                kind,
                message,
            )


@pytest.mark.parametrize(("function", "name"), EVERY_ARGUMENT)
def test_none_is_taken_where_the_docstring_says_so_and_else_refused(function, name):
    taken = {
        "kernel_sizes": {models.build_decoder, models.build_autoencoder},
        "output_activation": BUILDERS,
        "output_padding": FUNCTIONS,
        "stride": {shapes.pool_output_size},
        "strides": {shapes.pool_output_shape},
        "data_format": LAYERS,
    }
    message = message_of(function, name, None)
    if function in taken.get(name, ()):
        assert message is None
    else:
        assert f"{name}" in message and "Received: " in message


@pytest.mark.parametrize(("function", "name"), EVERY_ARGUMENT)
def test_numpys_integers_are_as_good_as_pythons(function, name):
    value = FUNCTIONS[function][name]
    if not isinstance(value, str):
        array = np.array(value) if np.ndim(value) else np.int64(value)
        assert message_of(function, name, array) is None


@pytest.mark.parametrize("build", BUILDERS)
def test_a_model_that_no_computer_holds_is_refused_before_it_is_made(build):
    # From pictures of 2048x2048 pixels: deconv2 would have 2 billion weights.
    arguments = {"input_shape": (2048, 2048, 3)}
    if build is models.build_encoder:
        arguments["latent_channels"] = 50
    if build is models.build_dense_autoencoder:
        arguments["hidden_units"] = (512,)
    with pytest.raises(ValueError, match=r"at most 268,435,456 weights, not .* Rec"):
        build(**arguments)


def test_a_list_that_no_computer_holds_is_refused_before_it_is_made():
    assert len(shapes.conv_input_sizes(1, 1, 10**6)) == 10**6
    with pytest.raises(
        ValueError, match="at most 1,000,000 input sizes, not 1,000,001"
    ):
        shapes.conv_input_sizes(1, 1, 10**6 + 1)
    with pytest.raises(ValueError, match="1,000,000 outputs, not 1,000,001"):
        shapes.overlap_counts(10**6 + 1, 1)
    with pytest.raises(ValueError, match="1,000,000 pairs of an input and a tap"):
        shapes.overlap_counts(10**4, 10**4)


@pytest.mark.parametrize("value", [*WRONG.values(), None])
def test_a_table_of_what_is_no_model_is_refused(value):
    with pytest.raises(ValueError, match="`model` must be a Functional or Sequential"):
        shapes.layer_table(value)


def test_a_function_is_an_activation_too():
    decoder = models.build_decoder(output_activation=keras.activations.sigmoid)
    assert decoder.get_layer("deconv1").get_config()["activation"] == "sigmoid"


def test_a_weight_more_than_the_limit_is_refused_and_not_one_less(monkeypatch):
    for build, arguments in BUILDERS.items():
        # The limit counts no biases.
        kernels = [w for w in build(**arguments).weights if len(w.shape) > 1]
        weights = sum(int(np.prod(kernel.shape)) for kernel in kernels)
        if build is models.build_autoencoder:
            continue  # its halves are checked, one by one
        monkeypatch.setattr(models.arguments, "MOST_WEIGHTS", weights)
        build(**arguments)
        monkeypatch.setattr(models.arguments, "MOST_WEIGHTS", weights - 1)
        with pytest.raises(ValueError, match=f"not {weights:,}"):
            build(**arguments)
        monkeypatch.undo()
