"""Notebook 05: a row by hand, larger pools, a mended unpooling, another order."""

import numpy as np

from .. import data

LARGEST_ERROR, FEWEST_MOVED = 0.03, 700  # of 05d


def row_by_hand(answer):
    """05a: the row 2 10 6, twice as long, bilinear with half-pixel."""
    row, p = [2, 10, 6], np.arange(6)
    half_pixel, align_corners = (p + 1 / 2) / 2 - 1 / 2, p * 2 / 5
    try:
        given = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        given = np.empty(0)
    if given.shape != (6,):
        return "The answer is a list of six numbers, the last one under the 6."
    if np.allclose(given, np.interp(half_pixel, range(3), row), atol=1e-6):
        return None
    if np.allclose(given, np.interp(align_corners, range(3), row), atol=0.05):
        return "That is align-corners: the first and the last pixels on one another."
    if np.array_equal(given, np.repeat(row, 2)):
        return "That is nearest neighbour: each pixel twice. Bilinear draws lines."
    if not np.allclose(given[[0, 5]], [2, 6]):
        return "The first and the last output lie beyond the row: 2 and 6 as they are."
    return "Output p stands at x = (p + 1/2) / 2 - 1/2: a quarter beside a pixel."


def larger_pools(answer):
    """05b: the smallest error of the round trips of section 4 with pools of 4x4."""
    if isinstance(answer, dict):
        return "The answer is one number, the smallest of these errors."
    try:
        answer = float(answer)
    except (TypeError, ValueError):
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
    """05c: mend the max unpooling that divides by the height."""
    if not callable(answer):
        return "The answer is the mended function itself: answer = unpool."
    for shape in [(4, 4), (2, 6), (6, 2), (5, 7), (3, 2)]:
        height, width = shape
        rng = np.random.default_rng(height * width)
        pooled = rng.integers(1, 100, size=(height // 2, width // 2))
        rows = 2 * np.arange(height // 2)[:, None] + rng.integers(0, 2, pooled.shape)
        columns = 2 * np.arange(width // 2) + rng.integers(0, 2, pooled.shape)
        wanted = np.zeros(shape)
        wanted[rows, columns] = pooled
        case = f"For a map of {height}x{width}"
        try:
            output = np.asarray(answer(pooled, rows * width + columns, shape))
        except Exception as error:
            return f"{case} your function raised {type(error).__name__}: {error}"
        if output.shape != shape:
            return f"{case} your function returns the shape {output.shape}."
        if not np.array_equal(output, wanted):
            index = rows[0, -1] * width + columns[0, -1]
            return (
                f"{case} some number is in the wrong place. Index {index} is row "
                f"{rows[0, -1]}, column {columns[0, -1]}."
            )
    return None


def another_order(answer):
    """05d: an order of the pixels that the convolutional model does not notice."""
    try:
        model, order = answer
        order, predict = np.asarray(order).ravel(), model.predict
    except (TypeError, ValueError, AttributeError):
        return "The answer is the pair (trained model, order)."
    if not np.array_equal(np.sort(order), np.arange(784)):
        return "The order must hold each of the numbers 0 to 783 once."
    moved = int(np.sum(order != np.arange(784)))
    if moved < FEWEST_MOVED:
        return f"This order moves {moved} pixels, at least {FEWEST_MOVED} must move."
    if any(type(layer).__name__ == "Dense" for layer in _all_layers(model)):
        return "A dense model notices no order at all; take the convolutional one."
    _, (images, _) = data.load_mnist()
    images = images[:1000].reshape(-1, 784)[:, order].reshape(-1, 28, 28, 1)
    error = float(np.mean((predict(images, verbose=0) - images) ** 2))
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
    for layer in getattr(model, "layers", []):
        yield layer
        yield from _all_layers(layer)
