"""The quiet start of a notebook, its seed, and its progress bars."""

import contextlib
import importlib.util
import logging
import os
import sys
import tempfile

QUIET = "CAE_KERAS_QUIET"  # set to 1 where a machine, not a person, runs the notebooks
MOVED = "CAE_KERAS_SEED"  # added to every seed: do the claims hold with another, too?
BACKENDS = ("tensorflow", "jax", "torch")  # that Keras can train on
RESTART = "then restart the kernel"


class NotReady(ValueError):
    """This computer cannot run the course as it is; a notebook shows the one line."""

    def _render_traceback_(self):  # IPython asks for it in place of a traceback
        return [f"{type(self).__name__}: {self}"]


def start(seed=0):
    """Start Keras alike everywhere, without its log lines, and set the seed.

    TensorFlow writes to the terminal while it is imported and when it first computes.
    Both happen here, with the standard error muted; if one of them fails, what was
    muted is shown. Where nobody chose otherwise, the backend is TensorFlow and its
    oneDNN kernels are on: TensorFlow leaves them off on some CPUs, and on one of those
    (2 cores of an AMD EPYC without AVX-512) they halved the time of a training step.

    Whatever `~/.keras/keras.json` says, images have their channels last, numbers are
    float32, and no GPU shortens them to TF32.

    Args:
        seed: as in `set_seed`.

    Raises:
        ValueError: if the seed is not an integer of 0 or more; if `KERAS_BACKEND` names
            no backend that can train, or one that is not installed; if Python runs
            with -O, which strips every `assert`.
    """
    _moved(seed)
    if sys.flags.optimize:
        raise NotReady(
            "Python must run without -O, which strips every check of the notebooks. "
            "Unset PYTHONOPTIMIZE and start Jupyter anew. "
            f"Received: -O level {sys.flags.optimize}"
        )
    os.environ["KERAS_BACKEND"] = usable_backend()
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow warns of "retracing" wherever several models are used in turn.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    with _muted_stderr():
        import keras

        keras.config.set_image_data_format("channels_last")
        keras.config.set_floatx("float32")
        use_full_float32()
        keras.ops.convert_to_numpy(keras.ops.ones(1) + 1)  # the first operation
    set_seed(seed)


def set_seed(seed):
    """Make the random numbers of Python, NumPy and the backend repeatable.

    On one machine the same seed gives the same numbers, on another nearly the same.
    The environment variable CAE_KERAS_SEED is added to every seed: so one can try
    whether what a notebook claims holds with other seeds, too.

    Args:
        seed: an integer of 0 or more.

    Raises:
        ValueError: if the seed, or CAE_KERAS_SEED, is not an integer of 0 or more.
    """
    moved = _moved(seed)
    import keras

    keras.utils.set_random_seed(moved)


def use_full_float32():
    """Keep a GPU from rounding the factors of a product to 10 bits (TF32).

    TensorFlow, JAX and PyTorch do so on recent GPUs, each for some operations, where
    nobody forbids it. On a CPU nothing changes.
    """
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


def chosen_backend():
    """Return the name of the backend that `KERAS_BACKEND` chooses, or TensorFlow's."""
    return os.environ.get("KERAS_BACKEND") or "tensorflow"  # Keras, too, ignores ""


def usable_backend():
    """Return the chosen backend, or refuse one that Keras cannot train on here.

    Raises:
        ValueError: if there is no such backend, or its package is missing.
    """
    name = chosen_backend()
    if name not in BACKENDS:
        raise NotReady(
            f"KERAS_BACKEND must be {', '.join(BACKENDS[:-1])} or {BACKENDS[-1]}. Set "
            f"it so, or unset it, {RESTART}. Received: {name!r}"
        )
    if importlib.util.find_spec(name) is None:
        other = "set it to" if name == "tensorflow" else "unset KERAS_BACKEND for"
        raise NotReady(
            f"KERAS_BACKEND is {name}, which is missing. Run: pip install {name}, or "
            f"{other} one that is installed, {RESTART}"
        )
    return name


def _moved(seed):
    """Return the seed with CAE_KERAS_SEED added, or refuse one of the two."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"`seed` must be an integer of 0 or more. Received: {seed!r}")
    moved = os.environ.get(MOVED, "0")
    if not moved.isdecimal():
        raise ValueError(
            f"{MOVED} must be an integer of 0 or more. Received: {moved!r}"
        )
    return seed + int(moved)


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
