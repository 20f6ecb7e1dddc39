"""What to expect: train each model with several seeds, and write down what it reached.

Writes `data/expected_results.csv`, one row for each measured epoch of each training,
from which the notebooks take their bands. A training that the file holds is not
repeated, and each is written as soon as it is complete, so the script may be
interrupted and started anew: at most the training that was under way is lost.

    python benchmarks/expected_results.py         # about 140 minutes on two busy cores
    python benchmarks/expected_results.py --list  # what is there, what is to do
"""

import argparse
import csv
import hashlib
import itertools
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cae_keras import classroom  # noqa: E402

COLUMNS = [
    "digits",
    "model",
    "latent_numbers",
    "seed",
    "epoch",
    "parameters",
    "seconds",
    "test_mse",
    "test_psnr",
    "test_ssim",
    "neighbour_accuracy",
    "checkerboard_energy",
    "dead_conv1",
    "dead_conv2",
    "dead_deconv3",
    "dead_deconv2",
]
LATENT_NUMBERS = (1, 2, 4, 8, 16, 32)
SEEDS = (1, 2, 3)  # the notebooks have seed 0: none compares itself with itself
# With these codes the lecture's CAE has ten seeds on three digits: the bands by which
# notebook 10, its exercise 10d and the README judge a loss, after these epochs.
TEN_SEEDS = tuple(range(1, 11))
BANDS = {2: (1, 2, 3, 4, 5), 8: (1, 2)}
SOME, ALL = (1, 5, 6), tuple(range(10))
BATCH_SIZE = 50

# The decoders of notebook 11: arguments of `build_autoencoder`.
DECODERS = {
    "cae_lecture": {},
    "cae_3x3": {"kernel_sizes": (7, 3, 3)},
    "cae_2x2": {"kernel_sizes": (7, 2, 2)},
    "cae_nearest": {"upsampling": "nearest"},
    "cae_4x4": {"kernel_sizes": (7, 4, 4)},
}
# Lecture E's output in lecture B's model: with two numbers only, beside "cae_lecture".
CONVOLUTIONAL = DECODERS | {"cae_sigmoid": {"output_activation": "sigmoid"}}
DENSE = {"linear": (), "dense": (512, 128)}  # hidden units
COMPARED = (2, 16)  # latent numbers with which all five decoders are trained


class Training(NamedTuple):
    """One training; `epochs` are those after which it is measured."""

    digits: tuple
    model: str
    latent_numbers: int
    seed: int
    epochs: tuple

    @property
    def key(self):
        digits = "".join(map(str, self.digits))
        return digits, self.model, str(self.latent_numbers), str(self.seed)

    @property
    def cost(self):
        """Return roughly how many seconds it takes, for the progress bar: an int."""
        size = 3.3 if self.digits == ALL else 1
        an_epoch = {"pca": 0, "linear": 1, "dense": 2, "cae_lecture": 12}
        training = max(self.epochs) * an_epoch.get(self.model, 9)
        return round(size * (training + 4 * len(self.epochs))) + 3


def trainings():
    """Return every training of the table, the bands and the first seeds first."""
    found = [
        Training(SOME, "cae_lecture", latent, seed, epochs)
        for latent, epochs in BANDS.items()
        for seed in TEN_SEEDS
    ]
    found += [Training(SOME, "cae_sigmoid", 2, seed, (1, 2)) for seed in TEN_SEEDS]
    for digits, epochs, dense_epochs in ((SOME, (1, 2), (5,)), (ALL, (1,), (1, 5))):
        for seed, latent in itertools.product(SEEDS, LATENT_NUMBERS):
            if seed == 1:  # a PCA has no seed
                found.append(Training(digits, "pca", latent, seed, (1,)))
            for model in DENSE:
                found.append(Training(digits, model, latent, seed, dense_epochs))
            for model in DECODERS:
                everywhere = model in ("cae_lecture", "cae_3x3")
                banded = (digits, model) == (SOME, "cae_lecture") and latent in BANDS
                compared = digits == SOME and latent in COMPARED
                if (everywhere or compared) and not banded:
                    found.append(Training(digits, model, latent, seed, epochs))
    return found


def read_rows(path):
    """Return the rows of the file as dictionaries of strings, none if it is missing."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def key_of(row):
    return row["digits"], row["model"], row["latent_numbers"], row["seed"]


def write_rows(path, rows):
    """Replace the file by these rows, sorted, all or nothing.

    Its line in a `SHA256SUMS` beside it is renewed: the package reads no other table.
    """

    def order(row):
        numbers = (int(row[name]) for name in ("latent_numbers", "seed", "epoch"))
        return row["digits"], row["model"], *numbers

    part = path.with_suffix(".part")
    with open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=order))
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    os.replace(part, path)
    sums = path.with_name("SHA256SUMS")
    if sums.exists():
        lines = sums.read_text(encoding="utf-8").splitlines()
        lines = [line for line in lines if line.split()[1:] != [path.name]]
        lines = sorted([*lines, f"{digest}  {path.name}"], key=lambda line: line[64:])
        sums.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def quality(images, reconstructions):
    """Return error (unclipped), PSNR in dB and SSIM (both clipped to 0-1) as text."""
    import numpy as np
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    clipped = np.clip(reconstructions, 0, 1)
    ssim = np.mean(
        [
            structural_similarity(image[..., 0], painted[..., 0], data_range=1)
            for image, painted in zip(images, clipped, strict=True)
        ]
    )
    return {
        "test_mse": f"{np.mean((images - reconstructions) ** 2):.5f}",
        "test_psnr": f"{peak_signal_noise_ratio(images, clipped, data_range=1):.3f}",
        "test_ssim": f"{ssim:.4f}",
    }


def neighbour_accuracy(train_codes, train_labels, test_codes, test_labels):
    from sklearn.neighbors import KNeighborsClassifier

    nearest = KNeighborsClassifier(1).fit(train_codes, train_labels)
    return f"{nearest.score(test_codes, test_labels):.4f}"


def apply(model, inputs):
    """Return the model's output, or list of outputs, in portions that fit a cache.

    `predict` would first compile the model, which takes longer than this.
    """
    import keras
    import numpy as np

    portions = [
        [keras.ops.convert_to_numpy(out) for out in keras.tree.flatten(model(some))]
        for some in np.split(inputs, range(500, len(inputs), 500))
    ]
    joined = [np.concatenate(parts) for parts in zip(*portions, strict=True)]
    return joined if len(joined) > 1 else joined[0]


def dead_units(autoencoder, images):
    """Return, for each ReLU layer, how many channels are 0 at every pixel of `images`.

    The second layer of the decoder counts as `deconv2` whatever its name is.
    """
    import keras
    import numpy as np

    halves = {"encoder": ("conv1", "conv2"), "decoder": ("deconv3", "deconv2")}
    found, inputs = {}, images
    for half, names in halves.items():
        model = autoencoder.get_layer(half)
        names_here = {layer.name for layer in model.layers}
        watched = [n if n in names_here else "upconv2" for n in names]
        outputs = [model.get_layer(name).output for name in watched]
        watching = keras.Model(model.input, [*outputs, model.output])
        *maps, inputs = apply(watching, inputs)
        for name, seen in zip(names, maps, strict=True):
            found[f"dead_{name}"] = str(int(np.sum(seen.max(axis=(0, 1, 2)) <= 0)))
    return found


def run_pca(training, train, test):
    """Return the one row of a principal component analysis."""
    from sklearn.decomposition import PCA

    (images, labels), (test_images, test_labels) = train, test
    began = time.perf_counter()
    pca = PCA(training.latent_numbers, random_state=0)
    codes = pca.fit_transform(images.reshape(len(images), -1))
    seconds = time.perf_counter() - began
    test_codes = pca.transform(test_images.reshape(len(test_images), -1))
    painted = pca.inverse_transform(test_codes).reshape(test_images.shape)
    return [
        {
            "epoch": "1",
            "parameters": str(784 * (training.latent_numbers + 1)),
            "seconds": f"{seconds:.1f}",
            **quality(test_images, painted),
            "neighbour_accuracy": neighbour_accuracy(
                codes, labels, test_codes, test_labels
            ),
        }
    ]


def run_network(training, train, test):
    """Return one row for each epoch in `training.epochs`."""
    import keras

    from cae_keras import models, reference

    (images, labels), (test_images, test_labels) = train, test
    keras.utils.set_random_seed(training.seed)
    convolutional = training.model in CONVOLUTIONAL
    if convolutional:
        autoencoder = models.build_autoencoder(
            latent_channels=training.latent_numbers, **CONVOLUTIONAL[training.model]
        )
    else:
        autoencoder = models.build_dense_autoencoder(
            hidden_units=DENSE[training.model], latent_units=training.latent_numbers
        )
    autoencoder.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    encoder, decoder = (autoencoder.get_layer(n) for n in ("encoder", "decoder"))
    rows, seconds, began = [], 0.0, 0.0

    def begin(epoch, logs=None):
        nonlocal began
        began = time.perf_counter()

    def measure(epoch, logs=None):
        nonlocal seconds
        seconds += time.perf_counter() - began
        if epoch + 1 not in training.epochs:
            return
        codes, test_codes = apply(encoder, images), apply(encoder, test_images)
        painted = apply(decoder, test_codes)
        row = {
            "epoch": str(epoch + 1),
            "parameters": str(autoencoder.count_params()),
            "seconds": f"{seconds:.1f}",
            **quality(test_images, painted),
            "neighbour_accuracy": neighbour_accuracy(
                codes.reshape(len(codes), -1),
                labels,
                test_codes.reshape(len(test_codes), -1),
                test_labels,
            ),
        }
        if convolutional:
            share = reference.checkerboard_energy(painted)
            row |= {"checkerboard_energy": f"{share:.6f}"}
            row |= dead_units(autoencoder, test_images)
        rows.append(row)

    autoencoder.fit(
        images,
        images,
        batch_size=BATCH_SIZE,
        epochs=max(training.epochs),
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=measure)
        ],
    )
    return rows


def run(training, train, test):
    """Return the rows of one training, complete."""
    rows = (run_pca if training.model == "pca" else run_network)(training, train, test)
    names = ("digits", "model", "latent_numbers", "seed")
    named = dict(zip(names, training.key, strict=True))
    return [named | row for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="list, and train nothing")
    parser.add_argument("--file", type=Path, help="instead of the one in data/")
    arguments = parser.parse_args()

    classroom.start()
    from cae_keras import data

    path = arguments.file or data.data_folder() / "expected_results.csv"
    done = {key_of(row) for row in read_rows(path)}
    todo = [training for training in trainings() if training.key not in done]
    print(f"{path} holds {len(done)} trainings, {len(todo)} are to do.", flush=True)
    if arguments.list:
        for training in todo:
            print(" ".join(training.key), "epochs", *training.epochs)
        return

    import keras

    bar = keras.utils.Progbar(sum(t.cost for t in todo), unit_name="second of work")
    sets = {}
    for training in todo:
        if training.digits not in sets:
            sets = {training.digits: data.load_mnist(digits=training.digits)}
        rows = run(training, *sets[training.digits])
        write_rows(path, read_rows(path) + rows)
        bar.add(training.cost)
        keras.backend.clear_session()


if __name__ == "__main__":
    main()
