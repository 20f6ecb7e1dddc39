"""Notebook 11: overlaps, method 2 with larger kernels, dead channels, a small model."""

import numpy as np

from .. import shapes
from .answers import (
    is_function,
    measured_error,
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
    """11b: how many parameters has method 2 with kernels of 5x5?"""
    from .. import models

    def parameters(kernels):
        model = models.build_autoencoder(upsampling="nearest", kernel_sizes=kernels)
        return model.count_params()

    answer = whole(answer)
    if answer is None:
        return "The answer is a whole number: what `count_params()` returns."
    if answer == parameters((7, 5, 5)):
        return None
    if answer == parameters(None):
        return "These are kernels of 3x3. Put three sizes in place of None."
    if answer in (parameters((7, 5, 3)), parameters((7, 3, 5))):
        return "One of the two kernels is still 3x3: change both."
    return "The kernels are 7x7 in deconv3, 5x5 in upconv2 and 5x5 in upconv1."


def dead(answer):
    """11c: mend the function that counts the dead channels."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = dead_channels."
    maps = np.zeros((4, 5, 6, 7), dtype="float32")
    maps[1, 2, 3, 0] = 0.5  # alive at one pixel of one image
    maps[:, 0, 0, 1] = 0.5  # alive at one pixel of every image
    maps[2, :, :, 2] = 0.5  # alive in one image
    truth = 4
    result, hint = returned(
        "For 4 maps of 5x6 with 7 channels your function", answer, maps
    )
    if hint:
        return hint
    if result.shape != () or not np.issubdtype(result.dtype, np.integer):
        return "Your function should return one whole number, for all maps together."
    if result == truth:
        return None
    if result == 7 - truth:
        return "Those are the channels that are alive."
    if result > 7:
        return (
            f"Of 7 channels your function finds {result} dead. It counts positions: "
            "the largest value must be taken over images, rows and columns."
        )
    return (
        f"Of 7 channels {truth} are dead, your function finds {result}. A channel is "
        "dead when it is 0 at every pixel of every image."
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
            f"Its error is {measured:.4f}, the PCA's {pca_error():.4f}. Is it trained "
            "for a whole epoch, and is there anything else to save at?"
        )
    return None
