"""Faults of the HTML of real feeds, a kind each: what a body shows of them, and of their relatives."""

import json

import pytest
from test_kinds_of_faults import atom, post, read, rss

from syndicator.model.post import Post

_MATH = '<math><semantics><mi>{0}</mi><annotation encoding="application/x-tex">{0}</annotation></semantics></math>'
_TWIN = (
    '<span class="katex-html" aria-hidden="true"><span class="base"><span>{0}</span></span></span>'
)
_TREE = f'<span class="katex-mathml">{_MATH}</span>'


def body(html: str) -> Post:
    """A post with this body."""
    inside = f"<content:encoded><![CDATA[{html}]]></content:encoded>"
    return post(rss(f"<title>A</title>{inside}"))


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (f'So <span class="katex">{_TREE}{_TWIN}</span> holds.'.format("x"), "So x holds."),
        (f'<p><span class="katex-display">{_TREE}{_TWIN}</span></p>'.format("y"), "y"),
        (f'<p>a <span class="katex">{_TWIN}{_TREE}</span></p>'.format("z"), "a z"),
        ('<p>So <script type="math/tex">x^2 < 3</script>.</p>', "So \\(x^2 < 3\\)."),
        ('<p><script type="math/tex; mode=display">\\sum i</script></p>', "\\[\\sum i\\]"),
        (
            '<p>If <span class="MathJax_Preview">x</span>'
            '<script type="math/tex" id="m1">x</script>, stop.</p>',
            "If \\(x\\), stop.",
        ),
    ],
)
def test_a_formula(html: str, words: str) -> None:
    """It stands once: KaTeX draws it twice, MathJax keeps it in a script."""
    assert body(html).text == words


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">Not seen</div>',
        '<div style="display: none !important;">Not seen</div>',
        '<p style="position:absolute;left:-9999px">Not seen</p>',
        "<p>and<span hidden>Not seen</span></p>",
        '<div style="visibility: hidden">Not seen</div>',
        '<label style="display:none">Not seen<input name="email2"></label>',
        '<form><fieldset style="left:-5000px">Not <label>seen</label></fieldset></form>',
        '<FORM style="display:none"><p>Not seen</p></FORM>',
    ],
)
def test_hidden_text(hidden: str) -> None:
    """It goes, a trap for robots too; what is around it stays."""
    made = body(f"<p>Seen <b>here</b></p>{hidden}<p>and <label>there</label>.</p>")
    assert "Not" not in made.text
    assert made.text.startswith("Seen here")
    assert made.text.endswith("and there.")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://x.example/a"><button>Read it</button></a>',
        '<button><a href="https://x.example/a">Read it</a></button>',
        '<button onclick="x()">Menu</button> <a href="https://x.example/a">Read it</a>',
    ],
)
def test_a_button_and_a_link(html: str) -> None:
    """The link stays, with its words; a button alone goes."""
    made = body(f"<p>{html}</p>")
    assert made.text == "Read it"
    assert made.content_html.count('href="https://x.example/a"') == 1


@pytest.mark.parametrize(
    "html",
    [
        '<p>One</p><script src="https://x.example/a.js"/><p>Two</p>',
        "<script/><p>One</p><p>Two</p>",
        '<p>One</p><script async src="a.js" /><p>Two</p><script>x</script>',
    ],
)
def test_a_script_that_closes_itself(html: str) -> None:
    """It swallows nothing."""
    assert body(html).text == "One Two"


@pytest.mark.parametrize(
    "html",
    [
        '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td>'
        '<td class="code"><pre>a = 1\nb = 2</pre></td></tr></table>',
        '<pre><code><span class="ln">1</span>a = 1\n<span class="ln">2</span>b = 2</code></pre>',
        '<table><tr><td class="gutter"><pre><span class="line">1</span></pre></td>'
        '<td class="code"><pre>a = 1\nb = 2</pre></td></tr></table>',
        '<table class="lntable"><tr><td class="lntd"><pre><span class="lnt">1\n</span></pre></td>'
        '<td class="lntd"><pre>a = 1\nb = 2</pre></td></tr></table>',
    ],
)
def test_the_numbers_of_lines(html: str) -> None:
    """They are no part of the code."""
    assert body(html).text == "a = 1 b = 2"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (
            '<ul><li><input type="checkbox" checked disabled> Done</li>'
            '<li><input type="checkbox" disabled> Open</li></ul>',
            "☑ Done ☐ Open",
        ),
        ('<ul><li class="x"><input class="y" type="checkbox" checked=""> Done</li></ul>', "☑ Done"),
        ('<ul><li><label><input type="checkbox"> Open</label></li></ul>', "☐ Open"),
    ],
)
def test_a_list_of_tasks(html: str, words: str) -> None:
    """Each keeps its state."""
    assert body(html).text == words


@pytest.mark.parametrize(
    "style", ["white-space: pre", "white-space:pre-wrap", "color:red; white-space: pre-line;"]
)
def test_line_ends_that_a_style_keeps(style: str) -> None:
    """They are line breaks."""
    assert "one<br>two" in body(f'<p style="{style}">one\ntwo</p>').content_html


@pytest.mark.parametrize(
    "html",
    [
        '<video src="https://x.example/v.mp4">Your browser does not support video.</video>',
        '<audio src="https://x.example/a.mp3">Your browser can not play this.</audio>',
        '<video><source src="https://x.example/v.mp4" type="video/mp4">Sorry.</video>',
    ],
)
def test_the_text_for_browsers_without_a_player(html: str) -> None:
    """It is no word of the summary."""
    made = body(f"<p>A</p>{html}")
    assert (made.text, made.summary) == ("A", "A")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://www.youtube.com/embed/videoseries?list=PLabc123", "videoseries?list=PLabc123"),
        ("https://www.youtube.com/embed/abcDEF?list=PLa1&index=2", "abcDEF?list=PLa1"),
        ("//www.youtube-nocookie.com/embed/abcDEF?rel=0&list=PLa1", "abcDEF?list=PLa1"),
    ],
)
def test_a_playlist(address: str, kept: str) -> None:
    """It stays one."""
    assert f'embed/{kept}"' in body(f'<iframe src="{address}"></iframe>').content_html


@pytest.mark.parametrize(
    ("address", "letter"),
    [
        ("https://s.w.org/images/core/emoji/15/72x72/1f600.png", "😀"),
        ("https://s0.wp.com/wp-content/mu-plugins/wpcom-smileys/twemoji/2/72x72/1f389.png", "🎉"),
        ("https://s.w.org/images/core/emoji/2.2.1/svg/2764.svg", "❤️"),
    ],
)
def test_a_letter_that_is_a_picture(address: str, letter: str) -> None:
    """It is a letter."""
    made = body(f'<p>Hi <img src="{address}" alt="{letter}" class="wp-smiley"></p>')
    assert made.content_html == f"<p>Hi {letter}</p>"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://x.example/a for more", "https://x.example/a"),
        ("Visit http://x.example/b, then go.", "http://x.example/b"),
        ("(https://x.example/c)", "https://x.example/c"),
    ],
)
def test_an_address_in_plain_text(text: str, address: str) -> None:
    """It is a link, without the mark behind it."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "H",
        "items": [{"id": "1", "content_text": text}],
    }
    assert f'<a href="{address}"' in post(json.dumps(feed).encode()).content_html


@pytest.mark.parametrize(
    "feed",
    [
        '{"version": "https://jsonfeed.org/version/1.1", "title": "R", "items": null}',
        '{"version": "https://jsonfeed.org/version/1", "title": "R", "items": []}',
        '{"title": "R", "items": null, "home_page_url": "https://r.example/"}',
    ],
)
def test_a_json_feed_without_items(feed: str) -> None:
    """It is empty, and no fault."""
    assert read(feed.encode()).items == ()


@pytest.mark.parametrize(
    "content",
    [
        '<content type="image/png">iVBORw0KGgo=</content>',
        '<content type="application/octet-stream">AAECAwQFBgc=</content>',
        '<content type="audio/mpeg">SUQzBAAAAAAA</content>',
    ],
)
def test_content_in_base64(content: str) -> None:
    """It is no text (RFC 4287, 4.1.3.3)."""
    assert post(atom(f"{content}<summary>A view.</summary>")).text == "A view."
