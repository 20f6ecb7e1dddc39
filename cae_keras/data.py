"""Read the data of the course: `load_*` touches the disk, never a network."""

import csv
import hashlib
import io
from pathlib import Path

import numpy as np

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def load_mnist(digits=None):
    """Return MNIST's training and test images, with their labels, from the disk.

    An intensity is a byte of the file divided by 255: 0 is the background and 1 is the
    full stroke. The order is that of the official files.

    Args:
        digits: the digits to keep, such as `(1, 5, 6)`: a set, list, tuple, range or
            array of integers in 0..9, or one integer. Duplicates do no harm. None
            keeps all ten.

    Returns:
        `(train_images, train_labels), (test_images, test_labels)`, fresh arrays. Images
        are float32 of shape (n, 28, 28, 1), rows from the top, intensities in [0, 1];
        labels are int64 of shape (n,). n is 60,000 and 10,000 for all digits.

    Raises:
        ValueError: if `digits` is anything else, also if it is empty; if the file is
            not the recorded one (its sha256 is checked on each call).
        FileNotFoundError, PermissionError: if the file or its checksum is missing, or
            this user may not read it.

    Example:
        >>> (train_images, train_labels), (test_images, _) = load_mnist((1, 5, 6))
        >>> train_images.shape, test_images.shape
        ((18081, 28, 28, 1), (2985, 28, 28, 1))
        >>> train_labels[:4].tolist()
        [5, 1, 1, 1]

    Source: lecture B, B7 (held-out digits beside their reconstructions). The lecture
    does not list which digits it uses: `digits` makes that choice visible.
    """
    wanted = _digits(digits)
    arrays = _read("mnist.npz", "mnist", {"train": 60_000, "test": 10_000})
    return tuple(
        _as_model_input(arrays[f"x_{part}"], arrays[f"y_{part}"], wanted)
        for part in ("train", "test")
    )


def load_fashion_mnist():
    """Return the first 1,000 test images of Fashion-MNIST, with their labels.

    They have the size and the units of MNIST's images, so that a model trained on
    digits can be shown a shoe. There is no training part.

    Returns:
        `(images, labels)`, fresh arrays: float32 of shape (1000, 28, 28, 1) with
        intensities in [0, 1], rows from the top, and int64 of shape (1000,). The name
        of a label is `FASHION_CLASSES[label]`.

    Raises:
        ValueError: if the file is not the recorded one (its sha256 is checked on each
            call).
        FileNotFoundError, PermissionError: if the file or its checksum is missing, or
            this user may not read it.

    Example:
        >>> images, labels = load_fashion_mnist()
        >>> images.shape
        (1000, 28, 28, 1)
        >>> [FASHION_CLASSES[label] for label in labels[:3]]
        ['Ankle boot', 'Pullover', 'Trouser']

    Source: not in the lectures, which stop at held-out digits (lecture B, B7). An image
    that is no digit shows what the reconstruction error can tell.
    """
    arrays = _read("fashion_mnist_test.npz", "fashion_mnist", {"test": 1_000})
    return _as_model_input(arrays["x_test"], arrays["y_test"], range(10))


def load_expected_results(digits=None, model=None, latent_numbers=None, epoch=None):
    """Return what trained models reached on the test images: the rows that match.

    Each row is one seed of one model after so many epochs, as measured by
    `benchmarks/expected_results.py`. The seeds are others than that of the notebooks.

    Args:
        digits: the digits trained and tested on: `(1, 5, 6)`, or `range(10)`.
        model: "pca", "linear", "dense", "cae_lecture", "cae_sigmoid", "cae_3x3",
            "cae_2x2", "cae_4x4" or "cae_nearest".
        latent_numbers: the size of the latent representation.
        epoch: after how many epochs; 1 for "pca", which has none.

        None, everywhere: all.

    Returns:
        A list of dictionaries from column to value: `digits` a tuple of ints; `model` a
        string; `latent_numbers`, `seed`, `epoch`, `parameters` and the `dead_...`
        columns (channels that are 0 on every test image) ints; `seconds` of training,
        `test_mse` (per pixel, before clipping), `test_psnr` (dB), `test_ssim`,
        `neighbour_accuracy` (share of test codes whose nearest training code has their
        label) and `checkerboard_energy` floats. A value that a model lacks is None.

    Raises:
        ValueError: if no row matches; if the file is empty, cut or altered so that it
            is no complete table.
        FileNotFoundError, PermissionError: if the file is missing, or this user may not
            read it.

    Example:
        >>> rows = load_expected_results((1, 5, 6), "pca", latent_numbers=2)
        >>> [(row["seed"], round(row["test_mse"], 3)) for row in rows]
        [(1, 0.043)]

    Source: not in the lectures, which print no result.
    """
    wanted = {
        "digits": None if digits is None else tuple(_digits(digits)),
        "model": model,
        "latent_numbers": latent_numbers,
        "epoch": epoch,
    }
    path = data_folder() / "expected_results.csv"
    rows = _table(_content(path), path)
    found = [
        row
        for row in rows
        if all(value is None or row[name] == value for name, value in wanted.items())
    ]
    if not found:
        raise ValueError(
            "Some row of expected_results.csv must match; its models are "
            f"{sorted({row['model'] for row in rows})}. Received: "
            + ", ".join(f"{name}={value!r}" for name, value in wanted.items())
        )
    return found


def data_folder():
    """Return the folder of the data files: a `pathlib.Path`, which may not exist.

    In an installed package it is `cae_keras/_data`, in a clone it is `data`, beside the
    package.

    Example:
        >>> (data_folder() / "SHA256SUMS").is_file()
        True
    """
    package = Path(__file__).resolve().parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"


def _table(content, path):
    """Return the rows of the table of results, or refuse it as a whole.

    Args:
        content: bytes of the file, whose last line must be complete, too. Their sha256
            is that with line ends as on Linux: nobody improves a number by hand.
        path: where it lies.
    """
    try:
        text = content.decode("utf-8")
        rows = [_measured(row) for row in csv.DictReader(io.StringIO(text))]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        received = f"{type(error).__name__}: {error}"
    else:
        found = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
        if rows and text.endswith("\n") and found == _recorded_sha256(path):
            return rows
        received = f"{len(content)} bytes with {len(rows)} rows and the sha256 {found}"
    raise ValueError(
        f"{path} must be a complete table: it was cut or altered. {_way_back(path)} "
        f"Received: {received}"
    )


def _measured(row):
    """Return a row of the table with its text turned into values."""
    floats = {
        "seconds",
        "test_mse",
        "test_psnr",
        "test_ssim",
        "neighbour_accuracy",
        "checkerboard_energy",
    }
    values = {"digits": tuple(map(int, row["digits"])), "model": row["model"]}
    for name in row.keys() - values.keys():
        number = float if name in floats else int
        # A cell may be empty, "", but not missing, None.
        values[name] = None if row[name] == "" else number(row[name])
    return {name: values[name] for name in row}


def _digits(digits):
    """Return the wanted digits as a sorted list of integers, or refuse."""
    if digits is None:
        return list(range(10))
    # tolist() turns NumPy's integers into Python's, and a single one into an int.
    plain = digits.tolist() if isinstance(digits, (np.ndarray, np.generic)) else digits
    plain = [plain] if isinstance(plain, int) else plain
    if isinstance(plain, (set, frozenset, list, tuple, range)):
        plain = [d.item() if isinstance(d, np.generic) else d for d in plain]
        if plain and all(_is_digit(d) for d in plain):
            return sorted(set(plain))
    raise ValueError(
        "digits must be one or more integers in 0..9, such as (1, 5, 6) or 7, or None "
        f"for all ten. Received: digits={digits!r}"
    )


def _is_digit(value):
    """Return whether a value is an integer in 0..9. True is no way to say 1."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9


def _as_model_input(images, labels, wanted):
    """Return float32 images (n, 28, 28, 1) in [0, 1] and int64 labels of some digits.

    Args:
        images: uint8 array (n, 28, 28).
        labels: uint8 array (n,).
        wanted: integers; the other labels are dropped, the order is kept.
    """
    if len(wanted) < 10:  # on bytes, a quarter of the size
        keep = np.isin(labels, wanted)
        images, labels = images[keep], labels[keep]
    scaled = images[..., np.newaxis].astype(np.float32)
    scaled /= 255  # in place: the training images are 188 MB
    return scaled, labels.astype(np.int64)


def _read(name, source, parts):
    """Return the arrays of a data file, once its sha256 is the recorded one.

    Args:
        name: str, the file in `data_folder()`.
        source: str, what `data/rebuild.py` calls it.
        parts: dict, "train" or "test" to the number n of images. The file must hold
            uint8 arrays `x_<part>` of shape (n, 28, 28) and `y_<part>` of shape (n,).

    Raises:
        FileNotFoundError, PermissionError, ValueError: with the path, and what to do.
    """
    folder = data_folder()
    path = folder / name
    recorded = _recorded_sha256(path, source)
    content = _content(path, source)
    found = hashlib.sha256(content).hexdigest()
    if found != recorded:
        raise ValueError(
            f"{path} must have the sha256 {recorded}: it was cut or altered. "
            f"{_way_back(path, source)} Received: {found}, of {len(content)} bytes"
        )
    shapes = {f"x_{part}": (count, 28, 28) for part, count in parts.items()}
    shapes |= {f"y_{part}": (count,) for part, count in parts.items()}
    try:
        # What was hashed is what is parsed, whatever happens to the file meanwhile.
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: np.asarray(archive[key]) for key in shapes}
    except MemoryError:
        raise
    except Exception as error:  # NumPy, zipfile, zlib, tokenize: seven kinds seen
        received = f"{type(error).__name__}: {error}"
    else:
        if all(a.dtype == np.uint8 and a.shape == shapes[k] for k, a in arrays.items()):
            return arrays
        received = {key: (array.dtype, array.shape) for key, array in arrays.items()}
    raise ValueError(
        f"{path} must be an npz file of uint8 arrays with the shapes {shapes}. "
        f"{_way_back(path, source)} Received: {received}"
    )


def _content(path, source=None):
    """Return the bytes of a data file.

    Raises:
        FileNotFoundError, PermissionError: with the path, and what to do.
    """
    folder = ""
    try:
        if not path.is_dir():  # which Windows may not read, and Linux cannot
            return path.read_bytes()
        folder = ": a folder has its name"
    except PermissionError:
        raise PermissionError(
            f"This user may not read {path}. Its owner can allow it with "
            f'`chmod -R a+rX "{path.parent}"`, on Windows in the Security tab of the '
            "folder's Properties."
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        pass
    raise FileNotFoundError(f"{path} is missing{folder}. {_way_back(path, source)}")


def _way_back(path, source=None):
    """Return the sentence that says how to get a data file back."""
    rebuild = f" or `python data/rebuild.py {source}`" if source else ""
    return (
        f"To get it back: in a clone, `git checkout -- data/{path.name}`{rebuild}; "
        "otherwise, install the package again."
    )


def _recorded_sha256(path, source=None):
    """Return the sha256 that the `SHA256SUMS` beside a data file records for it.

    Raises:
        FileNotFoundError, PermissionError, ValueError: with its path, and what to do.
    """
    sums = path.with_name("SHA256SUMS")
    listing = _content(sums, source)
    for line in listing.decode("utf-8", "replace").splitlines():
        digest, _, listed = line.partition(" ")
        if listed.strip(" *") == path.name:
            return digest.lower()
    raise ValueError(
        f"{sums} must have a line with the sha256 of {path.name}. "
        f"{_way_back(sums, source)} Received: {len(listing)} bytes"
    )
