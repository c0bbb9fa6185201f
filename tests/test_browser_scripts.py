"""Letters, directions and dates of many languages in a real browser: what collides, what stands on
the wrong side, what is too small to touch.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import site_helpers as given
from browser_helpers import CHROMIUM, Browser, browsing
from loopback import serving
from msgspec.structs import replace
from site_helpers import pages

from syndicator.generator.site import post_path
from syndicator.model.edition import Edition

pytest.importorskip("websockets", reason="drives the browser")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")]

LANGUAGES = ("vi", "ar")

# Of each heading in these languages: its words, its letter spacing, its lines in sizes of its font
# (the name of the site has one line, so its height is none of them).
HEADINGS = """
[...document.querySelectorAll('h1, h2, .name')].filter(e => e.matches(':lang(vi), :lang(ar)')).map(e => {
  const s = getComputedStyle(e);
  const lines = parseFloat(s.lineHeight) / parseFloat(s.fontSize);
  return [e.textContent.trim(), s.letterSpacing, e.matches('.name') ? 2 : lines];
})
"""

# Links and buttons under 24 pixels each way; a body and a sentence are exempt (WCAG 2.2, 2.5.8).
SMALL = """
[...document.querySelectorAll('a, button, summary')]
  .filter(e => !e.closest('.body, .credit, .skip, .told, .also, .unseen') && e.checkVisibility())
  .map(e => [e.getBoundingClientRect(), `${e.parentElement.className}: ${e.outerHTML.slice(0, 90)}`])
  .filter(([r, _]) => r.width && (r.width < 24 || r.height < 24)).map(([r, html]) => [html, r.width, r.height])
"""

# How far the words of an element end from the right edge of its box, without its padding.
INDENT = """
(selector => [...document.querySelectorAll(selector)].map(e => {
  const range = document.createRange();
  range.selectNodeContents(e);
  const padding = parseFloat(getComputedStyle(e).paddingRight);
  return Math.round(e.getBoundingClientRect().right - padding - range.getBoundingClientRect().right);
}))
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the hand-made edition in Vietnamese and in Arabic, with tags."""
    folder = tmp_path_factory.mktemp("site")
    given.paint(folder)
    with serving(folder) as (host, port):
        base = f"http://{host}:{port}/"
        for language in LANGUAGES:
            edition = tagged(given.edition(f"{base}media/", language=language))
            given.write(pages(edition, archives=given.archives()), folder / language)
        yield base


def tagged(edition: Edition) -> Edition:
    return replace(edition, tags={info.id: ("tides",) for info in edition.sources})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def paths() -> list[str]:
    """Return a page of each kind, and posts in several languages."""
    posts = [post_path(item.id) for item in given.edition().items[:6]]
    lists = ["index", "sources", "sources/vuon", "sources/sahra", "archive/index", "subscribe"]
    lists.append("sources/tags/tides")
    return posts + [f"{name}.html" for name in lists]


def test_letters_of_a_heading_have_their_room(base: str, browser: Browser) -> None:
    """Vietnamese accents on capitals reach into the line above, and Arabic letters join: no heading
    is set as tight as an English one.
    """
    browser.view(390)
    looked = set()
    for language in LANGUAGES:
        for path in paths():
            browser.open(f"{base}{language}/{path}")
            for words, spacing, lines in browser.run(HEADINGS):
                looked.add(words)
                assert spacing == "normal" or float(spacing.removesuffix("px")) == 0, (path, words)
                assert lines >= 1.29, (path, words, lines)
    assert len(looked) > 15


def test_each_link_is_large_enough_to_touch(base: str, browser: Browser) -> None:
    """24 pixels each way, whatever stands around it."""
    for language in LANGUAGES:
        for path in paths():
            browser.open(f"{base}{language}/{path}")
            for width in (390, 1280):
                browser.view(width)
                assert browser.run(SMALL) == [], (language, path, width)


def test_addresses_stand_beside_their_labels(base: str, browser: Browser) -> None:
    """On a page from right to left too, although they are written from left to right."""
    browser.open(f"{base}ar/subscribe.html")
    for width in (390, 1280):
        browser.view(width)
        for selector in (".addresses code", ".readers dt", ".readers dd"):
            indents = browser.run(f"{INDENT}('{selector}')")
            assert len(indents) >= 2
            assert max(indents) <= 1, (selector, width)


def test_a_source_keeps_its_mark_on_the_page_of_a_tag(base: str, browser: Browser) -> None:
    """A dot beside each name, as in all other lists."""
    browser.open(f"{base}vi/sources/tags/tides.html")
    widths = browser.run(
        "[...document.querySelectorAll('.facts .chip')].map(e => getComputedStyle(e, '::before').width)"
    )
    assert len(widths) > 3
    assert min(float(width.removesuffix("px")) for width in widths) > 8


def test_a_month_begins_with_a_capital_where_a_line_begins(base: str, browser: Browser) -> None:
    """Vietnamese writes "tháng 11" small in a sentence, and large as a heading; a title of a feed
    stays as it is.
    """
    capital = "getComputedStyle(document.querySelector('{}'), '::first-letter').textTransform"
    for path in ("archive/1.html", "sources/vuon.html"):
        browser.open(f"{base}vi/{path}")
        assert browser.run(capital.format(".month > h2")) == "uppercase"
    browser.open(f"{base}vi/subscribe.html")
    assert browser.run(capital.format(".month > h2")) == "none"


def test_a_count_on_a_telephone_says_of_what(base: str, browser: Browser) -> None:
    """The heads of the columns have no room there."""
    label = "getComputedStyle(document.querySelector('.count'), '::before').content"
    browser.open(f"{base}vi/sources.html")
    browser.view(390)
    assert "Tất cả bài viết" in browser.run(label)
    browser.view(1280)
    assert browser.run(label) == "none"
