"""`run --json` names the posts that were published, updated and withdrawn."""

import json
from pathlib import Path
from typing import Any

import pytest
from loopback import configuration, rss, site

from syndicator.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["run", "--json", "--force", *arguments]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert report["version"] == 1
    return report


def named(report: dict[str, Any], kind: str) -> list[str]:
    return [post["title"] for post in report[kind]]


def test_the_posts_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with id, title, address and source, once; a run without news names none."""
    posts = [("One", "First text"), ("Two", "Second text")]
    with site({"/a": rss("Blog A", posts), "/b": rss("Blog B", [("Bee", "Text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/a", f"{blog.url}/b")
        first = run(capsys)
        assert sorted(named(first, "published")) == ["Bee", "One", "Two"]
        assert first["updated"] == first["withdrawn"] == []
        (post,) = (post for post in first["published"] if post["title"] == "Two")
        item = json.loads(Path("public/feed.json").read_text("utf-8"))["items"]
        assert post["id"] in [one["id"] for one in item]
        assert post["url"] == "https://blog.example/two/"
        assert post["source"] == f"{blog.url}/a"
        assert run(capsys)["published"] == []
        blog.pages["/a"] = rss("Blog A", [*posts, ("Three", "Third text")]).replace(
            b"Second text", b"Wholly different words stand in this post from now on"
        )
        second = run(capsys)
        assert (named(second, "published"), named(second, "updated")) == (["Three"], ["Two"])
        configuration(tmp_path, f"{blog.url}/a")
        third = run(capsys)
        assert (named(third, "withdrawn"), third["published"]) == (["Bee"], [])
        assert run(capsys)["withdrawn"] == []
