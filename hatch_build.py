"""Build hooks: the man page and the completions of the wheel, and the address of the repository.

The parser of the command line is the only source, so that a new option is completed and documented at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

SHARE = {
    "syndicator.1": "share/man/man1/syndicator.1",
    "syndicator.bash": "share/bash-completion/completions/syndicator",
    "_syndicator": "share/zsh/site-functions/_syndicator",
    "syndicator.fish": "share/fish/vendor_completions.d/syndicator.fish",
}


class RepositoryAddress(MetadataHookInterface):
    """Put the repository into the metadata, where the release workflow names it."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `urls`, with no address where a build is nobody's release."""
        repository = os.environ.get("SYNDICATOR_REPOSITORY", "")
        pages = {"Source": "", "Issues": "/issues", "Changelog": "/blob/main/CHANGELOG.md"}
        metadata["urls"] = (
            {name: repository + path for name, path in pages.items()} if repository else {}
        )


class CommandLineFiles(BuildHookInterface):  # type: ignore[type-arg]  # of its configuration
    """Make the man page and the completions, and put them below `share/` of the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files beside the build; an editable installation needs none."""
        if version != "standard":
            return
        folder = Path(self.directory) / "share"
        folder.mkdir(parents=True, exist_ok=True)
        parser = command_line(Path(self.root))
        texts = {
            "syndicator.1": man_page(parser),
            "syndicator.bash": bash(parser),
            "_syndicator": zsh(parser),
            "syndicator.fish": fish(parser),
        }
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
            build_data["shared_data"][str(folder / name)] = SHARE[name]


def command_line(root: Path) -> argparse.ArgumentParser:
    """Return the parser of the sources below a folder."""
    sys.path.insert(0, str(root))
    try:
        from syndicator import cli
    finally:
        sys.path.remove(str(root))
    return cli.parser()


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the subcommands by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def options(command: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the options of a command that its help shows."""
    shown = [action for action in command._actions if action.help != argparse.SUPPRESS]
    return [action for action in shown if action.option_strings]


def man_page(parser: argparse.ArgumentParser) -> str:
    """Return the page of section 1, in man(7) macros."""
    lines = [
        '.TH SYNDICATOR 1 "" "" "User Commands"',
        ".SH NAME",
        f"syndicator \\- {_roff(str(parser.description))}",
        ".SH SYNOPSIS",
        ".B syndicator",
        "COMMAND [OPTION ...]",
        ".SH COMMANDS",
    ]
    for name, command in commands(parser).items():
        usage = " ".join(command.format_usage().split()).removeprefix("usage: ")
        lines += [f".SS {name}", _roff(usage), ".PP", _roff(str(command.description))]
        for action in options(command):
            value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
            lines += [".TP", f".B {_roff(', '.join(action.option_strings) + value)}"]
            lines.append(_roff(str(action.help)))
    lines += [".SH EXIT STATUS", ".nf", _roff(str(parser.epilog)), ".fi", ".SH FILES"]
    lines += [".TP", ".B feeds.toml", "the configuration, in the folder where it is started"]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    """Escape a text for roff: backslashes, hyphens, and a dot or quote that would begin a macro."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line[:1] in ".'" else line for line in escaped.split("\n"))


def bash(parser: argparse.ArgumentParser) -> str:
    """Return the completion for bash: commands, then their options, else files."""
    known = commands(parser)
    cases = []
    for name, command in known.items():
        words = " ".join(word for action in options(command) for word in action.option_strings)
        cases.append(f'    {name}) words="{words}" ;;')
    return f"""# bash completion for syndicator, made from its parser
_syndicator() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words
  case ${{COMP_WORDS[1]}} in
{chr(10).join(cases)}
    *) words="{" ".join(known)} --help --version" ;;
  esac
  if [ "$COMP_CWORD" = 1 ]; then words="{" ".join(known)} --help --version"; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _syndicator syndicator
"""


def zsh(parser: argparse.ArgumentParser) -> str:
    """Return the completion for zsh."""
    lines = ["#compdef syndicator", "# made from the parser of syndicator", "local -a commands"]
    lines.append("commands=(")
    lines += [f"  {_quoted(f'{name}:{_summary(one)}')}" for name, one in commands(parser).items()]
    lines += [")", "if (( CURRENT == 2 )); then", "  _describe command commands", "  return", "fi"]
    lines.append("case $words[2] in")
    for name, command in commands(parser).items():
        lines.append(f"  {name}) _arguments \\")
        for action in options(command):
            value = "" if action.nargs == 0 else f":{action.metavar or action.dest}:_files"
            told = str(action.help).replace("[", "(").replace("]", ")").replace(":", " -")
            for word in action.option_strings:
                lines.append(f"    {_quoted(f'{word}[{told}]{value}')} \\")
        lines.append("    '*:file:_files' ;;")
    return "\n".join([*lines, "esac"]) + "\n"


def fish(parser: argparse.ArgumentParser) -> str:
    """Return the completion for fish."""
    lines = ["# fish completion for syndicator, made from its parser"]
    for name, command in commands(parser).items():
        first = f"complete -c syndicator -n __fish_use_subcommand -f -a {name}"
        lines.append(f"{first} -d {_quoted(_summary(command))}")
        for action in options(command):
            words = "".join(
                f" -l {word[2:]}" if word.startswith("--") else f" -s {word[1:]}"
                for word in action.option_strings
            )
            takes = "" if action.nargs == 0 else " -r"
            where = f"complete -c syndicator -n '__fish_seen_subcommand_from {name}'"
            lines.append(f"{where}{words}{takes} -d {_quoted(str(action.help))}")
    return "\n".join(lines) + "\n"


def _summary(command: argparse.ArgumentParser) -> str:
    return str(command.description).partition(". ")[0].rstrip(".")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "’") + "'"
