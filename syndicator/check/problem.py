"""The result of a check: one problem with its place."""

from __future__ import annotations

from msgspec import Struct


class Problem(Struct, frozen=True):
    """A problem. Serious ones make a document invalid, the others make some reader stumble."""

    where: str  # "channel/item[3]/pubDate", "items[0].url"; "" for the whole document
    what: str
    serious: bool = True
    line: int = 0  # 0: not known

    def __str__(self) -> str:
        """Say it in one line, as `syndicator check` prints it."""
        place = f"line {self.line}: " if self.line else ""
        if self.where:
            return f"{place}{self.where}: {self.what}"
        return f"{place}{self.what}"


def line_of(element: object) -> int:
    """Return the line of an element of lxml, 0 if unknown."""
    line = getattr(element, "sourceline", None)  # its stubs know no such attribute
    return line if isinstance(line, int) else 0
