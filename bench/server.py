"""A loopback server of made-up feeds: gzip, ETag, conditional requests, one host a site.

Every site has an address of its own below 127.0.0.0/8, all on one port, so that no client's manners
towards a host hold it up. A process of its own: its cost is not counted. It is kept small all the
same (threads that wait in `accept`; asyncio takes three times as much), since it takes the core and
the caches from what is measured. Latency can be added to each answer: the same for all hosts
("0.1"), or one drawn for each ("0.05-0.2"). Its first line says which port it has taken."""

from __future__ import annotations

import argparse
import gzip
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from certificates import Certificates
from feeds import SIZE, FeedMaker

THREADS = 256  # requests at once


def host(site: int) -> str:
    """Return the loopback address of a site."""
    return f"127.{1 + site // 62_500}.{site // 250 % 250}.{1 + site % 250}"


def span(text: str) -> tuple[float, float]:
    """Read a latency in seconds: one figure, or the least and the most of a range."""
    least, _, most = text.partition("-")
    return float(least), float(most or least)


def latency(site: int, between: tuple[float, float]) -> float:
    """Draw the latency of a site's host; the same at every request and in every run."""
    return random.Random(site).uniform(*between)


@contextmanager
def serving(*options: str) -> Iterator[int]:
    """Run a server beside the block; yields its port."""
    command = [sys.executable, __file__, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            if not ready:
                sys.exit("the server of the feeds could not start")
            yield int(ready.split()[-1])
        finally:
            process.kill()


class Site:
    """What one site answers; made when it is first asked, so that ten thousand sites start at
    once.
    """

    def __init__(self, feed: bytes, more: int) -> None:
        body = gzip.compress(feed, 6, mtime=0)
        etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        self.etag = etag.encode()
        head = f"ETag: {etag}\r\nLast-Modified: Thu, 01 Oct 2026 00:00:0{more % 10} GMT\r\nConnection: close\r\n"
        self.same = f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode()
        self.whole = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
            f"Content-Length: {len(body)}\r\n{head}\r\n"
        ).encode() + body
        plain = gzip.decompress(body)
        self.plain = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(plain)}\r\n{head}\r\n"
        ).encode() + plain


class World:
    """All sites, and how many of them have news."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.maker = FeedMaker(size=arguments.size)
        folder = arguments.captured
        self.captured = sorted(Path(folder).iterdir()) if folder else []
        self.sites: dict[tuple[int, int], Site] = {}
        self.news = Path(arguments.news)
        self.certificates = Certificates(Path(arguments.https)) if arguments.https else None

    def more(self, number: int) -> int:
        """Read how many new posts a site has now: the file says "every round", 20 1 = every 20th
        has one more.
        """
        before = int(self.arguments.before)
        if not self.news.exists():
            return before
        every, count = (int(word) for word in self.news.read_text().split())
        return before + (count if number % every == 0 else 0)

    def site(self, number: int) -> Site:
        """Return a site as it is now."""
        key = number, self.more(number)
        if key not in self.sites:
            if self.captured:
                feed = self.captured[number].read_bytes()
            else:
                feed = self.maker.feed(number, self.arguments.posts, key[1])
            self.sites[key] = Site(feed, key[1])
        return self.sites[key]

    def work(self, door: socket.socket) -> None:
        """Take one connection after the other, and answer the one request that comes on each."""
        while True:
            caller, _ = door.accept()
            caller.settimeout(30)
            try:
                with self.secured(caller) as connection:
                    self.answer(connection)
            except (
                OSError,
                ValueError,
                IndexError,
            ):  # the client went away, or speaks something else
                caller.close()

    def secured(self, caller: socket.socket) -> socket.socket:
        """Return a connection, with TLS where that is served."""
        if self.certificates is None:
            return caller
        return self.certificates.context(caller.getsockname()[0]).wrap_socket(
            caller, server_side=True
        )

    def answer(self, connection: socket.socket) -> None:
        """Answer one request."""
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        number = int(request.split(b" ", 2)[1].strip(b"/").split(b".")[0])
        time.sleep(latency(number, self.arguments.latency))
        site = self.site(number)
        if site.etag in request:
            connection.sendall(site.same)
        else:
            connection.sendall(site.whole if b"gzip" in request.lower() else site.plain)


def serve(arguments: argparse.Namespace) -> None:
    """Serve until killed; say when ready."""
    world = World(arguments)
    for number in range(arguments.sites):
        if arguments.warm:
            world.site(number)
    with socket.create_server(("", arguments.port), backlog=4096) as door:  # all of 127.0.0.0/8
        for _ in range(THREADS):
            threading.Thread(target=world.work, args=[door], daemon=True).start()
        print("ready", door.getsockname()[1], flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0, help="default: a free one")
    options.add_argument("--sites", type=int, default=200)
    options.add_argument("--posts", type=int, default=20)
    options.add_argument("--size", type=int, default=SIZE, help="bytes a post, mean")
    options.add_argument(
        "--captured", default="", metavar="FOLDER", help="serve the feeds of a folder instead"
    )
    options.add_argument(
        "--before", type=int, default=0, help="posts that each site wrote before those it shows"
    )
    options.add_argument(
        "--latency", type=span, default="0", help="seconds before each answer, or a range of them"
    )
    options.add_argument(
        "--news", default="news.txt", help="file that says which sites have something new"
    )
    options.add_argument(
        "--https", metavar="FOLDER", help="serve https, with certificates made in this folder"
    )
    options.add_argument(
        "--warm", action="store_true", help="make all feeds before the first request"
    )
    serve(options.parse_args())
