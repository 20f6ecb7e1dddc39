"""The lecture's training step in Keras, on the backend of this process."""

import itertools
import time

import keras

from cae_keras import models
from cae_keras.layers import FourierConv2DTranspose

from . import STEPS_PER_EXECUTION, lecture


def keras_default(model):
    """Return the same model as Keras alone has it, with its own `Conv2DTranspose`."""

    def own(layer):
        config = layer.get_config()
        if isinstance(layer, FourierConv2DTranspose):
            config.pop("implementation", None)
            return keras.layers.Conv2DTranspose.from_config(config)
        return type(layer).from_config(config)

    return keras.models.clone_model(model, clone_function=own, recursive=True)


class _StepTimer(keras.callbacks.Callback):
    """The seconds from the end of the first execution to the end of the epoch.

    So neither what `fit` does before and after the epoch counts, nor the start of its
    data pipeline, which a real epoch shares among hundreds of steps.
    """

    async_safe = True  # without this Keras would call all callbacks in another way

    def __init__(self):
        super().__init__()
        self.began = None

    def on_train_batch_end(self, batch, logs=None):
        if self.began is None:  # the first loss is known
            self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        float(logs["loss"])
        self.seconds = time.perf_counter() - self.began


class Fit:
    """Training by `fit`, as the notebooks do it."""

    def __init__(self, model, batch_size, steps_per_execution=1):
        self.model, self.batch_size = model, batch_size
        self.group = steps_per_execution
        # Given only where it is not 1: Keras on PyTorch takes no other.
        groups = (
            {}
            if steps_per_execution == 1
            else {"steps_per_execution": steps_per_execution}
        )
        adam = keras.optimizers.Adam(lecture.LEARNING_RATE)
        model.compile(optimizer=adam, loss="mse", **groups)
        model.set_weights(list(lecture.initial_weights().values()))
        ours = model.get_layer("decoder").get_layer("deconv2")
        self.note = "Fourier" if getattr(ours, "uses_fourier", False) else "direct"

    def evidence(self):
        """Return the first losses and gradients, one `fit` a step."""
        losses, moments = [], None
        for batch in lecture.batches(self.batch_size, lecture.FIRST_STEPS):
            history = self._fit(batch, shuffle=False)
            losses.append(history.history["loss"][0])
            moments = moments or self._first_moments()
        return lecture.evidence(losses, moments)

    def run(self, steps):
        timer, before = _StepTimer(), self._iterations()
        count = self.group + steps  # the first group is not measured
        self._fit(lecture.images(count * self.batch_size), callbacks=[timer])
        done = self._iterations() - before
        if done != count:
            raise ValueError(f"There must be {count} steps. Received: {done}")
        return timer.seconds / steps

    def _fit(self, images, **arguments):
        return self.model.fit(
            images, images, batch_size=self.batch_size, verbose=0, **arguments
        )

    def _iterations(self):
        return int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))

    def _first_moments(self):
        return [
            keras.ops.convert_to_numpy(variable)
            for variable in self.model.optimizer.variables
            if variable.path.endswith("momentum")
        ]


class Loop(Fit):
    """The same step without `fit`: compiled, on tensors that lie ready."""

    def __init__(self, model, batch_size):
        import tensorflow as tf

        super().__init__(model, batch_size)
        weights, optimizer = model.trainable_variables, model.optimizer
        optimizer.build(weights)
        batches = lecture.batches(batch_size, lecture.RESIDENT_BATCHES)
        self.batches = [tf.constant(batch) for batch in batches]

        @tf.function(jit_compile=model.jit_compile)  # as Keras itself decides it
        def step(images):
            with tf.GradientTape() as tape:
                result = model(images, training=True)
                loss = tf.reduce_mean(tf.square(result - images))
            gradients = tape.gradient(loss, [weight.value for weight in weights])
            optimizer.apply(gradients, weights)
            return loss

        self.step = step

    def evidence(self):
        losses, moments = [], None
        for batch in self.batches[: lecture.FIRST_STEPS]:
            losses.append(float(self.step(batch)))
            moments = moments or self._first_moments()
        return lecture.evidence(losses, moments)

    def run(self, steps):
        float(self.step(self.batches[-1]))  # not measured: wakes the threads
        began = time.perf_counter()
        for batch in itertools.islice(itertools.cycle(self.batches), steps):
            loss = self.step(batch)
        float(loss)
        return (time.perf_counter() - began) / steps


def make(batch_size, implementation, way):
    """Return a contender.

    Args:
        batch_size: images a step.
        implementation: "direct" is Keras's own layers, "auto" ours.
        way: "fit", "fit in groups" (of `STEPS_PER_EXECUTION` steps) or "loop".
    """
    model = models.build_autoencoder()
    if implementation == "direct":
        model = keras_default(model)
    if way == "loop":
        return Loop(model, batch_size)
    in_groups = way == "fit in groups"
    return Fit(model, batch_size, STEPS_PER_EXECUTION if in_groups else 1)


def device():
    """Return the devices of this backend as text."""
    try:
        return ", ".join(keras.distribution.list_devices())
    except Exception:  # not every backend can tell
        found = keras.ops.zeros(1)
        return str(getattr(found, "device", "unknown"))


def one_dnn():
    """Return whether TensorFlow uses oneDNN in this process."""
    from tensorflow.python.framework import test_util

    return bool(test_util.IsMklEnabled())
