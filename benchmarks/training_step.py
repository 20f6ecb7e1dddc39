"""How long is one training step of the lecture's convolutional autoencoder?

Keras's default, ours, plain PyTorch, plain JAX and Keras on both, side by side: short
blocks of steps in rotation, one at a time, on the same images from the same weights.
Who does not compute the same values gets no time, and the exit code is 1. What is not
installed is left out: without TensorFlow all are compared with Keras on JAX or PyTorch.

    python benchmarks/training_step.py                 # all, about 12 minutes
    python benchmarks/training_step.py --quick         # 2 to 3 minutes, batches of 50
    python benchmarks/training_step.py --from FILE.json --plot FILE.svg

`benchmarks/README.md` says how to read the result.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import contenders  # noqa: E402
from contenders import PROCESSES, machine, report, workers  # noqa: E402
from contenders.agreement import disagreement  # noqa: E402
from contenders.summary import ENOUGH  # noqa: E402

ALL = ("training", "layers", "inference")


class Bar:
    """Progress on the standard error: one line that is redrawn, or a line a round."""

    def __init__(self, stream=sys.stderr):
        self.stream, self.live = stream, stream.isatty()
        self.began, self.done, self.total = time.monotonic(), 0.0, 1.0

    def say(self, text):
        """Say what is being prepared."""
        self.stream.write(f"\r\x1b[K{text}" if self.live else f"{text}\n")
        self.stream.flush()

    def start(self, total):
        """Begin anew, with so many seconds of work expected."""
        self.began, self.done, self.total = time.monotonic(), 0.0, max(total, 1e-9)

    def advance(self, seconds, text, whole_round=False):
        """Count work done, given in seconds that were expected for it."""
        self.done += seconds
        share = min(self.done / self.total, 1.0)
        left = (time.monotonic() - self.began) * (1 / max(share, 1e-9) - 1)
        if self.live:
            filled = "#" * round(20 * share)
            self.say(f"[{filled:<20}] {text}, about {left / 60:.1f} min left")
        elif whole_round:
            self.say(f"{text}, about {left / 60:.1f} min left")

    def close(self):
        if self.live:
            self.stream.write("\r\x1b[K")


class Team:
    """The worker processes, started when first needed."""

    def __init__(self, missing):
        self.missing, self.members = missing, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self.members.values():
            worker.close()

    def of(self, contender):
        """Return the contender's worker."""
        return self.named(contender.process)

    def named(self, process):
        if process not in self.members:
            self.members[process] = workers.Worker(process)
        return self.members[process]

    def load(self):
        """Return what measures the load that is not ours."""
        pids = [worker.pid for worker in self.members.values()]
        return machine.Load([os.getpid(), *pids])


def prepare(race, team, options, bar):
    """Make all contenders, refuse those that do not agree, choose the steps a block.

    Returns:
        The race as `results` hold it, still without blocks, and for each (batch, key)
        the steps of a block and the seconds that they take.
    """
    reference = contenders.reference_of(race, team.missing)
    others = [c for c in race.contenders if c != reference]
    entry = {
        "name": race.name,
        "reference": reference.key,
        "labels": {c.key: c.label for c in race.contenders},
        "notes": {},
        "refusals": [],
        "laps": [],
        "blocks": [],
    }
    plan = {}
    for batch in race.batch_sizes:
        expected = None
        for contender in (reference, *others):
            if contender.process in team.missing:
                continue
            bar.say(f"{race.name}, batches of {batch}: {contender.label}")
            try:
                found, seconds = first_steps(race, contender, batch, team, entry)
                expected = found if expected is None else expected
                difference = disagreement(found, expected)
                why = difference and f"does not agree: {difference}"
                if why and contender is reference:
                    expected = None
            except workers.WorkerError as error:
                why = f"failed: {error}"
            if why:
                entry["refusals"].append([batch, contender.key, why])
            else:
                steps = block_steps(seconds, contender.multiple, race.share, options)
                plan[batch, contender.key] = steps, steps * seconds
            if expected is None:
                break  # without the reference there is nothing to compare with
    return entry, plan


def first_steps(race, contender, batch, team, entry):
    """Return a contender's evidence and the seconds of one of its further steps."""
    worker, key = team.of(contender), (race.name, contender.key, batch)
    arguments = {**contender.arguments, "batch_size": batch}
    entry["notes"][contender.key] = worker.ask("make", key, contender.module, arguments)
    found = worker.ask("evidence", key)
    if contender.multiple > 1:
        worker.ask("run", key, contender.multiple)  # compiles the group of steps
    return found, worker.ask("run", key, contender.multiple)


def block_steps(seconds, multiple, share, options):
    """Return the steps of a block: as many as `--block-seconds` allow, 1 to `--steps`.

    A multiple of `multiple`, and at least that. `share` is the race's, of the seconds.
    """
    allowed = share * options.block_seconds / max(seconds, 1e-9)
    steps = int(min(options.steps, max(1, allowed)))
    return max(multiple, steps - steps % multiple)


def run(prepared, team, options, bar, deadline):
    """Run all races: in a round each batch size, in each of these each contender.

    After the deadline no round begins, once there are `ENOUGH`.
    """
    a_round = sum(seconds for *_, plan in prepared for _, seconds in plan.values())
    bar.start(options.rounds * a_round)
    load = team.load()
    for number in range(options.rounds):
        if number >= ENOUGH and time.monotonic() > deadline:
            break
        for race, entry, plan in prepared:
            for batch in race.batch_sizes:
                ready = [c for c in race.contenders if (batch, c.key) in plan]
                if ready:
                    lap(number, race, batch, ready, entry, plan, team, load, bar)
        bar.advance(0, f"round {number + 1} of {options.rounds}", whole_round=True)


def lap(number, race, batch, ready, entry, plan, team, load, bar):
    """Run one block of each contender; another one begins in each round."""
    rate = machine.matmul_rate()
    entry["laps"].append({"batch": batch, "round": number, "rate": rate})
    first = number % len(ready)
    for contender in ready[first:] + ready[:first]:
        steps, expected = plan[batch, contender.key]
        key = race.name, contender.key, batch
        load.begin()
        seconds = team.of(contender).ask("run", key, steps)
        entry["blocks"].append(
            {
                "batch": batch,
                "round": number,
                "key": contender.key,
                "steps": steps,
                "seconds": seconds,
                "others": load.others(),
            }
        )
        bar.advance(expected, f"{race.name}, batches of {batch}: {contender.label}")


def measure(options):
    """Return the results: a dictionary that JSON can hold."""
    deadline = time.monotonic() + 60 * options.minutes
    races = []
    if "training" in options.only:
        races += [contenders.training_race(options.batch_sizes)]
    if "layers" in options.only:
        races += contenders.layer_races((50,) if options.quick else (50, 128))
    if "inference" in options.only:
        batches = (1, 50) if options.quick else (1, 8, 50, 128)
        races += [contenders.inference_race(batches)]
    missing = contenders.missing_packages()
    there = [name for name in PROCESSES if name not in missing]
    if not there:
        sys.exit("There is no backend of Keras. Run: pip install tensorflow")
    skipped = [*dict.fromkeys(missing.values())]
    nobody = [race for race in races if not contenders.reference_of(race, missing)]
    if nobody:
        names = "; ".join(race.name for race in nobody)
        skipped.append(f"Races whose contenders are all left out: {names}.")
    races = [race for race in races if race not in nobody]
    bar = Bar()
    with Team(missing) as team:
        about = team.named(there[0])
        results = {
            "machine": {
                **machine.describe(),
                "device": about.ask("call", "keras_steps", "device"),
                **one_dnn(team),
            },
            "settings": {
                "rounds": options.rounds,
                "steps": options.steps,
                "block_seconds": options.block_seconds,
            },
            "skipped": skipped,
            "floors": about.ask("call", "floors", "lecture_floors"),
            "races": [],
        }
        prepared = []
        for race in races:
            entry, plan = prepare(race, team, options, bar)
            results["races"].append(entry)
            prepared.append((race, entry, plan))
        run(prepared, team, options, bar, deadline)
        bar.close()
    return results


def one_dnn(team):
    """Return where oneDNN is on, a row of the machine: none without TensorFlow."""
    if "tensorflow" in team.missing:
        return {}
    course, alone = (
        "on" if team.named(name).ask("call", "keras_steps", "one_dnn") else "off"
        for name in ("tensorflow", "tensorflow by itself")
    )
    words = f"{course} as `classroom.start` sets it, {alone} as TensorFlow sets it"
    return {"oneDNN": words}


def parse(arguments=None):
    """Return the options, refusing what makes no sense."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[50, 128, 256])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument(
        "--minutes", type=float, default=12, help="no new round after so many"
    )
    parser.add_argument("--steps", type=int, default=32, help="a block at most")
    parser.add_argument("--block-seconds", type=float, default=1.0, help="of a block")
    parser.add_argument("--only", nargs="+", choices=ALL, default=ALL)
    parser.add_argument("--quick", action="store_true", help="batches of 50, 3 rounds")
    parser.add_argument("--from", dest="source", type=Path, help="a file of --json")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path, help="PNG or SVG")
    parser.add_argument(
        "--update-readme",
        nargs="?",
        const=report.README_PLACE,
        metavar="PLACE",
        help="put the tables between the markers of benchmarks/README.md",
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.batch_sizes, options.rounds, options.block_seconds = [50], 3, 0.5
    for name in ("rounds", "steps", "block_seconds", "minutes"):
        if getattr(options, name) <= 0:
            parser.error(f"{name} must be positive. Received: {getattr(options, name)}")
    if min(options.batch_sizes) < 1:
        parser.error(f"batch sizes must be positive. Received: {options.batch_sizes}")
    return options


def main():
    options = parse()
    if options.source:
        results = json.loads(options.source.read_text(encoding="utf-8"))
    else:
        results = measure(options)
    if options.json:
        report.write(options.json, json.dumps(results, indent=1) + "\n")
    text = report.markdown(results)
    print(text)
    if options.markdown:
        report.write(options.markdown, text)
    if options.update_readme:
        report.update_readme(HERE / "README.md", options.update_readme, text)
    if options.plot:
        report.plot(results, options.plot)
    return 1 if any(race["refusals"] for race in results["races"]) else 0


if __name__ == "__main__":
    sys.exit(main())
