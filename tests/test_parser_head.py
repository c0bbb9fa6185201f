"""What a feed says of itself, in each dialect."""

from datetime import UTC, datetime, timedelta

from parser_helpers import atom, lanes_agree, parsed, rss

from syndicator.model.feed import FeedHead, Person
from syndicator.model.fetch import Hints


def head(body: bytes) -> FeedHead:
    assert lanes_agree(body) is not False
    return parsed(body).head


def test_rss():
    """Title, site, own address, language, people, rights, picture, date, generator."""
    found = head(
        rss(
            head='<link>https://hanoi.example/</link><atom:link rel="self" href="https://hanoi.example/feed"/>'
            "<description>A &lt;b&gt;blog&lt;/b&gt;</description><language>vi_VN</language>"
            "<managingEditor>lan@hanoi.example (Lan)</managingEditor><copyright>Lan</copyright>"
            "<image><url>https://hanoi.example/i.png</url><title>x</title><link>https://hanoi.example/</link></image>"
            "<lastBuildDate>Tue, 05 Mar 2024 08:15:00 GMT</lastBuildDate><generator>G 1</generator>"
        )
    )
    assert found == FeedHead(
        title="Hanoi",
        link="https://hanoi.example/",
        self_link="https://hanoi.example/feed",
        subtitle="A blog",
        language="vi-VN",
        authors=(Person("Lan", email="lan@hanoi.example"),),
        rights="Lan",
        image="https://hanoi.example/i.png",
        updated=datetime(2024, 3, 5, 8, 15, tzinfo=UTC),
        generator="G 1",
        version="rss20",
    )


def test_atom():
    """The same of Atom, where the root element itself is the feed."""
    found = head(
        atom(
            "",
            "<id>urn:a</id><subtitle>S</subtitle><updated>2024-03-05T08:15:00Z</updated><rights>R</rights>"
            '<link href="/"/><link rel="self" href="/feed"/>'
            '<link rel="license" href="https://l.example/"/><author><name>Lan</name></author><icon>/i.ico</icon>',
            'xml:base="https://hanoi.example/" xml:lang="vi"',
        )
    )
    assert (found.id, found.subtitle, found.language, found.rights) == ("urn:a", "S", "vi", "R")
    assert (found.link, found.self_link) == ("https://hanoi.example/", "https://hanoi.example/feed")
    assert found.licence == "https://l.example/"
    assert (found.authors, found.image) == ((Person("Lan"),), "https://hanoi.example/i.ico")
    assert (found.version, found.base) == ("atom10", "https://hanoi.example/")


def test_rss_1():
    """The items stand beside the channel, and so does the picture."""
    body = b"""<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
     <channel rdf:about="https://hanoi.example/"><title>Hanoi</title><link>https://hanoi.example/</link>
     <dc:language>vi</dc:language><dc:date>2024-03-05</dc:date></channel>
     <image rdf:about="https://hanoi.example/i.png"><url>https://hanoi.example/i.png</url></image>
     <item rdf:about="https://hanoi.example/1"><title>One</title><link>https://hanoi.example/1</link></item></rdf:RDF>"""
    found = head(body)
    assert (found.version, found.language, found.image) == (
        "rss10",
        "vi",
        "https://hanoi.example/i.png",
    )
    assert parsed(body).entries[0].guid == "https://hanoi.example/1"


def test_hints():
    """ttl, sy:, skipHours and skipDays; 24 is midnight, as RSS 0.91 has it."""
    found = head(
        rss(
            head="<ttl>90</ttl><sy:updatePeriod>\n daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
            "<skipHours><hour>24</hour><hour>3</hour><hour>99</hour></skipHours>"
            "<skipDays><day>sunday</day><day>Someday</day></skipDays>"
        )
    )
    assert found.hints == Hints(
        ttl=timedelta(minutes=90),
        update_period=timedelta(hours=6),
        skip_hours=(0, 3),
        skip_days=("Sunday",),
    )


def test_hints_that_make_no_sense():
    """What is no number is no hint."""
    assert (
        head(rss(head="<ttl>soon</ttl><sy:updatePeriod>often</sy:updatePeriod>")).hints == Hints()
    )


def test_wishes():
    """access:restriction and indexing:index, as element and as attribute."""
    denied = head(
        rss(head='<access:restriction relationship="deny"/><indexing:index>no</indexing:index>')
    )
    assert (denied.denied, denied.noindex) == (True, True)
    assert head(rss(attributes='indexing:index="no"')).noindex
    assert not head(rss(head='<access:restriction relationship="allow"/>')).denied


def test_a_podcast():
    """Its author and picture stand in itunes elements; a new address may too."""
    found = head(
        rss(
            head='<itunes:author>Lan</itunes:author><itunes:image href="https://a.example/i.jpg"/>'
            "<itunes:new-feed-url>https://new.example/</itunes:new-feed-url>"
        )
    )
    assert (found.podcast, found.authors, found.image) == (
        True,
        (Person("Lan"),),
        "https://a.example/i.jpg",
    )
    assert found.new_url == "https://new.example/"


def test_a_title_with_markup():
    """A feed's title is plain, whatever it is written in."""
    assert head(
        b'<rss version="2.0"><channel><title>A &amp;amp; &lt;i&gt;B&lt;/i&gt;</title></channel></rss>'
    ).title == ("A & B")


def test_versions():
    """The root element tells the dialect, not the namespaces that are declared beside it."""
    for version, name in (("2.0", "rss20"), ("0.91", "rss091u"), ("0.92", "rss092"), ("", "rss")):
        body = f'<rss version="{version}" xmlns="" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>x</title></channel></rss>'
        assert head(body.encode()).version == name
    assert (
        head(
            b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>x</title></feed>'
        ).version
        == "atom03"
    )


def test_a_namespace_that_a_feed_made_up():
    """RSS has none; a feed that puts itself in one is read as if it had not."""
    body = b"""<rss version="2.0" xmlns="https://rss.example/spec.html" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>News</title><link>https://example.org/</link><ttl>5</ttl>
        <item><title>One</title><dc:creator>Ann</dc:creator><link>https://example.org/1</link></item></channel></rss>"""
    assert lanes_agree(body)
    read = parsed(body)
    assert (read.head.title, read.head.link, read.head.version) == (
        "News",
        "https://example.org/",
        "rss20",
    )
    assert [(entry.title.value, entry.authors[0].name) for entry in read.entries] == [
        ("One", "Ann")
    ]


def test_a_broken_head():
    """feedparser reads what it can; the hints come from what libxml2 makes of it."""
    body = b'<rss version="2.0"><channel><title>Hanoi</title><ttl>60</ttl><description>a < b</description></rss>'
    found = parsed(body)
    assert (found.head.title, found.head.hints.ttl) == ("Hanoi", timedelta(hours=1))
    assert found.notes and found.notes[0].startswith("not well-formed")


def test_a_restriction_beside_the_channel():
    """Its specification has it there; many write it into the channel."""
    said = b'<access:restriction relationship="deny"/>'
    inside, beside = (
        rss().replace(before, before + said)
        for before in (b"<channel>", rss().partition(b"<channel>")[0])
    )
    assert parsed(inside).head.denied
    assert parsed(beside).head.denied
    assert lanes_agree(beside) is not False
