"""Cells -> lines of a table that fit a terminal: nothing wraps inside a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def layout(rows: Sequence[Sequence[str]], columns: int, most: int = 0) -> list[str]:
    """Return rows as lines of at most so many columns; the last cell wraps below itself.

    `most` is the width of the widest cell but the last, a third of the columns by default.

    >>> layout([("A", "WORDS"), ("x" * 9, "one two three four five")], 32)
    ['A          WORDS', 'xxxxxxxxx  one two three four', '           five']
    """
    most = most or max(columns // 3, 12)
    columns_of_cells = list(zip(*rows, strict=True))[:-1]
    widths = [min(max(map(cell_width, cells)), most) for cells in columns_of_cells]
    indent = sum(widths) + 2 * len(widths)
    room = max(columns - indent, 20)
    lines = []
    for row in rows:
        cells = [fitted(cell, width) for cell, width in zip(row, widths, strict=False)]
        first, *rest = wrapped(row[-1], room) or [""]
        lines.append("  ".join([*cells, first]).rstrip())
        lines += [" " * indent + line for line in rest]
    return lines


def cell_width(text: str) -> int:
    """Return the columns that a text takes at a terminal: wide letters take two.

    >>> cell_width("abc"), cell_width("日本")
    (3, 4)
    """
    if text.isascii():
        return len(text)
    columns = 0
    for letter in text:
        columns += 0 if unicodedata.combining(letter) else 1
        columns += unicodedata.east_asian_width(letter) in "WF"
    return columns


def fitted(text: str, columns: int) -> str:
    """Return a text cut or filled to so many columns.

    >>> fitted("abc", 5), fitted("abcdefgh", 5)
    ('abc  ', 'abcd…')
    """
    if cell_width(text) > columns:
        while cell_width(text) > columns - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (columns - cell_width(text))


def wrapped(text: str, columns: int) -> list[str]:
    """Return a text in lines of at most so many columns; a longer word stands alone, whole.

    >>> wrapped("one two three", 8)
    ['one two', 'three']
    """
    lines, line = [], ""
    for word in text.split():
        if line and cell_width(line) + 1 + cell_width(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines
