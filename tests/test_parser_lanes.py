"""The fast lane gives what feedparser gives, or hands over; and knows which."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parser_helpers import CASES, NAMESPACES, SHARED, fast, lanes_agree, parsed

from syndicator.parser.encodings import to_utf8
from syndicator.parser.fast import parse_fast


def cases(lane: str) -> list[Path]:
    found = sorted(CASES.glob(f"{lane}-*.xml"))
    assert found, f"no case for the {lane} lane"
    return found


@pytest.mark.parametrize("path", cases("fast"), ids=lambda path: path.stem)
def test_a_well_formed_feed_of_a_common_shape(path: Path):
    """It takes the fast lane, and both lanes agree on every noun."""
    assert lanes_agree(path.read_bytes()) is True


@pytest.mark.parametrize("path", cases("slow"), ids=lambda path: path.stem)
def test_a_feed_that_could_be_read_in_two_ways(path: Path):
    """It is handed over, and feedparser finds its items."""
    assert fast(path.read_bytes()) is None
    assert parsed(path.read_bytes()).entries


def test_a_feed_that_is_nearly_well_formed():
    """It is put right before either lane reads it, and that is noted."""
    feed = parsed((CASES / "mended-entities.xml").read_bytes())
    (entry,) = feed.entries
    assert feed.head.title == "Hanoi &© AT&T"
    assert entry.title is not None and entry.summary is not None
    assert entry.title.value == "R&D — &unknown;"
    assert entry.links[0].href == "https://hanoi.example/?a=1&b=2"
    assert entry.authors[0].name == "Lan"
    assert entry.summary.value == "&nbsp;<b>x</b> & y"
    assert feed.notes == ("not well-formed: mended",)


def test_an_entry_with_tags_that_cross():
    """feedparser's loose parser reads both items, and says that it had to."""
    feed = parsed((CASES / "slow-not-well-formed.xml").read_bytes())
    assert [entry.links[0].href for entry in feed.entries] == [
        "https://hanoi.example/1",
        "https://hanoi.example/2",
    ]
    assert feed.notes[0].startswith("not well-formed: ")


def test_a_prefix_that_is_bound_to_something_else():
    """feedparser goes by the prefix where it does not know the namespace; that is not for the fast
    lane.
    """
    body = (
        b'<rss version="2.0" xmlns:dc="urn:x"><channel><title>t</title>'
        b"<item><dc:creator>L</dc:creator></item></channel></rss>"
    )
    assert fast(body) is None


# -- any order of elements
# -----------------------------------------------------------------------------------

TEXTS = ["", "Soup", "A &amp;amp; B", "<![CDATA[<b>x</b> & y]]>", "&lt;i&gt;c&lt;/i&gt;", "caf\u00c3\u00a9", "1\u00962",
         " a\n b ", "&lt;blink&gt;q&lt;/blink&gt;", "<![CDATA[a]]>b<![CDATA[c]]>", "x<!-- c -->y", "Phở", "5", "true",
         "lan@hanoi.example (Lan)", "https://a.example/?c=1&amp;d=2", "/rel", "../up",
         "2024-03-05T08:15:00Z"]  # fmt: skip
HREFS = ["https://a.example/1", "/rel", "x?y=1&amp;z=2", "", "https://a.example/ü"]
SCOPES = [
    "",
    "",
    "",
    ' xml:base="https://b.example/x/"',
    ' xml:lang="de"',
    ' xml:lang=""',
    ' xml:base="sub/"',
]
ELEMENTS = [
    "<title{s}>{t}</title>", '<title type="html"{s}>{t}</title>', "<dc:title{s}>{t}</dc:title>",
    "<media:title>{t}</media:title>", "<itunes:title>{t}</itunes:title>", "<link{s}>{t}</link>",
    '<link href="{h}" rel="{r}" title="q"{s}/>', '<atom:link href="{h}"/>', "<link/>", "<guid{s}>{t}</guid>",
    '<guid isPermaLink="false">{t}</guid>', "<id>{t}</id>", "<description{s}>{t}</description>",
    "<content:encoded{s}>{t}</content:encoded>", '<content type="html"{s}>{t}</content>', "<summary{s}>{t}</summary>",
    "<itunes:summary>{t}</itunes:summary>", '<itunes:image href="{h}"{s}/>', "<itunes:keywords>a, b</itunes:keywords>",
    '<media:content url="{h}"{s}><media:title>{t}</media:title><media:thumbnail url="{h}"/></media:content>',
    '<media:group{s}><media:content url="{h}"/><media:description>{t}</media:description></media:group>',
    "<author>{t}</author>", "<author><name>{t}</name><email>a@b.example</email></author>",
    "<dc:creator>{t}</dc:creator>",
    "<author><name>{t}</name><uri>{h}</uri></author>", "<contributor><name>{t}</name></contributor>",
    "<pubDate>{t}</pubDate>", "<updated{s}>2024-03-05T08:15:00Z</updated>", "<published>{t}</published>",
    "<dc:date>{t}</dc:date>", "<category{s}>{t}</category>", '<category domain="d">{t}</category>',
    '<category term="k" label="l" scheme="s"/>', "<dc:subject>{t}</dc:subject>", "<comments>{t}</comments>",
    "<slash:comments>5</slash:comments>", "<dc:rights{s}>{t}</dc:rights>", '<enclosure url="{h}" length="12"/>',
    '<source url="{h}"{s}>{t}</source>', "<x:foo{s}>{t}</x:foo>", "<x:foo><x:title>{t}</x:title></x:foo>",
    '<source><title>{t}</title><link rel="self" href="{h}"/><updated>2024-03-05</updated></source>',
    "<unknown>{t}</unknown>",
    '<unknown a="1">{t}</unknown>', "<image>{h}</image>", "<image><url>{h}</url><title>{t}</title></image>",
    "<creativeCommons:license>{h}</creativeCommons:license>", '<podcast:transcript url="{h}"{s}/>',
    "<language>{t}</language>",
    "<subtitle>{t}</subtitle>", "<url>{h}</url>", "<name>{t}</name>", "<dc:publisher>{t}</dc:publisher>", "text",
    "<description><b>{t}</b></description>",
    '<content type="xhtml"{s}><div xmlns="http://www.w3.org/1999/xhtml">{t}<br/><b>y</b></div></content>',
    '<content type="xhtml"{s}><div xmlns="http://www.w3.org/1999/xhtml"{s}>{t}<i{s}><a href="{h}">{t}</a>'
    '<img src="{h}"/></i><a href="{h}">z</a></div></content>',
]  # fmt: skip


def any_feed(choose: random.Random) -> bytes:
    """A feed of a few items, each of a few elements in any order."""

    def element() -> str:
        written = choose.choice(ELEMENTS)
        for mark, values in (("{t}", TEXTS), ("{h}", HREFS), ("{s}", SCOPES)):
            while mark in written:
                written = written.replace(mark, choose.choice(values), 1)
        return written.replace(
            "{r}", choose.choice(["alternate", "self", "enclosure", "license", "via"])
        )

    tag, root, end = choose.choice(
        [
            ("item", f'<rss version="2.0" {NAMESPACES}', "</channel></rss>"),
            ("entry", f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}', "</feed>"),
        ]
    )
    items = "".join(
        f"<{tag}{choose.choice(SCOPES)}>{''.join(element() for _ in range(choose.randint(0, 6)))}</{tag}>\n"
        for _ in range(choose.randint(1, 3))
    )
    channel = "<channel>" if tag == "item" else ""
    return f"{root}{choose.choice(SCOPES)}>{channel}<title>Hanoi</title>{items}{end}".encode()


# The same feeds in every run: one that somebody meets by luck would say nothing of what he has
# changed.
@settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.randoms(use_true_random=False))
def test_any_elements_in_any_order(choose: random.Random):
    """The lanes agree, or the fast one hands over; and a known item is told as it was when it was
    new.
    """
    body = any_feed(choose)
    assert lanes_agree(body) is not False
    first = parsed(body)
    again = parsed(body, frozenset(key.fingerprint for key in first.items))
    assert (again.items, again.entries, again.head) == (first.items, (), first.head)


# -- feeds of the world, which are not ours to copy: they lie beside the project, or they don't
# ----------------


def shared(pattern: str) -> list[Path]:
    found = sorted(SHARED.glob(pattern))
    return found or [SHARED / "feeds"]


def skip_if_absent(path: Path) -> None:
    if not path.is_file():
        pytest.skip("../shared/feeds is not here")


@pytest.mark.captured
@pytest.mark.parametrize("path", shared("feeds/real/*"), ids=lambda path: path.name[-60:])
def test_a_captured_feed(path: Path):
    """Where the fast lane takes it, both lanes agree on every noun."""
    skip_if_absent(path)
    assert lanes_agree(path.read_bytes()) is not False


@pytest.mark.captured
def test_most_captured_feeds_take_the_fast_lane():
    """A lane that hands everything over would agree with feedparser too."""
    paths = [path for path in shared("feeds/real/*") if path.suffix != ".json"]
    skip_if_absent(paths[0])
    taken = sum(
        parse_fast(to_utf8(path.read_bytes())[0], "s", "", frozenset()) is not None
        for path in paths
    )
    assert taken > 0.85 * len(paths)


@pytest.mark.captured
@pytest.mark.parametrize("series", shared("feeds/series/*"), ids=lambda path: path.name)
def test_a_feed_over_time(series: Path):
    """With what is known from the captures before, exactly the entries with new fingerprints are
    read.
    """
    captures = sorted(series.glob("*.xml"))
    skip_if_absent(captures[0] if captures else series)
    known: set[str] = set()
    for capture in captures[:12]:
        body = capture.read_bytes()
        whole, part = parsed(body), parsed(body, frozenset(known))
        assert part.items == whole.items
        assert part.entries == tuple(
            entry for entry in whole.entries if entry.fingerprint not in known
        )
        known.update(key.fingerprint for key in whole.items)
