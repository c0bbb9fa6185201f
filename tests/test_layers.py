"""The order of the house: a step imports nouns, errors and named leaves, never another step."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "syndicator"
STEPS = {
    "config",
    "schedule",
    "fetcher",
    "parser",
    "normalizer",
    "store",
    "related",
    "generator",
    "publisher",
}
MODULES = sorted(PACKAGE.rglob("*.py"))
SELECTED = [path for path in MODULES if "__pycache__" not in path.parts]


def imports(node: ast.AST, package: tuple[str, ...]) -> Iterator[str]:
    """Yield the modules of ours that are imported, for types alone too, with their dots."""
    for child in ast.walk(node):
        names = []
        if isinstance(child, ast.Import):
            names = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            stem = ".".join(package[: len(package) - child.level + 1]) if child.level else ""
            module = ".".join(filter(None, (stem, child.module)))
            names = [f"{module}.{alias.name}" for alias in child.names]
        yield from (name for name in names if name.startswith("syndicator."))


@pytest.mark.parametrize("path", SELECTED, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_step_stands_alone(path: Path) -> None:
    """It imports no other step; the nouns and the errors import nothing of ours."""
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]
    package = path.relative_to(PACKAGE.parent).parts[:-1]
    tree = ast.parse(path.read_text("utf-8"))
    others = {name.split(".")[1] for name in imports(tree, package)} - {room}
    if room in ("model", "errors"):
        assert not others
    if room in STEPS:
        assert not others & (STEPS | {"pipeline", "cli"})
    if room != "__main__":
        assert "cli" not in others


def test_no_module_has_a_librarys_name() -> None:
    """`import json` in a folder with a json.py is a riddle."""
    libraries = {
        "json",
        "html",
        "feedparser",
        "feedgen",
        "requests",
        "http",
        "email",
        "types",
        "string",
        "re",
    }
    ours = {path.stem for path in SELECTED} & libraries
    assert not ours


@pytest.mark.parametrize("path", SELECTED, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    """Standard output is for results; everything else returns a value."""
    if path.parts[-2:] == ("cli", "edge.py"):
        return
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    assert not [
        call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
