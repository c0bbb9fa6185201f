"""A folder of published documents -> HTTP, for a reader on this machine: `serve`.

    documents     which files may be seen, with their types, validators and compression
    search        the page of a search, where a feed has one
    connections   how many clients may be connected, and how long each may take

Starlette and uvicorn do the rest.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from syndicator.errors import SyndicatorError
from syndicator.formats import FORMATS, file_name
from syndicator.model.settings import Config, Feed
from syndicator.serve import search
from syndicator.serve.connections import BACKLOG, OpenConnections, Protocol
from syndicator.serve.documents import Documents, is_below, recommendations

_MADE = {"source": "by-source", "language": "by-language"}  # folders of feeds that may be many
_IN_ORDER = ("html", "atom", "json", "opml", "rss", "fragment")


def serve(
    config: Config, host: str, port: int, stop: threading.Event, *, say: Callable[[str], object]
) -> None:
    """Serve the folder of the first feed until `stop` is set, as signals do.

    `say` is given each line for the operator: the address it listens on, and those to subscribe
    to. Port 0 takes a free one. Raises SyndicatorError where the folder is missing or the address
    can't be listened on.
    """
    folder = config.feeds[0].output
    with listen(folder, host, port) as listening:
        for text in greeting(config, address(listening)):
            say(text)
        routes = [*search.routes(config, folder), *recommendations(config.feeds[0])]
        server(folder, stop, say, routes).run(sockets=[listening])
        say("Stopped.")


def listen(folder: Path, host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that the first reader may come at once."""
    if not folder.is_dir():
        raise SyndicatorError(f"{folder} is not there yet: `syndicator run` makes it")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        what = (error.strerror or str(error)).partition(" (while")[0]
        advice = "choose an address of this machine with --host, another port with --port"
        raise SyndicatorError(f"can't listen on {host}, port {port}: {what}; {advice}") from error


def address(listening: socket.socket) -> str:
    """Return the URL of a listening socket; a wildcard is named as this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  named, not bound
    if ":" in host:  # IPv6
        host = f"[{host}]"
    return f"http://{host}:{port}/"


def greeting(config: Config, base: str) -> Iterator[str]:
    """Yield the lines for the operator: the addresses to open and to subscribe to.

    Feeds that are configured no more are not named, though their files may still be there.
    """
    folder = config.feeds[0].output
    yield f"Serving {folder} at {base} until Ctrl-C."
    lines: list[str] = []
    for feed in config.feeds:
        if not feed.per:
            lines += _addresses(feed, folder, base)
    if not lines:
        yield "Nothing is published there yet; what `syndicator run` writes is served at once."
    yield from lines
    made = Counter[str](feed.per for feed in config.feeds if feed.output.is_dir())
    if config.per_language:  # feeds of languages are known to the state file alone
        made["language"] = sum(path.is_dir() for path in (folder / _MADE["language"]).glob("*"))
    for per, name in _MADE.items():
        if made[per]:
            yield f"{'Feeds:':<11}{base}{name}/... ({made[per]})"


def _addresses(feed: Feed, folder: Path, base: str) -> Iterator[str]:
    """Yield a line for each document of a feed that is there."""
    for name in _IN_ORDER:
        path = feed.output / file_name(feed, name)
        if name in feed.formats and is_below(path, folder) and path.is_file():
            label = "Page" if name == "html" else FORMATS[name].label
            yield f"{label + ':':<11}{base}{quote(path.relative_to(folder).as_posix())}"


class Server(uvicorn.Server):
    """uvicorn, which an event ends as well.

    While it runs it takes signals itself, and raises them again when it has ended in order. It
    misses one that comes before: the receiver of that one sets the event.
    """

    def __init__(
        self, config: uvicorn.Config, stop: threading.Event, connections: OpenConnections
    ) -> None:
        """Make a server, which is run with sockets that already listen."""
        super().__init__(config)
        self.stop = stop
        self.connections = connections

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to end; asked ten times a second."""
        self.connections.close_late()
        return await super().on_tick(counter) or self.stop.is_set()


def server(
    folder: Path,
    stop: threading.Event,
    say: Callable[[str], object] = lambda _: None,
    routes: Sequence[Route] = (),
) -> Server:
    """Return the server of a folder; `say` is told of clients that were turned away.

    `routes` answer what is no file, before the files: see `search`.
    """
    connections = OpenConnections(say)
    config = uvicorn.Config(
        Starlette(routes=[*routes, Mount("/", Documents(directory=folder, html=True))]),
        http=partial(Protocol, connections),  # type: ignore[arg-type]  # it is only called
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=2,  # seconds that a slow reader can delay Ctrl-C
    )
    # A line for each malformed request, or for each socket too many, would let any client fill the
    # disk.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return Server(config, stop, connections)
