"""Notebook 02: a matrix's size, a rank, a mended matrix, rows that are orthonormal."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .answers import is_function, numbers, pair, returned, whole, whole_numbers


def matrix_size(answer):
    """02a: rows, columns and nonzeros of W for 7x7, a 2x2 kernel, stride 2, "valid"."""
    n, k, s = 7, 2, 2

    def size(n, k, s):
        stops = ((n - k) // s + 1) ** 2
        return stops, n * n, stops * k * k

    given = whole_numbers(answer)
    if given is None or len(given) != 3:
        return "The answer is three whole numbers, such as answer = (4, 16, 36)."
    right = size(n, k, s)
    if given == right:
        return None
    if given == size(n, k, 1):
        return "That is with stride 1. With stride 2 every second stop is skipped."
    if given[:2] == right[1::-1]:
        return "That is W'. W has a row a stop, and a column a pixel."
    if given[0] != right[0]:
        return "W has a row for each stop. At which pixels of 7 can the kernel begin?"
    if given[1] != right[1]:
        return "W has a column for each pixel of the image."
    return "Each row of W holds the whole kernel once. How many rows are there?"


def square_rank(answer):
    """02b: the rank of W for 8x8 images, "same", and a kernel of nine ones."""
    answer = whole(answer)
    if answer is None:
        return "The answer is a whole number, the rank."
    valid = np.eye(64).reshape(-1, 8, 8)
    same = np.pad(valid, ((0, 0), (1, 1), (1, 1)))
    if answer == np.linalg.matrix_rank(_matrix(np.ones((3, 3)), same)):
        return None
    if answer == 64:
        return "W is square, but its rank is less. Do you have the ones and 8x8?"
    if answer == 16:
        return "That is the rank for 4x4 images. Change their size, and the kernel."
    if answer == np.linalg.matrix_rank(_matrix(np.ones((3, 3)), valid)):
        return 'That is with "valid", where W is not square.'
    return 'Change nothing but the image\'s size and the kernel: padding "same".'


def matrix(answer):
    """02c: mend the matrix for images that need not be square."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = matrix."
    rng = np.random.default_rng(0)
    for k, height, width in [(3, 4, 4), (2, 3, 5), (3, 5, 3), (1, 1, 4), (2, 6, 2)]:
        kernel = rng.integers(1, 10, size=(k, k))
        units = np.eye(height * width).reshape(-1, height, width)
        right = _matrix(kernel, units)
        case = f"For a {height}x{width} image and a {k}x{k} kernel"
        result, hint = returned(f"{case} your function", answer, kernel, height, width)
        if hint:
            return hint
        if result.shape != right.shape:
            return (
                f"{case} your function returns the shape {result.shape}, not "
                f"{right.shape}: a row a stop, a column a pixel."
            )
        wrong = (result != right).any(axis=1)
        if wrong.any():
            if np.array_equal(result, _matrix(kernel[::-1, ::-1], units)):
                return "That is with the kernel flipped."
            return (
                f"{case} row {int(np.argmax(wrong))} is wrong. In the column, how far "
                "from a pixel is the pixel below it?"
            )
    return None


def orthonormal_rows(answer):
    """02d: a kernel and a stride for which W W' is the identity."""
    kernel, stride = pair(answer)
    kernel, stride = numbers(kernel), whole(stride)
    if kernel is None or kernel.ndim != 2 or stride is None or stride < 1:
        return "The answer is (kernel, stride): a square array and a whole number."
    k = len(kernel)
    if kernel.shape != (k, k) or k == 0:
        return "The answer is (kernel, stride), and the kernel is a square array."
    if k > 12 or stride > 12:
        return "Take a kernel of at most 12x12, and a stride of at most 12."
    if np.count_nonzero(kernel) < 2:
        return "The kernel must have two numbers or more that are not 0."
    size = k + stride * max(1, -(-k // stride) - 1)  # any two windows that can overlap
    units = np.eye(size * size).reshape(-1, size, size)
    W = _matrix(kernel, units, stride)
    products = W @ W.T
    if np.allclose(products, np.eye(len(W)), atol=1e-6):
        return None
    if not np.isclose(products[0, 0], 1):
        return (
            f"On its diagonal W W' has {products[0, 0]:.4g}, not 1. It is the sum of "
            "the squared numbers of the kernel."
        )
    row, column = np.argwhere(~np.isclose(products, np.eye(len(W)), atol=1e-6))[0]
    return (
        f"Rows {row} and {column} of W have the product {products[row, column]:.4g}, "
        "not 0: their windows overlap. A stride that parts them would do."
    )


def _matrix(kernel, units, stride=1):
    """Return the matrix of a convolution; column j shows what becomes of unit j."""
    windows = sliding_window_view(units, kernel.shape, axis=(1, 2))
    outputs = np.einsum("jrcab,ab->jrc", windows[:, ::stride, ::stride], kernel)
    return outputs.reshape(len(units), -1).T
