"""A small site on loopback for tests of whole runs: paths -> bodies, with ETags, and a log of what
was asked.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

from starlette.routing import Route

from syndicator import serve


@dataclass
class Site:
    """What the server gives; change `pages` between runs."""

    url: str = ""
    # A body, a status, seconds to wait, or a redirect with its status.
    pages: dict[str, bytes | int | float | tuple[int, str]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)  # seconds before the answer to a path
    types: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)  # path and status of each answer


class Handler(BaseHTTPRequestHandler):
    """Answers from `server.site`."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        time.sleep(self.site.slow.get(self.path, 0))
        page = self.site.pages.get(self.path, 404)
        if isinstance(page, float):
            time.sleep(page)
            page = 503
        if isinstance(page, tuple):
            self.answer(page[0], b"", {"Location": page[1]})
            return
        if isinstance(page, int):
            self.answer(page, b"", {})
            return
        etag = f'"{hashlib.sha256(page).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", {"ETag": etag})
            return
        self.answer(
            200,
            page,
            {"ETag": etag, "Content-Type": self.site.types.get(self.path, "application/xml")},
        )

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.site.asked.append((self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Does not wait for slow answers when it ends."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no error of the test."""


@contextmanager
def site(
    pages: dict[str, bytes | int | float | tuple[int, str]] | None = None,
    port: int = 0,
    address: str = "127.0.0.1",
) -> Iterator[Site]:
    """Serve pages while the block runs; on a free port, unless one is given.

    At the address "" every host of 127.0.0.0/8 is the same site.
    """
    shown = Site(pages=pages or {})
    handler = type("Bound", (Handler,), {"site": shown})
    with running(Server((address, port), handler)) as url:
        shown.url = url
        yield shown


@contextmanager
def running(server: HTTPServer) -> Iterator[str]:
    """Run a server in a thread while the block runs, then close it; yield its URL."""
    with server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def rss(
    name: str,
    posts: list[tuple[str, str]],
    host: str = "https://blog.example",
    language: str = "en",
) -> bytes:
    """Make an RSS feed of (title, text) posts, the first the newest."""
    items = "".join(
        f"<item><title>{title}</title><link>{host}/{slug(title)}/</link><guid>{host}/{slug(title)}/</guid>"
        f"<pubDate>{28 - n % 28:02} Oct 2026 08:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
        for n, (title, text) in enumerate(posts)
    )
    head = f"<title>{name}</title><link>{host}/</link><description/><language>{language}</language>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
    )


def slug(title: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


def configuration(folder: Path, *sources: str, more: str = "", feed: str = "") -> Path:
    """Write a feeds.toml with these source addresses; a source may bring further lines after its
    address.
    """
    tables = "".join(
        f'\n[[sources]]\nurl = "{url}"\n{rest}'
        for url, _, rest in (s.partition("\n") for s in sources)
    )
    text = f'[feed]\ntitle = "Planet Test"\n{feed}\n[fetch]\ndelay = "0s"\n{more}\n{tables}'
    path = folder / "feeds.toml"
    path.write_text(text, "utf-8")
    return path


@contextmanager
def serving(folder: Path, routes: Sequence[Route] = ()) -> Iterator[tuple[str, int]]:
    """Serve a folder while the block runs."""
    with serve.listen(folder, "127.0.0.1", 0) as listening:
        stop = threading.Event()
        running = serve.server(folder, stop, routes=routes)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[:2]
        finally:
            stop.set()
            thread.join()
