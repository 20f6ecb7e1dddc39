"""Layers that Keras lacks.

A transposed convolution with a large kernel, by the lecture's Fourier identity; max
pooling that remembers where its values stood, and the layers that undo a pooling.
"""

from .fourier_conv2d_transpose import FourierConv2DTranspose
from .unpooling import BedOfNailsUnpooling2D, MaxPooling2DWithIndices, MaxUnpooling2D

__all__ = [
    "BedOfNailsUnpooling2D",
    "FourierConv2DTranspose",
    "MaxPooling2DWithIndices",
    "MaxUnpooling2D",
]
