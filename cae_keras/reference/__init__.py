"""Slow and obvious NumPy: convolutions to read, and to check others against.

"Convolution" means what the whole field of deep learning means by it: the kernel slides
over the image as it is, without being flipped. Mathematics calls that
cross-correlation.
"""

from .checkerboard import checkerboard_energy
from .convolution import conv2d, conv2d_transpose, conv_matrix

__all__ = ["checkerboard_energy", "conv2d", "conv2d_transpose", "conv_matrix"]
