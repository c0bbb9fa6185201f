"""Manners and bounds as a server sees them: what is asked, how often, with which headers, and where
we go.
"""

import base64
import gc
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from hostile import PAGE, RSS, Feed, Site, Talk, feed, healthy, says, to
from msgspec.structs import replace

from syndicator import fetcher
from syndicator.model.fetch import Ask, Fetched, FetchFailed, NotModified, Outcome, Validators
from syndicator.model.settings import FetchSettings, Source

SETTINGS = FetchSettings(
    delay=timedelta(0), user_agent="syndicator/9.9 (+https://operator.example/)"
)
PATIENCE = timedelta(minutes=1)
NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with Site(tmp_path, healthy_feeds=0, hostile=False) as site:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(site.authority_file))
        yield site


def ask(url: str, name: str = "a", **more: object) -> Ask:
    return Ask(Source(name, url, timeout=PATIENCE, **more), url)  # type: ignore[arg-type]


def one(url: str | Ask, settings: FetchSettings = SETTINGS, **more: object) -> Outcome:
    outcome = fetcher.fetch_one(url if isinstance(url, Ask) else ask(url), settings, **more)  # type: ignore[arg-type]
    assert outcome is not None
    return outcome


def every(asks: list[Ask], settings: FetchSettings = SETTINGS) -> list[Outcome]:
    return list(fetcher.fetch_all(asks, settings, threading.Event()))


def failure(outcome: Outcome) -> FetchFailed:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome


def whole(outcome: Outcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def port(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


# --- what is asked
# ----------------------------------------------------------------------------------


def test_request_says_who_we_are_and_what_we_read(site: Site):
    """User-Agent as configured, feeds before the rest, every compression that we can undo; nothing
    of a browser.
    """
    one(site.add("a", healthy("a")).url + "?x=1&y=%20#part")
    (seen,) = site.seen
    assert seen.target == "/feed?x=1&y=%20"
    assert seen.headers["user-agent"] == SETTINGS.user_agent
    assert seen.headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert seen.headers["accept"].startswith("application/atom+xml")
    assert "if-none-match" not in seen.headers
    assert "mozilla" not in str(seen.headers).lower()


def test_conditions_are_the_validators_as_received(site: Site):
    """Weak, unquoted or nonsense: they go back letter for letter, and a 304 is the answer."""
    odd = Validators('W/unquoted "x', "Thursday 32nd")
    host = site.add(
        "a",
        lambda talk: talk.send(b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\n\r\n"),
    )
    outcome = one(replace(ask(host.url), validators=odd))
    assert isinstance(outcome, NotModified)
    assert outcome.max_age == timedelta(seconds=60)
    assert site.seen[0].headers["if-none-match"] == odd.etag
    assert site.seen[0].headers["if-modified-since"] == odd.last_modified


def test_the_same_body_again_is_not_modified(site: Site):
    """A server that ignores conditions: the hash of the body tells."""
    host = site.add("a", says("200 OK", RSS, 'ETag: "new"', body=feed("a")))
    first = whole(one(host.url))
    again = one(replace(ask(host.url), body_hash=first.body_hash))
    assert isinstance(again, NotModified)
    assert again.by_hash
    assert again.validators.etag == '"new"'


def test_headers_and_credentials_of_a_source(site: Site):
    """`headers` and basic auth are sent; user and password in the address never stand in the
    request line.
    """
    host = site.add("a", healthy("a"))
    one(ask(host.url, headers={"X-Key": "s3cret"}, auth=("me", "pass:word")))
    one(ask(host.url.replace("http://", "http://m%65:p%40ss@")))
    one(ask(host.url, headers={"X-Name": "Nguy\u1ec5n"}))
    first, second, third = site.seen
    assert first.headers["x-key"] == "s3cret"
    assert third.headers["x-name"].encode("latin-1").decode() == "Nguy\u1ec5n"
    assert (
        base64.b64decode(first.headers["authorization"].removeprefix("Basic ")) == b"me:pass:word"
    )
    assert base64.b64decode(second.headers["authorization"].removeprefix("Basic ")) == b"me:p@ss"
    assert "@" not in second.headers["host"] + second.target


def test_secrets_stay_with_their_host(site: Site):
    """A redirect to another host (a port is one) takes no header and no password along; back home
    they are.
    """
    other = site.add("other", healthy("other"))
    home = site.add("home", lambda talk: to(other.url if talk.target == "/feed" else "/feed")(talk))
    one(ask(home.url.replace("/feed", "/start"), headers={"Cookie": "x=1"}, auth=("me", "pw")))
    assert [seen.name for seen in site.seen] == ["home", "home", "other"]
    assert ["authorization" in seen.headers and "cookie" in seen.headers for seen in site.seen] == [
        True,
        True,
        False,
    ]


def test_secrets_stay_behind_tls(site: Site):
    """A redirect from https to http, on the same host, takes nothing along that a listener could
    read.
    """
    bare = site.add("bare", healthy("bare"))
    home = site.add("home", to(bare.url), site.context())
    whole(one(ask(home.url, headers={"Cookie": "x=1"}, auth=("me", "pw"))))
    assert [(seen.name, {"authorization", "cookie"} & {*seen.headers}) for seen in site.seen] == [
        ("home", {"authorization", "cookie"}),
        ("bare", set()),
    ]


# --- redirects
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), 1),
        ((308, 301), 2),
        ((302,), 0),
        ((303,), 0),
        ((307,), 0),
        ((301, 302), 1),
        ((302, 301), 0),
    ],
)
def test_permanent_redirects_name_the_new_address(
    site: Site, statuses: tuple[int, ...], moved: int
):
    """All are followed; the new address is where the permanent ones led before the first temporary
    one.
    """

    def play(talk: Talk) -> None:
        step = int(talk.target.strip("/").replace("feed", "0"))
        if step == len(statuses):
            return healthy("end")(talk)
        return talk.answer(f"{statuses[step]} Elsewhere", f"Location: /{step + 1}")

    host = site.add("a", play)
    outcome = whole(one(host.url))
    base = host.url.removesuffix("/feed")
    assert outcome.url == f"{base}/{len(statuses)}"
    assert outcome.moved_to == (f"{base}/{moved}" if moved else "")


def test_redirects_wait_their_turn_at_the_host_they_lead_to(site: Site):
    """A hundred sources that redirect to one host do not fall on it at once."""
    crowd = Crowding(site, hold=0.02)
    asks = [ask(site.add(f"{n}", to(f"{crowd.feed.url}/{n}")).url, f"{n}") for n in range(12)]
    assert all(isinstance(outcome, Fetched) for outcome in every(asks))
    assert crowd.most <= 2


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://[/", "protocol"),
        ("http:///feed", "redirect-loop"),
        ("http://", "redirect-loop"),
        ("http://a:b:c/", "connect"),
        ("http://127.0.0.1:99999/", "connect"),
        ("http://exa mple.invalid/", "protocol"),
        ("http://*/", "protocol"),
        ("gopher://a.example/", "forbidden-address"),
        ("javascript:alert(1)", "forbidden-address"),
    ],
)
def test_redirects_to_nonsense(site: Site, location: str, kind: str):
    """What is no address is named as that, and never a bug."""
    assert failure(one(site.add("a", to(location)).url)).kind == kind


def test_a_location_in_utf8_keeps_its_letters(site: Site):
    """Its bytes must not be cut where latin-1 sees a line end (0x85 is half of an A with a
    ring).
    """

    def play(talk: Talk) -> None:
        if talk.target == "/feed":
            return talk.send(
                "HTTP/1.1 302 Found\r\nLocation: /\u00c5land?q=\u00e9 1#top\r\n\r\n".encode()
            )
        return healthy("a")(talk)

    assert isinstance(one(site.add("a", play).url), Fetched)
    assert site.seen[1].target == "/%C3%85land?q=%C3%A9%201"


def test_redirects_to_a_host_that_was_given_up(site: Site):
    """They have failed with it, and cost no timeouts of their own."""
    tried: list[str] = []
    asks = [ask(site.add(f"{n}", to(f"http://127.0.0.1:1/{n}")).url, f"{n}") for n in range(20)]
    outcomes = list(fetcher.fetch_all(asks, SETTINGS, threading.Event(), lookup=counting(tried)))
    assert {failure(outcome).kind for outcome in outcomes} == {"connect"}
    assert len(outcomes) == 20
    assert len(tried) <= 20 + 3


def test_cookies_are_kept_along_one_chain_of_redirects(site: Site):
    """A site that sets a cookie and leads back is read; the cookie goes to no other host, and is
    forgotten.
    """
    other = site.add("other", healthy("other"))

    def play(talk: Talk) -> None:
        if talk.target == "/away":
            return talk.answer(
                "302 Found",
                "Set-Cookie: b=2",
                f"Location: {other.url.replace('127.0.0.1', 'localhost')}",
            )
        if "seen=1" in talk.headers.get("cookie", ""):
            return healthy("a")(talk)
        return talk.answer("302 Found", "Set-Cookie: seen=1; Path=/", "Location: /feed")

    host = site.add("a", play)
    whole(one(host.url))
    whole(one(host.url.replace("/feed", "/away")))
    assert [seen.headers.get("cookie") for seen in site.seen] == [None, "seen=1", None, None]


def test_a_page_that_never_accepts_its_cookie(site: Site):
    """It ends as a loop, after as many redirects as any other."""

    def play(talk: Talk) -> None:
        talk.answer("302 Found", "Set-Cookie: x=1", "Location: /feed")

    assert failure(one(site.add("a", play).url)).kind == "redirect-loop"


@pytest.mark.parametrize("status", ["400 Bad Request", "412 Precondition Failed", "500 Oh"])
def test_a_server_that_fails_on_a_condition(site: Site, status: str):
    """It is asked once more without one, and its validators are not kept for the next time."""

    def play(talk: Talk) -> None:
        if "if-none-match" in talk.headers:
            return talk.answer(status)
        return talk.answer("200 OK", RSS, 'ETag: "1"', body=feed("a"))

    host = site.add("a", play)
    outcome = whole(one(replace(ask(host.url), validators=Validators('"0"'))))
    assert outcome.validators == Validators()
    assert len(site.seen) == 2


def test_a_server_that_fails_without_a_condition_too(site: Site):
    """It has failed: two requests are the most."""
    host = site.add("a", says("500 Oh"))
    assert failure(one(replace(ask(host.url), validators=Validators('"0"')))).kind == "server-error"
    assert len(site.seen) == 2


# --- how many at once
# -------------------------------------------------------------------------------


class Crowding:
    """A host that counts how many requests it has at once, and when each began."""

    def __init__(self, site: Site, hold: float = 0.05) -> None:
        self.now = self.most = 0
        self.began: list[float] = []
        self._lock = threading.Lock()
        self._hold = hold
        self.feed = site.add("crowd", self.play)

    def play(self, talk: Talk) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.began.append(time.monotonic())
        talk.closing.wait(self._hold)
        with self._lock:
            self.now -= 1
        talk.answer("200 OK", RSS, body=feed(talk.target))


def test_per_host_at_once(site: Site):
    """At most so many requests at a time to one host, and really that many."""
    crowd = Crowding(site)
    outcomes = every(
        [ask(f"{crowd.feed.url}/{n}", f"{n}") for n in range(9)], replace(SETTINGS, per_host=3)
    )
    assert len(outcomes) == 9
    assert crowd.most == 3


def test_delay_between_two_requests_to_a_host(site: Site):
    """The gap is kept between starts; the agenda's own tests show it to the instant."""
    crowd = Crowding(site, hold=0)
    settings = replace(SETTINGS, delay=timedelta(seconds=0.4))
    every([ask(f"{crowd.feed.url}/{n}", f"{n}") for n in range(3)], settings)
    gaps = [later - earlier for earlier, later in zip(crowd.began, crowd.began[1:], strict=False)]
    assert min(gaps) > 0.1


def test_jobs_at_once(site: Site):
    """However many hosts there are, `jobs` is the most that is under way."""
    crowds = [Crowding(site) for _ in range(8)]
    together = threading.Semaphore(3)
    over = []

    def play(talk: Talk) -> None:
        if not together.acquire(blocking=False):
            over.append(talk.port)
            return healthy("x")(talk)
        talk.closing.wait(0.05)
        together.release()
        return healthy("x")(talk)

    asks = [ask(site.add(f"h{n}", play).url, f"{n}") for n in range(len(crowds))]
    assert len(every(asks, replace(SETTINGS, jobs=3))) == len(asks)
    assert not over


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bind no thread to a core")
def test_the_threads_of_a_fetch_stay_on_one_core(site: Site):
    """An answer wakes no other core. The caller has all its cores back at the end."""
    cores = os.sched_getaffinity(0)
    asks = [ask(site.add(f"h{n}", healthy(f"{n}")).url, f"{n}") for n in range(3)]
    outcomes = fetcher.fetch_all(asks, SETTINGS, threading.Event())
    next(outcomes)
    assert len(os.sched_getaffinity(0)) == 1
    assert len(list(outcomes)) == 2
    assert os.sched_getaffinity(0) == cores


def test_bodies_wait_to_be_taken(site: Site):
    """While the reader is busy with one, no more than `jobs` bodies come into being."""
    asks = [ask(site.add(f"h{n}", healthy(f"{n}")).url, f"{n}") for n in range(20)]
    outcomes = fetcher.fetch_all(asks, replace(SETTINGS, jobs=4), threading.Event())
    next(outcomes)
    time.sleep(0.3)
    assert len(site.seen) <= 5
    assert len(list(outcomes)) == 19


def test_a_host_that_answers_429_is_left_alone_for_the_rest_of_the_run(site: Site):
    """Its other sources are not asked, and nothing is said of them: neither success nor failure."""
    host = site.add("busy", says("429 Too Many Requests", "Retry-After: 60"))
    other = site.add("other", healthy("other"))
    asks = [ask(f"{host.url}/{n}", f"{n}") for n in range(9)]
    outcomes = every([*asks, ask(other.url, "other")], replace(SETTINGS, per_host=1))
    assert {outcome.source_id for outcome in outcomes} == {"0", "other"}
    assert len(site.requests_to("busy")) == 1


def test_a_host_that_can_not_be_reached_is_given_up_after_two(site: Site):
    """Two hundred sources of a dead host must not cost two hundred timeouts; all of them have
    failed.
    """
    asks = [ask(f"http://127.0.0.1:1/{n}", f"{n}") for n in range(200)]
    tried: list[str] = []
    outcomes = list(fetcher.fetch_all(asks, SETTINGS, threading.Event(), lookup=counting(tried)))
    assert len(outcomes) == 200
    assert {failure(outcome).kind for outcome in outcomes} == {"connect"}
    assert len(tried) <= 3


def counting(tried: list[str]) -> object:
    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        tried.append(host)
        return [(2, (host, number))]

    return lookup


# --- Retry-After
# ------------------------------------------------------------------------------------


# Its clock is a year off: the date counts against its own Date.
YEAR_OFF = ["Date: Mon, 01 May 2023 12:00:00 GMT", "Retry-After: Mon, 01 May 2023 12:10:00 GMT"]


@pytest.mark.parametrize(
    ("status", "fields", "wait", "scope"),
    [
        ("429 Slow Down", ["Retry-After: 7200"], 7200, "host"),
        ("429 Slow Down", ["Retry-After: Wed, 01 May 2024 13:00:00 GMT"], 3600, "host"),
        ("503 Later", ["Retry-After: 90"], 90, "source"),
        ("503 Later", YEAR_OFF, 600, "source"),
        ("500 Oh", ["Retry-After: 60"], 60, "source"),
        ("503 Later", ["Retry-After: 99999999999999999999"], 2 * 86400, "source"),
        ("503 Later", ["Retry-After: Wed, 01 May 2024 11:00:00 GMT"], None, "source"),
        ("503 Later", ["Retry-After: -5"], None, "source"),
        ("503 Later", ["Retry-After: soon"], None, "source"),
        ("503 Later", [], None, "source"),
    ],
)  # fmt: skip
def test_retry_after(site: Site, status: str, fields: list[str], wait: int | None, scope: str):
    """Seconds or a date; 429 counts for the host, all else for the source; rubbish is none."""
    outcome = failure(one(site.add("a", says(status, *fields)).url, clock=lambda: NOW))
    assert outcome.retry_at == (NOW + timedelta(seconds=wait) if wait is not None else None)
    assert outcome.retry_scope == scope


def test_scope_of_a_retry_after_is_settable(site: Site):
    """`backoff_scope` of [fetch], or the source's own, which wins."""
    host = site.add("a", says("429 Slow Down", "Retry-After: 5"))
    settings = replace(SETTINGS, backoff_scope="source")
    assert failure(one(host.url, settings)).retry_scope == "source"
    assert failure(one(ask(host.url, backoff_scope="host"), settings)).retry_scope == "host"


# --- where we may be led
# ----------------------------------------------------------------------------


def lookup_to(*addresses: str) -> object:
    """Return a resolver whose answers change from one to the next; the last one stays."""
    left = list(addresses)

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(2, (address, number))]

    return lookup


def test_a_public_source_is_not_led_inward_by_dns_that_changes(site: Site):
    """The name led to a public address before; now it leads to loopback, and nothing is sent
    there.
    """
    host = site.add("a", healthy("a"))
    url = f"http://feed.example:{port(host.url)}/feed"
    rebound = replace(ask(url), reach="public")
    assert failure(one(rebound, lookup=lookup_to("127.0.0.1"))).kind == "forbidden-address"
    assert not site.seen


def test_only_the_address_that_is_allowed_is_connected_to(site: Site):
    """A name with an inward and a public address: only the public one is tried."""

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        return [(2, ("127.0.0.1", number)), (2, ("192.0.2.1", number))]

    host = site.add("a", healthy("a"))
    asked = Ask(
        Source("a", f"http://feed.example:{port(host.url)}/", timeout=timedelta(seconds=0.3)), ""
    )
    asked = replace(asked, url=asked.source.url, reach="public")
    assert failure(one(asked, lookup=lookup)).kind in ("timeout", "connect", "forbidden-address")
    assert not site.seen


def test_a_host_whose_first_address_leads_nowhere(site: Site):
    """It leaves time for the next; so does one of a family that this machine knows nothing of."""
    live, dead = port(site.add("a", healthy("a")).url), port(site.full())

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        return [(98, ("127.0.0.1", live)), (2, ("127.0.0.1", dead)), (2, ("127.0.0.1", live))]

    asked = Ask(
        Source("a", "http://feed.example/feed", timeout=timedelta(seconds=3)),
        "http://feed.example/feed",
    )
    whole(one(asked, lookup=lookup))


def test_many_dead_addresses_before_a_live_one(site: Site):
    """Families take turns, and all are tried within the deadline."""
    live = port(site.add("a", healthy("a")).url)

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        return [*[(10, ("::1", 1))] * 3, *[(2, ("127.0.0.1", 1))] * 5, (2, ("127.0.0.1", live))]

    whole(one("http://feed.example/feed", lookup=lookup))


def test_a_bug_on_the_way_to_an_address(site: Site):
    """It is told as one, and the next address is not tried over it."""
    live = port(site.add("a", healthy("a")).url)

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        return [(2, ("127.0.0.1", "no number")), (2, ("127.0.0.1", live))]

    assert failure(one("http://feed.example/feed", lookup=lookup)).kind == "bug"
    assert not site.seen


def test_an_address_that_the_operator_named_works(site: Site):
    """Loopback by literal or by a name of his own, from the first time on."""
    host = site.add("a", healthy("a"))
    assert whole(one(host.url)).reach == "loopback"
    named = ask(f"http://feed.intranet:{port(host.url)}/feed")
    assert whole(one(named, lookup=lookup_to("127.0.0.1"))).reach == "loopback"
    assert isinstance(one(replace(named, reach="loopback"), lookup=lookup_to("127.0.0.1")), Fetched)


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://192.168.1.1/", "http://[fe80::1]/", "http://[fd00::1]/"],
)  # fmt: skip
def test_a_source_on_loopback_leads_no_farther_inward(site: Site, target: str):
    """It may redirect on loopback, not to the private network or to metadata."""
    assert failure(one(site.add("a", to(target)).url)).kind == "forbidden-address"


def test_inward_never(site: Site):
    """Then not even the addresses and names that feeds.toml writes are asked."""
    host = site.add("a", healthy("a"))
    never = replace(SETTINGS, inward="never")
    assert failure(one(host.url, never)).kind == "forbidden-address"
    named = ask(f"http://feed.example:{port(host.url)}/feed")
    assert failure(one(named, never, lookup=lookup_to("127.0.0.1"))).kind == "forbidden-address"
    assert not site.seen


def test_a_slow_resolver_ends_at_the_deadline(site: Site):
    """The system's resolver can't be interrupted: the source times out, the others come, nobody
    waits for it.
    """
    release = threading.Event()
    answered: list[int] = []

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        if host == "slow.example":
            release.wait(20)
            answered.append(number)
        return [(2, ("127.0.0.1", number))]

    host = site.add("a", healthy("a"))
    slow = [
        Ask(Source(f"{n}", f"http://slow.example:{n}/", timeout=timedelta(seconds=0.2)), "")
        for n in range(2)
    ]
    asks = [replace(each, url=each.source.url) for each in slow]
    outcomes = fetcher.fetch_all(
        [*asks, ask(host.url)], replace(SETTINGS, jobs=1), threading.Event(), lookup=lookup
    )
    kinds = [getattr(outcome, "kind", "ok") for outcome in outcomes]
    assert not answered
    release.set()
    assert kinds == ["timeout", "timeout", "ok"]


# --- proxies
# ----------------------------------------------------------------------------------------


@pytest.fixture
def proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """A proxy named in the environment; it answers for every host itself."""

    def play(talk: Talk) -> None:
        if "inward" in talk.target:
            return to("http://127.0.0.1:1/")(talk)
        if "spelled" in talk.target:
            return to(f"http://{unquote(talk.target.partition('?')[2])}/")(talk)
        return healthy("proxied")(talk)

    host = site.add("proxy", play)
    monkeypatch.setenv("http_proxy", f"http://user:p%40ss@127.0.0.1:{port(host.url)}")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    return host


def test_proxy_of_the_environment(site: Site, proxy: Feed):
    """It is asked in absolute form, with its own credentials, and resolves the names itself."""
    assert isinstance(one("http://unresolvable.example/feed"), Fetched)
    (seen,) = site.seen
    assert seen.target == "http://unresolvable.example/feed"
    assert seen.headers["host"] == "unresolvable.example"
    assert (
        base64.b64decode(seen.headers["proxy-authorization"].removeprefix("Basic ")) == b"user:p@ss"
    )


def test_no_proxy_is_respected(site: Site, proxy: Feed):
    """Hosts in no_proxy are asked directly."""
    host = site.add("direct", healthy("direct"))
    assert isinstance(one(host.url), Fetched)
    assert [seen.name for seen in site.seen] == ["direct"]


def test_behind_a_proxy_literal_addresses_are_checked(site: Site, proxy: Feed):
    """The names are the proxy's affair; a redirect to a literal inward address is refused."""
    assert failure(one("http://public.example/inward")).kind == "forbidden-address"


SPELLINGS = ["2130706433", "0x7f.1", "127.1", "localhost", "127.0.0.1", "[::ffff:7f00:1]", "0"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_odd_spellings_of_loopback_are_seen_through(
    site: Site, proxy: Feed, spelling: str, monkeypatch: pytest.MonkeyPatch
):
    """What a public source redirects to is judged by the address connected to, however it is
    written.
    """
    inner = site.add("inner", healthy("inner"))
    monkeypatch.setenv("no_proxy", ",".join(SPELLINGS))  # so that it is we who would go there
    outcome = failure(one(f"http://public.example/spelled?{spelling}:{port(inner.url)}"))
    assert outcome.kind == "forbidden-address"
    assert [seen.name for seen in site.seen] == ["proxy"]


def test_https_through_a_proxy(site: Site, monkeypatch: pytest.MonkeyPatch):
    """A tunnel is asked for, and TLS is verified inside it."""
    inner = site.add("inner", healthy("inner"), site.context())

    def play(talk: Talk) -> None:
        """Connect the two, as a proxy does."""
        with socket.create_connection(("127.0.0.1", port(inner.url))) as beyond:
            talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threads = [
                threading.Thread(target=pump, args=pair)
                for pair in ((talk.connection, beyond), (beyond, talk.connection))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    host = site.add("proxy", play)
    monkeypatch.setenv("https_proxy", f"127.0.0.1:{port(host.url)}")
    outcome = one(f"https://localhost:{port(inner.url)}/feed")
    assert isinstance(outcome, Fetched), outcome
    assert [seen.name for seen in site.seen] == ["proxy", "inner"]
    assert site.seen[0].target == f"localhost:{port(inner.url)}"


def pump(source, target) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_a_proxy_that_refuses_the_tunnel(site: Site, monkeypatch: pytest.MonkeyPatch):
    """Its answer is named, not taken for the feed's."""
    host = site.add("proxy", says("502 Bad Gateway"))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port(host.url)}")
    assert "proxy" in failure(one("https://public.example/")).error


# --- TLS
# --------------------------------------------------------------------------------------------


def test_one_tls_context_for_all_connections(site: Site, monkeypatch: pytest.MonkeyPatch):
    """Making one costs 25 ms of CPU; it is made once, by the standard library, and verifies."""
    made: list[ssl.SSLContext] = []
    create = ssl.create_default_context

    def counted(*args: object, **more: object) -> ssl.SSLContext:
        made.append(create(*args, **more))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    hosts = [site.add(f"h{n}", healthy(f"{n}"), site.context()) for n in range(6)]
    outcomes = every([ask(host.url, host.name) for host in hosts])
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert len(made) == 1
    assert made[0].verify_mode == ssl.CERT_REQUIRED
    assert made[0].check_hostname


def test_a_source_with_an_authority_of_its_own(site: Site, monkeypatch: pytest.MonkeyPatch):
    """`verify` names its certificates, for its own host; a file that holds none is named as
    that.
    """
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    host = site.add("a", healthy("a"), site.context())
    assert failure(one(host.url)).kind == "tls"
    whole(one(ask(host.url, verify=site.authority_file)))
    assert "verify" in failure(one(ask(host.url, verify=Path(__file__)))).advice
    there = host.url.replace("127.0.0.1", "localhost")
    led = ask(site.add("b", to(there)).url, verify=site.authority_file)
    assert failure(one(led)).kind == "tls"


def test_no_tls_context_where_none_is_needed(site: Site, monkeypatch: pytest.MonkeyPatch):
    """A run over http pays for no certificates."""
    monkeypatch.setattr(ssl, "create_default_context", None)
    assert isinstance(one(site.add("a", healthy("a")).url), Fetched)


# --- private sources
# --------------------------------------------------------------------------------


PRIVATE_ANSWERS = {
    "page": says("200 OK", "Content-Type: text/html", body=PAGE),
    "refused": says("403 No"),
    "loop": lambda talk: talk.answer("302 Found", f"Location: {talk.target}"),
    "elsewhere": to("http://10.0.0.1/t0ken"),
    "cut": lambda talk: talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<"),
    "good": healthy("p"),
}


@pytest.mark.parametrize("name", PRIVATE_ANSWERS)
def test_a_private_address_is_in_no_error_and_no_repr(site: Site, name: str):
    """Neither the address, nor a header, nor a password."""
    host = site.add("a", PRIVATE_ANSWERS[name])
    secrets = {"headers": {"X-Key": "s3cret"}, "auth": ("user1", "pa55")}
    asked = ask(f"{host.url}?token=t0ken", private=True, **secrets)
    shown = repr(one(asked)) + repr(asked)
    for secret in ("t0ken", "s3cret", "pa55", "user1", str(port(host.url)), "announced"):
        assert secret not in shown


# --- discovery
# --------------------------------------------------------------------------------------


def test_follow_goes_on_to_the_feed_that_a_page_announces(site: Site):
    """For the one-off fetch: the page's first feed is read, as one more hop with the same
    bounds.
    """
    host = site.add(
        "a", lambda talk: (healthy("found") if "announced" in talk.target else PLAY_PAGE)(talk)
    )
    assert whole(one(host.url, follow=True)).body == feed("found")
    assert failure(one(host.url)).kind == "html"


def test_follow_goes_where_a_page_sends_browsers(site: Site):
    """A front page that only leads on (meta refresh) is left for the page that announces the
    feed.
    """
    refresh = b'<html><meta http-equiv="Refresh" content="0; URL=\'/blog/\'"><p>Moved.</html>'
    plays = {
        "/feed": says("200 OK", "Content-Type: text/html", body=refresh),
        "/blog/": PLAY_PAGE,
        "/announced.xml": healthy("found"),
    }
    host = site.add("a", lambda talk: plays[talk.target](talk))
    assert whole(one(host.url, follow=True)).body == feed("found")
    assert "/blog/" in failure(one(host.url)).advice


def test_a_feed_in_the_link_header(site: Site):
    """A page may announce its feed in its head alone (RFC 8288)."""
    link = 'Link: </announced.xml>; rel="alternate"; type="application/rss+xml", </x>; rel=next'
    page = says("200 OK", "Content-Type: text/html", link, body=b"<html><p>Hi.</html>")
    host = site.add(
        "a", lambda talk: (healthy("found") if "announced" in talk.target else page)(talk)
    )
    assert whole(one(host.url, follow=True)).body == feed("found")


def test_follow_does_not_lead_inward(site: Site):
    """A page that announces a feed on the private network is not followed there."""
    page = b'<html><link rel="alternate" type="application/rss+xml" href="http://10.1.2.3/feed">'
    host = site.add("a", says("200 OK", "Content-Type: text/html", body=page))
    assert failure(one(host.url, follow=True)).kind == "forbidden-address"


PLAY_PAGE = says("200 OK", "Content-Type: text/html", body=PAGE)


# --- files
# ------------------------------------------------------------------------------------------


def test_files_are_read_where_they_are(tmp_path: Path):
    """Conditional by time and size, then by hash; what is missing, empty or no file is a failed
    source.
    """
    path = tmp_path / "feed.xml"
    path.write_bytes(feed("file"))
    asked = Ask(Source("f", "", path=path), str(path))
    first = whole(one(asked))
    assert first.body == feed("file")
    known = replace(asked, validators=first.validators, body_hash=first.body_hash)
    same = one(known)
    assert isinstance(same, NotModified)
    assert not same.by_hash
    path.write_bytes(feed("file"))
    again = one(replace(known, validators=Validators("1-2")))
    assert isinstance(again, NotModified)
    assert again.by_hash
    path.write_bytes(feed("new"))
    assert whole(one(known)).body == feed("new")
    path.write_bytes(b"")
    assert failure(one(known)).kind == "file"
    assert failure(one(replace(known, source=Source("f", "", path=tmp_path)))).kind == "file"
    missing = failure(one(replace(known, source=Source("f", "", path=tmp_path / "no.xml"))))
    assert missing.kind == "file"
    assert (
        "an address begins with https://" in missing.advice
    )  # "example.org/feed" is read as a path


def test_a_saved_page_is_told_of_with_its_feeds(tmp_path: Path):
    """As over http; of a private one nothing that it says."""
    path = tmp_path / "page.html"
    path.write_bytes(
        b'<!doctype html><link rel="alternate" type="application/atom+xml" href="https://a.example/f">'
    )
    failed = failure(one(Ask(Source("f", "", path=path), str(path))))
    assert (failed.kind, failed.feeds) == ("html", ("https://a.example/f",))
    hidden = failure(one(Ask(Source("f", "", path=path, private=True), str(path))))
    assert (hidden.kind, hidden.feeds, hidden.url) == ("html", (), "")
    assert "a.example" not in hidden.advice


def test_a_run_waits_for_no_pipe(tmp_path: Path):
    """Nobody may ever write into it; a look at one source may wait, and has a bound."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    asked = Ask(Source("f", "", path=path), str(path))
    assert failure(one(asked)).error == "is not a file"
    writer = threading.Thread(target=path.write_bytes, args=(feed("piped"),))
    writer.start()
    assert whole(one(asked, follow=True)).body == feed("piped")
    writer.join()
    endless = Ask(Source("f", "", path=Path("/dev/zero")), "/dev/zero")
    assert failure(
        one(endless, FetchSettings(max_decoded_bytes=5_000_000), follow=True)
    ).error.startswith("is larger")


def test_files_have_no_host(tmp_path: Path):
    """Many files wait neither for each other nor for `delay`."""
    paths = [tmp_path / f"{n}.xml" for n in range(50)]
    for path in paths:
        path.write_bytes(feed(path.stem))
    asks = [Ask(Source(path.stem, "", path=path), str(path)) for path in paths]
    assert len(every(asks, replace(SETTINGS, delay=timedelta(hours=1)))) == 50


# --- the end
# ----------------------------------------------------------------------------------------


def test_stop_breaks_off_what_is_under_way(site: Site):
    """What has come is yielded, the rest is broken off at once, and nothing is said of it."""
    quick = site.add("quick", healthy("quick"))
    slow = [ask(site.add(f"slow{n}", Talk.dawdle).url, f"slow{n}") for n in range(5)]
    stop = threading.Event()
    outcomes = fetcher.fetch_all([*slow, ask(quick.url, "quick")], SETTINGS, stop)
    assert next(outcomes).source_id == "quick"
    stop.set()
    assert list(outcomes) == []
    del outcomes
    gc.collect()
    for thread in [thread for thread in threading.enumerate() if thread.name == "fetch"]:
        thread.join(5)
        assert not thread.is_alive()


def test_stop_before_the_start(site: Site):
    """Nothing is asked."""
    stop = threading.Event()
    stop.set()
    host = site.add("a", healthy("a"))
    assert fetcher.fetch_one(ask(host.url), SETTINGS, stop) is None
    assert not site.seen


def test_leaving_early_leaves_no_thread(site: Site):
    """Who stops reading outcomes leaves nothing behind."""
    asks = [ask(site.add(f"h{n}", healthy(f"{n}")).url, f"{n}") for n in range(6)]
    outcomes = fetcher.fetch_all(asks, replace(SETTINGS, jobs=2), threading.Event())
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    for thread in [thread for thread in threading.enumerate() if thread.name == "fetch"]:
        thread.join(5)
        assert not thread.is_alive()


def test_stop_ends_a_run_that_has_much_to_do(site: Site):
    """What comes in after the signal is not waited for: at most `jobs` are still handed over."""
    asks = [ask(site.add(f"h{n}", healthy(f"{n}")).url, f"{n}") for n in range(40)]
    stop = threading.Event()
    taken = 0
    for _ in fetcher.fetch_all(asks, replace(SETTINGS, jobs=4), stop):
        taken += 1
        stop.set()
        time.sleep(0.02)
    assert 1 <= taken <= 5


def test_large_bodies_are_alive_one_at_a_time(site: Site):
    """While a reader holds one of fifteen megabytes, the others wait on the wire; small ones pass
    by.
    """
    sent: list[int] = []

    def play(talk: Talk) -> None:
        talk.answer("200 OK", RSS, body=b"<rss>" + b" " * 15_000_000)
        sent.append(talk.port)

    asks = [ask(site.add(f"large{n}", play).url, f"large{n}") for n in range(3)]
    settings = replace(SETTINGS, jobs=8, max_bytes=50_000_000)
    outcomes = fetcher.fetch_all(
        [*asks, ask(site.add("small", healthy("s")).url, "small")], settings, threading.Event()
    )
    first = [next(outcomes), next(outcomes)]
    assert sorted(outcome.source_id[:5] for outcome in first) == ["large", "small"]
    time.sleep(0.3)
    assert len(sent) == 1
    assert sum(isinstance(outcome, Fetched) for outcome in outcomes) == 2


def test_too_large_by_its_own_word_is_not_loaded(site: Site):
    """A Content-Length beyond max_bytes ends it with the head."""
    host = site.add(
        "a", lambda talk: talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n<rss>")
    )
    assert failure(one(host.url)).kind == "too-large"


def test_bounds_are_settable(site: Site):
    """max_bytes and max_decoded_bytes say what is too large."""
    host = site.add("a", healthy("a"))
    assert failure(one(host.url, replace(SETTINGS, max_decoded_bytes=100))).kind == "too-large"
    big = site.add("b", says("200 OK", RSS, body=feed("b", 3000)))
    assert failure(one(big.url, replace(SETTINGS, max_bytes=1000))).kind == "too-large"
    assert isinstance(one(big.url), Fetched)
