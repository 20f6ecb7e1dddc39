"""Upsampling by fixed rules: nearest neighbour, bilinear, bicubic. Nothing is learned.

The rules work on rows and on columns alike, so each is a matrix of weights, and an
upsampled image is the matrix for the rows, times the image, times the transposed matrix
for the columns.
"""

import numpy as np

from .arguments import as_image, as_pair


def upsample_nearest(image, factor=2):
    """Repeat each pixel f times along both axes.

    output[p, q] = image[floor(p / f), floor(q / f)].

    Args:
        image: array (height, width), or (height, width, channels).
        factor: an int, or a pair (rows, columns): how often a pixel is repeated.

    Returns:
        An array (height f, width f), with channels where the image has them. Integers
        and booleans give int64, floats keep their type.

    Raises:
        ValueError: the axes do not fit, or the factor is not a whole number from 1.

    Example:
        >>> upsample_nearest([[3, 6], [7, 9]])
        array([[3, 3, 6, 6],
               [3, 3, 6, 6],
               [7, 7, 9, 9],
               [7, 7, 9, 9]])

    Source: lecture A, A11 ("repeat"); lecture C, C12a (nearest neighbour).
    """
    row_factor, column_factor = as_pair("factor", factor, 1)
    return as_image("image", image).repeat(row_factor, axis=0).repeat(column_factor, 1)


def upsample_bilinear(image, factor=2, rule="half-pixel"):
    """Enlarge an image by straight lines between its pixels, along both axes.

    An output pixel p stands at x in the image, between the pixels i = floor(x) and
    i + 1; with t = x - i its value is (1 - t) image[i] + t image[i + 1]. At x beyond
    the first or the last pixel it is that pixel. The rule says what x is:

    - "half-pixel": x = (p + 1/2) / f - 1/2. A pixel is a square of side 1, and the
      outer *edges* of the two images coincide. Keras does this, and PyTorch by default;
    - "align-corners": x = p (n - 1) / (f n - 1). The *centres* of the corner pixels
      coincide.

    Args:
        image: array (height, width), or (height, width, channels).
        factor: an int, or a pair (rows, columns): how many times larger.
        rule: "half-pixel" or "align-corners".

    Returns:
        A float64 array (height f, width f), with channels where the image has them
        (complex where it is).

    Raises:
        ValueError: the axes do not fit, the factor is not a whole number from 1, or
            the rule is unknown.

    Example:
        >>> upsample_bilinear([[3, 6]], (1, 2))
        array([[3.  , 3.75, 5.25, 6.  ]])
        >>> upsample_bilinear([[3, 6]], (1, 2), "align-corners").round(12)
        array([[3., 4., 5., 6.]])

    Source: lecture A, A11, whose row 3 4 5 6 is the rule "align-corners".
    """
    return _upsampled(image, factor, "bilinear", rule=rule)


def upsample_bicubic(image, factor=2, rule="half-pixel", a=-0.5, border="renormalise"):
    """Enlarge an image by cubic curves of four pixels each, along both axes.

    An output pixel at x in the image is the sum of the four pixels nearest to x along
    the axis, each times Keys's weight for its distance d = |x - i|:

        (a + 2) d^3 - (a + 3) d^2 + 1        for d <= 1,
        a (d^3 - 5 d^2 + 8 d - 4)            for 1 < d < 2.

    Some weights are negative, so the output can leave the range of the image. Keras on
    TensorFlow and on JAX has a = -1/2 and "renormalise", PyTorch (and Keras on it) has
    a = -3/4 and "repeat". TensorFlow rounds x to 1/1024, which is exact
    for the factors 2, 4 and 8.

    Args:
        image: array (height, width), or (height, width, channels).
        factor: an int, or a pair (rows, columns): how many times larger.
        rule: "half-pixel" or "align-corners", as in `upsample_bilinear`.
        a: the slope of the weights at d = 1, a number from -1 to 0; -1/2 and -3/4 are
            usual.
        border: what becomes of weights that fall beside the image. "renormalise" drops
            them and divides the others by their sum, "repeat" gives them to the
            border's pixel.

    Returns:
        A float64 array (height f, width f), with channels where the image has them
        (complex where it is).

    Raises:
        ValueError: the axes do not fit, the factor is not a whole number from 1, the
            rule or the border is unknown, or a is not a number from -1 to 0.

    Example:
        >>> upsample_bicubic([[3, 6], [7, 9]])[0].round(4)
        array([2.3746, 3.2868, 5.0956, 6.0078])

    Source: lecture A, A11, which leaves this table empty; R. G. Keys, "Cubic
    convolution interpolation for digital image processing", 1981.
    """
    return _upsampled(image, factor, "bicubic", rule=rule, a=a, border=border)


def upsampling_matrix(
    size,
    factor=2,
    interpolation="bilinear",
    rule="half-pixel",
    a=-0.5,
    border="renormalise",
):
    """Write upsampling along one axis as a matrix of weights.

    Output pixel p is the sum over the pixels i of matrix[p, i] image[i]; each matrix
    row sums to 1. For whole images: rows @ image @ columns.T.

    Args:
        size: pixels along the axis, n >= 1.
        factor: how many times larger, f >= 1.
        interpolation: "nearest", "bilinear" or "bicubic".
        rule: "half-pixel" or "align-corners", as in `upsample_bilinear`; "nearest"
            has "half-pixel" only.
        a: as in `upsample_bicubic`; the other two do not use it.
        border: as in `upsample_bicubic`; the other two are the same with both.

    Returns:
        A float64 array (f n, n).

    Raises:
        ValueError: size or factor is not a whole number from 1, a is not a number from
            -1 to 0, or a word is not one of those above.

    Example:
        >>> upsampling_matrix(2, 2, "nearest")
        array([[1., 0.],
               [1., 0.],
               [0., 1.],
               [0., 1.]])
        >>> upsampling_matrix(2, 2, "bilinear")
        array([[1.  , 0.  ],
               [0.75, 0.25],
               [0.25, 0.75],
               [0.  , 1.  ]])

    Source: lecture A, A11; the matrix is ours.
    """
    size, factor = as_pair("(size, factor)", (size, factor), 1)
    _one_of("interpolation", interpolation, ("nearest", "bilinear", "bicubic"))
    _one_of("border", border, ("renormalise", "repeat"))
    only = ("half-pixel",) if interpolation == "nearest" else ()
    _one_of("rule", rule, only or ("half-pixel", "align-corners"))
    real = isinstance(a, (int, float, np.integer, np.floating))
    if not real or isinstance(a, bool) or not -1 <= a <= 0:
        raise ValueError(f"`a` must be a number from -1 to 0. Received: a={a!r}")

    matrix = np.zeros((factor * size, size))
    for p in range(factor * size):
        if rule == "half-pixel":
            x = (p + 1 / 2) / factor - 1 / 2
        else:
            x = p * (size - 1) / max(factor * size - 1, 1)  # one pixel: 0 / 0
        for i in range(int(np.floor(x)) - 1, int(np.floor(x)) + 3):
            inside = min(max(i, 0), size - 1)
            if i == inside or border == "repeat":
                matrix[p, inside] += _weight(x - i, interpolation, a)
    return matrix / matrix.sum(axis=1, keepdims=True)


def _weight(distance, interpolation, a):
    """Return the weight of a pixel at this distance from an output pixel."""
    d = abs(distance)
    if interpolation == "nearest":
        return float(d < 1 / 2)
    if interpolation == "bilinear":
        return max(1 - d, 0)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0


def _upsampled(image, factor, interpolation, **rules):
    """Return the matrix for the rows, times the image, times that for the columns."""
    image = as_image("image", image)
    rows, columns = (
        upsampling_matrix(size, one, interpolation, **rules)
        for size, one in zip(image.shape, as_pair("factor", factor, 1), strict=False)
    )
    return np.einsum("pi,ij...,qj->pq...", rows, image, columns, optimize=True)


def _one_of(name, value, known):
    """Refuse a word that is not known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(
            f"`{name}` must be one of {', '.join(known)}. Received: {name}={value!r}"
        )
