"""The rules that the arguments of all builders follow, each said once."""

import keras

from ..shapes.arguments import in_order, refuse, whole_number

# 1 GiB of float32, and four in training with the gradients and Adam's two moments: a
# larger model is a slip of the hand here, and would take the computer down with it.
MOST_WEIGHTS = 2**28


def entries_of(value, length, name, meaning):
    """Return `value` as a tuple of `length` entries (None: any), or refuse it."""
    entries = in_order(value)
    if entries is None or length not in (None, len(entries)):
        refuse(f"`{name}` must be {meaning}.", **{name: value})
    return entries


def whole_numbers(value, length, name, meaning):
    """Return `value` as a tuple of `length` ints of at least 1, or refuse it."""
    return tuple(
        whole_number(f"{name}[{i}]", entry, 1)
        for i, entry in enumerate(entries_of(value, length, name, meaning))
    )


def image_shape(input_shape):
    """Return (height, width, channels), or refuse it."""
    return whole_numbers(
        input_shape, 3, "input_shape", "three integers (height, width, channels)"
    )


def activation(name, value):
    """Return an activation that Keras knows, or refuse it."""
    try:
        if value is None or isinstance(value, str) or callable(value):
            keras.activations.get(value)
            return value
    except ValueError:
        pass
    refuse(
        f'`{name}` must be None, a name that Keras knows, such as "sigmoid", or a '
        "function.",
        **{name: value},
    )


def affordable(weights, /, **received):
    """Refuse a model of so many weights, before memory is taken for it."""
    if weights > MOST_WEIGHTS:
        refuse(
            f"The model must have at most {MOST_WEIGHTS:,} weights, not {weights:,}.",
            **received,
        )
