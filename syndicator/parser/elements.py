"""The elements of an item that feedparser drops or misreads -> Draft, for both readers.

`EXTRAS` maps the name of an element to the function that reads it: ids as written, people, sources,
counts and licences here, podcasts and media in `podcast` and `media`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from syndicator.model.feed import Category, Enclosure, Image, Link, Origin, Text, Transcript
from syndicator.namespaces import ATOM, EPISODE_WORDS, INDEXING, THREAD
from syndicator.parser.dates import instant
from syndicator.parser.draft import Draft
from syndicator.parser.people import person
from syndicator.parser.plain import plain
from syndicator.parser.xml_tree import (
    RDF,
    Element,
    Scope,
    name_of,
    relation,
    resolved,
    scoped,
    words,
)

Reader = Callable[[Draft, Element, Scope], None]

INDEX = f"{INDEXING}}}index"
_COUNT = f"{THREAD}}}count"
_PAGE = "text/html"
_ITUNES = "http://www.itunes.com/"  # feedparser's scheme for the categories of podcasts
# The scheme of Media RSS where a category names none.
_MEDIA = "http://search.yahoo.com/mrss/category_schema"
# "explicit" and "clean" are Apple's words of before.
_TRUE, _FALSE = ("yes", "true", "explicit"), ("no", "false", "clean")


def read_extras(draft: Draft, item: Element, outer: Scope) -> Scope:
    """Read all elements of the table into a draft; return the item's own scope."""
    scope = read_item_attributes(draft, item, outer)
    for child in item:
        if reader := EXTRAS.get(name_of(child.tag)):
            reader(draft, child, scoped(child, scope))
    return scope


def read_item_attributes(draft: Draft, item: Element, outer: Scope) -> Scope:
    """Read the attributes of the item's own tag, and return its scope."""
    if not item.attrib:
        return outer
    draft.guid = item.get(RDF + "about", "").strip()
    draft.noindex = item.get(INDEX, "").lower() == "no"
    return scoped(item, outer)


def number(text: str) -> int:
    """Read a count; 0 for anything else, and for numbers of more than 17 digits.

    >>> number("1024"), number("1,5 MB"), number("-1")
    (1024, 0, 0)
    """
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0  # noqa: PLR2004


def seconds(text: str) -> int:
    """Read a duration in seconds or h:mm:ss."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(  # noqa: PLR2004
        re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", part) for part in parts
    ):
        return 0
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return int(total)


def _guid(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.guid = words(element)
    if (
        name_of(element.tag) == "guid"
    ):  # RSS 2.0: a permalink unless it says no; the attribute is written in any case
        said = next(
            (value for key, value in element.attrib.items() if key.lower() == "ispermalink"), "true"
        )
        draft.guid_is_permalink = said.strip().lower() != "false"


def _author(draft: Draft, element: Element, _scope: Scope) -> None:
    if found := person(element):
        draft.authors.append(found)


def _contributor(draft: Draft, element: Element, _scope: Scope) -> None:
    if found := person(element):
        draft.contributors.append(found)


def _source(draft: Draft, element: Element, scope: Scope) -> None:
    """Read RSS <source url> or atom:source (RFC 4287, 4.2.11)."""
    # RSS has the feed's address in `url` and its title as text, Atom all in children.
    parts: dict[str, str] = {"feed": element.get("url", ""), "name": words(element)}
    for child in element:
        name = name_of(child.tag)
        if name == "link":
            _source_link(parts, child, scope)
        elif name in ("title", "id", "updated", "rights"):
            parts["name" if name == "title" else name] = _plain_child(child)
    origin = Origin(
        name=parts["name"],
        url=parts.get("url", ""),
        feed=parts["feed"],
        id=parts.get("id", ""),
        updated=instant(parts.get("updated", "")),
        rights=parts.get("rights", ""),
        language=scope.language if len(element) else "",
    )
    if replace(origin, language="") != Origin():
        draft.source = origin


def _source_link(parts: dict[str, str], element: Element, scope: Scope) -> None:
    rel = relation(element.get("rel", ""))
    href = resolved(scoped(element, scope).base, element.get("href", "") or words(element))
    if rel == "alternate":
        parts.setdefault("url", href)
    elif rel == "self" and not parts["feed"]:
        parts["feed"] = href


def _plain_child(element: Element) -> str:
    if len(element):  # XHTML: its words
        return " ".join("".join(element.itertext()).split())
    return plain(words(element)) if element.get("type", "text") != "text" else words(element)


def read_remote_content(draft: Draft, element: Element, scope: Scope) -> None:
    """Read content that is only pointed at (RFC 4287, 4.1.3.2): a page is a link, all else a file."""
    address, kind = element.get("src", "").strip(), element.get("type", "").lower()
    if not address or not element.tag.startswith(f"{ATOM}}}"):
        return
    if kind in ("", "html", "xhtml", "text/html", "application/xhtml+xml"):
        if not any(link.rel == "alternate" for link in draft.links):
            draft.links.append(Link(resolved(scope.base, address)))
    else:
        draft.media.append(Enclosure(resolved(scope.base, address), kind, primary=False))


def _slash_comments(draft: Draft, element: Element, _scope: Scope) -> None:
    text = words(element)
    if text.isascii() and text.isdigit():
        draft.comment_count = number(text)


def read_replies(draft: Draft, element: Element, scope: Scope) -> None:
    """Read a link to the page of an entry's comments, and their number in `thr:count` (RFC 4685).

    By RFC 4685, 4, a link without a type is a feed; in practice it is a page.
    """
    if relation(element.get("rel", "")) != "replies":
        return
    if not draft.replies and element.get("type", _PAGE).lower() in (_PAGE, "application/xhtml+xml"):
        draft.replies = resolved(scope.base, element.get("href", "").strip())
    count = element.get(_COUNT, "").strip()
    if draft.comment_count is None and count.isascii() and count.isdigit():
        draft.comment_count = number(count)


def _language(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.language = draft.language or words(element).replace("_", "-")


def _licence(draft: Draft, element: Element, scope: Scope) -> None:
    href = element.get(RDF + "resource", "") or element.get("href", "") or words(element)
    draft.licence = draft.licence or resolved(scope.base, href)


def _index(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.noindex = draft.noindex or words(element).lower() == "no"


# -- podcasts ---------------------------------------------------------------------

# The name of each element of text alone, and the field of an episode that it fills.
_EPISODE_FIELDS = {
    name.lower(): word.field or word.name
    for word in EPISODE_WORDS
    for name in (word.name, *word.aliases)
}


def _said(draft: Draft, element: Element, _scope: Scope) -> None:
    """Read an itunes or podcast element of text alone; the first one counts."""
    if text := words(element):
        draft.episode.setdefault(_EPISODE_FIELDS[name_of(element.tag)], text)


def _explicit(draft: Draft, element: Element, _scope: Scope) -> None:
    said = words(element).lower()
    draft.episode.setdefault(
        "explicit", "true" if said in _TRUE else "false" if said in _FALSE else ""
    )


def _block(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.episode.setdefault("block", "yes" if words(element).lower() in ("yes", "true") else "no")


def _itunes_image(draft: Draft, element: Element, scope: Scope) -> None:
    if href := element.get("href", "") or element.get("url", "") or words(element):
        draft.episode.setdefault("image", resolved(scope.base, href))
        draft.images.append(Image(resolved(scope.base, href)))


def _itunes_keywords(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.media_categories.extend(
        Category(term.strip(), _ITUNES) for term in words(element).split(",") if term.strip()
    )


def _itunes_category(draft: Draft, element: Element, _scope: Scope) -> None:
    # Subcategories stand within their categories.
    draft.media_categories.extend(
        Category(part.get("text", ""), _ITUNES) for part in element.iter() if part.get("text")
    )


def _transcript(draft: Draft, element: Element, scope: Scope) -> None:
    if url := element.get("url", ""):
        draft.transcripts.append(
            Transcript(
                resolved(scope.base, url),
                element.get("type", ""),
                element.get("language", ""),
                element.get("rel", ""),
            )
        )


def _chapters(draft: Draft, element: Element, scope: Scope) -> None:
    if url := element.get("url", ""):
        draft.episode.setdefault("chapters", resolved(scope.base, url))
        draft.episode.setdefault("chapters_type", element.get("type", ""))


# -- media ------------------------------------------------------------------------


def _media_group(draft: Draft, element: Element, scope: Scope) -> None:
    """Read the forms of one file as so many files: each reader of feeds picks its own."""
    groups = [element]
    while groups:  # not by recursion: a hostile feed nests a thousand
        for child in groups.pop():
            if name_of(child.tag) == "media:group":
                groups.append(child)
            elif reader := EXTRAS.get(name_of(child.tag)):
                reader(draft, child, scoped(child, scope))


def _media_content(draft: Draft, element: Element, scope: Scope) -> None:
    parts = {name_of(child.tag): child for child in element}
    for name in ("media:thumbnail", "media:license"):
        if name in parts:
            EXTRAS[name](draft, parts[name], scope)
    url = element.get("url", "").strip()
    if not url:  # a player's page only
        return
    draft.media.append(
        Enclosure(
            url=resolved(scope.base, url),
            type=element.get("type", "").lower(),
            length=number(element.get("fileSize", "")),
            title=words(parts["media:title"]) if "media:title" in parts else "",
            duration=seconds(element.get("duration", "")),
            medium=element.get("medium", "").lower(),
            width=number(element.get("width", "")),
            height=number(element.get("height", "")),
            description=_media_words(parts.get("media:description")),
            primary=False,
        )
    )


def _media_words(element: Element | None) -> str:
    if element is None:
        return ""
    return plain(words(element)) if element.get("type") == "html" else words(element)


def _image(draft: Draft, element: Element, scope: Scope) -> None:
    """Read `image` in an item, in no RSS but frequent: its address is in `url` or in its text."""
    parts = {name_of(child.tag): child for child in element}
    url = (
        words(parts["url"])
        if "url" in parts
        else element.get("href", "") or element.get("url", "") or words(element)
    )
    if url:
        width, height = (
            number(words(parts[name])) if name in parts else 0 for name in ("width", "height")
        )
        draft.images.append(Image(resolved(scope.base, url), width, height))


def _media_title(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.media_title = draft.media_title or _media_words(element)


def _media_description(draft: Draft, element: Element, scope: Scope) -> None:
    if (text := words(element)) and draft.media_text is None:
        html = element.get("type", "") == "html" or "</" in text
        draft.media_text = Text(text, "html" if html else "text", scope.language, scope.base)


def _media_thumbnail(draft: Draft, element: Element, scope: Scope) -> None:
    if url := element.get("url", "").strip() or words(element):
        size = number(element.get("width", "")), number(element.get("height", ""))
        draft.images.append(Image(resolved(scope.base, url), *size))


def _media_category(draft: Draft, element: Element, _scope: Scope) -> None:
    if term := words(element):
        draft.media_categories.append(
            Category(term, element.get("scheme", _MEDIA), element.get("label", ""))
        )


def _media_keywords(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.media_categories.extend(
        Category(term.strip()) for term in words(element).split(",") if term.strip()
    )


EXTRAS: dict[str, Reader] = {
    "guid": _guid,
    "id": _guid,
    "content": read_remote_content,
    "author": _author,
    "dc:creator": _author,
    "dc:author": _author,
    "contributor": _contributor,
    "dc:language": _language,
    "link": read_replies,
    "dc:contributor": _contributor,
    "source": _source,
    "slash:comments": _slash_comments,
    "thr:total": _slash_comments,
    "cc:license": _licence,
    "creativecommons:license": _licence,
    "media:license": _licence,
    "indexing:index": _index,
    "image": _image,
    **dict.fromkeys(_EPISODE_FIELDS, _said),
    "itunes:explicit": _explicit,
    "itunes:block": _block,
    "itunes:image": _itunes_image,
    "itunes:keywords": _itunes_keywords,
    "itunes:category": _itunes_category,
    "podcast:transcript": _transcript,
    "podcast:chapters": _chapters,
    "media:group": _media_group,
    "media:content": _media_content,
    "media:title": _media_title,
    "media:description": _media_description,
    "media:thumbnail": _media_thumbnail,
    "media:category": _media_category,
    "media:keywords": _media_keywords,
}
