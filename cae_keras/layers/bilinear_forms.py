"""A transposed convolution along one axis, as three small matrices of constants.

The result G of a transposed convolution is linear in the image I and linear in the
kernel F. Every way of computing it along one axis can therefore be written as

    G = C [(A I) · (B F)]

with constant matrices A, B, C. `fourier_form` and `dense_form` are two such ways, which
give the same G. A layer takes one of them for its rows and one for its columns.
"""

import functools
from typing import NamedTuple

import numpy as np


class BilinearForm(NamedTuple):
    """The constants of one axis, float64.

    The axis of the image, n long, is read as L blocks of N_in pixels, and the axis of
    the result as M blocks of N_out pixels, of which the first `output_size` are kept.

    - `image`: A, shape (R, L), makes R combinations of the blocks.
    - `kernel`: B, shape (R, N_in, N_out, k), makes of the k taps R small matrices.
    - `result`: C, shape (M, R), makes the blocks of the result from the R products.
    """

    image: np.ndarray
    kernel: np.ndarray
    result: np.ndarray
    output_size: int


@functools.lru_cache(maxsize=256)
def fourier_form(input_size, kernel_size, stride, before, output_size):
    """Return the constants of I_f · F_f = G_f along one axis.

    1. **Phases.** Cut `before` entries off the full result and number what is left by
       s m + r. Pixel r of each block meets only every s-th tap: so, with
       r + before = s d + q (0 <= q < s), it is

           G[s m + r] = sum over t of F[q + s t] I[m + d - t]:

       an ordinary convolution, one for each phase r = 0 ... s - 1.
    2. **Circular length.** In the Fourier domain a convolution becomes circular: of
       length N, it adds what belongs at p + N and at p - N to what belongs at p. The
       linear one has entries 0 ... n + T - 2, T being the number of taps, and we keep
       d ... d + M - 1. So the entries that wrap around fall on what the padding crops,
       if d + N > n + T - 2 and d + M - 1 - N < 0. For n = 7 and k = 14 with "same" that
       is N = 10, where the linear convolution has 13 entries. Each phase's kernel
       is shifted by its d, so that all of them are kept at 0 ... M - 1.
    3. **Real products.** At frequency f the transforms are a + ib of the image and
       c + id of the kernel, and (a + ib)(c + id) takes three real products:

           P = (a + b) c,   Q = a (d - c),   S = b (c + d),
           real part P - S,   imaginary part P + Q.

       So A holds rows for a + b, a, b, and B for c, d - c, c + d, and C undoes both
       steps. Frequencies 0 and N/2 are real and take one product. Frequencies above
       N/2 are the conjugates of those below: nothing to compute, but a factor of 2.

    Args:
        input_size, kernel_size, stride: n, k and s, in pixels.
        before: how many entries are cropped before the result.
        output_size: how many entries are kept, in pixels.

    Returns:
        A `BilinearForm` with N_in = 1 and N_out = s.

    Example:
        >>> form = fourier_form(7, 14, stride=2, before=6, output_size=14)
        >>> form.image.shape, form.kernel.shape, form.result.shape
        ((14, 7), (14, 1, 2, 14), (7, 14))

    Source: lecture A, A3. The slides leave out the phases, the length and the flip.
    """
    phases = [divmod(r + before, stride) for r in range(stride)]
    blocks = -(-output_size // stride)  # M, rounded up
    length = max(
        max(input_size + len(range(q, kernel_size, stride)) - 1 - d, blocks + d)
        for d, q in phases
    )

    image, kernel, result = [], [], []
    for f in range(length // 2 + 1):
        angles = 2 * np.pi * f * np.arange(length) / length
        cosine, sine = np.cos(angles), np.sin(angles)
        if 2 * f % length == 0:
            image += [cosine]
            kernel += [cosine]
            result += [cosine / length]
        else:  # a = cosine . I and b = -sine . I, likewise c and d of F
            image += [cosine - sine, cosine, -sine]
            kernel += [cosine, -sine - cosine, cosine - sine]
            to_real, to_imaginary = 2 * cosine / length, -2 * sine / length
            result += [to_real + to_imaginary, to_imaginary, -to_real]
    kernel = np.array(kernel)

    taps = np.zeros((len(kernel), 1, stride, kernel_size))
    for r, (d, q) in enumerate(phases):
        for t, tap in enumerate(range(q, kernel_size, stride)):
            taps[:, 0, r, tap] = kernel[:, (t - d) % length]
    return BilinearForm(
        np.array(image)[:, :input_size],
        taps,
        np.array(result).T[:blocks],
        output_size,
    )


@functools.lru_cache(maxsize=256)
def dense_form(input_size, kernel_size, stride, before, output_size):
    """Return the constants of the direct way: every pixel times its tap, summed.

    One block, one product: A and C are the number 1, and B lays the taps out as the
    matrix from all pixels to all results (zeros where a pixel does not reach a result),
    as lecture A writes a transposed convolution.

    Args:
        input_size, kernel_size, stride, before, output_size: as in `fourier_form`.

    Returns:
        A `BilinearForm` with N_in = n and N_out the output size.

    Example:
        >>> dense_form(2, 3, stride=1, before=0, output_size=4).kernel[0] @ [1, 2, 3]
        array([[1., 2., 3., 0.],
               [0., 1., 2., 3.]])

    Source: lecture A, A5.
    """
    taps = np.zeros((1, input_size, output_size, kernel_size))
    for i in range(input_size):
        for tap in range(kernel_size):
            output = stride * i + tap - before
            if 0 <= output < output_size:
                taps[0, i, output, tap] = 1
    return BilinearForm(np.ones((1, 1)), taps, np.ones((1, 1)), output_size)


def multiply_adds(rows, columns, channels, filters):
    """Return the multiply-adds of two forms together: (an image, the kernel).

    Args:
        rows, columns: the `BilinearForm` of each axis.
        channels, filters: of the layer.

    Returns:
        Two ints: what each image of a batch costs, and what the batch costs once.
    """
    (row_r, row_l), (column_r, column_l) = rows.image.shape, columns.image.shape
    row_m, column_m = len(rows.result), len(columns.result)
    _, row_in, row_out, row_k = rows.kernel.shape
    _, column_in, column_out, column_k = columns.kernel.shape
    read = row_in * column_in * channels
    written = row_out * column_out * filters

    image = row_r * column_r * read * written
    if row_r > 1:
        image += row_r * row_l * column_l * read + row_m * row_r * column_r * written
    if column_r > 1:
        image += row_r * column_r * column_l * read
        image += row_m * column_m * column_r * written
    matrices = row_r * row_in * row_out, column_r * column_in * column_out
    kernel = matrices[0] * column_k * (row_k + matrices[1]) * channels * filters
    return image, kernel
