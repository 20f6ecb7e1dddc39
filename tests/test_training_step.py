"""The benchmark of the training step: who is timed, and what is made of the times."""

import importlib.util
import re
import subprocess
import sys
import types
from pathlib import Path

import keras
import numpy as np
import pytest

from cae_keras import models, shapes
from cae_keras.layers import FourierConv2DTranspose

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import contenders  # noqa: E402
import training_step  # noqa: E402
from contenders import (  # noqa: E402
    agreement,
    floors,
    keras_steps,
    lecture,
    machine,
    report,
    summary,
    workers,
)


def block(number, key, seconds, others=0.0, batch=50):
    return {
        "batch": batch,
        "round": number,
        "key": key,
        "seconds": seconds,
        "others": others,
    }


def blocks_of(**seconds):
    return [
        block(number, key, value)
        for key, values in seconds.items()
        for number, value in enumerate(values)
    ]


# Agreement


def shown(loss=0.09, gradient=1.0):
    return {
        "losses": np.array([loss, 0.08]),
        "gradient of conv1 kernel": np.full(4, gradient),
    }


def test_equal_evidence_agrees_within_the_tolerances():
    assert agreement.disagreement(shown(), shown()) is None
    assert agreement.disagreement(shown(0.09 * 1.00005), shown()) is None
    assert agreement.disagreement(shown(gradient=1.005), shown()) is None


def test_what_differs_is_refused_and_named():
    refused = agreement.disagreement
    assert refused(shown(0.0901), shown()) == "loss 1 is 0.0901 and not 0.09"
    assert "gradient of conv1" in refused(shown(gradient=1.02), shown())
    assert "shape" in refused(shown() | {"losses": np.ones(3)}, shown())
    assert "it shows" in refused({"losses": np.ones(2)}, shown())


def test_what_is_not_a_number_agrees_with_nothing():
    assert agreement.disagreement(shown(np.nan), shown(np.nan))
    assert agreement.disagreement(shown(gradient=np.inf), shown(gradient=np.inf))


class Shifted(keras.layers.Conv2DTranspose):
    """Crops one pixel elsewhere than "same" does."""

    def call(self, inputs):
        return keras.ops.roll(super().call(inputs), 1, axis=1)


@pytest.fixture(scope="module")
def expected():
    return keras_steps.make(4, "direct", "fit").evidence()


def test_a_transposed_convolution_cropped_one_pixel_elsewhere_is_refused(expected):
    model = keras_steps.keras_default(models.build_autoencoder())
    layer = model.get_layer("decoder").get_layer("deconv2")
    layer.__class__ = Shifted
    found = keras_steps.Fit(model, 4).evidence()
    assert "loss 1" in agreement.disagreement(found, expected)


def test_ours_agrees_with_keras_default_in_fit(expected):
    contender = keras_steps.make(4, "auto", "fit")
    assert agreement.disagreement(contender.evidence(), expected) is None
    assert contender.run(2) > 0


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a bare tf.function"
)
def test_ours_agrees_with_keras_default_in_a_bare_loop(expected):
    contender = keras_steps.make(4, "auto", "loop")
    assert agreement.disagreement(contender.evidence(), expected) is None
    assert contender.run(2) > 0


def test_keras_default_has_no_layer_of_ours():
    model = keras_steps.keras_default(models.build_autoencoder())
    decoder = model.get_layer("decoder")
    for name in ("deconv1", "deconv2", "deconv3"):
        assert type(decoder.get_layer(name)) is keras.layers.Conv2DTranspose


def test_the_shared_weights_are_those_of_the_lecture():
    shapes_of_model = [w.shape for w in models.build_autoencoder().weights]
    assert [tuple(shape) for shape in shapes_of_model] == [*lecture.SHAPES.values()]


class FakeWorker:
    """Answers like a worker, from made-up values."""

    def __init__(self, losses):
        self.losses = losses

    def ask(self, command, key, *_):
        if command == "make":
            return "direct"
        if command == "run":
            return 0.1
        if self.losses[key[1]] is None:
            raise workers.WorkerError("out of memory")
        return {"losses": np.array([self.losses[key[1]]])}


def prepared(missing=(), **losses):
    """Prepare a race of these first losses; a key says the process, or TensorFlow."""
    named = [
        contenders.Contender(
            *(key, key.title(), key if key in workers.PROCESSES else "tensorflow"),
            *("m", {"implementation": "auto" if key == "torch" else "direct"}),
        )
        for key in losses
    ]
    race = contenders.Race("training step", tuple(named), (50,))
    team = types.SimpleNamespace(missing=missing, of=lambda _: FakeWorker(losses))
    bar = types.SimpleNamespace(say=lambda _: None)
    return training_step.prepare(race, team, training_step.parse([]), bar)


def test_who_does_not_agree_or_fails_gets_no_time():
    entry, plan = prepared(one=1.0, two=1.0, three=1.1, four=None)
    assert [key for _, key in plan] == ["one", "two"]
    assert entry["refusals"] == [
        [50, "three", "does not agree: loss 1 is 1.1 and not 1"],
        [50, "four", "failed: out of memory"],
    ]


@pytest.mark.parametrize("reference", [None, np.nan])
def test_without_a_reference_nobody_is_timed(reference):
    entry, plan = prepared(one=reference, two=1.0)
    assert plan == {}
    assert len(entry["refusals"]) == 1


def test_without_tensorflow_another_backends_default_is_the_reference():
    losses = {"one": 1.0, "two": 1.0, "torch": 2.0, "jax": 1.0}
    entry, plan = prepared({"tensorflow": "is not installed"}, **losses)
    assert entry["reference"] == "jax"
    assert [key for _, key in plan] == ["jax"]
    assert entry["refusals"] == [[50, "torch", "does not agree: loss 1 is 2 and not 1"]]
    race = results()["races"][0] | {
        "reference": "jax",
        "refusals": [],
        "blocks": blocks_of(jax=[0.1] * 3, **{"ours fit": [0.04] * 3}),
    }
    head, _, ours, reference = report.training_table(race, 50).splitlines()
    assert "| of JAX |" in head
    assert "| 0.40 |" in ours and "| 1.00 |" in reference


def test_keras_default_is_the_reference_on_every_backend():
    race, left = contenders.training_race([50]), dict(contenders.PROCESSES)
    for gone, key in (
        (None, "direct fit"),
        ("tensorflow", "direct fit on jax"),
        ("jax", "direct fit on torch"),
    ):
        left.pop(gone, None)
        left = {n: p for n, p in left.items() if p.backend != gone}
        missing = {name: "" for name in contenders.PROCESSES if name not in left}
        assert contenders.reference_of(race, missing).key == key
    assert contenders.reference_of(race, contenders.PROCESSES) is None
    (decoder,) = [contenders.inference_race([1])]
    assert contenders.reference_of(decoder, missing) is None


def test_a_block_has_the_steps_that_fit_into_its_seconds():
    options = training_step.parse(["--steps", "40", "--block-seconds", "2"])
    steps = training_step.block_steps
    assert steps(0.1, 1, 1.0, options) == 20
    assert steps(0.1, 1, 0.5, options) == 10
    assert steps(0.1, 16, 1.0, options) == 16
    assert steps(9.0, 16, 1.0, options) == 16
    assert steps(9.0, 1, 1.0, options) == 1
    assert steps(1e-6, 16, 1.0, options) == 32


# Statistics


def test_the_ratio_is_the_median_of_pairs_and_not_the_ratio_of_medians():
    blocks = blocks_of(a=[1.0, 2.0, 9.0], b=[0.5, 0.5, 1.0])
    assert summary.median_ratio(blocks, "b", "a") == 0.25  # of 0.5, 0.25, 0.111
    reference, other = summary.summarise(blocks, "a")
    assert (reference.key, reference.ratio, reference.median) == ("a", 1.0, 2.0)
    assert (other.ratio, other.median, other.low, other.high) == (0.25, 0.5, 0.5, 0.75)


def test_blocks_that_others_disturbed_are_left_out_with_their_pairs():
    blocks = blocks_of(a=[1.0] * 5, b=[0.5, 0.5, 0.6, 7.0, 7.0])
    blocks[-1]["others"] = blocks[-2]["others"] = 0.3
    row = summary.summarise(blocks, "a")[1]
    assert (row.median, row.high, row.ratio) == (0.5, 0.55, 0.5)
    assert (row.used, row.measured, row.disturbed) == (3, 5, False)


def test_blocks_of_a_round_with_slow_matrix_products_are_left_out():
    laps = [{"batch": 50, "round": n, "rate": r} for n, r in enumerate([10, 10, 8, 10])]
    assert summary.disturbed_rounds(laps) == {(50, 2)}
    assert summary.disturbed_rounds([]) == set()
    blocks = blocks_of(a=[1.0] * 4, b=[2.0, 2.0, 9.0, 2.0])
    row = summary.summarise(blocks, "a", {(50, 2)})[1]
    assert (row.high, row.ratio, row.used) == (2.0, 2.0, 3)


def test_where_too_few_undisturbed_blocks_remain_all_count_and_it_says_so():
    blocks = [block(n, k, 1.0, others=0.5) for n in range(4) for k in "ab"]
    row = summary.summarise(blocks, "a")[1]
    assert (row.used, row.measured, row.disturbed) == (4, 4, True)


def test_a_load_that_nobody_can_tell_disturbs_nothing():
    assert not summary.is_disturbed(block(0, "a", 1.0, others=None), set())


def test_a_summary_needs_the_reference():
    with pytest.raises(ValueError, match=r"must have been measured. Received: \['a'\]"):
        summary.summarise(blocks_of(a=[1.0]), "b")


def test_the_share_of_others_is_what_is_busy_and_not_ours():
    assert machine.others_share((0, 0, 0), (8, 6, 20)) == 0.1
    assert machine.others_share((0, 0, 0), (5, 6, 20)) == 0  # ours, counted later
    assert machine.others_share((0, 0, 0), (0, 0, 0)) is None


# The report


def results(**more):
    race = {
        "name": "training step",
        "reference": "direct fit",
        "labels": {"direct fit": "the default", "ours fit": "ours", "jax": "JAX"},
        "notes": {},
        "refusals": [[50, "jax", "does not agree: loss 1 is 2 and not 1"]],
        "laps": [{"batch": 50, "round": n, "rate": 1e9} for n in range(3)],
        "blocks": blocks_of(**{"direct fit": [0.1] * 3, "ours fit": [0.03] * 3}),
    }
    about = {
        "processor": "CPU X",
        "cores": "2",
        "date": "2030-01-02",
        "device": "cpu:0",
    }
    return {
        "machine": about,
        "races": [race],
        "skipped": ["torch is not installed."],
        "floors": {},
    } | more


def test_the_table_has_a_row_a_contender_and_no_ratio_for_who_does_not_agree():
    assert report.training_table(results()["races"][0], 50).splitlines() == [
        "| contender | ms a step | quartiles | of Keras's default | blocks used |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| the default | 100.0 | 100.0 to 100.0 | 1.00 | 3 of 3 |",
        "| ours | 30.0 | 30.0 to 30.0 | 0.30 | 3 of 3 |",
        "| JAX | does not agree: loss 1 is 2 and not 1 |  |  |  |",
    ]


def test_the_report_names_machine_date_and_what_was_left_out():
    text = report.markdown(results())
    assert text.startswith("### CPU X, 2 cores, 2030-01-02\n")
    assert "- torch is not installed.\n" in text
    assert "- device: cpu:0\n" in text


def test_a_contender_that_does_not_agree_makes_the_exit_code_1(
    tmp_path, monkeypatch, capsys
):
    for refusals, code in ((results()["races"][0]["refusals"], 1), ([], 0)):
        race = results()["races"][0] | {"refusals": refusals}
        monkeypatch.setattr(
            training_step, "measure", lambda _, race=race: results(races=[race])
        )
        path = tmp_path / "results.json"
        monkeypatch.setattr(sys, "argv", ["training_step.py", "--json", str(path)])
        assert training_step.main() == code
        printed = capsys.readouterr().out
        monkeypatch.setattr(sys, "argv", ["training_step.py", "--from", str(path)])
        assert training_step.main() == code
        assert capsys.readouterr().out == printed


def test_what_fit_adds_is_paired_by_round():
    race = results()["races"][0]
    race["blocks"] = blocks_of(**{"direct fit": [0.1, 0.3], "direct loop": [0.08, 0.2]})
    assert report.fit_overhead(race, 50) == [
        "- batches of 50, the default: +60.0 ms a step (+38%)"
    ]


def test_the_small_table_has_a_row_a_layer_with_its_ratio():
    race = results()["races"][0] | {
        "name": "deconv2, 3x3",
        "reference": "direct",
        "notes": {"auto": "direct"},
        "refusals": [],
        "blocks": blocks_of(direct=[1.0] * 3, auto=[0.99] * 3),
    }
    line = report.ratio_table([race], "layer").splitlines()[-1]
    assert line == "| deconv2, 3x3 | direct | 0.99 |"


README = "a\n<!-- x: start -->\nold\n<!-- x: end -->\nz\n"


def test_only_what_is_between_the_markers_is_replaced(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(README)
    report.update_readme(path, "x", "new\n")
    new = "a\n<!-- x: start -->\n\nnew\n\n<!-- x: end -->\nz\n"
    assert path.read_text() == new
    report.update_readme(path, "x", "new\n")
    assert path.read_text() == new
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    "text",
    [
        README.replace("start", "begin"),
        README.replace("<!-- x: end -->", ""),
        README + README,
        "<!-- x: end --> <!-- x: start -->",
    ],
)
def test_without_its_markers_a_file_stays_as_it_was(tmp_path, text):
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"must have <!-- x: start --> .* Received: "):
        report.update_readme(path, "x", "new")
    assert path.read_text() == text


@pytest.mark.parametrize("place", ["training_step", "training_step gpu", "start_costs"])
def test_the_readme_has_the_places_that_the_scripts_fill(place):
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert "new" in report.replace_between(text, place, "new")


# The floor


def test_the_floor_is_what_a_hand_count_gives():
    conv1, conv2 = 28 * 28 * 9 * 32, 14 * 14 * 9 * 32 * 64
    bottleneck = 2 * 7 * 7 * 64 * 2  # conv3 and deconv3
    deconv2, deconv1 = 7 * 7 * 14 * 14 * 64 * 32, 14 * 14 * 28 * 28 * 32
    convolutions = 2 * conv1 + 3 * (conv2 + bottleneck)
    model = models.build_autoencoder()
    whole = floors.direct_step(model)
    assert whole == (convolutions + 3 * (deconv2 + deconv1), 0)

    # An axis of deconv2: 4 4 5 5 6 6 7 7 6 6 5 5 4 4 inputs reach its outputs, 74 in
    # all; of deconv1 likewise 7 7 8 8 ... 14 14 ... 7 7, which are 294.
    assert sum(shapes.overlap_counts(14, 28, 2, "same")) == 294
    useful = convolutions + 3 * (74**2 * 64 * 32 + 294**2 * 32)
    assert floors.direct_step(model, useful_only=True) == (useful, 0)


def test_our_floor_counts_products_three_times_and_transforms_twice():
    # deconv2 along an axis: N = 10, so two real frequencies and four complex ones of
    # three products each make R = 14, from 7 pixels to 7 blocks of 2.
    model = models.build_autoencoder()
    layer = model.get_layer("decoder").get_layer("deconv2")
    if not layer.uses_fourier:
        pytest.skip('"auto" is direct on this device')
    rows, columns = layer._forms((None, 7, 7, 64))
    frequencies = 14 * 14
    product = frequencies * 64 * (4 * 32)
    there = (14 * 7 * 7 + 14 * 14 * 7) * 64
    back = (7 * 14 * 14 + 7 * 7 * 14) * 4 * 32
    kernel = 14 * 2 * 14 * (14 + 14 * 2) * 64 * 32
    assert floors.product_of(rows, columns, 64, 32) == product

    direct = floors.direct_step(model).an_image
    changed = floors.our_step(model)
    other = model.get_layer("decoder").get_layer("deconv1")
    other._fourier_shape = None  # leave deconv2 as the only one
    alone = floors.our_step(model)
    saved = 3 * 7 * 7 * 14 * 14 * 64 * 32 - 3 * product - 2 * (there + back)
    assert alone == (direct - saved, 2 * kernel)
    assert changed.an_image < alone.an_image


def test_the_milliseconds_of_a_floor():
    assert summary.milliseconds((2000, 100_000), 50, rate=1e8) == 2.0


# Other frameworks


def test_the_parent_process_loads_no_framework():
    code = (
        "import sys; sys.path.insert(0, 'benchmarks'); import training_step; "
        "print({'keras', 'tensorflow', 'jax', 'torch'} & {*sys.modules})"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "set()\n"


def test_a_process_that_has_keras_already_cannot_choose_its_backend():
    with pytest.raises(ValueError, match="must not be loaded before"):
        workers.start("tensorflow")


def test_plain_pytorch_computes_what_keras_computes():
    torch = pytest.importorskip("torch")
    from contenders import torch_steps

    model = models.build_autoencoder()
    model.set_weights([*lecture.initial_weights().values()])
    images = lecture.images(4)
    with torch.no_grad():
        found = torch_steps.build()(torch_steps.channels_first(images)).numpy()
    right = keras.ops.convert_to_numpy(model(images))
    np.testing.assert_allclose(found.transpose(0, 2, 3, 1), right, atol=1e-5)


def test_plain_pytorch_agrees_in_both_layouts(expected):
    pytest.importorskip("torch")
    from contenders import torch_steps

    for layout in torch_steps.LAYOUTS:
        found = torch_steps.make(4, layout).evidence()
        assert agreement.disagreement(found, expected) is None


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")
def test_plain_jax_agrees(expected):
    from contenders import jax_steps

    assert agreement.disagreement(jax_steps.make(4).evidence(), expected) is None


def test_the_layers_that_are_raced_are_those_of_the_models():
    for kernels in contenders.PROJECT_KERNELS:
        decoder = models.build_decoder(kernel_sizes=(7, *kernels))
        ours = [x for x in decoder.layers if isinstance(x, FourierConv2DTranspose)]
        assert [x.kernel_size for x in ours] == [(k, k) for k in kernels]
    told = [race.contenders[0].arguments for race in contenders.layer_races([50])[:2]]
    decoder = models.build_decoder()
    for name, arguments in zip(("deconv2", "deconv1"), told, strict=True):
        layer = decoder.get_layer(name)
        assert tuple(layer.input.shape[1:]) == arguments["input_shape"]
        assert layer.filters == arguments["filters"]
        assert layer.kernel_size == (arguments["kernel_size"],) * 2


def test_the_readme_quotes_the_measured_ratios():
    measured = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ours: `fit` \|.*?\| ([\d.]+) \| \d", measured, re.MULTILINE)
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert len(rows) == 3
    assert "took {}, {} and {} of the time of Keras's default".format(*rows) in readme
