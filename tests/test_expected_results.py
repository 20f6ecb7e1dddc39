"""What the notebooks and the README tell students to expect is what was measured."""

import csv
import hashlib
import importlib.util
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from cae_keras import data, models

ROOT = Path(__file__).resolve().parent.parent
SOME = (1, 5, 6)


def load_benchmark():
    path = ROOT / "benchmarks" / "expected_results.py"
    spec = importlib.util.spec_from_file_location("expected_results", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


benchmark = load_benchmark()
PATH = data.data_folder() / "expected_results.csv"


def band(column="test_mse", **wanted):
    wanted = {"digits": SOME, "model": "cae_lecture", "latent_numbers": 2} | wanted
    values = [row[column] for row in data.load_expected_results(**wanted)]
    return min(values), max(values)


def prose(notebook, cell_id):
    (path,) = (ROOT / "notebooks").glob(f"{notebook}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (text,) = ["".join(c["source"]) for c in cells if c["id"] == cell_id]
    return " ".join(text.split())


def test_the_table_holds_every_training_and_every_epoch_of_it_once():
    rows = benchmark.read_rows(PATH)
    expected = [(*t.key, str(e)) for t in benchmark.trainings() for e in t.epochs]
    found = [(*benchmark.key_of(row), row["epoch"]) for row in rows]
    assert sorted(found) == sorted(expected)


def seeds_of(digits, model, latent):
    """The seeds that a model was trained with; 0, `classroom.start`'s, is none of them.

    A notebook would compare itself with itself. What is judged by has ten.
    """
    judged_by = (digits, model) == (SOME, "cae_lecture") and latent in (2, 8)
    return {*range(1, 11)} if judged_by else {1, 2, 3}


def test_each_network_was_trained_with_its_seeds_and_none_is_the_notebooks():
    for digits in (SOME, range(10)):
        for latent in (1, 2, 4, 8, 16, 32):
            for model in ("linear", "dense", "cae_lecture", "cae_3x3"):
                rows = data.load_expected_results(digits, model, latent)
                seeds = {row["seed"] for row in rows}
                assert seeds == seeds_of(digits, model, latent), (digits, model, latent)


def test_each_size_of_the_code_is_there_for_each_model_on_both_sets():
    for digits in (SOME, range(10)):
        for model in ("pca", "linear", "dense", "cae_lecture", "cae_3x3"):
            rows = data.load_expected_results(digits, model)
            assert {row["latent_numbers"] for row in rows} == {1, 2, 4, 8, 16, 32}


def test_the_sigmoid_was_trained_with_the_seeds_of_the_model_it_is_compared_with():
    linear = data.load_expected_results(SOME, "cae_lecture", 2, epoch=2)
    sigmoid = data.load_expected_results(SOME, "cae_sigmoid", 2, epoch=2)
    seeds = [[row["seed"] for row in rows] for rows in (linear, sigmoid)]
    assert seeds == [[*range(1, 11)]] * 2


def test_all_five_decoders_were_trained_with_their_seeds():
    for model in benchmark.DECODERS:
        for latent in (2, 16):
            rows = data.load_expected_results(SOME, model, latent, epoch=2)
            seeds = {row["seed"] for row in rows}
            assert seeds == seeds_of(SOME, model, latent), model


def test_the_measured_values_are_plausible():
    for row in data.load_expected_results():
        black = row["model"] == "cae_sigmoid"  # that one stays at an all-black picture
        assert 0.001 < row["test_mse"] < (0.0986 if black else 0.0985), row
        # Clipping can only help, and PSNR is that of the whole test set.
        gain = row["test_psnr"] + 10 * np.log10(row["test_mse"])
        assert -0.005 < gain < 0.6, row
        if row["model"] in ("linear", "dense", "cae_sigmoid"):  # nothing to clip
            assert gain < 0.005, row
        assert 0 < row["test_ssim"] < 1 and 0.1 < row["neighbour_accuracy"] < 1, row


def test_pca_is_reproduced_from_the_data():
    from sklearn.decomposition import PCA

    (images, _), (test_images, _) = data.load_mnist(digits=SOME)
    flat = test_images.reshape(-1, 784)
    pca = PCA(8, random_state=0).fit(images.reshape(-1, 784))
    error = np.mean((flat - pca.inverse_transform(pca.transform(flat))) ** 2)
    (row,) = data.load_expected_results(SOME, "pca", latent_numbers=8)
    np.testing.assert_allclose(row["test_mse"], error, atol=2e-5)


def test_the_parameters_are_those_of_the_models():
    counts = {}
    for row in data.load_expected_results():
        model, size = key = row["model"], row["latent_numbers"]
        if model in benchmark.DENSE and key not in counts:
            units = benchmark.DENSE[model]
            built = models.build_dense_autoencoder(
                hidden_units=units, latent_units=size
            )
            counts[key] = built.count_params()
        elif model in benchmark.CONVOLUTIONAL and key not in counts:
            settings = benchmark.CONVOLUTIONAL[model]
            built = models.build_autoencoder(latent_channels=size, **settings)
            counts[key] = built.count_params()
        assert row["parameters"] == counts.get(key, 784 * (size + 1)), row


def test_a_longer_training_took_longer_and_did_not_end_worse():
    trainings = {}
    for row in data.load_expected_results():
        key = row["digits"], row["model"], row["latent_numbers"], row["seed"]
        trainings.setdefault(key, []).append(row)
    for rows in trainings.values():
        rows.sort(key=lambda row: row["epoch"])
        for before, after in itertools.pairwise(rows):
            assert before["seconds"] < after["seconds"], after
            assert before["test_mse"] > 0.98 * after["test_mse"], after


def test_more_latent_numbers_reconstruct_better_with_pca():
    for digits in (SOME, range(10)):
        rows = data.load_expected_results(digits, "pca")
        errors = [row["test_mse"] for row in rows]
        assert len(errors) == 6 and errors == sorted(errors, reverse=True)


def test_the_readme_quotes_the_band_after_two_epochs():
    low, high = band(epoch=2)
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{low:.3f} to {high:.3f} per pixel after two epochs" in readme


def test_notebook_10_quotes_the_band_after_two_epochs():
    low, high = band(epoch=2)
    assert f"the ten gave {low:.3f} to {high:.3f}." in prose("10", "read-6")


def test_rows_are_written_sorted_and_read_back(tmp_path):
    path = tmp_path / "results.csv"
    assert benchmark.read_rows(path) == []
    rows = [dict.fromkeys(benchmark.COLUMNS, "1") | {"seed": s} for s in ("10", "9")]
    benchmark.write_rows(path, rows)
    assert [row["seed"] for row in benchmark.read_rows(path)] == ["9", "10"]
    assert list(tmp_path.iterdir()) == [path]


def test_the_checksum_of_the_table_is_renewed_with_it_and_the_others_stay(tmp_path):
    path, sums = tmp_path / "expected_results.csv", tmp_path / "SHA256SUMS"
    sums.write_text(f"{'1' * 64}  mnist.npz\n{'0' * 64}  expected_results.csv\n")
    benchmark.write_rows(path, [dict.fromkeys(benchmark.COLUMNS, "1")])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert sums.read_text() == (
        f"{digest}  expected_results.csv\n{'1' * 64}  mnist.npz\n"
    )


def test_an_interruption_while_writing_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "results.csv"
    row = dict.fromkeys(benchmark.COLUMNS, "1")
    benchmark.write_rows(path, [row])
    before = path.read_text()
    with pytest.raises(ValueError, match="dict contains fields not in fieldnames"):
        benchmark.write_rows(path, [row | {"unknown": "2"}])
    assert path.read_text() == before


def test_a_training_that_was_interrupted_is_taken_up_again(tmp_path, monkeypatch):
    path = tmp_path / "results.csv"
    todo = [
        benchmark.Training(SOME, model, 2, 1, (1,))
        for model in ("pca", "linear", "dense")
    ]
    trained = []

    def run(training, train, test):
        if training.model == "linear" and len(trained) == 1:
            raise KeyboardInterrupt
        trained.append(training.model)
        names = ("digits", "model", "latent_numbers", "seed")
        return [dict(zip(names, training.key, strict=True)) | {"epoch": "1"}]

    monkeypatch.setattr(benchmark, "trainings", lambda: todo)
    monkeypatch.setattr(benchmark, "run", run)
    monkeypatch.setattr("sys.argv", ["expected_results.py", "--file", str(path)])
    with pytest.raises(KeyboardInterrupt):
        benchmark.main()
    assert [row["model"] for row in benchmark.read_rows(path)] == ["pca"]
    trained.append("after the interruption")
    benchmark.main()
    assert trained == ["pca", "after the interruption", "linear", "dense"]
    assert {row["model"] for row in benchmark.read_rows(path)} == {
        "pca",
        "linear",
        "dense",
    }


def test_all_trainings_together_took_the_time_that_is_stated():
    (minutes,) = re.findall(r"about (\d+) minutes", benchmark.__doc__)
    last = {}
    for row in benchmark.read_rows(PATH):
        key = benchmark.key_of(row)
        last[key] = max(last.get(key, 0), float(row["seconds"]))
    assert 0.8 * int(minutes) < sum(last.values()) / 60 < int(minutes)


def test_a_dead_unit_is_counted_in_its_layer():
    model = models.build_autoencoder(input_shape=(8, 8, 1), filters=(3, 4))
    deconv2 = model.get_layer("decoder").get_layer("deconv2")
    kernel, bias = deconv2.get_weights()
    bias[:] = [1e3, -1e3, 1e3]
    deconv2.set_weights([kernel, bias])
    dead = benchmark.dead_units(model, np.ones((5, 8, 8, 1), "float32"))
    assert dead["dead_deconv2"] == "1"
    assert set(dead) == {f"dead_{n}" for n in ("conv1", "conv2", "deconv3", "deconv2")}


def test_quality_is_the_error_before_clipping_and_psnr_and_ssim_after():
    images = np.zeros((2, 8, 8, 1), "float32")
    images[:, 2:5, 2:5] = 1
    found = benchmark.quality(images, np.where(images == 1, 1.5, 0.1))
    assert found["test_mse"] == f"{(9 * 0.25 + 55 * 0.01) / 64:.5f}"
    assert found["test_psnr"] == f"{-10 * np.log10(55 * 0.01 / 64):.3f}"  # 1.5 is 1
    clipped = benchmark.quality(images, np.where(images == 1, 1.0, 0.1))
    assert 0.5 < float(found["test_ssim"]) < 1
    assert found["test_ssim"] == clipped["test_ssim"]


def test_the_file_is_plain_csv():
    with open(PATH, newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == benchmark.COLUMNS


def test_rows_are_found_by_digits_model_latent_numbers_and_epoch():
    rows = data.load_expected_results([6, 5, 1], "cae_lecture", 2, 5)
    assert len(rows) == 10
    for row in rows:
        assert (row["digits"], row["model"]) == (SOME, "cae_lecture")
        assert (row["latent_numbers"], row["epoch"]) == (2, 5)
        assert isinstance(row["test_mse"], float)
        assert isinstance(row["dead_deconv2"], int)
    (row,) = data.load_expected_results(SOME, "pca", 2)
    assert row["dead_deconv2"] is None


@pytest.mark.parametrize(
    "wanted", [{"model": "vae"}, {"latent_numbers": 3}, {"digits": (2,)}, {"epoch": 0}]
)
def test_a_result_that_was_not_measured_is_refused_and_what_there_is_named(wanted):
    ((name, value),) = wanted.items()
    with pytest.raises(ValueError, match=f"cae_lecture.*Received:.*{name}=.*{value}"):
        data.load_expected_results(**wanted)
