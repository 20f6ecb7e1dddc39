"""Who runs against whom in `training_step.py`, and in which process.

A contender is made in its worker by `make(batch_size, **arguments)` of a module of this
folder. What that returns has `note` (a word for the table), `evidence()` (named arrays
that all contenders of a race must agree on, computed from the initial weights) and
`run(steps)` (seconds a step, with the result read). Importing this loads no framework.
"""

import importlib.util
from typing import NamedTuple

STEPS_PER_EXECUTION = 16  # so that `fit` asks Python only once in 16 steps
SMALL = 0.3  # the blocks of a single layer, as a share of those of a training step


class Process(NamedTuple):
    """One worker process: the backend of its Keras, and what must be installed."""

    backend: str
    package: str
    course_setting: bool = True  # oneDNN as `classroom.start` sets it, or untouched


PROCESSES = {
    "tensorflow": Process("tensorflow", "tensorflow"),
    "tensorflow by itself": Process("tensorflow", "tensorflow", False),
    "jax": Process("jax", "jax"),
    "torch": Process("torch", "torch"),
}


class Contender(NamedTuple):
    """One way of doing the step. Its number of steps is a multiple of `multiple`."""

    key: str
    label: str
    process: str
    module: str
    arguments: dict
    multiple: int = 1


class Race(NamedTuple):
    """Contenders that do the same, in the order of the table."""

    name: str
    contenders: tuple
    batch_sizes: tuple
    share: float = 1.0  # of the seconds of a block


def _keras(key, label, process, implementation, way="fit"):
    multiple = STEPS_PER_EXECUTION if way == "fit in groups" else 1
    arguments = {"implementation": implementation, "way": way}
    return Contender(key, label, process, "keras_steps", arguments, multiple)


def _torch(layout):
    key = f"torch {layout}"
    label = f"plain PyTorch, {layout.replace('_', ' ')}"
    return Contender(key, label, "torch", "torch_steps", {"layout": layout})


TRAINING = (
    _keras("direct fit", "Keras's default: `fit`", "tensorflow", "direct"),
    _keras("ours fit", "ours: `fit`", "tensorflow", "auto"),
    _keras(
        "ours fit in groups",
        f"ours: `fit`, steps_per_execution={STEPS_PER_EXECUTION}",
        "tensorflow",
        "auto",
        "fit in groups",
    ),
    _keras("ours loop", "ours: bare loop", "tensorflow", "auto", "loop"),
    _keras("direct loop", "Keras's default: bare loop", "tensorflow", "direct", "loop"),
    _keras(
        "direct fit by itself",
        "Keras's default: `fit`, oneDNN as TensorFlow sets it",
        "tensorflow by itself",
        "direct",
    ),
    _torch("contiguous"),
    _torch("channels_last"),
    Contender("jax", "plain JAX, jitted", "jax", "jax_steps", {}),
    _keras("direct fit on jax", "Keras on JAX: `fit`", "jax", "direct"),
    _keras("ours fit on jax", "ours on JAX: `fit`", "jax", "auto"),
    _keras("direct fit on torch", "Keras on PyTorch: `fit`", "torch", "direct"),
    _keras("ours fit on torch", "ours on PyTorch: `fit`", "torch", "auto"),
)

# Kernels of deconv2 and deconv1 in the project's models, lecture B's first.
PROJECT_KERNELS = ((14, 28), (3, 3), (2, 2), (4, 4))


def training_race(batch_sizes):
    """Return the race of the lecture's training step."""
    return Race("training step", TRAINING, tuple(batch_sizes))


def _pair(module, arguments):
    return tuple(
        Contender(
            implementation,
            label,
            "tensorflow",
            module,
            {**arguments, "implementation": implementation},
        )
        for implementation, label in (("direct", "Keras's default"), ("auto", "ours"))
    )


def layer_races(batch_sizes):
    """Return a race for each transposed convolution that could go the Fourier way."""
    races = []
    for kernel2, kernel1 in PROJECT_KERNELS:
        for name, shape, filters, kernel in (
            ("deconv2", (7, 7, 64), 32, kernel2),
            ("deconv1", (14, 14, 32), 1, kernel1),
        ):
            told = {"input_shape": shape, "filters": filters, "kernel_size": kernel}
            pair = _pair("keras_layers", told)
            title = f"{name}, {kernel}x{kernel}"
            races.append(Race(title, pair, tuple(batch_sizes), SMALL))
    return races


def inference_race(batch_sizes):
    """Return the race of the decoder's forward pass."""
    return Race("decoder", _pair("keras_decoder", {}), tuple(batch_sizes), SMALL)


def reference_of(race, missing):
    """Return the contender that the others are compared with, None where none can run.

    Keras's default: on TensorFlow, and where that is `missing` on another backend.
    """
    there = [c for c in race.contenders if c.process not in missing]
    own = [c for c in there if c.arguments.get("implementation") == "direct"]
    return next(iter(own + there), None)


def missing_packages():
    """Return, for each process whose package is not installed, a line that says so."""
    return {
        name: f"{process.package} is not installed, so its contenders are left out "
        "(benchmarks/requirements.txt)."
        for name, process in PROCESSES.items()
        if importlib.util.find_spec(process.package) is None
    }
