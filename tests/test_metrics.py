"""The file for monitoring, and the log for programs."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import rss

from syndicator.cli import main

pytestmark = pytest.mark.slow

FEED = rss("Notes", [("One", "Text"), ("Two", "Text")])


@pytest.fixture(autouse=True)
def planet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xml").write_bytes(FEED)
    path = tmp_path / "feeds.toml"
    path.write_text(
        '[feed]\ntitle = "P"\n[metrics]\npath = "syndicator.prom"\n'
        '[[sources]]\nurl = "a.xml"\nname = \'A "quoted" name\'\n[[sources]]\nurl = "missing.xml"\n',
        "utf-8",
    )
    return path


def values(text: str) -> dict[str, float]:
    """Read the text format, strictly."""
    read = {}
    for line in text.splitlines():
        if not line.startswith(("# HELP ", "# TYPE ")):
            match = re.fullmatch(r'(syndicator_\w+(?:\{\w+="(?:[^"\\]|\\.)*"\})?) (\S+)', line)
            assert match, line
            read[match[1]] = float(match[2])
    return read


def test_the_metrics_of_a_run(tmp_path: Path) -> None:
    """Sources by state, posts, bytes and times, and each source where there are few."""
    assert main(["run", "-q"]) == 0
    read = values((tmp_path / "syndicator.prom").read_text("utf-8"))
    assert read['syndicator_sources{state="ok"}'] == 1
    assert read['syndicator_sources{state="failing"}'] == 1
    assert read['syndicator_run_posts{kind="new"}'] == read["syndicator_posts_stored"] == 2
    assert read["syndicator_run_received_bytes"] >= 0
    assert read["syndicator_published_bytes"] > 0
    assert read['syndicator_source_up{source="A \\"quoted\\" name"}'] == 1
    assert read['syndicator_source_failures{source="missing.xml"}'] == 1
    age = datetime.now(UTC).timestamp() - read["syndicator_newest_success_timestamp_seconds"]
    assert 0 <= age < 3600
    assert [path.name for path in tmp_path.iterdir() if "prom" in path.name] == ["syndicator.prom"]


def test_many_sources_get_no_labels(planet: Path, tmp_path: Path) -> None:
    """A label for each of hundreds would be too many time series."""
    tables = "".join(f'[[sources]]\nurl = "missing{n}.xml"\n' for n in range(200))
    planet.write_text(planet.read_text("utf-8") + tables, "utf-8")
    assert main(["run", "-q"]) == 0
    text = (tmp_path / "syndicator.prom").read_text("utf-8")
    assert 'syndicator_sources{state="failing"} 201' in text
    assert "source_up" not in text


def test_a_place_that_can_not_be_written(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told in words; what was published stays published."""
    text = planet.read_text("utf-8").replace("syndicator.prom", "nowhere/x.prom")
    planet.write_text(text, "utf-8")
    assert main(["run", "-q"]) == 1
    assert "x.prom: can't be written: No such file or directory" in capsys.readouterr().err
    assert Path("public/rss.xml").exists()


def test_a_log_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line is an object with time, run and event; the run's id is one for all of them."""
    assert main(["run", "--log-format", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in events] == [
        "run started",
        "source done",
        "source done",
        "run ended",
    ]
    assert len({event["run"] for event in events}) == 1
    assert datetime.fromisoformat(events[0]["time"]).tzinfo is not None
    assert (events[-1]["new"], events[-1]["failed"]) == (2, 1)


def test_an_error_in_a_log_for_programs(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an event, too."""
    planet.write_text('[feed]\ntitel = "P"\n', "utf-8")
    assert main(["run", "--log-format", "json"]) == 2
    (event,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert event["event"] == "message"
    assert 'did you mean "title"?' in event["message"]
