"""Whole posts: dates, summaries, what a source's settings let through, rights, notes; every
captured feed.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from normalizer_helpers import FEED, FORBIDDEN, NOW, PAGE, SHARED, SITE, entry, feed, offences, post

from syndicator.generator.body import compose_body
from syndicator.model.edition import Item, Reference, RelatedList
from syndicator.model.feed import (
    Category,
    Enclosure,
    Entry,
    Episode,
    FeedHead,
    Image,
    ItemKey,
    Link,
    Origin,
    ParsedFeed,
    Person,
    Text,
)
from syndicator.model.fetch import Fetched, FetchFailed
from syndicator.model.post import Post, SourceInfo
from syndicator.model.settings import AttributionSettings, Source
from syndicator.normalizer import normalize, refusal
from syndicator.parser import parse

CREDIT = f'<p>The post <a href="{PAGE}">Title</a> appeared first on <a href="{SITE}">Blog</a>.</p>'
LATER = NOW + timedelta(days=3)
BEFORE = NOW - timedelta(days=3)


def source(**settings_: object) -> Source:
    return Source(id="blog", url=FEED, **settings_)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------
# Dates
# ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("future", "published", "noted"),
    [("now", None, True), ("hold", LATER, False), ("keep", LATER, False)],
)
def test_a_date_to_come_is_none_held_or_believed(future, published, noted):
    """By default the store's time of first sight stands; what was written still helps to know the
    post again.
    """
    made = post(published=LATER, updated=LATER, source=source(future=future))
    assert made.published == made.updated == published
    assert made.keys.instant == LATER
    assert any("date to come (2026-01-18 12:00)" in note for note in made.notes) is noted


def test_a_post_that_has_only_an_update_has_its_date():
    """Atom requires `updated` alone."""
    made = post(updated=BEFORE)
    assert (made.published, made.updated) == (BEFORE, BEFORE)
    assert post().published is None


def test_an_update_to_come_does_not_touch_the_date():
    """Only what lies ahead goes."""
    made = post(published=BEFORE, updated=LATER)
    assert (made.published, made.updated) == (BEFORE, None)


# ---------------------------------------------------------------------------------------------------
# Texts
# ---------------------------------------------------------------------------------------------------


def test_html_goes_before_text_and_the_longer_before_the_shorter():
    """JSON Feed gives both; some Atom feeds give a teaser as a second content."""
    made = post(
        contents=(
            Text("plain and much longer than the rest", "text"),
            Text("<p>a</p>"),
            Text("<p>long</p>"),
        )
    )
    assert made.content_html == "<p>long</p>"
    assert post(contents=(Text("one\ntwo", "text"),)).content_html == "<p>one<br>two</p>"


def test_blank_content_gives_way_to_the_summary():
    """WordPress writes an empty content:encoded for posts that are only an excerpt."""
    made = post(contents=(Text("  \n"),), summary="<p>Short.</p>")
    assert (made.content_html, made.summary) == ("<p>Short.</p>", "Short.")
    assert post(contents=(), summary=None).content_html == ""


def test_the_summary_is_the_source_s_or_made_of_the_body_and_never_has_the_credit():
    """Plain text either way."""
    own = post(
        "<p>Body.</p>" + CREDIT, summary="<p>Own &amp; <b>short</b>.</p>" + CREDIT, title="Title"
    )
    made = post("<p>Body of the post.</p>" + CREDIT, title="Title")
    assert own.summary == "Own & short."
    assert made.summary == made.text == "Body of the post."
    assert own.content_html == "<p>Body.</p>"


@pytest.mark.parametrize(
    ("content", "html", "short"),
    [
        ("full", "<p>A &lt; B.</p>", "A < B."),
        ("summary", "<p>A &lt; B.</p>", "A < B."),
        ("none", "", ""),
    ],
)
def test_a_source_s_settings_say_how_much_is_let_through(content, html, short):
    """The words are kept for likeness all the same."""
    made = post("<p>A &lt; B.</p>", source=source(content=content))
    assert (made.content_html, made.summary, made.text) == (html, short, "A < B.")


def test_images_follow_the_source_s_settings():
    """No picture is shown for a post either."""
    html = '<p>x<img src="/p.jpg" alt="P"></p>'
    assert post(html).image == Image("https://blog.example/p.jpg", title="P")
    linked = post(html, source=source(images="link"))
    assert linked.image is None
    assert ">[P]</a>" in linked.content_html
    assert linked.notes == ("1 image not shown", "1 address made absolute by the post's page")
    assert post(html, source=source(images="none")).content_html == "<p>x</p>"


def test_an_untitled_post_stays_untitled():
    """No title is made up, nor kept where only a picture stood in it."""
    assert post(title=None).title == ""
    assert post(title="<img src='x'>").title == ""


def test_the_episode_keeps_its_texts_without_a_credit_line():
    """Podcast texts are plain and legal; addresses absolute."""
    made = post(
        episode=Episode(
            title="A\nB",
            summary=" Long\n\ntext\x0b ",
            image="/c.jpg",
            chapters="c.json",
            duration="1:02",
        )
    )
    assert made.episode == Episode(
        title="A B",
        summary="Long\n\ntext",
        image="https://blog.example/c.jpg",
        chapters=PAGE + "c.json",
        duration="1:02",
    )
    assert post().episode is None


# ---------------------------------------------------------------------------------------------------
# Persons, categories, rights
# ---------------------------------------------------------------------------------------------------


def test_authors_are_the_entry_s_else_the_feed_s_each_once():
    """Names are plain text, addresses web ones."""
    head = FeedHead(title="Blog", link=SITE, authors=(Person("Feed &amp; Co"), Person()))
    assert post(head=head).authors == (Person("Feed & Co"),)
    made = post(
        head=head,
        authors=(
            Person("A <b>B</b>", "/a", " a@b.example "),
            Person("A B", "/a", "a@b.example"),
            Person(""),
        ),
    )
    assert made.authors == (Person("A B", "https://blog.example/a", "a@b.example"),)


def test_categories_are_plain_and_stand_once():
    """Whatever their case; a label alone is a term too."""
    made = post(
        categories=(
            Category("Q&amp;A", "https://s.example/"),
            Category("q&A"),
            Category("", label="Label"),
            Category(" "),
            Category("<b>"),
        )
    )
    assert made.categories == (
        Category("Q&A", "https://s.example/"), Category("Label", label="Label"), Category("<b>"),
    )  # fmt: skip


def test_rights_and_licence_are_the_entry_s_else_the_feed_s():
    """Both are carried along."""
    head = FeedHead(
        title="Blog",
        link=SITE,
        rights="© Blog",
        licence="https://creativecommons.org/licenses/by/4.0/",
    )
    made = post(head=head)
    assert (made.rights, made.licence) == ("© Blog", "https://creativecommons.org/licenses/by/4.0/")
    own = post(head=head, rights="© Me", licence="/licence")
    assert (own.rights, own.licence) == ("© Me", "https://blog.example/licence")


def test_a_feed_or_an_entry_that_wants_no_index_is_marked():
    """indexing:index="no"."""
    assert post(noindex=True).noindex
    assert post(head=FeedHead(noindex=True)).noindex
    assert feed(entry(), head=FeedHead(noindex=True)).info.noindex
    assert not post().noindex


def test_a_feed_that_forbids_republishing_is_refused():
    """access:restriction, unless the operator has its owner's consent; a private address is not
    told.
    """
    parsed = ParsedFeed("blog", FEED, FeedHead(denied=True), (), ())
    failed = refusal(parsed, source())
    assert isinstance(failed, FetchFailed)
    assert (failed.kind, failed.url) == ("restricted", FEED)
    assert "republish = true" in failed.advice
    assert refusal(parsed, source(republish=True)) is None
    assert refusal(ParsedFeed("blog", FEED, FeedHead(), (), ()), source()) is None
    private = refusal(parsed, source(private=True))
    assert private is not None
    assert private.url == ""


# ---------------------------------------------------------------------------------------------------
# The source as it is shown
# ---------------------------------------------------------------------------------------------------


def test_the_source_is_named_by_the_operator_else_by_itself_else_by_its_host():
    """There is always a name."""
    assert feed(source=source(name="Mine")).info.name == "Mine"
    assert feed(head=FeedHead(title=" A  &amp;  B ", link=SITE)).info.name == "A & B"
    assert feed(head=FeedHead(link=SITE)).info.name == "blog.example"
    assert feed(head=FeedHead()).info.name == "blog.example"
    assert feed(head=FeedHead(), source=Source(id="x", url="")).info.name == "x"


def test_a_private_source_s_address_is_shown_nowhere():
    """Its site may be."""
    info = feed(source=source(private=True), head=FeedHead(link=SITE, self_link=FEED)).info
    assert (info.feed, info.private, info.link) == ("", True, SITE)
    assert feed(source=Source(id="f", url=""), head=FeedHead(self_link=FEED)).info.feed == FEED


# ---------------------------------------------------------------------------------------------------
# Notes and credit
# ---------------------------------------------------------------------------------------------------


def test_what_was_done_is_said_in_plain_words():
    """`fetch` prints these lines."""
    pixels = (
        '<img src="https://pixel.wp.com/b.gif"><img src="https://x.example/1" width=1 height=1>'
    )
    html = f'<p>a <a href="/b">b</a> <a href="mailto:c@other.example">c</a></p>{pixels}{CREDIT}'
    made = post(html, title="Title &amp;amp; more", published=LATER)
    assert made.notes == (
        "title decoded twice",
        "attribution replaced (en)",
        "2 trackers removed",
        "1 address made absolute by the post's page",
        "date to come (2026-01-18 12:00) replaced by the time first seen",
    )
    off = post(html, title="Title", source=source(attribution=AttributionSettings(enabled=False)))
    assert off.attribution is None
    assert "attribution removed (en)" in off.notes


def test_a_replaced_line_always_says_by_what_it_was_known():
    """A line of ours that has come back, by its class; one in a language that we have no words of,
    by its links.
    """
    ours = f'<p class="syndicator-attribution"><a href="{PAGE}">Title</a> @ <a href="{SITE}">Blog</a></p>'
    assert "attribution replaced (ours)" in post(f"<p>Text</p>{ours}", title="Title").notes
    klingon = f'<p>wa\'DIch <a href="{PAGE}">A long title</a> nargh <a href="{SITE}">Blog</a></p>'
    assert (
        "attribution replaced (by its links)"
        in post(f"<p>Text</p>{klingon}", title="A long title").notes
    )


def test_an_entry_that_says_nothing_is_no_post():
    """A feed that was cut off behind `<item>`: nothing is published of it, and it is said."""
    cut = feed(entry("<p>Text</p>"), Entry(fingerprint="cut", title=Text(" "), summary=Text("\n")))
    assert [made.guid for made in cut.posts] == [PAGE]
    assert cut.notes == ("1 empty entry left out",)
    assert feed(entry("<p>Text</p>")).notes == ()
    assert len(feed(Entry(fingerprint="t", title=Text("Only a title"))).posts) == 1


def test_a_feed_that_says_it_has_moved_is_told_of():
    """By itunes:new-feed-url; not where that is the address it was read at, or no address at
    all.
    """
    rss = '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>{}</channel></rss>'

    def notes(new_url):
        body = rss.format(f"<itunes:new-feed-url>{new_url}</itunes:new-feed-url>").encode()
        return normalize(parse(Fetched("s", FEED, body)), source(), NOW).notes

    assert notes("https://new.example/feed") == (
        "says that it has moved to https://new.example/feed",
    )
    assert notes(FEED) == notes("javascript:x") == notes("") == ()


def test_a_language_without_our_words_is_credited_in_that_of_our_own_feed():
    """The line must be in some language; the post's stays unknown."""
    head = FeedHead(title="Blog", link=SITE)
    made = post("<p>OK</p>", title="OK", head=head, source=source(fallback="fr"))
    assert made.attribution is not None
    assert (made.language, made.attribution.language) == ("", "fr")


def test_a_move_of_a_link_blog_changes_no_meaning():
    """Its posts link to others, so only its site tells which addresses in them are its own."""
    old, new = (
        feed(
            entry(
                f'<p><a href="{site}about">Me</a></p>',
                links=(Link("https://elsewhere.example/1"),),
                title="T",
            ),
            head=FeedHead(title="Blog", link=site, version="rss20", language="en"),
        ).posts[0]
        for site in ("http://old.example/", "https://new.example/")
    )
    assert old.content_hash == new.content_hash


def test_the_post_is_credited_to_the_source_unless_that_proves_to_republish():
    """The halves meet: what was taken out or said by the feed decides."""
    own = post(title="Title")
    assert (own.origin.name, own.republished, own.language) == ("Blog", False, "en")
    first = Origin("First &amp; best", "https://first.example/", "https://first.example/feed")
    copied = feed(entry("<p>x</p>", title="T", source=first)).posts[0]
    assert (copied.origin.name, copied.republished) == ("First & best", True)
    assert copied.via[-1].name == "Blog"
    assert own.attribution is not None
    assert own.attribution.language == "en"


# ---------------------------------------------------------------------------------------------------
# Anything
# ---------------------------------------------------------------------------------------------------

_WORD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "<b>x</b>",
            "&amp;amp;",
            "javascript:x",
            "https://a.example/é?utm_source=x",
            "//h/x",
            "\x00\ufffe",
            "\ud800",
        ]
    ),
)
_TEXTS = st.one_of(
    st.none(),
    st.builds(
        Text,
        st.one_of(_WORD, st.text(max_size=80)),
        st.sampled_from(["html", "text"]),
        _WORD,
        _WORD,
    ),
)
_ENTRIES = st.builds(
    Entry,
    fingerprint=_WORD,
    guid=_WORD,
    guid_is_permalink=st.booleans(),
    links=st.lists(
        st.builds(Link, _WORD, st.sampled_from(["alternate", "related", ""])), max_size=2
    ).map(tuple),
    title=_TEXTS,
    contents=st.lists(_TEXTS, max_size=2).map(lambda texts: tuple(text for text in texts if text)),
    summary=_TEXTS,
    authors=st.lists(st.builds(Person, _WORD, _WORD, _WORD), max_size=2).map(tuple),
    published=st.one_of(st.none(), st.sampled_from([BEFORE, LATER])),
    categories=st.lists(st.builds(Category, _WORD, _WORD, _WORD), max_size=2).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, _WORD, _WORD), max_size=2).map(tuple),
    images=st.lists(st.builds(Image, _WORD), max_size=1).map(tuple),
    comments=_WORD,
    rights=_WORD,
    licence=_WORD,
    source=st.one_of(st.none(), st.builds(Origin, _WORD, _WORD, _WORD, _WORD)),
    external_url=_WORD,
    episode=st.one_of(st.none(), st.builds(Episode, title=_WORD, summary=_WORD, image=_WORD)),
    language=_WORD,
    base=_WORD,
)
_HEADS = st.builds(
    FeedHead,
    title=_WORD,
    link=_WORD,
    self_link=_WORD,
    id=_WORD,
    subtitle=_WORD,
    language=_WORD,
    base=_WORD,
    image=_WORD,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(_ENTRIES, max_size=2).map(tuple),
    _HEADS,
    st.sampled_from([FEED, "samples/feed.xml", ""]),
)
def test_whatever_a_feed_says_makes_legal_posts(entries, head, url):
    """No exception, no character that XML forbids, no address that is not of the web, no unsafe
    HTML.
    """
    items = tuple(ItemKey(one.fingerprint, one.guid) for one in entries)
    made = normalize(ParsedFeed("s", url, head, items, entries), Source(id="s", url=FEED), NOW)
    for one in made.posts:
        assert offences(one.content_html) == []
        texts = (
            one.title,
            one.summary,
            one.text,
            one.guid,
            one.rights,
            one.origin.name,
            *(person.name for person in one.authors),
        )
        assert not FORBIDDEN.search(
            "".join(texts) + "".join(category.term for category in one.categories)
        )
        addresses = [
            one.link, one.external_url, one.comments, one.licence, one.origin_link, one.origin.url, one.origin.feed,
            *(file.url for file in one.enclosures), *(person.uri for person in one.authors),
            one.image.url if one.image else "", one.episode.image if one.episode else "",
        ]  # fmt: skip
        assert [
            url for url in addresses if url and not url.startswith(("http://", "https://"))
        ] == []
    assert not FORBIDDEN.search(made.info.name + made.info.description)


def republished(made: Post) -> Post:
    """Publish a post with all that we put under it, and read that as another source's."""
    other = (Reference("o", "Other", "https://blog.example/o"),)
    item = Item(
        id=PAGE,
        post=made,
        source=SourceInfo("blog", "Blog", SITE, FEED),
        published=NOW,
        updated=NOW,
        first_published=NOW,
        sequence=1,
        related=(RelatedList("source", "View more from {source}:", "en", other),),
        also=(Reference("e", "Elsewhere", "https://else.example/", "Else"),),
    )
    planet = Source(id="planet", url="https://planet.example/rss.xml")
    origin = Origin("Blog", SITE, FEED)
    head = FeedHead(title="Planet", link="https://planet.example/", language="en")
    read = entry(compose_body(item), title=Text(made.title, "text"), source=origin)
    return feed(read, head=head, source=planet, url=planet.url).posts[0]


_BLOCK = st.sampled_from(
    [
        '<p>A <a href="https://x.example/?utm_source=a">link</a>.</p>',
        "<ul><li>one</li></ul>",
        "<table><tr><td>x</table>",
        '<img data-src="/p.jpg">',
        '<iframe src="//www.youtube.com/embed/abc"></iframe>',
        "<pre>\n\na\n b</pre>",
        "<h2>Head</h2>",
        "<blockquote>Quote</blockquote>",
        "text &amp; more<br>",
        '<video src="/v.mp4"></video>',
        "<p>Bare <b>bold",
        "<hr>",
    ]
)


PLAYER = '<iframe src="https://www.youtube.com/embed/abc"></iframe>'


@settings(max_examples=60, deadline=None)
@example(f'{PLAYER}<p>Bare <b>bold<p>A <a href="https://x.example/">link</a></p>{PLAYER}', "Title")
@given(
    st.lists(_BLOCK, min_size=1, max_size=6).map("".join),
    st.sampled_from(["Title", "", "1 < 2 &amp; so on"]),
)
def test_our_own_feed_as_a_source_gives_the_same_posts(html, title):
    """Same body, same credit; no second line, no second list."""
    made = post(f"<p>Start.</p>{html}", title=title)
    again = republished(made)
    assert again.content_html == made.content_html
    assert (again.origin.name, again.origin.url, again.title) == ("Blog", SITE, made.title)


# ---------------------------------------------------------------------------------------------------
# Every captured feed
# ---------------------------------------------------------------------------------------------------

FEEDS = sorted((SHARED / "feeds" / "real").glob("*")) if SHARED.is_dir() else []


@pytest.mark.captured
@pytest.mark.skipif(not FEEDS, reason="the captured feeds are not here")
@pytest.mark.parametrize("part", range(4))
def test_every_captured_feed_makes_safe_posts_that_keep_their_words(part):
    """No exception; safe HTML; of the letters nineteen in twenty stay: the rest is share bars,
    credits and flares.
    """
    written = kept = 0
    for path in FEEDS[part::4]:
        parsed = parse(Fetched(path.name, FEED, path.read_bytes()))
        if isinstance(parsed, FetchFailed):
            continue
        made = normalize(parsed, Source(id=path.name, url=FEED), NOW)
        assert len(made.posts) == len(parsed.entries), path.name
        for number, (one, was) in enumerate(zip(made.posts, parsed.entries, strict=True)):
            assert "<script" not in one.content_html
            assert number or offences(one.content_html) == [], (
                path.name,
                one.link,
            )  # the first: html5lib takes a while
            body = next(
                (content.value for content in was.contents if content.value.strip()),
                was.summary and was.summary.value,
            )
            written += len(_MARKUP.sub("", body or ""))
            kept += len(_MARKUP.sub("", one.content_html))
    assert kept > 0.95 * written


_MARKUP = re.compile(
    r"(?s)<(script|style|textarea|svg|select|button)\b.*?</\1>|<!--.*?-->|<[^>]*>|&#?\w+;|[\s\W]"
)


def test_a_thumbnail_beside_the_full_picture() -> None:
    """The picture of the post is the full one, of the body or attached; alone, the thumbnail is
    better than none.
    """
    small = Image("https://a.example/s72-c/p.jpg", 72, 72)
    full = "https://a.example/s1600/p.jpg"
    assert post(f'<img src="{full}">', images=(small,)).image == Image(full)
    assert post("words", images=(small,)).image == small


def test_an_empty_body_beside_a_summary() -> None:
    """The summary is the body."""
    assert post("<p></p>", summary="Real words.").text == "Real words."
