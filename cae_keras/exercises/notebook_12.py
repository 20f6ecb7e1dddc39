"""Notebook 12: circles, crossings, a convolution by Fourier, another stride."""

import numpy as np

from .. import shapes
from .answers import is_function, number, pair, returned, whole

MOST_WEIGHTS, LARGEST_KERNEL = 1_000_000, 100  # of 12d


def circle(answer):
    """12a: how long must the circle be for n = 5, k = 10, stride 2 and "same"?"""
    before, _ = shapes.conv_transpose_cropping(5, 10, 2, "same")
    entries, first = 5 + 10 // 2 - 1, before // 2  # of one of the two halves
    kept = range(first, first + 5)
    answer = whole(answer)
    if answer is None or answer < 1:
        return "The answer is a whole number of places, such as answer = 10."
    if answer == max(kept.stop, entries - first):
        return None
    if answer == entries:
        return "On 9 places nothing wraps around. It may, where it falls on the crop."
    for p in kept:
        for q in range(p % answer, entries, answer):
            if p != q:
                return f"On {answer} places entry {p}, which is kept, meets entry {q}."
    return "That is long enough, but there is a shorter one. Count for one half."


def crossing(answer):
    """12b: from which kernel size on does Fourier win with 4 channels and 4 filters?"""
    from ..layers.bilinear_forms import fourier_form, multiply_adds

    def first_that_pays(channels, filters, batch=50):
        for k in range(2, 29):
            before, _ = shapes.conv_transpose_cropping(7, k, 2, "same")
            form = fourier_form(7, k, 2, before, 14)
            an_image, the_kernel = multiply_adds(form, form, channels, filters)
            if an_image + the_kernel / batch < 7**2 * k**2 * channels * filters:
                return k

    answer = whole(answer)
    if answer is None:
        return "The answer is a kernel size, a whole number."
    if answer == first_that_pays(4, 4):
        return None
    if answer == first_that_pays(64, 32):
        return "That is deconv2 with 64 channels and 32 filters: change both to 4."
    if answer == first_that_pays(64, 4):
        return "That is with 4 filters, but still 64 channels: change both to 4."
    return "Change nothing but the two numbers: 7 pixels, a batch of 50."


def convolve(answer):
    """12c: mend the convolution of two rows in the Fourier domain."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = convolve."
    rng = np.random.default_rng(0)
    for sizes in [(5, 4), (7, 7), (1, 1), (3, 8), (9, 2), (6, 6), (8, 3)]:
        row, taps = (rng.integers(1, 10, size) for size in sizes)
        full = np.convolve(row, taps)
        case = f"For {sizes[0]} numbers and {sizes[1]} taps"
        result, hint = returned(f"{case} your function", answer, row, taps)
        if hint:
            return hint
        if result.shape != full.shape:
            return (
                f"{case} your function returns the shape {result.shape}, not "
                f"{full.shape}. Count the frequencies of an even and of an odd circle: "
                "what does irfft have to be told?"
            )
        close = np.isclose(result, full)
        if not close.all():
            if np.allclose(result, np.convolve(row, taps[::-1])):
                return "That is the convolution with the kernel turned round."
            return (
                f"{case} entry {int(np.argmin(close))} is wrong. Is the circle as long "
                "as the result?"
            )
    return None


def another_stride(answer):
    """12d: a Fourier layer of stride 3 on 5x8 images, and how far it is from Keras."""
    import keras

    from ..layers import FourierConv2DTranspose

    layer, difference = pair(answer)
    difference = number(difference)
    is_ours = isinstance(layer, FourierConv2DTranspose)
    if difference is None or not is_ours or not layer.built:
        return (
            "The answer is (layer, difference), the layer being built and a "
            "FourierConv2DTranspose, the difference one number."
        )
    if layer.data_format != "channels_last":
        return 'The method has the channels last: data_format="channels_last".'
    shape, strides = layer.get_build_config()["input_shape"], tuple(layer.strides)
    if tuple(shape[1:3]) != (5, 8) or strides != (3, 3):
        return f"This layer has {shape[1]}x{shape[2]} images and the strides {strides}."
    if not layer.uses_fourier:
        return 'This layer goes the direct way; say implementation="fourier".'
    if layer.count_params() > MOST_WEIGHTS or max(layer.kernel_size) > LARGEST_KERNEL:
        return (
            f"Take a kernel of at most {LARGEST_KERNEL}x{LARGEST_KERNEL}, and at most "
            f"{MOST_WEIGHTS:,} weights."
        )
    images = np.random.default_rng(0).normal(size=(4, *shape[1:])).astype(layer.dtype)

    def directly(images):  # by Keras, with the same weights
        images = keras.ops.convert_to_tensor(images)
        return keras.layers.Conv2DTranspose.call(layer, images)

    results = []
    for way in (layer, directly):
        result, hint = returned("On images of 5x8 this layer", way, images)
        if hint:
            return hint
        results.append(result)
    found, wanted = results
    largest = np.abs(wanted).max()
    if not 0 < largest < np.inf:
        return "All results of this layer are 0, or one is NaN. Give it other weights."
    measured = np.abs(found - wanted).max() / largest
    if not 0 <= difference <= 1e-4 or not measured <= 1e-4:
        return (
            f"We measure {measured:.1e} of the largest value, you gave {difference:.1e}"
            ". Have both layers the same weights, and is yours a share?"
        )
    return None
