"""The lecture's training step in plain JAX, without Keras."""

import itertools
import time

import jax
import jax.numpy as jnp
from jax import lax

from cae_keras.shapes import conv_transpose_cropping

from . import lecture

AXES = ("NHWC", "HWIO", "NHWC")


def _convolve(images, kernel, padding):
    return lax.conv_general_dilated(
        images, kernel, (1, 1), padding, dimension_numbers=AXES
    )


def _transposed(images, kernel, stride, padding):
    """Keras's transposed convolution: zeros between the pixels, a flipped kernel."""
    size = kernel.shape[0]
    before, after = conv_transpose_cropping(images.shape[1], size, stride, padding)
    return lax.conv_general_dilated(
        images,
        jnp.flip(kernel, (0, 1)).transpose(0, 1, 3, 2),
        (1, 1),
        [(size - 1 - before, size - 1 - after)] * 2,
        lhs_dilation=(stride, stride),
        dimension_numbers=AXES,
    )


def _pool(images):
    window = (1, 2, 2, 1)
    return lax.reduce_window(images, -jnp.inf, lax.max, window, window, "VALID")


def reconstruct(weights, images):
    """Return the lecture's reconstructions; `weights` by the names of `lecture`."""
    w = weights
    x = _convolve(images, w["conv1 kernel"], "SAME") + w["conv1 bias"]
    x = _pool(jax.nn.relu(x))
    x = _convolve(x, w["conv2 kernel"], "SAME") + w["conv2 bias"]
    x = _pool(jax.nn.relu(x))
    x = _convolve(x, w["conv3 kernel"], "VALID")
    x = jax.nn.relu(_transposed(x, w["deconv3 kernel"], 1, "valid") + w["deconv3 bias"])
    x = jax.nn.relu(_transposed(x, w["deconv2 kernel"], 2, "same") + w["deconv2 bias"])
    return _transposed(x, w["deconv1 kernel"], 2, "same") + w["deconv1 bias"]


def _loss(weights, images):
    return jnp.mean((reconstruct(weights, images) - images) ** 2)


def _step(state, images):
    """Return Adam's next state and the loss, by Keras's formula."""
    weights, first, second, count = state
    loss, gradients = jax.value_and_grad(_loss)(weights, images)
    b1, b2 = lecture.BETA_1, lecture.BETA_2
    count = count + 1
    rate = lecture.LEARNING_RATE * jnp.sqrt(1 - b2**count) / (1 - b1**count)
    first = jax.tree.map(lambda m, g: m + (g - m) * (1 - b1), first, gradients)
    second = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - b2), second, gradients)
    weights = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) + lecture.EPSILON),
        weights,
        first,
        second,
    )
    return (weights, first, second, count), loss


class Plain:
    """Training in a bare loop, jitted, on arrays that lie ready."""

    note = "direct"

    def __init__(self, batch_size):
        weights = jax.tree.map(jnp.asarray, lecture.initial_weights())
        zeros = jax.tree.map(jnp.zeros_like, weights)
        self.state = (weights, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0))
        self.step = jax.jit(_step, donate_argnums=0)
        batches = lecture.batches(batch_size, lecture.RESIDENT_BATCHES)
        self.batches = [jnp.asarray(batch) for batch in batches]

    def evidence(self):
        losses, moments = [], None
        for batch in self.batches[: lecture.FIRST_STEPS]:
            self.state, loss = self.step(self.state, batch)
            losses.append(float(loss))
            moments = moments or [
                jax.device_get(self.state[1][name]).copy() for name in lecture.SHAPES
            ]
        return lecture.evidence(losses, moments)

    def run(self, steps):
        self.state, loss = self.step(self.state, self.batches[-1])
        jax.block_until_ready(self.state)  # not measured: wakes the threads
        began = time.perf_counter()
        for batch in itertools.islice(itertools.cycle(self.batches), steps):
            self.state, loss = self.step(self.state, batch)
        float(loss)
        jax.block_until_ready(self.state)
        return (time.perf_counter() - began) / steps


def make(batch_size):
    """Return a contender."""
    return Plain(batch_size)
