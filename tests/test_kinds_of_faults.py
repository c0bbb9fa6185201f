"""Faults of real feeds, a kind each: what is read of them, and of their relatives."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from generator_helpers import ITEM
from msgspec.structs import replace

from syndicator import normalizer, parser
from syndicator.generator.item import render_item
from syndicator.generator.podcast import rss_enclosure
from syndicator.model.feed import Enclosure, Entry, ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import Post
from syndicator.model.settings import Source

NOW = datetime(2026, 11, 29, tzinfo=UTC)
URL = "https://harbour.example/feed"
_RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="{itunes}"><channel><title>Harbour</title>
  <link>https://harbour.example/</link><language>en</language><item>{item}</item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title><id>urn:x:h</id>
  <updated>2024-03-05T08:15:00Z</updated><entry><id>urn:x:1</id><title>A post</title>
  <updated>2024-03-05T08:15:00Z</updated>{item}</entry></feed>"""


def read(body: bytes) -> ParsedFeed:
    outcome = parser.parse(Fetched("s", URL, body))
    assert isinstance(outcome, ParsedFeed)
    return outcome


def post(body: bytes) -> Post:
    (made,) = normalizer.normalize(read(body), Source("s", URL), NOW).posts
    return made


def rss(item: str, itunes: str = "http://www.itunes.com/dtds/podcast-1.0.dtd") -> bytes:
    return _RSS.format(item=item, itunes=itunes).encode()


def atom(item: str) -> bytes:
    return _ATOM.format(item=item).encode()


def described(text: str) -> Post:
    """A post whose description is a text, escaped once as XML asks."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return post(rss(f"<title>A post</title><description>{escaped}</description>"))


def in_json(**item: str) -> Post:
    return post(json.dumps({"title": "H", "items": [{"id": "1", **item}]}).encode())


def titled(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return post(rss(f"<title>{escaped}</title><description>x</description>")).title


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Feast &#55356;&#57225;", "Feast 🎉"),
        ("Feast &#xD83C;&#xDF89;", "Feast 🎉"),
        ("Feast &amp;#55356;&amp;#57225; now", "Feast 🎉 now"),
        ("<![CDATA[Feast &#xd83c;&#xdf89;]]>", "Feast 🎉"),
        ("Feast &#55356; now", "Feast \ufffd now"),
        ("Feast &#xDF89;", "Feast \ufffd"),
    ],
)
def test_a_character_in_two_references(written: str, meant: str) -> None:
    """Half a pair is no character; both are one, and the rest of the feed is read as it is."""
    feed = read(rss(f"<title>{written}</title></item><item><title>Über alten Käse – gut</title>"))
    titles = [normalizer.normalize(feed, Source("s", URL), NOW).posts[at].title for at in (0, 1)]
    assert titles == [meant, "Über alten Käse – gut"]


@pytest.mark.parametrize(
    "text",
    [
        "The strongest of all is the <path> element. It is also the hardest.",
        "Why <script> tags block the page, and a cure.",
        "Write to Ann <ann@mail.example> for a seat.",
        "If p<q then q>p, and so on.",
        "The generic List<String> of Java & co.",
        "How to centre a <div> in three lines",
        "Press <Enter> to go on",
    ],
)
def test_plain_text_with_an_angle_bracket(text: str) -> None:
    """What is no markup is text: nothing behind it is lost."""
    assert described(text).text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>One <b>two", "One two"),
        ("One<br>two", "One two"),
        ('See <a href="/x">this</a> and <ann@mail.example>', "See this and <ann@mail.example>"),
        ("<div>Cut at the end", "Cut at the end"),
        ('Read more <a href="https://a.exa', "Read more"),
        ("<custom-card>words</custom-card><p>more</p>", "words more"),
        ("ends with a tag <im", "ends with a tag"),
    ],
)
def test_html_that_is_cut_or_odd(text: str, words: str) -> None:
    """It is read as HTML, as before."""
    assert described(text).text == words


@pytest.mark.parametrize("empty", ["<p></p>", "<p>&nbsp;</p>", "<br/>", "<div><p> </p></div>"])
def test_an_empty_body_beside_a_description(empty: str) -> None:
    """The description is the body."""
    body = f"<content:encoded><![CDATA[{empty}]]></content:encoded>"
    item = f"<title>A</title><description>Real words.</description>{body}"
    assert post(rss(item)).text == "Real words."


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            "&lt;p&gt;Hello &lt;a href=&quot;https://x.example&quot;&gt;there&lt;/a&gt;&lt;/p&gt;",
            "Hello there",
        ),
        ("&lt;p&gt;One&lt;/p&gt;&lt;h2&gt;Two&lt;/h2&gt;", "One Two"),
        (
            "In reply to &lt;a href=&quot;/p&quot;&gt;Bob&lt;/a&gt;. Thanks.",
            "In reply to Bob. Thanks.",
        ),
        ("&lt;b&gt;All&lt;/b&gt; is &lt;i&gt;well&lt;/i&gt;", "All is well"),
        ("Write &lt;b&gt;bold&lt;/b&gt; for bold words", "Write <b>bold</b> for bold words"),
        ("1 &lt; 2", "1 < 2"),
    ],
)
def test_a_body_escaped_once_too_often(written: str, words: str) -> None:
    """It is unescaped where escaped tags dress it, not where the text is about them."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "H",
        "items": [{"id": "1", "content_html": written}],
    }
    assert post(json.dumps(feed).encode()).text == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Fish&nbsp;and chips", "Fish\xa0and chips"),
        ("Ann &amp; Bob&#8217;s", "Ann & Bob’s"),
        ("the &lt;b&gt; tag", "the &lt;b&gt; tag"),
        ("R&D; AT&T", "R&D; AT&T"),
    ],
)
def test_references_in_plain_text(written: str, words: str) -> None:
    """They are characters, but for those that would make tags."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "H",
        "items": [{"id": "1", "content_text": written}],
    }
    assert post(json.dumps(feed).encode()).text.replace("\xa0", "\xa0") == " ".join(words.split())


@pytest.mark.parametrize(
    "title",
    [
        "Why the <img> tag needs a size",
        "When to close <p> with </p>",
        "Is <b> dead, and </b> too?",
        "A <div> is no <section>",
        "The <script> element",
    ],
)
def test_a_title_about_a_tag(title: str) -> None:
    """It keeps the tag, in RSS and in a title of Atom that says it is text."""
    escaped = title.replace("<", "&lt;").replace(">", "&gt;")
    assert titled(title) == title
    feed = atom('<link href="https://harbour.example/1"/><content>x</content>')
    feed = feed.replace(b"<title>A post", f'<title type="text">{escaped}'.encode())
    assert post(feed).title == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<![CDATA[Real title]]>", "Real title"),
        ("<b>Bold</b> news", "Bold news"),
        ("<p>All of it</p>", "All of it"),
        ('Pictures <img src="/x.png"> here', "Pictures here"),
        ("<![CDATA[AT&amp;T]]>", "AT&T"),
        (" <![CDATA[Cut", "Cut"),
    ],
)
def test_a_title_that_is_dressed(written: str, title: str) -> None:
    """Tags and marks go."""
    assert titled(written) == title


def test_an_empty_json_feed() -> None:
    """Items that are null are no items."""
    assert (
        read(b'{"version": "https://jsonfeed.org/version/1.1", "title": "R", "items": null}').items
        == ()
    )


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ({"author": "Ann"}, "authors", ["Ann"]),
        ({"authors": "Ann"}, "authors", ["Ann"]),
        ({"authors": {"name": "Ann"}}, "authors", ["Ann"]),
        ({"tags": "sea, wind"}, "categories", ["sea", "wind"]),
        ({"tags": "sea"}, "categories", ["sea"]),
        (
            {"attachments": {"url": "https://a.example/a.mp3", "size_in_bytes": "12"}},
            "enclosures",
            [12],
        ),
        (
            {"attachments": [{"url": "https://a.example/a.mp3", "duration_in_seconds": "1:01"}]},
            "enclosures",
            [61],
        ),
    ],
)
def test_json_of_other_types(said: dict[str, Any], name: str, value: list[object]) -> None:
    """A string or an object in the place of a list is the one element of it."""
    (entry,) = read(json.dumps({"items": [{"id": "1", **said}]}).encode()).entries
    found = getattr(entry, name)
    assert [
        getattr(part, "name", "") or getattr(part, "term", "") or part.length or part.duration
        for part in found
    ] == value


@pytest.mark.parametrize("guid", ["aae20190418", "42", "post-42", "tag:harbour.example,2024:1"])
def test_a_guid_that_is_no_address(guid: str) -> None:
    """Without a link there is none."""
    assert post(rss(f"<title>Ep</title><guid>{guid}</guid>")).link == ""


@pytest.mark.parametrize("guid", ["https://harbour.example/p/1", "/p/1", "p/1"])
def test_a_guid_that_is_an_address(guid: str) -> None:
    """It is the link."""
    assert post(rss(f"<title>Ep</title><guid>{guid}</guid>")).link == "https://harbour.example/p/1"


@pytest.mark.parametrize(
    "rel",
    [
        "http://www.iana.org/assignments/relation/alternate",
        "http://www.iana.org/assignments/link-relations/alternate",
        "Alternate",
        "",
    ],
)
def test_a_relation_as_an_address(rel: str) -> None:
    """IANA's address of a relation is its name (RFC 4287, 4.2.7.2)."""
    feed = atom(f'<link rel="{rel}" href="https://harbour.example/p/1"/><content>x</content>')
    assert post(feed).link == "https://harbour.example/p/1"


@pytest.mark.parametrize(
    ("content", "files", "link"),
    [
        (
            'type="image/jpeg" src="https://harbour.example/2.jpg"',
            ["https://harbour.example/2.jpg"],
            "",
        ),
        (
            'type="audio/mpeg" src="https://harbour.example/2.mp3"',
            ["https://harbour.example/2.mp3"],
            "",
        ),
        (
            'type="text/html" src="https://harbour.example/2.html"',
            [],
            "https://harbour.example/2.html",
        ),
    ],
)
def test_content_that_is_elsewhere(content: str, files: list[str], link: str) -> None:
    """A page is the link where there is no other, all else is attached."""
    made = post(atom(f"<content {content}/><summary>A view.</summary>"))
    assert ([file.url for file in made.enclosures], made.link) == (files, link)


def test_a_picture_in_base64() -> None:
    """It is no text."""
    made = post(atom('<content type="image/png">iVBORw0KGgo=</content><summary>A view.</summary>'))
    assert made.text == "A view."


@pytest.mark.parametrize(
    ("enclosure", "urls"),
    [
        (
            'url="magnet:?xt=urn:btih:abc" type="application/x-bittorrent"',
            ["magnet:?xt=urn:btih:abc"],
        ),
        ('url="https://v.example/v/1?version=3" type="application/x-shockwave-flash"', []),
        ('url="javascript:alert(1)" type="audio/mpeg"', []),
        ('url="https://v.example/1.mp4" type="video/mp4"', ["https://v.example/1.mp4"]),
    ],
)
def test_odd_enclosures(enclosure: str, urls: list[str]) -> None:
    """A magnet link is a file; a Shockwave film plays nowhere."""
    made = post(rss(f'<title>A</title><enclosure {enclosure} length="1"/>'))
    assert [file.url for file in made.enclosures] == urls


@pytest.mark.parametrize(
    "namespace",
    [
        "https://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
    ],
)
def test_spellings_of_a_namespace(namespace: str) -> None:
    """They are one."""
    file = '<enclosure url="https://a.example/a.mp3" type="audio/mpeg" length="1"/>'
    item = f"<title>A</title><itunes:duration>61</itunes:duration>{file}"
    made = post(rss(item, namespace))
    assert made.episode is not None
    assert made.episode.duration == "61"


_BIG = '<media:content url="https://i.example/big.jpg" width="640" height="480"/>'


@pytest.mark.parametrize(
    ("item", "picture"),
    [
        (
            '<media:content width="140" url="https://i.example/p.jpg?w=140"/><media:content width="460" url="https://i.example/p.jpg?w=460"/>',
            "https://i.example/p.jpg?w=460",
        ),
        (
            f'<media:thumbnail url="https://i.example/s72.jpg" width="72" height="72"/>{_BIG}',
            "https://i.example/big.jpg",
        ),
        (
            '<media:thumbnail url="https://i.example/s72.jpg" width="72" height="72"/>'
            "<description>&lt;img src='https://i.example/whole.jpg'&gt; words</description>",
            "https://i.example/whole.jpg",
        ),
        (
            '<media:thumbnail url="https://i.example/s72.jpg" width="72" height="72"/>',
            "https://i.example/s72.jpg",
        ),
        (
            '<media:thumbnail url="https://i.example/480.jpg" width="480" height="360"/>',
            "https://i.example/480.jpg",
        ),
        ('<media:content url="https://i.example/p.png"/>', "https://i.example/p.png"),
    ],
)
def test_the_picture_of_a_post(item: str, picture: str) -> None:
    """A name tells a picture, too; the largest is taken, a thumbnail where there is nothing else."""
    image = post(rss(f"<title>A</title>{item}")).image
    assert image is not None
    assert image.url == picture


_HERON_AT_DAWN = (
    '<media:content url="https://v.example/3.jpg" medium="image">'
    "<media:description>A heron &amp; a reed</media:description></media:content>"
)
_FILM = '<media:content url="https://v.example/1.mp4" type="video/mp4"/>'
_STILL = '<media:thumbnail url="https://v.example/1.jpg" width="640" height="360"/>'
_PHOTO = '<media:content url="https://v.example/2.jpg" type="image/jpeg"/>'
_FLASH = '<media:content url="https://{}?version=3" type="application/x-shockwave-flash"/>'
_TUBE = _FLASH.format("www.youtube.com/v/abcDEF12345")


@pytest.mark.parametrize(
    ("item", "begins", "identity"),
    [
        (_FILM + _STILL, '<p><video src="https://v.example/1.mp4" poster="https://v.ex', ""),
        (
            '<enclosure url="https://v.example/1.mp4" type="video/mp4" length="1"/>',
            '<p><video src="https://v.example/1.mp4" controls=""',
            "",
        ),
        (_FILM + "<description>Words.</description>", "<p><video src=", "Words."),
        (_PHOTO, '<p><img src="https://v.example/2.jpg" alt=""', ""),
        (_STILL, '<p><img src="https://v.example/1.jpg" alt=""', ""),
        (_HERON_AT_DAWN, '<p><img src="https://v.example/3.jpg" alt="A heron &amp; a reed"', ""),
        (_TUBE + _STILL, '<iframe src="https://www.youtube-nocookie.com/embed/abcDEF12345"', ""),
        (_FLASH.format("film.example/1.swf") + _STILL, '<p><img src="https://v.example/1.jpg"', ""),
    ],
)
def test_a_post_of_a_film_or_a_photo(item: str, begins: str, identity: str) -> None:
    """Its body shows it; what it is known by stays, so that no stored post is another for it."""
    made = post(rss(f"<title>A</title>{item}"))
    assert made.content_html.startswith(begins)
    assert made.text == identity
    without = normalizer.normalize(
        read(rss(f"<title>A</title>{item}")), Source("s", URL, content="none"), NOW
    )
    assert without.posts[0].content_html == ""
    assert without.posts[0].content_hash == made.content_hash


@pytest.mark.parametrize(
    "item",
    [
        _PHOTO + "<description>Words.</description>",
        _FILM + "<description>&lt;img src='https://v.example/9.jpg'&gt;</description>",
        '<enclosure url="https://v.example/1.mp3" type="audio/mpeg" length="1"/>' + _STILL,
        "<description>Words.</description>",
    ],
)
def test_a_post_that_needs_no_figure(item: str) -> None:
    """A body with a picture or a text of its own stays as it is, and so does a recording's."""
    html = post(rss(f"<title>A</title>{item}")).content_html
    assert "video" not in html
    assert html.count("<img") == item.count("&lt;img")


@pytest.mark.parametrize("kind", ["jpg", "jpeg", "png"])
def test_a_picture_in_its_address(kind: str) -> None:
    """It stays; `image/jpg` is how many write it."""
    data = ";base64," + "iVBORw0KGgo" * 200 + "A=="
    assert (
        data
        in post(
            rss(
                f"<title>A</title><description>&lt;p&gt;a &lt;img src='{data}' alt='b'&gt;&lt;/p&gt;</description>"
            )
        ).content_html
    )


@pytest.mark.parametrize("lane", [b"", b"<!DOCTYPE rss>"])
def test_what_both_readers_read(lane: bytes) -> None:
    """Remote content and relations are the same by feedparser."""
    body = lane.replace(b"rss", b"feed") + atom(
        '<link rel="http://www.iana.org/assignments/relation/related" href="https://harbour.example/r"/>'
        '<content type="image/jpeg" src="https://harbour.example/2.jpg"/>'
    )
    (entry,) = read(body).entries
    assert isinstance(entry, Entry)
    assert [(link.rel, link.href) for link in entry.links] == [
        ("related", "https://harbour.example/r")
    ]
    assert [file.url for file in entry.enclosures] == ["https://harbour.example/2.jpg"]


_SHOW = b"""<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"
  xmlns:psc="http://podlove.org/simple-chapters" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
  <channel><title>Tides</title><link>https://tides.example/</link><item><title>Ebb</title><guid>e1</guid>
  <podcast:season name="The North">2</podcast:season>
  <podcast:person role="host" href="https://ann.example/" img="/ann.jpg">Ann &amp; Co</podcast:person>
  <podcast:person>Bob</podcast:person>
  <podcast:alternateEnclosure type="audio/opus" length="7" title="Small">
    <podcast:source uri="https://tides.example/1.opus"/></podcast:alternateEnclosure>
  <psc:chapters version="1.2"><psc:chapter start="00:00:00" title="Start"/>
    <psc:chapter start="01:02" title="Wind" href="https://wind.example/"/><psc:chapter start="2"/></psc:chapters>
  <enclosure url="https://tides.example/1.mp3" type="audio/mpeg" length="9"/></item></channel></rss>"""


@pytest.mark.parametrize("broken", [b"", b"<stray></channel>"])
def test_elements_of_podcasts(broken: bytes) -> None:
    """People, inline chapters, other forms of the file and names of seasons are read, in broken feeds too."""
    episode_post = post(_SHOW.replace(b"</channel>", broken + b"</channel>") if broken else _SHOW)
    episode = episode_post.episode
    assert episode is not None
    assert (episode.season, episode.season_name) == ("2", "The North")
    assert [(person.name, person.role, person.url, person.image) for person in episode.people] == [
        ("Ann & Co", "host", "https://ann.example/", "https://tides.example/ann.jpg"),
        ("Bob", "", "", ""),
    ]
    assert [(mark.start, mark.title, mark.url) for mark in episode.marks] == [
        (0, "Start", ""),
        (62, "Wind", "https://wind.example/"),
    ]
    assert [file.url for file in episode_post.enclosures] == [
        "https://tides.example/1.mp3",
        "https://tides.example/1.opus",
    ]


_SPARE = """xmlns:yandex="http://news.yandex.ru" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:source="http://source.scripting.com/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" """


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("<yandex:full-text>&lt;p&gt;All of it&lt;/p&gt;</yandex:full-text>", "All of it"),
        ('<media:text type="plain">All of it</media:text>', "All of it"),
        ("<source:markdown>All of *it*</source:markdown>", "All of *it*"),
        (
            "<description>Short</description><yandex:full-text>All of it</yandex:full-text>",
            "All of it",
        ),
        ("<description>Its own</description><source:markdown>*It*</source:markdown>", "Its own"),
        ("<description>Its own</description><media:text>Of the file</media:text>", "Its own"),
        (
            "<description>&lt;p&gt;Its own&lt;/p&gt;</description>"
            "<source:markdown>Its *own*, with marks</source:markdown>",
            "Its own",
        ),
        (
            "<media:description>Spare</media:description><description>Its own</description>",
            "Its own",
        ),
    ],
)
def test_a_body_in_a_rare_element(item: str, words: str) -> None:
    """It is the body where there is no other."""
    body = rss(f"<title>A</title>{item}").replace(b"<rss ", f"<rss {_SPARE}".encode())
    assert post(body.replace(b'  xmlns:media="http://search.yahoo.com/mrss/"', b"")).text == words


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<feedburner:origLink>https://h.example/1</feedburner:origLink>", "https://h.example/1"),
        (
            "<link>https://h.example/2</link><feedburner:origLink>https://h.example/1</feedburner:origLink>",
            "https://h.example/2",
        ),
    ],
)
def test_the_address_before_feedburner(item: str, link: str) -> None:
    """It is the link where there is no other."""
    body = rss(f"<title>A</title>{item}").replace(b"<rss ", f"<rss {_SPARE}".encode())
    assert post(body.replace(b'  xmlns:media="http://search.yahoo.com/mrss/"', b"")).link == link


@pytest.mark.parametrize(
    ("author", "name", "mail"),
    [
        ("noreply@blogger.com (Ann)", "Ann", ""),
        ("ann@harbour.example (Ann)", "Ann", "ann@harbour.example"),
        ("noreply@blogger.com", "", ""),
    ],
)
def test_a_mail_address_of_nobody(author: str, name: str, mail: str) -> None:
    """Blogger gives one to all of its authors: it is kept out."""
    authors = post(rss(f"<title>A</title><author>{author}</author>")).authors
    assert [(person.name, person.email) for person in authors] == ([(name, mail)] if name else [])


_HERON = (
    '<title>A</title><media:content url="https://m.example/o.jpg" type="image/jpeg" medium="image">'
    "<media:description>A grey heron</media:description></media:content>"
)


def test_the_alternative_text_of_a_picture() -> None:
    """It is the title of the picture, which stands for the post and is attached."""
    made = post(rss(_HERON))
    assert made.image is not None
    assert made.image.title == "A grey heron"
    assert [file.description for file in made.enclosures] == ["A grey heron"]


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ("c.jpg image/jpeg, a.mp3 audio/mpeg", "a.mp3"),
        ("c.jpg image/jpeg, v.mp4 video/mp4", "v.mp4"),
        ("a.mp3 audio/mpeg, c.jpg image/jpeg", "a.mp3"),
        ("c.jpg image/jpeg", "c.jpg"),
    ],
)
def test_a_cover_before_the_recording(files: str, first: str) -> None:
    """RSS has room for one enclosure: the recording."""
    enclosures = tuple(
        Enclosure(f"https://x.example/{name}", kind)
        for name, kind in map(str.split, files.split(","))
    )
    item = replace(ITEM, post=replace(ITEM.post, enclosures=enclosures))
    chosen = rss_enclosure(render_item(item, "UTC"))
    assert chosen is not None
    assert chosen.url == f"https://x.example/{first}"


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg><title>A boat</title><path d="M0"/></svg>',
        '<svg:svg><svg:title>A boat</svg:title><svg:path d="M0"/></svg:svg>',
        '<svg:svg xmlns:svg="http://www.w3.org/2000/svg"><svg:g><svg:title>A boat</svg:title></svg:g></svg:svg>',
        "<SVG:svg><SVG:desc>A boat</SVG:desc></SVG:svg>",
    ],
)
def test_the_title_of_a_drawing(drawing: str) -> None:
    """It is no word of the text, with a prefix neither."""
    body = f"<![CDATA[<p>Out {drawing} at sea.</p>]]>"
    made = post(rss(f"<title>A post</title><content:encoded>{body}</content:encoded>"))
    assert made.text == "Out at sea."
    assert "boat" not in made.content_html
