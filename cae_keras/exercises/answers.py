"""What the judges of all notebooks share: how they read an answer, whatever it is.

A student's answer may be anything: endless, huge, full of None, a function that leaves
Python. Read by these, it ends in a hint, and never in an exception.
"""

import copy
import math
import operator
import re
import textwrap
import time
from numbers import Number

import numpy as np

from .. import data

MOST = 10_000  # numbers in an answer: each exercise asks for far fewer
LARGEST = 1e100  # of them: its square and its sums are still finite
PATIENCE, AT_MOST = 10, 60  # seconds: after 10, a model must promise to end in 60


def whole(answer):
    """Return a whole number as an int, None for anything else."""
    try:
        truth = type(answer).__name__ in ("bool", "bool_")  # Python's and NumPy's
        return None if truth else operator.index(answer)
    except Exception:
        return None


def whole_numbers(answer):
    """Return a list, tuple or row of whole numbers as a tuple of ints, else None."""
    if not isinstance(answer, (list, tuple)):
        answer, _ = as_array(answer)
        if answer is None or answer.ndim != 1:
            return None
    if len(answer) > MOST:
        return None
    given = tuple(map(whole, answer))
    return None if None in given else given


def number(answer):
    """Return one real number, NaN and infinity too, as a float, else None."""
    array, _ = as_array(answer)
    if array is None or array.shape != () or array.dtype.kind not in "iuf":
        return None
    return float(array)


def numbers(answer):
    """Return an answer of real, finite numbers as a float64 array, else None."""
    array, _ = as_array(answer)
    if array is None or array.dtype.kind == "c" or array.size > MOST:
        return None
    array = array.astype(float)
    return array if np.abs(array).max(initial=0) <= LARGEST else None  # not with a NaN


def pair(answer):
    """Return the two parts of an answer, (None, None) where there are not two."""
    two = isinstance(answer, (list, tuple)) and len(answer) == 2
    return tuple(answer) if two else (None, None)


def as_array(answer):
    """Return an answer as a NumPy array, and what it is where it is none.

    Args:
        answer: anything. Numbers, complex ones too, and lists, arrays and tensors of
            any backend make an array; what holds strings or None does not.

    Returns:
        `(array, None)`, a large array uncopied; or `(None, such as "a list that holds
        None")`.
    """
    try:
        if isinstance(answer, (list, tuple)):
            kind, size = _article(answer), 0
            for entry in _entries(answer):
                if not _is_numeric(entry):
                    return None, f"{kind} that holds {_article(entry)}"
                size += math.prod(getattr(entry, "shape", ()))
                if size > MOST:
                    return None, f"{kind} of more than {MOST:,} numbers"
        elif not _is_numeric(answer):
            return None, _article(answer)
        array = np.asarray(_plain(answer))
        # Fractions, and integers of more than 64 bits; not None, which would be a NaN.
        objects = array.dtype == object and array.size <= MOST
        if objects and all(map(_is_numeric, array.flat)):
            array = array.astype(float)
        if array.dtype.kind in "biufc":
            return array, None
    except Exception:  # such as rows of different lengths
        pass
    return None, f"{_article(answer)} of which NumPy makes no array of numbers"


def is_function(answer):
    """Tell whether this can be called and is no layer or model, which might be huge."""
    return callable(answer) and not hasattr(answer, "get_weights")


def returned(who, function, *arguments):
    """Call a student's function; return its array, and a hint where there is none.

    The function is given copies, since it may write into them.

    Args:
        who: how a hint begins, such as "For 4x4 pixels your function".
        function, *arguments: what is called.

    Returns:
        `(array, None)` or `(None, hint)`.
    """
    try:
        result = function(*copy.deepcopy(arguments))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() too
        return None, f"{who} raised {failure(error)}"
    if result is None:
        return None, f"{who} returns None. Does it end with `return`?"
    array, instead = as_array(result)
    return array, instead and f"{who} returns {instead}; it should return numbers."


def failure(error):
    """Return an exception's kind and message in one line, not too long."""
    try:
        message = str(error)[:2000]
    except Exception:  # an exception of the student's own
        message = ""
    message = textwrap.shorten(message, 300, placeholder=" ...")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def plain(text):
    """Return a text without the codes of bold and colours, and ready to be printed."""
    return re.sub(r"\x1b\[[\d;]*m", "", text).encode(errors="replace").decode()


def trained_model(answer):
    """Read the answer (model, test error) of a model of the builder.

    Returns:
        `(model, latent_channels, parameters, error, None)`, or four times None and a
        hint.
    """
    model, error = pair(answer)
    hint = "The answer is the pair (model, test error), with a model of the builder."
    try:
        latent_channels = whole(model.get_layer("encoder").output_shape[-1])
        parameters = whole(model.count_params())
    except Exception:
        latent_channels = None
    if latent_channels is not None and parameters is not None:
        error = number(error)
        if error is not None:
            return model, latent_channels, parameters, error, None
        hint = (
            "The answer is the pair (model, test error), and the error is one number: "
            "the first, if `evaluate` returns several."
        )
    return None, None, None, None, hint


def measured_error(model, error):
    """Return a model's error on these digits, and a hint where `error` is another."""
    sizes = getattr(model, "input_shape", None)
    if isinstance(sizes, tuple) and len(sizes) == 4:
        sizes = sizes[1:]
        if any(
            size not in (None, n) for size, n in zip(sizes, (28, 28, 1), strict=True)
        ):
            return None, (
                f"This model reads images of {'x'.join(map(str, sizes))}, the digits "
                "have 28x28x1: leave `input_shape` out."
            )
    _, (images, _) = data.load_mnist(digits=(1, 5, 6))
    deadline = _deadline(len(images))
    reconstructions, hint = returned(
        "On the 2,985 test images of 1, 5 and 6 this model",
        lambda images: model.predict(images, verbose=0, callbacks=[deadline]),
        images,
    )
    if deadline.minutes:
        return None, (
            f"This model would take {deadline.minutes:.0f} minutes for the 2,985 test "
            "images of 1, 5 and 6. Take a smaller one."
        )
    if hint:
        return None, hint
    if reconstructions.shape != images.shape:
        return None, (
            f"Of images {images.shape} this model makes {reconstructions.shape}; it "
            "should return the images."
        )
    if not np.isfinite(reconstructions).all():
        return None, "This model returns NaN: its training has failed. Build it again."
    measured = float(np.mean(np.subtract(images, reconstructions, dtype=float) ** 2))
    if abs(error - measured) <= 0.01 * measured:
        return measured, None
    return measured, (
        f"On the 2,985 test images of 1, 5 and 6 this model has the error "
        f"{measured:.4f}, you gave {error:.4f}. On which images did you measure, "
        "and has the model been trained since?"
    )


def pca_error():
    """Return the test error of a PCA with two numbers on the digits 1, 5 and 6."""
    (row,) = data.load_expected_results((1, 5, 6), "pca", latent_numbers=2)
    return row["test_mse"]


def _entries(answer):
    """Yield what nested lists hold, one after the other."""
    if isinstance(answer, (list, tuple)):
        for entry in answer:
            yield from _entries(entry)
    else:
        yield answer


def _is_numeric(answer):
    """Tell whether this is a number, an array or a tensor."""
    return isinstance(answer, Number) or hasattr(answer, "__array__")


def _plain(answer):
    """Return nested lists with NumPy's arrays in place of Keras's tensors."""
    if isinstance(answer, (list, tuple)):
        return [_plain(entry) for entry in answer]
    if isinstance(answer, (Number, np.generic, np.ndarray)):
        return answer
    from keras import ops

    return ops.convert_to_numpy(answer)


def _article(answer):
    """Return "None", "a list", "an object": what an answer is."""
    if answer is None:
        return "None"
    name = type(answer).__name__
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def _deadline(images):
    """Return a callback that stops a `predict` which would take minutes."""
    import keras

    batches = -(-images // 32)

    class Deadline(keras.callbacks.Callback):
        minutes = None  # that it would have taken, where it was stopped

        def on_predict_batch_end(self, batch, logs=None):
            if batch == 0:  # with what is compiled
                self.start = time.perf_counter()
                return
            seconds = time.perf_counter() - self.start
            if seconds > PATIENCE and seconds / batch * batches > AT_MOST:
                self.minutes = seconds / batch * batches / 60
                raise TimeoutError

    return Deadline()
