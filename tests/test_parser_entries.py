"""What becomes of an item's elements, in each dialect."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from parser_helpers import atom, item, only, parsed, rss

from syndicator.model.feed import Category, Enclosure, Image, Link, Person, Text, Transcript

# -- titles and texts
# ----------------------------------------------------------------------------------


def test_a_plain_rss_title():
    """RSS titles are plain text until they look otherwise."""
    assert only(item("<title>Pho &amp; more</title>")).title == Text("Pho & more", "text")


def test_an_rss_title_with_markup():
    """A closing tag or an entity in an RSS title shows that it is HTML."""
    assert only(item("<title>&lt;b&gt;Pho&lt;/b&gt; &amp;#8217;</title>")).title == Text(
        "<b>Pho</b> &#8217;", "html"
    )


def test_an_atom_title_says_what_it_is():
    """Atom's type attribute decides, not the looks (RFC 4287, 3.1.1)."""
    assert only(atom("<title>A &amp;amp; B</title>")).title == Text("A &amp; B", "text")
    assert only(atom('<title type="html">A &amp;amp; B</title>')).title == Text("A &amp; B", "html")


def test_xhtml_content():
    """The <div> around XHTML goes; empty elements are written as HTML has them, not as
    <br></br>.
    """
    inside = '<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">1 &lt; 2<br/>x</p></div>'
    body = atom(f'<content type="xhtml">{inside}</content>')
    assert only(body).contents == (Text('<p class="a">1 &lt; 2<br />x</p>', "html"),)


def test_a_body_and_a_summary():
    """content:encoded is the content, and description then the summary."""
    entry = only(
        item(
            "<description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"
        )
    )
    assert entry.summary == Text("Short", "html")
    assert entry.contents == (Text("<p>Long</p>", "html"),)


def test_podcast_texts_do_not_take_the_place_of_the_items_own():
    """feedparser makes an itunes:summary the description, or a second body, by the order of the
    elements.
    """
    inside = "<itunes:summary>For the app</itunes:summary><description>For the page</description>"
    entry = only(
        item(
            inside
            + "<media:description>Picture</media:description><media:title>Photo</media:title>"
        )
    )
    assert entry.summary == Text("For the page", "html")
    assert (entry.contents, entry.title) == ((), Text("Photo", "text"))
    assert entry.episode is not None and entry.episode.summary == "For the app"


def test_podcast_and_media_texts_stand_in_where_nothing_else_is():
    """An item with nothing but podcast elements still has a title, a summary and an author."""
    inside = "<itunes:title>One</itunes:title><itunes:summary>Text</itunes:summary><itunes:author>Lan</itunes:author>"
    entry = only(item(inside))
    assert (entry.title, entry.summary) == (Text("One", "text"), Text("Text", "text"))
    assert entry.authors == (Person("Lan"),)


def test_letters_encoded_twice():
    """UTF-8 that was taken for ISO 8859-1 is put right, and so are windows-1252's dashes and
    quotes.
    """
    assert only(item("<title>caf\u00c3\u00a9</title>")).title == Text("café", "text")
    assert only(item("<title>1\u00962</title>")).title == Text("1–2", "text")


def test_language_and_base_are_those_in_effect():
    """xml:lang and xml:base are inherited, and an inner one counts where it stands and no
    further.
    """
    body = rss(
        '<item xml:lang="vi"><title>A</title><description xml:base="/b/" xml:lang="en">B</description></item>'
        "<item><title>C</title></item>",
        attributes='xml:base="https://hanoi.example/a/" xml:lang="de_AT"',
    )
    first, second = parsed(body).entries
    assert first.title == Text("A", "text", "vi", "https://hanoi.example/a/")
    assert first.summary == Text("B", "html", "en", "https://hanoi.example/b/")
    assert (first.language, second.language) == ("vi", "de-AT")
    assert second.title == Text("C", "text", "de-AT", "https://hanoi.example/a/")


def test_a_base_is_left_with_its_element():
    """feedparser would resolve the second item's link against the body of the first."""
    body = atom(
        '<id>1</id><content type="html" xml:base="https://hanoi.example/one/">x</content></entry>'
        '<entry><id>2</id><link href="two"/>'
    )
    assert parsed(body).entries[1].links == (Link("two"),)


# -- ids, links, people
# --------------------------------------------------------------------------------


def test_a_guid_that_is_a_permalink():
    """It stays a guid; that it can serve as the link is said beside it."""
    entry = only(item("<guid>https://hanoi.example/1</guid>"))
    assert (entry.guid, entry.guid_is_permalink, entry.links) == (
        "https://hanoi.example/1",
        True,
        (),
    )


def test_a_guid_that_is_none():
    """isPermaLink="false" in any letters."""
    assert not only(item('<guid isPermaLink="False">1</guid>')).guid_is_permalink


def test_atom_ids_stay_as_written():
    """An id is compared, not followed: no base changes it."""
    assert (
        only(atom("<id>t3_1</id>", attributes='xml:base="https://hanoi.example/"')).guid == "t3_1"
    )


def test_links_keep_their_relations_and_order():
    """Every link but enclosures, in the order of the feed; `text/html` says nothing and is left
    out.
    """
    entry = only(
        atom(
            '<link rel="via" href="https://a.example/"/><link type="text/html" title="T" hreflang="vi" href="/1"/>'
            '<link rel="enclosure" type="audio/mpeg" length="9" href="https://a.example/1.mp3"/>'
        )
    )
    assert entry.links == (Link("https://a.example/", "via"), Link("/1", title="T", hreflang="vi"))
    assert entry.enclosures == (Enclosure("https://a.example/1.mp3", "audio/mpeg", 9),)


def test_people_in_atom():
    """The second author has no mail address, whatever the first one's is."""
    entry = only(
        atom(
            "<author><name>Lan</name><email>lan@hanoi.example</email><uri>https://lan.example/</uri></author>"
            "<author><name>Minh</name></author><contributor><name>Hoa</name></contributor>"
        )
    )
    assert entry.authors == (
        Person("Lan", "https://lan.example/", "lan@hanoi.example"),
        Person("Minh"),
    )
    assert entry.contributors == (Person("Hoa"),)


def test_people_in_rss():
    """A mail address with the name in brackets, as RSS wants it, and a name alone, as everyone does
    it.
    """
    entry = only(item("<author>lan@hanoi.example (Lan)</author><dc:creator>Minh</dc:creator>"))
    assert entry.authors == (Person("Lan", email="lan@hanoi.example"), Person("Minh"))


def test_an_item_from_another_feed():
    """RSS <source> and atom:source name the feed that an item was taken from."""
    entry = only(item('<source url="https://a.example/feed">A</source><title>Mine</title>'))
    assert entry.source is not None and entry.title is not None
    assert (entry.source.name, entry.source.feed, entry.title.value) == (
        "A",
        "https://a.example/feed",
        "Mine",
    )
    inside = (
        "<source><id>urn:a</id><title>A</title><updated>2024-03-05T08:15:00Z</updated><rights>R</rights>"
        '<link href="https://a.example/"/><link rel="self" href="https://a.example/feed"/></source><title>Mine</title>'
    )
    source = only(atom(inside)).source
    assert source is not None
    assert (source.name, source.url, source.feed) == (
        "A",
        "https://a.example/",
        "https://a.example/feed",
    )
    assert (source.id, source.rights, source.updated) == (
        "urn:a",
        "R",
        datetime(2024, 3, 5, 8, 15, tzinfo=UTC),
    )


# -- the rest
# --------------------------------------------------------------------------------------------


def test_dates():
    """pubDate is when it was published; dc:date and Atom's updated when it changed."""
    entry = only(
        item("<pubDate>Tue, 05 Mar 2024 08:15:00 GMT</pubDate><dc:date>2024-03-06</dc:date>")
    )
    assert entry.published is not None and entry.updated is not None
    assert entry.updated - entry.published == timedelta(hours=15, minutes=45)


def test_categories():
    """Terms with scheme and label, each once, podcast and media ones last."""
    entry = only(
        item(
            "<itunes:keywords>Soup, Noodles</itunes:keywords><category>Food</category><category>Food</category>"
            '<category domain="https://a.example/">Drink</category><dc:subject>Art</dc:subject><category></category>'
        )
    )
    assert entry.categories == (
        Category("Food"),
        Category("Drink", "https://a.example/"),
        Category("Art"),
        Category("Soup", "http://www.itunes.com/"),
        Category("Noodles", "http://www.itunes.com/"),
    )


def test_media_files():
    """media:content is an attachment beside the enclosure, and one with it where both are the same
    file.
    """
    entry = only(
        item(
            '<enclosure url="https://a.example/1.mp4" type="video/mp4" length="99"/>'
            '<media:group><media:content url="https://a.example/1.mp4" duration="61" width="640" height="360"/>'
            '<media:content url="https://a.example/1.webm" type="video/webm" fileSize="88" medium="video">'
            "<media:title>Film</media:title><media:description>Words</media:description></media:content></media:group>"
            '<media:thumbnail url="https://a.example/1.jpg" width="64" height="36"/>'
        )
    )
    assert entry.enclosures == (
        Enclosure("https://a.example/1.mp4", "video/mp4", 99, duration=61, width=640, height=360),
        Enclosure(
            "https://a.example/1.webm",
            "video/webm",
            88,
            "Film",
            medium="video",
            description="Words",
            primary=False,
        ),
    )
    assert entry.images == (Image("https://a.example/1.jpg", 64, 36),)


def test_a_podcast_episode():
    """What itunes and podcast elements say is kept apart, as they say it."""
    episode = only(
        item(
            "<title>1</title><itunes:duration>1:02:03</itunes:duration><itunes:explicit>Yes</itunes:explicit>"
            "<itunes:episode>4</itunes:episode><itunes:season>2</itunes:season><itunes:block>Yes</itunes:block>"
            '<itunes:episodeType>full</itunes:episodeType><itunes:image href="https://a.example/1.jpg"/>'
            '<podcast:transcript url="https://a.example/1.vtt" type="text/vtt" language="vi"/>'
            '<podcast:chapters url="https://a.example/1.json" type="application/json+chapters"/>'
        )
    ).episode
    assert episode is not None
    assert (episode.duration, episode.explicit, episode.block) == ("1:02:03", "true", True)
    assert (episode.episode, episode.season, episode.type) == ("4", "2", "full")
    assert episode.image == "https://a.example/1.jpg"
    assert episode.transcripts == (Transcript("https://a.example/1.vtt", "text/vtt", "vi"),)
    assert (episode.chapters, episode.chapters_type) == (
        "https://a.example/1.json",
        "application/json+chapters",
    )


def test_comments_and_rights():
    """The page of comments, their number, rights and licence."""
    entry = only(
        item(
            "<comments>https://a.example/1#c</comments><slash:comments>7</slash:comments><dc:rights>Lan</dc:rights>"
            "<creativeCommons:license>https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>"
        )
    )
    assert (entry.comments, entry.comment_count, entry.rights) == (
        "https://a.example/1#c",
        7,
        "Lan",
    )
    assert entry.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert only(atom("<thr:total>3</thr:total>")).comment_count == 3


def test_a_picture_in_an_item_keeps_to_itself():
    """<image> is no part of an RSS item; where one is there, its title is not the item's."""
    entry = only(
        item(
            "<title>Soup</title><image><url>https://a.example/1.jpg</url><title>Bowl</title></image>"
        )
    )
    assert entry.title == Text("Soup", "text")
    assert entry.images == (Image("https://a.example/1.jpg"),)


def test_an_item_without_anything():
    """There is nothing to read in it, and nothing is made up."""
    entry = only(item(""))
    assert (entry.guid, entry.links, entry.title, entry.published) == ("", (), None, None)


def test_a_comment_in_the_middle_of_a_text():
    """What a feed says in markup to itself is no part of the text."""
    assert only(item("<title>So<!-- or not -->up</title>")).title == Text("Soup", "text")


def test_a_live_item_is_no_part_of_the_feed():
    """podcast:liveItem has a title and a guid of its own, for a stream that is yet to come."""
    live = '<podcast:liveItem status="pending"><title>Live</title><guid>l</guid></podcast:liveItem>'
    feed = parsed(item("<title>Soup</title>", live))
    assert (feed.head.title, len(feed.entries)) == ("Hanoi", 1)


def test_an_items_own_language():
    """dc:language of an item goes before the feed's, never before a text's own xml:lang."""
    inside = '<title xml:lang="fr">Soupe</title><description>Phở</description><dc:language>vi_VN</dc:language>'
    entry = only(item(inside, "<language>en</language>"))
    assert entry.language == "vi-VN"
    assert (entry.title.language, entry.summary.language) == ("fr", "vi-VN")
    inherited = only(rss(f"<item>{inside}</item>", attributes='xml:lang="en"'))
    assert (inherited.title.language, inherited.summary.language) == ("fr", "vi-VN")


def test_the_page_of_an_entrys_comments():
    """RFC 4685: a link to the replies is their page where it is HTML, else their feed; it may bring
    their number.
    """
    feed = '<link rel="replies" type="application/atom+xml" href="https://a.example/1/comments.atom" thr:count="12"/>'
    page = (
        '<link rel="replies" type="text/html" href="https://a.example/1#comments" thr:count="12"/>'
    )
    entry = only(atom(feed + page))
    assert (entry.comments, entry.comment_count) == ("https://a.example/1#comments", 12)
    assert only(atom(feed)).comments == ""


def test_a_base_on_the_div_around_xhtml():
    """The <div> goes, what it says of base and language stays (XML Base; RFC 4287, 3.1.1.3)."""
    div = '<div xmlns="http://www.w3.org/1999/xhtml" xml:base="/b/" xml:lang="vi"><a href="c">c</a></div>'
    entry = only(atom(f'<content type="xhtml" xml:base="https://a.example/x/">{div}</content>'))
    assert entry.contents == (Text('<a href="c">c</a>', "html", "vi", "https://a.example/b/"),)


@pytest.mark.parametrize("breaking", ["", "&nbsp;<b>"], ids=["fast", "broken"])
def test_a_base_inside_xhtml(breaking: str):
    """It counts where it stands and no further (XML Base, 4), also for broken feeds; feedparser
    passes over it.
    """
    inner = (
        '<p><a href="out">1</a></p><p xml:base="/b/"><a href="in?x=1&amp;y=2">2</a><br/><img src="i.png" alt="a > b" '
        'srcset="i.png 1x, j.png 2x"/><q xml:base="c/" cite="q">3</q><a href="#note">4</a></p>'
        '<p>and <a href="out">5</a> xml:base="/e/"</p>'
    )
    div = f'<div xmlns="http://www.w3.org/1999/xhtml" xml:base="/d/e/">{inner}{breaking}</div>'
    entry = only(atom(f'<content type="xhtml" xml:base="https://a.example/x/">{div}</content>'))
    (text,) = entry.contents
    assert re.findall('(?:href|src|srcset|cite)="([^"]*)"', text.value) == [
        "out",
        "https://a.example/b/in?x=1&amp;y=2",
        "https://a.example/b/i.png",
        "https://a.example/b/i.png 1x, https://a.example/b/j.png 2x",
        "https://a.example/b/c/q",
        "#note",
        "out",
    ]
    assert breaking or text.base == "https://a.example/d/e/"
