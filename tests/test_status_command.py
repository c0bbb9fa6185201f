"""`syndicator status`: who fails and who has fallen silent, through the command line."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import rss
from store_helpers import post, receive

from syndicator.cli import main
from syndicator.model.fetch import SourceState
from syndicator.store import Store

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC)
OLD = rss("Old", [("Long ago", "Text")]).replace(b"2026", b"2019")
NEW = rss("New", [(f"Post {n}", "Text") for n in range(3)])


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def planet(tmp_path: Path) -> Path:
    """A planet with a source that is well, one that is silent and one that fails."""
    (tmp_path / "new.xml").write_bytes(NEW)
    (tmp_path / "old.xml").write_bytes(OLD)
    names = ("new.xml", "old.xml", "missing.xml")
    tables = "".join(f'[[sources]]\nurl = "{name}"\ntags = ["t"]\n' for name in names)
    path = tmp_path / "feeds.toml"
    path.write_text(f'[feed]\ntitle = "Planet"\n{tables}', "utf-8")
    assert main(["run", "-q"]) == 0
    return path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[str]:
    """Return the lines that `status` prints."""
    capsys.readouterr()
    assert main(["status", *arguments]) == code
    return capsys.readouterr().out.splitlines()


def test_the_two_questions_come_first(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who fails with what to do, who has fallen silent, then each source, then the totals."""
    lines = shown(capsys)
    heads = [line.split()[0] for line in lines if line[:4].isupper()]
    assert heads == ["FAILING", "SILENT", "SOURCE"]
    assert lines[1].split()[0] == "missing.xml"
    assert "there is no such file" in lines[1]
    assert lines[lines.index("") + 2].startswith("Old ")
    (well,) = (line for line in lines if line.startswith("New "))
    assert well.split()[-7:-3] == ["3", "1", "min", "ago"]
    assert lines[-1] == "3 sources: 2 well, 1 failing, 1 silent; 4 posts"


def test_nothing_is_wider_than_the_terminal(
    planet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At 80 columns no line is longer, and none breaks a word."""
    text = planet.read_text("utf-8")
    planet.write_text(text + f'[[sources]]\nurl = "missing/{"long/" * 30}.xml"\n', "utf-8")
    main(["run", "-q"])
    lines = shown(capsys)
    assert max(len(line) for line in lines) <= 80
    assert any("there is no such file" in line for line in lines)


def test_only_the_failing(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--failing` shows all of them and nothing else."""
    lines = shown(capsys, "--failing")
    assert [line.split()[0] for line in lines if line[:1].strip()] == ["FAILING", "missing.xml"]


def test_only_the_silent(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--silent` takes the span; a year is the default."""
    assert [line.split()[0] for line in shown(capsys, "--silent")] == ["SILENT", "Old"]
    assert shown(capsys, "--silent", "90y") == ["no source is silent"]
    with pytest.raises(SystemExit):
        main(["status", "--silent", "soon"])


def test_a_status_for_scripts(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--fail-if` ends with 1 where so many sources fail."""
    shown(capsys, "--fail-if", "1", code=1)
    shown(capsys, "--fail-if", "2")


def test_a_status_for_programs(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Title, tags, number of posts and the newest of them stand in the JSON, too."""
    new, old, missing = json.loads("\n".join(shown(capsys, "--json")))
    assert (new["title"], new["posts"], new["tags"]) == ("New", 3, ["t"])
    assert old["newest_post"].startswith("2019-")
    assert (missing["state"], missing["posts"], missing["newest_post"]) == ("failing", 0, None)


def test_a_paused_source_that_failed(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no failure any more, and nothing says when it is next asked."""
    assert main(["pause", "missing.xml"]) == 0
    lines = shown(capsys, "--fail-if", "1")
    assert not lines[0].startswith("FAILING")
    assert any(line.startswith("missing.xml") and line.endswith("paused") for line in lines)


def test_colour_is_for_terminals(
    planet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe gets none, and NO_COLOR is heeded."""
    assert "\x1b" not in "".join(shown(capsys))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert "\x1b" in "".join(shown(capsys))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in "".join(shown(capsys))


def test_ten_thousand_sources(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What matters is printed: the failures and the silent, twenty each, and the totals."""
    urls = [f"https://host{n}.example/" for n in range(10_000)]
    tables = "".join(f'[[sources]]\nurl = "{url}"\n' for url in urls)
    (tmp_path / "feeds.toml").write_text(f'[feed]\ntitle = "P"\n{tables}', "utf-8")
    with Store(tmp_path / "syndicator.db") as store, store.transaction():
        for url in urls[:500]:
            store.sources.save_state(
                SourceState(
                    url,
                    url=url,
                    last_attempt=NOW,
                    failing_since=NOW - timedelta(days=2),
                    consecutive=3,
                    failure_kind="dns",
                    failure="no such host",
                )
            )
        for url in urls[500:530]:
            old = datetime(2019, 5, 1, tzinfo=UTC)
            receive(store, post("One", url, link=f"{url}one", published=old), now=NOW)
            store.sources.save_state(SourceState(url, url=url, last_attempt=NOW, last_success=NOW))
    lines = shown(capsys)
    totals = "10000 sources: 30 well, 500 failing, 9470 not asked yet, 30 silent; 30 posts"
    assert lines[-1] == totals
    assert "and 480 more sources: `syndicator status --failing` has all" in lines
    assert "and 10 more: `syndicator status --silent 1y` has all" in lines
    assert len(lines) < 60
    assert len(shown(capsys, "--failing")) > 500
    assert len(shown(capsys, "--silent", "1y")) > 30
