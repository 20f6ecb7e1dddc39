"""What a class feels before the first picture: imports, first step, memory, a notebook.

Each number is measured in a fresh process, several times; the table has the median.

    python benchmarks/start_costs.py [--repeat 3] [--steps 362]
    python benchmarks/start_costs.py --notebook notebooks/10_*.ipynb
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

BATCH = 50
BACKENDS = [
    name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)
]


def import_package():
    """Seconds of `import cae_keras`."""
    began = time.perf_counter()
    import cae_keras  # noqa: F401

    return time.perf_counter() - began


def import_keras():
    """Seconds of `import keras` on the backend of this process."""
    began = time.perf_counter()
    import keras  # noqa: F401

    return time.perf_counter() - began


def first_step():
    """Seconds from the loaded package to the end of the first training step."""
    from cae_keras import classroom, data

    classroom.start()
    images = data.load_mnist(1)[1][0][:BATCH]
    began = time.perf_counter()
    _train(images, "auto")
    return time.perf_counter() - began


def ours_memory(steps):
    """Peak memory in MB of a process that trains our model for an epoch."""
    return _memory("auto", steps)


def default_memory(steps):
    """Peak memory in MB of a process that trains Keras's default for an epoch."""
    return _memory("direct", steps)


def notebook(path):
    """Seconds to execute a notebook from a cold start. What it gives is not kept."""
    import tempfile

    import nbclient
    import nbformat

    os.environ["CAE_KERAS_QUIET"] = "1"
    began = time.perf_counter()
    content = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(Path(path).resolve().parent)}}
    nbclient.NotebookClient(content, timeout=None, resources=place).execute()
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(content, Path(folder) / Path(path).name)
    return time.perf_counter() - began


def _train(images, implementation):
    import keras
    from contenders.keras_steps import keras_default

    from cae_keras import models

    model = models.build_autoencoder()
    if implementation == "direct":
        model = keras_default(model)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    model.fit(images, images, batch_size=BATCH, verbose=0)


def _memory(implementation, steps):
    import resource

    from cae_keras import classroom, data

    classroom.start()
    (images, _), _ = data.load_mnist((1, 5, 6))
    _train(images[: steps * BATCH], implementation)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def in_fresh_process(name, *arguments, backend):
    """Return what a function of this file returns in a new process.

    Raises:
        RuntimeError: if the process failed, with the last it said.
    """
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run(
        [sys.executable, __file__, "--measure", json.dumps([name, *arguments])],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"{name} on {backend} failed: {result.stderr[-500:]}")
    return float(result.stdout.splitlines()[-1])


def jobs(options):
    """Return what is to be measured: (label, unit, function, arguments, backend)."""
    steps, first = options.steps, BACKENDS[0]
    on = "" if first == "tensorflow" else f", {first}"
    listed = [("`import cae_keras`", "s", "import_package", [], first)]
    for backend in BACKENDS:
        label = f"`import keras`, {backend}"
        listed.append((label, "s", "import_keras", [], backend))
        label = f"build, compile and first step, {backend}"
        listed.append((label, "s", "first_step", [], backend))
    for label, name in (("ours", "ours_memory"), ("Keras's default", "default_memory")):
        label = f"peak memory, {steps} steps of {BATCH}, {label}{on}"
        listed.append((label, "MB", name, [steps], first))
    for path in options.notebook:
        label = f"executing {path.name}, cold{on}"
        listed.append((label, "s", "notebook", [str(path.resolve())], first))
    return listed


def markdown(rows):
    """Return the heading and the table; a row is (label, unit, numbers)."""
    from contenders import machine, report

    about = machine.describe()
    cells = []
    for label, unit, numbers in rows:
        digits = 0 if unit == "MB" else 2
        low, median, high = (
            f"{value:.{digits}f}"
            for value in (min(numbers), statistics.median(numbers), max(numbers))
        )
        cells.append([label, f"{median} {unit}", f"{low} to {high}", str(len(numbers))])
    heading = f"### {about['processor']}, {about['cores']} cores, {about['date']}"
    table = report.table(["what", "median", "least to most", "times"], cells)
    return f"{heading}\n\n{about['versions']}\n\n{table}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--steps", type=int, default=362, help="of the epoch in memory")
    parser.add_argument("--notebook", type=Path, nargs="+", default=[])
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--update-readme", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        name, *arguments = json.loads(options.measure)
        print(f"\n{globals()[name](*arguments)}")
        return
    if min(options.repeat, options.steps) < 1:
        parser.error("--repeat and --steps must be 1 or more.")
    from contenders import report  # not above: it would load NumPy before the clock

    listed, rows = jobs(options), []
    for number, (label, unit, name, arguments, backend) in enumerate(listed, 1):
        print(f"{number} of {len(listed)}: {label}", file=sys.stderr, flush=True)
        numbers = [
            in_fresh_process(name, *arguments, backend=backend)
            for _ in range(options.repeat)
        ]
        rows.append((label, unit, numbers))
    text = markdown(rows)
    print(text)
    if options.markdown:
        report.write(options.markdown, text)
    if options.update_readme:
        report.update_readme(HERE / "README.md", "start_costs", text)


if __name__ == "__main__":
    main()
