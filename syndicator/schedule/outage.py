"""The outcomes of a run -> is the network of this machine down? Pure.

Where nothing at all could be reached the sources are not to blame: each would back off for hours
beyond the end of it, and cron would speak of each. So such a run counts for none of them, and the
operator hears of it once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from syndicator.model.fetch import UNREACHABLE, FetchFailed, Outage, Outcome, SourceState
from syndicator.model.settings import FetchSettings, Source
from syndicator.schedule.state import is_news
from syndicator.urls import host_of

HOSTS = 2  # that worked when they were asked last: one that fails alone may be down itself


class OutageDetector(Struct):
    """The failures of a run, kept back while nothing was reached: its end decides on them."""

    before: Outage | None  # the standing outage
    states: Mapping[str, SourceState]  # those before the run
    failures: list[tuple[Source, FetchFailed]] = []
    _reached: bool = False
    _reached_inward: bool = False

    def hold_back(self, source: Source, outcome: Outcome) -> bool:
        """Note an outcome; tell whether it is kept back in `failures` until `verdict`."""
        failed = outcome if isinstance(outcome, FetchFailed) else None
        if source.path is not None or (failed and failed.kind == "interrupted"):
            return False  # neither says anything of the network
        if not isinstance(outcome, FetchFailed) and outcome.reach not in ("", "public"):
            # A server on this machine answers without any network.
            self._reached_inward = True
        elif failed is None or failed.status or failed.kind not in UNREACHABLE:
            self._reached = True
        if self._reached or failed is None:
            return False
        self.failures.append((source, failed))
        return True

    def verdict(
        self, sources: Sequence[Source], now: datetime, settings: FetchSettings
    ) -> Outage | None:
        """Return the outage that begins or goes on with this run, else None.

        `sources` are all that are configured: with the last that has an address its outage ends.
        """
        if self._reached or all(source.path is not None for source in sources):
            return None
        known = (self.states.get(source.id) for source, _ in self.failures)
        if self._reached_inward and not any(state and state.reach == "public" for state in known):
            return None
        if not self.failures or not (self.before or self._is_sudden()):
            return self.before
        before = self.before or Outage(now, 0, {})
        kinds = Counter(failure.kind for _, failure in self.failures)
        alerted = before.alerted or is_news(before.since, before.runs + 1, now, settings)
        return Outage(before.since, before.runs + 1, dict(kinds.most_common()), alerted)

    def _is_sudden(self) -> bool:
        """Tell whether several hosts fail that worked when they were last asked."""
        hosts = set()
        for source, _ in self.failures:
            state = self.states.get(source.id)
            if state and state.last_success and state.last_success == state.last_attempt:
                hosts.add(host_of(source.url).rpartition(":")[0])
        return len(hosts) >= HOSTS
