"""Right and wrong answers to the exercises of notebook 03."""

import keras
import numpy as np
from keras.layers import Conv2D, Conv2DTranspose

from cae_keras import reference
from cae_keras.layers import FourierConv2DTranspose


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


class Subclass(Conv2DTranspose):
    """Takes other arguments than its parent, so that its config makes no parent."""

    def __init__(self, size):
        super().__init__(1, size, strides=size)

    def get_config(self):
        return {"size": self.kernel_size[0]}


def built(layer, *shape):
    layer.build((None, *shape))
    return layer


RIGHT = {
    "03a": [(14, 12), [14, 12], np.array([14, 12]), keras.ops.array([14, 12])],
    "03b": [(1, 1), [1, 1]],
    "03c": [cut, reference.conv2d_transpose],
    "03d": [
        Conv2DTranspose(1, 6, strides=3),
        Conv2DTranspose(1, 3, strides=3, padding="same", activation="relu"),
        Conv2DTranspose(1, (3, 4), strides=(3, 4)),
        Conv2DTranspose(1, 3, dilation_rate=10),
        Conv2DTranspose(1, (4, 3), dilation_rate=10),
        Conv2DTranspose(1, 6, strides=3, data_format="channels_first"),
        built(Conv2DTranspose(1, 6, strides=3), 7, 7, 5),
        built(Conv2DTranspose(1, 6, strides=3, data_format="channels_first"), 5, 9, 9),
        FourierConv2DTranspose(1, 6, strides=3, implementation="fourier"),
        Subclass(3),
    ],
}
WRONG = [
    ("03a", (12, 14), 'First "valid"'),
    ("03a", (17, 12), "Where does the last?"),
    ("03a", (8, 4), "rule for stride 1"),
    ("03a", (14, 14), '"same" keeps n s'),
    ("03a", (13, 12), "The second number is right. For the first, write down where"),
    ("03a", (13, 10), "For the first, write down where"),
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
    ("03c", cut_at_the_start, "the numbers are not. At the start p are cut"),
    ("03c", lambda image: image, "raised TypeError"),
    ("03d", 6, "a Conv2DTranspose layer"),
    ("03d", Conv2D(1, 6, strides=3), "a Conv2DTranspose layer"),
    ("03d", Conv2DTranspose(2, 6, strides=3), "2 filters of 36 weights"),
    ("03d", Conv2DTranspose(1, 12, strides=2), "1 filters of 144 weights"),
    ("03d", Conv2DTranspose(1, 2, strides=2), "makes 20x20"),
    ("03d", Conv2DTranspose(1, (3, 4), strides=(3, 2)), "makes 30x22"),
    ("03d", Conv2DTranspose(1, 2, strides=3), "reached by no copy"),
    ("03d", Conv2DTranspose(1, 5, strides=3), "1 1 1 2 2 1 2 2 1 ..."),
    ("03d", Conv2DTranspose(1, (3, 5), strides=3), "Which kernel sizes do not"),
    ("03d", Conv2DTranspose, "a Conv2DTranspose layer"),
    ("03d", Conv2DTranspose(1, 3, dilation_rate=1000), "makes 2010x2010"),
    ("03d", Conv2DTranspose(1, 1, strides=10**12), "makes 10000000000000x1000"),
    ("03d", Conv2DTranspose(1, 3, dilation_rate=9), "makes 28x28"),
    ("03d", Conv2DTranspose(1, 3, dilation_rate=11), "reached by no copy"),
    ("03d", Conv2DTranspose(1, (3, 2), dilation_rate=(10, 20)), "reached by no copy"),
    ("03d", Conv2DTranspose(1, 5, dilation_rate=6), "1 1 1 1 1 1 2 2 2 ..."),
    ("03d", Conv2DTranspose(1, 6, strides=3, output_padding=2), "reached by no copy"),
    ("03d", Conv2DTranspose(1, 2**32, strides=4), "weights. One filter"),
    ("03d", Subclass(5), "makes 50x50"),
]


def _dilates():
    """Tell whether a transposed convolution may be dilated here.

    TensorFlow without oneDNN refuses it on a CPU: there the judge can only say so.
    """
    try:
        Conv2DTranspose(1, 3, dilation_rate=2)(np.zeros((1, 4, 4, 1), "float32"))
    except Exception as error:
        if "dilation" not in str(error):
            raise
        return False
    return True


def _is_dilated(answer):
    return getattr(answer, "dilation_rate", (1, 1)) != (1, 1)


if not _dilates():
    RIGHT["03d"] = [answer for answer in RIGHT["03d"] if not _is_dilated(answer)]
    WRONG = [case for case in WRONG if not _is_dilated(case[1])]
