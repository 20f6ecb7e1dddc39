"""Who imports whom, and that importing the package costs nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cae_keras"

# What each room may import of ours. Rooms that are not named here may not exist.
ALLOWED = {
    "shapes": set(),
    "reference": set(),
    "data": set(),
    "plotting": set(),
    "explore": {"shapes", "plotting"},
    "layers": {"shapes"},
    "models": {"shapes", "layers"},
    "exercises": {"shapes", "reference", "layers", "models", "data"},
    "classroom": {"data", "models"},
}
# Rooms that must not load Keras or TensorFlow, not even within a function.
FRAMEWORK_FREE = {"shapes", "reference", "data", "plotting", "explore"}


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent.name != "_data")


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path):
    """Yield the absolute name of each module that this file imports, anywhere in it."""
    package = ["cae_keras", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *filter(None, [node.module])])
            yield name
            yield from (f"{name}.{alias.name}" for alias in node.names)


def test_every_room_is_known():
    rooms = {room_of(path) for path in modules()} - {"__init__"}
    assert rooms <= {*ALLOWED}, "say in ALLOWED what a new room may import"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_lies_below_it(path):
    room = room_of(path)
    for name in imports_of(path):
        top, *rest = name.split(".")
        assert top not in {"tests", "notebooks", "conftest"}
        if top == "cae_keras" and rest and (PACKAGE / rest[0]).exists():
            assert rest[0] in ALLOWED[room] | {room}, name
        if top == "cae_keras" and rest and (PACKAGE / f"{rest[0]}.py").exists():
            assert rest[0] in ALLOWED[room] | {room}, name
        if room in FRAMEWORK_FREE:
            assert top not in {"keras", "tensorflow", "jax", "torch"}, name


def test_shapes_need_nothing_but_the_standard_library():
    names = {
        name.split(".")[0]
        for path in modules()
        if room_of(path) == "shapes"
        for name in imports_of(path)
    }
    assert names <= {*sys.stdlib_module_names, "cae_keras"}


@pytest.mark.parametrize("room", [None, "shapes", "classroom"])
def test_the_package_is_imported_in_milliseconds_and_without_a_framework(room):
    module = f"cae_keras.{room}" if room else "cae_keras"
    code = (
        f"import sys; before = {{*sys.modules}}; import {module}; "
        "new = {name.split('.')[0] for name in {*sys.modules} - before}; "
        "print(*sorted(new & {'tensorflow', 'keras', 'jax', 'torch', 'matplotlib', "
        "'sklearn', 'skimage', 'numpy'}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "\n"


def test_no_module_outgrows_what_can_be_read_in_one_sitting():
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    assert {str(path): n for path, n in lengths.items() if n > 400} == {}
