"""Notebook 03: two sizes, a decoder that ends at 28, a crop, no checkerboard."""

import numpy as np

from .. import reference, shapes
from .answers import whole


def sizes(answer):
    """03a: how large is the output of n = 4, k = 5, s = 3, with "valid" and "same"?"""
    n, k, s = 4, 5, 3
    truth = tuple(shapes.conv_transpose_output_size(n, k, s, p) for p in _PADDINGS)
    try:
        given = tuple(whole(size) for size in answer)
    except TypeError:
        given = ()
    if len(given) != 2 or None in given:
        return 'The answer is two whole numbers: (with "valid", with "same").'
    if given == truth:
        return None
    if given == truth[::-1]:
        return 'First "valid", then "same": the one that cuts is "same".'
    if given[0] == n * s + k:
        return "There are 4 copies, and the first one begins at 0. Where does the last?"
    if given[0] == n + k - 1:
        return "That is the rule for stride 1."
    if given[0] == truth[0]:
        return 'The first number is right. "same" keeps n s numbers.'
    return "Write down where each of the 4 copies begins, and where the last one ends."


_PADDINGS = ("valid", "same")


def decoder(answer):
    """03b: which output paddings lead from 7 to 28 (k = 3, s = 2, p = 1, twice)?"""
    try:
        given = [whole(op) for op in answer]
    except TypeError:
        given = []
    if len(given) != 2 or None in given:
        return "The answer is two whole numbers, such as output_paddings."
    if not all(0 <= op < 2 for op in given):
        return "An output padding is at least 0 and below the stride, which is 2."
    size = 7
    for op in given:
        size = shapes.conv_transpose_output_size(size, 3, 2, 1, op)
    if size == 28:
        return None
    return f"With {given[0]} and {given[1]} the decoder ends at {size}."


def crop(answer):
    """03c: mend the transposed convolution with a number as padding."""
    if not callable(answer):
        return "The answer is the mended function itself: answer = with_number."
    rng = np.random.default_rng(0)
    cases = [(3, 2, 1, 0), (3, 2, 1, 1), (3, 2, 0, 0), (4, 3, 2, 1), (5, 3, 2, 2)]
    for k, s, p, op in cases:
        image, kernel = rng.integers(1, 10, (2, 3)), rng.integers(1, 10, (k, k))
        truth = reference.conv2d_transpose(image, kernel, s, p, op)
        case = f"For k = {k}, s = {s}, p = {p} and op = {op}"
        try:
            result = np.asarray(answer(image, kernel, s, p, op))
        except Exception as error:
            return f"{case} your function raised {type(error).__name__}: {error}"
        if result.shape != truth.shape:
            return (
                f"{case} your function makes {result.shape} of a 2x3 image, not "
                f"{truth.shape}. Where does the slice end?"
            )
        if not np.array_equal(result, truth):
            return f"{case} the size is right, the numbers are not: p is cut first."
    return None


def even_layer(answer):
    """03d: a layer from 10x10 to 30x30 or more, small, without a checkerboard."""
    import keras

    if not isinstance(answer, keras.layers.Conv2DTranspose):
        return "The answer is a Conv2DTranspose layer."
    weights = int(np.prod(answer.kernel_size))
    if answer.filters != 1 or weights > 40:
        return (
            f"This layer has {answer.filters} filters of {weights} weights. One filter "
            "of at most 40 is asked for."
        )
    axes = _copies(answer)
    size = f"{len(axes[0])}x{len(axes[1])}"
    if not all(30 <= len(counts) <= 40 for counts in axes):
        return f"This layer makes {size} of 10x10."
    if min(map(min, axes)) < 1:
        return f"Of its {size} outputs some are reached by no copy of the kernel."
    for counts in axes:
        rises, falls = (np.flatnonzero(d * np.diff(counts) > 0) for d in (1, -1))
        if rises.size and falls.size and rises[-1] > falls[0]:
            shown = " ".join(map(str, counts[:9]))
            return (
                f"The copies that meet, along an axis: {shown} ... What divides what?"
            )
    return None


def _copies(layer):
    """Count the copies that meet at each output of 10 pixels, down and across."""
    import keras

    config = layer.get_config()
    names = ("kernel_size", "strides", "padding", "output_padding")
    twin = keras.layers.Conv2DTranspose(
        1, **{name: config[name] for name in names}, kernel_initializer="ones"
    )
    axes = []
    for shape, other in (((1, 10, 1, 1), 1), ((1, 1, 10, 1), 0)):
        output = keras.ops.convert_to_numpy(twin(np.ones(shape, "float32")))
        axes.append(np.rint(output[0, :, :, 0].max(axis=other)).astype(int))
    return axes
