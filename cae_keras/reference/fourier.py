"""Convolution on a circle: by loops, as a product in the Fourier domain, and undone.

On a circle the first row and column follow the last. The kernel is flipped here, as in
mathematics, since the product in the Fourier domain needs it; `conv2d` does not flip.
The two meet where nothing wraps around: for a kernel of rows x columns,
conv2d(image, kernel) is circular_conv2d(image, kernel[::-1, ::-1]) without its first
rows - 1 rows and columns - 1 columns.
"""

import numpy as np

from .arguments import as_numbers, as_summable


def circular_conv2d(image, kernel):
    """Convolve on a circle, with the kernel flipped, by plain loops.

    G[p, q] = sum over s, t of F[s, t] I[p - s, q - t], where p - s counts modulo the
    height and q - t modulo the width. I is the image, F the kernel, G the result.

    Args:
        image: array (height, width) of real numbers.
        kernel: array (rows, columns) of real numbers, not larger than the image.

    Returns:
        An array (height, width). Integers and booleans give int64, floats of any size
        float64.

    Raises:
        ValueError: an array is not two-dimensional, empty, not real or not finite, or
            the kernel is larger than the image; or sums of integers could leave int64.

    Example:
        >>> circular_conv2d([[3, 5, 2, 7]], [[1, 1, 2]])  # 1 * 3 + 1 * 7 + 2 * 2 = 14
        array([[14, 22, 13, 19]])

    Source: lecture A, A3: I * F = G.
    """
    image, kernel = as_summable(*_image_and_kernel("image", image, kernel))
    height, width = image.shape
    result = np.zeros(image.shape, image.dtype)
    for p in range(height):
        for q in range(width):
            for s, t in np.ndindex(kernel.shape):
                pixel = image[(p - s) % height, (q - t) % width]
                result[p, q] += kernel[s, t] * pixel
    return result


def fourier_conv2d(image, kernel):
    """Convolve on a circle, with the kernel flipped, as a product of transforms.

    G_f = I_f · F_f, one product for each frequency, where F is the kernel with zeros
    after it up to the image's size. The result is that of `circular_conv2d`.

    Args:
        image: array (height, width) of real numbers.
        kernel: array (rows, columns) of real numbers, not larger than the image.

    Returns:
        A float64 array (height, width).

    Raises:
        ValueError: as `circular_conv2d`.

    Example:
        >>> fourier_conv2d([[3, 5, 2, 7]], [[1, 1, 2]]).round(9)
        array([[14., 22., 13., 19.]])

    Source: lecture A, A3: I_f · F_f = G_f.
    """
    image, kernel = _image_and_kernel("image", image, kernel)
    product = _transform(image) * _transform(kernel, image.shape)
    return np.fft.ifft2(product).real


def fourier_deconvolve(blurred, kernel, regularisation=0.0):
    """Undo a convolution on a circle by a division in the Fourier domain.

    I_f = G_f / F_f. With a regularisation r > 0 the division is damped where F_f is
    small, and what is recovered is no longer exact:

        I_f = conj(F_f) G_f / (|F_f|^2 + r).

    Args:
        blurred: array (height, width) of real numbers, a result of `circular_conv2d`.
        kernel: array (rows, columns) of real numbers, not larger than `blurred`.
        regularisation: r >= 0, in the unit of |F_f|^2, whose value at frequency (0, 0)
            is the square of the kernel's sum.

    Returns:
        A float64 array (height, width).

    Raises:
        ValueError: as `circular_conv2d`; r is negative or not a finite number; or r is
            0 and F_f vanishes (is at most 1e-12 of its largest magnitude) somewhere.

    Example:
        >>> fourier_deconvolve([[14, 22, 13, 19]], [[1, 1, 2]]).round(9)
        array([[3., 5., 2., 7.]])

    Source: lecture A, A3: I_f = G_f / F_f, which does not say that F_f must not vanish.
    The slides' kernel [[1, 2], [2, 1]] vanishes at (pi, 0) where the height is even, at
    (0, pi) where the width is, and at (2 pi / 3, 4 pi / 3) where 3 divides both. The
    regularisation is ours.
    """
    blurred, kernel = _image_and_kernel("blurred", blurred, kernel)
    r = regularisation
    real = isinstance(r, (int, float, np.integer, np.floating))
    if not real or isinstance(r, bool) or not 0 <= r < np.inf:
        raise ValueError(
            "`regularisation` must be a finite number from 0. "
            f"Received: regularisation={r!r}"
        )
    blurred_f, kernel_f = _transform(blurred), _transform(kernel, blurred.shape)
    if r > 0:
        image_f = kernel_f.conj() * blurred_f / (np.abs(kernel_f) ** 2 + r)
        return np.fft.ifft2(image_f).real

    size = np.abs(kernel_f)
    zeros = np.argwhere(size <= 1e-12 * size.max())
    if len(zeros):
        row, column = map(int, zeros[0])
        raise ValueError(
            "The kernel's transform must not vanish at any frequency, else it divides "
            "by 0: take another grid size, or a regularisation above 0. Received: a "
            f"kernel that vanishes at the frequency (row, column) = ({row}, {column}) "
            f"of the {blurred.shape[0]}x{blurred.shape[1]} grid"
        )
    return np.fft.ifft2(blurred_f / kernel_f).real


def _transform(array, shape=None):
    """Return the Fourier transform, of the array filled up with zeros to a shape."""
    return np.fft.fft2(array.astype(np.float64), shape)


def _image_and_kernel(name, image, kernel):
    """Return two real arrays with two axes, of which the second fits into the first."""
    image, kernel = as_numbers(name, image), as_numbers("kernel", kernel)
    for one, array in ((name, image), ("kernel", kernel)):
        if array.ndim != 2 or 0 in array.shape:
            raise ValueError(
                f"`{one}` must be an array (height, width), not empty. "
                f"Received: {one}.shape={array.shape}"
            )
        if np.iscomplexobj(array) or not np.isfinite(array).all():
            raise ValueError(
                f"`{one}` must hold real and finite numbers. "
                "Received: complex numbers, nan or inf"
            )
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError(
            f"The kernel must fit into `{name}`. "
            f"Received: {name}.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    return image, kernel
