"""How much of a picture is a pattern that repeats with the stride?"""

import numpy as np


def checkerboard_energy(images, stride=2):
    """Return the share of the images' energy that lies at the stride's frequencies.

    A transposed convolution of stride s computes the pixels of its s x s phases with
    different taps of its kernel. What the phases do differently repeats every s pixels,
    so it lies, in the Fourier domain, at the multiples of n / s along an axis: for
    s = 2 at the highest frequency there is, black, white, black, white. With |I_f|² for
    the energy at a frequency, and without each image's mean,

        share = sum of |I_f|² where either frequency is a multiple of n / s, but not 0
                / sum of |I_f|² over all frequencies but (0, 0),

    both sums over all images. Pictures of things have little there.

    Args:
        images: array (n, height, width) or (n, height, width, channels), any range;
            height and width are multiples of the stride.
        stride: an int of at least 2; for two layers of stride 2, 4 counts both.

    Returns:
        A float from 0 to 1; 0 for images that are constant.

    Raises:
        ValueError: the axes or sizes do not fit, or a value is not finite.

    Example:
        >>> board = np.indices((8, 8)).sum(axis=0) % 2
        >>> round(checkerboard_energy(board[None]), 6)
        1.0
        >>> ramp = np.arange(8.0) * np.ones((8, 1))
        >>> round(checkerboard_energy(ramp[None]), 3)
        0.048

    Source: lecture C, C12b, whose panels show such patterns; lecture B, B6.
    """
    images = np.asarray(images, dtype=np.float64)
    if images.ndim not in (3, 4) or 0 in images.shape:
        raise ValueError(
            "`images` must have the shape (n, height, width) or (n, height, width, "
            f"channels), none of them 0. Received: images.shape={images.shape}"
        )
    whole = isinstance(stride, (int, np.integer)) and not isinstance(stride, bool)
    if not whole or stride < 2 or any(size % stride for size in images.shape[1:3]):
        raise ValueError(
            "`stride` must be a whole number from 2 that divides height and width. "
            f"Received: stride={stride!r}, images.shape={images.shape}"
        )
    if not np.isfinite(images).all():
        raise ValueError("All values of `images` must be finite. Received: nan or inf")

    centred = images - images.mean(axis=(1, 2), keepdims=True)
    energy = np.abs(np.fft.fft2(centred, axes=(1, 2))) ** 2
    rows, columns = (
        (np.arange(size) % (size // stride) == 0) & (np.arange(size) > 0)
        for size in images.shape[1:3]
    )
    at_stride = rows[:, None] | columns
    total = energy.sum()
    return float(energy[:, at_stride].sum() / total) if total > 0 else 0.0
