"""A trained model leaves Keras: SavedModel, LiteRT and ONNX compute what it predicts.

LiteRT and SavedModel come with TensorFlow. ONNX needs `pip install onnx onnxruntime
tf2onnx`; what is not installed is skipped.
"""

import importlib.util
import os
import re
import warnings
from importlib import metadata
from pathlib import Path

import keras
import numpy as np
import pytest

from cae_keras import models
from cae_keras.layers import FourierConv2DTranspose

ROOT = Path(__file__).resolve().parent.parent
BACKEND = keras.backend.backend()
on_tensorflow = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="this way out of Keras goes through TensorFlow"
)
WAYS = ["auto", "direct", "fourier"]
# What is exported runs on a CPU; Keras may have a GPU, which rounds in another way.
GPU = BACKEND == "tensorflow" and keras.distribution.list_devices("gpu")
TOLERANCE = 1e-4 if GPU or "CAE_KERAS_NOISE" in os.environ else 1e-5


def images_for(model, batch=5):
    rng = np.random.default_rng(0)
    return rng.uniform(size=(batch, *model.input_shape[1:])).astype("float32")


def saved_model(model, path):
    """Export, and return a function of a batch of images."""
    import tensorflow as tf

    model.export(str(path / "model"), verbose=False)
    loaded = tf.saved_model.load(path / "model")
    return lambda images: loaded.serve(images).numpy()


def litert(model, path, **signature):
    file = path / "model.tflite"
    model.export(str(file), format="litert", verbose=False, **signature)
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        import tensorflow as tf

        Interpreter = tf.lite.Interpreter

    def run(images):
        with warnings.catch_warnings():  # TensorFlow's own has moved to ai_edge_litert
            warnings.simplefilter("ignore")
            interpreter = Interpreter(str(file))
        (images_in,) = interpreter.get_input_details()
        (images_out,) = interpreter.get_output_details()
        interpreter.resize_tensor_input(images_in["index"], images.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(images_in["index"], images)
        interpreter.invoke()
        return interpreter.get_tensor(images_out["index"])

    return run


def litert_for_one_image(model, path):
    shape = (1, *model.input_shape[1:])
    signature = [keras.InputSpec(shape=shape, dtype="float32")]
    return litert(model, path, input_signature=signature)


def onnx(model, path):
    for package in ("onnx", "tf2onnx", "onnxruntime"):
        pytest.importorskip(package)
    import onnxruntime

    file = str(path / "model.onnx")
    model.export(str(file), format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(file)
    (images_in,) = session.get_inputs()
    return lambda images: session.run(None, {images_in.name: images})[0]


def on_tensorflow_2_20():
    return metadata.version("tensorflow").startswith("2.20.")


def check(export, model, path):
    """Batches of one, of five and of one again, from one file: what Keras computes."""
    images = images_for(model)
    wanted = model.predict(images, verbose=0)  # ONNX wants a model that has been used
    with warnings.catch_warnings():  # of the exporters' own insides
        warnings.simplefilter("ignore")
        exported = export(model, path)
    for batch in (1,) if export is litert_for_one_image else (1, 5, 1):
        try:
            found = exported(images[:batch])
        except RuntimeError as error:
            if "Flex delegate" not in str(error) or not on_tensorflow_2_20():
                raise
            pytest.skip("TensorFlow 2.20 converts this to operations of its own")
        assert found.shape == wanted[:batch].shape
        np.testing.assert_allclose(found, wanted[:batch], rtol=0, atol=TOLERANCE)


def with_large_weights(model):
    """Weights with which the intensities are some tenths, as after a training."""
    rng = np.random.default_rng(1)
    for layer in model.layers:
        layer.set_weights([rng.normal(0, 0.05, w.shape) for w in layer.get_weights()])
    return model


@on_tensorflow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("export", [saved_model, litert, litert_for_one_image, onnx])
def test_the_lectures_autoencoder_computes_the_same_elsewhere(export, way, tmp_path):
    model = models.build_autoencoder(implementation=way)
    for half in ("encoder", "decoder"):
        with_large_weights(model.get_layer(half))
    images = images_for(model)
    assert 0.1 < np.abs(model.predict(images, verbose=0)).max() < 1
    check(export, model, tmp_path)


# With an open batch, LiteRT's converter knows no convolution behind `UpSampling2D`.
@on_tensorflow
@pytest.mark.parametrize("export", [saved_model, litert_for_one_image, onnx])
@pytest.mark.parametrize(
    "build",
    [
        lambda: models.build_autoencoder((8, 12, 3), (3, 5), upsampling="nearest"),
        lambda: models.build_autoencoder(
            (8, 12, 3), (3, 5), kernel_sizes=((2, 3), 3, 4)
        ),
        lambda: models.build_dense_autoencoder(hidden_units=(20,)),
    ],
    ids=["nearest", "small kernels", "dense"],
)
def test_the_other_models_do_so_too(export, build, tmp_path):
    check(export, build(), tmp_path)


@on_tensorflow
@pytest.mark.parametrize(
    ("size", "filters", "kernel_size", "strides", "padding"),
    [
        ((5, 4), 3, (4, 6), 1, "same"),
        ((1, 1), 4, (6, 3), (1, 1), "same"),
        ((2, 1), 1, (12, 7), 2, "valid"),
        ((7, 7), 2, (5, 9), (3, 1), "same"),
        ((8, 1), 9, (3, 1), (2, 3), "same"),  # not thin: its columns are one block
    ],
)
def test_a_fourier_layer_whose_columns_are_one_block_goes_to_litert(
    size, filters, kernel_size, strides, padding, tmp_path
):
    layer = FourierConv2DTranspose(
        filters, kernel_size, strides, padding, implementation="fourier"
    )
    model = keras.Sequential([keras.Input((*size, 2)), layer])
    _, columns = layer._forms((None, *size, 2))
    assert layer.uses_fourier and columns.result.shape == (1, 1)
    check(litert, model, tmp_path)


def test_the_implementation_is_passed_on_and_changes_no_weight():
    weights = None
    for way in WAYS:
        decoder = models.build_decoder((8, 12, 1), (3, 2), implementation=way)
        for name in ("deconv2", "deconv1"):
            assert decoder.get_layer(name).implementation == way
            uses = decoder.get_layer(name).uses_fourier
            assert uses == (way == "fourier") or way == "auto"
        shapes = [tuple(weight.shape) for weight in decoder.weights]
        assert weights in (None, shapes)
        weights = shapes


def test_a_trained_model_becomes_one_of_another_implementation():
    trained = models.build_autoencoder((8, 12, 1), (3, 2), implementation="fourier")
    direct = models.build_autoencoder((8, 12, 1), (3, 2), implementation="direct")
    direct.set_weights(trained.get_weights())
    images = images_for(trained)
    np.testing.assert_allclose(
        direct.predict(images, verbose=0),
        trained.predict(images, verbose=0),
        rtol=0,
        atol=1e-6,
    )


@on_tensorflow
def test_the_example_in_the_readme_runs(tmp_path, monkeypatch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, example = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    if importlib.util.find_spec("tf2onnx") is None:
        example = re.sub(r".*onnx.*\n", "", example)
    monkeypatch.chdir(tmp_path)
    model = models.build_autoencoder((28, 28, 1), (2, 3))
    model.predict(images_for(model), verbose=0)
    exec(example, {"model": model, "keras": keras})
    assert {"folder", "model.tflite"} <= {path.name for path in tmp_path.iterdir()}
