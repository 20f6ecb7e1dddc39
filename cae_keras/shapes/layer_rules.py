"""What each kind of layer does to a shape, what it costs, and what it sees.

Layers are known by their class names, so that subclasses count and Keras is not
imported. A rule reads a layer's settings, never its weights or its output shape.
"""

from math import prod
from typing import NamedTuple

from . import connections as connect
from . import receptive_fields as fields
from .arguments import refuse
from .tensor_shapes import (
    conv_output_shape,
    conv_transpose_output_shape,
    pool_output_shape,
)


class Tensor(NamedTuple):
    """What is known of a tensor: its shape without the batch, and its field."""

    shape: tuple
    field: tuple | None  # as in `receptive_fields`; None where it is not known


class Step(NamedTuple):
    """What one layer makes of its input."""

    shape: tuple
    field: tuple | None
    parameters: int = 0
    multiply_adds: int | None = 0
    kernel_size: tuple | None = None
    strides: tuple | None = None
    padding: str | None = None


def _product(sizes):
    """Return the product, or None where a size is not known."""
    return None if None in sizes else prod(sizes)


def _see(field, sizes, connections_of, *per_axis):
    """Return the field behind a layer, `connections_of(size, ...)` on each axis."""
    if field is None or None in sizes:
        return None
    told = zip(sizes, *per_axis, strict=True)
    return fields.field_through(field, [connections_of(*one) for one in told])


def _weights(layer, kernel_size, inputs, filters):
    """Return the weights of all kernels, and with them the biases."""
    weights = prod(kernel_size) * inputs * filters
    return weights, weights + (filters if layer.use_bias else 0)


def _convolution(layer, tensor):
    kernel_size, strides = tuple(layer.kernel_size), tuple(layer.strides)
    dilation = tuple(layer.dilation_rate)
    shape = conv_output_shape(
        tensor.shape, layer.filters, kernel_size, strides, layer.padding, dilation
    )
    weights, parameters = _weights(
        layer, kernel_size, tensor.shape[-1] // layer.groups, layer.filters
    )
    outputs = _product(shape[:-1])
    sizes = tensor.shape[:-1]
    same = (layer.padding,) * len(sizes)
    return Step(
        shape,
        _see(
            tensor.field,
            sizes,
            connect.conv_connections,
            *(kernel_size, strides, same, dilation),
        ),
        parameters,
        None if outputs is None else outputs * weights,
        kernel_size,
        strides,
        layer.padding,
    )


def _transposed_convolution(layer, tensor):
    kernel_size, strides = tuple(layer.kernel_size), tuple(layer.strides)
    dilation = tuple(layer.dilation_rate)
    extra = layer.output_padding
    shape = conv_transpose_output_shape(
        tensor.shape,
        layer.filters,
        kernel_size,
        strides,
        layer.padding,
        extra,
        dilation,
    )
    weights, parameters = _weights(layer, kernel_size, tensor.shape[-1], layer.filters)
    sizes = tensor.shape[:-1]
    inputs = _product(sizes)
    same = (layer.padding,) * len(sizes)
    extra = (None,) * len(sizes) if extra is None else tuple(extra)
    return Step(
        shape,
        _see(
            tensor.field,
            sizes,
            connect.conv_transpose_connections,
            *(kernel_size, strides, same, extra, dilation),
        ),
        parameters,
        None if inputs is None else inputs * weights,
        kernel_size,
        strides,
        layer.padding,
    )


def _pooling(layer, tensor):
    pool_size, strides = tuple(layer.pool_size), tuple(layer.strides)
    sizes = tensor.shape[:-1]
    same = (layer.padding,) * len(sizes)
    return Step(
        pool_output_shape(tensor.shape, pool_size, strides, layer.padding),
        _see(tensor.field, sizes, connect.conv_connections, pool_size, strides, same),
        kernel_size=pool_size,
        strides=strides,
        padding=layer.padding,
    )


def _global_pooling(layer, tensor):
    *sizes, channels = tensor.shape
    kept = (1,) * len(sizes) if layer.keepdims else ()
    field = tensor.field and fields.field_of_all(tensor.field)
    return Step((*kept, channels), field)


def _upsampling(layer, tensor):
    radii = {"nearest": 0, "bilinear": 1, "bicubic": 2}
    interpolation = getattr(layer, "interpolation", "nearest")
    if interpolation not in radii:
        refuse(
            f"`interpolation` must be one of {', '.join(radii)}.",
            interpolation=interpolation,
        )
    *sizes, channels = tensor.shape
    factors = layer.size
    if not isinstance(factors, (tuple, list)):
        factors = (factors,) * len(sizes)
    shape = [
        None if size is None else size * factor
        for size, factor in zip(sizes, factors, strict=True)
    ]
    radius = (radii[interpolation],) * len(sizes)
    return Step(
        (*shape, channels),
        _see(tensor.field, sizes, connect.interpolation_connections, factors, radius),
    )


def _margins(margins, tensor, sign):
    """Add margins to a map (sign 1), or cut them off (sign -1)."""
    *sizes, channels = tensor.shape
    if len(sizes) == 1:
        margins = (margins,)
    before, after = zip(*((sign * a, sign * b) for a, b in margins), strict=True)
    shape = [
        None if size is None else size + a + b
        for size, a, b in zip(sizes, before, after, strict=True)
    ]
    if any(size is not None and size < 1 for size in shape):
        refuse("The cropping must leave something.", input_shape=tensor.shape)
    return Step(
        (*shape, channels),
        _see(tensor.field, sizes, connect.shift_connections, before, after),
    )


def _zero_padding(layer, tensor):
    return _margins(layer.padding, tensor, 1)


def _cropping(layer, tensor):
    return _margins(layer.cropping, tensor, -1)


def _dense(layer, tensor):
    *sizes, inputs = tensor.shape
    if inputs is None:
        refuse("A dense layer needs to know its inputs.", input_shape=tensor.shape)
    weights, parameters = _weights(layer, (), inputs, layer.units)
    positions = _product(sizes)
    field = tensor.field
    if field is not None and not sizes:
        field = fields.field_of_all(field)
    return Step(
        (*sizes, layer.units),
        field,
        parameters,
        None if positions is None else positions * weights,
    )


def _flatten(layer, tensor):
    return Step((_product(tensor.shape),), tensor.field)


def _reshape(layer, tensor):
    shape = tuple(layer.target_shape)
    entries = _product(tensor.shape)
    if -1 in shape:
        rest = -prod(shape)
        missing = None if entries is None else entries // rest
        shape = tuple(missing if size == -1 else size for size in shape)
    if entries is not None and prod(shape) != entries:
        refuse(
            "A reshape must keep the number of entries.",
            input_shape=tensor.shape,
            target_shape=layer.target_shape,
        )
    field = tensor.field
    if field is not None:
        field = fields.field_reshaped(field, tensor.shape, shape)
    return Step(shape, field)


def _pointwise(layer, tensor):
    return Step(*tensor)


def _mixed(tensor):
    """A softmax mixes all of a vector; in a map, the channels of each position."""
    if tensor.field is not None and len(tensor.shape) == 1:
        return Step(tensor.shape, fields.field_of_all(tensor.field))
    return Step(*tensor)


def _activation(layer, tensor):
    mixes = getattr(layer.activation, "__name__", "") == "softmax"
    return _mixed(tensor) if mixes else Step(*tensor)


def _softmax(layer, tensor):
    if layer.axis not in (-1, len(tensor.shape)):
        return Step(tensor.shape, None)
    return _mixed(tensor)


def _batch_normalization(layer, tensor):
    axis = layer.axis if layer.axis < 0 else layer.axis - 1  # without the batch
    kinds = 2 + bool(layer.scale) + bool(layer.center)  # a mean and a variance
    return Step(*tensor, parameters=kinds * tensor.shape[axis])


def _joined_field(tensors, keep_vectors):
    """Return the field where branches meet, or None where one is not known."""
    branches = [tensor.field for tensor in tensors]
    if None in branches:
        return None
    if len(tensors[0].shape) == 1:
        lengths = {tuple(map(len, field[0])) for field in branches}
        if not keep_vectors or len(lengths) > 1:
            branches = [fields.field_of_all(field) for field in branches]
    return fields.joined_field(branches)


def _agree(sizes):
    """Return the one size that several tensors have, or None if none is known."""
    known = {size for size in sizes if size is not None}
    if len(known) > 1:
        refuse("The sizes of the branches must agree.", sizes=list(sizes))
    return known.pop() if known else None


def _same_rank(tensors):
    shapes = [tensor.shape for tensor in tensors]
    if len({len(shape) for shape in shapes}) > 1:
        refuse("The branches must have equally many axes.", shapes=shapes)
    return shapes


def _elementwise(layer, *tensors):
    shapes = _same_rank(tensors)
    shape = tuple(_agree(sizes) for sizes in zip(*shapes, strict=True))
    return Step(shape, _joined_field(tensors, keep_vectors=True))


def _concatenate(layer, *tensors):
    shapes = _same_rank(tensors)
    rank = len(shapes[0])
    joint = layer.axis + rank if layer.axis < 0 else layer.axis - 1
    shape = []
    for axis, sizes in enumerate(zip(*shapes, strict=True)):
        if axis != joint:
            shape.append(_agree(sizes))
        else:
            shape.append(None if None in sizes else sum(sizes))
    field = None  # side by side, the branches are no longer a product of axes
    if joint == rank - 1:
        field = _joined_field(tensors, keep_vectors=False)
    return Step(tuple(shape), field)


def _per_rank(rule, *names, ranks="123"):
    return {f"{name}{rank}D": rule for name in names for rank in ranks}


RULES = {
    **_per_rank(_convolution, "Conv"),
    **{f"Conv{rank}DTranspose": _transposed_convolution for rank in "123"},
    **_per_rank(_pooling, "MaxPooling", "AveragePooling"),
    **_per_rank(_global_pooling, "GlobalMaxPooling", "GlobalAveragePooling"),
    **_per_rank(_upsampling, "UpSampling"),
    **_per_rank(_zero_padding, "ZeroPadding"),
    **_per_rank(_cropping, "Cropping"),
    **_per_rank(_pointwise, "SpatialDropout"),
    **dict.fromkeys(("ReLU", "LeakyReLU", "ELU", "Identity", "Rescaling"), _pointwise),
    **dict.fromkeys(("Dropout", "GaussianNoise", "GaussianDropout"), _pointwise),
    "ActivityRegularization": _pointwise,
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _elementwise
    ),
    "Activation": _activation,
    "BatchNormalization": _batch_normalization,
    "Concatenate": _concatenate,
    "Dense": _dense,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Softmax": _softmax,
}


def class_names(thing):
    """Return the names of a thing's class and of all that it descends from."""
    return [kind.__name__ for kind in type(thing).__mro__]


def apply_rule(layer, tensors):
    """Return the `Step` of one layer on its inputs.

    Raises:
        ValueError: no rule knows the layer, or a rule refuses its settings.
    """
    names = [name for name in class_names(layer) if name in RULES]
    if not names or "Layer" not in class_names(layer):
        known = sorted(name for name in RULES if not name.endswith(("1D", "3D")))
        refuse(
            f"The table must know a layer's kind: {', '.join(known)}.",
            name=layer.name,
            kind=type(layer).__name__,
        )
    try:
        if getattr(layer, "data_format", "channels_last") != "channels_last":
            refuse("The channels must come last.", data_format=layer.data_format)
        return RULES[names[0]](layer, *tensors)
    except ValueError as error:
        kind = type(layer).__name__
        raise ValueError(f"Layer {layer.name!r}, a {kind}: {error}") from error
