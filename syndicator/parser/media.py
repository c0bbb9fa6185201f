"""The media elements of an item (Media RSS 1.5.1, `image`) -> Draft."""

from __future__ import annotations

from syndicator.model.feed import Category, Enclosure, Image, Text
from syndicator.parser.draft import Draft, Reader
from syndicator.parser.values import number, plain, seconds, text_kind
from syndicator.parser.xml_tree import RDF, Element, Scope, name_of, resolved, scoped, words

# The scheme of Media RSS where a category names none.
_SCHEME = "http://search.yahoo.com/mrss/category_schema"


def read_licence(draft: Draft, element: Element, scope: Scope) -> None:
    """Read the address of a licence: cc:license, creativeCommons:license, media:license."""
    href = element.get(RDF + "resource", "") or element.get("href", "") or words(element)
    draft.licence = draft.licence or resolved(scope.base, href)


def _media_group(draft: Draft, element: Element, scope: Scope) -> None:
    """Read the forms of one file as so many files: each reader of feeds picks its own."""
    groups = [element]
    while groups:  # not by recursion: a hostile feed nests a thousand
        for child in groups.pop():
            if name_of(child.tag) == "media:group":
                groups.append(child)
            elif reader := MEDIA.get(name_of(child.tag)):
                reader(draft, child, scoped(child, scope))


def _media_content(draft: Draft, element: Element, scope: Scope) -> None:
    parts = {name_of(child.tag): child for child in element}
    for name in ("media:thumbnail", "media:license"):
        if name in parts:
            MEDIA[name](draft, parts[name], scope)
    if not (url := element.get("url", "").strip()):
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
    if element.get("type") == "html":
        return plain(words(element))
    return words(element)


def _image(draft: Draft, element: Element, scope: Scope) -> None:
    """Read `image` in an item, in no RSS but frequent: its address is in `url` or in its text."""
    parts = {name_of(child.tag): child for child in element}
    inner = {name: words(part) for name, part in parts.items()}
    url = inner.get("url") or element.get("href") or element.get("url") or words(element)
    if url:
        size = number(inner.get("width", "")), number(inner.get("height", ""))
        draft.images.append(Image(resolved(scope.base, url), *size))


def _text(element: Element, text: str, scope: Scope) -> Text:
    is_html = element.get("type", "") == "html" or "</" in text
    return Text(text, text_kind(is_html=is_html), scope.language, scope.base)


def _media_title(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.media_title = draft.media_title or _media_words(element)


def _media_description(draft: Draft, element: Element, scope: Scope) -> None:
    if (text := words(element)) and draft.media_text is None:
        draft.media_text = _text(element, text, scope)


def _media_thumbnail(draft: Draft, element: Element, scope: Scope) -> None:
    if url := element.get("url", "").strip() or words(element):
        size = number(element.get("width", "")), number(element.get("height", ""))
        draft.images.append(Image(resolved(scope.base, url), *size))


def _media_category(draft: Draft, element: Element, _scope: Scope) -> None:
    if term := words(element):
        draft.media_categories.append(
            Category(term, element.get("scheme", _SCHEME), element.get("label", ""))
        )


def _media_keywords(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.media_categories.extend(
        Category(term.strip()) for term in words(element).split(",") if term.strip()
    )


def _media_text(draft: Draft, element: Element, scope: Scope) -> None:
    """Read media:text, a transcript of the file: the body of an item without another one."""
    if (text := words(element)) and draft.spare_body is None:
        draft.spare_body = _text(element, text, scope)


MEDIA: dict[str, Reader] = {
    "image": _image,
    "media:license": read_licence,
    "media:group": _media_group,
    "media:content": _media_content,
    "media:title": _media_title,
    "media:description": _media_description,
    "media:thumbnail": _media_thumbnail,
    "media:category": _media_category,
    "media:keywords": _media_keywords,
    "media:text": _media_text,
}
