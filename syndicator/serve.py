"""A folder of published documents -> HTTP, for a reader on this machine: `serve`.

Starlette and uvicorn do the serving. Ours is only what may be seen, by which type, and that an answer is one whole
version of a document even while a run renames a new one into its place.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from syndicator.errors import SyndicatorError
from syndicator.formats import FORMATS, by_content, by_suffix, by_type

# What we publish and what a theme may bring. Whatever has another ending (a database, a lock, a half-written file)
# is not there. XML and JSON are told apart by how they begin, since file names can be set.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".rss": f"{FORMATS['rss'].type}; charset=utf-8",
    ".atom": f"{FORMATS['atom'].type}; charset=utf-8",
    ".opml": f"{FORMATS['opml'].type}; charset=utf-8",
    ".json": "application/json",
    ".gz": "application/gzip",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
}
_SNIFFED = 4096  # bytes in which a document shows what it is; stylesheet instructions and comments may come first
_YOUNG = 2.0  # seconds in which a file may still change within the second that its time names

_MADE = ("by-source", "by-language")  # folders of feeds that nobody wrote out, which may be many
_INNER = frozenset(("posts", "sources", "archive", *_MADE))  # those and folders of pages


def serve(
    folder: Path, host: str, port: int, stop: threading.Event, *, say: Callable[[str], object]
) -> None:
    """Serve a folder until `stop` is set, which signals are expected to do.

    `say` is given each line for the operator: where it listens, and the addresses to subscribe to. Port 0 takes a
    free one. Raises SyndicatorError where the folder is missing or the address can't be listened on.
    """
    with listen(folder, host, port) as listening:
        for text in greeting(folder, address(listening)):
            say(text)
        server(folder, stop).run(sockets=[listening])
        say("Stopped.")


def listen(folder: Path, host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that the first reader may come at once."""
    if not folder.is_dir():
        raise SyndicatorError(f"{folder} is not there yet: `syndicator run` makes it")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        what = (error.strerror or str(error)).partition(" (while")[0]
        advice = "choose an address of this machine with --host, another port with --port"
        raise SyndicatorError(f"can't listen on {host}, port {port}: {what}; {advice}") from error


def address(listening: socket.socket) -> str:
    """Return the URL of what a socket listens to; a wildcard is named as this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  named, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def greeting(folder: Path, base: str) -> Iterator[str]:
    """Yield what the operator is told: the addresses to open and to subscribe to."""
    yield f"Serving {folder} at {base} until Ctrl-C."
    addresses = [(kind, base + quote(path)) for kind, path in documents(folder)]
    if not addresses:
        yield "Nothing is published there yet; what `syndicator run` writes is served at once."
    for kind, url in addresses:
        yield f"{kind + ':':<11}{url}"
    for name in _MADE:
        if count := sum(path.is_dir() for path in (folder / name).glob("*")):
            yield f"{'Feeds:':<11}{base}{name}/... ({count})"


def documents(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (kind, path) of what can be opened or subscribed to, in the folder and in those of feeds written out."""
    for parent in (folder, *_folders(folder)):
        for path in sorted(parent.iterdir(), key=lambda path: (path.suffix != ".html", path.name)):
            kind = _kind(path) if is_below(path, folder) else ""
            if kind:
                yield kind, path.relative_to(folder).as_posix()


def _folders(folder: Path) -> Iterator[Path]:
    """Yield the folders of feeds that are written out."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and path.name not in _INNER:
            yield path


def is_below(path: Path, folder: Path) -> bool:
    """Tell whether a path really lies in the folder, and is not hidden there."""
    real, edge = path.resolve(), folder.resolve()
    return real.is_relative_to(edge) and not any(
        part.startswith(".") for part in real.relative_to(edge).parts
    )


def _kind(path: Path) -> str:
    if path.name == "index.html":
        return "Page"
    if path.suffix not in (".xml", ".rss", ".atom", ".json", ".opml") or not path.is_file():
        return ""
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    # RFC 5005, 4: an archive is there to be read once, not to be subscribed to
    if b"<fh:archive" in head:
        return ""
    form = by_type(media_type(path.name, head).partition(";")[0])
    return form.label if form else ""


class Server(uvicorn.Server):
    """uvicorn, which an event ends as well.

    While it runs it takes signals itself, and raises them again when it has ended in order. One that comes before it
    runs would be lost on it: whoever got that one sets the event.
    """

    def __init__(self, config: uvicorn.Config, stop: threading.Event) -> None:
        """Make a server, which is run with sockets that already listen."""
        super().__init__(config)
        self.stop = stop

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to end; asked ten times a second."""
        return await super().on_tick(counter) or self.stop.is_set()


def server(folder: Path, stop: threading.Event) -> Server:
    """Return the server of a folder."""
    config = uvicorn.Config(
        application(folder),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,  # seconds that a slow reader can delay Ctrl-C
    )
    return Server(config, stop)


def application(folder: Path) -> Starlette:
    """Return the ASGI application that serves a folder."""
    return Starlette(
        routes=[Mount("/", Documents(directory=folder, html=True))],
        middleware=[Middleware(GZipMiddleware, minimum_size=500, compresslevel=6)],
    )


def media_type(name: str, head: bytes) -> str:
    """Return the media type of a file by its ending and its first bytes, "" for what is never served.

    >>> media_type("rss20.xml", b"<?xml version='1.0'?><rss version='2.0'>"), media_type("state.db", b"SQLite")
    ('application/rss+xml; charset=utf-8', '')
    """
    suffix = Path(name).suffix
    if suffix in (".xml", ".json") and (form := by_content(head, xml=suffix == ".xml")):
        return f"{form.type}; charset=utf-8" if form.root else form.type
    form = by_suffix(suffix)
    return _TYPES.get(suffix) or (form.type if form else "")


class Documents(StaticFiles):
    """Files as one whole version each; hidden ones, unknown endings and what lies outside are not there."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file below the folder, symbolic links followed no further than its edge."""
        try:
            found, status = super().lookup_path(path)
        except PermissionError:
            return "", None
        if status is None or not is_below(Path(found), Path(str(self.directory))):
            return "", None
        return found, status

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Read a document whole, so that its length, its validators and its bytes are of one version."""
        try:
            with Path(full_path).open("rb") as file:
                body, status = file.read(), os.fstat(file.fileno())
        except OSError as error:  # withdrawn between the look and the reading, or not ours to read
            raise HTTPException(status_code=404) from error
        kind = media_type(Path(full_path).name, body[:_SNIFFED])
        if not kind:
            raise HTTPException(status_code=404)
        response = Response(
            body, status_code, _headers(Path(full_path).name, body, status), media_type=None
        )
        response.headers["content-type"] = kind
        if self.is_not_modified(_strong(response.headers), Headers(scope=scope)):
            response.headers["vary"] = "Accept-Encoding"  # what gzip says of a whole answer
            return NotModifiedResponse(response.headers)
        return response


def _headers(name: str, body: bytes, status: os.stat_result) -> dict[str, str]:
    """Return validators and manners of a document.

    The tag is of the bytes, not of the time, so that a document written again the same is "not modified"; it is weak
    (RFC 9110, 8.8.1), since gzip makes other bytes of it.
    """
    headers = {
        "etag": f'W/"{blake2b(body, digest_size=16).hexdigest()}"',
        "cache-control": "max-age=31536000, immutable" if name.startswith("style-") else "no-cache",
        "x-content-type-options": "nosniff",
    }
    # A time says nothing of what may still change within the same second (RFC 9110, 8.8.2.2).
    if time.time() - status.st_mtime >= _YOUNG:
        headers["last-modified"] = formatdate(status.st_mtime, usegmt=True)
    return headers


def _strong(headers: Headers) -> Headers:
    """Return headers whose tag is written as Starlette compares it: it takes the W/ off what the reader sends alone."""
    return Headers({**headers, "etag": headers["etag"].removeprefix("W/")})
