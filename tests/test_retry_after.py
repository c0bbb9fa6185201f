"""Runs against a server that asks to be left alone: cron hears of it by the clock."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hostile import Site, says
from loopback import configuration

from syndicator import config, pipeline
from syndicator.model.run import Options, Report
from syndicator.report import alerts

START = datetime.now(UTC)  # a Retry-After counts from the clock of the system


def cron_lines(report: Report) -> list[str]:
    assert report.started
    return alerts(report, report.started)


def test_a_long_retry_after_is_told_after_a_day(tmp_path: Path):
    """The source is asked twice in three days, and cron speaks once: a day after the failure
    began.
    """
    with Site(tmp_path, healthy_feeds=1, hostile=False) as site:
        quiet = site.add("quiet", says("503 Later", "Retry-After: 2592000"))
        path = configuration(tmp_path, quiet.url, site.healthy[0].url)
        loaded = config.load(path)

        def run(hours: int) -> Report:
            now = START + timedelta(hours=hours)
            return pipeline.run(loaded, Options(), now, threading.Event(), lambda _: None)

        said = {hours: cron_lines(run(hours)) for hours in (0, 12, 23, 25, 36, 47, 49)}
        assert [hours for hours, lines in said.items() if lines] == [25]
        assert "quiet" not in str(said[25])
        assert "not available" in said[25][0]
        assert len(site.requests_to("quiet")) == 2
