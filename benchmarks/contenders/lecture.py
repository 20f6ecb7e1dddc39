"""What all contenders share: the initial weights, the images, and Adam's constants."""

import functools

import numpy as np

from cae_keras import data

LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7
FIRST_STEPS = 3  # of which each contender shows the losses
RESIDENT_BATCHES = 8  # that a bare loop goes round in

# In Keras's order and layout: transposed ones are (height, width, filters, channels).
SHAPES = {
    "conv1 kernel": (3, 3, 1, 32),
    "conv1 bias": (32,),
    "conv2 kernel": (3, 3, 32, 64),
    "conv2 bias": (64,),
    "conv3 kernel": (7, 7, 64, 2),
    "deconv3 kernel": (7, 7, 64, 2),
    "deconv3 bias": (64,),
    "deconv2 kernel": (14, 14, 32, 64),
    "deconv2 bias": (32,),
    "deconv1 kernel": (28, 28, 1, 32),
    "deconv1 bias": (1,),
}


def initial_weights():
    """Return the weights by name: kernels as Glorot draws them, biases near 0.

    No bias is 0, so that a contender which forgets one does not agree.
    """
    random = np.random.default_rng(0)
    weights = {}
    for name, shape in SHAPES.items():
        limit = 0.01
        if len(shape) == 4:
            limit = np.sqrt(6 / (shape[0] * shape[1] * (shape[2] + shape[3])))
        weights[name] = random.uniform(-limit, limit, shape).astype(np.float32)
    return weights


@functools.cache
def _images():
    (images, _), _ = data.load_mnist((1, 5, 6))
    return images


def images(count):
    """Return this many training images of the digits 1, 5 and 6, from the beginning.

    A few more than there are begin anew.
    """
    every = _images()
    if count <= len(every):
        return every[:count]
    return np.resize(every, (count, 28, 28, 1))


def batches(batch_size, count):
    """Return the first batches, an array (count, batch_size, 28, 28, 1)."""
    return images(count * batch_size).reshape(count, batch_size, 28, 28, 1)


def evidence(losses, first_moments):
    """Return what a contender shows: its first losses and its first gradients.

    Adam's first moment is (1 - beta_1) times the gradient after one step, so each
    contender's gradients are read where its own optimizer has put them.

    Args:
        losses: a number for each of the first steps.
        first_moments: after step 1, arrays in the order and layout of `SHAPES`.
    """
    shown = {"losses": np.array(losses, dtype=np.float64)}
    for name, moment in zip(SHAPES, first_moments, strict=True):
        shown[f"gradient of {name}"] = np.asarray(moment) / (1 - BETA_1)
    return shown
