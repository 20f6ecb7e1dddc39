"""Layers that Keras lacks.

A transposed convolution with a large kernel, by the lecture's Fourier identity.
"""

from .fourier_conv2d_transpose import FourierConv2DTranspose

__all__ = ["FourierConv2DTranspose"]
