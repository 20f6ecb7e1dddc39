"""Notebook 12: circles, crossings, a convolution by Fourier, another stride."""

import numpy as np

from .. import shapes
from .answers import whole


def circle(answer):
    """12a: how long must the circle be for n = 5, k = 10, stride 2 and "same"?"""
    before, _ = shapes.conv_transpose_cropping(5, 10, 2, "same")
    entries, first = 5 + 10 // 2 - 1, before // 2  # of one of the two halves
    kept = range(first, first + 5)
    if whole(answer) is None or answer < 1:
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

    if whole(answer) is None:
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
    if not callable(answer):
        return "The answer is the mended function itself: answer = convolve."
    rng = np.random.default_rng(0)
    for sizes in [(5, 4), (7, 7), (1, 1), (3, 8), (9, 2), (6, 6), (8, 3)]:
        row, taps = (rng.integers(1, 10, size) for size in sizes)
        full = np.convolve(row, taps)
        case = f"For {sizes[0]} numbers and {sizes[1]} taps"
        try:
            result = np.asarray(answer(row, taps))
            close = np.isclose(result, full) if result.shape == full.shape else None
        except Exception as error:
            return f"{case} your function raised {type(error).__name__}: {error}"
        if close is None:
            return (
                f"{case} your function returns the shape {result.shape}, not "
                f"{full.shape}. Count the frequencies of an even and of an odd circle: "
                "what does irfft have to be told?"
            )
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

    try:
        layer, difference = answer
        difference, shape = float(difference), layer.get_build_config()["input_shape"]
        uses_fourier, strides = layer.uses_fourier, tuple(layer.strides)
    except (TypeError, ValueError, AttributeError):
        return "The answer is (layer, difference), the layer being built."
    if tuple(shape[1:3]) != (5, 8) or strides != (3, 3):
        return f"This layer has {shape[1]}x{shape[2]} images and the strides {strides}."
    if not uses_fourier:
        return 'This layer goes the direct way; say implementation="fourier".'
    config = layer.get_config()
    config.pop("implementation", None)
    direct = keras.layers.Conv2DTranspose.from_config(config)
    direct.build(shape)
    direct.set_weights(layer.get_weights())
    images = np.random.default_rng(0).normal(size=(4, *shape[1:])).astype("float32")
    wanted, found = (keras.ops.convert_to_numpy(x(images)) for x in (direct, layer))
    measured = np.abs(found - wanted).max() / np.abs(wanted).max()
    if not 0 <= difference <= 1e-5 or not measured <= 1e-5:
        return (
            f"We measure {measured:.1e} of the largest value, you gave {difference:.1e}"
            ". Have both layers the same weights, and is yours a share?"
        )
    return None
