"""A few answers -> the feeds.toml to start from."""

from __future__ import annotations

import json
from pathlib import Path

from syndicator.config import check_feed
from syndicator.errors import UsageError

_TEXT = """\
# What syndicator fetches and publishes. `syndicator check` says what is wrong with this file,
# `syndicator add ADDRESS` adds a source, and `syndicator run` fetches and publishes.

[feed]
title = {title}
link = {link}  # where the folder of `output` will be served
{contact}
output = "public"
state = "syndicator.db"  # what is known between runs: keep it, and back it up
# language = "en"        # of the feed itself; each post keeps its own
# limit = 100            # posts in each document
# pages = "excerpt"      # a page per post: "excerpt", "full" (if you may) or "none"

# [fetch]
# interval = "1h"        # how often a source is asked at most

# [related]
# scope = "source"       # links under a post: "source", "all", "both" or "none"

# One table for each source:
#
# [[sources]]
# url = "https://example.org/feed/"
# name = "Example"       # unset: the feed's own title
# tags = ["news"]
"""
_CONTACT = '# contact = "mailto:you@example.org"  # publishers and readers can reach you by it'


def write(folder: Path, title: str, link: str = "", contact: str = "") -> Path:
    """Write a commented feeds.toml into a folder, which is made if need be; return its path.

    Raises UsageError if there is one already, ConfigError for an answer that can't stand there.
    """
    values = {"title": title, "link": link, "contact": contact}
    values = {name: value for name, value in values.items() if value}
    check_feed(values, "init")
    path = folder / "feeds.toml"
    text = _TEXT.format(
        title=toml(title),
        link=toml(link or "http://127.0.0.1:8000/"),
        contact=f"contact = {toml(contact)}" if contact else _CONTACT,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already; `syndicator add ADDRESS` adds to it") from None
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None
    return path


def toml(value: object) -> str:
    """Return a text, a number or a list as TOML writes it: as JSON does, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
