"""The stepper: convolutions, pooling and their ways back, one step a picture.

Each function takes an image with its numbers and returns `Steps`: what happens, stop by
stop, as arrays, and the same as pictures. The image is one channel, an array (height,
width), small enough that every number can be read.

>>> steps = convolution([[3, 5, 2], [4, 1, 3], [6, 3, 8]], [[1, 2], [2, 1]])
>>> len(steps), steps[0].calculation
(4, '3·1 + 5·2 + 4·2 + 1·1 = 22')

Inputs are blue, outputs cyan and kernels grey, as the field draws them. Zeros that were
put around the input are hatched; what is cropped, or never read, is struck out.
"""

from .pooling_steps import pooling
from .sliding import convolution
from .steps import Frame, Panel, Steps
from .transposing import transposed_convolution
from .unpooling_steps import unpooling

__all__ = [
    "Frame",
    "Panel",
    "Steps",
    "convolution",
    "pooling",
    "transposed_convolution",
    "unpooling",
]
