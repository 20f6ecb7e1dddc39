"""The bands that notebook 10 and the README name are those that were measured."""

import csv
import importlib.util
import json
from pathlib import Path

import pytest

from cae_keras import data

ROOT = Path(__file__).resolve().parent.parent


def load_benchmark():
    path = ROOT / "benchmarks" / "expected_bands.py"
    spec = importlib.util.spec_from_file_location("expected_bands", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


benchmark = load_benchmark()


def band(epoch):
    rows = benchmark.read_rows(data.data_folder() / "expected_bands.csv")
    errors = [float(row["test_mse"]) for row in rows if row["epoch"] == str(epoch)]
    return min(errors), max(errors)


def test_at_least_five_seeds_were_trained_for_five_epochs():
    rows = benchmark.read_rows(data.data_folder() / "expected_bands.csv")
    found = {(int(row["seed"]), int(row["epoch"])) for row in rows}
    assert found >= {(seed, epoch) for seed in range(1, 6) for epoch in range(1, 6)}
    assert len(found) == len(rows)
    assert {row["digits"] for row in rows} == {"156"}


def test_no_seed_is_that_of_the_notebooks():
    # Else a notebook would compare itself with itself: `classroom.start(seed=0)`.
    rows = benchmark.read_rows(data.data_folder() / "expected_bands.csv")
    assert "0" not in {row["seed"] for row in rows}


def test_the_measured_errors_are_plausible():
    for epoch in range(1, 6):
        low, high = band(epoch)
        assert 0.025 < low <= high < 0.043  # PCA with two numbers has 0.043


def test_the_readme_quotes_the_band_after_two_epochs():
    low, high = band(2)
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{low:.3f} to {high:.3f} per pixel after two epochs" in readme


def test_the_notebook_quotes_the_band_after_two_epochs():
    low, high = band(2)
    path = ROOT / "notebooks" / "10_convolutional_autoencoder.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (text,) = ["".join(c["source"]) for c in cells if c["id"] == "read-6"]
    assert f"the five gave {low:.3f} to {high:.3f}." in " ".join(text.split())


def test_rows_are_written_sorted_and_read_back(tmp_path):
    path = tmp_path / "bands.csv"
    assert benchmark.read_rows(path) == []
    rows = [dict.fromkeys(benchmark.COLUMNS, "1") | {"seed": s} for s in "31"]
    benchmark.write_rows(path, rows)
    assert [row["seed"] for row in benchmark.read_rows(path)] == ["1", "3"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_while_writing_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "bands.csv"
    benchmark.write_rows(path, [dict.fromkeys(benchmark.COLUMNS, "1")])
    before = path.read_text()
    with pytest.raises(ValueError, match="dict contains fields not in fieldnames"):
        benchmark.write_rows(path, [{"seed": "1", "epoch": "1", "unknown": "2"}])
    assert path.read_text() == before


def test_the_file_is_plain_csv():
    with open(data.data_folder() / "expected_bands.csv", newline="") as file:
        assert next(csv.reader(file)) == benchmark.COLUMNS
