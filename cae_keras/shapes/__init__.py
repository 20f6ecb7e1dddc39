"""Integers in, integers out: the sizes, shapes and costs of convolutional layers.

Pure Python on purpose: every number here can be checked by hand, and none of them
is asked of Keras, so that the two can be compared.

One axis has a *size* and a `stride`; a whole tensor has a *shape* and takes `strides`.
Throughout, n is the input size, k the kernel size, s the stride, d the dilation, and
k' = (k - 1) d + 1 the stretch of input that a dilated kernel covers.
"""

from .connections import overlap_counts
from .layer_tables import LayerRow, LayerTable, layer_table
from .sizes import (
    conv_input_sizes,
    conv_output_size,
    conv_transpose_cropping,
    conv_transpose_output_size,
    pool_output_size,
    same_padding,
)
from .tensor_shapes import (
    conv_output_shape,
    conv_transpose_output_shape,
    pool_output_shape,
)

__all__ = [
    "LayerRow",
    "LayerTable",
    "conv_input_sizes",
    "conv_output_shape",
    "conv_output_size",
    "conv_transpose_cropping",
    "conv_transpose_output_shape",
    "conv_transpose_output_size",
    "layer_table",
    "overlap_counts",
    "pool_output_shape",
    "pool_output_size",
    "same_padding",
]
