"""Notebook 11: overlaps, method 2 with larger kernels, dead channels, a small model."""

import numpy as np

from .. import shapes
from .answers import (
    is_function,
    measured_error,
    pair,
    pca_error,
    returned,
    trained_model,
    whole,
    whole_numbers,
)


def overlaps(answer):
    """11a: how many copies of the kernel meet at each output (n = 3, k = 5, s = 3)?"""
    truth = tuple(shapes.overlap_counts(3, 5, 3, "valid"))
    given = whole_numbers(answer)
    if not given:
        return f"The answer is a list of {len(truth)} whole numbers."
    if given == truth:
        return None
    if len(given) != len(truth):
        return (
            f"There are (3 - 1) * 3 + 5 = {len(truth)} outputs, you gave {len(given)}."
        )
    if not all(0 <= copies <= 3 for copies in given):
        return "There are three copies, so at an output 0 to 3 of them can meet."
    if sum(given) != sum(truth):
        return (
            f"Three copies of five taps are laid down, {sum(truth)} in all; yours sum "
            f"up to {sum(given)}."
        )
    return "The copies begin at outputs 0, 3 and 6; each covers five. Count them."


def larger_kernels(answer):
    """11b: method 2 with kernels of 5x5, and as which transposed convolution?"""
    model, size = pair(answer)
    size = whole(size)
    try:
        decoder = model.get_layer("decoder")
        kernels = {
            layer.name: tuple(layer.kernel_size)
            for layer in decoder.layers
            if hasattr(layer, "kernel_size")
        }
        parameters = whole(model.count_params())
    except Exception:
        kernels = None
    if kernels is None or size is None:
        return "The answer is the pair (model, size): the model, and one whole number."
    if "upconv2" not in kernels:
        return (
            "This decoder enlarges by transposed convolutions, whatever their kernels: "
            'method 2 is `upsampling="nearest"`.'
        )
    wanted = {"deconv3": (7, 7), "upconv2": (5, 5), "upconv1": (5, 5)}
    for name, kernel in kernels.items():
        if kernel != wanted.get(name):
            return (
                f"The kernel of {name} is {'x'.join(map(str, kernel))}. The three are "
                "7x7 in deconv3, 5x5 in upconv2 and 5x5 in upconv1."
            )
    if parameters != 83_457:
        return "Change the kernels only, and leave all other arguments as they are."
    if size == 6:
        return None
    return (
        f"The model is right; the size is not {size}. Repeating makes a block 2 wide "
        "of each pixel: how wide is it when a kernel 5 wide has spread each of the two?"
    )


def dead(answer):
    """11c: mend the function that counts the dead channels."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = dead_channels."
    maps = np.zeros((4, 5, 6, 7), dtype="float32")
    maps[1, 2, 3, 0] = 0.5  # alive at one pixel of one image
    maps[:, 0, 0, 1] = 0.5  # alive at one pixel of every image
    maps[2, :, :, 2] = 0.5  # alive in one image
    more = np.zeros((2, 3, 3, 9), dtype="float32")
    more[0, 0, :, :8] = 1e-3  # alive, if faintly
    for shown, truth in ((maps, 4), (more, 1)):
        images, rows, columns, channels = shown.shape
        result, hint = returned(
            f"For {images} maps of {rows}x{columns} with {channels} channels your "
            "function",
            answer,
            shown,
        )
        hint = hint or _miscounted(result, truth, channels)
        if hint:
            return hint
    return None


def _miscounted(result, truth, channels):
    """Return a hint on a count of dead channels, None if it is the true one."""
    if result.shape != () or not np.issubdtype(result.dtype, np.integer):
        return "Your function should return one whole number, for all maps together."
    if result == truth:
        return None
    if result == channels - truth:
        return "Those are the channels that are alive."
    if result > channels:
        return (
            f"Of {channels} channels your function finds {result} dead. It counts a "
            "channel more than once, by position or by image: the largest value must "
            "be taken over images, rows and columns."
        )
    return (
        f"Of {channels} channels your function finds {result} dead, not {truth}. A "
        "channel is dead when it is 0 at every pixel of every image."
    )


def small_model(answer):
    """11d: two latent numbers, at most 40,000 parameters, better than the PCA."""
    model, latent_channels, parameters, error, hint = trained_model(answer)
    if hint:
        return hint
    if latent_channels != 2:
        return f"This model has {latent_channels} latent numbers; take two."
    if parameters > 40_000:
        return f"This model has {parameters:,} parameters; save where most of them are."
    measured, hint = measured_error(model, error)
    if hint:
        return hint
    if measured >= pca_error():
        return (
            f"Its test error is {measured:.4f}, the PCA's {pca_error():.4f}. Is it "
            "trained for a whole epoch? If so, choose another by its error on training "
            "images that you hold back, not by this one."
        )
    return None
