"""Notebook 12: circles, crossings, a convolution by Fourier, another stride."""

import numpy as np

from .. import shapes
from .answers import is_function, pair, returned, whole

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
    """12b: from which kernel size on does Fourier win with 2 channels and 2 filters?"""
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
    if answer == first_that_pays(2, 2):
        return None
    if answer == first_that_pays(64, 32):
        return "That is deconv2 with 64 channels and 32 filters: change both to 2."
    if answer == first_that_pays(64, 2):
        return "That is with 2 filters, but still 64 channels: change both to 2."
    if answer == first_that_pays(2, 32):
        return "That is with 2 channels, but still 32 filters: change both to 2."
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
            N = len(full)
            even = np.fft.irfft(np.fft.rfft(row, N) * np.fft.rfft(taps, N), N - N % 2)
            if result.shape == even.shape and np.allclose(result, even):
                return (
                    f"{case} your function returns {len(even)} entries, not {N}. Count "
                    "the frequencies of a circle of each length: what does irfft have "
                    "to be told?"
                )
            return (
                f"{case} your function returns the shape {result.shape}. With ends "
                f"there are {sizes[0]} + {sizes[1]} - 1 = {N} entries, and the circle "
                "must hold them all."
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
    """12d: a Fourier layer of stride 3 on 5x8 images, beside Keras's own."""
    from keras.layers import Conv2DTranspose

    from ..layers import FourierConv2DTranspose

    layer, direct = pair(answer)
    is_ours = isinstance(layer, FourierConv2DTranspose)
    is_keras = isinstance(direct, Conv2DTranspose)
    if not is_ours or not is_keras or isinstance(direct, FourierConv2DTranspose):
        return (
            "The answer is (layer, Keras's layer), a FourierConv2DTranspose and a "
            "keras.layers.Conv2DTranspose."
        )
    if not layer.built or not direct.built:
        return "Both layers must be built: layer.build((None, 5, 8, channels))."
    if {layer.data_format, direct.data_format} != {"channels_last"}:
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
    for name in ("filters", "kernel_size", "strides", "padding", "output_padding"):
        ours, theirs = getattr(layer, name), getattr(direct, name)
        if ours != theirs:
            return f"The layers differ in {name}: {ours} here, {theirs} in Keras's."
    weights = layer.get_weights(), direct.get_weights()
    if [w.shape for w in weights[0]] != [w.shape for w in weights[1]]:
        return "The layers have weights of different shapes: the same channels, a bias?"
    if not all(map(np.array_equal, *weights)):
        return "The layers have different weights: direct.set_weights(...)."
    images = np.random.default_rng(0).normal(size=(4, *shape[1:])).astype(layer.dtype)
    results = []
    for way in (layer, direct):
        result, hint = returned("On images of 5x8 this layer", way, images)
        if hint:
            return hint
        results.append(result)
    found, wanted = results
    largest = np.abs(wanted).max()
    if not 0 < largest < np.inf:
        return "All results of this layer are 0, or one is NaN. Give it other weights."
    measured = np.abs(found - wanted).max() / largest
    if not measured <= 1e-4:
        return (
            f"We measure a difference of {measured:.1e} of the largest value. Have "
            "both layers the same activation, or none?"
        )
    return None
