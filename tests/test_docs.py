"""The documentation says what the program does: checked, and docs/cli.md made, from the program
itself.

`python tests/test_docs.py` writes docs/cli.md and the tables of settings anew; with `--check` it
fails where that would change them.
"""

import argparse
import json
import re
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec import NODEFAULT

from syndicator import cli, config
from syndicator.config.schema import allowed_in, keys, table_keys
from syndicator.model.settings import Config, Filter, Key, Rules
from syndicator.version import RELEASED, __version__

# What a machine of a workflow has not: captured feeds, another project's corpus, atheris, a cluster.
NOT_NIGHTLY = re.compile(r"deletions|payloads|guided|cluster|--captured|--series")
ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for folder in (".", "docs", "docs/decisions", "bench", "samples", "tests")
    for path in (ROOT / folder).glob("*.md")
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


SECTIONS = ["feed", "fetch", "run", "metrics", "attribution related", "sources", "lists"]


def settings_document() -> Path:
    """Return the document that has the tables of keys."""
    (path,) = (path for path in DOCUMENTS if "<!-- keys: feed -->" in path.read_text("utf-8"))
    return path


def documented_table(section: str) -> str:
    """Return the table of keys after a `<!-- keys: section -->` mark."""
    text = settings_document().read_text("utf-8")
    return text.split(f"<!-- keys: {section} -->\n")[1].split("\n\n", maxsplit=1)[0]


def key_table(section: str) -> str:
    """Make the table of keys of a section, from the settings structs."""
    rows = ["| key | default | meaning |", "|---|---|---|"]
    names = section.split()
    for name in names:
        prefix = f"{name}." if len(names) > 1 else ""
        known = sorted(table_keys(name).values(), key=lambda key: not _is_required(key))
        rows += [key_row(key, prefix, section) for key in known]
    return "\n".join(rows)


def key_row(key: Key, prefix: str = "", section: str = "") -> str:
    """Make the row of one key, in the table of a section."""
    mark = " ¹" if key.table == section == "feed" else ""
    default = _default(key, inherited=bool(key.table) and key.table != section)
    return f"| `{prefix}{key.name}`{mark} | {default} | {key.meaning} |"


def _is_required(key: Key) -> bool:
    return key.default is NODEFAULT and not key.unset


def _default(key: Key, *, inherited: bool) -> str:
    if inherited:
        return "as above"
    if key.unset:
        return key.unset
    if _is_required(key):
        return "required"
    written = _written(key.default, key.kind)
    return f"`{written}`" if written else ""


def _written(value: object, kind: str) -> str:
    """Return a default as feeds.toml writes it, "" for what can't be written."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
            if seconds % size == 0:
                return f'"{seconds // size}{unit}"'
    if kind == "size" and isinstance(value, int):
        return f'"{value // 1_000_000}MB"'
    if isinstance(value, str | Path):
        return json.dumps(str(value))
    if isinstance(value, tuple):
        return json.dumps(value)
    return str(value) if isinstance(value, int) else ""


def write_key_tables(text: str) -> str:
    """Put the tables of keys into a document in place of those there."""
    for section in SECTIONS:
        head, rest = text.split(f"<!-- keys: {section} -->\n")
        _, _, tail = rest.partition("\n\n")
        text = f"{head}<!-- keys: {section} -->\n{key_table(section)}\n\n{tail}"
    return text


@pytest.mark.parametrize("section", SECTIONS)
def test_the_documented_keys_are_the_programs_own(section: str) -> None:
    """The table of a section is the one that would be made now."""
    assert documented_table(section) == key_table(section), "run: python tests/test_docs.py"


def test_complaints_know_where_each_key_belongs() -> None:
    """A key in the wrong table is told where it may stand, whichever it is."""
    places = {
        "in [feed]": table_keys("feed"),
        "in [[feeds]]": table_keys("feeds"),
        "in [fetch]": table_keys("fetch"),
        "in [[sources]]": table_keys("sources"),
        "in an `attribution` table": table_keys("attribution"),
        "in a `related` table": table_keys("related"),
        "in a `filter` table": keys(Filter),
        "in `include` and `exclude` of a filter": keys(Rules),
    }
    for place, known in places.items():
        assert len(known) >= 2
        for name in known:
            assert place in allowed_in(name)
    assert allowed_in("password") == "may be set in `auth` of a source only"


@pytest.mark.parametrize("section", sorted({*SECTIONS} - {"metrics"}))  # it has none
def test_the_readme_tells_the_defaults(section: str, tmp_path: Path) -> None:
    """A file that writes out each default of the README's table means what one without them
    does.
    """
    table = documented_table(section)
    written = {
        "feed": {"title": '"T"'},
        "sources": {"url": '"x"'},
        "lists": {"url": '"x"'},
        "fetch": {},
        "run": {},
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
    assert told >= (1 if section == "lists" else 2)
    assert _loaded(tmp_path, written) == plain


def _loaded(folder: Path, written: dict[str, dict[str, str]]) -> Config:
    lines = []
    for name, values in written.items():
        lines += [
            f"[[{name}]]" if name in ("sources", "lists") else f"[{name}]",
            *(f"{key} = {value}" for key, value in values.items()),
        ]
    (folder / "feeds.toml").write_text("\n".join(lines), "utf-8")
    return config.load(folder / "feeds.toml", {})


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


@pytest.mark.parametrize(
    "document",
    ["CONTRIBUTING.md", "tests/README.md", "docs/releasing.md", "docs/operating.md", "SECURITY.md"],
)
def test_paths_that_a_document_names(document: str) -> None:
    """Each path of the project that stands in code type is there."""
    text = (ROOT / document).read_text("utf-8")
    roots = (
        "syndicator/",
        "tests/",
        "docs/",
        "bench/",
        "samples/",
        "template/",
        ".ci/",
        ".github/",
    )
    paths = [path for path in re.findall(r"`([\w./-]+)`", text) if path.startswith(roots)]
    assert paths or document == "SECURITY.md"
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_helpers_and_marks_that_the_tests_readme_names() -> None:
    """Each helper is a module, and each mark is declared; none is left out."""
    text = (ROOT / "tests" / "README.md").read_text("utf-8")
    helpers = {path.name for path in (ROOT / "tests").glob("*.py")} - {"conftest.py", "golden.py"}
    helpers = {name for name in helpers if not name.startswith("test_")}
    assert helpers <= set(re.findall(r"`(\w+\.py)`", text))
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    marks = {line.partition(":")[0] for line in options["ini_options"]["markers"]}
    assert marks <= set(re.findall(r"^\| `(\w+)` \|", text, re.M))


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


def test_the_day_of_this_version() -> None:
    """CHANGELOG.md has the day that the program takes for its release, once it is out."""
    assert date.fromisoformat(RELEASED)
    headings = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    released = [heading for heading in headings if heading.split()[0] == __version__]
    assert all(RELEASED in heading for heading in released)
    assert released or headings[0] == "Unreleased"


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


def test_large_trials_run_every_night() -> None:
    """Each command of docs/reliability.md that needs nothing but the clone is one of the workflow."""
    reliability = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    nightly = (ROOT / ".github" / "workflows" / "nightly.yml").read_text("utf-8")
    commands = re.findall(r"`(python (?:bench|tests)/[^`]+)`", reliability)
    trials = [command for command in commands if not NOT_NIGHTLY.search(command)]
    assert len(trials) > 10
    assert [trial for trial in trials if f"- {trial}" not in nightly] == []


if __name__ == "__main__":
    for path, made in (
        (ROOT / "docs" / "cli.md", cli_reference()),
        (settings_document(), write_key_tables(settings_document().read_text("utf-8"))),
    ):
        if "--check" in sys.argv and path.read_text("utf-8") != made:
            sys.exit(f"{path} is old: run python tests/test_docs.py")
        path.write_text(made, "utf-8")
