"""Notebook 10: sizes, parameters, errors, and a model with a larger code."""

import numpy as np

from .. import data, shapes
from .answers import (
    is_function,
    measured_error,
    returned,
    trained_model,
    whole,
    whole_numbers,
)


def latent_kernel(answer):
    """10a: which kernel must conv3 have for images of 40 rows and 60 columns?"""
    size = (40, 60)
    for _ in range(2):
        size = tuple(shapes.pool_output_size(n, 2) for n in size)
    given = whole_numbers(answer)
    if given is None or len(given) != 2:
        return "The answer is a pair of whole numbers: answer = (rows, columns)."
    if given == size:
        return None
    if given == size[::-1]:
        return "Rows come first, then columns."
    if given == (40, 60):
        return "The kernel covers the map that conv3 meets, not the image: pool twice."
    if given == (20, 30):
        return "That is the map after one pooling; there are two."
    return (
        "Halve rows and columns once for each pooling; conv1 and conv2 keep the size."
    )


def small_kernels(answer):
    """10b: how many parameters are there with 3x3 kernels in deconv2 and deconv1?"""
    from .. import models

    answer = whole(answer)
    if answer is None:
        return "The answer is a whole number: what `count_params()` returns."
    small, lecture = (
        shapes.layer_table(models.build_autoencoder(kernel_sizes=kernels))
        for kernels in ((7, 3, 3), None)
    )
    if answer == small.total_parameters:
        return None
    if answer == lecture.total_parameters:
        return (
            "These are the lecture's kernels. Put three sizes in place of None, for "
            "deconv3, deconv2 and deconv1."
        )
    decoder = sum(small[name].parameters for name in ("deconv3", "deconv2", "deconv1"))
    if answer == decoder:
        return "That is the decoder alone; the question is about the whole model."
    one = shapes.layer_table(models.build_autoencoder(kernel_sizes=(7, 3, 28)))
    other = shapes.layer_table(models.build_autoencoder(kernel_sizes=(7, 14, 3)))
    if answer in (one.total_parameters, other.total_parameters):
        return "One of the two kernels is still the lecture's: change both."
    return (
        "Count the weights of conv1, conv2, conv3, deconv3, deconv2 and deconv1, and a "
        "bias per filter in all of them but conv3; or let `count_params()` do it."
    )


def error_per_image(answer):
    """10c: mend the function that returns each image's mean squared error."""
    if not is_function(answer):
        return "The answer is the mended function itself: answer = error_per_image."
    images = np.zeros((3, 4, 6, 1), dtype="float32")
    levels = np.array([0.0, 0.5, 1.0], dtype="float32")
    reconstructions = images + levels[:, None, None, None]
    reconstructions[0, :2] += 0.5  # not every pixel of an image errs alike
    truth = np.array([0.125, 0.25, 1.0])
    case = "For 3 images of 4x6 pixels your function"
    result, hint = returned(case, answer, images, reconstructions)
    if hint:
        return hint
    if result.shape == images.shape[1:]:
        return "That is an error for each pixel: the mean was taken over the images."
    if result.shape == ():
        return "That is one number for all images; the axis of the images must stay."
    if result.shape != (3,):
        return (
            f"{case} returns the shape {result.shape}; it should return one number an "
            "image."
        )
    if np.allclose(result, truth):
        return None
    if np.allclose(result, truth * images[0].size):
        return (
            "That is the sum over the pixels. It grows with the image, so nobody can "
            "compare it: take the mean."
        )
    times = result[2]  # where the truth is 1
    if times > 0 and np.allclose(result, times * truth):
        return (
            f"These are the right errors times {times:.3g}. Did you divide by a "
            "fixed number of pixels, 784? These images have 24: `np.mean` counts them."
        )
    if np.allclose(result, np.sqrt(truth)):
        return "That is the root of the mean squared error; leave the root out."
    return "The error of a pixel is the square of the difference."


def more_latent_numbers(answer):
    """10d: a model with eight latent numbers, trained for an epoch, and its error."""
    model, latent_channels, _, error, hint = trained_model(answer)
    if hint:
        return hint
    if latent_channels != 8:
        return f"This model has {latent_channels} latent numbers: latent_channels=8."
    measured, hint = measured_error(model, error)
    if hint:
        return hint
    rows = data.load_expected_results((1, 5, 6), "cae_lecture", 8, epoch=1)
    usual = [row["test_mse"] for row in rows]
    if measured > 1.1 * max(usual):
        return (
            f"The error is {measured:.4f}; after 1 epoch {len(usual)} seeds had "
            f"{min(usual):.4f} to {max(usual):.4f}. The model is hardly trained: train "
            "on. Or many of deconv2's channels are dead: begin again with another seed."
        )
    return None
