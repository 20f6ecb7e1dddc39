"""Notebook 04: a zero of a kernel, the best r, a division, a harmless blur."""

import math

import numpy as np

from .answers import is_function, number, numbers, returned

STRENGTHS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]


def zero(answer):
    """04a: for which c does the kernel 1 2 / 2 c vanish at (pi, pi)?"""
    answer = number(answer)
    if answer is None:
        return "The answer is a number, such as answer = 1."
    vanishing = 1 - 2 - 2 + answer
    if abs(vanishing) < 1e-9:
        return None
    if answer == 1:
        return "That is the slides' kernel; at (pi, pi) its F_f is -2, not 0."
    return (
        f"With c = {answer:g} F_f is {vanishing:g} at (pi, pi). The wave is + - in one "
        "row and - + in the next: sum the four numbers with these signs."
    )


def strength(answer):
    """04b: which r is best for a noise of 0.05?"""
    answer = number(answer)
    if answer is None:
        return "The answer is one of the strengths, a number."
    given = [r for r in STRENGTHS if math.isclose(r, answer, rel_tol=1e-6)]
    if not given:
        return f"It must be one of {STRENGTHS}."
    if given == [_best_strength(0.05)]:
        return None
    if given == [_best_strength(0.01)]:
        return "That is the best for a noise of 0.01: change the noise to 0.05."
    return "Change nothing but the noise, and take what is printed."


def divide(answer):
    """04c: mend the regularised division."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = deconvolve."
    rng = np.random.default_rng(0)
    for size, shape in [((1, 1), (4, 4)), ((3, 3), (4, 4)), ((2, 4), (5, 7))]:
        kernel, blurred = rng.uniform(1, 2, size), rng.uniform(size=shape)
        case = f"For a {size[0]}x{size[1]} kernel on a {shape[0]}x{shape[1]} grid"
        for r in (0.5, 0.001):
            found, hint = returned(f"{case} your function", answer, blurred, kernel, r)
            if hint:
                return hint
            if found.shape != shape:
                return (
                    f"{case} your function returns the shape {found.shape}, not that "
                    "of the picture."
                )
            close = np.allclose(found, _divided(blurred, kernel, r))
            if not close and np.allclose(found, _divided(blurred, kernel, 0)):
                return "That is the plain division, which does not use r."
            if not close:
                return f"{case} and r = {r} the result is wrong. {_advice(answer)}"
    return None


def _advice(answer):
    """Say what to look at: whether for r = 0 a function divides, and by what."""
    rng = np.random.default_rng(0)
    kernel, blurred = rng.uniform(1, 2, (3, 3)), rng.uniform(size=(4, 4))
    found, _ = returned("It", answer, blurred, kernel, 0)
    if found is None or found.shape != blurred.shape:
        return "What has to stand beside G_f, so that r = 0 gives G_f / F_f?"
    if np.allclose(found, _divided(blurred, kernel, 0)):
        return (
            "For r = 0 it is G_f / F_f, as it should be. So look at where r comes in."
        )
    if np.allclose(found, _divided(blurred, kernel, 0, np.conj)):
        return (
            "For r = 0 it gives G_f / conj(F_f), and should give G_f / F_f: what is "
            "|F_f|^2, written as a product?"
        )
    return "For r = 0 your formula must become G_f / F_f."


def blur(answer):
    """04d: design a 3x3 blur whose division lets noise grow 2.5 times at most."""
    kernel = numbers(answer)
    if kernel is None or kernel.shape != (3, 3):
        return "The answer is a kernel of 3x3 numbers."
    if not (kernel.min() >= 0 and kernel.max() <= 0.5 and abs(kernel.sum() - 1) < 1e-6):
        return (
            "No number may be below 0 or above 0.5, and the sum must be 1. Yours: "
            f"{kernel.min():.3g} to {kernel.max():.3g}, sum {kernel.sum():.3g}."
        )
    size = np.abs(np.fft.fft2(kernel, (32, 32)))
    row, column = np.unravel_index(size.argmin(), size.shape)
    if size.min() < 1e-9:
        return (
            f"It vanishes at the frequency ({row}, {column}) of the 32x32 grid. "
            + _direction(kernel, row, column)
        )
    gain = np.sqrt(np.mean(1 / size**2))
    if gain <= 2.5:
        return None
    return (
        f"Its gain is {gain:.3g}. The smallest |F_f| is {size.min():.2g}, at the "
        f"frequency ({row}, {column}). {_direction(kernel, row, column)}"
    )


def _direction(kernel, row, column):
    """Say which numbers a wave of the 32x32 grid sets against the largest one."""
    i, j = np.indices(kernel.shape)
    middle = np.unravel_index(kernel.argmax(), kernel.shape)
    phase = 2 * np.pi * (row * (i - middle[0]) + column * (j - middle[1])) / 32
    minus = kernel[np.cos(phase) < -1e-9].sum()
    return (
        f"That wave has the opposite sign, or nearly, where {minus:.3g} of the sum 1 "
        "lies: move some of it to where the sign is that of the largest number."
    )


def _divided(blurred, kernel, r, changed=np.asarray):
    """Return the regularised division of section 5, with F_f changed or as it is."""
    blurred_f = np.fft.fft2(blurred)
    kernel_f = changed(np.fft.fft2(kernel, blurred.shape))
    image_f = np.conj(kernel_f) * blurred_f / (np.abs(kernel_f) ** 2 + r)
    return np.fft.ifft2(image_f).real


def _best_strength(sigma):
    """Return the strength that is best for section 5's photograph, blur and noise."""
    from skimage.data import camera

    photo = camera().reshape(128, 4, 128, 4).mean(axis=(1, 3)) / 255
    distance = np.minimum(np.arange(128), 128 - np.arange(128))
    row = np.where(distance <= 4, np.exp(-(distance**2) / 2), 0)
    kernel = np.outer(row, row) / row.sum() ** 2
    blurred = np.fft.ifft2(np.fft.fft2(photo) * np.fft.fft2(kernel)).real
    noisy = blurred + sigma * np.random.default_rng(0).normal(size=photo.shape)
    errors = [np.mean((_divided(noisy, kernel, r) - photo) ** 2) for r in STRENGTHS]
    return STRENGTHS[int(np.argmin(errors))]
