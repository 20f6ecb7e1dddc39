"""Rounding as on a GPU, without one: CAE_KERAS_NOISE=1e-6 python -m pytest tests

A GPU sums in another order from algorithm to algorithm, and may choose another one for
each call. So here the float32 results of Keras's convolutions and products of matrices,
and the gradients that come back to them, get a random error at every number, relative
to the largest: 1e-6 as in float32, 1e-3 as in TF32. No GPU convolves integers.
"""

from functools import wraps

from keras.src import backend

FUNCTIONS = {
    backend.nn: ("conv", "depthwise_conv", "conv_transpose", "average_pool"),
    backend.numpy: ("matmul", "dot", "einsum", "tensordot"),
    backend.image: ("resize",),
}


def add(level):
    """Give what these functions return an error of `level`, for the whole process."""
    shake = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[backend.backend()]
    for module, names in FUNCTIONS.items():
        for name in names:
            setattr(module, name, _shaken(getattr(module, name), shake(level)))


def _shaken(function, shake):
    @wraps(function)
    def shaken(*arguments, **named):
        result = function(*arguments, **named)
        dtype = backend.standardize_dtype(result.dtype)
        if "float" not in dtype:
            raise NotImplementedError(f"There is no {function.__name__} of {dtype}.")
        exact = dtype != "float32" or named.get("interpolation") == "nearest"
        return result if exact else shake(result)

    return shaken


def _tensorflow(level):
    import tensorflow as tf

    def noisy(x):
        scale = level * tf.reduce_max(tf.abs(x))
        return x + scale * tf.random.uniform(tf.shape(x), -1, 1)

    return tf.custom_gradient(lambda x: (noisy(x), noisy))


def _jax(level):
    import jax
    import numpy as np

    random = np.random.default_rng()

    def noisy(x):  # what is compiled keeps the errors that it was compiled with
        key = jax.random.key(random.integers(2**31))
        error = jax.random.uniform(key, x.shape, minval=-1)
        return x + level * jax.numpy.max(abs(x), initial=0) * error

    shake = jax.custom_vjp(noisy)
    shake.defvjp(lambda x: (noisy(x), None), lambda _, gradient: (noisy(gradient),))
    return shake


def _torch(level):
    import torch

    def noisy(x):
        if not x.numel():
            return x
        return x + level * x.abs().amax() * (2 * torch.rand_like(x) - 1)

    class Shake(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            return noisy(x)

        @staticmethod
        def backward(context, gradient):
            return noisy(gradient)

    return Shake.apply
