"""The course has its channels last, whatever a person's keras.json says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

BUILDERS = """
import keras
import numpy as np
from cae_keras import models, shapes
from cae_keras.layers import FourierConv2DTranspose

assert keras.config.image_data_format() == "channels_first"
for model in (
    models.build_autoencoder((8, 12, 1), (3, 2)),
    models.build_autoencoder((8, 12, 3), (3, 2), upsampling="nearest"),
    models.build_autoencoder((8, 12, 1), (3, 2), implementation="fourier"),
    models.build_dense_autoencoder((8, 12, 2), (3,)),
):
    assert model.output_shape == model.input_shape
    images = np.ones((2, *model.input_shape[1:]), "float32")
    model.compile(optimizer="sgd", loss="mse")
    model.fit(images, images, verbose=0)
    assert model.predict(images, verbose=0).shape == images.shape
    table = shapes.layer_table(model)
    assert table.total_parameters == model.count_params()
    assert table[-1].output_shape == model.output_shape[1:]
    for half in ("encoder", "decoder"):
        for layer in model.get_layer(half).layers:
            assert getattr(layer, "data_format", "channels_last") == "channels_last"
layer = FourierConv2DTranspose(2, 14, 2, "same", implementation="fourier")
assert layer(np.ones((2, 7, 7, 1), "float32")).shape == (2, 14, 14, 2)
assert layer.uses_fourier
"""

TABLES = """
import keras
from keras import layers
from cae_keras import shapes

for data_format, image in (("channels_last", (8, 8, 3)), ("channels_first", (3, 8, 8))):
    told = {"data_format": data_format}
    model = keras.Sequential([keras.Input(image)])
    model.add(layers.Conv2D(2, 3, **told))
    model.add(layers.MaxPooling2D(2, **told))
    model.add(layers.Conv2DTranspose(4, 3, strides=2, **told))
    model.add(layers.Flatten(**told))
    try:
        table = shapes.layer_table(model)
    except ValueError as error:
        print(error)
        continue
    assert table.total_parameters == model.count_params()
    assert [row.output_shape for row in table[1:]] == [
        layer.output.shape[1:] for layer in model.layers
    ]
    print("right")
try:  # what keras.json says is what a layer is that is told nothing
    model = keras.Sequential([keras.Input((3, 8, 8)), layers.Conv2D(2, 3)])
    print(shapes.layer_table(model))
except ValueError as error:
    print(error)
"""


@pytest.fixture
def run(tmp_path):
    """Run Python text where keras.json puts the channels first."""
    settings = {"image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings), encoding="utf-8")

    def run(text):
        return subprocess.run(
            [sys.executable, "-c", text],
            cwd=REPOSITORY,
            env={**os.environ, "KERAS_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_builders_and_layers_have_their_channels_last(run):
    done = run(BUILDERS)
    assert done.returncode == 0, done.stderr


def test_a_table_is_right_for_channels_last_and_refuses_channels_first(run):
    done = run(TABLES)
    assert done.returncode == 0, done.stderr
    last, *first = done.stdout.splitlines()
    assert last == "right"
    assert len(first) == 2
    for line in first:
        assert line.startswith("Layer 'conv2d")
        assert "The channels must come last. Received: data_format='chann" in line


def test_channels_first_is_still_there_for_who_asks_for_it():
    from cae_keras.layers import FourierConv2DTranspose

    layer = FourierConv2DTranspose(2, 14, data_format="channels_first")
    layer.build((None, 1, 7, 7))
    assert layer.data_format == "channels_first"
    assert not layer.uses_fourier
