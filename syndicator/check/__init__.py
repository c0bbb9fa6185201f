"""Published documents -> their problems, each with its place.

The rules are those of RSS 2.0 with the Best Practices Profile, RFC 4287, RFC 5005, JSON Feed 1.1
and OPML 2.0, and of the namespaces that we write. An error of the W3C's feed validator is an error
here; tests compare the two. Documents of other programs are judged as well, except for unknown
namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.check.json_rules import check_json
from syndicator.check.problem import Problem
from syndicator.check.xml_rules import check_xml
from syndicator.formats import by_type

__all__ = ["Problem", "check"]


def check(body: bytes, kind: str) -> Iterator[Problem]:
    """Yield the problems of a document of a media type; none for a type without rules."""
    if kind.endswith("+json"):
        yield from check_json(body)
    elif (form := by_type(kind)) and form.root:
        yield from check_xml(body, form)
