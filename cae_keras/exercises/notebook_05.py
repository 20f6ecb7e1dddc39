"""Notebook 05: a row by hand, larger pools, a mended unpooling, another order."""

import numpy as np

from .. import data
from .answers import (
    as_array,
    is_function,
    number,
    numbers,
    pair,
    returned,
    whole_numbers,
)

LARGEST_ERROR, FEWEST_MOVED = 0.03, 700  # of 05d


def row_by_hand(answer):
    """05a: the row 2 10 6, twice as long, bilinear with half-pixel."""
    row, p = [2, 10, 6], np.arange(6)
    half_pixel, align_corners = (p + 1 / 2) / 2 - 1 / 2, p * 2 / 5
    given = numbers(answer)
    if given is None or given.shape != (6,):
        return "The answer is a list of six numbers, the last one under the 6."
    if np.allclose(given, np.interp(half_pixel, range(3), row), atol=1e-6):
        return None
    if np.allclose(given, np.interp(align_corners, range(3), row), atol=0.05):
        return "That is align-corners: the first and the last pixels on one another."
    if np.array_equal(given, np.repeat(row, 2)):
        return "That is nearest neighbour: each pixel twice. Bilinear draws lines."
    if not np.allclose(given[[0, 5]], [2, 6]):
        return (
            "The first and the last output lie beyond the centres of the outer pixels: "
            "2 and 6 as they are."
        )
    return "Output p stands at x = (p + 1/2) / 2 - 1/2: a quarter beside a pixel."


def larger_pools(answer):
    """05b: the smallest error of the round trips of section 4 with pools of 4x4."""
    if isinstance(answer, dict):
        return "The answer is one number, the smallest of these errors."
    answer = number(answer)
    if answer is None:
        return "The answer is a number, with four decimals."
    hints = {
        None: _errors(4)["lines between means"],
        "That is the smallest error with pools of 2x2: put 4 for pool.": min(
            _errors(2).values()
        ),
        "These are the copies of the means. One way comes nearer.": _errors(4)[
            "copies of means"
        ],
        "These are the copies of the maxima, which are too bright.": _errors(4)[
            "copies of maxima"
        ],
    }
    for hint, error in hints.items():
        if abs(answer - error) <= 5.1e-5:
            return hint
    return "Change nothing but the pools, to 4, and take the smallest of errors_b."


def unpooling(answer):
    """05c: mend the max unpooling that divides by the rows of a window."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = unpool."
    for pool_size in [(2, 2), (2, 3), (3, 2), (1, 4), (3, 1)]:
        rows, columns = pool_size
        rng = np.random.default_rng(rows)
        pooled = rng.integers(1, 100, size=(3, 2))
        i, j = rng.integers(0, rows, size=(3, 2)), rng.integers(0, columns, size=(3, 2))
        i[0, 0], j[0, 0] = rows - 1, columns - 1
        wanted = np.zeros((3 * rows, 2 * columns))
        wanted[np.arange(3)[:, None] * rows + i, np.arange(2) * columns + j] = pooled
        case = f"With windows of {rows}x{columns} your function"
        last = (
            f"Their last index, {rows * columns - 1}, is row {rows - 1}, column "
            f"{columns - 1}."
        )
        output, hint = returned(case, answer, pooled, i * columns + j, pool_size)
        if hint and "out of bounds" in hint:
            return f"{hint}. So it went to a row or column that is not there. {last}"
        if hint:
            return hint
        if output.shape != wanted.shape:
            return f"{case} returns the shape {output.shape}."
        if not np.array_equal(output, wanted):
            return f"{case} puts a number in the wrong place. {last}"
    return None


def another_order(answer):
    """05d: an order of the pixels that the convolutional model does not notice."""
    model, order = pair(answer)
    if not hasattr(model, "predict"):
        return "The answer is the pair (trained model, order)."
    array, _ = as_array(order)
    if array is not None and array.dtype.kind == "f":
        return "The order must hold whole numbers: they say which pixel comes where."
    if array is None or array.size != 784:
        return "The order must hold each of the numbers 0 to 783 once."
    order = np.array(whole_numbers(array.ravel()) or [0])
    if not np.array_equal(np.sort(order), np.arange(784)):
        return "The order must hold each of the numbers 0 to 783 once."
    moved = int(np.sum(order != np.arange(784)))
    if moved < FEWEST_MOVED:
        return f"This order moves {moved} pixels, at least {FEWEST_MOVED} must move."
    _, (images, _) = data.load_mnist()
    images = images[:1000].reshape(-1, 784)[:, order].reshape(-1, 28, 28, 1)
    if any(type(layer).__name__ == "Dense" for layer in _all_layers(model)):
        return "A dense model notices no order at all; take the convolutional one."
    outputs, hint = returned(
        "On images of 28x28x1 the model", lambda x: model.predict(x, verbose=0), images
    )
    if hint:
        return hint
    if outputs.shape != images.shape:
        return "The model must make images of 28x28x1 from images of 28x28x1."
    error = float(np.mean((outputs - images) ** 2))
    if error < LARGEST_ERROR:
        return None
    return (
        f"On the first 1,000 test images, in this order, the error is {error:.4f}. Is "
        "the model trained on images in this order, and do most neighbours stay "
        "neighbours?"
    )


def _errors(pool):
    """Return the errors of three round trips, by blocks and by NumPy's `interp`."""
    from skimage.data import camera

    photo = camera()[64:192, 160:288] / 255
    n = len(photo) // pool
    blocks = photo.reshape(n, pool, n, pool)
    largest, mean = blocks.max(axis=(1, 3)), blocks.mean(axis=(1, 3))
    x = (np.arange(len(photo)) + 1 / 2) / pool - 1 / 2
    lines = np.array([np.interp(x, range(n), row) for row in mean])
    lines = np.array([np.interp(x, range(n), column) for column in lines.T]).T
    ways = {
        "copies of maxima": largest.repeat(pool, 0).repeat(pool, 1),
        "copies of means": mean.repeat(pool, 0).repeat(pool, 1),
        "lines between means": lines,
    }
    return {name: np.mean((way - photo) ** 2) for name, way in ways.items()}


def _all_layers(model):
    """Yield a model's layers, and those of the models within it."""
    layers = getattr(model, "layers", None)
    for layer in layers if isinstance(layers, (list, tuple)) else ():
        yield layer
        yield from _all_layers(layer)
