"""The quiet start of a notebook, and its progress bars."""

import contextlib
import logging
import os
import sys
import tempfile

QUIET = "CAE_KERAS_QUIET"  # set to 1 where a machine, not a person, runs the notebooks


def start(seed=0):
    """Start Keras without its log lines, and make what follows reproducible.

    TensorFlow writes to the terminal while it is imported and when it first computes.
    Both happen here, with the standard error muted; if one of them fails, what was
    muted is shown. Where nobody chose otherwise, the backend is TensorFlow and its
    oneDNN kernels are on: TensorFlow leaves them off on some CPUs, and on one of those
    (2 cores of an AMD EPYC without AVX-512) they halved the time of a training step.

    Args:
        seed: the seed of Python's, NumPy's and the backend's random numbers. On one
            machine the same seed gives the same numbers, on another nearly the same.

    Raises:
        ValueError: if the seed is not an integer of 0 or more.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"`seed` must be an integer of 0 or more. Received: {seed!r}")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow warns of "retracing" wherever several models are used in turn.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    with _muted_stderr():
        import keras

        keras.ops.convert_to_numpy(keras.ops.ones(1) + 1)  # the first operation
    keras.utils.set_random_seed(seed)


def use_full_float32():
    """Let the backend in use compute in float32, not in TF32 as on some GPUs."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(False)
    elif backend == "jax":
        import jax

        jax.config.update("jax_default_matmul_precision", "highest")
    elif backend == "torch":
        import torch

        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False


def progress():
    """Return Keras's `verbose` for `fit`: a progress bar for a person, else silence.

    Returns:
        1, or 0 when the notebook is run by a test or by `make notebooks`, where a bar
        would be different on each run.

    Example:
        >>> progress() in (0, 1)
        True
    """
    machine = os.environ.get(QUIET) == "1" or "PYTEST_CURRENT_TEST" in os.environ
    return 0 if machine else 1


@contextlib.contextmanager
def _muted_stderr():
    """Mute file descriptor 2, which compiled code writes to; replay it on an error."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as muted:
        saved = os.dup(2)
        os.dup2(muted.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            if failed:
                muted.seek(0)
                sys.stderr.write(muted.read().decode(errors="replace"))
