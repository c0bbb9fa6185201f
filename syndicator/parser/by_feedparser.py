"""A document in UTF-8 -> ParsedFeed, by feedparser: slow; `fast` must agree with it.

This module turns feedparser's result into our structs and corrects its known errors: it gives a
person's mail address to the next person, takes media and podcast titles for the item's, and writes
`<br></br>`. Facts that feedparser leaves out come from the XML tree by `elements` and `head`, which
`fast` uses too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from syndicator.model.feed import (
    Category,
    Enclosure,
    Entry,
    FeedHead,
    Link,
    Origin,
    ParsedFeed,
    Person,
    Text,
)
from syndicator.namespaces import ATOM, prefix_of
from syndicator.parser import bases
from syndicator.parser.dates import instant
from syndicator.parser.draft import Draft, entry, key_from, unknown
from syndicator.parser.elements import read_extras
from syndicator.parser.head import head_of, scope_of
from syndicator.parser.splitting import digest
from syndicator.parser.values import looks_marked, number, plain, text_kind
from syndicator.parser.xhtml import rebased, scope_inside
from syndicator.parser.xml_tree import (
    BOUND,
    Element,
    Scope,
    file_type,
    literals_apart,
    name_of,
    relation,
    repaired,
    scoped,
    tree,
    words,
)

Node = Mapping[str, Any]

# feedparser closes each element that it copies from XHTML; HTML would read <br></br> as two breaks.
_BINARY = re.compile(r"(?:image|audio|video|application)/(?!.*xml)")
_VOID = re.compile(r"></(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)>")


class Unreadable(Exception):
    """feedparser itself stumbled over the bytes: the message says how."""


def parse_with_feedparser(
    data: bytes, root: Element | None, source_id: str, url: str, known: Container[str]
) -> ParsedFeed:
    """Read the whole document, well-formed or not; `entries` has the new items alone.

    `root` is its tree, None if it is not well-formed. Raises Unreadable.
    """
    masked = _masked(data)
    few = bases.few(masked)
    result = _ask(bases.outer(few))
    whole = root is not None
    if root is None:
        root = tree(repaired(data))
    entries = tuple(_entries(result["entries"], root, whole))
    return ParsedFeed(
        source_id=source_id,
        url=url,
        head=head_of(root) if root is not None and whole else _head(result, root),
        items=tuple(map(key_from, entries)),
        entries=unknown(entries, known),
        notes=(*_notes(result), *([] if few == masked else [bases.LEFT_OUT])),
    )


# feedparser mixes these into the item itself: an itunes:summary replaces the description or becomes
# a second body, a media:title replaces the item's title, the parts of a podcast:liveItem those of
# the feed.
_APART = ("itunes", "media", "podcast", "psc", "yandex")
_MASK = rb"zz-"


def _masked(data: bytes) -> bytes:
    """Rename the elements that `elements` reads, so that feedparser leaves them alone."""
    bound = (
        match[1]
        for match in BOUND.finditer(data)
        if prefix_of(match[2].decode("utf-8", "replace")) in _APART
    )
    prefixes = {*bound, *(prefix.encode() for prefix in _APART)}
    names = re.compile(rb"<(/?)(" + b"|".join(map(re.escape, prefixes)) + rb"):(?=[A-Za-z])")
    parts = literals_apart(_without_live(data))
    parts[::2] = (names.sub(rb"<\1\2:" + _MASK, part) for part in parts[::2])
    return b"".join(parts)


def _without_live(data: bytes) -> bytes:
    """Leave out podcast:liveItem: it announces a stream, and no episode is published yet."""
    before, *rest = data.split(b"<podcast:liveItem")
    return before + b"".join(part.partition(b"</podcast:liveItem>")[2] for part in rest)


def _entries(nodes: list[Node], root: Element | None, whole: bool) -> Iterator[Entry]:
    # Only as many elements as feedparser found entries can be paired with them.
    outer = Scope()
    aligned: list[Element | None] = []
    if root is not None:
        outer = scope_of(root)
        aligned = [part for part in root.iter() if name_of(part.tag) in ("item", "entry")]
    if len(aligned) != len(nodes):
        aligned = [None] * len(nodes)
    for node, element in zip(nodes, aligned, strict=True):
        made = _entry(node, element, outer, whole)
        # Without bytes of its own it has the fingerprint of all that was read of it. An entry
        # without the newest field has that of before there was one.
        written = repr(made).replace(", rsl='')", ")")
        yield replace(made, fingerprint=digest(written.encode("utf-8", "replace")))


def _ask(data: bytes) -> Node:
    import feedparser  # 69 ms of import, and most runs have nothing for it

    try:
        result: Node = feedparser.parse(
            io.BytesIO(data),  # bytes alone would be tried as the name of a file
            # `encodings` has seen to that.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,  # the normalizer cleans and resolves, for both readers
            resolve_relative_uris=False,
        )
    except Exception as error:  # it raises anything on some bytes; only its own code runs here
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    return result


def _notes(result: Node) -> Iterator[str]:
    if result.get("bozo") and (error := result.get("bozo_exception")) is not None:
        # Without the place of an XML error: it is one in the text that feedparser made of ours.
        reason = getattr(error, "getMessage", error.__str__)()
        words = " ".join(reason.split()).removeprefix("not well-formed ")
        yield f"not well-formed: {words}"


def raw(node: Node, key: str) -> object:
    """Return the value of a key itself, past the aliases of feedparser's dictionaries."""
    return dict.get(node, key)  # type: ignore[call-overload]


def _string(node: Node, key: str) -> str:
    """Return a text value; an unknown element with attributes leaves a dictionary in its place."""
    value = raw(node, key)
    return bases.outside(value) if isinstance(value, str) else ""


def _nodes(node: Node, key: str) -> list[Node]:
    value = raw(node, key)
    parts = value if isinstance(value, list) else ()
    return [part for part in parts if isinstance(part, dict)]


def _has_text(detail: Node) -> bool:
    """Return True if a construct has a text; a picture in base64 is none."""
    return bool(_string(detail, "value")) and not _BINARY.match(_string(detail, "type"))


def _text(detail: object) -> Text | None:
    if not isinstance(detail, dict) or not _has_text(detail):
        return None
    kind, value = _string(detail, "type"), detail["value"]
    if kind.endswith("xhtml+xml"):
        value = _VOID.sub(" />", value)
    return Text(
        value=value,
        kind=text_kind(is_html=kind in ("text/html", "application/xhtml+xml")),
        language=_string(detail, "language"),
        base=_string(detail, "base"),
    )


def _entry(node: Node, element: Element | None, outer: Scope, whole: bool) -> Entry:
    draft = Draft()
    if element is not None and not whole:
        # Facts from a repaired element. Texts are feedparser's, since libxml2 drops entities.
        read_extras(draft, element, outer)
        draft.replies = ""
    _read_core(draft, node, whole)
    if element is not None and whole:
        scope = read_extras(draft, element, outer)
        _set_own_title(draft, element, scope)
        _set_inner_scopes(draft, element, scope)
        _rebase(draft, node)
        return entry(draft, "", scope.language, scope.base)
    _rebase(draft, node)
    _read_people(draft, node)
    return entry(draft, "")


def _read_core(draft: Draft, node: Node, whole: bool) -> None:
    draft.title = _text(raw(node, "title_detail"))
    draft.summary = _text(raw(node, "summary_detail"))
    draft.contents = list(filter(None, map(_text, _nodes(node, "content"))))
    # feedparser makes a link of a licence's element; the element itself is read by `elements`.
    draft.links = [
        link for link, typed in _links(node) if typed or link.rel != "license" or not whole
    ]
    draft.enclosures = list(_enclosures(node))
    draft.published = _string(node, "published")
    draft.created = _string(node, "created")
    draft.updated = _string(node, "updated")
    draft.categories = list(dict.fromkeys(_categories(node)))
    draft.comments = _string(node, "comments")
    draft.rights = _string(node, "rights")


def _set_own_title(draft: Draft, element: Element, scope: Scope) -> None:
    """Restore the item's own title if feedparser took that of an element inside it."""
    titles = (part for part in element if name_of(part.tag) in ("title", "dc:title"))
    own = next((part for part in titles if "".join(part.itertext()).strip()), None)
    if (
        own is None
        or len(own)
        or "xhtml" in own.get("type", "")
        or (draft.title and draft.title.value == words(own))
    ):
        return
    text, inner = words(own), scoped(own, scope)
    kind = text_kind(is_html=looks_marked(text) or "html" in own.get("type", ""))
    draft.title = Text(text, kind, inner.language, inner.base)


def _set_inner_scopes(draft: Draft, element: Element, scope: Scope) -> None:
    """Give XHTML the base and language of its outer <div>, which feedparser drops in Atom 1.0."""
    unwraps = element.tag.startswith(f"{ATOM}}}")
    written = [
        part
        for part in element
        if name_of(part.tag) == "content" and (len(part) or (part.text or "").strip())
    ]
    if len(written) != len(draft.contents):
        return
    for place, part in enumerate(written):
        outer = scoped(part, scope)
        inner = scope_inside(part, outer) if unwraps and "xhtml" in part.get("type", "") else outer
        if inner != outer:
            draft.contents[place] = replace(
                draft.contents[place], base=inner.base, language=inner.language
            )


def _rebase(draft: Draft, node: Node) -> None:
    """Resolve addresses below an inner xml:base of XHTML."""

    def with_base(text: Text, detail: object) -> Text:
        is_xhtml = isinstance(detail, dict) and _string(detail, "type").endswith("xhtml+xml")
        if is_xhtml and ' xml:base="' in text.value:
            return replace(text, value=rebased(text.value, text.base))
        return text

    written = filter(_has_text, _nodes(node, "content"))
    draft.contents = list(map(with_base, draft.contents, written))
    draft.title = draft.title and with_base(draft.title, raw(node, "title_detail"))
    draft.summary = draft.summary and with_base(draft.summary, raw(node, "summary_detail"))


def _read_people(draft: Draft, node: Node) -> None:
    """Read people, guid and source from feedparser: the document has no tree to trust."""
    draft.guid = _string(node, "id")
    draft.guid_is_permalink = bool(raw(node, "guidislink"))
    draft.authors = list(_people(node, "authors"))
    draft.contributors = list(_people(node, "contributors"))
    draft.source = _source(raw(node, "source"))


def _links(node: Node) -> Iterator[tuple[Link, bool]]:
    """Yield the links, each with whether it has a type: those of link elements always do."""
    for part in _nodes(node, "links"):
        href, kind = _string(part, "href"), _string(part, "type")
        if href and relation(_string(part, "rel")) != "enclosure":
            link = Link(
                href=href,
                rel=relation(_string(part, "rel")),
                type=file_type(kind),
                title=_string(part, "title"),
                hreflang=_string(part, "hreflang"),
                length=number(_string(part, "length")),
            )
            yield link, raw(part, "type") is not None


def _linked(node: Node, rel: str) -> str:
    return next((link.href for link, _ in _links(node) if link.rel == rel), "")


def _enclosures(node: Node) -> Iterator[Enclosure]:
    for part in _nodes(node, "links"):
        if (href := _string(part, "href")) and relation(_string(part, "rel")) == "enclosure":
            yield Enclosure(
                url=href,
                type=file_type(_string(part, "type")),
                length=number(_string(part, "length")),
                title=_string(part, "title"),
            )


def _people(node: Node, key: str) -> Iterator[Person]:
    for part in _nodes(node, key):
        person = Person(_string(part, "name"), _string(part, "href"), _string(part, "email"))
        if person != Person():
            yield person


def _categories(node: Node) -> Iterator[Category]:
    for part in _nodes(node, "tags"):
        if term := _string(part, "term"):
            yield Category(term, _string(part, "scheme"), _string(part, "label"))


def _source(node: object) -> Origin | None:
    if not isinstance(node, dict):
        return None
    origin = Origin(
        name=_string(node, "title"),
        url=_linked(node, "alternate"),
        feed=_string(node, "href") or _linked(node, "self"),
        id=_string(node, "id"),
        updated=instant(_string(node, "updated")),
        rights=_string(node, "rights"),
    )
    return origin if origin != Origin() else None


def _head(result: Node, root: Element | None) -> FeedHead:
    """Read the head of a broken document from feedparser, and the rest from the repaired tree."""
    feed: Node = result["feed"]
    image = raw(feed, "image")
    picture = _string(image, "href") if isinstance(image, dict) else ""
    mended = head_of(root) if root is not None else FeedHead()
    return replace(
        mended,
        title=_plain(_string(feed, "title")),
        link=_linked(feed, "alternate"),
        self_link=_linked(feed, "self"),
        id=_string(feed, "id"),
        subtitle=_plain(_string(feed, "subtitle")),
        language=_string(feed, "language"),
        authors=tuple(_people(feed, "authors")) or mended.authors,
        rights=_plain(_string(feed, "rights")),
        licence=_linked(feed, "license"),
        image=_string(feed, "logo") or picture or mended.image,
        updated=instant(_string(feed, "updated") or _string(feed, "published")),
        generator=_string(feed, "generator"),
        version=_string(result, "version") or mended.version,
    )


def _plain(text: str) -> str:
    return plain(text) if looks_marked(text) else text
