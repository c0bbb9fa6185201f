"""A URL, a file or a folder -> the documents of a published feed, and our own notes in them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from syndicator import config as configuration
from syndicator import fetcher, parser, urls
from syndicator.errors import SyndicatorError, UsageError
from syndicator.formats import FORMATS, file_name
from syndicator.generator.json_feed import EXTENSION
from syndicator.generator.site import POSTS
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Ask, Fetched, FetchFailed
from syndicator.model.settings import Config, Feed

Notes = Mapping[str, Any]  # the object `_syndicator` of a feed or an item

_SUFFIXES = frozenset({".xml", ".rss", ".atom", ".rdf", ".json"})
_RANKS = ("rss", "json", "atom")  # by how much they say of an entry
_NUMBER = re.compile(r"\d+")


class Publication(Struct, frozen=True):
    """A published feed."""

    current: ParsedFeed
    archives: tuple[ParsedFeed, ...] = ()  # from the oldest on
    notes: Mapping[str, Notes] = {}  # of our JSON Feed, by the ids of its items; "": its own
    pages: Mapping[str, str] = {}  # the slugs of our pages of posts, by their marks

    @property
    def is_ours(self) -> bool:
        """Whether this program made it."""
        return bool(self.notes) or self.current.head.generator.startswith("syndicator")

    @property
    def id(self) -> str:
        """The id of the feed, "" if it says none."""
        return str(self.notes.get("", {}).get("id", "")) or self.current.head.id

    @property
    def updated(self) -> datetime | None:
        """The date of the current document."""
        noted = self.notes.get("", {}).get("updated", "")
        return self.current.head.updated or (datetime.fromisoformat(noted) if noted else None)


def read_publications(config: Config, target: str) -> list[tuple[Feed, Publication]]:
    """Return the feeds of a target, the main one first; of our own, those below it too.

    Raises UsageError, SyndicatorError where there is no main feed.
    """
    main, folder, is_web = config.feeds[0], Path(target), "://" in target
    publications = [(main, read_publication(config, target))]
    if not publications[0][1].is_ours or not (is_web or folder.is_dir()):
        return publications
    for feed in (*config.feeds[1:], *_feeds_by_language(config, publications[0][1])):
        below = os.path.relpath(feed.output, main.output)
        if is_web:
            address = urljoin(target, f"{below}/{PurePosixPath(urlsplit(target).path).name}")
            with suppress(SyndicatorError):
                publications.append((feed, _fetched(config, address)))
        elif any(_feeds(folder / below, feed)):
            publications.append((feed, _in_folder(folder / below, feed)))
    return publications


def _feeds_by_language(config: Config, publication: Publication) -> list[Feed]:
    """Return the feeds of the languages that the entries of the main feed have."""
    if not config.per_language:
        return []
    tags = set()
    for parsed in (publication.current, *publication.archives):
        for entry in parsed.entries:
            tags.add((entry.language or parsed.head.language).partition("-")[0].lower())
    return configuration.feeds_by_language(
        config.feeds[0], {tag: tag for tag in sorted(tags - {""})}
    )


def read_publication(config: Config, target: str) -> Publication:
    """Return the documents at a URL, in a file or in a folder, that have posts.

    Archives are those on its host that the document at a URL links to (RFC 5005, 4), or those of our
    own in the folder `archive`. Beside an Atom or RSS document of ours stand the notes of its JSON.
    Raises UsageError, SyndicatorError where there is no feed.
    """
    if "://" in target:
        return _fetched(config, target)
    path, feed = Path(target), config.feeds[0]
    if path.is_dir():
        return _in_folder(path, feed)
    if not path.is_file():
        raise UsageError(f"{target}: there is no such file or folder")
    body = _body(path)
    parsed = _parsed(body, feed)
    if isinstance(parsed, FetchFailed):
        raise UsageError(f"{target}: {parsed.error}")
    return Publication(_with_posts(parsed, target), notes=_notes(parsed, body))


def _in_folder(folder: Path, feed: Feed) -> Publication:
    documents = dict(_feeds(folder, feed))
    if not documents:
        raise UsageError(f"{folder}: there is no feed in this folder")
    own_names = {file_name(feed, form) for form in FORMATS}

    def rank(file: Path) -> tuple[bool, int, int]:
        version = documents[file].head.version.rstrip("0123456789")[:4]
        place = next((n for n, name in enumerate(_RANKS) if version.startswith(name)), -1)
        return file.name in own_names, place, len(documents[file].entries)

    notes: Mapping[str, Notes] = {}
    for file in sorted(documents, key=rank):
        notes = _notes(documents[file], _body(file)) or notes
    archives = dict(_feeds(folder / "archive", feed))
    pages = {}
    for page in (folder / POSTS).glob("*/*/*.html"):
        slug = page.relative_to(folder / POSTS).with_suffix("").as_posix()
        pages[page.stem.rpartition("-")[2]] = slug
    in_order = sorted(archives, key=lambda path: list(map(int, _NUMBER.findall(path.name))))
    older = tuple(map(archives.__getitem__, in_order))
    return Publication(documents[max(documents, key=rank)], older, notes, pages)


def _with_posts(parsed: ParsedFeed, target: str) -> ParsedFeed:
    if not parsed.entries:
        raise UsageError(f"{target}: the feed has no posts")
    return parsed


def _notes(parsed: ParsedFeed, body: bytes) -> dict[str, Notes]:
    """Return our notes in a JSON Feed of ours, nothing for any other document."""
    if not parsed.head.version.startswith("json") or f'"{EXTENSION}"'.encode() not in body:
        return {}
    document = json.loads(body)
    parts = [document, *document["items"]]
    files = "attachments"  # the length of a recording stands there alone
    return {
        str(part.get("id", "")): {**part[EXTENSION], files: part.get(files)}
        for part in parts
        if isinstance(part.get(EXTENSION), dict)
    }


def _fetched(config: Config, target: str) -> Publication:
    current, body = _document(config, target)
    archives, older = list[ParsedFeed](), _with_posts(current, target).head.older
    seen = {target}
    while older not in seen and urls.host(older) == urls.host(target):
        seen.add(older)
        archive, _ = _document(config, older)
        archives.append(archive)
        older = archive.head.older
    notes = _notes(current, body)
    if not notes and Publication(current).is_ours:
        address = urljoin(target, file_name(config.feeds[0], "json"))
        with suppress(SyndicatorError):
            notes = _notes(*_document(config, address))
    return Publication(current, tuple(reversed(archives)), notes)


def _document(config: Config, url: str) -> tuple[ParsedFeed, bytes]:
    source = configuration.source_of({"url": url}, "the command line")
    outcome = fetcher.fetch_one(Ask(source, source.url), config.fetch)
    parsed = parser.parse(outcome) if isinstance(outcome, Fetched) else outcome
    if isinstance(parsed, FetchFailed):
        raise SyndicatorError("\n".join(filter(None, (f"{url}: {parsed.error}", parsed.advice))))
    if not isinstance(parsed, ParsedFeed) or not isinstance(outcome, Fetched):
        raise SyndicatorError(f"{url}: there was no answer with a feed")
    return parsed, outcome.body


def _feeds(folder: Path, feed: Feed) -> Iterator[tuple[Path, ParsedFeed]]:
    """Yield the feeds with posts in a folder."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix not in _SUFFIXES or not path.is_file():
            continue
        parsed = _parsed(_body(path), feed)
        if isinstance(parsed, ParsedFeed) and parsed.entries:
            yield path, parsed


def _body(path: Path) -> bytes:
    """Read a document. Raises UsageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror})") from error


def _parsed(body: bytes, feed: Feed) -> ParsedFeed | FetchFailed:
    return parser.parse(Fetched(source_id="", url=urls.web(feed.link), body=body))
