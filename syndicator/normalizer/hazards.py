"""HTML as it was written -> how much of it would run where it is shown: event handlers, links that run scripts.

None of it comes through cleaning, which need not know that it was there. So only `fetch`, which tells what was done to
a post, looks: a run pays nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from syndicator import text_rules, urls

_ADDRESSES = frozenset({"href", "xlink:href", "src", "action", "formaction", "data"})


class Hazards(NamedTuple):
    """What would run."""

    handlers: int = 0  # onclick and the like
    links: int = 0  # javascript: where an address belongs


def found(html: str) -> Hazards:
    """Count what would run, in attributes alone: scripts are told of as the elements that they are.

    >>> found('<p onclick="x()" title="onclick=1">a <a href=" Java&#9;Script:x()">b</a> onload=c')
    Hazards(handlers=1, links=1)
    """
    from lxml import (
        etree,
    )  # 30 ms that only `fetch` pays; and patterns over hostile HTML may take for ever

    root = etree.fromstring(f"<div>{text_rules.clean(html)}</div>", etree.HTMLParser())
    written = [
        (str(name), str(value))
        for one in root.iter(etree.Element)
        for name, value in one.attrib.items()
    ]
    links = sum(
        name in _ADDRESSES and urls.scheme(value) in urls.RUNNING - {"data"}
        for name, value in written
    )
    return Hazards(
        sum(len(name) > len("on") and name.startswith("on") for name, _ in written), links
    )
