"""The decoder's forward pass, ours or Keras's (TensorFlow)."""

import time

import numpy as np
import tensorflow as tf

from cae_keras import models

from . import lecture
from .keras_steps import keras_default


class Decoder:
    """Latent representations to images: one compiled call, without `predict`."""

    def __init__(self, batch_size, implementation):
        model = models.build_decoder()
        if implementation == "direct":
            model = keras_default(model)
        weights = lecture.initial_weights()
        model.set_weights([w for name, w in weights.items() if "deconv" in name])
        fourier = getattr(model.get_layer("deconv2"), "uses_fourier", False)
        self.note = "Fourier" if fourier else "direct"
        codes = np.random.default_rng(0).normal(size=(batch_size, 1, 1, 2))
        self.codes = tf.constant(codes, tf.float32)
        self.call = tf.function(lambda codes: model(codes, training=False))

    def evidence(self):
        return {"images": self.call(self.codes).numpy()}

    def run(self, steps):
        self.call(self.codes).numpy()  # not measured: wakes the threads
        began = time.perf_counter()
        for _ in range(steps):
            self.call(self.codes).numpy()
        return (time.perf_counter() - began) / steps


def make(**arguments):
    """Return a contender: the arguments of `Decoder`."""
    return Decoder(**arguments)
