"""What the functions of this room may be given, and what they make of it."""

import numpy as np

LARGEST_INTEGER = np.iinfo(np.int64).max


def as_numbers(name, values):
    """Return an array of numbers; integers and booleans become int64."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of unequal length
        array = np.asarray(None)
    if array.dtype.kind in "bui":
        if array.dtype == np.uint64 and array.size and array.max() > LARGEST_INTEGER:
            raise ValueError(
                f"`{name}` must fit into int64. Received: {name}.max()={array.max()}"
            )
        array = array.astype(np.int64)  # 8 bits would overflow in the sums
    if array.dtype.kind not in "ifc":
        raise ValueError(
            f"`{name}` must be an array of numbers. Received: {name}={values!r}"
        )
    return array


def as_image(name, values):
    """Return an array of numbers (height, width) or (height, width, channels)."""
    array = as_numbers(name, values)
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ValueError(
            f"`{name}` must be an array (height, width) or (height, width, channels), "
            f"not empty. Received: {name}.shape={array.shape}"
        )
    return array


def as_channels_last(image, kernel):
    """Return image (h, w, in), kernel with four axes, and whether both were flat."""
    image, kernel = as_numbers("image", image), as_numbers("kernel", kernel)
    if (image.ndim, kernel.ndim) not in [(2, 2), (3, 4)]:
        raise ValueError(
            "Image and kernel must have 2 and 2 axes, or with channels 3 and 4. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    if 0 in image.shape + kernel.shape:
        raise ValueError(
            "Image and kernel must not be empty. "
            f"Received: image.shape={image.shape}, kernel.shape={kernel.shape}"
        )
    image, kernel = as_summable(image, kernel)
    flat = image.ndim == 2
    if flat:
        image, kernel = image[:, :, None], kernel[:, :, None, None]
    return image, kernel, flat


def exact_type(*arrays):
    """Return int64 for integers, float64 for floats: 16 bits overflow, 32 round."""
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "i" else np.result_type(dtype, np.float64)


def as_summable(image, kernel):
    """Return both in the one type in which their products are summed.

    Integers whose sums could leave int64 are refused.
    """
    dtype = exact_type(image, kernel)
    if dtype.kind == "i" and (
        _magnitude(image) * _magnitude(kernel) * kernel.size > LARGEST_INTEGER
    ):
        raise ValueError(
            "Sums of products of these integers could leave int64: pass floats. "
            f"Received: values up to {_magnitude(image)} in the image, "
            f"{_magnitude(kernel)} in the kernel"
        )
    return image.astype(dtype), kernel.astype(dtype)


def _magnitude(integers):
    """Return the largest absolute value, as Python's int, which cannot overflow."""
    return max(int(integers.max()), -int(integers.min()))


def as_pair(name, value, least):
    """Return two whole numbers of at least `least`; one number serves twice."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    whole = [
        isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        for number in pair
    ]
    if len(pair) == 2 and all(whole) and min(pair) >= least:
        return int(pair[0]), int(pair[1])
    raise ValueError(
        f"`{name}` must be a whole number of at least {least}, or a pair of them. "
        f"Received: {name}={value!r}"
    )


def as_sides(padding):
    """Return "valid", "same" or a pair (before, after)."""
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ValueError(
                '`padding` must be "valid", "same", an int or a pair. '
                f"Received: padding={padding!r}"
            )
        return padding
    return as_pair("padding", padding, 0)


def conv_axes(sizes, kernel_sizes, stride, padding):
    """Return (stride, before, after) for the rows and for the columns."""
    padding = as_sides(padding)
    axes = []
    for n, k, s in zip(sizes, kernel_sizes, as_pair("stride", stride, 1), strict=True):
        if padding == "valid":
            before, after = 0, 0
        elif padding == "same":
            # The last of ceil(n / s) windows ends at (outputs - 1) s + k.
            outputs = int(np.ceil(n / s))
            missing = max(0, (outputs - 1) * s + k - n)
            before = missing // 2
            after = missing - before
        else:
            before, after = padding
        if k > before + n + after:
            raise ValueError(
                "The kernel must fit into the padded image. Received: "
                f"image size={n}, kernel size={k}, padding={padding!r}"
            )
        axes.append((s, before, after))
    return axes


def kept_part(n, k, s, padding, extra):
    """Return where the kept part of the full result starts, and its size."""
    padding = as_sides(padding)
    if extra is not None and extra >= s:
        raise ValueError(
            "`output_padding` must be below the stride. "
            f"Received: output_padding={extra}, stride={s}"
        )
    full = (n - 1) * s + k
    if padding == "valid":
        if extra is None:
            extra = max(0, s - k)
        return 0, full + extra
    if padding == "same":
        if extra is None:
            size = n * s
        elif extra == 0 and k % 2 == 0:
            raise ValueError(
                'With "same" and an even kernel `output_padding` must not be 0. '
                f"Received: kernel size={k}, output_padding={extra}"
            )
        else:
            size = (n - 1) * s + k % 2 + extra
        return max(0, full - size) // 2, size
    before, after = padding
    size = full - before - after + (extra or 0)
    if size < 1:
        raise ValueError(
            "The padding must leave at least one output. "
            f"Received: image size={n}, kernel size={k}, stride={s}, padding={padding}"
        )
    return before, size
