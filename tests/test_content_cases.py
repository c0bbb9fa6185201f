"""Small feeds, a fault of a real one in each, where they lie beside the project: a run publishes
the right value of each.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import lxml.html
import pytest
from loopback import configuration

from syndicator.cli import main

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "content"
_LINE = '<p class="syndicator-attribution"'

pytestmark = [
    pytest.mark.captured,
    pytest.mark.skipif(not CASES.is_dir(), reason="the small feeds are not here"),
]


class Published:
    """The documents of a planet of one source, and the first post of its JSON Feed."""

    def __init__(self, folder: Path, case: str) -> None:
        (path,) = CASES.glob(f"{case}.*")
        configuration(folder, str(path))
        assert main(["run", "--config", str(folder / "feeds.toml"), "--quiet"]) == 0
        self.folder = folder / "public"
        self.items = json.loads((self.folder / "feed.json").read_text("utf-8"))["items"]

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    @property
    def html(self) -> str:
        """The body without the attribution line."""
        html: str = self.items[0].get("content_html", "")
        return html.partition(_LINE)[0].strip()

    @property
    def line(self) -> str:
        html: str = self.items[0]["content_html"]
        assert html.count(_LINE) == 1
        return words_of(_LINE + html.partition(_LINE)[2])

    @property
    def enclosure(self) -> str:
        (item,) = ElementTree.fromstring(self.text("rss.xml")).iter("item")  # noqa: S314
        enclosure = item.find("enclosure")
        return "" if enclosure is None else enclosure.get("url", "")


def words_of(html: str) -> str:
    return " ".join("".join(lxml.html.fromstring(f"<div>{html}</div>").itertext()).split())


@pytest.fixture
def published(case: str, tmp_path: Path) -> Published:
    return Published(tmp_path, case)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("lt-in-plain-description", "The most powerful part of all is the <path> element. Sadly it"
         " is also the hardest; here we look at it closely."),
        ("lt-script-description", "Why <script> tags block rendering, and what to do about it."),
        ("lt-address-description", "Write to Jane Doe <jane@mail.example> for a seat."),
        ("katex-html-and-mathml", "The law is E=m here."),
        ("display-none-shown", "Hello there."),
        ("empty-content-encoded", "Real words of the summary."),
        ("emoji-image-full-size", "Hi 💜 there"),
        ("script-self-closed", "All of the words of this post."),
        ("hugo-line-numbers", "import os"),
        ("comment-feed-summary", "In reply to Bob. Thanks."),
        ("credit-my-blog", "The ferries cross at dawn."),
    ],
)  # fmt: skip
def test_words_of_a_body(published: Published, words: str) -> None:
    """Text that is no markup stays, hidden text goes, and nothing stands twice."""
    assert words_of(published.html) == words
    assert published.items[0].get("summary", words) == words


@pytest.mark.parametrize(
    ("case", "pattern"),
    [
        ("button-in-link", r'<a href="https://blog\.example\.org/rest"[^>]*>Read the rest</a>'),
        ("youtube-playlist", r'<iframe src="[^"]*/embed/videoseries\?list=PL123"'),
        ("data-image-jpg", r'<img src="data:image/jpeg;base64,/9j/[^"]+" alt="rain"'),
        ("json-double-escaped", r'<p>Hello <a href="https://x\.example"[^>]*>there</a></p>\s*<h2>Two'),
        ("white-space-pre", r"Line one<br>\s*Line two<br>\s*<br>\s*0:00 Start"),
        ("plain-lines-rss", r"today<br>\s*- 8:00 north<br>\s*- 9:00 south<br>\s*"
         r'<a href="https://blog\.example\.org/times"[^>]*>https://blog\.example\.org/times</a>'),
        ("task-list", r"<li>☑ Done thing</li>\s*<li>☐ Open thing</li>"),
    ],
)  # fmt: skip
def test_markup_of_a_body(published: Published, pattern: str) -> None:
    """Links, players, pictures, lines and boxes of a list arrive."""
    assert re.search(pattern, published.html), published.html


@pytest.mark.parametrize(
    ("case", "title"),
    [
        ("title-img-tag", "Why the <img> tag needs a size"),
        ("title-p-pair", "When to close <p> with </p>"),
        ("title-cdata-literal", "Real title"),
    ],
)
def test_title(published: Published, title: str) -> None:
    """A title about a tag keeps its name; a mark of CDATA is none of the words."""
    assert published.items[0]["title"] == title
    (item,) = ElementTree.fromstring(published.text("rss.xml")).iter("item")  # noqa: S314
    assert unescape(item.findtext("title", "")) == title


@pytest.mark.parametrize(
    ("case", "moment"),
    [
        ("date-offset-and-name", "2024-03-05T13:15:00Z"),
        ("date-java-zoned", "2024-03-05T07:15:00Z"),
        ("date-unpadded", "2024-03-05T08:05:03Z"),
        ("date-norwegian-des", "2024-12-15T07:15:00Z"),
        ("date-finnish-marras", "2024-11-06T06:15:00Z"),
    ],
)
def test_date(published: Published, moment: str) -> None:
    """Offsets count, and names of months are read whole."""
    read = datetime.fromisoformat(published.items[0]["date_published"])
    assert read == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("discourse-source", "The post Which rope do you use? appeared first on Ferry Forum"),
        ("discourse-counts", "The post Which rope do you use? appeared first on Ferry Forum"),
        ("credit-my-blog", "The post A post appeared first on janes.example."),
        ("twice-credited-same-para", "The post A post appeared first on Delta Weekly."),
        ("line-then-acast", "The post A post appeared first on River Notes."),
        ("line-then-rss-thanks", "The post A post appeared first on River Notes."),
        ("line-then-source-note", "The post A post appeared first on River Notes."),
        ("lang-br", "Orçamento"),
    ],
)
def test_attribution_line(published: Published, line: str) -> None:
    """A post ends with one line, which names the site where it appeared first."""
    assert published.line.startswith(line) or (
        line in published.line and "O post" in published.line
    )
    assert not re.search("appeared|published", words_of(published.html))


@pytest.mark.parametrize(
    ("case", "url"),
    [
        ("image-enclosure-first", "https://x.example/a.mp3"),
        ("guid-is-no-address", "https://x.example/b.mp3"),
        ("itunes-ns-https", "https://x.example/a.mp3"),
    ],
)
def test_enclosure_of_rss(published: Published, url: str) -> None:
    """The recording is the enclosure of RSS, wherever the cover stands."""
    assert published.enclosure == url


@pytest.mark.parametrize("case", ["itunes-ns-https"])
def test_itunes_by_https(published: Published) -> None:
    """The duration of an episode arrives however its namespace is written."""
    assert re.search(r"<itunes:duration>61</itunes:duration>", published.text("rss.xml"))


@pytest.mark.parametrize("case", ["guid-is-no-address"])
def test_guid_that_is_no_address(published: Published) -> None:
    """A guid without a link becomes no address in any document."""
    for name in ("feed.json", "rss.xml", "atom.xml"):
        assert "blog.example.org/aae20190418" not in published.text(name)


@pytest.mark.parametrize(
    ("case", "picture"),
    [
        ("guardian-sizes", "https://i.x.example/img/2658.jpg?width=460&s=2"),
        ("content-src-image", "https://blog.example.org/i/2.jpg"),
    ],
)
def test_picture_of_a_post(published: Published, picture: str) -> None:
    """The largest of its pictures, or the file that is its content."""
    assert published.items[0]["image"] == picture


@pytest.mark.parametrize("case", ["media-alt-lost"])
def test_alternative_text(published: Published) -> None:
    """The words for a picture arrive in the documents."""
    assert any(
        "grey heron" in published.text(name) for name in ("rss.xml", "atom.xml", "feed.json")
    )


@pytest.mark.parametrize("case", ["magnet-enclosure"])
def test_magnet(published: Published) -> None:
    """An address of BitTorrent is a file of the post."""
    assert [file["url"] for file in published.items[0]["attachments"]] == [
        "magnet:?xt=urn:btih:abc"
    ]


@pytest.mark.parametrize("case", ["rel-iana"])
def test_relation_as_an_address(published: Published) -> None:
    """The registry's address of a relation is the relation."""
    assert published.items[0]["url"] == "https://blog.example.org/p/1"


@pytest.mark.parametrize("case", ["surrogate-reference"])
def test_surrogate_references(published: Published) -> None:
    """A character in two references spoils no other title of its feed."""
    titles = {item["title"] for item in published.items}
    assert titles == {"Über alten Käse – gut", "Fest 🎉"}


@pytest.mark.parametrize("case", ["json-items-null"])
def test_items_that_are_null(published: Published) -> None:
    """A feed without posts is an empty feed and no fault."""
    assert published.items == []


def test_counts_of_replies(tmp_path: Path) -> None:
    """A topic whose counts grew is the post that it was: no update."""
    first = (CASES / "discourse-counts.xml").read_text("utf-8")
    later = first.replace("4 posts - 3 participants", "17 posts - 9 participants")
    assert later != first
    (tmp_path / "feed.xml").write_text(first, "utf-8")
    configuration(tmp_path, str(tmp_path / "feed.xml"))
    asked = ["run", "--config", str(tmp_path / "feeds.toml"), "--quiet", "--force"]
    assert main(asked) == 0
    state = json.loads((tmp_path / "public" / "feed.json").read_text("utf-8"))["items"]
    (tmp_path / "feed.xml").write_text(later, "utf-8")
    assert main(asked) == 0
    again = json.loads((tmp_path / "public" / "feed.json").read_text("utf-8"))["items"]
    dates = [(item["id"], item["date_published"], item.get("date_modified")) for item in state]
    assert [(i["id"], i["date_published"], i.get("date_modified")) for i in again] == dates


def test_every_case_is_tried() -> None:
    """Each small feed has a row above."""
    tried = Path(__file__).read_text("utf-8")
    assert [path.name for path in CASES.glob("*.[jx]*") if f'"{path.stem}"' not in tried] == []
