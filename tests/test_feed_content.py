"""Excerpts in one feed, whole posts in another: `content` and `max_bytes` of a feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from generator_helpers import ITEM, edition, item
from loopback import Site, configuration, rss, site
from lxml import etree
from msgspec.structs import replace

from syndicator.cli import main
from syndicator.generator import generate
from syndicator.generator.body import compose_body, narrowed
from syndicator.model.edition import Document

LONG = "The ferry waits for the tide, and nobody on the quay minds. " * 40
MORE = """
[[feeds]]
name = "whole"
content = "full"

[[feeds]]
name = "titles"
content = "none"
"""


@pytest.fixture
def harbour() -> Iterator[Site]:
    pages = {
        "/open": rss("Open", [(f"Tide {n}", LONG) for n in range(3)]),
        "/shut": rss("Shut", [(f"Secret {n}", LONG) for n in range(3)], "https://shut.example"),
    }
    with site(pages) as shown:
        yield shown


def items(folder: Path, feed: str = "") -> dict[str, dict[str, Any]]:
    document = json.loads((folder / "public" / feed / "feed.json").read_text("utf-8"))
    return {entry["title"]: entry for entry in document["items"]}


def test_excerpts_here_and_whole_posts_there(
    harbour: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a source that gives excerpts no feed has more. Ids, dates and credits are the same."""
    monkeypatch.chdir(tmp_path)
    sources = f"{harbour.url}/open", f'{harbour.url}/shut\ncontent = "summary"'
    configuration(tmp_path, *sources, feed='content = "summary"', more=MORE)
    assert main(["run", "-q"]) == 0
    short, whole, titles = (items(tmp_path, name) for name in ("", "whole", "titles"))
    assert short.keys() == whole.keys() == titles.keys()
    for title, entry in short.items():
        for other in (whole[title], titles[title]):
            assert entry["id"] == other["id"]
            assert entry["date_published"] == other["date_published"]
            assert "syndicator-attribution" in other["content_html"]
        assert len(entry["content_html"]) < len(LONG)
        assert entry["summary"] in entry["content_html"]
        assert "waits for the tide" not in titles[title]["content_html"]
        assert (LONG.strip() in whole[title]["content_html"]) == title.startswith("Tide")


def test_a_body_that_another_program_composed() -> None:
    """Its own credit goes with the body, so ours stands under the excerpt."""
    adopted = replace(ITEM, layout=0)
    assert "syndicator-attribution" in compose_body(narrowed(adopted, "summary"))
    assert narrowed(adopted, "full") is adopted


def documents(bound: int | None) -> dict[str, Document]:
    posts = tuple(item(number, content_html=f"<p>{LONG}</p>") for number in range(20, 0, -1))
    made = edition(*posts)
    made = replace(made, feed=replace(made.feed, max_bytes=bound))
    return {document.path: document for document in generate(made) if "." in document.path}


@pytest.mark.parametrize("path", ["rss.xml", "atom.xml", "feed.json"])
@pytest.mark.parametrize("bound", [12_000, 30_000])
def test_a_document_has_as_many_posts_as_there_is_room_for(path: str, bound: int) -> None:
    """The newest ones, each as it would be without a bound; one more would be too long."""
    whole, bounded = documents(None)[path], documents(bound)[path]
    assert len(bounded.body) <= bound < len(whole.body)
    average = len(whole.body) / whole.posts
    assert len(bounded.body) + 1.2 * average > bound
    assert 0 < bounded.posts < whole.posts
    first = ids_of(whole)[: bounded.posts]
    assert ids_of(bounded) == first


def ids_of(document: Document) -> list[str]:
    """Return the ids of a document's posts, in their order."""
    if document.path.endswith("json"):
        return [entry["id"] for entry in json.loads(document.body)["items"]]
    root = etree.fromstring(document.body)
    return [
        str(text).strip()
        for text in root.xpath(
            "//item/guid/text() | //a:entry/a:id/text()",
            namespaces={"a": "http://www.w3.org/2005/Atom"},
        )
    ]


def test_a_bound_that_no_post_fits() -> None:
    """The newest post is published all the same: an empty feed would tell nobody why."""
    assert documents(100)["rss.xml"].posts == 1


def test_pages_and_the_list_of_sources_have_no_bound() -> None:
    """`max_bytes` is for documents that are polled."""
    whole, bounded = documents(None), documents(1000)
    assert whole["opml.xml"].body == bounded["opml.xml"].body
