"""The rules that every argument of this folder follows, each said once."""

import operator
from collections.abc import Mapping

MOST = 10**6  # of what is listed one by one: more takes seconds and memory


def refuse(sentence, /, **received):
    """Raise a ValueError: what must hold, then what came instead."""
    listed = ", ".join(f"{name}={value!r}" for name, value in received.items())
    raise ValueError(f"{sentence} Received: {listed}")


def whole_number(name, value, least):
    """Return `value` as an int of at least `least`; NumPy's integers are welcome.

    True and False are refused: they are integers to Python, and never a size.
    """
    try:
        # Python's, and NumPy's, which NumPy 2.1 takes for whole numbers.
        truth = type(value).__name__ in ("bool", "bool_")
        number = None if truth else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        refuse(
            f"`{name}` must be a whole number and at least {least}.", **{name: value}
        )
    return number


def in_order(value):
    """Return the entries of an ordered collection as a tuple; None for anything else.

    Tuples, lists, NumPy's arrays and TensorFlow's shapes have an order. A set has none,
    a generator can be read only once, and of a dict the keys would count.
    """
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__getitem__"):
        return None
    try:
        return tuple(value)
    except TypeError:  # a NumPy number, say
        return None


def padding_rule(padding):
    """Return "valid", "same" or a pair (before, after); an int pads both sides."""
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            refuse(
                '`padding` must be "valid", "same", an int or a pair (before, after).',
                padding=padding,
            )
        return padding
    sides = in_order(padding)
    if sides is None:
        sides = padding, padding
    if len(sides) != 2:
        refuse("A `padding` pair must be (before, after).", padding=padding)
    return tuple(whole_number("padding", side, 0) for side in sides)


def one_per_axis(name, value, axes, least):
    """Return one whole number an axis; a single one serves every axis."""
    values = in_order(value)
    if values is None:
        values = (value,) * axes
    if len(values) != axes:
        refuse(
            f"`{name}` must be one number or {axes} of them, one for each axis.",
            **{name: value},
        )
    return tuple(whole_number(name, one, least) for one in values)


def one_of(name, value, words):
    """Return one of several words, or refuse it."""
    if not isinstance(value, str) or value not in words:
        listed = ", ".join(f'"{word}"' for word in words[:-1])
        refuse(f'`{name}` must be {listed} or "{words[-1]}".', **{name: value})
    return value


def never_both(stride, dilation, /, **received):
    """Refuse a stride over 1 beside a dilation over 1, as Keras does."""
    if stride > 1 and dilation > 1:
        refuse("Stride and dilation must not both be over 1.", **received)


def not_too_many(number, things, /, **received):
    """Refuse to list so many things, before memory is taken for them."""
    if number > MOST:
        refuse(f"There must be at most {MOST:,} {things}, not {number:,}.", **received)
