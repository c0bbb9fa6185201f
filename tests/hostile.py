"""A hostile site on loopback: every fault at its own port, so its own host, beside healthy feeds.

    with Site(folder) as site:
        site.healthy   # Feed(name, url) that must work
        site.faults    # Fault(name, url, kind): what a fetch of it must come to
        site.bent      # odd, but to be taken: wrong types, sloppy framing, every encoding
        site.seen      # Seen(name, target, headers) of every request, in order
        site.authority_file     # for REQUESTS_CA_BUNDLE: some of the healthy ones speak TLS

A fault's `timeout` is what its source should be given: a second or so for what dawdles (it would go
on much longer), plenty for the others, which must come to their own kind on a busy machine too."""

from __future__ import annotations

import gzip
import selectors
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import trustme
import zstandard

DAWDLE = 20.0  # seconds at most that a slow one goes on, unless the site is closed before

Play = Callable[["Talk"], None]


@dataclass(frozen=True)
class Feed:
    name: str
    url: str


@dataclass(frozen=True)
class Fault:
    name: str
    url: str
    kind: str

    @property
    def timeout(self) -> float:
        return 1.5 if self.kind == "timeout" else 30.0


@dataclass(frozen=True)
class Seen:
    name: str
    target: str
    headers: dict[str, str]


@dataclass
class Talk:
    """One connection to one host of the site."""

    connection: socket.socket
    closing: threading.Event
    port: int
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(self, status: str, *fields: str, body: bytes = b"", length: bool = True) -> None:
        lines = [
            f"HTTP/1.1 {status}",
            *fields,
            *([f"Content-Length: {len(body)}"] if length else []),
        ]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def drip(self, data: bytes, every: float = 0.1) -> None:
        """Send a byte at a time, for ever as far as the other side can tell."""
        for place in range(int(DAWDLE / every)):
            if self.closing.wait(every):
                return
            self.send(data[place % len(data) :][:1])

    def dawdle(self) -> None:
        self.closing.wait(DAWDLE)

    def reset(self, after: float = 0) -> None:
        """Close, after so many seconds, so that the other side gets a RST instead of an end."""
        if after:
            self.closing.wait(after)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket.close(self.connection)


def feed(title: str, entries: int = 3) -> bytes:
    """Return an RSS feed; every item's link has the title in it."""
    items = "".join(
        f"<item><title>{title} {number}</title><link>http://posts.example/{title}/{number}</link>"
        f"<guid isPermaLink='false'>{title}-{number}</guid>"
        f"<description>Words of {title}, number {number}.</description></item>"
        for number in range(entries)
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?>\n<rss version='2.0'><channel><title>{title}</title>"
        f"<link>http://posts.example/{title}</link><description>About {title}</description>{items}</channel></rss>"
    ).encode()


RSS = "Content-Type: application/rss+xml; charset=utf-8"
BODY = feed("hostile", 40)
PAGE = b"""<!DOCTYPE html><html><head><title>Welcome</title>
<link rel="alternate" type="application/rss+xml" href="/announced.xml"></head><body>A page.</body></html>"""


def healthy(name: str) -> Play:
    """Return a server that keeps all manners: validators, 304, gzip."""
    body = feed(name)

    def play(talk: Talk) -> None:
        tag = f'"{zlib.crc32(body):x}"'
        if talk.headers.get("if-none-match") == tag:
            return talk.answer("304 Not Modified", f"ETag: {tag}", length=False)
        fields = (RSS, f"ETag: {tag}", "Last-Modified: Wed, 01 May 2024 10:00:00 GMT")
        if "gzip" in talk.headers.get("accept-encoding", ""):
            return talk.answer(
                "200 OK", *fields, "Content-Encoding: gzip", body=gzip.compress(body)
            )
        return talk.answer("200 OK", *fields, body=body)

    return play


def says(status: str, *fields: str, body: bytes = b"") -> Play:
    return lambda talk: talk.answer(status, *fields, body=body)


def raw(data: bytes) -> Play:
    return lambda talk: talk.send(data)


def endless(head: str, piece: bytes) -> Play:
    def play(talk: Talk) -> None:
        talk.send(head.encode())
        while not talk.closing.is_set():
            talk.send(piece)

    return play


def then(data: bytes, what: Callable[[Talk], None]) -> Play:
    def play(talk: Talk) -> None:
        talk.send(data)
        what(talk)

    return play


def to(location: str, status: str = "302 Found") -> Play:
    return says(status, f"Location: {location}")


def bomb(pack: Callable[[bytes], bytes], name: str) -> Play:
    """Return an answer of a few kilobytes that unpacks to more than a hundred million bytes."""
    packed: list[bytes] = []

    def play(talk: Talk) -> None:
        if not packed:
            packed.append(pack(b"<rss>" + bytes(110_000_000)))
        talk.answer("200 OK", RSS, f"Content-Encoding: {name}", body=packed[0])

    return play


def _gzip_bomb(data: bytes) -> bytes:
    """Pack it as ten members that are the same, for speed."""
    return gzip.compress(data[: len(data) // 10], 1) * 10


def _endless_redirect(talk: Talk) -> None:
    talk.answer("302 Found", f"Location: {talk.target}x")


def _ping_pong(talk: Talk) -> None:
    talk.answer("302 Found", f"Location: {'/pong' if talk.target != '/pong' else '/feed'}")


def _chunked(*pieces: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(pieces)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


_LONG = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 999999\r\n\r\n"
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"

# name -> (kind, what it plays after the request has come)
FAULTS: dict[str, tuple[str, Play]] = {
    "no answer": ("timeout", Talk.dawdle),
    "drips its head": ("timeout", lambda talk: talk.drip(_OK)),
    "drips its body": ("timeout", then(_LONG, lambda talk: talk.drip(BODY))),
    "drips its chunks": ("timeout", then(_chunked(), lambda talk: talk.drip(chunk(b"<rss> ")))),
    "stops within its body": ("timeout", then(_LONG + BODY[:500], Talk.dawdle)),
    "resets after the request": ("reset", Talk.reset),
    "resets within its head": ("reset", then(_OK, Talk.reset)),
    "resets within its body": (
        "reset",
        then(_LONG + BODY[:500], lambda talk: talk.reset(after=0.2)),
    ),
    "cut without a length": ("truncated", raw(_OK + b"\r\n" + BODY[:-99])),
    "cut without a length, gzip": (
        "truncated",
        raw(_OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(BODY[:-99])),
    ),
    "closes without an answer": ("reset", lambda talk: None),
    "closes within its head": ("reset", raw(_OK)),
    "body cut short": ("truncated", raw(_LONG + BODY)),
    "length too short": ("protocol", raw(_OK + b"Content-Length: 300\r\n\r\n" + BODY)),
    "two lengths": (
        "protocol",
        raw(_OK + b"Content-Length: 300\r\nContent-Length: 400\r\n\r\n" + BODY),
    ),
    "length of a thousand digits": (
        "protocol",
        raw(_OK + b"Content-Length: %s\r\n\r\n" % (b"9" * 9999) + BODY),
    ),
    "negative length": ("protocol", raw(_OK + b"Content-Length: -5\r\n\r\n" + BODY)),
    "chunks cut short": ("truncated", raw(_chunked(chunk(BODY[:800])))),
    "last chunk missing": ("truncated", raw(_chunked(chunk(BODY)))),
    "chunk size is no number": ("protocol", raw(_chunked(b"zz\r\n", BODY))),
    "chunk size lies": ("protocol", raw(_chunked(b"10\r\n", BODY))),
    "negative chunk size": ("protocol", raw(_chunked(b"-10\r\n", BODY))),
    "unknown transfer encoding": (
        "protocol",
        raw(_OK + b"Transfer-Encoding: rot13\r\n\r\n" + BODY),
    ),
    "gzip bomb": ("too-large", bomb(_gzip_bomb, "gzip")),
    "brotli bomb": ("too-large", bomb(lambda data: brotli.compress(data, quality=1), "br")),
    "zstd bomb": ("too-large", bomb(zstandard.ZstdCompressor().compress, "zstd")),
    "gzip cut short": (
        "truncated",
        says("200 OK", RSS, "Content-Encoding: gzip", body=gzip.compress(BODY)[:-20]),
    ),
    "brotli cut short": (
        "truncated",
        says("200 OK", RSS, "Content-Encoding: br", body=brotli.compress(BODY)[:-20]),
    ),
    "damaged gzip": (
        "protocol",
        says("200 OK", RSS, "Content-Encoding: gzip", body=b"\x1f\x8b" + bytes(range(99))),
    ),
    "damaged zstd": (
        "protocol",
        says("200 OK", RSS, "Content-Encoding: zstd", body=bytes(range(99))),
    ),
    "gzip that is none": ("protocol", says("200 OK", RSS, "Content-Encoding: gzip", body=BODY)),
    "unknown content encoding": (
        "protocol",
        says("200 OK", RSS, "Content-Encoding: rot13", body=BODY),
    ),
    "body without end": ("too-large", endless("HTTP/1.1 200 OK\r\n\r\n", b"<rss>" + b" " * 65536)),
    "header without end": ("protocol", endless("HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536)),
    "headers without end": ("protocol", endless("HTTP/1.1 200 OK\r\n", b"X-Flood: 1\r\n" * 1000)),
    "too many headers": (
        "protocol",
        says("200 OK", *(f"X-{number}: 1" for number in range(500)), body=BODY),
    ),
    "interim answers without end": ("protocol", endless("", b"HTTP/1.1 102 Processing\r\n\r\n")),
    "not HTTP": ("protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    "bare body": ("protocol", raw(BODY + b"\r\n\r\n")),
    "redirects to itself": (
        "redirect-loop",
        lambda talk: talk.answer("301 Moved", f"Location: {talk.target}"),
    ),
    "redirects to and fro": ("redirect-loop", _ping_pong),
    "redirects without end": ("redirect-loop", _endless_redirect),
    "redirects to metadata": ("forbidden-address", to("http://169.254.169.254/latest/meta-data/")),
    "redirects to metadata in IPv6": (
        "forbidden-address",
        to("http://[::ffff:a9fe:a9fe]/latest/meta-data/"),
    ),
    "redirects inward": ("forbidden-address", to("http://10.0.0.1/feed", "301 Moved Permanently")),
    "redirects to a file": ("forbidden-address", to("file:///etc/passwd")),
    "redirects nowhere": ("http", says("302 Found")),
    "400": ("http", says("400 Bad Request", body=b"bad")),
    "401": ("unauthorized", says("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')),
    "403": ("forbidden", says("403 Forbidden", body=PAGE)),
    "404": ("not-found", says("404 Not Found", body=PAGE)),
    "410": ("gone", says("410 Gone")),
    "418": ("http", says("418 I'm a teapot")),
    "429 in seconds": ("rate-limited", says("429 Too Many Requests", "Retry-After: 7200")),
    "429 by date": (
        "rate-limited",
        says("429 Too Many Requests", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT"),
    ),
    "451": ("forbidden", says("451 Unavailable For Legal Reasons")),
    "500": ("server-error", says("500 Internal Server Error", body=BODY)),
    "503": ("unavailable", says("503 Service Unavailable", "Retry-After: 120")),
    "522": ("server-error", says("522 Connection Timed Out")),
    "bot challenge": (
        "challenge",
        says("403 Forbidden", "cf-mitigated: challenge", RSS, body=PAGE),
    ),
    "bot challenge in a 200": ("challenge", says("200 OK", "cf-mitigated: challenge", body=PAGE)),
    "empty 200": ("empty", says("200 OK", RSS)),
    "204": ("empty", raw(b"HTTP/1.1 204 No Content\r\n\r\n")),
    "206 that nobody asked": ("http", says("206 Partial Content", RSS, body=BODY)),
    "304 without a condition": ("protocol", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")),
    "HTML": ("html", says("200 OK", "Content-Type: text/html", body=PAGE)),
    "HTML as RSS": ("html", says("200 OK", RSS, body=PAGE)),
    "binary": (
        "not-a-feed",
        says("200 OK", RSS, body=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
    ),
    "plain text": (
        "not-a-feed",
        says("200 OK", "Content-Type: text/plain", body=b"Come back later, please. " * 9),
    ),
}

# name -> what it plays: odd, and yet the feed is all there
BENT: dict[str, Play] = {
    "served as text/html": says("200 OK", "Content-Type: text/html", body=feed("bent-html")),
    "served as text/plain": says("200 OK", "Content-Type: text/plain", body=feed("bent-plain")),
    "wrong charset": says("200 OK", "Content-Type: text/xml; charset=utf-16", body=feed("bent-charset")),
    "no length, closed at the end": raw(_OK + b"\r\n" + feed("bent-close")),
    "bare newlines": raw(b"HTTP/1.1 200 OK\nContent-Type: text/xml\n\n" + feed("bent-lf")),
    "HTTP/1.0 without a reason": raw(b"HTTP/1.0 200\r\n\r\n" + feed("bent-10")),
    "folded header": raw(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\n\r\n" + feed("bent-fold")),
    "chunks with extensions and trailers": raw(
        _chunked(b"5;a=b\r\n<?xml\r\n", chunk(feed("bent-chunks")[5:]), b"0\r\nX-Sum: 1\r\n\r\n")
    ),
    "interim answer first": raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + _OK + b"\r\n" + feed("bent-103")),
    "the same length twice": raw(
        _OK + b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n" % ((len(feed("bent-two")),) * 2) + feed("bent-two")
    ),
    "an encoding that is none": says("200 OK", RSS, "Content-Encoding: UTF-8", body=feed("bent-utf8")),
    "deflate": says("200 OK", RSS, "Content-Encoding: deflate", body=zlib.compress(feed("bent-zlib"))),
    "raw deflate": says("200 OK", RSS, "Content-Encoding: deflate", body=zlib.compress(feed("bent-raw"))[2:-4]),
    "gzip in two members": says(
        "200 OK", RSS, "Content-Encoding: gzip",
        body=gzip.compress(feed("bent-gz")[:99]) + gzip.compress(feed("bent-gz")[99:]) + bytes(9),
    ),
    "brotli": says("200 OK", RSS, "Content-Encoding: br", body=brotli.compress(feed("bent-br"))),
    "zstd": says("200 OK", RSS, "Content-Encoding: zstd", body=zstandard.compress(feed("bent-zstd"))),
    "gzip twice": says(
        "200 OK", RSS, "Content-Encoding: gzip, gzip", body=gzip.compress(gzip.compress(feed("bent-gg")))
    ),
    "redirect to a place in UTF-8": lambda talk: (
        talk.answer("200 OK", RSS, body=feed("bent-utf8"))
        if "%C3%A9" in talk.target.upper()
        else talk.send("HTTP/1.1 302 Found\r\nLocation: /é tage\r\nContent-Length: 0\r\n\r\n".encode())
    ),
}  # fmt: skip


class Site:
    """The hosts, each with its port, and a thread for each connection while it lasts."""

    def __init__(self, folder: Path, healthy_feeds: int = 40, *, hostile: bool = True) -> None:
        self.healthy: list[Feed] = []
        self.faults: list[Fault] = []
        self.bent: list[Feed] = []
        self.seen: list[Seen] = []
        self._closing = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._bell, ringing = socket.socketpair()  # wakes the thread that waits for connections
        self._selector.register(ringing, selectors.EVENT_READ)
        self._held: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._authority = trustme.CA()
        self.authority_file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.authority_file))
        for number in range(healthy_feeds):
            secure = self.context() if number % 10 == 9 else None
            self.healthy.append(self.add(f"healthy-{number}", healthy(f"healthy-{number}"), secure))
        if not hostile:
            return
        self.bent = [self.add(name, play) for name, play in BENT.items()]
        for name, (kind, play) in FAULTS.items():
            self.faults.append(Fault(name, self.add(name, play).url, kind))
        self._add_below_http()

    def __enter__(self) -> Site:
        self._threads.append(threading.Thread(target=self._serve))
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._bell.send(b"!")
        self._threads[0].join()
        for thread in self._threads[1:]:
            thread.join()
        for plug in [key.fileobj for key in self._selector.get_map().values()] + [
            *self._held,
            self._bell,
        ]:
            plug.close()  # type: ignore[union-attr]
        self._selector.close()

    def add(
        self, name: str, play: Play, context: ssl.SSLContext | None = None, *, asked: bool = True
    ) -> Feed:
        """Add a host that plays this after each request (`asked` False: as soon as it is connected
        to).
        """
        plug = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._selector.register(plug, selectors.EVENT_READ, (name, play, context, asked))
        return Feed(name, self._url(plug, secure=context is not None))

    def requests_to(self, name: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.name == name]

    def _add_below_http(self) -> None:
        """Add the faults of connections and of TLS."""
        past = datetime.now(UTC) - timedelta(days=9)
        stranger = trustme.CA().issue_cert("127.0.0.1")
        expired = self._authority.issue_cert(
            "127.0.0.1", not_before=past, not_after=past + timedelta(days=1)
        )
        other = self._authority.issue_cert("other.example")
        ok = healthy("tls")
        self._fault(
            "resets at once", "reset", self.add("resets at once", Talk.reset, asked=False).url
        )
        self._fault(
            "certificate of a stranger", "tls", self.add("tls 1", ok, self.context(stranger)).url
        )
        self._fault("certificate expired", "tls", self.add("tls 2", ok, self.context(expired)).url)
        self._fault(
            "certificate of another host", "tls", self.add("tls 3", ok, self.context(other)).url
        )
        self._fault(
            "no TLS at all", "tls", self._https(self.add("tls 4", raw(_OK), asked=False).url)
        )
        self._fault(
            "TLS handshake without end",
            "timeout",
            self._https(self.add("5", Talk.dawdle, asked=False).url),
        )
        self._fault(
            "TLS handshake broken off",
            "reset",
            self._https(self.add("tls 6", Talk.reset, asked=False).url),
        )
        self._fault("connection refused", "connect", self._refusing())
        self._fault("slow connect", "timeout", self.full())

    def _fault(self, name: str, kind: str, url: str) -> None:
        self.faults.append(Fault(name, url, kind))

    def _refusing(self) -> str:
        """Return an address whose port is taken but listens not."""
        plug = socket.socket()
        plug.bind(("127.0.0.1", 0))
        self._held.append(plug)
        return self._url(plug)

    def full(self) -> str:
        """Return an address whose queue is full, so that the kernel drops what comes: nothing
        answers.
        """
        plug = socket.create_server(("127.0.0.1", 0), backlog=0)
        self._held.append(plug)
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(plug.getsockname())
            self._held.append(waiting)
        return self._url(plug)

    @staticmethod
    def _https(url: str) -> str:
        return url.replace("http://", "https://")

    @staticmethod
    def _url(plug: socket.socket, *, secure: bool = False) -> str:
        return f"{'https' if secure else 'http'}://127.0.0.1:{plug.getsockname()[1]}/feed"

    def context(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (certificate or self._authority.issue_cert("127.0.0.1", "localhost")).configure_cert(
            context
        )
        return context

    def _serve(self) -> None:
        while not self._closing.is_set():
            for key, _ in self._selector.select():
                if key.data is None:
                    continue
                connection, _ = key.fileobj.accept()  # type: ignore[union-attr]
                thread = threading.Thread(target=self._talk, args=(connection, *key.data))
                self._threads.append(thread)
                thread.start()

    def _talk(
        self,
        bare: socket.socket,
        name: str,
        play: Play,
        context: ssl.SSLContext | None,
        asked: bool,
    ) -> None:
        connection = bare
        try:
            connection.settimeout(DAWDLE)
            if context is not None:
                connection = context.wrap_socket(bare, server_side=True)
            talk = Talk(connection, self._closing, connection.getsockname()[1])
            if not asked or self._read(talk, name):
                play(talk)
                self._linger(connection)
        except OSError:
            return  # the other side has had enough
        finally:
            connection.close()
            bare.close()

    def _linger(self, connection: socket.socket) -> None:
        """End as a good server does: what was not read would make the kernel reset the
        connection.
        """
        if connection.fileno() < 0:
            return
        socket.socket.shutdown(connection, socket.SHUT_WR)
        connection.settimeout(1)
        while connection.recv(65536):
            continue

    def _read(self, talk: Talk, name: str) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = talk.connection.recv(65536)
            if not piece:
                return False
            data += piece
        first, *lines = data.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
        talk.target = first.split(" ")[1]
        talk.headers = {
            key.lower(): value for key, _, value in (line.partition(": ") for line in lines)
        }
        self.seen.append(Seen(name, talk.target, talk.headers))
        return True
