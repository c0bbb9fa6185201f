"""Credits in odd places and odd words: who is credited, and what of the text is left."""

from datetime import timedelta

import pytest
from normalizer_helpers import NOW, PAGE, SITE, entry, feed, post

from syndicator.model.feed import FeedHead, Link, Origin, Person, Text
from syndicator.model.post import Post
from syndicator.model.settings import AttributionSettings, Source

TITLE = "The ferry"
BODY = "<p>The ferry crosses at dawn, and the gulls come along for the bread.</p>"
LINKED = f'The post <a href="{PAGE}">{TITLE}</a> appeared first on <a href="{SITE}">Blog</a>.'
LINE = f"<p>{LINKED}</p>"
DELTA = '<a href="https://delta.example/f">Delta Weekly</a>'


def made(html: str, title: str = TITLE, **parts: object) -> Post:
    return post(html, title=title, **parts)


def links(html: str) -> str:
    """A body as it was before links got a rel."""
    return html.replace(' rel="noopener noreferrer"', "")


# -- text behind the source's own line
# ------------------------------------------------------------------

BEHIND = [
    "<p>Hosted on Acast. See <a href=\"https://acast.com/privacy\">acast.com/privacy</a> for more information.</p>",
    "<p>Thank you for reading via RSS!</p>",
    "<p>Thanks for reading this post by feed; replies by mail are welcome.</p>",
    "<p>About the author: Ann keeps the lighthouse and two goats, and writes when the fog is in.</p>",
    "<p>Support this site with a coffee, if you like what you read here today.</p>",
    "<p>Subscribe to our newsletter to get one letter each month, and nothing else.</p>",
    "<p>This post may contain affiliate links, which cost you nothing and pay for the server.</p>",
    "<p>Copyright 2026 by the author. Please ask before you print any of it elsewhere.</p>",
    "<p>Got a question? Write to us at any hour; we answer on Tuesdays and on Fridays.</p>",
    "<p>Photo by a friend of the harbour, who would rather not be named in this place.</p>",
    "<p>Advertising Inquiries: write to the office, which forwards all of it to the bin.</p>",
    "<p>Privacy &amp; Opt-Out: our host counts how often an episode is fetched, no more than that.</p>",
    "<p>Follow us on Mastodon for pictures of the ferry in all weathers and seasons.</p>",
    "<p>If you enjoyed this, tell one person; word of mouth is all that we have got.</p>",
    '<p>The text in raw form can be found <a href="https://code.example/x.md">here</a>; correct it there.</p>',
    "<p>Join the discussion in our forum, where the moderators are kind and the cake is good.</p>",
    "<p>Disclosure: I work for the ferry company, but nobody there has seen this before you.</p>",
    "<p>Vielen Dank fürs Lesen; wer mag, schickt uns eine Karte mit einem Schiff darauf.</p>",
    "<p>Merci de nous lire; la suite paraîtra mardi, si le vent le veut bien cette fois.</p>",
    "<p>この記事が気に入ったら、友だちに教えてください。次の便は火曜日の朝に出ます。</p>",
    "<hr><p>And the article goes on, as if nothing had been.</p>",
    "<div><p>One sentence more about us.</p><p>And a second one, in a box of its own.</p></div>",
]  # fmt: skip


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize(
    "line",
    [
        LINE,
        f'<p><em>This article was originally published at <a href="{PAGE}">Blog</a>.</em></p>',
        f"<p>The post {TITLE} appeared first on Blog.</p>",
    ],
    ids=["links", "site", "words"],
)
def test_a_sentence_behind_the_own_line(line: str, behind: str) -> None:
    """The line goes all the same, so it does not stand twice; the sentence stays."""
    found = made(f"{BODY}{line}{behind}")
    assert links(found.content_html) == f"{BODY}{behind}"
    assert (found.origin.name, found.republished) == ("Blog", False)


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{LINKED} Thank you for reading via RSS!</p>",
        f"<p>{LINKED}<br>Thank you for reading via RSS!</p>",
        f"<p><i>{LINKED}</i><br>Thank you for reading via RSS!</p>",
        f'<p>This was first published on <a href="{PAGE}">Blog</a>. Thank you for reading via RSS!</p>',
    ],
)
def test_a_sentence_behind_it_in_the_same_paragraph(html: str) -> None:
    """Only the credit's own sentence goes."""
    assert made(f"{BODY}{html}").content_html == f"{BODY}<p>Thank you for reading via RSS!</p>"


@pytest.mark.parametrize(
    "html",
    [
        f"<blockquote>{LINE}</blockquote><p>That is how they look.</p>",
        f"<ul><li>{LINKED}</li></ul><p>That is how they look.</p>",
        f"<p>Plugins write: {LINKED}</p><p>That is how they look.</p>",
        '<p>The post <a href="https://a.example/1">One</a> appeared first on <a href="https://a.example/">A</a>.</p>'
        "<p>So says A.</p>",
        "<p>The post Another appeared first on Elsewhere.</p><p>So they say.</p>",
    ],
)
def test_a_line_that_is_quoted_or_of_another_post(html: str) -> None:
    """With text behind it, it is part of the article."""
    found = made(f"{BODY}{html}")
    assert links(found.content_html) == f"{BODY}{html}"
    assert not found.republished


def test_a_plain_summary_with_thanks_behind_its_line() -> None:
    """Without links the title and the name tell."""
    said = "The ferry crosses at dawn. The post The ferry appeared first on Blog. Thank you for reading!"
    found = made(BODY, summary=Text(said, "text"))
    assert found.summary == "The ferry crosses at dawn. Thank you for reading!"


# -- a credit with a sentence behind it
# -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f'<p>This story originally appeared on {DELTA}. You can become a '
         'member <a href="https://delta.example/join">here</a>.</p>',
         '<p>You can become a member <a href="https://delta.example/join">here</a>.</p>'),
        (f'<p>This article was first published on {DELTA}. Read it there!</p>',
         "<p>Read it there!</p>"),
        (f'<p><em>This post originally appeared on {DELTA}.</em> It was cut.</p>',
         "<p>It was cut.</p>"),
    ],
)  # fmt: skip
def test_a_foreign_credit_with_a_sentence_behind_it(html: str, left: str) -> None:
    """It is credited, and the sentence stays."""
    found = made(f"{BODY}{html}")
    assert (found.origin.name, found.origin_link) == ("Delta Weekly", "https://delta.example/f")
    assert links(found.content_html) == f"{BODY}{left}"


@pytest.mark.parametrize(
    "html",
    [
        '<p>The story was first published in <a href="https://delta.example/f">Delta</a>. We tell it again.</p>',
        '<p>First published in <a href="https://delta.example/f">Delta</a>, the story is sad. We tell it again.</p>',
        '<p>He wrote: this story originally appeared on <a href="https://delta.example/f">Delta</a>. It did not.</p>',
        '<p>This story originally appeared on television. You can watch it <a href="https://delta.example/f">here</a>.</p>',
    ],
)  # fmt: skip
def test_running_text_that_ends_so(html: str) -> None:
    """No credit."""
    found = made(f"{BODY}{html}")
    assert links(found.content_html) == f"{BODY}{html}"
    assert not found.republished


# -- names that are none
# --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("my personal blog", "janes.example"),
        ("this page", "janes.example"),
        ("a guest post", "janes.example"),
        ("my own website", "janes.example"),
        ("here", "janes.example"),
        ("our company blog", "janes.example"),
        ("mein privates Blog", "janes.example"),
        ("meinem Blog", "janes.example"),
        ("mon blog", "janes.example"),
        ("mi blog personal", "janes.example"),
        ("my Medium", "Medium"),
        ("My Blog of Boats", "Blog of Boats"),
        ("Jane’s Blog", "Jane’s Blog"),
        ("The Blog", "janes.example"),
        ("https://janes.example/ferries", "janes.example"),
    ],
)
def test_a_site_that_the_line_does_not_name(words: str, name: str) -> None:
    """The host of the link is credited."""
    line = f'<p>This post was originally published on <a href="https://janes.example/ferries">{words}</a>.</p>'
    found = made(BODY + line)
    assert (found.origin.name, found.origin_link) == (name, "https://janes.example/ferries")
    assert found.content_html == BODY


# -- the start of a text
# --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        f'<p>Originally published on {DELTA}.</p>',
        f'<p><em>This article was first published at {DELTA} on March 3, 2026.</em></p>',
        f'<p><i>(This post originally appeared on {DELTA}.)</i></p>',
        f'<p>Cross-posted from {DELTA}</p>',
        f'<h3>Originally published on {DELTA}</h3>',
        f'<p>Zuerst erschienen auf {DELTA}</p>',
        f'<p>Cet article a été initialement publié sur {DELTA}.</p>',
        f'<p>Publicado originalmente en {DELTA}.</p>',
        f'<p>本文首发于 {DELTA}</p>',
        '<p><a href="https://delta.example/f">Originally published on Delta Weekly</a></p>',
        f'<div><p>Republished with permission from {DELTA}.</p></div>',
    ],
)  # fmt: skip
def test_a_credit_in_the_first_line(line: str) -> None:
    """The original is credited, and the line goes."""
    found = made(line + BODY)
    assert (found.origin.name, found.origin_link) == ("Delta Weekly", "https://delta.example/f")
    assert found.republished
    assert found.content_html == BODY


def test_the_own_line_first() -> None:
    """It goes too, and proves nothing."""
    line = f'<p>This post first appeared on <a href="{PAGE}">Blog</a>.</p>'
    found = made(line + BODY)
    assert (found.content_html, found.origin.name, found.republished) == (BODY, "Blog", False)


@pytest.mark.parametrize(
    "line",
    [
        '<p>First published in <a href="https://delta.example/f">Delta</a>, this novel made her famous.</p>',
        '<p>The story was first published in <a href="https://delta.example/f">Delta</a>.</p>',
        '<p>Source: <a href="https://delta.example/f">Delta</a></p>',
        '<p>Originally published in 1923.</p>',
        '<p>Via <a href="https://delta.example/f">Delta</a>.</p>',
        '<blockquote><p>This article was first published at <a href="https://delta.example/f">Delta</a>.</p></blockquote>',
        '<p>Last week this post appeared first on <a href="https://delta.example/f">Delta</a>, we said.</p>',
    ],
)  # fmt: skip
def test_a_text_that_begins_so(line: str) -> None:
    """No credit: it is what the article is about."""
    found = made(line + BODY)
    assert links(found.content_html) == line + BODY
    assert not found.republished


# -- headings, one link
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        '<h4>Originally posted on <a href="https://medium.com/@ann/f">my Medium</a></h4>',
        '<h4><a href="https://medium.com/@ann/f">Originally posted on my Medium</a></h4>',
        '<p><a href="https://medium.com/@ann/f"><em>Originally posted on my Medium.</em></a></p>',
    ],
)
def test_a_heading(line: str) -> None:
    """Before or behind the text."""
    for html in (line + BODY, BODY + line):
        found = made(html)
        assert (found.origin.name, found.origin_link) == ("Medium", "https://medium.com/@ann/f")
        assert found.content_html == BODY


# -- other words, other addresses
# -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        f'<p>本文首发于 <a href="{SITE}">Blog</a>，转载请注明出处。</p>',
        "<p>本文首发于 Blog，转载请注明出处</p>",
        f'<p>本文首發於<a href="{SITE}">Blog</a>，轉載請註明出處</p>',
        f'<p>本文最早发表于<a href="{PAGE}">Blog</a>，未经许可请勿转载。</p>',
        f'<p>原文链接：<a href="{PAGE}">{PAGE}</a>，转载请注明出处</p>',
        f'<p>출처: <a href="{PAGE}">Blog</a></p>',
        f'<p>원문 : <a href="{PAGE}">{PAGE}</a></p>',
        f'<p>출처：<a href="{SITE}">Blog</a></p>',
        "<p>The post %%POSTLINK%% appeared first on %%BLOGLINK%%.</p>",
        "<p>Der Beitrag %%POSTLINK%% erschien zuerst auf %%BLOGLINK%%.</p>",
        f'<p>The post %%POSTLINK%% appeared first on <a href="{SITE}">Blog</a>.</p>',
        f'<p>The post <a href="//blog.example/2024/post/">{TITLE}</a> appeared first on '
        '<a href="//blog.example/">Blog</a>.</p>',
        '<p>The post <a href="https://blog.example//2024/post/">x</a> appeared first on <a href="https://blog.example/">Blog</a>.</p>',
        '<p>This was first published at <a href="https://blog.example//2024//post/">Blog</a>.</p>',
    ],
)  # fmt: skip
def test_the_own_line_in_other_words(line: str) -> None:
    """It goes, and the source is credited."""
    found = made(BODY + line)
    assert (found.content_html, found.origin.name, found.republished) == (BODY, "Blog", False)


def test_a_foreign_site_in_chinese() -> None:
    """ "First published at X, name the source when you reprint it" credits X."""
    found = made(
        f'{BODY}<p>本文首发于 <a href="https://delta.example/f">三角洲</a>，转载请注明出处。</p>'
    )
    assert (found.origin.name, found.origin_link) == ("三角洲", "https://delta.example/f")


# -- what the operator words, and what a post has not --------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "author", "line"),
    [
        ("{post} by {author} on {source}", TITLE, "Ann", "{post} by {author} on {source}"),
        (
            "{post} by {author} on {source}",
            TITLE,
            "",
            "The post {post} appeared first on {source}.",
        ),
        ("{post} by {author} on {source}", "", "Ann", "First on {source}."),
        ("By {author}", "", "", "First on {source}."),
        ("From {source}", "", "", "From {source}"),
    ],
)
def test_a_credit_that_names_what_a_post_lacks(
    text: str, title: str, author: str, line: str
) -> None:
    """It gives way to our wording, so that no "by  on" is published."""
    settings = AttributionSettings(text=text)
    source = Source(id="blog", url="https://blog.example/feed", attribution=settings)
    authors = (Person(author),) if author else ()
    found = post(BODY, title=title, authors=authors, source=source)
    assert found.attribution is not None
    assert found.attribution.text == line


@pytest.mark.parametrize("hours", [1, 24 * 400])
def test_a_feed_dated_in_the_future(hours: int) -> None:
    """Its date is not handed on: it would stand in atom:source."""
    head = FeedHead(title="Blog", link=SITE, version="rss20", updated=NOW + timedelta(hours=hours))
    assert feed(entry(BODY), head=head).info.updated is None
    head = FeedHead(title="Blog", link=SITE, version="rss20", updated=NOW - timedelta(hours=hours))
    assert feed(entry(BODY), head=head).info.updated == head.updated
    found = feed(entry(BODY), head=FeedHead(title="Blog", link=SITE, updated=NOW)).posts[0]
    assert found.origin.updated == NOW


@pytest.mark.parametrize(
    ("person", "kept"),
    [
        (Person("Ann", "", "noreply@blogger.com"), (Person("Ann"),)),
        (Person("Unknown", "", "noreply@blogger.com"), ()),
        (Person("", "", "no-reply@blogger.com"), ()),
        (Person("Ann", "https://ann.example/", "NoReply@Blogger.com"), (Person("Ann", "https://ann.example/"),)),
        (Person("Ann", "", "donotreply@a.example"), (Person("Ann"),)),
        (Person("Ann", "", "ann@a.example"), (Person("Ann", "", "ann@a.example"),)),
    ],
)  # fmt: skip
def test_an_address_that_nobody_reads(person: Person, kept: tuple[Person, ...]) -> None:
    """It is not published, nor the name that stands for no name."""
    assert post(BODY, authors=(person,)).authors == kept


# -- the feed's own words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (TITLE, "https://blog.example/t/the-ferry/812.rss"),  # Discourse: the topic
        ("Sport", "https://blog.example/sport/rss.xml"),
        ("ann", "https://www.blog.example/users/ann/feed"),
        ("Category: Boats", "https://blog.example/category/boats/feed/"),
        ("", "https://blog.example/2024/post/feed/"),
    ],
)
def test_a_source_of_the_same_host(name: str, address: str) -> None:
    """A section, a user, a topic: the site is credited."""
    found = made_of(name, address)
    assert (found.origin.name, found.origin.url, found.republished) == ("Blog", SITE, False)


def made_of(name: str, address: str) -> Post:
    """A post whose item has an RSS <source>."""
    item = entry(BODY, title=TITLE, source=Origin(name, "", address))
    return feed(item, head=FeedHead(title="Blog", link=SITE, version="rss20")).posts[0]


def test_a_source_of_another_host() -> None:
    """It is credited."""
    found = made_of("Delta", "https://delta.example/feed")
    assert (found.origin.name, found.republished) == ("Delta", True)


def test_a_planet_of_writers_on_one_host() -> None:
    """An atom:source with an id and a site of its own is a feed of its own, though the host is the
    same.
    """
    source = Origin("Ann's page", f"{SITE}~ann/", f"{SITE}~ann/feed", "tag:ann")
    item = entry(BODY, title=TITLE, source=source, links=(Link(f"{SITE}~ann/1"),))
    found = feed(item, head=FeedHead(title="The Planet", link=SITE, version="atom10")).posts[0]
    assert (found.origin.name, found.republished) == ("Ann's page", True)
