"""The pages in a real browser: what it asks for, what it complains of, what fits, what can be read,
what can run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import site_helpers as given
from browser_helpers import CHROMIUM, Browser, browsing
from loopback import serving
from msgspec.structs import replace
from site_helpers import pages

from syndicator.generator.site import post_path
from syndicator.model.edition import Edition
from syndicator.model.feed import Image

pytest.importorskip("websockets", reason="drives the browser")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")]

AXE = os.environ.get("SYNDICATOR_AXE", "")  # npm's axe-core, which is not ours to ship

# What a source could have sent if the sanitizer had let it through: each line alone would run or
# call home.
SMUGGLED = (
    "<script>document.title = 'ran'</script><img src='/media/none.png' onerror=\"document.title = 'ran'\">"
    "<a id='lure' href=\"javascript:document.title = 'ran'\">x</a><p style='position:fixed' id='styled'>styled</p>"
    "<script src='/media/ferry.js'></script><form action='/media/'><button id='send'>x</button></form>"
    "<object data='/media/ferry.png'></object><svg onload=\"document.title = 'ran'\"></svg>"
    "<base href='https://elsewhere.example/'><iframe srcdoc='<script>parent.document.title=1</script>'></iframe>"
)

# Relative luminance and contrast as WCAG 2.2 defines them, over the nearest background that is not
# clear; what is hidden from sight, decorative or a picture has no contrast to have.
CONTRAST = """
(() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = c.map(v => linear(v / 255));
                       return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
                        if (c.length < 4 || c[3] === 1) return c.slice(0, 3); } return [255, 255, 255]; };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, s = getComputedStyle(e);
    if (!walker.currentNode.data.trim() || e.closest('.unseen, .skip') || s.visibility === 'hidden') continue;
    const [a, b] = [light(parse(s.color).slice(0, 3)), light(ground(e))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 3).concat([[found.length, 'texts']]);
})()
"""

# Links and buttons that a finger could miss: smaller than 24 pixels each way, and with another one
# within the circle of 24 pixels around their middle (WCAG 2.2, 2.5.8). A link in a sentence is
# exempt, and a body is its source's.
TARGETS = """
(() => {
  const boxes = [...document.querySelectorAll('a, button, summary, input, select')]
    .filter(e => !e.closest('.body, .credit, .skip') && e.checkVisibility())
    .map(e => ({e, r: e.getBoundingClientRect()})).filter(({r}) => r.width && r.height);
  const distance = (x, y, r) => Math.hypot(Math.max(r.left - x, 0, x - r.right),
                                           Math.max(r.top - y, 0, y - r.bottom));
  const small = boxes.filter(({r}) => r.width < 24 || r.height < 24);
  return [boxes.length, small.filter(({e, r}) => boxes.some(o => o.e !== e && !o.e.contains(e) &&
    distance((r.left + r.right) / 2, (r.top + r.bottom) / 2, o.r) < 12))
    .map(({e}) => e.outerHTML.slice(0, 120))];
})()
"""

# Pictures of ours for which no place is kept while they load; a body's are its source's.
UNSIZED = """
[...document.images].filter(i => !i.closest('.body') && !(i.hasAttribute('width') && i.hasAttribute('height'))
  && getComputedStyle(i).aspectRatio === 'auto').map(i => i.outerHTML)
"""

# The headlines, or the words of a post without one, that end on the first screen.
HEADLINES = """
[...document.querySelectorAll('article h2:not(.unseen), .note .excerpt')]
  .filter(e => e.getBoundingClientRect().bottom <= innerHeight).length
"""

FOCUS = """
(() => { const e = document.activeElement, s = getComputedStyle(e);
         return [e.tagName, e.textContent.trim().slice(0, 30), s.outlineStyle, parseFloat(s.outlineWidth),
                 e.getBoundingClientRect().width > 1]; })()
"""


@dataclass(frozen=True)
class Site:
    """A site that is being served."""

    base: str
    paths: dict[str, str]  # what a test calls a page -> its path


def told_and_tagged(edition: Edition) -> Edition:
    """Return an edition with a story of three sources, tags, and a picture of unknown size."""
    items = list(edition.items)
    image = Image(items[0].post.image.url if items[0].post.image else "")
    items[2] = replace(items[2], post=replace(items[2].post, image=image))
    return replace(
        edition,
        items=tuple(items),
        stories={items[place].id: 1 for place in (2, 4, 8)},
        tags={"harbour": ("ferries", "low water"), "radio": ("ferries",)},
    )


def faced(edition: Edition) -> Edition:
    """Return an edition whose sources have pictures, of which one is not there."""
    pictures = dict.fromkeys((info.id for info in edition.sources), "ferry.png")
    pictures["harbour"] = "gone.png"
    media = edition.items[0].post.image.url.rpartition("/")[0]
    infos = {
        info.id: replace(info, image=f"{media}/{pictures[info.id]}") for info in edition.sources
    }
    items = [replace(item, source=infos.get(item.source.id, item.source)) for item in edition.items]
    return replace(edition, items=tuple(items), sources=tuple(infos.values()))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the hand-made edition in English and Arabic, full, and one post that nothing has
    cleaned.
    """
    folder = tmp_path_factory.mktemp("site")
    given.paint(folder)
    with serving(folder) as (host, port):
        base = f"http://{host}:{port}/"
        media = f"{base}media/"
        edition = told_and_tagged(given.edition(media))
        given.write(pages(edition, archives=given.archives()), folder)
        arabic = told_and_tagged(given.edition(media, language="ar"))
        given.write(pages(arabic), folder / "ar")
        given.write(pages(given.edition(media, pages="excerpt")), folder / "excerpt")
        given.write(pages(given.edition(media, language="ar", search=True)), folder / "box")
        given.write(pages(faced(given.edition(media, faces="link"))), folder / "faces")
        item = edition.items[0]
        evil = replace(item, post=replace(item.post, content_html=SMUGGLED))
        given.write(pages(replace(edition, items=(evil,), archives=0)), folder / "evil")
        paths = {str(place): post_path(item.id) for place, item in enumerate(edition.items[:9])}
        paths |= {
            name: f"{name}.html"
            for name in (
                "index",
                "sources",
                "sources/harbour",
                "archive/1",
                "archive/index",
                "subscribe",
                "sources/tags/ferries",
            )
        }
        paths |= {
            f"ar/{name}": f"ar/{path}"
            for name, path in paths.items()
            if name in ("index", "0", "2", "sources", "sources/tags/ferries")
        }
        paths |= {
            "excerpt": "excerpt/index.html",
            "box": "box/index.html",
            "box/0": f"box/{paths['0']}",
            "excerpt/0": f"excerpt/{paths['0']}",
            "evil": f"evil/{paths['0']}",
        }
        yield Site(base, paths)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def clean(site: Site) -> dict[str, str]:
    return {name: path for name, path in site.paths.items() if name != "evil"}


def test_pages_open_without_a_complaint_or_a_request_elsewhere(
    site: Site, browser: Browser
) -> None:
    """Nothing is blocked, nothing is logged, and all that is asked for is asked of this server."""
    for name, path in clean(site).items():
        browser.view(1280)
        browser.open(site.base + path)
        assert browser.complaints() == [], name
        assert [
            url for url in browser.requests() if not url.startswith((site.base, "data:"))
        ] == [], name
        assert len(browser.requests()) >= 2, (
            name
        )  # the page and its style, so that the check above sees something


def test_nothing_is_wider_than_the_window(site: Site, browser: Browser) -> None:
    """Twelve columns, long lines of code and words of sixty letters included."""
    for name, path in clean(site).items():
        browser.open(site.base + path)
        for width in (320, 390, 768, 1280):
            browser.view(width)
            assert browser.run("document.documentElement.scrollWidth") <= width, (name, width)
            assert browser.run("document.documentElement.clientWidth") == width, (name, width)


def test_text_of_twice_the_size(site: Site, browser: Browser) -> None:
    """Zoomed to 200 %, or with letters of twice the size, nothing is cut off or too wide."""
    for name, path in clean(site).items():
        browser.open(site.base + path)
        browser.view(640, 450, scale=2)  # what a zoom of 200 % makes of 1280 by 900
        assert browser.run("document.documentElement.scrollWidth") <= 640, name
        browser.view(1280)
        browser.run("document.documentElement.style.fontSize = '200%'")
        assert browser.run("document.documentElement.scrollWidth") <= 1280, name


def test_wide_things_scroll_by_themselves(site: Site, browser: Browser) -> None:
    """And by the keyboard, which can reach them."""
    browser.view(390)
    for name, box in (("7", ".wide"), ("6", "pre")):
        browser.open(site.base + site.paths[name])
        assert browser.run(
            f"(e => e.scrollWidth > e.clientWidth)(document.querySelector('{box}'))"
        ), name
        assert browser.run(f"document.querySelector('{box}').tabIndex") == 0, name


def test_every_word_can_be_read(site: Site, browser: Browser) -> None:
    """At least 4.5 to 1, WCAG's AA for small text, in both colour schemes."""
    for name, path in clean(site).items():
        browser.open(site.base + path)
        for dark in (False, True):
            browser.view(1280, dark=dark)
            *worst, (texts, _) = browser.run(CONTRAST)
            assert texts > 5, name
            assert worst[0][0] >= 4.5, (name, worst)
            paper = browser.run("getComputedStyle(document.documentElement).backgroundColor")
            assert paper == ("rgb(23, 23, 26)" if dark else "rgb(251, 250, 247)")


def test_a_script_that_came_through_would_not_run(site: Site, browser: Browser) -> None:
    """The policy of the page stops scripts, handlers, javascript links, styles, forms, frames and a
    new base.
    """
    browser.view(1280)
    browser.open(site.base + site.paths["evil"])
    title = browser.run("document.title")
    browser.run("document.getElementById('lure').click()")
    browser.run("document.getElementById('send').click()")
    browser.run(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))"
    )
    assert browser.run("document.title") == title
    assert browser.run("location.href").startswith(f"{site.base}evil/")
    assert browser.run("getComputedStyle(document.getElementById('styled')).position") == "static"
    assert browser.run("document.querySelector('main a').href").startswith(site.base)
    assert len([line for line in browser.complaints() if "Content Security Policy" in line]) >= 5
    assert not [url for url in browser.requests() if url.endswith(".js") or "elsewhere" in url]


if AXE:  # where it is at hand, as in .ci/run

    def test_axe_finds_nothing(site: Site, browser: Browser) -> None:
        """Neither serious nor minor, on pages wide and narrow, light and dark by turns."""
        script = Path(AXE).read_text(encoding="utf-8")
        for place, (name, path) in enumerate(clean(site).items()):
            browser.view(390 if place % 2 else 1280, dark=place % 4 > 1)
            browser.open(site.base + path)
            browser.run(script + "; 0")
            found, held = browser.run(
                "axe.run().then(r => [r.violations.map(v => [v.impact, v.id, v.nodes[0].html]), r.passes.length])"
            )
            assert found == [], name
            assert held > 15, name  # it has looked


def test_the_keyboard_reaches_everything_and_sees_where_it_is(site: Site, browser: Browser) -> None:
    """First the way past the masthead, then each link with a visible outline."""
    browser.view(1280)
    browser.open(site.base + site.paths["0"])
    seen = []
    for _ in range(12):
        for kind in ("keyDown", "keyUp"):
            browser.call(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        seen.append(browser.run(FOCUS))
    assert seen[0][1] == "Skip to the posts"
    assert [text for _, text, *_ in seen[1:7]] == [
        "The Low Tide Reader",
        "Home",
        "Sources",
        "All posts",
        "Subscribe",
        "Harbour Notes",
    ]
    assert all(
        style == "solid" and width >= 2 and visible for _, _, style, width, visible in seen
    ), seen


def test_a_finger_hits_each_link(site: Site, browser: Browser) -> None:
    """Each is 24 pixels high and wide, or far enough from the next one; on a telephone too."""
    for name, path in clean(site).items():
        browser.open(site.base + path)
        for width in (390, 1280):
            browser.view(width)
            links, missed = browser.run(TARGETS)
            assert links > 8, name
            assert missed == [], (name, width)


def test_nothing_moves_when_a_picture_comes(site: Site, browser: Browser) -> None:
    """Each picture of ours has its place, one of unknown size too."""
    looked = 0
    for name, path in clean(site).items():
        browser.open(site.base + path)
        looked += browser.run("document.images.length")
        assert browser.run(UNSIZED) == [], name
    assert looked > 10


def test_a_picture_of_a_source_is_small(site: Site, browser: Browser) -> None:
    """Beside its name in cards and tables, whether or not it loads."""
    for name in ("index", "sources"):
        browser.view(1280)
        browser.open(f"{site.base}faces/{name}.html")
        sizes = browser.run(
            "[...document.querySelectorAll('.face')].map(e => e.getBoundingClientRect().width)"
        )
        assert len(sizes) > 5, name
        assert set(sizes) == {20}, name


def test_two_headlines_stand_on_the_first_screen(site: Site, browser: Browser) -> None:
    """Of a laptop, below a lead with a picture; in both directions, and below a browser's bars."""
    for width, height in ((1280, 800), (1366, 650)):
        browser.view(width, height)
        for name in ("index", "ar/index", "excerpt"):
            browser.open(site.base + site.paths[name])
            assert browser.run(HEADLINES) >= 2, (name, height)


def test_lines_of_an_excerpt_are_short(site: Site, browser: Browser) -> None:
    """On a wide window too an English one has at most 85 letters in a line."""
    browser.view(1600)
    browser.open(site.base + site.paths["index"])
    letters = browser.run(
        """[...document.querySelectorAll('.card[lang=en] .excerpt')].map(excerpt => {
            const range = document.createRange();
            range.selectNodeContents(excerpt);
            const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)));
            return excerpt.textContent.length / lines.size;
        })"""
    )
    assert letters
    assert max(letters) <= 85


def test_an_arabic_page_is_laid_out_from_the_right(site: Site, browser: Browser) -> None:
    """The masthead, the article and the aside stand where its readers begin; an English post keeps
    its own way.
    """
    browser.view(1280)
    browser.open(site.base + site.paths["ar/2"])
    left = "(s => document.querySelector(s).getBoundingClientRect().left)"
    assert browser.run(f"{left}('.masthead .name') > {left}('.masthead nav')")
    assert browser.run("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    browser.open(site.base + site.paths["ar/0"])
    assert browser.run("getComputedStyle(document.querySelector('h1')).direction") == "ltr"


def test_the_mark_of_a_source_stands_where_the_page_begins(site: Site, browser: Browser) -> None:
    """In a row of sources a name from right to left has it on the same side as all others, or it
    would seem theirs.
    """
    browser.view(800)
    for page, way in (("index", "ltr"), ("ar/index", "rtl")):
        browser.open(site.base + site.paths[page])
        chips = browser.run(
            "[...document.querySelectorAll('.who .chip')].map(c => getComputedStyle(c).direction)"
        )
        assert len(chips) > 2 and set(chips) == {way}
        names = browser.run("[...document.querySelectorAll('.who .chip bdi')].map(c => c.dir)")
        assert "rtl" in names or way == "rtl"


def test_on_paper_the_post_is_alone(site: Site, browser: Browser) -> None:
    """No navigation, no lists; the address of the source in words."""
    browser.view(800)
    browser.open(site.base + site.paths["0"])
    browser.call("Emulation.setEmulatedMedia", media="print")
    shown = "(s => getComputedStyle(document.querySelector(s)).display)"
    assert browser.run(f"['nav', '.further', '.foot'].map({shown})") == ["none"] * 3
    assert browser.run(f"{shown}('.body')") == "block"
    assert "https://harbour.example/" in browser.run(
        "getComputedStyle(document.querySelector('.credit a'), '::after').content"
    )
    browser.call("Emulation.setEmulatedMedia", media="")


def test_pages_look_the_same_from_a_disk(site: Site, browser: Browser, tmp_path: Path) -> None:
    """Opened as files, they find their style and each other."""
    given.write(pages(given.edition()), tmp_path)
    browser.view(1280)
    browser.open(f"file://{tmp_path}/index.html")
    assert (
        browser.run("getComputedStyle(document.querySelector('.masthead')).borderTopWidth") == "4px"
    )
