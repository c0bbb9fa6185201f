"""The page of charts: `status --html` and `[feed] activity`."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from loopback import rss

from syndicator.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def planet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xml").write_bytes(rss("Notes & more", [("One", "Text"), ("Two", "Text")]))
    path = tmp_path / "feeds.toml"
    path.write_text(
        '[feed]\ntitle = "P <b>"\n[[sources]]\nurl = "a.xml"\n[[sources]]\nurl = "missing.xml"\n'
        '[[sources]]\nurl = "a.xml"\nid = "hidden"\nname = "Hidden"\nprivate = true\n'
        'headers = { X = "y" }\n',
        "utf-8",
    )
    return path


def charts(path: Path) -> list[ElementTree.Element]:
    """Return the charts of a page, which must be well-formed."""
    text = path.read_text("utf-8")
    assert "<script" not in text
    assert "P <b>" not in text
    return [
        ElementTree.fromstring(f"<svg{part.partition('</svg>')[0]}</svg>")  # noqa: S314
        for part in text.split("<svg")[1:]
    ]


def test_the_page_before_any_run(tmp_path: Path) -> None:
    """It can be made, and shows that there is nothing."""
    assert main(["status", "--html", "page.html"]) == 0
    assert len(charts(tmp_path / "page.html")) == 3


def test_the_page_after_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Posts a day, by source, hours between posts, and what fails, in the site's style."""
    assert main(["run", "-q"]) == 0
    assert main(["status", "--html", "page.html"]) == 0
    text = (tmp_path / "page.html").read_text("utf-8")
    by_day, by_source, gaps = charts(tmp_path / "page.html")
    assert len(list(by_day.iter("rect"))) == 60
    assert "missing.xml: there is no such file" in text
    assert 'role="img"' in text
    assert "Notes &amp; more" in text or not list(by_source.iter("rect"))
    assert len(list(gaps.iter("rect"))) == 7
    assert "page.html is written" in capsys.readouterr().err


def test_the_published_page(planet: Path, tmp_path: Path) -> None:
    """Each run writes it, without private sources, and the table of sources leads to it; switched
    off it goes.
    """
    text = planet.read_text("utf-8")
    planet.write_text(text.replace("[[sources]]", "activity = true\n[[sources]]", 1), "utf-8")
    assert main(["run", "-q"]) == 0
    page = tmp_path / "public" / "activity.html"
    assert "Posts a day" in page.read_text("utf-8")
    assert "Hidden" not in page.read_text("utf-8")
    assert '<a href="index.html">' in page.read_text("utf-8")
    table = tmp_path / "public" / "sources.html"
    assert 'href="activity.html"' in table.read_text("utf-8")
    planet.write_text(text, "utf-8")
    assert main(["run", "-q"]) == 0
    assert not page.exists()
    assert "activity.html" not in table.read_text("utf-8")


def test_a_page_of_somebody_else(planet: Path, tmp_path: Path) -> None:
    """A file of that name that we did not write stays."""
    page = tmp_path / "public" / "activity.html"
    page.parent.mkdir()
    page.write_text("mine", "utf-8")
    assert main(["run", "-q"]) == 0
    assert page.read_text("utf-8") == "mine"
