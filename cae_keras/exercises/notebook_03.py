"""Notebook 03: two sizes, a decoder that ends at 28, a crop, no checkerboard."""

import math

import numpy as np

from .. import reference, shapes
from .answers import is_function, returned, whole_numbers


def sizes(answer):
    """03a: how large is the output of n = 4, k = 5, s = 3, with "valid" and "same"?"""
    n, k, s = 4, 5, 3
    truth = tuple(shapes.conv_transpose_output_size(n, k, s, p) for p in _PADDINGS)
    given = whole_numbers(answer)
    if given is None or len(given) != 2:
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
    right = "The second number is right. " if given[1] == truth[1] else ""
    return (
        f"{right}For the first, write down where each of the 4 copies begins, and "
        "where the last one ends."
    )


_PADDINGS = ("valid", "same")


def decoder(answer):
    """03b: which output paddings lead from 7 to 28 (k = 3, s = 2, p = 1, twice)?"""
    given = whole_numbers(answer)
    if given is None or len(given) != 2:
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
    if not is_function(answer):
        return "The answer is the mended function itself: answer = with_number."
    rng = np.random.default_rng(0)
    cases = [(3, 2, 1, 0), (3, 2, 1, 1), (3, 2, 0, 0), (4, 3, 2, 1), (5, 3, 2, 2)]
    for k, s, p, op in cases:
        image, kernel = rng.integers(1, 10, (2, 3)), rng.integers(1, 10, (k, k))
        truth = reference.conv2d_transpose(image, kernel, s, p, op)
        case = f"For k = {k}, s = {s}, p = {p} and op = {op}"
        result, hint = returned(
            f"{case} your function", answer, image, kernel, s, p, op
        )
        if hint:
            return hint
        if result.shape != truth.shape:
            return (
                f"{case} your function makes {result.shape} of a 2x3 image, not "
                f"{truth.shape}. Where does the slice end?"
            )
        if not np.array_equal(result, truth):
            return (
                f"{case} the size is right, the numbers are not. At the start p are "
                "cut, at the end p - op."
            )
    return None


def even_layer(answer):
    """03d: a layer from 10x10 to 30x30 or more, small, without a checkerboard."""
    import keras

    if not isinstance(answer, keras.layers.Conv2DTranspose):
        return "The answer is a Conv2DTranspose layer."
    weights = math.prod(answer.kernel_size)
    if answer.filters != 1 or weights > 40:
        return (
            f"This layer has {answer.filters} filters of {weights} weights. One filter "
            "of at most 40 is asked for."
        )
    twins = _along_each_axis(answer)
    sizes = [twin.compute_output_shape((1, 10, 1))[1] for twin in twins]
    axes = []
    if max(sizes) <= 40:  # else it may be too large to be made
        for twin in twins:
            ones = np.ones((1, 10, 1), dtype="float32")
            counts, hint = returned("On 10x10 pixels this layer", twin, ones)
            if hint:
                return hint
            axes.append(np.rint(counts[0, :, 0]).astype(int))
        sizes = [len(counts) for counts in axes]
    size = f"{sizes[0]}x{sizes[1]}"
    if not all(30 <= n <= 40 for n in sizes):
        return f"This layer makes {size} of 10x10; 30x30 to 40x40 are asked for."
    if min(map(min, axes)) < 1:
        return f"Of its {size} outputs some are reached by no copy of the kernel."
    for counts in axes:
        rises, falls = (np.flatnonzero(d * np.diff(counts) > 0) for d in (1, -1))
        if rises.size and falls.size and rises[-1] > falls[0]:
            shown = " ".join(map(str, counts[:9]))
            return (
                f"The copies that meet, along an axis: {shown} ... They fall and rise "
                "again. Which kernel sizes do not do that with stride 2 (section 6)?"
            )
    return None


def _along_each_axis(layer):
    """Return what the layer does down and across, as layers of one axis.

    Their kernels are ones: of ones they make the number of copies that meet.
    """
    import keras

    names = ("kernel_size", "strides", "dilation_rate", "output_padding")
    told = [getattr(layer, name) or (None, None) for name in names]
    return [
        keras.layers.Conv1DTranspose(
            1,
            **dict(zip(names, axis, strict=True)),
            padding=layer.padding,
            data_format="channels_last",
            kernel_initializer="ones",
            dtype="float32",
        )
        for axis in zip(*told, strict=True)
    ]
