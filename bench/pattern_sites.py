"""Find every regular expression of the package: each call of `re` in its source, and its patterns.

A pattern is recorded where it is compiled: while all modules are imported, while a planet of odd
feeds runs, and where its expression can be evaluated with the names of its module. A call that was
seen in none of these ways is an error, so that no pattern is missed.
"""

from __future__ import annotations

import ast
import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

AnyPattern = re.Pattern[str] | re.Pattern[bytes]
ANCHORED = {"match", "fullmatch"}
# The functions of `re` that compile, and the place of their flags.
_COMPILES = {
    "compile": 1, "match": 2, "fullmatch": 2, "search": 2, "findall": 2, "finditer": 2,
    "split": 3, "sub": 4, "subn": 4,
}  # fmt: skip
_METHODS = {*_COMPILES} - {"compile"} | {"scanner"}


@dataclass
class Site:
    """A call of `re` in a module: its lines, and the patterns that it has compiled."""

    name: str  # of the module, and of the variable or the function
    function: str
    path: str
    lines: range
    call: ast.expr
    ways: set[str] = field(default_factory=set)  # the methods by which the pattern is used
    patterns: list[AnyPattern] = field(default_factory=list)

    def add(self, pattern: AnyPattern) -> None:
        if pattern not in self.patterns:
            self.patterns.append(pattern)


@dataclass(frozen=True)
class Pattern:
    """A pattern, by the name of its place, and the methods that it is used by."""

    name: str
    pattern: AnyPattern
    ways: frozenset[str]


def patterns() -> tuple[list[Pattern], list[str]]:
    """Return all patterns of the package, and the places of calls that none was seen of.

    They are collected in a process of their own, where no module has been imported yet.
    """
    done = subprocess.run([sys.executable, __file__], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    sites: list[tuple[str, list[AnyPattern], set[str]]]
    sites = pickle.loads(done.stdout)  # noqa: S301 - our own
    collected = [
        Pattern(f"{name}[{number}]" if number else name, pattern, frozenset(ways))
        for name, made, ways in sites
        for number, pattern in enumerate(made)
    ]
    return collected, [name for name, made, _ in sites if not made]


def _sites() -> list[Site]:
    """Return the calls of `re` in all modules, in their order."""
    import syndicator

    root = Path(syndicator.__path__[0])
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(root.rglob("*.py"))}
    sites: list[Site] = []
    for path, tree in trees.items():
        module = ".".join(path.relative_to(root.parent).with_suffix("").parts)
        for statement in tree.body:
            sites += _sites_of(statement, module.removesuffix(".__init__"), path)
    uses = [(str(path), *use) for path, tree in trees.items() for use in _uses(tree)]
    for site in sites:
        variable = site.name.rpartition(".")[2]
        if site.function != "compile":
            site.ways = {site.function}
        elif isinstance(site.call, ast.Call):
            site.ways = {
                way
                for path, name, way in uses
                if name == variable and (path == site.path or not name.startswith("_"))
            }
    return sites


def _sites_of(statement: ast.stmt, module: str, path: Path) -> Iterator[Site]:
    """Yield the calls of `re` in a statement, named by the variable or function that it makes."""
    name = getattr(statement, "name", "")
    for target in getattr(statement, "targets", [getattr(statement, "target", None)]):
        name = name or getattr(target, "id", "")
    calls = {id(node.func): node for node in ast.walk(statement) if isinstance(node, ast.Call)}
    for node in ast.walk(statement):
        if not (isinstance(node, ast.Attribute) and node.attr in _COMPILES):
            continue
        if isinstance(node.value, ast.Name) and node.value.id == "re":
            call = calls.get(id(node), node)
            lines = range(call.lineno, (call.end_lineno or 0) + 1)
            yield Site(f"{module}.{name or call.lineno}", node.attr, str(path), lines, call)


def _uses(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield names of variables with the method by which a pattern of that name is used.

    `re.match(NAME, ...)` and `NAME.match(...)` are such. A name that stands anywhere else may be
    used by any method, said as `search`. The variable of a loop counts as the name behind `in`.
    """
    loops: dict[str, str] = {}  # the variable of a loop, and the name of what it goes over
    seen: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.For(target=ast.Name(id=target), iter=ast.Name(id=name) as patterns):
                loops[target] = name
                seen.add(id(patterns))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "pattern":
            seen.add(id(node.value))  # its text, for a larger pattern
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            seen.add(id(node.value))
            if isinstance(node.value, ast.Name) and node.value.id != "re":
                yield loops.get(node.value.id, node.value.id), node.attr
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=way), args=[ast.Name() as used, *_]
            ):
                seen.add(id(used))
                yield used.id, way
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in seen:
            yield loops.get(node.id, node.id), "search"


def _recorded(sites: list[Site]) -> Callable[[Any, Any], Any]:
    """Return a compiler for `re` that adds each pattern to the call that made it."""
    original: Callable[[Any, Any], Any] = re._compile  # type: ignore[attr-defined]
    places: dict[str, list[Site]] = {}
    for site in sites:
        places.setdefault(site.path, []).append(site)

    def record(pattern: Any, flags: Any) -> Any:
        made = original(pattern, flags)
        frame = sys._getframe(1)
        while frame.f_back and frame.f_globals.get("__name__") == "re":
            frame = frame.f_back
        near = places.get(frame.f_code.co_filename, [])
        # A compiler that is passed on, as to a cache, is called from anywhere in its module.
        here = [site for site in near if frame.f_lineno in site.lines] or [
            site for site in near if not isinstance(site.call, ast.Call)
        ]
        for site in here:
            site.add(made)
        return made

    return record


def _evaluate(site: Site) -> None:
    """Compile the pattern of a call whose arguments need only the names of its module."""
    if not isinstance(site.call, ast.Call):
        return
    place = _COMPILES[site.function]
    named = [word.value for word in site.call.keywords if word.arg == "flags"]
    written = [site.call.args[0], *named, *site.call.args[place : place + 1]]
    names = vars(sys.modules[site.name.rpartition(".")[0]])
    # A NameError: it is made of what a function is given, and a call has to show it.
    with suppress(NameError):
        values = [eval(ast.unparse(value), names) for value in written]  # noqa: S307 - our source
        site.add(re.compile(*values))


def _call() -> None:
    """Call the functions that compile what they are given, or what they read from data."""
    from syndicator import tokens, urls
    from syndicator.config.kinds import READERS, Surroundings, Wrong
    from syndicator.model.settings import Key
    from syndicator.normalizer.attribution import stripping, wordings
    from syndicator.normalizer.html import embeds, repairs, tags
    from syndicator.normalizer.identity import counts
    from syndicator.parser import by_feedparser
    from syndicator.serve import excerpt

    for kind in ("folder", "colour", "uri", "contact", "language", "executor"):
        with suppress(Wrong):
            READERS[kind]("-", Key("x"), Surroundings(Path(), {}))
    tokens.words("https://harbour.example/ é")
    urls.maybe_tracked("x")
    wordings.vocabulary()
    wordings.is_generic("my blog")
    index = wordings.index()
    for row in dict.fromkeys(chain(*index.words.values(), *index.parts.values())):
        list(wordings.matches(row, ""))
    stripping._our_headings()
    embeds._youtube("https://youtube.example/?list=x&start=1", "x")
    repairs._end_of("", 0, "pre")
    tags.end_of("", 0, "div")
    counts.without_counts("5 likes")
    by_feedparser._masked(b"<rss/>")
    excerpt.pattern("tide 東京 low-water")


def collect() -> None:
    """Write the calls of this package, with their patterns, to standard output."""
    sites, original = _sites(), re._compile  # type: ignore[attr-defined]
    re._compile = _recorded(sites)  # type: ignore[attr-defined]
    import syndicator

    for module in pkgutil.walk_packages(syndicator.__path__, "syndicator."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    _call()
    for site in sites:
        _evaluate(site)
    re._compile = original  # type: ignore[attr-defined]
    pickle.dump([(site.name, site.patterns, site.ways) for site in sites], sys.stdout.buffer)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    collect()
