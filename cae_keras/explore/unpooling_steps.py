"""Unpooling, number by number."""

import numpy as np

from ..shapes.arguments import one_per_axis, refuse, whole_number
from .sliding import output_panel
from .steps import Frame, Steps, panel
from .wording import at_most, both_axes, drawable, number_text, place, size_text


def unpooling(image, factor=2, method="nearest", indices=None, output_size=None):
    """Show an unpooling: each number goes back into the block that it stands for.

    "nearest" copies it to the whole block; "bed of nails" puts it into the upper left
    corner of the block and 0 elsewhere; "max" puts it where the pooling had found it
    and 0 elsewhere.

    Args:
        image: array (height, width) of finite real numbers; it and the output have at
            most 12 rows and columns.
        factor: an int, or a pair (rows, columns): the size of a block.
        method: "nearest", "bed of nails" or "max".
        indices: for "max", whole numbers, one for each of the image's: its place in its
            block, counted row by row from 0.
        output_size: for "max", the pair (height, width) of the output, or None: the
            image's size times the factor.

    Returns:
        The `Steps`, one a number of the image, row by row.

    Raises:
        ValueError: the image has channels, the output would have more than 12 rows or
            columns, an argument cannot be, an index is no place of a block, or no
            pooling takes `output_size` to the image's size.

    Example:
        >>> unpooling([[5, 8]], method="bed of nails").output
        array([[5, 0, 8, 0],
               [0, 0, 0, 0]])
        >>> steps = unpooling([[5, 8]], method="max", indices=[[1, 3]])
        >>> steps[1].calculation
        '8 goes to index 3 = 1·2 + 1 of its block: row 1, column 3'
        >>> steps.output
        array([[0, 5, 0, 0],
               [0, 0, 0, 8]])

    Source: lecture C, C12, C16.
    """
    if method not in ("nearest", "bed of nails", "max"):
        refuse('`method` must be "nearest", "bed of nails" or "max".', method=method)
    image = drawable("image", image)
    factors = one_per_axis("factor", factor, 2, 1)
    shape = tuple(n * f for n, f in zip(image.shape, factors, strict=True))
    if method == "max":
        if output_size is not None:
            shape = one_per_axis("output_size", output_size, 2, 1)
        at_most("output", shape)
        places = _places(image, indices, factors)
        _refuse_other_sizes(image, factors, shape)
        told = output_size is not None
        rule = f"{size_text(shape)}, as told" if told else _rule(image.shape, factors)
        frames = _back(image, places, indices, factors, shape, rule)
    else:
        if indices is not None or output_size is not None:
            refuse(
                '`indices` and `output_size` belong to the method "max".',
                method=method,
                indices=indices,
                output_size=output_size,
            )
        at_most("output", shape)
        frames = _blocks(image, factors, shape, method, _rule(image.shape, factors))
    return Steps(f"unpooling, {method}", frames)


def _blocks(image, factors, shape, method, rule):
    """Yield a frame for each number, which fills its block."""
    output = np.ma.masked_all(shape, image.dtype)
    block_size = factors[0] * factors[1]
    for r, c in np.ndindex(image.shape):
        row, column = r * factors[0], c * factors[1]
        block = slice(row, row + factors[0]), slice(column, column + factors[1])
        text = number_text(image[r, c])
        if method == "nearest":
            output[block] = image[r, c]
            calculation = f"{text} is copied to {place(block)}"
        else:
            output[block] = 0
            output[row, column] = image[r, c]
            calculation = f"{text} goes to row {row}, column {column}"
            if block_size > 1:
                calculation += "; the rest of its block is 0"
        yield _frame(image, (r, c), (), output, block, calculation, rule)


def _back(image, places, indices, factors, shape, rule):
    """Yield a frame for each number, which goes to its place in its block."""
    output = np.ma.array(np.zeros(shape, image.dtype), mask=np.zeros(shape, bool))
    for row, column in places.values():
        output[row, column] = np.ma.masked
    indices = np.asarray(indices)
    for (r, c), (row, column) in places.items():
        output[row, column] = image[r, c]
        i, j = row - r * factors[0], column - c * factors[1]
        calculation = (
            f"{number_text(image[r, c])} goes to index {indices[r, c]} "
            f"= {i}·{factors[1]} + {j} of its block: row {row}, column {column}"
        )
        read = slice(r, r + 1), slice(c, c + 1)
        written = slice(row, row + 1), slice(column, column + 1)
        beside = panel("indices", "indices", indices, window=read, sign="at")
        yield _frame(image, (r, c), (beside,), output, written, calculation, rule)


def _frame(image, pixel, beside, output, window, calculation, rule):
    """Return the frame in which a pixel is written to a window of the output."""
    r, c = pixel
    read = slice(r, r + 1), slice(c, c + 1)
    title = f"input {size_text(image.shape)}"
    return Frame(
        panels=(
            panel("input", title, image, window=read),
            *beside,
            output_panel(output, window, "→"),
        ),
        output=output.copy(),
        calculation=calculation,
        rule=rule,
    )


def _places(image, indices, factors):
    """Return the output's row and column for each pixel of the image."""
    if np.shape(indices) != image.shape:
        refuse(
            '`indices` must have the shape of the image for the method "max".',
            indices=indices,
            image_shape=image.shape,
        )
    places = {}
    for r, c in np.ndindex(image.shape):
        index = whole_number("indices", np.asarray(indices)[r, c], 0)
        if index >= factors[0] * factors[1]:
            refuse(
                "Each index must be a place of its block.", index=index, factor=factors
            )
        i, j = divmod(index, factors[1])
        places[r, c] = r * factors[0] + i, c * factors[1] + j
    return places


def _refuse_other_sizes(image, factors, output_size):
    sizes = zip(image.shape, factors, output_size, strict=True)
    if any(output // factor != size for size, factor, output in sizes):
        refuse(
            "A pooling must take `output_size` to the size of the image.",
            output_size=output_size,
            factor=factors,
            image_shape=image.shape,
        )


def _rule(shape, factors):
    """Write the rule with this case's numbers."""
    return both_axes(
        *(f"{n}·{f} = {n * f}" for n, f in zip(shape, factors, strict=True))
    )
