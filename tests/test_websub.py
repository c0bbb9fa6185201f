"""websub: a ping reaches the hub in the form that hubs take, and a failure is a value that says
why.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from loopback import running

from syndicator.model.settings import Feed
from syndicator.pipeline import hubs
from syndicator.store import Store
from syndicator.websub import Ping, notify

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Hub(ThreadingHTTPServer):
    """A hub that answers with `status` (0: not at all) and remembers what it was told."""

    status = 204
    headers: tuple[tuple[str, str], ...] = ()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict[str, list[str]]] = []
        self.agents: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.told.append(parse_qs(self.rfile.read(length).decode()))
        self.server.agents.append(self.headers["User-Agent"])
        if not self.server.status:
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the machine's would answer in the hub's place."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    with running(server):
        yield server


def test_ping_accepted(hub: Hub) -> None:
    """The hub is told the topic, under both names that hubs know, by our User-Agent."""
    (result,) = notify(
        [Ping(hub.url, "https://planet.example.org/rss.xml")], "syndicator/1 (+mail)", NOW
    )
    topic = ["https://planet.example.org/rss.xml"]
    assert result.error == ""
    assert hub.told == [{"hub.mode": ["publish"], "hub.url": topic, "hub.topic": topic}]
    assert hub.agents == ["syndicator/1 (+mail)"]


def test_two_feeds_are_two_pings_to_the_hub(hub: Hub) -> None:
    """Each topic is told, in order."""
    results = notify(
        [Ping(hub.url, "https://a.example/1"), Ping(hub.url, "https://a.example/2")], "x", NOW
    )
    assert [result.error for result in results] == ["", ""]
    assert [told["hub.url"] for told in hub.told] == [
        ["https://a.example/1"],
        ["https://a.example/2"],
    ]


def test_hub_refuses(hub: Hub) -> None:
    """A refusal is told with its status; the next topic is still tried."""
    hub.status = 403
    results = notify(
        [Ping(hub.url, "https://a.example/1"), Ping(hub.url, "https://a.example/2")], "x", NOW
    )
    assert [result.error for result in results] == ["the hub answered 403 Forbidden"] * 2
    assert len(hub.told) == 2


def test_hub_has_moved(hub: Hub) -> None:
    """A redirect is no acceptance: the POST is not repeated elsewhere, and the error names the new
    address.
    """
    hub.status, hub.headers = 301, (("Location", "https://new.example/hub"),)
    (result,) = notify([Ping(hub.url, "https://a.example/1")], "x", NOW)
    assert (
        result.error
        == "the hub answered 301 Moved Permanently: it has moved to https://new.example/hub"
    )


def test_hub_that_does_not_answer(hub: Hub) -> None:
    """It is not told of the next topic in the same run: each would cost us a timeout."""
    hub.status = 0
    results = notify(
        [Ping(hub.url, "https://a.example/1"), Ping(hub.url, "https://a.example/2")], "x", NOW
    )
    assert [result.error for result in results] == ["no answer from the hub: ConnectionError"] * 2
    assert len(hub.told) == 1


def test_hub_is_down() -> None:
    """No answer is an error, never an exception."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        results = notify(
            [Ping(url, "https://a.example/1"), Ping(url, "https://a.example/2")], "x", NOW
        )
    assert [result.error for result in results] == ["no answer from the hub: ConnectionError"] * 2


def test_hub_address_that_is_none() -> None:
    """An address that requests refuses is an error like any other."""
    (result,) = notify([Ping("hub", "https://a.example/1")], "x", NOW)
    assert result.error == "no answer from the hub: MissingSchema"


def test_a_hub_that_asks_to_be_left_alone(hub: Hub) -> None:
    """Its Retry-After holds for all topics and for the runs until then; two days are the most."""
    hub.status, hub.headers = 429, (("Retry-After", "3600"),)
    topics = [Ping(hub.url, f"https://a.example/{n}") for n in range(3)]
    results = notify(topics, "x", NOW)
    assert [result.retry_at for result in results] == [NOW + timedelta(hours=1)] * 3
    assert len(hub.told) == 1
    feed = Feed(title="Planet", hub=hub.url)
    with Store(":memory:") as store:
        store.meta.add_ping(hub.url, "https://a.example/1", NOW)
        (line,) = hubs.ping(store, [feed], "x", NOW)
        assert "429" in line
        assert hubs.ping(store, [feed], "x", NOW + timedelta(minutes=59)) == []
        assert len(hub.told) == 2
        hub.status, hub.headers = 204, ()
        assert hubs.ping(store, [feed], "x", NOW + timedelta(minutes=61)) == []
        assert len(hub.told) == 3
        assert store.meta.pending_pings() == []


def test_a_hub_that_feeds_toml_names_no_more(hub: Hub) -> None:
    """It is forgotten with the pings that it did not get."""
    with Store(":memory:") as store:
        store.meta.add_ping(hub.url, "https://a.example/1", NOW)
        assert hubs.ping(store, [Feed(title="Planet")], "x", NOW) == []
        assert store.meta.pending_pings() == []
    assert hub.told == []
