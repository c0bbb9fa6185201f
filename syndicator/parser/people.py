"""An author's element, or the text in it -> Person.

RSS wants "jane@example.com (Jane Doe)", Atom elements for name, address and page; feeds write
either anywhere. feedparser gives an author without a mail address that of the one before, so both
readers use this module.
"""

from __future__ import annotations

import re

from syndicator.model.feed import Person
from syndicator.parser.xml_tree import Element, name_of, words

# A mail address. It must not match a bare handle (@jane) or a fediverse one (@jane@example.com).
_MAIL = re.compile(r"(?<![@\w.+-])[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:\?subject=\S+)?")
_NOBODY = "noreply@blogger.com"  # Blogger's, for all its authors
_FRAME = re.compile(r"\(\s*\)|<\s*>|&lt;\s*&gt;")  # what the address stood in
_PARTS = {"name": "name", "uri": "uri", "url": "uri", "homepage": "uri", "email": "email"}


def person(element: Element) -> Person | None:
    """Read `author`, `contributor`, `dc:creator` or `managingEditor`; None if it is empty."""
    if not len(element):
        return named(words(element))
    parts = {"name": "", "uri": "", "email": ""}
    for child in element:
        if (part := _PARTS.get(name_of(child.tag))) and not parts[part]:
            parts[part] = words(child)
    if parts["email"] == _NOBODY:
        parts["email"] = ""
    return Person(**parts) if any(parts.values()) else named(words(element))


def named(text: str) -> Person | None:
    """Part a name from the mail address beside it.

    >>> named("jane@example.com (Jane Doe)")
    Person(name='Jane Doe', uri='', email='jane@example.com')
    """
    match = _MAIL.search(text) if "@" in text else None
    if not match:
        return Person(text) if text else None
    rest = _FRAME.sub("", text.replace(match[0], "")).strip()
    return Person(
        rest.removeprefix("(").removesuffix(")").strip(),
        email="" if match[0] == _NOBODY else match[0],
    )
