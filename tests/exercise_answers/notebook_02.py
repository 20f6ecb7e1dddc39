"""Right and wrong answers to the exercises of notebook 02."""

import numpy as np

from cae_keras import reference


def mended(kernel, height, width):
    return reference.conv_matrix((height, width), kernel)


def by_columns(kernel, height, width):
    units = np.eye(height * width, dtype=int).reshape(-1, height, width)
    return np.stack([reference.conv2d(unit, kernel).ravel() for unit in units], axis=1)


def with_the_bug(kernel, height, width):
    k = len(kernel)
    rows = []
    for r in range(height - k + 1):
        for c in range(width - k + 1):
            row = np.zeros(height * width, dtype=int)
            for i in range(k):
                for j in range(k):
                    row[(r + i) * height + c + j] = kernel[i, j]
            rows.append(row)
    return np.array(rows)


def flipped(kernel, height, width):
    return mended(kernel[::-1, ::-1], height, width)


RIGHT = {
    "02a": [(9, 49, 36), [np.int64(9), 49, 36]],
    "02b": [49, np.int64(49)],
    "02c": [mended, by_columns],
    "02d": [
        (np.full((2, 2), 0.5), 2),
        ([[0.6, 0], [0, -0.8]], np.int64(3)),
        ([[0.5, 0.5], [0.5, -0.5]], 2),
        (np.diag([0.6, 0, 0.8]), 3),
        # The stride is below the kernel's size, but the rows do not meet.
        (np.array([[0.6, 0.8, 0], [0, 0, 0], [0, 0, 0]]), 2),
    ],
}
WRONG = [
    ("02a", 9, "three whole numbers"),
    ("02a", (9, 49), "three whole numbers"),
    ("02a", (9, 49, 36.0), "three whole numbers"),
    ("02a", "abc", "three whole numbers"),
    ("02a", (36, 49, 144), "with stride 1"),
    ("02a", (49, 9, 36), "That is W'"),
    ("02a", (3, 49, 36), "a row for each stop"),
    ("02a", (16, 49, 64), "At which pixels of 7"),
    ("02a", (9, 7, 36), "a column for each pixel"),
    ("02a", (9, 49, 4), "the whole kernel once"),
    ("02b", 64, "W is square, but"),
    ("02b", 16, "the rank for 4x4 images"),
    ("02b", 36, 'with "valid"'),
    ("02b", 25, "nothing but"),
    ("02b", 49.0, "a whole number"),
    ("02c", 3, "function itself"),
    ("02c", with_the_bug, "For a 3x5 image and a 2x2 kernel row 0 is wrong"),
    ("02c", flipped, "with the kernel flipped"),
    ("02c", lambda a, b, c: mended(a, c, b), "row 0 is wrong"),
    (
        "02c",
        lambda a, b, c: mended(a, b, c).T,
        "returns the shape (16, 4), not (4, 16)",
    ),
    ("02c", lambda a: a, "raised TypeError"),
    ("02c", lambda a, b, c: {}, "returns a dict; it should return numbers"),
    ("02d", 0.5, "(kernel, stride)"),
    ("02d", (2, np.full((2, 2), 0.5)), "(kernel, stride)"),
    ("02d", (np.ones((2, 3)), 2), "a square array"),
    ("02d", (np.full((2, 2), 0.5), 2.0), "a whole number"),
    ("02d", (np.full((2, 2), 0.5), 0), "a whole number"),
    ("02d", (np.full((2, 2), np.nan), 2), "(kernel, stride)"),
    ("02d", ([[1]], 1), "two numbers or more"),
    ("02d", (np.ones((13, 13)), 13), "at most 12x12"),
    ("02d", (np.ones((2, 2)), 2), "W W' has 4, not 1"),
    ("02d", (np.full((2, 2), 0.5), 1), "Rows 0 and 1 of W have the product 0.5"),
    ("02d", (np.full((3, 3), 1 / 3), 2), "Rows 0 and 1 of W have the product 0.3333"),
    ("02d", (np.diag([0.6, 0, 0.8]), 2), "Rows 0 and 3 of W have the product 0.48"),
]
