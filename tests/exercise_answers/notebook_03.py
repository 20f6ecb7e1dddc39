"""Right and wrong answers to the exercises of notebook 03."""

import numpy as np
from keras.layers import Conv2D, Conv2DTranspose

from cae_keras import reference


def full(image, kernel, s):
    return reference.conv2d_transpose(image, kernel, s, output_padding=0)


def cut(image, kernel, s, p, op):
    whole = full(image, kernel, s)
    return whole[p : whole.shape[0] - p + op, p : whole.shape[1] - p + op]


def cut_from_the_end(image, kernel, s, p, op):
    return full(image, kernel, s)[p : -p + op, p : -p + op]


def cut_square(image, kernel, s, p, op):
    whole = full(image, kernel, s)
    return whole[p : len(whole) - p + op, p : len(whole) - p + op]


def cut_at_the_start(image, kernel, s, p, op):
    whole = full(image, kernel, s)
    return whole[p - op : whole.shape[0] - p, p - op : whole.shape[1] - p]


RIGHT = {
    "03a": [(14, 12), [14, 12], np.array([14, 12])],
    "03b": [(1, 1), [1, 1]],
    "03c": [cut, reference.conv2d_transpose],
    "03d": [
        Conv2DTranspose(1, 6, strides=3),
        Conv2DTranspose(1, 3, strides=3, padding="same", activation="relu"),
        Conv2DTranspose(1, (3, 4), strides=(3, 4)),
    ],
}
WRONG = [
    ("03a", (12, 14), 'First "valid"'),
    ("03a", (17, 12), "Where does the last?"),
    ("03a", (8, 4), "rule for stride 1"),
    ("03a", (14, 14), '"same" keeps n s'),
    ("03a", (13, 12), "Write down where"),
    ("03a", 14, "two whole numbers"),
    ("03a", (14.0, 12), "two whole numbers"),
    ("03b", (0, 0), "ends at 25"),
    ("03b", (1, 0), "ends at 27"),
    ("03b", (0, 1), "ends at 26"),
    ("03b", (2, 0), "below the stride"),
    ("03b", 1, "two whole numbers"),
    ("03b", (True, 1), "two whole numbers"),
    ("03c", 3, "function itself"),
    ("03c", cut_from_the_end, "p = 1 and op = 1 your function makes (0, 0)"),
    ("03c", cut_square, "Where does the slice end"),
    ("03c", cut_at_the_start, "the numbers are not"),
    ("03c", lambda image: image, "raised TypeError"),
    ("03d", 6, "a Conv2DTranspose layer"),
    ("03d", Conv2D(1, 6, strides=3), "a Conv2DTranspose layer"),
    ("03d", Conv2DTranspose(2, 6, strides=3), "2 filters of 36 weights"),
    ("03d", Conv2DTranspose(1, 12, strides=2), "1 filters of 144 weights"),
    ("03d", Conv2DTranspose(1, 2, strides=2), "makes 20x20"),
    ("03d", Conv2DTranspose(1, (3, 4), strides=(3, 2)), "makes 30x22"),
    ("03d", Conv2DTranspose(1, 2, strides=3), "reached by no copy"),
    ("03d", Conv2DTranspose(1, 5, strides=3), "1 1 1 2 2 1 2 2 1 ..."),
    ("03d", Conv2DTranspose(1, (3, 5), strides=3), "What divides what"),
]
