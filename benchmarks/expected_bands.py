"""Train the lecture's autoencoder with several seeds: what is a usual result?

Writes `data/expected_bands.csv`, one row a seed and epoch, from which notebook 10 reads
its bands. A seed that the file holds already is not trained again, so the script may be
interrupted and started anew; a seed is written when it is complete.

    python benchmarks/expected_bands.py [--seeds 5] [--epochs 5]
"""

import argparse
import csv
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cae_keras import classroom  # noqa: E402

COLUMNS = ["digits", "seed", "epoch", "test_mse", "test_psnr", "neighbour_accuracy"]
DIGITS = (1, 5, 6)


def read_rows(path):
    """Return the rows of the file as dictionaries of strings, none if it is missing."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    """Replace the file by these rows, all or nothing."""
    part = path.with_suffix(".part")
    with open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: (int(r["seed"]), int(r["epoch"]))))
    os.replace(part, path)


def train(seed, epochs, train_set, test_set):
    """Return one row an epoch for one seed."""
    import keras
    import numpy as np
    from skimage.metrics import peak_signal_noise_ratio
    from sklearn.neighbors import KNeighborsClassifier

    from cae_keras import models

    (train_images, train_labels), (test_images, test_labels) = train_set, test_set
    keras.utils.set_random_seed(seed)
    autoencoder = models.build_autoencoder()
    autoencoder.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    rows = []

    def measure(epoch, logs):
        reconstructions = autoencoder.predict(test_images, verbose=0)
        encoder = autoencoder.get_layer("encoder")
        codes, test_codes = (
            encoder.predict(images, verbose=0).reshape(len(images), -1)
            for images in (train_images, test_images)
        )
        neighbour = KNeighborsClassifier(1).fit(codes, train_labels)
        clipped = np.clip(reconstructions, 0, 1)
        psnr = peak_signal_noise_ratio(test_images, clipped, data_range=1)
        accuracy = neighbour.score(test_codes, test_labels)
        mse = np.mean((test_images - reconstructions) ** 2)
        rows.append(
            {
                "digits": "".join(map(str, DIGITS)),
                "seed": seed,
                "epoch": epoch + 1,
                "test_mse": f"{mse:.5f}",
                "test_psnr": f"{psnr:.3f}",
                "neighbour_accuracy": f"{accuracy:.4f}",
            }
        )
        print("  " + ", ".join(f"{k} {v}" for k, v in rows[-1].items()), flush=True)

    autoencoder.fit(
        train_images,
        train_images,
        batch_size=50,
        epochs=epochs,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=measure)],
    )
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="seeds 1 to N")
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()

    classroom.start()
    from cae_keras import data

    path = data.data_folder() / "expected_bands.csv"
    train_set, test_set = data.load_mnist(digits=DIGITS)
    rows = read_rows(path)
    done = {int(row["seed"]) for row in rows if int(row["epoch"]) == arguments.epochs}
    todo = [seed for seed in range(1, arguments.seeds + 1) if seed not in done]
    print(f"{len(done)} seeds are in {path}, {len(todo)} to train.", flush=True)
    for number, seed in enumerate(todo, 1):
        began = time.perf_counter()
        kept = [row for row in read_rows(path) if int(row["seed"]) != seed]
        write_rows(path, kept + train(seed, arguments.epochs, train_set, test_set))
        minutes = (time.perf_counter() - began) / 60 * (len(todo) - number)
        print(f"seed {seed} done, about {minutes:.0f} minutes left", flush=True)


if __name__ == "__main__":
    main()
