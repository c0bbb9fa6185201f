"""A loopback server of made-up feeds: gzip, ETag, conditional requests, one host a site, as fast as asyncio goes.

Every site has an address of its own below 127.0.0.0/8, all on one port, so that no client's manners towards
a host hold it up. A process of its own: its cost is not counted. Latency can be added to each answer.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import ssl
from hashlib import blake2b
from pathlib import Path

from feeds import FeedMaker


def host(site: int) -> str:
    """Return the loopback address of a site."""
    return f"127.{1 + site // 62_500}.{site // 250 % 250}.{1 + site % 250}"


class Site:
    """What one site answers; made when it is first asked, so that ten thousand sites start at once."""

    def __init__(self, maker: FeedMaker, number: int, posts: int, more: int) -> None:
        body = gzip.compress(maker.feed(number, posts, more), 6, mtime=0)
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
        self.sites: dict[tuple[int, int], Site] = {}
        self.news = Path(arguments.news)

    def more(self, number: int) -> int:
        """Read how many new posts a site has now: the file says "every round", 20 1 = every 20th has one more."""
        if not self.news.exists():
            return 0
        every, count = (int(word) for word in self.news.read_text().split())
        return count if number % every == 0 else 0

    def site(self, number: int) -> Site:
        """Return a site as it is now."""
        key = number, self.more(number)
        if key not in self.sites:
            self.sites[key] = Site(self.maker, number, self.arguments.posts, key[1])
        return self.sites[key]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            number = int(request.split(b" ", 2)[1].strip(b"/").split(b".")[0])
            await asyncio.sleep(self.arguments.latency)
            site = self.site(number)
            if site.etag in request:
                writer.write(site.same)
            else:
                writer.write(site.whole if b"gzip" in request.lower() else site.plain)
            await writer.drain()
        except (OSError, ValueError, IndexError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until killed; say when ready."""
    world = World(arguments)
    for number in range(arguments.sites):
        if arguments.warm:
            world.site(number)
    tls = None
    if arguments.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(arguments.certificate)
    server = await asyncio.start_server(world.answer, "0.0.0.0", arguments.port, backlog=4096, ssl=tls)  # noqa: S104 - all of 127.0.0.0/8
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8123)
    options.add_argument("--sites", type=int, default=200)
    options.add_argument("--posts", type=int, default=20)
    options.add_argument("--size", type=int, default=8_000, help="bytes a post")
    options.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    options.add_argument("--news", default="news.txt", help="file that says which sites have something new")
    options.add_argument("--certificate", help="serve https with this PEM file")
    options.add_argument("--warm", action="store_true", help="make all feeds before the first request")
    asyncio.run(serve(options.parse_args()))
