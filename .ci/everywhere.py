"""Run the tests and the notebooks as other machines would, and print one table.

    python .ci/everywhere.py [--list] [--record] [ENVIRONMENT ...]

Other processors, thread counts, seeds, Pythons, package versions and backends: each is
an environment, and each notebook in each of them a job. A job that failed does not
stop the others. Results lie in `.everywhere/`, so a run that was interrupted goes on
where it was; what has changed since is run again. `--record` writes the table to
`benchmarks/everywhere.md`, where the last one stands.
"""

import argparse
import ast
import concurrent.futures
import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".everywhere"
TABLE = ROOT / "benchmarks" / "everywhere.md"
LESSONS = sorted(ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"))
NUMBERS = [path.name[:2] for path in LESSONS]
# Those that train, and those that are run in less than a minute.
TEXTS = {path.name[:2]: path.read_text("utf-8") for path in LESSONS}
TRAINING = [number for number, text in TEXTS.items() if ".fit(" in text]
SHORT = [
    number
    for number, text in TEXTS.items()
    if json.loads(text)["metadata"]["cae_keras"]["seconds"] < 60
]
JOBS = 2  # at the same time: starting kernels and drawing take one core each
LIMIT = 1800  # seconds for one job
SHOWN = 4  # failures in a field of the table; the log has all

# Google Colab's, in August 2026.
COLAB = """
    tensorflow==2.20.0 keras==3.13.2 numpy==2.1.3 matplotlib==3.10.0 ipython==7.34.0
    ipywidgets==7.7.1 scikit-learn==1.6.1 scikit-image==0.25.2 ipykernel==6.17.1
    jupyter-client==7.4.9 nbval==0.11.0 nbconvert nbformat pytest hypothesis hatchling
    setuptools<81 jedi
"""
# On its own Python the two small deprecations of matplotlib 3.10 are not ours.
# (A variable: the tests that run pytest themselves hand it down.)
COLAB_VARIABLES = {"PYTEST_ADDOPTS": "-W ignore::DeprecationWarning"}
# The course's packages without TensorFlow, and the other two backends.
OTHER_BACKENDS = ("jax==0.10.2", "torch==2.13.0")


@dataclass(frozen=True)
class Environment:
    """A machine to be imitated: its Python, its packages, its variables, its jobs."""

    name: str
    variables: dict = field(default_factory=dict)
    python: Path | None = None  # None: the environment of `make test`
    packages: tuple = ("-r", "requirements.txt")
    jobs: tuple = tuple(NUMBERS)
    twice: bool = False


def environments():
    """Return all environments that this machine can imitate."""
    everything, numeric = ("tests", *NUMBERS), ("backend tests", *NUMBERS)
    oldest = {
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
    }
    older = {"ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"}
    one = {
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    found = [
        Environment("as-it-is", jobs=everything),
        Environment("sse4.1", oldest),
        Environment("avx2", older, jobs=tuple(TRAINING)),
        Environment("no-onednn", {"TF_ENABLE_ONEDNN_OPTS": "0"}, jobs=numeric),
        Environment("one-thread", one, jobs=tuple(TRAINING)),
        Environment("seed+1", {"CAE_KERAS_SEED": "1"}),
        *(
            Environment(
                f"seed+{seed}", {"CAE_KERAS_SEED": str(seed)}, jobs=tuple(TRAINING)
            )
            for seed in (2, 3, 4)
        ),
        Environment("cells-twice", jobs=tuple(SHORT), twice=True),
        # Each product and convolution with an error as on a GPU: see tests/noise.py.
        Environment("rounding", {"CAE_KERAS_NOISE": "1e-6"}, jobs=("backend tests",)),
    ]
    for version, python in pythons().items():
        if version != platform.python_version():
            found.append(
                Environment(f"python-{version}", python=python, jobs=everything)
            )
        if version.startswith("3.13."):
            found.append(
                Environment(
                    "colab",
                    COLAB_VARIABLES,
                    python=python,
                    packages=tuple(COLAB.split()),
                    jobs=everything,
                )
            )
    for backend, more in (("jax", ("10",)), ("torch", ())):
        found.append(
            Environment(
                backend,
                {"KERAS_BACKEND": backend},
                python=Path(sys.executable),
                packages=(*without_tensorflow(), *OTHER_BACKENDS),
                jobs=("backend tests", *more),
            )
        )
    return found


def pythons():
    """Return the oldest Python 3.11, 3.12 and 3.13 found here: {version: path}."""
    places = [Path("/usr/bin"), *map(Path, os.environ["PATH"].split(os.pathsep))]
    places += Path.home().glob(".pyenv/versions/3.1[123].*/bin")
    found = {}
    for place in places:
        for path in place.glob("python3*"):
            if re.fullmatch(r"python3(\.1[123])?", path.name) and path.is_file():
                ask = [
                    path,
                    "-c",
                    "import platform, venv; print(platform.python_version())",
                ]
                told = subprocess.run(ask, capture_output=True, text=True, check=False)
                match = re.fullmatch(r"3\.(1[123])\.(\d+)\n", told.stdout)
                if match:
                    found.setdefault(int(match[1]), {}).setdefault(int(match[2]), path)
    oldest = {minor: min(patches) for minor, patches in sorted(found.items())}
    return {f"3.{m}.{patch}": found[m][patch] for m, patch in oldest.items()}


def without_tensorflow():
    """Return requirements.txt's packages but TensorFlow."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("#")[0].strip() for line in lines]
    return [pin for pin in pins if pin and not pin.startswith("tensorflow")]


def prepare(environment):
    """Return the environment's Python; make its packages where they are missing."""
    if environment.python is None:
        return sys.executable
    asked = repr((str(environment.python), environment.packages)).encode()
    folder = FOLDER / "environments" / hashlib.sha256(asked).hexdigest()[:12]
    bin_folder = "Scripts" if os.name == "nt" else "bin"
    python, done = folder / bin_folder / "python", folder / "packages.txt"
    wanted = f"{environment.python}\n{environment.packages}\n" + (
        ROOT / "requirements.txt"
    ).read_text(encoding="utf-8")
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        say(f"{environment.name}: installing its packages")
        shutil.rmtree(folder, ignore_errors=True)
        install = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
        for command in (
            [environment.python, "-m", "venv", folder],
            [python, *install, *environment.packages],
        ):
            told = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, check=False
            )
            if told.returncode:
                raise RuntimeError(
                    (told.stderr.strip() or "pip failed").splitlines()[-1]
                )
        done.write_text(wanted, encoding="utf-8")
    return str(python)


def paths_of(job):
    """Return what pytest gets for a job: a notebook and its solution, or tests."""
    if job == "tests":
        return ["cae_keras", "tests"]
    if job == "backend tests":
        text = (ROOT / "tests" / "test_backends.py").read_text(encoding="utf-8")
        names = ast.literal_eval(re.search(r"^TESTS = (\[.*?\])", text, re.M | re.S)[1])
        return [f"tests/{name}" for name in names]
    found = sorted(ROOT.glob(f"notebooks/**/{job}_*.ipynb"))
    return [
        str(path.relative_to(ROOT))
        for path in found
        if ".ipynb_checkpoints" not in path.parts
    ]


def with_cells_twice(path):
    """Write a copy of a notebook in which each code cell stands twice in a row."""
    notebook = json.loads((ROOT / path).read_text(encoding="utf-8"))
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        if cell["cell_type"] == "code":
            cells.append({**cell, "id": f"{cell['id']}-again"})
    copy = FOLDER / "twice" / Path(path).relative_to("notebooks")
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(json.dumps({**notebook, "cells": cells}), encoding="utf-8")
    return str(copy.relative_to(ROOT))


def once_or_again(match):
    """Return the number that a cell of such a copy has in its notebook."""
    number, again = divmod(int(match[0]) + 1, 2)
    return f"{number} again" if again else str(number)


def what_runs(path):
    """Return a file's bytes; a notebook's without the prose, which does not run."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return json.dumps({**notebook, "cells": code}, sort_keys=True).encode()


def judges_another(path, number):
    """Return whether a file judges the exercises of another notebook, and no more."""
    match = re.fullmatch(r"notebook_(\d\d)\.py", path.name)
    return match is not None and match[1] != number


def fingerprint(environment, job):
    """Return a hash of all that the result of a job depends on."""
    content_of = Path.read_bytes if "tests" in job else what_runs
    files = [*ROOT.glob("cae_keras/**/*.py"), *ROOT.glob("data/*")]
    files += [ROOT / name for name in ("conftest.py", "pyproject.toml")]
    if "tests" in job:
        files += [*ROOT.glob("tests/**/*.py"), *ROOT.glob(".ci/*"), ROOT / "Makefile"]
        files += [ROOT / path for number in NUMBERS for path in paths_of(number)]
        files += ROOT.glob("benchmarks/**/*.py")
    else:
        files = [path for path in files if not judges_another(path, job)]
        files += [ROOT / path for path in paths_of(job)]
    content = hashlib.sha256(repr(environment).encode())
    for path in sorted(files):
        if path.is_file():
            content.update(path.name.encode() + content_of(path))
    return content.hexdigest()


def run(environment, job, python):
    """Run one job and return its result."""
    began, name = time.time(), f"{environment.name}--{job}".replace(" ", "-")
    report, log = (FOLDER / "logs" / f"{name}.{end}" for end in ("xml", "log"))
    log.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    paths = paths_of(job)
    if environment.twice:
        paths = [with_cells_twice(path) for path in paths if "solutions" not in path]
    handed_down = (
        "MAKEFLAGS",
        "MAKEOVERRIDES",
        "MFLAGS",
        "PYTEST_ARGS",
        "CAE_KERAS_SEED",
        "CAE_KERAS_NOISE",
    )
    variables = {k: v for k, v in os.environ.items() if k not in handed_down}
    with log.open("w", encoding="utf-8") as file:
        try:
            code = subprocess.run(
                [python, "-m", "pytest", "-q", f"--junitxml={report}", "-o",
                 "junit_logging=no", *paths],
                cwd=ROOT,
                env={**variables, **environment.variables, "NO_COLOR": "1"},
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=LIMIT,
                check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            code = f"not done after {LIMIT} s"
    passed, failed = read_report(report)
    if environment.twice:
        failed = [re.sub(r"\d+", once_or_again, name) for name in failed]
    if code not in (0, 1) or (code == 1) != bool(failed) or not passed + len(failed):
        failed = [*failed, f"pytest ended with {code}"]
    return {"passed": passed, "failed": failed, "seconds": round(time.time() - began)}


def read_report(report):
    """Return how many tests passed, and the names of those that did not."""
    passed, failed = 0, []
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            ends = {child.tag for child in case}
            if ends & {"failure", "error"}:
                file = case.get("classname", "").split(".")[-1]
                solution = "solution: " if "solutions" in case.get("classname") else ""
                name = case.get("name")
                cell = "ipynb" in case.get("classname") or "Cell" in name
                failed.append(solution + name if cell else f"{file}::{name}")
            elif "skipped" not in ends:
                passed += 1
    return passed, failed


def in_words(result):
    """Return a field of the table."""
    if result is None:
        return "not run"
    if not result["failed"]:
        return "green"
    more = len(result["failed"]) - SHOWN
    return "; ".join(result["failed"][:SHOWN]) + (f"; {more} more" if more > 0 else "")


def table(chosen, results):
    """Return the table in Markdown: a row an environment, a column a notebook."""
    columns = ["tests", *NUMBERS]
    lines = [
        f"| environment | {' | '.join(columns)} |",
        "|" + " --- |" * (len(columns) + 1),
    ]
    for environment in chosen:
        fields = []
        for column in columns:
            jobs = [
                job for job in environment.jobs if job in (column, f"backend {column}")
            ]
            texts = [in_words(results.get((environment.name, job))) for job in jobs]
            fields.append("; ".join(texts) or "-")
        lines.append(
            f"| {environment.name} | {' | '.join(fields)} |".replace("\n", " ")
        )
    return "\n".join(lines)


def machine():
    """Return the processor and the number of cores, as one line."""
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        processor = re.search(r"model name\s*: (.*)", text)[1]
        wide = "with" if "avx512f" in text else "without"
        processor += f", {wide} AVX-512"
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}"


def say(text):
    """Print a line at once, with the time."""
    print(f"{datetime.datetime.now():%H:%M:%S}  {text}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="environments; all without a name")
    parser.add_argument("--list", action="store_true", help="list the environments")
    parser.add_argument("--record", action="store_true", help=f"write {TABLE.name}")
    options = parser.parse_args()
    known = environments()
    if options.list:
        sys.exit("\n".join(environment.name for environment in known))
    unknown = {*options.names} - {environment.name for environment in known}
    if unknown:
        sys.exit(f"No environment is called {', '.join(unknown)}; --list shows them.")
    chosen = [e for e in known if not options.names or e.name in options.names]

    saved = FOLDER / "results.json"
    results = json.loads(saved.read_text(encoding="utf-8")) if saved.exists() else {}
    lock, began, todo, kept = threading.Lock(), time.time(), [], {}
    for environment in chosen:
        for job in environment.jobs:
            key, now = f"{environment.name}: {job}", fingerprint(environment, job)
            if results.get(key, {}).get("fingerprint") == now:
                kept[environment.name, job] = results[key]
            else:
                todo.append((environment, job, key, now))
    say(f"{len(todo)} jobs to run, {len(kept)} are known")
    done = 0
    pythons_of, broken = {}, {}

    def work(item):
        nonlocal done
        environment, job, key, now = item
        with lock:
            if environment.name not in {**pythons_of, **broken}:
                try:
                    pythons_of[environment.name] = prepare(environment)
                except (RuntimeError, OSError) as error:
                    broken[environment.name] = str(error)
        if environment.name in broken:
            result = {"failed": [f"cannot be made: {broken[environment.name]}"]}
        else:
            result = run(environment, job, pythons_of[environment.name])
        with lock:
            kept[environment.name, job] = result
            done += 1
            if environment.name not in broken:
                results[key] = {**result, "fingerprint": now}
                part = saved.with_suffix(".part")
                part.write_text(json.dumps(results, indent=1), encoding="utf-8")
                part.replace(saved)
            seconds = f", {result['seconds']} s" if "seconds" in result else ""
            say(f"[{done}/{len(todo)}] {key}: {in_words(result)}{seconds}")

    FOLDER.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(work, todo))

    text = table(chosen, kept)
    failed = [key for key, result in kept.items() if result["failed"]]
    minutes = round((time.time() - began) / 60)
    print(f"\n{text}\n")
    green = len(kept) - len(failed)
    say(f"{green} of {len(kept)} jobs are green, after {minutes} minutes")
    if options.record:
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        ).stdout.strip()  # fmt: skip
        total = round(sum(result.get("seconds", 0) for result in kept.values()) / 60)
        head = (
            "# Green everywhere?\n\nThe last table of `make everywhere`: the package's "
            "tests and each notebook with its\nsolution, in each environment. A field "
            f"names what failed.\n\n{machine()}.\n{datetime.date.today()}, commit "
            f"{commit or 'unknown'}; {total} minutes of jobs, two at a time.\n\n"
        )
        TABLE.write_text(f"{head}{text}\n", encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
