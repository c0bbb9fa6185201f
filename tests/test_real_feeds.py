"""The main job on captured feeds of real sites, where they lie beside the project; they are no part
of it.
"""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from loopback import configuration, site

from syndicator.cli import main

SHARED = Path(__file__).resolve().parents[2] / "shared" / "feeds"
LINE = re.compile(r'class="syndicator-attribution"')

pytestmark = [
    pytest.mark.captured,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the captured feeds are not here"),
]


def captured() -> dict[str, bytes]:
    return {
        f"/{number}": path.read_bytes()
        for number, path in enumerate(sorted((SHARED / "real").iterdir()))
    }


def entries_of(feed: bytes) -> int:
    if feed.lstrip()[:1] == b"{":
        return len(json.loads(feed)["items"])
    return len(feedparser.parse(feed, sanitize_html=False, resolve_relative_uris=False).entries)


def test_every_captured_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each feed with entries has its posts stored; each post published ends with one attribution
    line.
    """
    monkeypatch.chdir(tmp_path)
    feeds = captured()
    with site(dict(feeds)) as sites:
        configuration(
            tmp_path,
            *(f"{sites.url}{path}" for path in feeds),
            more="per_host = 32\n",
            feed="limit = 20000",
        )
        assert main(["run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    failed = {failure["source"].removeprefix(sites.url) for failure in report["failures"]}
    refused = {path for path in failed if b"access:restriction" in feeds[path]}
    assert report["sources"]["changed"] == len(feeds) - len(failed)
    for path in failed - refused:
        assert entries_of(feeds[path]) == 0, report["failures"]
    published = {path.name: path for path in (tmp_path / "public").iterdir()}
    for name in ("rss.xml", "atom.xml", "opml.xml"):
        ElementTree.parse(published[name])  # noqa: S314 - our own document
    items = json.loads(published["feed.json"].read_text("utf-8"))["items"]
    assert len(items) > 3000
    for item in items:
        assert len(LINE.findall(item["content_html"])) == 1, item["id"]
        after = item["content_html"].rpartition('class="syndicator-attribution"')[2]
        assert "View more" in after or "<ul>" in after or after.rstrip().endswith("</p>"), item[
            "id"
        ]
