"""Slow and obvious NumPy: convolutions to read, and to check others against.

"Convolution" means what the whole field of deep learning means by it: the kernel slides
over the image as it is, without being flipped. Mathematics calls that
cross-correlation. The functions for the Fourier domain, whose identity holds for
mathematics's convolution only, do flip it, and say so.
"""

from .checkerboard import checkerboard_energy
from .convolution import conv2d, conv2d_transpose, conv_matrix
from .fourier import circular_conv2d, fourier_conv2d, fourier_deconvolve
from .pooling import (
    average_pool,
    bed_of_nails,
    flat_indices,
    max_pool_with_indices,
    max_unpool,
    window_indices,
)
from .transposed import conv2d_transpose_by_insertion, insert_zeros
from .upsampling import (
    upsample_bicubic,
    upsample_bilinear,
    upsample_nearest,
    upsampling_matrix,
)

__all__ = [
    "average_pool",
    "bed_of_nails",
    "checkerboard_energy",
    "circular_conv2d",
    "conv2d",
    "conv2d_transpose",
    "conv2d_transpose_by_insertion",
    "conv_matrix",
    "flat_indices",
    "fourier_conv2d",
    "fourier_deconvolve",
    "insert_zeros",
    "max_pool_with_indices",
    "max_unpool",
    "upsample_bicubic",
    "upsample_bilinear",
    "upsample_nearest",
    "upsampling_matrix",
    "window_indices",
]
