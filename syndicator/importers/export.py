"""The sources of a configuration -> OPML or a plain list, for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from syndicator.model.run import SourceFacts
from syndicator.model.settings import Config, Source


def export(config: Config, facts: Mapping[str, SourceFacts], form: str = "opml") -> bytes:
    """Return the public sources as "opml" (OPML 2.0) or as a "list" with an address a line.

    `facts` give the titles of sources without a name. Sources with secrets, and files, are left
    out: their addresses are for nobody else.
    """
    public = exported(config)
    if form == "list":
        return "".join(f"{source.url}\n" for source in public).encode()
    return _opml(config.feeds[0].title, public, facts)


def exported(config: Config) -> list[Source]:
    """Return the sources that can be exported."""
    return [source for source in config.sources if source.url and not source.private]


def _opml(title: str, sources: Sequence[Source], facts: Mapping[str, SourceFacts]) -> bytes:
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = title
    body = ElementTree.SubElement(root, "body")
    for source in sources:
        known = facts.get(source.id, SourceFacts())
        name = source.name or known.title or source.url
        outline = ElementTree.SubElement(
            body, "outline", text=name, title=name, type="rss", xmlUrl=source.url
        )
        if known.link:
            outline.set("htmlUrl", known.link)
        if source.tags:
            outline.set("category", ",".join(source.tags))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()
