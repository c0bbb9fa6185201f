"""The fetcher beside a hostile site: every fault is reported as itself, and no healthy source
notices.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hostile import FAULTS, Site, feed

from syndicator import fetcher
from syndicator.model.fetch import Ask, Fetched, FetchFailed, Outcome
from syndicator.model.settings import FetchSettings, Source

SETTINGS = FetchSettings(
    jobs=160,
    delay=timedelta(0),
    max_bytes=3_000_000,
    max_decoded_bytes=20_000_000,
    user_agent="syndicator/test",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def outcomes(site: Site) -> dict[str, Outcome]:
    """One run over all of the site."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(site.authority_file))
        patience = {fault.name: timedelta(seconds=fault.timeout) for fault in site.faults}
        everything: list[Any] = [*site.faults, *site.bent, *site.healthy]
        asks = [
            Ask(
                Source(each.name, each.url, timeout=patience.get(each.name, timedelta(minutes=1))),
                each.url,
            )
            for each in everything
        ]
        return {
            outcome.source_id: outcome
            for outcome in fetcher.fetch_all(asks, SETTINGS, threading.Event())
        }


def test_every_source_has_an_outcome(site: Site, outcomes: dict[str, Outcome]):
    """Nothing is lost: one outcome for each ask, however its host behaves."""
    assert len(outcomes) == len(site.faults) + len(site.bent) + len(site.healthy)
    assert len(site.faults) >= 40


def test_healthy_sources_beside_the_faults(site: Site, outcomes: dict[str, Outcome]):
    """All healthy sources come whole, over http and https."""
    for source in site.healthy:
        outcome = outcomes[source.name]
        assert isinstance(outcome, Fetched), outcome
        assert outcome.body == feed(source.name)
        assert outcome.validators.etag


def test_bent_sources_are_taken(site: Site, outcomes: dict[str, Outcome]):
    """What is odd but whole is taken as it is."""
    for source in site.bent:
        outcome = outcomes[source.name]
        assert isinstance(outcome, Fetched), (source.name, outcome)
        assert outcome.body.endswith(b"</channel></rss>"), source.name
        assert outcome.body.startswith(b"<?xml"), source.name


BELOW_HTTP = [
    "resets at once", "certificate of a stranger", "certificate expired", "certificate of another host",
    "no TLS at all", "TLS handshake without end", "TLS handshake broken off", "connection refused", "slow connect",
]  # fmt: skip


@pytest.mark.parametrize("name", [*FAULTS, *BELOW_HTTP])
def test_fault_is_reported_as_itself(name: str, site: Site, outcomes: dict[str, Outcome]):
    """Each fault has its own kind, in words without an exception's name."""
    fault = next(fault for fault in site.faults if fault.name == name)
    outcome = outcomes[name]
    assert isinstance(outcome, FetchFailed), outcome
    assert outcome.kind == fault.kind, outcome
    assert outcome.error
    assert "Error" not in outcome.error
    assert outcome.url == fault.url


def test_page_names_the_feeds_that_it_announces(site: Site, outcomes: dict[str, Outcome]):
    """HTML where a feed was expected: the error says at which address the feed is."""
    outcome = outcomes["HTML"]
    assert isinstance(outcome, FetchFailed)
    assert outcome.feeds == (outcome.url.replace("/feed", "/announced.xml"),)
    assert outcome.feeds[0] in outcome.advice


def test_no_thread_hangs_on_a_fault(outcomes: dict[str, Outcome]):
    """When the run has ended all of its threads have, though the hosts that dawdle still do."""
    for thread in [thread for thread in threading.enumerate() if thread.name == "fetch"]:
        thread.join(3)
        assert not thread.is_alive()
