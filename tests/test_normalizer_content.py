"""Bodies: what stays, what goes, what is mended; and what an attacker or a random writer can't get
through.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from normalizer_helpers import PAGE, cases, offences

from syndicator.model.feed import Text
from syndicator.normalizer.html import embeds, images, sanitize, tags, trackers


@pytest.mark.parametrize(
    ("situation", "written", "expected"), [*cases("kept"), *cases("gone"), *cases("mended")]
)
def test_a_case_of_our_own_writing_comes_out_as_it_should(situation, written, expected):
    """Each case in cases/normalizer says what it proves; what comes out is safe and is left alone a
    second time.
    """
    html = sanitize.finish(sanitize.clean(written, PAGE).html)
    assert html == expected, situation
    assert offences(html) == []
    assert sanitize.finish(sanitize.clean(html, PAGE).html) == html


def test_the_check_itself_sees_what_is_forbidden():
    """The allow-list check that the tests rely on names each kind of offence."""
    assert offences("<p>fine <a href='https://a.example/'>a</a></p>") == []
    for bad in (
        "<script>x</script>", "<p onclick='x'>", "<a href='javascript:x'>a</a>", "<img src='data:text/html,x'>",
        "<img srcset='https://a.example/a 1x, javascript:x 2x'>", "<p style='x'>", "<p id='x'>", "<svg></svg>",
        "a\x0bb",
        "<!-- a -->", "<iframe src='https://a.example/'></iframe>", "<a href='relative'>a</a>", "<form></form>",
    ):  # fmt: skip
        assert offences(bad), bad


def test_what_was_done_is_counted():
    """A body's notes come from these counts."""
    html = (
        '<p>a</p><img src="x.gif" width=1 height=1><div class="sharedaddy">s</div><img data-src="/p.jpg">'
        '<iframe src="https://unknown.example/"></iframe><a href="b">b</a>'
    )
    stats = sanitize.clean(html, PAGE).stats
    assert (stats.trackers, stats.bars, stats.lazy, stats.embeds, stats.resolved) == (1, 1, 1, 1, 2)


def test_images_can_be_links_or_left_out():
    """`images = "link"` names them, inside a link only by their words; "none" leaves nothing of
    them.
    """
    html = (
        '<figure><img src="https://a.example/a%20b.jpg"><figcaption>C</figcaption></figure><p>'
        '<a href="https://l.example/"><img src="https://a.example/2.jpg" alt="two"></a>x'
        '<picture><source srcset="https://a.example/3.avif 1x"><img src="https://a.example/3.jpg" alt="three">'
        "</picture></p>"
    )
    cleaned = sanitize.clean(html, PAGE, "link")
    assert cleaned.html == (
        '<figure><a href="https://a.example/a%20b.jpg" rel="noopener noreferrer">[a b.jpg]</a><figcaption>C'
        '</figcaption></figure><p><a href="https://l.example/" rel="noopener noreferrer">[two]</a>x'
        '<a href="https://a.example/3.jpg" rel="noopener noreferrer">[three]</a></p>'
    )
    assert cleaned.stats.images == 3
    assert (
        sanitize.clean(html, PAGE, "none").html
        == "<figure><figcaption>C</figcaption></figure><p>x</p>"
    )


def test_brackets_in_attributes_are_escaped():
    """The passes behind nh3 take each "<" and ">" for a tag's: nh3 from 0.3.7 writes no other."""
    html = '<p title="a < b > c">Text</p>'
    assert 'title="a &lt; b &gt; c"' in sanitize.clean(html, PAGE).html


def test_without_a_base_relative_addresses_go():
    """A feed that says nowhere where it lives has no address to resolve against: better none than a
    wrong one.
    """
    html = sanitize.clean('<a href="b">b</a><img src="p.jpg" srcset="q.jpg 2x">', "").html
    assert html == '<a rel="noopener noreferrer">b</a>'


def test_our_own_lines_keep_their_class_until_attribution_has_seen_them():
    """Only whole values of ours survive, and `finish` takes them off."""
    html = sanitize.clean(
        '<p class="syndicator-attribution">a</p><div class="syndicator-related x">b</div>', PAGE
    ).html
    assert html == '<p class="syndicator-attribution">a</p><div>b</div>'
    assert sanitize.finish(html) == "<p>a</p><div>b</div>"


def test_what_never_comes_to_rest_is_shown_as_its_words(monkeypatch):
    """HTML that parses differently each time is not trusted."""
    monkeypatch.setattr(sanitize, "_ROUNDS", 0)
    assert sanitize.clean("<table><p>a</table>", PAGE).html == "<p>a</p>"


@pytest.mark.parametrize(
    ("part", "html"),
    [
        (Text("a < b\n\nc & d\r\ne", "text"), "<p>a &lt; b</p><p>c &amp; d<br>e</p>"),
        (Text("no tags &amp; no\nblank line"), "no tags &amp; no\nblank line"),
        (Text("two\n\nparagraphs &lt;3"), "<p>two</p><p>paragraphs &lt;3</p>"),
        (Text("<b>tags</b>\n\nx"), "<b>tags</b>\n\nx"),
        (Text(" \n\n ", "text"), ""),
    ],
)
def test_plain_text_becomes_paragraphs(part, html):
    """Plain text, and HTML that has no tag but blank lines, would run together in a reader."""
    assert sanitize.as_html(part) == html


@pytest.mark.parametrize(
    ("address", "beacon"),
    [
        ("http://feeds.example.com/~r/Site/~4/x", True),
        ("http://feeds.wordpress.com/1.0/comments/a.wordpress.com/1/", True),
        ("https://www.facebook.com/tr?id=1", True),
        ("https://SB.scorecardresearch.com/p?c1=2", True),
        ("https://a.example/matomo.php?idsite=1", True),
        ("https://counter.theconversation.com/content/1/count.gif", True),
        ("https://a.example/wp-json/republication-tracker-tool/v1/x", True),
        ("https://user:x@ad.doubleclick.net/x", True),
        ("https://stats.example.org/chart.png", False),
        ("https://a.example/pixel-art.png", False),
        ("https://lh3.googleusercontent.com/p.jpg", False),
        ("ftp://a.example/1x1.gif", False),
    ],
)
def test_beacons_are_known_by_address(address, beacon):
    """Hosts and paths that serve nothing but counts; a picture on a host with a suspicious name
    stays.
    """
    assert trackers.is_beacon(address) is beacon


@pytest.mark.parametrize(
    ("attributes", "pixel"),
    [
        ({"width": "1", "height": "1px"}, True),
        ({"width": "0", "height": "0"}, True),
        ({"width": "1"}, False),
        ({"width": "1", "height": "400"}, False),
        ({"width": "10", "height": "10"}, False),
        ({"style": "border:0;width:1px !important;height:1px"}, True),
        ({"style": "color:red; visibility: hidden"}, True),
        ({"style": "max-width:100%;height:auto"}, False),
        ({"style": "border-width:1px"}, False),
    ],
)
def test_pixels_are_known_by_shape(attributes, pixel):
    """One pixel both ways, or hidden: a line one pixel high is a line."""
    assert trackers.is_pixel({"src": "https://a.example/p", **attributes}) is pixel


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("", ""),
        (" a.jpg , b.jpg 2x ", "https://b.example/a.jpg, https://b.example/b.jpg 2x"),
        ("a.jpg, b.jpg 2x", "https://b.example/a.jpg, https://b.example/b.jpg 2x"),
        ("data:image/png;base64,AAAA 1x, c.jpg  100w", "https://b.example/c.jpg 100w"),
        ("https://a.example/a,w_100/x.jpg 100w, https://a.example/b 200w",
         "https://a.example/a,w_100/x.jpg 100w, https://a.example/b 200w"),
    ],
)  # fmt: skip
def test_every_candidate_of_a_srcset_is_absolute(written, absolute):
    """Addresses may hold commas; a comma at an address's end or behind a descriptor parts two."""
    assert images.source_set(written, "https://b.example/") == absolute


def test_the_lead_image_is_one_worth_showing_alone():
    """Icons, emoji and pictures that stand in their address are passed over."""
    html = (
        '<img src="https://s.w.org/images/core/emoji/15/72x72/1f600.png" alt="x">'
        '<img src="https://a.example/i.png" width="16"><img src="data:image/png;base64,AA" alt="">'
        '<img src="https://a.example/p.jpg?a=1&amp;b=2" width="640px" height="x" alt="P">'
    )
    found = images.lead(html)
    assert found is not None
    assert (found.url, found.width, found.height, found.title) == (
        "https://a.example/p.jpg?a=1&b=2",
        640,
        0,
        "P",
    )
    assert images.lead('<p>none</p><img alt="">') is None


def test_only_elements_that_html_reads_as_raw_text_are_renamed():
    """`<iframes>` or `<objective>` are nobody's."""
    html = (
        "<IFRAME src=x></IFRAME><iframes><noscript>a</noscript><amp-iframe src=y><objective><embed>"
    )
    renamed = "<x-iframe src=x></x-iframe><iframes><x-noscript>a</x-noscript><x-iframe src=y><objective><x-embed>"
    assert embeds.prepare(html) == renamed


def test_an_element_that_never_ends_reaches_to_the_end():
    """Sanitized HTML is balanced, but nothing may hang or raise where it is not."""
    assert tags.end_of("<div><div></div>", 0, "div") == len("<div><div></div>")


@pytest.mark.parametrize(
    "unit", ["<div>", "<ul><li>", "<div></x>", "<dd><li>", "<table><td>", "<b><p>", "<DIV\n>"]
)
def test_no_depth_of_nesting_holds_a_run_up(unit):
    """nh3 takes the square of the depth: 14 s for 80,000 <div>. Deeper than browsers go, elements
    go.
    """
    html = sanitize.clean("<p>before</p>" + unit * 20_000 + "after", PAGE).html
    assert html.startswith("<p>before</p>")
    assert "after" in html
    assert max(html.count("<div>"), html.count("<li>"), html.count("<table>")) <= 501


def test_many_elements_side_by_side_all_stay():
    """It is depth that is limited, not length; old HTML leaves its rows and paragraphs open."""
    row = '<div><table><tr><td><p>a<td><b>b</b></table><ul><li><a href="https://a.example/">c</a></ul></div>'
    html = sanitize.clean(row * 600, PAGE).html
    assert (html.count("<td>"), html.count("<li>"), html.count("<div>")) == (1200, 600, 600)


# ---------------------------------------------------------------------------------------------------
# Properties
# ---------------------------------------------------------------------------------------------------

_ELEMENTS = """
    a b p div span h2 h3 li ul table tr td caption img picture source video audio iframe object embed noscript script
    style svg math mi mtext annotation-xml title template textarea select option form button font pre code x-iframe
    x-noscript amp-img plaintext noembed body html frameset base meta link foreignObject mglyph details summary
"""
_NAMES = st.sampled_from(_ELEMENTS.split())
_ATTRIBUTES = st.sampled_from(
    [
        "", ' href="x"', " href=javascript:alert(1)", ' href="&#1;java&#10;script:x"', ' src="//h/x"',
        " src=data:text/html,x",
        ' srcset="a 1x, javascript:b 2x"', ' data-src="https://e.example/1.jpg"', ' style="display:none"',
        " width=1 height=1",
        ' class="sharedaddy"', ' class="syndicator-attribution"', ' onerror="x"',
        ' src="https://www.youtube.com/embed/a"',
        ' poster="javascript:x" cite=y', ' data-bar=""', ' DATA-BAR="x"', ' id=x name=y', ' src="https://h.example/a.swf"',
        ' title="<b>"', ' a="',
        ' src="data:image/gif;base64,AA"', " /", ' srcdoc="<script>"', " xlink:href=javascript:x",
    ]
)  # fmt: skip
_OPENING = st.builds("<{}{}>".format, _NAMES, _ATTRIBUTES)
_CLOSING = st.builds("</{}>".format, _NAMES)
_TEXT = st.one_of(
    st.sampled_from(["x", "\n", "&lt;b&gt;", "&#1;", "&#13;", "<!--", "-->", "<![CDATA[", "]]>"]),
    st.sampled_from(['"', "'", "<", "&nbsp;", "\x00"]),
    st.text(max_size=5),
)
_PAGES = st.lists(st.one_of(_OPENING, _OPENING, _CLOSING, _TEXT), max_size=25).map("".join)

_BASES = st.sampled_from(["", PAGE, "not an address", "https://[bad/"])


@settings(max_examples=250, deadline=None)
@given(_PAGES, _BASES, st.sampled_from(["keep", "link", "none"]))
@example("<a><b>", "", "keep")  # a link around what is trimmed off
def test_nothing_that_can_be_written_gets_through(html, base, policy):
    """No input gives a forbidden tag, attribute, address or character, or raises; what comes out is
    still.
    """
    cleaned = sanitize.finish(sanitize.clean(html, base, policy).html)
    assert offences(cleaned) == []
    assert sanitize.finish(sanitize.clean(cleaned, base, policy).html) == cleaned


def test_a_host_that_the_operator_trusts_with_frames() -> None:
    """Its frames play, sandboxed like the others."""
    frame = '<iframe src="https://tube.example/videos/embed/9c9de5e8"></iframe>'
    html = sanitize.clean(frame, PAGE, players=("tube.example",)).html
    assert html.startswith('<iframe src="https://tube.example/videos/embed/9c9de5e8"')
    assert 'sandbox="' in html
