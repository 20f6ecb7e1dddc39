"""A model as a table: shapes, parameters, work and receptive field of every layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from . import receptive_fields as fields
from .arguments import refuse
from .layer_rules import Tensor, apply_rule, class_names


@dataclass(frozen=True)
class LayerRow:
    """One layer of a `LayerTable`.

    Args:
        name: the layer's name.
        kind: the name of its class.
        output_shape: (size, ..., channels) without the batch; None where not known.
        kernel_size: of the kernel or of the pooling window, one an axis, or None.
        strides: one an axis, or None.
        padding: "valid", "same" or None.
        parameters: weights that the layer holds, 0 where an earlier row has them.
        multiply_adds: products summed for one image; 0 where the layer has none,
            None where a size is not known.
        receptive_field: the largest extent, in pixels an axis, of the input pixels
            that reach one position of the output; a vector is one position. None
            where it is not known: with unknown sizes, where the input is a vector,
            and behind a reshape that mixes positions up.
    """

    name: str
    kind: str
    output_shape: tuple
    kernel_size: tuple | None = None
    strides: tuple | None = None
    padding: str | None = None
    parameters: int = 0
    multiply_adds: int | None = 0
    receptive_field: tuple | None = None


def _times(sizes):
    if sizes is None:
        return ""
    return "x".join("?" if size is None else str(size) for size in sizes)


def _count(number):
    return "?" if number is None else f"{number:,}" if number else ""


_COLUMNS = (
    # heading, is it a number, text of a row
    ("layer", False, lambda row: row.name),
    ("kind", False, lambda row: row.kind),
    ("output", True, lambda row: _times(row.output_shape)),
    ("kernel", True, lambda row: _times(row.kernel_size)),
    ("stride", True, lambda row: _times(row.strides)),
    ("padding", False, lambda row: row.padding or ""),
    ("parameters", True, lambda row: _count(row.parameters)),
    ("multiply-adds", True, lambda row: _count(row.multiply_adds)),
    ("sees", True, lambda row: _times(row.receptive_field)),
)


@dataclass(frozen=True, repr=False)
class LayerTable(Sequence):
    """The rows of `layer_table`, in the order in which the layers run.

    A sequence of `LayerRow`; `table["conv1"]` finds a row by its layer's name (the
    first one, where a layer runs twice). Shown as text, or as HTML in a notebook.
    """

    rows: tuple

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, which):
        if not isinstance(which, str):
            return self.rows[which]
        for row in self.rows:
            if row.name == which:
                return row
        names = ", ".join(row.name for row in self.rows)
        raise KeyError(f"The name must be one of {names}. Received: {which!r}")

    @property
    def total_parameters(self):
        """All parameters, the fixed ones of batch normalization too, an int."""
        return sum(row.parameters for row in self.rows)

    @property
    def total_multiply_adds(self):
        """All multiply-adds for one image, an int; None where one is not known."""
        counts = [row.multiply_adds for row in self.rows]
        return None if None in counts else sum(counts)

    def _cells(self):
        """Return all rows as text, with the total at the end."""
        cells = [[text(row) for _, _, text in _COLUMNS] for row in self.rows]
        total = [""] * len(_COLUMNS)
        total[0] = "total"
        total[6] = f"{self.total_parameters:,}"
        total[7] = _count(self.total_multiply_adds)
        return [*cells, total]

    def __repr__(self):
        lines = [[heading for heading, _, _ in _COLUMNS], *self._cells()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, (_, number, _) in zip(
                    line, widths, _COLUMNS, strict=True
                )
            ).rstrip()
            for line in lines
        ]
        rule = "-" * max(map(len, shown))
        return "\n".join([shown[0], rule, *shown[1:-1], rule, shown[-1]])

    def _repr_html_(self):
        def line(cells, tag):
            shown = "".join(
                f'<{tag} style="text-align: {"right" if number else "left"}">'
                f"{escape(cell)}</{tag}>"
                for cell, (_, number, _) in zip(cells, _COLUMNS, strict=True)
            )
            return f"<tr>{shown}</tr>"

        *cells, total = self._cells()
        head = line([heading for heading, _, _ in _COLUMNS], "th")
        body = "".join(line(one, "td") for one in cells)
        return (
            f"<table><thead>{head}</thead><tbody>{body}</tbody>"
            f"<tfoot>{line(total, 'th')}</tfoot></table>"
        )


def _is_graph(thing):
    return bool({"Functional", "Sequential"}.intersection(class_names(thing)))


def _key(tensor):
    """Return where a symbolic tensor comes from: operation, call and output."""
    # The history rides on every symbolic tensor of Keras 3. `model.get_config()` tells
    # the same in public, but not for a subclass of `keras.Model` with arguments of its
    # own, nor for a model that holds anything without a configuration.
    operation, call, output = tensor._keras_history
    return id(operation), call, output


class _Reader:
    """Collects rows while it follows a model's graph."""

    def __init__(self):
        self.rows = []
        self.counted = set()  # the layers whose parameters are in a row already

    def add(self, layer, tensors):
        """Put a layer into the table, and return its output."""
        step = apply_rule(layer, tensors)
        self.rows.append(
            LayerRow(
                name=layer.name,
                kind=type(layer).__name__,
                output_shape=step.shape,
                kernel_size=step.kernel_size,
                strides=step.strides,
                padding=step.padding,
                parameters=0 if id(layer) in self.counted else step.parameters,
                multiply_adds=step.multiply_adds,
                receptive_field=_extent(step),
            )
        )
        self.counted.add(id(layer))
        return Tensor(step.shape, step.field)

    def read(self, model, inputs):
        """Follow a model from its inputs, a `Tensor` each, and return its outputs."""
        known = {
            _key(symbol): tensor
            for symbol, tensor in zip(model.inputs, inputs, strict=True)
        }
        calls = {}  # for each operation, the calls that lead to the model's outputs

        def sources(operation, call):
            return operation._inbound_nodes[call].input_tensors

        def collect(symbol):
            operation, call, _ = symbol._keras_history
            if _key(symbol) in known or call in calls.get(id(operation), ()):
                return
            calls.setdefault(id(operation), set()).add(call)
            for source in sources(operation, call):
                collect(source)

        def value(symbol):
            if _key(symbol) not in known:
                operation, call, _ = symbol._keras_history
                run(operation, call)
            return known[_key(symbol)]

        def run(operation, call):
            tensors = [value(source) for source in sources(operation, call)]
            if _is_graph(operation):
                outputs = self.read(operation, tensors)
            else:
                outputs = [self.add(operation, tensors)]
            for number, output in enumerate(outputs):
                known[id(operation), call, number] = output

        for symbol in model.outputs:
            collect(symbol)
        for operation in getattr(model, "operations", model.layers):
            for call in sorted(calls.get(id(operation), ())):
                if (id(operation), call, 0) not in known:
                    run(operation, call)
        return [value(symbol) for symbol in model.outputs]


def _extent(tensor):
    """Return the receptive field of a tensor; a vector is one position."""
    field = tensor.field
    if field is None:
        return None
    if len(tensor.shape) == 1:
        field = fields.field_of_all(field)
    return fields.largest_extent(field)


def _input_tensors(shapes):
    """Return a `Tensor` for each input: the first one is the image."""
    image = shapes[0][:-1]
    tensors = []
    for number, shape in enumerate(shapes):
        field = None
        sizes = shape[:-1] or (1,) * len(image)
        if image and None not in image + sizes and len(sizes) == len(image):
            start = fields.empty_field if number else fields.whole_image_field
            field = start(sizes)
        tensors.append(Tensor(shape, field))
    return tensors


def layer_table(model):
    """Return a table of a Keras model's layers, worked out by arithmetic alone.

    Shapes follow this module's rules, parameters and multiply-adds are products of
    them, and nothing is asked of Keras but each layer's settings: so the table can be
    held against `model.summary()`. Multiply-adds are for one image: a convolution has
    outputs x kernel x channels in x channels out, a transposed one *inputs* x the
    same, a dense layer inputs x outputs; pooling and activations count none.

    The receptive field ("sees") is exact: the largest extent of image pixels that
    reach one position. Padding does not count as pixels.

    Args:
        model: a Functional or Sequential `keras.Model` that knows its input shape,
            channels last. Models within it are opened up; branches may join. Of
            several inputs the first one is the image whose pixels are counted.

    Returns:
        A `LayerTable`, one row for each input of the model and each run of a layer.

    Raises:
        ValueError: the model is of another kind or has no input shape yet, or holds a
            layer that the table does not know.

    Example:
        >>> import keras
        >>> model = keras.Sequential(name="encoder", layers=[
        ...     keras.Input((28, 28, 1), name="image"),
        ...     keras.layers.Conv2D(32, 3, padding="same", name="conv1"),
        ...     keras.layers.MaxPooling2D(name="maxp1"),
        ... ])
        >>> table = layer_table(model)
        >>> table["maxp1"].output_shape, table["maxp1"].receptive_field
        ((14, 14, 32), (4, 4))
        >>> table.total_parameters, table.total_multiply_adds
        (320, 225792)

    Source: lecture B, B6 (the layers), counted beyond the lecture.
    """
    if not getattr(model, "outputs", None):
        refuse(
            "`model` must be a Functional or Sequential model that knows its input "
            "shape.",
            model=model,
        )
    inputs = _input_tensors([tuple(symbol.shape[1:]) for symbol in model.inputs])
    reader = _Reader()
    for symbol, tensor in zip(model.inputs, inputs, strict=True):
        name = symbol._keras_history.operation.name
        reader.rows.append(
            LayerRow(name, "InputLayer", tensor.shape, receptive_field=_extent(tensor))
        )
    reader.read(model, inputs)
    return LayerTable(tuple(reader.rows))
