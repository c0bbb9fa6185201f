"""check: each slip in a published document is found, named, and placed; a sound document is left in
peace.
"""

from __future__ import annotations

import json

import pytest
from generator_helpers import EDITION, edition, item

from syndicator.check import Problem, check
from syndicator.generator import generate_one as one

GOOD = {form: one(EDITION, form) for form in ("rss", "atom", "json", "opml")}


def found(form: str, old: str, new: str) -> list[Problem]:
    """What is found in the good document after one change."""
    body = GOOD[form].body.decode()
    if form == "json":  # with spaces, as the cases are written
        body = json.dumps(json.loads(body), ensure_ascii=False)
    assert old in body, "the case changes nothing"
    return list(check(body.replace(old, new, 1).encode(), GOOD[form].type))


@pytest.mark.parametrize("form", GOOD)
def test_good_document(form: str) -> None:
    """What we publish has no problem, serious or not."""
    assert list(check(GOOD[form].body, GOOD[form].type)) == []


TOP, ONE, BUILT = "rss/channel", "rss/channel/item[1]", "rss/channel/lastBuildDate"
WHEN = "Fri, 17 May 2024 11:30:00 +0000"

# form, what is changed, into what, where it is found, what is said; all of these are errors to the
# W3C's validator or, for JSON Feed, against its specification.
SERIOUS = [
    ("rss", "</channel>", "", "", "is not well-formed"),
    ("rss", '<rss xmlns:dc', '<rss xmlns="urn:x" xmlns:dc', "", "is no rss document"),
    ("rss", ' version="2.0"', "", "rss", "has no version"),
    ("rss", "<title>Pets</title>", "", TOP, "has no title"),
    ("rss", "<link>https://planet.example.org/</link>", "", TOP, "has no link"),
    ("rss", "<link>https://planet.example.org/</link>", "<link>/</link>", "rss/channel/link", "is no absolute URI"),
    ("rss", "<description>All about pets</description>", "", TOP, "has no description"),
    ("rss", "<language>en</language>", "<language>english</language>", "rss/channel/language", "is no language"),
    ("rss", "<generator>", "<unheard/><generator>", "rss/channel/unheard", "is not an element of this format"),
    ("rss", WHEN, "2024-05-17", BUILT, "is no RFC 822 date"),
    ("rss", WHEN, "Mon, 17 May 2024 11:30:00 +0000", BUILT, "was a Fri"),
    ("rss", WHEN, "31 Feb 2024 11:30:00 +0000", BUILT, "no day of the"),
    ("rss", "editor@planet.example.org (Pets)", "editor at planet", "rss/channel/webMaster", "is no mail address"),
    ("rss", 'isPermaLink="false"', 'isPermaLink="no"', ONE + "/guid@isPermaLink", "is none of true, false"),
    ("rss", 'isPermaLink="false">https://cats.example.org/?p=7', ">seven", ONE + "/guid", "is no permalink"),
    ("rss", "<link>https://cats.example.org/purring</link>", "<link>https://cats.example.org/a b</link>",
     ONE + "/link", "is no absolute URI"),
    ("rss", '<enclosure url="https://', '<enclosure url="ftp://', ONE + "/enclosure@url", "is no full http(s)"),
    ("rss", 'length="1234"', 'length="much"', ONE + "/enclosure@length", "is no whole number"),
    ("rss", ' length="1234"', "", ONE + "/enclosure", "has no length"),
    ("rss", 'type="audio/mpeg"', 'type="mp3"', ONE + "/enclosure@type", "is no media type"),
    ("rss", '<source url="https://cats.example.org/feed.xml">', "<source>", ONE + "/source", "has no url"),
    ("rss", "<comments>https:", "<comments>http s:", ONE + "/comments", "is no absolute URI"),
    ("rss", "<pubDate>", "<pubDate>x</pubDate><pubDate>", ONE + "/pubDate", "is no RFC 822 date"),
    ("rss", "<comments>", "<title>again</title><comments>", ONE + "/title[2]", "stands more than once"),
    ("rss", "<itunes:episode>7", "<itunes:episode>seven", ONE + "/episode", "is no number above 0"),
    ("rss", "<itunes:duration>1:02:03", "<itunes:duration>1h", ONE + "/duration", "is no duration"),
    ("rss", "<itunes:explicit>false</itunes:explicit>\n    <itunes:owner>",
     "<itunes:explicit>maybe</itunes:explicit>\n    <itunes:owner>", "rss/channel/explicit", "is none of true, false"),
    ("rss", "<itunes:subtitle>", "<itunes:subtitle>" + "x" * 256, ONE + "/subtitle", "255 are allowed"),
    ("rss", 'href="https://cats.example.org/cover.jpg"', 'href="cover.jpg"', ONE + "/image@href", "http(s)"),
    ("rss", 'medium="video"', 'medium="film"', ONE + "/content@medium", "is none of image"),
    ("rss", 'width="800"', 'width="0"', ONE + "/thumbnail@width", "is no number above 0"),
    ("rss", "<channel>", "<channel>words", TOP, "has text"),
    ("rss", '<category domain="', '<category colour="red" domain="', ONE + "/category", "attribute colour"),
    ("atom", "<id>urn:uuid:4f1f9b1e-6a0c-4c4b-9d3e-0e5a9d2c7b11</id>", "", "feed", "has no id"),
    ("atom", "<id>urn:uuid:4f1f9b1e", "<id>4f1f9b1e", "feed/id", "is no absolute URI"),
    ("atom", "<title>Pets</title>", "", "feed", "has no title"),
    ("atom", "<updated>2024-05-17T11:30:00+00:00</updated>", "", "feed", "has no updated"),
    ("atom", "2024-05-17T11:30:00+00:00", "2024-05-17 11:30", "feed/updated", "is no RFC 3339 date"),
    ("atom", "2024-05-17T11:30:00+00:00", "2024-02-30T11:30:00Z", "feed/updated", "no day of the calendar"),
    ("atom", "2024-05-17T11:30:00+00:00", "2024-05-17T24:30:00Z", "feed/updated", "no time of day"),
    ("atom", "<updated>2024", "<updated> 2024", "feed/updated", "white space around"),
    ("atom", 'xml:lang="en"', 'xml:lang="english"', "feed@lang", "is no language"),
    ("atom", "<email>editor@planet.example.org", "<email>editor", "feed/author/email", "is no mail address"),
    ("atom", "<name>Pets</name>", "", "feed/author", "has no name"),
    ("atom", ' href="https://cats.example.org/purring"', "", "feed/entry[1]/link", "has no href"),
    ("atom", 'href="https://cats.example.org/purring" type', 'href="pur ring" type',
     "feed/entry[1]/link@href", "absolute URI"),
    ("atom", 'hreflang="en"', 'hreflang="english"', "feed/entry[1]/link[9]@hreflang", "is no language"),
    ("atom", 'type="audio/mpeg"', 'type="mp3"', "feed/entry[1]/link[2]@type", "is no media type"),
    ("atom", 'rel="replies" href="https://cats.example.org/purring#comments"', 'rel="alternate" href="https://a.example/"',
     "feed/entry[1]", "two alternate links"),
    ("atom", '<content type="html">', '<content type="HTML page">', "feed/entry[1]/content@type", "none of text, html"),
    ("atom", '<category term="sound"/>', "<category/>", "feed/entry[1]/category[2]", "has no term"),
    ("atom", "<entry xml:lang", "<unheard/><entry xml:lang", "feed/unheard", "is not an element of this format"),
    ("atom", "</feed>", "<logo>https://a.example/</logo></feed>", "feed", "has logo after an entry"),
    ("json", '"version": "https://jsonfeed.org/version/1.1", ', "", "", "has no version"),
    ("json", "version/1.1", "version/2", "version", "is no version of JSON Feed"),
    ("json", '"title": "Pets", ', "", "", "has no title"),
    ("json", '"items": [', '"things": [', "", "has no items"),
    ("json", '{"version"', '["version"', "", "is no JSON"),
    ("json", '"id": "https://cats.example.org/?p=7", ', "", "items[0]", "has no id"),
    ("json", '"id": "https://cats.example.org/?p=7"', '"id": 7', "items[0].id", "is no string"),
    ("json", '"content_html": ', '"_was": ', "items[0]", "has neither content_html nor content_text"),
    ("json", "2024-05-17T09:30:00+00:00", "yesterday", "items[0].date_published", "is no RFC 3339 date"),
    ("json", '"url": "https://cats.example.org/purring"', '"url": "/purring"', "items[0].url", "is no absolute URI"),
    ("json", '"mime_type": "audio/mpeg", ', "", "items[0].attachments", "[0]: has no mime_type"),
    ("json", '"size_in_bytes": 1234', '"size_in_bytes": "1234"', "items[0].attachments", "is no number"),
    ("json", '"tags": ["Cats", "sound"]', '"tags": "Cats"', "items[0].tags", "is no list of strings"),
    ("json", '{"name": "Bob"}', "{}", "items[0].authors", "without name, url and avatar"),
    ("json", '"hubs": [{"type": "WebSub", ', '"hubs": [{', "hubs", "[0]: has no type"),
    ("opml", ' version="2.0"', "", "opml", "has no version"),
    ("opml", 'version="2.0"', 'version="3.0"', "opml@version", "is none of 1.0"),
    ("opml", ' text="Cat Diary"', "", "opml/body/outline[1]", "has no text"),
    ("opml", "https://cats.example.org/\"", "cats\"", "opml/body/outline[1]@htmlUrl", "is no absolute URI"),
    ("opml", "<ownerEmail>editor@", "<ownerEmail>editor at ", "opml/head/ownerEmail", "is no mail address"),
    ("opml", "Fri, 17 May 2024", "Fri 17 May 2024", "opml/head/dateModified", "is no RFC 822 date"),
    ("opml", "<head>", "<head><mood/>", "opml/head/mood", "is not an element of this format"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "old", "new", "where", "what"), SERIOUS)
def test_serious(form: str, old: str, new: str, where: str, what: str) -> None:
    """What makes a document invalid is found, with its place."""
    problems = [problem for problem in found(form, old, new) if problem.serious]
    assert any(problem.where == where and what in problem.what for problem in problems), [
        *map(str, problems)
    ]


SLIPS = [
    ("atom", "<id>urn:uuid:4f1f9b1e", "<id>urn:uuid:4f1f", "feed/id", "by the rules of its scheme"),
    ("rss", '<atom:link rel="self"', '<atom:link rel="via"', TOP, "has no atom:link to itself"),
    ("rss", "<language>en</language>", "", TOP, "does not say its language"),
    ("rss", WHEN, "17 May 24 11:30 Z", BUILT, "not every reader"),
    ("rss", "<dc:creator>", "<author>a@b.example (Ann)</author><dc:creator>", ONE, "both author and"),
    ("rss", "<title>Why cats purr</title>", "<title>Why &lt;b&gt;cats&lt;/b&gt;</title>", ONE + "/title",
     "looks like markup"),
    ("rss", '<guid isPermaLink="false">https://cats.example.org/?p=7</guid>', "", ONE, "has no guid"),
    ("rss", '<guid isPermaLink="false">https://cats.example.org/?p=7', '<guid isPermaLink="false">7',
     ONE + "/guid", "not unique enough"),
    ("rss", "They are &lt;em", "\x85They are &lt;em", ONE + "/encoded", "wrong charset"),
    ("rss", "<description>They are happy.</description>", "", ONE + "/encoded", "without a description"),
    ("atom", 'rel="self" href="https://planet', 'rel="via" href="https://planet', "feed", "has no link to itself"),
    ("atom", "<id>tag:cats.example.org,2020:feed</id>", "", "feed/entry[1]/source", "has no id"),
    ("atom", "<name>Bob</name>", "<name/>", "feed/entry[1]/author[2]/name", "is empty"),
    ("json", '"language": "en",', '"mood": "en",', "", "unknown key 'mood'"),
    ("opml", 'type="rss" ', "", "opml/body/outline[1]", "no type"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "old", "new", "where", "what"), SLIPS)
def test_slip(form: str, old: str, new: str, where: str, what: str) -> None:
    """What makes some reader stumble is found, and called no error."""
    problems = found(form, old, new)
    assert any(problem.where == where and what in problem.what for problem in problems), [
        *map(str, problems)
    ]
    assert not [str(problem) for problem in problems if problem.serious]


@pytest.mark.parametrize("form", ["rss", "json"])
def test_id_that_stands_twice(form: str) -> None:
    """Two items with one id are an error: readers show one of them."""
    document = one(edition(item(1), item(1)), form)
    assert [problem.what for problem in check(document.body, document.type)] == [
        "'urn:x-test:1' stands twice"
    ]


def test_id_that_stands_twice_in_atom() -> None:
    """Atom allows two versions of an entry in one feed."""
    document = one(edition(item(1), item(1)), "atom")
    (problem,) = check(document.body, document.type)
    assert (problem.what, problem.serious) == ("'urn:x-test:1' stands twice", False)


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<script>x</script>", "has a <script>"),
        ("<p>a<sCript src=x>", "has a <script>"),
        ("<style>p{}</style>", "has a <style>"),
        ("<form action='/x'><input></form>", "has a <form>"),
        ('<p onclick="x()">a</p>', "has the event handler onclick"),
        ("<img src=x onerror=alert(1)>", "has the event handler onerror"),
        ('<a href="javascript:x">a</a>', "has href with the scheme javascript"),
        ('<a href=" java\nscript:x">a</a>', "has href with the scheme javascript"),
        ('<a href="&#106;avascript:x">a</a>', "has href with the scheme javascript"),
        ('<img src="data:text/html,x">', "has src with the scheme data"),
    ],
)
@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_body_that_runs(form: str, html: str, what: str) -> None:
    """A body in which something could run is an error in each format."""
    document = one(edition(item(content_html=html)), form)
    assert what in [
        problem.what for problem in check(document.body, document.type) if problem.serious
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<p>on the <code>onclick=x</code> handler</p>",
        "<p>javascript: is a scheme</p>",
        '<a href="https://a.example/?on=1" title="onclick=x">a</a>',
        '<img src="data:image/png;base64,xx" alt="">',
        '<a href="#note">1</a><a href="mailto:a@b.example">mail</a>',
        "a < b onclick=c",
    ],
)
def test_body_that_only_looks_so(html: str) -> None:
    """Words about such things, and what is harmless, are let through."""
    document = one(edition(item(content_html=html)), "rss")
    assert [str(problem) for problem in check(document.body, document.type)] == []


def test_relative_address_in_a_body() -> None:
    """It leads nowhere in a reader."""
    document = one(edition(item(content_html='<img src="a.png" alt="">')), "rss")
    (problem,) = check(document.body, document.type)
    assert (problem.what, problem.serious) == ("has the relative address 'a.png'", False)


ENTRY = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:x-test:1</id><title>T</title>
<updated>2024-01-01T00:00:00Z</updated>{head}<link rel="self" href="https://a.example/f"/>
<entry><id>urn:x-test:2</id><title>T</title><updated>2024-01-01T00:00:00Z</updated>{entry}</entry></feed>"""
AUTHOR = "<author><name>Ann</name></author>"
ALTERNATE = '<link href="https://a.example/"/>'
XHTML = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>'


@pytest.mark.parametrize(
    ("head", "entry", "what"),
    [
        (AUTHOR, "<content>plain</content>", []),
        (AUTHOR, XHTML, []),
        (AUTHOR, '<content type="xhtml"><p xmlns="http://www.w3.org/1999/xhtml">x</p></content>',
         ["without its one div"]),
        (AUTHOR, "<content><b xmlns=''>x</b></content>", ["not an element", "has elements, though its type is"]),
        (AUTHOR, "<content>a &lt;/b> tag</content>", ["looks like markup"]),
        (AUTHOR, '<content type="image/png">AAAA</content><summary>x</summary>', []),
        (AUTHOR, '<content type="image/png">é</content><summary>x</summary>', ["is not Base64"]),
        (AUTHOR, '<content type="image/png">AAAA</content>', ["content that is not text, and no summary"]),
        (AUTHOR, '<content type="image/png" src="https://a.example/i"/><summary>x</summary>', []),
        (AUTHOR, '<content type="html" src="https://a.example/i"/><summary>x</summary>', ["is no media type"]),
        (AUTHOR, '<content src="https://a.example/i">x</content><summary>x</summary>', ["both src and content"]),
        (AUTHOR, '<content type="application/xml"><x xmlns="urn:x"/></content>', []),
        (AUTHOR, '<content type="text/markdown">*x*</content>', []),
        (AUTHOR, '<summary type="text/html">x</summary>' + ALTERNATE, ["is none of text, html, xhtml"]),
        (AUTHOR, "", ["neither content nor an alternate link", "neither content nor a summary"]),
        (AUTHOR, ALTERNATE, ["neither content nor a summary"]),
        ("", "<content>x</content>", ["has no author"]),
        ("", "<content>x</content><source><id>urn:x-test:3</id><title>S</title><updated>2024-01-01T00:00:00Z</updated>"
         + AUTHOR + "</source>", []),
        (AUTHOR, '<content>x</content><link rel="likes" href="https://a.example/"/>', ["no registered relation"]),
        (AUTHOR + '<archive xmlns="http://purl.org/syndication/history/1.0"/>', "<content>x</content>",
         ["an archive without a link to the current document"]),
    ],
)  # fmt: skip
def test_atom_of_other_kinds(head: str, entry: str, what: list[str]) -> None:
    """Forms of Atom that we do not write are judged by its rules too."""
    problems = list(check(ENTRY.format(head=head, entry=entry).encode(), "application/atom+xml"))
    assert len(problems) == len(what), [*map(str, problems)]
    for problem, words in zip(problems, what, strict=True):
        assert words in problem.what


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"[]", "is no JSON object"),
        (
            b'{"version": "https://jsonfeed.org/version/1", "title": "T", "items": [7]}',
            "is no object",
        ),
        (b'{"version": "https://jsonfeed.org/version/1", "title": "T", "items": {}}', "is no list"),
        (
            b'{"version": "https://jsonfeed.org/version/1", "title": "T", "items": [], "expired": 1}',
            "neither true nor",
        ),
        (
            b'{"version": "https://jsonfeed.org/version/1", "title": "T", "items": [], "hubs": {}}',
            "is no list of objects",
        ),
        (b"\xff", "is no JSON"),
    ],
)
def test_json_of_other_kinds(body: bytes, what: str) -> None:
    """Whatever the bytes, the answer is words."""
    (problem,) = check(body, "application/feed+json")
    assert what in problem.what


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("<skipHours><hour>7</hour><hour>8</hour></skipHours>", []),
        ("<skipHours><hour>7</hour><hour>7</hour></skipHours>", ["'7' stands twice"]),
        ("<skipHours><hour>25</hour></skipHours>", ["is none of 0, 1"]),
        ("<skipDays/>", ["has no day"]),
        (
            "<image><url>https://a.example/i.png</url><title>T</title><link>https://a.example/</link></image>",
            [],
        ),
        ("<image><url>https://a.example/i.png</url><title>T</title></image>", ["has no link"]),
        ("<ttl>0</ttl>", ["is no number above 0"]),
    ],
)
def test_rss_of_other_kinds(head: str, what: list[str]) -> None:
    """Elements that we do not write are judged too."""
    body = f"""<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>T</title><description/>
    <link>https://a.example/</link><language>en</language><a:link rel="self" href="https://a.example/f"/>{head}
    <item><!-- none --></item></channel></rss>"""
    problems = [problem.what for problem in check(body.encode(), "application/rss+xml")]
    assert {"has neither title nor description", "has no guid"} <= set(problems)
    found = [
        problem
        for problem in problems
        if "neither title" not in problem and "no guid" not in problem
    ]
    assert len(found) == len(what), found
    assert all(words in problem for words, problem in zip(what, found, strict=True))


def test_outlines_of_other_kinds() -> None:
    """An outline may be a link or hold others."""
    body = b"""<opml version="2.0"><head/><body><outline text="a"><outline text="b" type="link"/>
    <outline text="c" type="rss" xmlUrl="https://a.example/"/></outline></body></opml>"""
    assert [str(problem) for problem in check(body, "text/x-opml")] == [
        "line 1: opml/body/outline[1]/outline[1]: is a link without url",
        "line 2: opml/body/outline[1]/outline[2]: is a feed without title",
    ]


def test_what_no_rule_is_about() -> None:
    """Other types are not judged."""
    assert list(check(b"<p>", "text/html")) == []


def test_how_a_problem_reads() -> None:
    """A problem is one line: where in the file, where in the document, what."""
    assert str(Problem(TOP, "has no title", line=3)) == "line 3: rss/channel: has no title"
    assert str(Problem("", "is no JSON")) == "is no JSON"
