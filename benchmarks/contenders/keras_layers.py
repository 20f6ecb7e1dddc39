"""One transposed convolution with both its gradients, ours or Keras's (TensorFlow)."""

import time

import keras
import numpy as np
import tensorflow as tf

from cae_keras.layers import FourierConv2DTranspose


class Layer:
    """Forward pass, gradient of the input and gradients of the weights."""

    def __init__(self, batch_size, input_shape, filters, kernel_size, implementation):
        kind = FourierConv2DTranspose
        if implementation == "direct":
            kind = keras.layers.Conv2DTranspose
        layer = kind(filters, kernel_size, strides=2, padding="same")
        layer.build((None, *input_shape))
        random = np.random.default_rng(0)
        layer.set_weights(
            [random.normal(size=w.shape) / kernel_size for w in layer.weights]
        )
        fourier = getattr(layer, "uses_fourier", False)
        self.note = "Fourier" if fourier else "direct"
        images = random.normal(size=(batch_size, *input_shape)).astype(np.float32)
        self.images = tf.constant(images)
        size = layer.compute_output_shape(self.images.shape)
        factors = tf.constant(random.normal(size=size).astype(np.float32))
        weights = [weight.value for weight in layer.weights]

        @tf.function
        def step(images):
            with tf.GradientTape() as tape:
                tape.watch(images)
                result = layer(images)
                total = tf.reduce_sum(result * factors)
            return [result, *tape.gradient(total, [images, *weights])]

        self.step = step

    def evidence(self):
        names = ("output", "input's gradient", "kernel's gradient", "bias's gradient")
        values = [value.numpy() for value in self.step(self.images)]
        return dict(zip(names, values, strict=True))

    def run(self, steps):
        self.step(self.images)  # not measured: wakes the threads
        began = time.perf_counter()
        for _ in range(steps):
            values = self.step(self.images)
        for value in values:
            value.numpy()
        return (time.perf_counter() - began) / steps


def make(**arguments):
    """Return a contender: the arguments of `Layer`."""
    return Layer(**arguments)
