"""generator: whatever an edition holds, what comes out is valid, says nothing private, and is the
same each time.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import escape, unescape
from pathlib import Path

import pytest
from generator_helpers import EDITION, EDITIONS, FEED, ITEM, NOW, edition, item
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree
from msgspec import Struct
from msgspec.structs import replace
from store_helpers import files_of

from syndicator.check import check
from syndicator.generator import atom, generate, obsolete_paths, polled_addresses
from syndicator.generator import generate_one as one
from syndicator.generator.documents import FeedDocument
from syndicator.generator.item import render_items
from syndicator.model.edition import Archive, Document, Edition, Item
from syndicator.model.feed import Category, Episode, Origin, Person, PodcastPerson
from syndicator.model.post import Keys, SourceInfo
from syndicator.text_rules import clean

FORMS = ("rss", "atom", "json", "opml")


def problems(document: Document) -> list[str]:
    return [str(problem) for problem in check(document.body, document.type) if problem.serious]


@settings(
    max_examples=50,
    deadline=None,
    database=None,
    phases=[
        Phase.generate
    ],  # a failing edition is small enough to read, and shrinking it would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(found=EDITIONS)
def test_anything_a_source_can_send(found: Edition) -> None:
    """No edition makes an invalid document. What runs in a body is the normalizer's to take out."""
    for form in FORMS:
        document = one(found, form)
        wrong = [
            problem
            for problem in problems(document)
            if " has a <" not in problem and "handler" not in problem
        ]
        assert wrong == []
        assert document.posts == len(found.sources if form == "opml" else found.items)


# Characters that XML 1.0 forbids, ends of lines, signs of markup. The state file holds no half of a
# surrogate pair.
SPOILING = "\x00\x01\x0b\x1f\x7f\x85\ufffe\uffff\r\n\t\u2028\"'<&]]>&#1;"


def spoiled(value: object) -> object:
    """Put the spoiling characters into each text of a noun."""
    if isinstance(value, str):
        return f"{value[:-1]}{SPOILING}{value[-1:]}"
    if isinstance(value, tuple):
        return tuple(map(spoiled, value))
    if not isinstance(value, Struct) or isinstance(value, Keys):
        return value
    # These are made, or made clean, before a generator sees them.
    kept = ("content_html", "rsl", "scope", "season_name", "people", "marks")
    parts = {name: getattr(value, name) for name in value.__struct_fields__ if name not in kept}
    return replace(value, **{name: spoiled(part) for name, part in parts.items()})


@pytest.mark.parametrize("form", ["rss", "atom", "opml"])
def test_each_text_has_characters_that_xml_forbids(form: str) -> None:
    """The document is read by a strict parser; no attribute has an end of line."""
    item = spoiled(ITEM)
    assert isinstance(item, Item)
    given = replace(EDITION, feed=FEED, items=(item,), sources=(item.source,))
    root = etree.fromstring(one(given, form).body)
    for element in root.iter():
        assert not {"\n", "\r", "\t"} & set("".join(element.attrib.values()))
        assert all(text == clean(text) for text in element.itertext())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("times", range(5))
def test_names_with_markup(form: str, times: int) -> None:
    """However often a stored name was escaped, a reader that takes it for HTML sees its words."""
    name = "AT&T <script>run()</script>"
    for _ in range(times):
        name = escape(name)
    people = (PodcastPerson(name),)
    post = replace(
        ITEM.post,
        authors=(Person(name),),
        categories=(Category(name, "", name), Category("<canvas>")),
        attribution=None,  # it stands in HTML, escaped, as the headings of lists do
        episode=Episode(author=name, people=people, season="1", season_name=name),
    )
    source = replace(ITEM.source, name=name)
    items = (replace(ITEM, post=post, source=source, related=()),)
    text = one(replace(EDITION, items=items, sources=(source,)), form).body.decode()
    for _ in range(8):
        text = unescape(text)
    assert "AT&T run()" in text
    assert not re.search("<script|<canvas", text)


@pytest.mark.parametrize("form", FORMS)
def test_full_item(form: str) -> None:
    """A post with everything in it makes a document without any blemish."""
    assert [
        str(problem) for problem in check(one(EDITION, form).body, one(EDITION, form).type)
    ] == []


@pytest.mark.parametrize("form", FORMS)
def test_same_edition_twice(form: str) -> None:
    """The same edition gives the same bytes: there is no clock and no memory."""
    assert one(EDITION, form).body == one(EDITION, form).body


DIGEST = """
import hashlib, locale, sys
sys.path.insert(0, sys.argv[1])
locale.setlocale(locale.LC_ALL, "")
from generator_helpers import EDITION
from syndicator.generator import generate_one as one
print([hashlib.sha256(one(EDITION, form).body).hexdigest() for form in ("rss", "atom", "json", "opml")])
"""


def test_other_machines() -> None:
    """Hash seed, locale and time zone leave no trace in a document."""

    def digests(**environment: str) -> str:
        command = [sys.executable, "-c", DIGEST, str(Path(__file__).parent)]
        root = Path(__file__).parents[1]
        return subprocess.run(
            command,
            env={"PYTHONPATH": str(root), **environment},
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        ).stdout

    here = digests(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    assert here == digests(PYTHONHASHSEED="2", TZ="Asia/Kathmandu", LC_ALL="C.UTF-8")
    assert here.count(",") == 3


@pytest.mark.parametrize("form", FORMS)
def test_no_posts_yet(form: str) -> None:
    """A feed without posts is valid too."""
    assert problems(one(edition(), form)) == []


def test_order_and_ranks() -> None:
    """Documents come in rising rank: pages and archives, then the lists of pages, then the current
    feeds.
    """
    archive = Archive(1, (ITEM,), NOW)
    found = replace(
        EDITION, archives=1, feed=replace(FEED, formats=("rss", "atom", "json", "opml", "html"))
    )
    documents = list(generate(found, lambda number: archive))
    ranks = [document.rank for document in documents]
    assert ranks == sorted(ranks)
    paths = [document.path for document in documents if document.rank == 2]
    assert paths == ["rss.xml", "atom.xml", "feed.json", "opml.xml"]
    assert "archive/atom-1.xml" in [document.path for document in documents if document.rank == 0]


def test_formats_chosen() -> None:
    """Only the formats asked for are made, under the names asked for."""
    found = edition(ITEM, formats=("rss", "opml"), names={"rss": "rss20.xml"})
    assert [document.path for document in generate(found)] == ["rss20.xml", "opml.xml"]


# -- private sources
# -----------------------------------------------------------------------------------

SECRET = SourceInfo(
    id="https://members.example/feed?token=s3cret",
    name="Members",
    link="https://members.example/?token=s3cret",
    feed="https://members.example/feed?token=s3cret",
    feed_id="https://members.example/feed?token=s3cret",
    private=True,
)


@pytest.mark.parametrize("form", FORMS)
def test_private_source(form: str) -> None:
    """A private source that may be published is named, and its address stands nowhere, its posts'
    `via` included.
    """
    through = (Origin(SECRET.name, SECRET.link, SECRET.feed, SECRET.feed_id),)
    body = one(
        edition(item(1, SECRET, link="https://members.example/post", via=through)), form
    ).body
    assert b"s3cret" not in body
    assert b"members.example/feed" not in body


# -- archives
# ------------------------------------------------------------------------------------------


def archived(count: int, **fields: object) -> dict[str, bytes]:
    found = replace(edition(item(99), **fields), archives=count)
    made = generate(found, lambda number: Archive(number, (item(number),), NOW))
    return {document.path: document.body for document in made}


def relations(body: bytes) -> dict[str, str]:
    root = etree.fromstring(body)
    links = (root if root.tag != "rss" else root[0]).findall("{http://www.w3.org/2005/Atom}link")
    return {link.get("rel", ""): link.get("href", "") for link in links}


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_archives_are_a_chain(form: str) -> None:
    """From the current document each archive can be reached, and back (RFC 5005, section 4)."""
    made = archived(3, formats=(form,))
    base = f"https://planet.example.org/archive/{form}"
    assert relations(made[f"{form}.xml"])["prev-archive"] == f"{base}-3.xml"
    assert "current" not in relations(made[f"{form}.xml"])
    middle = relations(made[f"archive/{form}-2.xml"])
    assert middle["prev-archive"] == f"{base}-1.xml"
    assert middle["next-archive"] == f"{base}-3.xml"
    assert middle["current"] == f"https://planet.example.org/{form}.xml"
    assert "hub" not in middle
    assert b"<fh:archive/>" in made[f"archive/{form}-2.xml"]
    assert b"fh:archive" not in made[f"{form}.xml"]
    assert "prev-archive" not in relations(made[f"archive/{form}-1.xml"])
    assert "next-archive" not in relations(made[f"archive/{form}-3.xml"])


def test_archives_are_in_one_format() -> None:
    """Where Atom is published the archives are Atom, and RSS leads to them by links that name their
    type.
    """
    made = archived(2)
    assert [path for path in made if path.startswith("archive/")] == [
        "archive/atom-1.xml",
        "archive/atom-2.xml",
    ]
    root = etree.fromstring(made["rss.xml"])
    (link,) = root.findall("channel/{http://www.w3.org/2005/Atom}link[@rel='prev-archive']")
    assert link.get("href") == "https://planet.example.org/archive/atom-2.xml"
    assert link.get("type") == "application/atom+xml"


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_archives_are_valid(form: str) -> None:
    """An archive has nothing that a check finds."""
    found = replace(edition(item(99), formats=(form,)), archives=2)
    made = {d.path: d for d in generate(found, lambda number: Archive(number, (ITEM,), NOW))}
    document = made[f"archive/{form}-1.xml"]
    assert [str(problem) for problem in check(document.body, document.type)] == []


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(found=EDITIONS)
def test_an_archived_entry_is_the_current_one(found: Edition) -> None:
    """What stands in an archive is byte for byte what stood in the feed, though feedgen makes only
    the latter.
    """
    items = render_items((ITEM, *found.items))
    now, then = (
        atom.write(found, FeedDocument("a.xml", NOW, items, is_archive=archive))
        for archive in (False, True)
    )
    assert then.count(b"<entry") == len(items)
    assert now[now.index(b"<entry") :] == then[then.index(b"<entry") :]


def test_closed_archive_is_stable() -> None:
    """A new archive changes none but the one before it, which now links on; newer posts change
    none.
    """
    before, after = archived(2), archived(3)
    assert before["archive/atom-1.xml"] == after["archive/atom-1.xml"]
    assert before["archive/atom-2.xml"] != after["archive/atom-2.xml"]


def test_only_stale_archives_are_made() -> None:
    """Publishing costs by what is published: only the archives that may have changed are read."""
    read: list[int] = []

    def archive(number: int) -> Archive:
        read.append(number)
        return Archive(number, (ITEM,), NOW)

    found = replace(EDITION, archives=1000)
    made = [document.path for document in generate(found, archive, stale=[7, 999, 5000])]
    assert read == [7, 999]  # each once, though pages and feeds are made of it
    assert [path for path in made if path.startswith("archive/")] == [
        "archive/atom-7.xml",
        "archive/atom-999.xml",
    ]


def test_archives_switched_off() -> None:
    """Without archives there is no document of them and no link to one."""
    found = archived(2, archives=False)
    assert not [path for path in found if path.startswith("archive")]
    assert "prev-archive" not in relations(found["rss.xml"])


def test_archives_of_a_document_in_a_folder() -> None:
    """A document in a folder of its own has its archives in such a folder too."""
    assert "archive/atom/feed-1.xml" in archived(1, names={"atom": "atom/feed.xml"})


# -- what is published no more
# -------------------------------------------------------------------------


def test_format_taken_out(tmp_path: Path) -> None:
    """A feed that is published no more is named, with its archives; what still is, and what is not
    ours, is not.
    """
    found = replace(edition(ITEM, formats=("atom", "opml")), archives=1)
    known = {
        "rss.xml": "application/rss+xml",
        "atom.xml": "application/atom+xml",
        "archive/atom-1.xml": "application/atom+xml",
        "archive/rss-1.xml": "application/rss+xml",
        "index.html": "text/html; charset=utf-8",
    }
    with files_of(tmp_path) as files:
        files.claim(known.items())
        assert obsolete_paths(found, files) == ["archive/rss-1.xml", "index.html", "rss.xml"]


@pytest.mark.parametrize("fields", [{"pages": "none"}, {"formats": ("rss", "fragment")}])
def test_pages_of_posts_taken_out(tmp_path: Path, fields: dict[str, object]) -> None:
    """Posts that are to have no pages any more lose those that they had; the pages that list them
    stay.
    """
    found = edition(ITEM, **{"formats": ("html",), **fields})
    with files_of(tmp_path) as files:
        files.claim((path, "text/html; charset=utf-8") for path in ("index.html", "posts/1.html"))
        assert obsolete_paths(found, files) == ["posts/1.html"]


def test_addresses_of_a_feed() -> None:
    """A hub is told of the documents that readers subscribe to."""
    feed = replace(FEED, names={"rss": "rss20.xml"})
    assert polled_addresses(feed) == [
        f"https://planet.example.org/{name}" for name in ("rss20.xml", "atom.xml", "feed.json")
    ]


def test_served_from_an_ipv6_address() -> None:
    """Our own address is what the operator says it is."""
    body = json.loads(one(edition(ITEM, link="http://[::1]:8000/"), "json").body)
    assert body["feed_url"] == "http://[::1]:8000/feed.json"
    assert (
        b"<link>http://[::1]:8000/</link>"
        in one(edition(ITEM, link="http://[::1]:8000/"), "rss").body
    )
