"""The documentation says what the program does: checked, and docs/cli.md made, from the program itself.

`python tests/test_docs.py` writes docs/cli.md anew; with `--check` it fails where that would change it.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from syndicator import cli, config
from syndicator.config.keys import KEYS
from syndicator.config.tables import Table
from syndicator.model.settings import Config

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path for folder in (".", "docs", "bench", "samples") for path in (ROOT / folder).glob("*.md")
)


def cli_reference() -> str:
    """Make docs/cli.md: every command with its options, from the parser itself."""
    top = cli.parser()
    (commands,) = (
        action for action in top._actions if isinstance(action, argparse._SubParsersAction)
    )
    parts = [
        "# The command line",
        "Made from the program by `python tests/test_docs.py`; `--help` says the same.",
        "```text\n" + cli.EXIT_STATUS.strip() + "\n```",
        "Standard output carries results only; all else goes to standard error.",
    ]
    for name, command in commands.choices.items():
        parts += [f"## syndicator {name}", str(command.description), _options(command)]
    return "\n\n".join(parts) + "\n"


def _options(command: argparse.ArgumentParser) -> str:
    rows = ["| option | meaning |", "|---|---|"]
    for action in command._actions:
        names = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        value = ""
        if action.option_strings and action.nargs != 0:
            value = " " + str(
                action.metavar
                or ("|".join(action.choices) if action.choices else action.dest.upper())
            )
        rows.append(f"| `{names}{value.replace('|', chr(92) + '|')}` | {action.help} |")
    return "\n".join(rows)


def documented_keys(readme: str, section: str) -> set[str]:
    """Return the keys in the README's table after a `<!-- keys: section -->` mark."""
    table = readme.split(f"<!-- keys: {section} -->\n")[1].split("\n\n", maxsplit=1)[0]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {key for cell in first_cells for key in re.findall(r"`([a-z_.]+)`", cell)}


@pytest.fixture
def known_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The keys that the configuration asks for, by table."""
    known: dict[str, set[str]] = {}
    done = Table.done

    def remember(table: Table, *more: Mapping[str, str]) -> None:
        inner = re.search(r"table `(\w+)`$", table.name)
        name = inner[1] if inner else table.name.lstrip("[").split("]", maxsplit=1)[0]
        known.setdefault(name, set()).update(table._known)
        done(table, *more)

    monkeypatch.setattr(Table, "done", remember)
    path = tmp_path / "feeds.toml"
    path.write_text(
        '[feed]\ntitle = "x"\n[[feeds]]\nname = "x"\n[[sources]]\nurl = "x"\nlimit = 0\n', "utf-8"
    )  # one that overrides: all are asked for
    config.load(path)
    return known


@pytest.mark.parametrize("section", ["feed", "fetch", "sources"])
def test_the_readme_lists_the_keys_of_a_table(
    section: str, known_keys: dict[str, set[str]]
) -> None:
    """All that the program reads, and none that it does not."""
    readme = (ROOT / "README.md").read_text("utf-8")
    inner = {"sources": known_keys["attribution"] | known_keys["related"]}.get(section, set())
    assert documented_keys(readme, section) - inner == known_keys[section] - inner


def test_complaints_know_where_each_key_belongs(known_keys: dict[str, set[str]]) -> None:
    """All that the program reads, and none that it does not."""
    tables = {
        "feed": "in [feed]",
        "feeds": "in [[feeds]]",
        "fetch": "in [fetch]",
        "sources": "in [[sources]]",
        "attribution": "in an `attribution` table",
        "related": "in a `related` table",
        "filter": "in a `filter` table",
        "include": "in `include` and `exclude` of a filter",
        "the top level": "at the top level",
    }
    assert {place: KEYS[place] for place in tables.values()} == {
        tables[name]: known_keys[name] for name in tables
    }
    assert KEYS.keys() - tables.values() == {"in `auth` of a source"}


@pytest.mark.parametrize("section", ["feed", "fetch", "attribution related", "sources"])
def test_the_readme_tells_the_defaults(section: str, tmp_path: Path) -> None:
    """A file that writes out each default of the README's table means what one without them does."""
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.split(f"<!-- keys: {section} -->\n")[1].split("\n\n", maxsplit=1)[0]
    written = {
        "feed": {"title": '"T"'},
        "sources": {"url": '"x"'},
        "fetch": {},
        "attribution": {},
        "related": {},
    }
    plain = _loaded(tmp_path, written)
    told = 0
    for row in table.splitlines()[2:]:
        keys, default = (cell.strip() for cell in row.split("|")[1:3])
        names, values = re.findall("`([^`]+)`", keys), re.findall("`([^`]+)`", default)
        for name, value in zip(names, values, strict=False):
            where, _, key = name.rpartition(".")
            written[where or section][key] = value
            told += 1
    assert told >= 3
    assert _loaded(tmp_path, written) == plain


def _loaded(folder: Path, written: dict[str, dict[str, str]]) -> Config:
    lines = []
    for name, values in written.items():
        lines += [
            f"[[{name}]]" if name == "sources" else f"[{name}]",
            *(f"{key} = {value}" for key, value in values.items()),
        ]
    (folder / "feeds.toml").write_text("\n".join(lines), "utf-8")
    return config.load(folder / "feeds.toml", {})


def test_the_readme_lists_the_keys_of_attribution_and_related(
    known_keys: dict[str, set[str]],
) -> None:
    """All that the program reads, and none that it does not."""
    readme = (ROOT / "README.md").read_text("utf-8")
    wanted = {
        f"{section}.{key}" for section in ("attribution", "related") for key in known_keys[section]
    }
    assert documented_keys(readme, "attribution related") == wanted


def test_the_command_line_reference_is_the_programs_own() -> None:
    """docs/cli.md is what would be made now."""
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == cli_reference(), (
        "run: python tests/test_docs.py"
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_document(document: Path) -> None:
    """Each local link leads to a file that is there."""
    text = document.read_text("utf-8")
    for target in re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", text):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("mark", ["run command", "test command"])
def test_a_command_of_the_readme(mark: str) -> None:
    """It is a single line to paste, and needs nothing but Python."""
    block = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .split(f"<!-- {mark} -->\n```sh\n")[1]
        .split("```")[0]
    )
    assert len(block.strip().splitlines()) == 1
    assert block.startswith("python3 -m venv .venv && ")


def test_every_module_has_its_place_in_the_architecture() -> None:
    """docs/architecture.md names each package and module at the top."""
    architecture = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {
        path.stem for path in (ROOT / "syndicator").glob("[a-z]*") if path.suffix in ("", ".py")
    } - {"py"}
    missing = sorted(
        room for room in rooms if f"`{room}" not in architecture and f"{room}/" not in architecture
    )
    assert not missing


if __name__ == "__main__":
    path = ROOT / "docs" / "cli.md"
    if "--check" in sys.argv:
        sys.exit(
            0
            if path.read_text("utf-8") == cli_reference()
            else f"{path} is old: run python tests/test_docs.py"
        )
    path.write_text(cli_reference(), "utf-8")
