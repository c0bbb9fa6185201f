"""A folder -> an ASGI application: its documents, each answer one whole version with its type.

A run renames new versions into place meanwhile; a file is read in one go for that.
"""

from __future__ import annotations

import gzip
import os
import re
import time
from email.utils import formatdate
from hashlib import blake2b
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from syndicator.formats import ASSETS, FORMATS, by_content, by_suffix, by_type, file_name
from syndicator.model.settings import Feed

# The files that we publish and that a theme may bring. Any other ending (a database, a lock, a
# half-written file) is not there. XML and JSON are told apart by their first bytes, since file
# names can be set.
_TYPES = {
    **ASSETS,
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".rss": f"{FORMATS['rss'].type}; charset=utf-8",
    ".atom": f"{FORMATS['atom'].type}; charset=utf-8",
    ".opml": f"{FORMATS['opml'].type}; charset=utf-8",
    ".json": "application/json",
    ".gz": "application/gzip",
}
_TEXT = re.compile("text/|application/(?!gzip)|image/svg")  # worth to be compressed
_SNIFFED = 4096  # bytes that show the format; stylesheet instructions and comments may come first
_YOUNG = 2.0  # seconds in which a file may still change within the second that its time names
_COMPRESSED_FROM = 500  # bytes
# The list of sources, where programs look for it on any site.
RECOMMENDATIONS = "/.well-known/recommendations.opml"
GUIDE = "subscribe.html"  # a feed's page for people, which a browser gets in place of the feed


def recommendations(feed: Feed) -> list[Route]:
    """Return the route from the well-known address of a site's recommendations to the OPML."""
    if "opml" not in feed.formats:
        return []
    target = RedirectResponse(f"/{file_name(feed, 'opml')}", 302)
    return [Route(RECOMMENDATIONS, target)]


def is_below(path: Path, folder: Path) -> bool:
    """Tell whether a path really lies in the folder, and is not hidden there.

    `.well-known` (RFC 8615) is for everybody.
    """
    real, edge = path.resolve(), folder.resolve()
    if not real.is_relative_to(edge):
        return False
    parts = set(real.relative_to(edge).parts) - {".well-known"}
    return not any(part.startswith(".") for part in parts)


def media_type(name: str, head: bytes) -> str:
    """Return the media type of a file by its ending and its first bytes, "" for an unserved one.

    >>> media_type("rss20.xml", b"<?xml version='1.0'?><rss version='2.0'>")
    'application/rss+xml; charset=utf-8'
    >>> media_type("state.db", b"SQLite")
    ''
    """
    suffix = Path(name).suffix.lower()
    if suffix in (".xml", ".json") and (form := by_content(head, xml=suffix == ".xml")):
        return f"{form.type}; charset=utf-8" if form.root else form.type
    form = by_suffix(suffix)
    return _TYPES.get(suffix) or (form.type if form else "")


class Documents(StaticFiles):
    """The files of a folder, without hidden ones, unknown endings and links that lead out."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file below the folder, symbolic links followed no further than its edge."""
        try:
            full_path, status = super().lookup_path(path)
        except PermissionError:
            return "", None
        if status is None or not is_below(Path(full_path), Path(str(self.directory))):
            return "", None
        return full_path, status

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Read a document whole, so that length, validators and bytes are of one version."""
        path = Path(full_path)
        request = Headers(scope=scope)
        body, status = _read(path)
        media = media_type(path.name, body[:_SNIFFED])
        if not media:
            raise HTTPException(status_code=404)
        form = by_type(media.partition(";")[0])
        vary = "Accept-Encoding"
        if form is not None and form.is_polled:
            vary = "Accept-Encoding, Sec-Fetch-Dest"
            guide = path.with_name(GUIDE)
            is_visit = request.get("sec-fetch-dest") == "document"
            if is_visit and guide.is_file() and is_below(guide, Path(str(self.directory))):
                path, media = guide, _TYPES[".html"]
                body, status = _read(guide)
        headers = {**_headers(path.name, body, status), "content-type": media, "vary": vary}
        # Starlette compares tags without the W/ of weak ones.
        strong = Headers({**headers, "etag": headers["etag"].removeprefix("W/")})
        if self.is_not_modified(strong, request):
            return NotModifiedResponse(Headers(headers))
        if len(body) >= _COMPRESSED_FROM and _TEXT.match(media) and takes_gzip(request):
            body = gzip.compress(body, 6, mtime=0)
            headers["content-encoding"] = "gzip"
        return Response(body, status_code, headers)


def takes_gzip(request: Headers) -> bool:
    """Tell whether a request accepts gzip (RFC 9110, 12.5.3): named, and not with a weight of 0.

    >>> takes_gzip(Headers({"accept-encoding": "gzip;q=0.5"}))
    True
    >>> takes_gzip(Headers({"accept-encoding": "gzip;q=0, *"}))
    False
    """
    weights: dict[str, str] = {}
    for part in request.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        weights[coding.strip()] = weight
    weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", "0")))
    return weight.strip("0.") != "" or weight == ""


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    """Return the bytes and the status of one version of a file."""
    try:
        with path.open("rb") as file:
            return file.read(), os.fstat(file.fileno())
    except OSError as error:  # withdrawn since it was found, or not ours to read
        raise HTTPException(status_code=404) from error


def _headers(name: str, body: bytes, status: os.stat_result) -> dict[str, str]:
    """Return validators and rules for caches; any site's page may read a document (CORS).

    The tag is made of the bytes, so that a document written again the same is "not modified". It
    is weak (RFC 9110, 8.8.1), since gzip makes other bytes of it.
    """
    headers = {
        "etag": f'W/"{blake2b(body, digest_size=16).hexdigest()}"',
        "cache-control": "max-age=31536000, immutable" if name.startswith("style-") else "no-cache",
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
    }
    # A time says nothing of a file that may still change within the same second (RFC 9110,
    # 8.8.2.2).
    if time.time() - status.st_mtime >= _YOUNG:
        headers["last-modified"] = formatdate(status.st_mtime, usegmt=True)
    return headers
