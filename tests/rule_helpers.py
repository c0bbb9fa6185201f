"""Another rule of the normalizer, for as long as a test runs: what a next version of the program
may know.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from syndicator import urls
from syndicator.normalizer import identity
from syndicator.normalizer.attribution import judging, wordings
from syndicator.normalizer.html import trackers
from syndicator.normalizer.identity.keys import _forms


def tracking_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parameter "from" tracks."""
    names = urls._TRACKING_NAMES | {"from"}
    monkeypatch.setattr(urls, "_TRACKING_NAMES", names)
    forget()


def share_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The class "tell-friends" is that of a share bar."""
    monkeypatch.setattr(trackers, "BARS", trackers.BARS | {"tell-friends"})


def credit(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "X made its first bow at Y" is a closing credit."""
    row = wordings.Row("en", "both", "bow", "{n}{post} made its first bow at {site}")
    known = wordings.data()
    changed = replace(known, rows=(*known.rows, row))
    monkeypatch.setattr(wordings, "data", lambda: changed)
    forget()


def picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of count.example are beacons."""
    monkeypatch.setattr(trackers, "_BEACON_SITES", trackers._BEACON_SITES | {"count.example"})
    forget()


RULES = [tracking_parameter, share_bar, credit, picture]


def next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules have another number."""
    monkeypatch.setattr(identity, "VERSION", identity.VERSION + 1)


def forget() -> None:
    """Forget what was remembered by the rules before. Call it, too, when a test that changed one
    ends.
    """
    for remembered in (
        urls._tracking_parameter, urls.loose, urls.path, _forms, wordings.index, wordings.vocabulary,
        judging.wording, trackers._only_counts,
    ):  # fmt: skip
        remembered.cache_clear()
