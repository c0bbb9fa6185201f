"""Published documents -> what is wrong with them, in words and with a place.

The rules are those of RSS 2.0 with the Best Practices Profile, RFC 4287, RFC 5005, JSON Feed 1.1 and OPML 2.0, and
of the namespaces that we write. What the W3C's feed validator calls an error is an error here; the tests of the
project hold the two together. Documents of other programs are judged as well, except for namespaces unknown to us.
"""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.check.problem import Problem

__all__ = ["Problem", "check"]


def check(body: bytes, kind: str) -> Iterator[Problem]:
    """Yield what is wrong with a document of a media type; nothing for types that no rule is about."""
    if kind.endswith("json"):
        from syndicator.check.json_rules import check_json

        yield from check_json(body)
    elif kind in {"application/rss+xml", "application/atom+xml", "text/x-opml"}:
        # lxml costs 25 ms to import, and most runs check nothing.
        from syndicator.check.xml_rules import check_xml

        yield from check_xml(body, kind)
