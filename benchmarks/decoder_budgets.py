"""Which decoder learns best, for equal epochs and for equal seconds, with ten seeds.

The five decoders of notebook 11 are trained side by side: half an epoch of one, then of
the next, in turn, so that other load on the machine hits all alike. They have one
encoder with one start, and the same batches in the same order. After each half epoch
the error on the test images is written down, and how many seconds the training alone
took up to there, without the first step, which compiles. Nothing is chosen by it.

Each seed is written as soon as it is complete, and is not repeated when the script is
started anew.

    python benchmarks/decoder_budgets.py            # about 85 minutes on two cores
    python benchmarks/decoder_budgets.py --quick    # a trial of a minute, in build/
    python benchmarks/decoder_budgets.py --table    # what the file says, no training
"""

import argparse
import csv
import itertools
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from expected_results import BATCH_SIZE, COMPARED, DECODERS, SOME  # noqa: E402

from cae_keras import classroom  # noqa: E402

COLUMNS = [
    "model",
    "latent_numbers",
    "seed",
    "half_epochs",
    "parameters",
    "seconds",
    "cpu_seconds",
    "test_mse",
]
SEEDS = range(1, 11)  # the notebooks have seed 0
EPOCHS = 4


def read_rows(path):
    """Return the rows of the file as dictionaries of strings, none if it is missing."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    """Replace the file by these rows, all or nothing."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    with open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(part, path)


def start_models(latent_numbers, seed):
    """Return the five models, compiled; all encoders have the same weights."""
    import keras

    from cae_keras import models

    found = {}
    for name, settings in DECODERS.items():
        keras.utils.set_random_seed(seed)
        model = models.build_autoencoder(latent_channels=latent_numbers, **settings)
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
        found[name] = model
    return found


def run_seed(latent_numbers, seed, images, test_images, epochs):
    """Return the rows of all five decoders for one seed."""
    import numpy as np

    trained = start_models(latent_numbers, seed)
    spent = {name: [0.0, 0.0] for name in trained}  # seconds, of the clock and the CPU
    draw = np.random.default_rng(seed)
    half = len(images) // 2 // BATCH_SIZE * BATCH_SIZE  # whole batches, then the rest
    rows = []
    for epoch in range(epochs):
        order = draw.permutation(len(images))  # one for all five
        for number, some in enumerate((order[:half], order[half:]), 1):
            shuffled = images[some]
            for name, model in trained.items():
                if epoch == 0 and number == 1:  # the first step compiles
                    fit(model, shuffled[:BATCH_SIZE])
                began = time.perf_counter(), time.process_time()
                rest = BATCH_SIZE if epoch == 0 and number == 1 else 0
                fit(model, shuffled[rest:])
                spent[name][0] += time.perf_counter() - began[0]
                spent[name][1] += time.process_time() - began[1]
                error = model.evaluate(test_images, test_images, verbose=0)
                rows.append(
                    {
                        "model": name,
                        "latent_numbers": str(latent_numbers),
                        "seed": str(seed),
                        "half_epochs": str(2 * epoch + number),
                        "parameters": str(model.count_params()),
                        "seconds": f"{spent[name][0]:.2f}",
                        "cpu_seconds": f"{spent[name][1]:.2f}",
                        "test_mse": f"{error:.5f}",
                    }
                )
    return rows


def fit(model, images):
    model.fit(images, images, batch_size=BATCH_SIZE, shuffle=False, verbose=0)


def curves(rows, latent_numbers):
    """Return, for each model and seed, its seconds and errors, in time's order."""
    found = {}
    for row in rows:
        if row["latent_numbers"] == str(latent_numbers):
            of_model = found.setdefault(row["model"], {})
            point = float(row["seconds"]), float(row["test_mse"])
            of_model.setdefault(row["seed"], []).append(point)
    return found


def print_table(rows):
    """Print the errors after equal epochs, and after equal seconds, mean and range.

    The seconds run from those in which the slowest of the five has done half an epoch
    to those in which the fastest has done all; between measurements lines are straight.
    """
    import numpy as np

    for latent_numbers in COMPARED:
        found = curves(rows, latent_numbers)
        if not found:
            continue
        print(f"\n{latent_numbers} latent numbers, mean (least to most) over the seeds")
        shortest = min(len(c) for seeds in found.values() for c in seeds.values())
        for number in range(1, shortest + 1):
            print(f"after {number / 2:g} epochs of each:")
            for name, seeds in found.items():
                clock, errors = zip(
                    *(c[number - 1] for c in seeds.values()), strict=True
                )
                print(f"  {name}: {summary(errors)} in {np.mean(clock):.1f} s")
        runs = [c for seeds in found.values() for c in seeds.values()]
        first, end = max(c[0][0] for c in runs), min(c[-1][0] for c in runs)
        for moment in np.linspace(first, end, 4) if first < end else ():
            print(f"after {moment:.1f} s of each:")
            for name, seeds in found.items():
                errors = [
                    np.interp(moment, *zip(*c, strict=True)) for c in seeds.values()
                ]
                print(f"  {name}: {summary(errors)}")


def summary(errors):
    mean = sum(errors) / len(errors)
    return f"{mean:.4f} ({min(errors):.4f} to {max(errors):.4f}, n = {len(errors)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", type=Path, help="instead of the one in data/")
    parser.add_argument("--quick", action="store_true", help="a trial: few images")
    parser.add_argument("--table", action="store_true", help="print, and train nothing")
    arguments = parser.parse_args()
    root = HERE.parent
    default = "build/decoder_budgets.csv" if arguments.quick else ""
    path = arguments.file or root / (default or "data/decoder_budgets.csv")
    if not arguments.table:
        train(path, arguments.quick)
    print_table(read_rows(path))


def train(path, quick):
    """Train what the file does not hold yet."""
    classroom.start()
    import keras

    from cae_keras import data

    (images, _), (test_images, _) = data.load_mnist(digits=SOME)
    seeds, epochs = SEEDS, EPOCHS
    if quick:
        images, test_images, seeds, epochs = images[:2000], test_images[:500], (1,), 2
    done = {(row["latent_numbers"], row["seed"]) for row in read_rows(path)}
    todo = [
        (latent_numbers, seed)
        for seed, latent_numbers in itertools.product(seeds, COMPARED)
        if (str(latent_numbers), str(seed)) not in done
    ]
    print(f"{path} holds {len(done)} seeds, {len(todo)} are to do.", flush=True)
    for latent_numbers, seed in todo:
        began = time.perf_counter()
        rows = run_seed(latent_numbers, seed, images, test_images, epochs)
        write_rows(path, read_rows(path) + rows)
        minutes = (time.perf_counter() - began) / 60
        print(f"{latent_numbers} numbers, seed {seed}: {minutes:.1f} min", flush=True)
        keras.backend.clear_session()


if __name__ == "__main__":
    main()
