"""The measurements as Markdown, as a figure, and within `benchmarks/README.md`."""

import os
import statistics

from .summary import disturbed_rounds, median_ratio, milliseconds, paired, summarise

README_PLACE = "training_step"


def table(heads, rows):
    """Return a Markdown table: the first column of text, the others of numbers."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rule, *rows])


def row_cells(row, label):
    """Return one contender's cells: label, ms, quartiles, ratio, blocks."""
    low, median, high = (1000 * t for t in (row.low, row.median, row.high))
    mark = " (disturbed)" if row.disturbed else ""
    return [
        label,
        f"{median:.1f}",
        f"{low:.1f} to {high:.1f}",
        f"{row.ratio:.2f}",
        f"{row.used} of {row.measured}{mark}",
    ]


def _of_batch(race, batch):
    return [block for block in race["blocks"] if block["batch"] == batch]


def _reference(race):
    """Return what the others are compared with, in words."""
    if race["reference"] == "direct fit":
        return "Keras's default"
    return race["labels"][race["reference"]]


def training_table(race, batch):
    """Return the table of one batch size; who does not agree has no numbers."""
    slow = disturbed_rounds(race["laps"])
    blocks = _of_batch(race, batch)
    rows = summarise(blocks, race["reference"], slow) if blocks else []
    found = {row.key: row_cells(row, race["labels"][row.key]) for row in rows}
    for refused, key, why in race["refusals"]:
        if refused == batch:
            found[key] = [race["labels"][key], why, "", "", ""]
    heads = ["contender", "ms a step", "quartiles", f"of {_reference(race)}"]
    heads += ["blocks used"]
    return table(heads, [found[key] for key in race["labels"] if key in found])


def fit_overhead(race, batch):
    """Return lines: what `fit` adds to a bare loop, each paired by round."""
    slow, blocks = disturbed_rounds(race["laps"]), _of_batch(race, batch)
    measured = {block["key"] for block in blocks}
    lines = []
    for key, loop in (
        ("direct fit", "direct loop"),
        ("ours fit", "ours loop"),
        ("ours fit in groups", "ours loop"),
    ):
        if {key, loop} <= measured:
            pairs = paired(blocks, key, loop, slow)
            more = 1000 * statistics.median(mine - theirs for mine, theirs in pairs)
            share = median_ratio(blocks, key, loop, slow) - 1
            lines.append(
                f"- batches of {batch}, {race['labels'][key]}: {more:+.1f} ms a step "
                f"({share:+.0%})"
            )
    return lines


def floor_table(race, floors):
    """Return the table of arithmetic floors, and of the bare loops beside them."""
    rate = statistics.median(lap["rate"] for lap in race["laps"])
    slow = disturbed_rounds(race["laps"])
    batches = sorted({lap["batch"] for lap in race["laps"]})
    rows = []
    for name, work in floors.items():
        rows.append([f"floor: {name}"])
        rows[-1] += [f"{milliseconds(work, batch, rate):.1f}" for batch in batches]
    for key in ("direct loop", "ours loop"):
        if key not in {block["key"] for block in race["blocks"]}:
            continue  # without TensorFlow there is no bare loop
        cells = [f"measured: {race['labels'][key]}"]
        for batch in batches:
            blocks = _of_batch(race, batch)
            if {key, race["reference"]} <= {block["key"] for block in blocks}:
                found = {r.key: r for r in summarise(blocks, race["reference"], slow)}
                cells.append(f"{1000 * found[key].median:.1f}")
            else:
                cells.append("")
        rows.append(cells)
    return table(["ms a step", *[f"batches of {batch}" for batch in batches]], rows)


def ratio_table(races, what):
    """Return a table of ours by Keras's default, a row a race."""
    batches = sorted({lap["batch"] for race in races for lap in race["laps"]})
    rows = []
    for race in races:
        slow = disturbed_rounds(race["laps"])
        refused = {(batch, key): why for batch, key, why in race["refusals"]}
        cells = [race["name"], race["notes"].get("auto", "")]
        for batch in batches:
            blocks = _of_batch(race, batch)
            if (batch, "auto") in refused:
                cells.append(refused[batch, "auto"])
            elif blocks:
                ratio = median_ratio(blocks, "auto", race["reference"], slow)
                cells.append(f"{ratio:.2f}")
            else:
                cells.append("")
        rows.append(cells)
    return table([what, "ours is", *[f"batches of {batch}" for batch in batches]], rows)


def markdown(results):
    """Return the whole report: a heading with machine and date, then the tables."""
    machine, races = results["machine"], results["races"]
    training = [race for race in races if race["name"] == "training step"]
    layers = [race for race in races if race["name"].startswith("deconv")]
    decoder = [race for race in races if race["name"] == "decoder"]
    every = [lap["rate"] for race in races for lap in race["laps"]]
    rate = statistics.median(every) / 1e9 if every else float("nan")

    parts = [
        f"### {machine['processor']}, {machine['cores']} cores, {machine['date']}",
        "\n".join(
            [
                f"- {name}: {text}"
                for name, text in machine.items()
                if name not in ("processor", "cores", "date")
            ]
            + [
                "- matrix products (NumPy, float32): "
                f"{rate:.0f} G multiply-adds a second"
            ]
            + [f"- {line}" for line in results["skipped"]]
        ),
    ]
    for race in training:
        batches = sorted({batch for batch, *_ in race["refusals"]})
        batches = sorted({lap["batch"] for lap in race["laps"]} | set(batches))
        for batch in batches:
            parts += [f"#### A training step, batches of {batch}"]
            parts += [training_table(race, batch)]
        lines = [line for batch in batches for line in fit_overhead(race, batch)]
        if lines:
            parts += ["#### What `fit` adds to the bare loop", "\n".join(lines)]
        if race["laps"] and results.get("floors"):
            parts += [
                "#### The arithmetic floor",
                "Multiply-adds of the step at the rate of the matrix products above.",
                floor_table(race, results["floors"]),
            ]
    if layers:
        parts += ["#### One layer with its gradients, ours by Keras's default"]
        parts += [ratio_table(layers, "layer, kernel")]
    if decoder:
        parts += ["#### The decoder's forward pass, ours by Keras's default"]
        parts += [ratio_table(decoder, "model")]
    return "\n\n".join(parts) + "\n"


def replace_between(text, place, content):
    """Return `text` with `content` between the place's two markers.

    The markers are the lines `<!-- PLACE: start -->` and `<!-- PLACE: end -->`.

    Raises:
        ValueError: if each of them does not occur once, or the end comes first.

    Example:
        >>> replace_between("<!-- a: start -->\\nold\\n<!-- a: end -->", "a", "new")
        '<!-- a: start -->\\n\\nnew\\n\\n<!-- a: end -->'
    """
    start, end = f"<!-- {place}: start -->", f"<!-- {place}: end -->"
    if (text.count(start), text.count(end)) != (1, 1) or text.find(start) > text.find(
        end
    ):
        raise ValueError(
            f"The text must have {start} and then {end}, once each. Received: "
            f"{text.count(start)} and {text.count(end)}"
        )
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n\n{content.strip()}\n\n{end}{after}"


def write(path, text):
    """Replace a file by this text, all or nothing."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def update_readme(path, place, content):
    """Replace what is between a place's markers in a file, all or nothing."""
    write(path, replace_between(path.read_text(encoding="utf-8"), place, content))


def plot(results, path):
    """Draw the training step: a panel a batch size, a bar a contender."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    (race,) = [one for one in results["races"] if one["name"] == "training step"]
    slow = disturbed_rounds(race["laps"])
    batches = sorted({block["batch"] for block in race["blocks"]})
    keys = [k for k in race["labels"] if any(b["key"] == k for b in race["blocks"])]
    figure, panels = plt.subplots(
        1,
        len(batches),
        figsize=(4 + 3.2 * len(batches), 0.36 * len(keys) + 1.4),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axis, batch in zip(panels[0], batches, strict=True):
        rows = {
            r.key: r for r in summarise(_of_batch(race, batch), race["reference"], slow)
        }
        longest = max(row.high for row in rows.values())
        for place, key in enumerate(keys):
            if key not in rows:
                continue
            row = rows[key]
            colour = "tab:orange" if key.startswith("ours") else "tab:gray"
            reach = [[row.median - row.low], [row.high - row.median]]
            axis.barh(place, row.median, xerr=reach, color=colour, ecolor="black")
            axis.text(row.high + 0.02 * longest, place, f"{row.ratio:.2f}", va="center")
        axis.set_xlim(0, 1.2 * longest)
        axis.set_title(f"batches of {batch}")
        axis.xaxis.set_major_formatter(lambda seconds, _: f"{1000 * seconds:g}")
        axis.set_xlabel("ms a step")
    panels[0, 0].set_yticks(
        range(len(keys)), [race["labels"][key].replace("`", "") for key in keys]
    )
    panels[0, 0].invert_yaxis()
    machine = results["machine"]
    figure.suptitle(
        f"{machine['processor']}, {machine['cores']} cores, {machine['date']}; "
        f"numbers: times {_reference(race)} (median of pairs)".replace("`", ""),
        fontsize="medium",
    )
    figure.savefig(path, dpi=150)
    plt.close(figure)
