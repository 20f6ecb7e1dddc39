"""The constants of the Fourier layer are those of the transposed convolution."""

import numpy as np
import pytest
from keras import ops

from cae_keras.layers import fourier_conv2d_transpose
from cae_keras.layers.bilinear_forms import dense_form, fourier_form, multiply_adds


def value_of(form, image, kernel):
    """Return C [(A I) . (B F)] for one axis, as the formula is written."""
    blocks = image.reshape(form.image.shape[1], -1)
    products = np.einsum(
        "rl,li,riok,k->ro", form.image, blocks, form.kernel, kernel, optimize=True
    )
    return (form.result @ products).reshape(-1)[: form.output_size]


def obvious(image, kernel, stride, before, output_size):
    full = np.zeros(stride * len(image) + len(kernel) + before + output_size)
    for i, pixel in enumerate(image):
        full[stride * i : stride * i + len(kernel)] += pixel * kernel
    return full[before : before + output_size]


def axes():
    """Yield (n, k, s, before, output size) in a small range: all crops, and more."""
    for n in range(1, 6):
        for k in range(1, 7):
            for s in range(1, 4):
                for before in range(k):
                    for output_size in {1, s * n, s * (n - 1) + k, s * n + 2}:
                        yield n, k, s, before, output_size


def test_both_forms_are_the_transposed_convolution():
    rng = np.random.default_rng(0)
    for n, k, s, before, output_size in axes():
        image, kernel = rng.normal(size=n), rng.normal(size=k)
        wanted = obvious(image, kernel, s, before, output_size)
        for form in (fourier_form, dense_form):
            constants = form(n, k, s, before, output_size)
            found = value_of(constants, image, kernel)
            message = f"{form.__name__}{(n, k, s, before, output_size)}"
            assert constants.output_size == output_size, message
            assert all(array.dtype == "float64" for array in constants[:3]), message
            np.testing.assert_allclose(found, wanted, atol=1e-12, err_msg=message)


def products_of_length(length):
    """Return R: one product for frequencies 0 and N/2, three for those between."""
    alone = 1 if length % 2 else 2
    return alone + 3 * (length - alone) // 2


def survives_wrapping(length, n, k, s, before, blocks):
    """Whether what a circular convolution of this length keeps is left alone.

    Entry m of phase r is entry d + m of an ordinary convolution of image and taps. We
    let the convolution wrap around, and compare with the result itself.
    """
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=n), rng.normal(size=k)
    wanted = obvious(image, kernel, s, before, blocks * s).reshape(blocks, s)
    for r in range(s):
        d, q = divmod(r + before, s)
        wrapped = np.zeros(length)
        for t, tap in enumerate(kernel[q::s]):
            for i, pixel in enumerate(image):
                wrapped[(i + t - d) % length] += pixel * tap
        if length < blocks or not np.allclose(wrapped[:blocks], wanted[:, r]):
            return False
    return True


def test_the_circular_length_is_the_smallest_that_works():
    for n, k, s, before, output_size in axes():
        if output_size % s:  # the last block is cut, and a little less might do
            continue
        case = n, k, s, before, output_size // s
        length = next(N for N in range(1, 99) if survives_wrapping(N, *case))
        form = fourier_form(n, k, s, before, output_size)
        assert form.image.shape == (products_of_length(length), n), case
        assert form.result.shape == (output_size // s, len(form.image)), case


@pytest.mark.parametrize(
    ("axis", "length", "products"),
    [((7, 14, 2, 6, 14), 10, 14), ((14, 28, 2, 13, 28), 21, 31)],
)
def test_the_lectures_layers_have_these_lengths(axis, length, products):
    n, k, s, before, output_size = axis
    assert survives_wrapping(length, n, k, s, before, output_size // s)
    assert not survives_wrapping(length - 1, n, k, s, before, output_size // s)
    assert products_of_length(length) == products == len(fourier_form(*axis).image)


def recorded(monkeypatch, images, kernel, rows, columns):
    """Return the multiply-adds of the matrix products that are executed."""
    counts, matmul = [], ops.matmul

    def counting(a, b):
        product = matmul(a, b)
        counts.append(int(np.prod(product.shape)) * a.shape[-1])
        return product

    with monkeypatch.context() as patch:
        patch.setattr(fourier_conv2d_transpose.ops, "matmul", counting)
        fourier_conv2d_transpose.apply_forms(images, kernel, rows, columns)
    return sum(counts)


@pytest.mark.parametrize(
    ("axes", "channels", "filters", "column_form"),
    [
        ([(7, 14, 2, 6, 14)] * 2, 64, 32, fourier_form),
        ([(14, 28, 2, 13, 28)] * 2, 32, 1, dense_form),
        ([(3, 5, 2, 1, 6), (4, 7, 3, 2, 12)], 2, 3, fourier_form),
        ([(3, 5, 2, 1, 6), (4, 7, 3, 2, 11)], 3, 1, dense_form),
        ([(1, 3, 1, 0, 3), (2, 2, 1, 0, 3)], 2, 1, fourier_form),
    ],
)
def test_multiply_adds_are_those_that_are_executed(
    monkeypatch, axes, channels, filters, column_form
):
    rows, columns = fourier_form(*axes[0]), column_form(*axes[1])
    kernel = ops.ones((axes[0][1], axes[1][1], filters, channels))
    one, three = (
        recorded(
            monkeypatch,
            ops.ones((batch, axes[0][0], axes[1][0], channels)),
            kernel,
            *(rows, columns),
        )
        for batch in (1, 3)
    )
    an_image = (three - one) // 2
    found = multiply_adds(rows, columns, channels, filters)
    assert found == (an_image, one - an_image)
