"""Numbers: which ones can be drawn, and how they are written."""

import numpy as np

from ..shapes.arguments import one_per_axis, refuse

LARGEST_GRID = 12  # cells an axis: more cannot be read from the back of a room
LARGEST_KERNEL = 5
LONGEST_NUMBER = 7  # characters: 9999.99
MOST_TERMS, LONGEST_SUM = 16, 130  # of a sum that is written out in full


def drawable(name, values, largest=LARGEST_GRID):
    """Return an array (height, width) of int64 or float64, or refuse it.

    What is too large is refused before a copy is made of it.
    """
    if isinstance(values, (list, tuple)):
        rows = [row for row in values[: largest + 1] if isinstance(row, (list, tuple))]
        at_most(name, (len(values), max(map(len, rows), default=1)), largest)
    try:
        array = np.asarray(values)
    except ValueError:  # rows of unequal length
        array = np.asarray(None)
    if array.dtype.kind not in "buif":
        refuse(f"`{name}` must be an array of real numbers.", **{name: values})
    if array.ndim != 2:
        refuse(
            f"`{name}` must be one channel, an array (height, width): "
            "of an image with channels, pass one, as image[:, :, 0].",
            shape=array.shape,
        )
    at_most(name, array.shape, largest)
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):  # longer floats become inf: refused below
            array = array.astype(np.float64)
    if np.ma.is_masked(values) or not np.isfinite(array).all():
        refuse(f"All numbers of `{name}` must be known and finite.", **{name: values})
    for number in array.flat:
        refuse_long(number, name)
    # 8 or 16 bits would overflow; 64 are enough for all sums of such short numbers.
    return array if array.dtype.kind == "f" else array.astype(np.int64)


def at_most(name, shape, largest=LARGEST_GRID):
    """Refuse what has too many rows or columns to be drawn."""
    if not all(1 <= size <= largest for size in shape):
        refuse(
            f"The {name} must have 1 to {largest} rows and columns to be drawn.",
            shape=tuple(shape),
        )


def drawable_stride(stride):
    """Return a stride (rows, columns), or refuse one beyond all that can be drawn."""
    strides = one_per_axis("stride", stride, 2, 1)
    if max(strides) > LARGEST_GRID:
        refuse(
            f"`stride` must be at most {LARGEST_GRID} rows and columns to be drawn.",
            stride=stride,
        )
    return strides


def refuse_long(number, panel):
    """Refuse a number that does not fit into its cell."""
    if len(number_text(number)) > LONGEST_NUMBER:
        refuse(
            f"Each number must be written in {LONGEST_NUMBER} characters "
            "to fit into its cell.",
            number=number_text(number),
            panel=panel,
        )


def number_text(number):
    """Write an integer as it is, any other number with at most two decimals.

    >>> [number_text(number) for number in (7, -2, 0.5, 1 / 3, -0.001, 2.0)]
    ['7', '-2', '0.5', '0.33', '0', '2']
    """
    if isinstance(number, (int, np.integer)):
        return str(int(number))
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def factor_text(number):
    """Write a number as it stands in a product: a negative one in parentheses."""
    text = number_text(number)
    return f"({text})" if text.startswith("-") else text


def is_rounded(*arrays):
    """Tell whether two decimals are too few for one of these numbers."""
    return any(
        array.dtype.kind == "f" and not np.allclose(array, array.round(2), 0, 1e-6)
        for array in map(np.asarray, arrays)
    )


def equals(*arrays):
    """Return "=", or the sign for "about" where a number had to be rounded."""
    return "≈" if is_rounded(*arrays) else "="


def products(left, right):
    """Write the products of two arrays of one shape, row by row, as a list."""
    pairs = zip(np.ravel(left), np.ravel(right), strict=True)
    return [f"{factor_text(a)}·{factor_text(b)}" for a, b in pairs]


def joined(terms, sign):
    """Join terms; of many only the first and the last are written.

    >>> joined(["1·2", "3·4"], " + ")
    '1·2 + 3·4'
    >>> joined([f"{n}·1" for n in range(25)], " + ")
    '0·1 + 1·1 + 2·1 + 3·1 + 4·1 + 5·1 + ... + 22·1 + 23·1 + 24·1'
    """
    text = sign.join(terms)
    if len(terms) > MOST_TERMS or len(text) > LONGEST_SUM:
        text = sign.join([*terms[:6], "...", *terms[-3:]])
    return text


def stretch(name, part):
    """Write a stretch of rows or columns, as "rows 0-1" or "row 3".

    >>> stretch("row", slice(0, 2)), stretch("column", slice(3, 4))
    ('rows 0-1', 'column 3')
    """
    first, last = part.start, part.stop - 1
    return f"{name} {first}" if first == last else f"{name}s {first}-{last}"


def place(window):
    """Write where a window lies, as "rows 0-1, columns 2-3"."""
    return f"{stretch('row', window[0])}, {stretch('column', window[1])}"


def size_text(shape):
    """Write a shape, as "4x3"."""
    return "x".join(map(str, shape))


def both_axes(rule_of_rows, rule_of_columns):
    """Write one rule where the axes agree, else one for each."""
    if rule_of_rows == rule_of_columns:
        return rule_of_rows
    return f"rows: {rule_of_rows}; columns: {rule_of_columns}"
