"""Right and wrong answers to the exercises of notebook 01."""

import keras
import numpy as np

from . import strange


def by_windows(stride, image, kernel, ends):
    """Multiply and sum the windows that begin before `ends`, a row and a column."""
    rows, columns = kernel.shape
    tops, lefts = (range(0, end, stride) for end in ends)
    windows = [[image[r : r + rows, c : c + columns] for c in lefts] for r in tops]
    return np.sum(np.array(windows) * kernel, axis=(2, 3))


def mended(stride, image, kernel):
    return by_windows(stride, image, kernel, np.subtract(image.shape, kernel.shape) + 1)


def without_the_last(stride, image, kernel):
    return by_windows(stride, image, kernel, np.subtract(image.shape, kernel.shape))


def too_far(stride, image, kernel):
    return by_windows(stride, image, kernel, image.shape)


def too_far_one_by_one(stride, image, kernel):
    rows, columns = kernel.shape
    tops = range(0, image.shape[0], stride)
    lefts = range(0, image.shape[1], stride)
    return [
        [np.sum(image[r : r + rows, c : c + columns] * kernel) for c in lefts]
        for r in tops
    ]


def squares_only(stride, image, kernel):
    every = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    places = range(0, len(image) - len(kernel) + 1, stride)
    return np.array([[np.sum(every[r, c] * kernel) for c in places] for r in places])


def flipped(stride, image, kernel):
    kernel[...] = kernel[::-1, ::-1].copy()
    return mended(stride, image, kernel)


LARGE = np.arange(36).reshape(6, 6) % 7
TAPS = np.arange(25).reshape(5, 5) % 3
# Written down from torch.nn.functional.conv2d(..., stride=2, padding=2).
BY_TORCH = [[35, 30, 29], [39, 89, 43], [46, 56, 57]]

RIGHT = {
    "01a": [(12, 9), [12, np.int64(9)]],
    "01b": [BY_TORCH, np.array(BY_TORCH), keras.ops.array(BY_TORCH)],
    "01c": [mended, lambda *a: mended(*a).tolist()],
    "01d": [
        np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]]),
        np.outer([1, -2, 1], [1, -2, 1]) / 7,
        [[1, -1, 0], [-1, 1, 0], [0, 0, 0]],
    ],
}
WRONG = [
    ("01a", (9, 12), "Rows come first"),
    ("01a", (13, 10), "Round down"),
    ("01a", (11, 8), "add 1"),
    ("01a", (14, 10), 'That is "same"'),
    ("01a", (24, 18), "stride 1"),
    ("01a", (13, 8), "5 rows and 3 columns"),
    ("01a", (12, 12), "The rows are right. Now the columns"),
    ("01a", (7, 9), "The columns are right. Now the rows"),
    ("01a", (7, 12), "for the rows, then for the columns"),
    ("01a", (12.5, 9.5), "pair of whole numbers"),
    ("01a", 12, "pair of whole numbers"),
    ("01a", (12, 9, 1), "pair of whole numbers"),
    ("01b", [[57, 43, 29], [56, 89, 30], [46, 39, 35]], "1 zero before the image"),
    ("01b", [[89]], "without zeros"),
    ("01b", [[57, 43], [56, 89]], "one zero on each side"),
    ("01b", mended(1, np.pad(LARGE, 2), TAPS), "the stride is 1"),
    ("01b", mended(2, np.pad(LARGE, (3, 4)), TAPS), "has its zeros already"),
    ("01b", [[48]], "Change only where"),
    ("01b", "same", "the table that the call returns"),
    ("01b", [35, 30, 29], "the table that the call returns"),
    ("01a", {12, 9}, "pair of whole numbers"),
    ("01b", [[35, None, 29]] * 3, "the table that the call returns"),
    ("01c", 3, "function itself"),
    ("01c", mended(1, LARGE, TAPS), "function itself"),
    ("01c", lambda s, x, k: None, "For 4x4 pixels, 3x3 taps and stride 2 your"),
    ("01c", lambda s, x, k: None, "function returns None. Does it end with `return`"),
    ("01c", strange.yielding, "returns a generator; it should return numbers"),
    ("01c", lambda s, x, k: [[1, 2], [3]], "a list of which NumPy makes no array"),
    ("01c", lambda s, x, k: [0] * 10**5, "a list of more than 10,000 numbers"),
    ("01c", lambda s, x, k: 1 / (s - 2), "raised ZeroDivisionError: division"),
    ("01c", lambda s, x, k: exit(1), "raised SystemExit: 1"),
    ("01c", flipped, "kernel flipped"),
    ("01c", without_the_last, "For 5x5 pixels, 3x3 taps and stride 2"),
    ("01c", too_far, "A window that begins too late is cut off at the edge"),
    ("01c", too_far_one_by_one, "A window that begins too late is cut off"),
    ("01c", squares_only, "For 5x10 pixels, 2x4 taps and stride 3"),
    ("01c", lambda s, x, k: mended(s, x, k[::-1, ::-1]), "kernel flipped"),
    ("01c", lambda s, x, k: 2 * mended(s, x, k), "not the numbers"),
    ("01c", lambda x, k: mended(1, x, k), "raised TypeError"),
    ("01d", [[1, -1], [-1, 1]], "3x3 numbers"),
    ("01d", [[np.nan, 0, 0]] * 3, "3x3 numbers"),
    ("01d", "corner", "3x3 numbers"),
    ("01d", np.zeros((3, 3)), "sees nothing"),
    ("01d", np.ones((3, 3)), "an area of one brightness it gives up to 9"),
    ("01d", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "a vertical edge"),
    ("01d", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "a horizontal edge"),
]
