"""Right and wrong answers to the exercises of notebook 04."""

import numpy as np


def divided(blurred, kernel, r):
    blurred_f, kernel_f = np.fft.fft2(blurred), np.fft.fft2(kernel, blurred.shape)
    return np.fft.ifft2(blurred_f / (kernel_f + r / np.conj(kernel_f))).real


def divided_in_place(blurred, kernel, r):
    blurred[...] = divided(blurred, kernel, r)
    return blurred


def without_the_conjugate(blurred, kernel, r):
    blurred_f, kernel_f = np.fft.fft2(blurred), np.fft.fft2(kernel, blurred.shape)
    return np.fft.ifft2(kernel_f * blurred_f / (np.abs(kernel_f) ** 2 + r)).real


def with_r_squared(blurred, kernel, r):
    return divided(blurred, kernel, r**2)


def without_a_square(blurred, kernel, r):
    blurred_f, kernel_f = np.fft.fft2(blurred), np.fft.fft2(kernel, blurred.shape)
    return np.fft.ifft2(np.conj(kernel_f) * blurred_f / (np.abs(kernel_f) + r)).real


def only_above_0(blurred, kernel, r):
    if not r:
        raise ValueError("r = 0")
    return without_a_square(blurred, kernel, r)


def without_r(blurred, kernel, r):
    return divided(blurred, kernel, 0)


def kernel_with(middle, edges, corners):
    row = [corners, edges, corners]
    return np.array([row, [edges, middle, edges], row])


RIGHT = {
    "04a": [3, 3.0, np.int64(3)],
    "04b": [0.1, np.float64(0.1), np.float32(0.1)],
    "04c": [divided, divided_in_place],
    "04d": [
        kernel_with(0.5, 0.0625, 0.0625),
        kernel_with(0.5, 0.08, 0.045).tolist(),
        [[0.5, 0.2, 0.1], [0.2, 0, 0], [0, 0, 0]],
    ],
}
WRONG = [
    ("04a", 1, "slides' kernel"),
    ("04a", -3, "With c = -3 F_f is -6"),
    ("04a", 5, "With c = 5 F_f is 2"),
    ("04a", "3", "The answer is a number"),
    ("04a", True, "The answer is a number"),
    ("04b", 0.01, "change the noise to 0.05"),
    ("04b", 0.05, "must be one of"),
    ("04b", 0.3, "nothing but the noise"),
    ("04b", "0.1", "a number"),
    ("04c", 3, "function itself"),
    ("04c", without_the_conjugate, "For a 3x3 kernel on a 4x4 grid"),
    (
        "04c",
        without_the_conjugate,
        "it gives G_f / conj(F_f), and should give G_f / F_f",
    ),
    ("04c", with_r_squared, "as it should be. So look at where r comes in"),
    ("04c", without_a_square, "For r = 0 your formula must become G_f / F_f."),
    ("04c", only_above_0, "What has to stand beside G_f"),
    ("04c", without_r, "plain division"),
    ("04c", lambda blurred, kernel: blurred, "raised TypeError"),
    ("04c", lambda blurred, kernel, r: blurred, "the result is wrong"),
    ("04c", lambda blurred, kernel, r: kernel, "returns the shape (1, 1), not that"),
    ("04c", lambda blurred, kernel, r: divided(blurred, kernel, r) * "a", "raised "),
    ("04d", 0.5, "3x3 numbers"),
    ("04d", "a kernel", "3x3 numbers"),
    ("04d", np.full((3, 3), np.nan), "3x3 numbers"),
    ("04d", kernel_with(1, 0, 0), "sum must be 1"),
    ("04d", kernel_with(0.5, 0.2, -0.075), "sum must be 1"),
    ("04d", kernel_with(0.5, 0.1, 0.1), "sum must be 1"),
    ("04d", kernel_with(0.5, 0.125, 0), "vanishes at the frequency (16, 16)"),
    ("04d", kernel_with(0.5, 0.125, 0), "where 0.5 of the sum 1 lies"),
    ("04d", kernel_with(0.5, 0.025, 0.1), "(0, 16). That wave has the opposite sign"),
    ("04d", np.full((3, 3), 1 / 9), "Its gain is"),
]
