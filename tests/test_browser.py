"""The pages in a real browser: what it asks for, what it complains of, what fits, what can be read,
what can run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import site_helpers as given
from browser_helpers import CHROMIUM, Browser, browsing
from loopback import serving
from msgspec.structs import replace
from site_helpers import pages
from test_site_front import large

from syndicator import activity, status
from syndicator.config import feeds_by_language
from syndicator.generator.site import SiteBuilder, post_path
from syndicator.generator.site.views import Row, SearchView
from syndicator.model.edition import Edition
from syndicator.model.feed import Image
from syndicator.model.fetch import SourceState
from syndicator.model.settings import Source

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


# A page that moves when its picture comes, with a text that is cut off and two that meet.
FAULTY = """<!DOCTYPE html><title>Faulty</title><img src="media/ferry.png"><p>Moves</p>
<p style="margin: 0">Below</p><p style="margin: -1em 0 0">Above</p>
<p style="width: 1em; overflow: hidden; white-space: nowrap">Cut off</p>"""

# How much of the page each layout shift moved (web.dev/cls), those while it loaded included.
SHIFTS = """
new Promise(done => {
  const shifts = [], note = list => shifts.push(...list.getEntries().map(e => [e.value, ...e.sources.map(
    s => s.node && (s.node.outerHTML || s.node.data || '').slice(0, 80))]));
  new PerformanceObserver(note).observe({type: 'layout-shift', buffered: true});
  scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'});
  setTimeout(() => done(shifts), 500);
})
"""

# Texts that are cut off sideways, and pairs of texts that lie on each other. What scrolls by itself,
# or is cut after a number of lines, has its own rules.
COLLISIONS = """
(() => {
  const boxes = [], cut = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement, range = document.createRange();
    if (!node.data.trim() || !parent.checkVisibility() || parent.closest('.unseen, .skip, option')) continue;
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      if (r.width < 1) continue;
      let isShown = true, isScrolled = false, isCut = false;
      for (let e = parent; e !== document.body; e = e.parentElement) {
        const style = getComputedStyle(e), a = e.getBoundingClientRect(), middle = (r.top + r.bottom) / 2;
        if (style.overflowX === 'visible') continue;
        if (middle < a.top || middle > a.bottom) isShown = false;
        if (style.overflowX === 'auto' || style.overflowX === 'scroll') isScrolled = true;
        else if (r.left < a.left - 1 || r.right > a.right + 1) isCut = true;
      }
      if (isShown && !isScrolled && (isCut || r.left < -1 || r.right > innerWidth + 1)) cut.push(node.data);
      if (isShown && !isScrolled && !isCut) boxes.push([node, r]);
    }
  }
  const meet = boxes.flatMap(([a, r], i) => boxes.slice(i + 1).filter(([b, s]) => a !== b
    && Math.min(r.right, s.right) - Math.max(r.left, s.left) > 2
    && Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > Math.min(r.height, s.height) / 2)
    .map(([b]) => [a.data, b.data]));
  return [boxes.length, cut, meet];
})()
"""

# Where an element, or a word in it, begins and ends, left to right.
PLACE = """
((selector, word) => {
  const e = document.querySelector(selector), range = document.createRange();
  range.selectNodeContents(e);
  const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
  while (word && walker.nextNode()) {
    const start = walker.currentNode.data.indexOf(word);
    if (start < 0) continue;
    range.setStart(walker.currentNode, start);
    range.setEnd(walker.currentNode, start + word.length);
  }
  const {left, right} = (word ? range : e).getBoundingClientRect();
  return [left, right];
})
"""

# What the Tab key reaches, in its order.
STOPS = """
[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility())
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


def busy(edition: Edition) -> Edition:
    """Return an edition of one day, so that posts stand folded, with feeds of six languages.

    Its Arabic headings have words in other letters, at their beginning and inside.
    """
    titles = {2: "لماذا يعمل Linux هنا", 4: "Linux في المكتبة"}
    items = []
    for place, item in enumerate(edition.items):
        title = titles.get(place, item.post.title)
        post = replace(item.post, title=title)
        if place in titles:
            post = replace(post, language="ar")
        when = given.NOON - timedelta(minutes=place)
        items.append(replace(item, post=post, published=when))
    names = {tag: tag for tag in ("ar", "en", "fa", "fr", "ja", "vi")}
    return replace(
        edition, items=tuple(items), siblings=tuple(feeds_by_language(edition.feed, names))
    )


def search_page(edition: Edition) -> bytes:
    """Return the answer to a search, with more than a page of results."""
    site, rows = SiteBuilder(edition), 2 * (Row("Ferries", "ferries", "en", "ltr"),)
    posts = tuple(map(site.views("").card, edition.items[:9]))
    view = SearchView(
        "ferry", total="9", posts=posts, turns=rows, sources=rows, tags=rows, months=rows
    )
    page = site.frame.list("search", "ferry", "search")
    return site.render("search", "search", page, {"search": view})


def charts(edition: Edition) -> str:
    """Return the page of charts, with a source that fails."""
    failing = SourceState(
        "harbour", failing_since=given.NOON, consecutive=3, failure="is gone (410)"
    )
    sources = [Source("harbour", url="https://harbour.example/feed", name="Harbour Notes")]
    rows = status.read(sources, {"harbour": failing}, given.NOON)
    times = [(item.source.id, item.published) for item in edition.items]
    style = SiteBuilder(edition).theme.style.body.decode()
    return activity.page("Tides", rows, times, style, given.NOON, "index.html")


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
        box = busy(given.edition(media, language="ar", search=True))
        given.write(pages(box), folder / "box")
        (folder / "box" / "search.html").write_bytes(search_page(box))
        (folder / "activity.html").write_text(charts(edition), "utf-8")
        given.write(pages(large(200)), folder / "recent")
        title = (
            "The ferry leaves when the water allows it, which the harbour master writes on a slate"
        )
        first = replace(edition.items[0], post=replace(edition.items[0].post, title=title))
        long = replace(edition, items=(first, *edition.items[1:]))
        feed = replace(
            long.feed, search=True, logo=f"{media}ferry.png", description="A tide. " * 14
        )
        given.write(pages(replace(long, feed=feed)), folder / "long")
        (folder / "faulty.html").write_text(FAULTY, "utf-8")
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
            "excerpt/2": f"excerpt/{paths['2']}",
            "box/2": f"box/{paths['2']}",
            "box/4": f"box/{paths['4']}",
            "search": "box/search.html",
            "activity": "activity.html",
            "recent": "recent/archive/recent.html",
            "faces": "faces/index.html",
            "long": "long/index.html",
            "faces/sources": "faces/sources.html",
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
        # The page and its style, so that the check above sees something; that of the charts is inside.
        assert len(browser.requests()) >= 2 or name == "activity", name


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


@pytest.mark.parametrize("how", ["zoom", "letters"])
def test_nothing_is_cut_off_at_twice_the_size(site: Site, browser: Browser, how: str) -> None:
    """Sideways, and no text lies on another one."""
    for name, path in clean(site).items():
        browser.view(640, 450, scale=2) if how == "zoom" else browser.view(1280)
        browser.open(site.base + path)
        if how == "letters":
            browser.run("document.documentElement.style.fontSize = '200%'")
        texts, cut, meeting = browser.run(COLLISIONS)
        assert texts > 10, name
        assert (cut, meeting) == ([], []), name
    browser.open(f"{site.base}faulty.html")
    assert browser.run(COLLISIONS) == [3, ["Cut off"], [["Below", "Above"]]]


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
            assert held > 15 or name == "activity", name  # it has looked
            with Path(AXE).with_suffix(".judged").open("a") as judged:  # .ci/run counts them
                judged.write(f"{name}\n")


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


def press(browser: Browser, key: str, code: int, text: str = "") -> None:
    for kind in ("keyDown", "keyUp"):
        browser.call(
            "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text
        )  # fmt: skip


@pytest.mark.parametrize("name", ["index", "box", "search", "ar/0"])
def test_the_keyboard_reaches_each_link_box_and_fold(
    site: Site, browser: Browser, name: str
) -> None:
    """In the order of the page, each visibly, and nothing else."""
    browser.view(1280)
    browser.open(site.base + site.paths[name])
    count = browser.run(f"{STOPS}.length")
    reached, styles = [], set()
    for _ in range(count):
        press(browser, "Tab", 9)
        reached.append(browser.run(f"{STOPS}.indexOf(document.activeElement)"))
        styles.add(tuple(browser.run(FOCUS)[2:]))
    assert reached == list(range(count))
    assert styles == {("solid", 3, True)}


def test_the_keyboard_opens_folds_and_searches(site: Site, browser: Browser) -> None:
    """The languages and folded posts by Enter; a search leaves for the page of its answer."""
    browser.view(1280)
    browser.open(site.base + site.paths["box"])
    for fold in ("details.tongues", "details.rest"):
        browser.run(f"document.querySelector('{fold} summary').focus()")
        press(browser, "Enter", 13, "\r")
        assert browser.run(f"document.querySelector('{fold}').open"), fold
        press(browser, "Tab", 9)
        assert browser.run(f"document.querySelector('{fold}').contains(document.activeElement)")
    browser.run("document.querySelector('.seek input').focus()")
    browser.call("Input.insertText", text="ferry")
    browser.events.clear()
    press(browser, "Enter", 13, "\r")
    browser.wait()
    assert browser.run("location.pathname + location.search") == "/box/search?q=ferry"


def test_a_finger_hits_each_link(site: Site, browser: Browser) -> None:
    """Each is 24 pixels high and wide, or far enough from the next one; on a telephone too."""
    for name, path in clean(site).items():
        browser.open(site.base + path)
        for width in (390, 1280):
            browser.view(width)
            links, missed = browser.run(TARGETS)
            assert links > 8 or name == "activity", name
            assert missed == [], (name, width)


def test_nothing_moves_when_a_picture_comes(site: Site, browser: Browser) -> None:
    """Each picture of ours has its place, one of unknown size too."""
    looked = 0
    for name, path in clean(site).items():
        browser.open(site.base + path)
        looked += browser.run("document.images.length")
        assert browser.run(UNSIZED) == [], name
    assert looked > 10


@pytest.fixture
def far_away(browser: Browser) -> Iterator[None]:
    """Let each answer take a while, and keep none."""
    slow = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.call("Network.setCacheDisabled", cacheDisabled=True)
    browser.call("Network.emulateNetworkConditions", latency=150, **slow)
    yield
    browser.call("Network.emulateNetworkConditions", latency=0, **slow)
    browser.call("Network.setCacheDisabled", cacheDisabled=False)


@pytest.mark.usefixtures("far_away")
def test_the_browser_measures_no_layout_shift(site: Site, browser: Browser) -> None:
    """While pictures come late and the page is scrolled to its end; one without a place is told."""
    for name in ("index", "sources", "sources/harbour", "ar/index", "0", "faces", "faces/sources"):
        for width in (390, 1280):
            browser.view(width)
            browser.open(site.base + site.paths[name])
            assert browser.run(SHIFTS) == [], (name, width)
    browser.open(f"{site.base}faulty.html")
    assert browser.run(SHIFTS)[0][0] > 0


@pytest.mark.parametrize("name", ["index", "ar/index"])
def test_the_margin_stays_beside_the_posts(site: Site, browser: Browser, name: str) -> None:
    """However far one scrolls; all of it can be reached, since it scrolls by itself."""
    browser.view(1280, 500)
    browser.open(site.base + site.paths[name])
    for top in (600, 1000):
        browser.run(f"scrollTo({{top: {top}, behavior: 'instant'}})")
        place = "(r => [scrollY, r.top, r.bottom])(document.querySelector('.aside').getBoundingClientRect())"
        assert browser.run(place) == [top, 0, 500]
    assert browser.run("(e => (e.scrollTop = 1e6, e.scrollTop))(document.querySelector('.aside'))")


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
    for width, height in ((1280, 720), (1366, 650)):
        browser.view(width, height)
        for name in ("index", "ar/index", "excerpt", "long"):
            browser.open(site.base + site.paths[name])
            assert browser.run(HEADLINES) >= 2, (name, height)


def test_a_logo_stands_beside_a_long_description(site: Site, browser: Browser) -> None:
    """Each line of it, and the name, begin behind the logo."""
    for width in (390, 1280):
        browser.view(width)
        browser.open(site.base + site.paths["long"])
        logo, *lefts = browser.run(
            """[document.querySelector('.logo').getBoundingClientRect().right,
                ...[...document.querySelectorAll('.masthead .name a, .tagline bdi')]
                  .flatMap(e => [...e.getClientRects()].map(line => line.left))]"""
        )
        assert len(lefts) > 2
        assert min(lefts) > logo


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


def begins(browser: Browser, selector: str, inside: str, way: str) -> bool:
    """Tell whether an element begins where another one does, by the way of writing."""
    side = {"ltr": 0, "rtl": 1}[way]
    places = [browser.run(f"{PLACE}({text!r}, '')")[side] for text in (selector, inside)]
    return abs(places[0] - places[1]) < 1.5


@pytest.mark.parametrize(
    ("name", "way"), [("excerpt/2", "rtl"), ("2", "rtl"), ("box/0", "ltr"), ("ar/0", "ltr")]
)
def test_our_words_stand_where_a_post_of_the_other_way_begins(
    site: Site, browser: Browser, name: str, way: str
) -> None:
    """The source's name, the button to the original, the tags and the facts below."""
    browser.view(1280)
    browser.open(site.base + site.paths[name])
    assert browser.run("document.dir") != way
    assert browser.run("document.querySelector('.whole').dir") == way
    parts = [".meta .chip", ".byline", ".onward a", ".tags li", ".facts > *", ".credit"]
    shown = [part for part in parts if browser.run(f"!!document.querySelector('.whole {part}')")]
    assert len(shown) > 2
    for part in shown:
        assert begins(browser, f".whole {part}", ".whole .after", way), part


@pytest.mark.parametrize(
    ("name", "side"), [("recent", "left"), ("excerpt", "left"), ("ar/index", "right")]
)
def test_lines_of_both_ways_begin_at_one_side(
    site: Site, browser: Browser, name: str, side: str
) -> None:
    """Beside the day, that of the page."""
    browser.view(1280)
    browser.open(site.base + site.paths[name])
    starts = browser.run(
        "[...document.querySelectorAll('.lines .what')].filter(e => e.checkVisibility())"
        f".map(e => e.getBoundingClientRect().{side})"
    )
    assert len(starts) > 10
    assert max(starts) - min(starts) < 1.5


@pytest.mark.parametrize("name", ["excerpt", "box"])
@pytest.mark.parametrize("way", ["ltr", "rtl"])
def test_a_card_begins_at_its_own_side(site: Site, browser: Browser, name: str, way: str) -> None:
    """With the name of its source, on a page of either way."""
    browser.view(1280)
    browser.open(site.base + site.paths[name])
    assert begins(browser, f".card[dir={way}] .meta .chip", f".card[dir={way}] h2", way)


@pytest.mark.parametrize(
    ("name", "words"),
    [("box/2", ["لماذا", "يعمل", "Linux", "هنا"]), ("box/4", ["Linux", "في", "المكتبة"])],
)
def test_latin_words_in_an_arabic_heading(
    site: Site, browser: Browser, name: str, words: list[str]
) -> None:
    """They stand in the order of the sentence, and no letters are set apart or lines together."""
    browser.view(1600)
    browser.open(site.base + site.paths[name])
    places = [browser.run(f"{PLACE}('h1', {word!r})") for word in words]
    assert places == sorted(places, reverse=True)
    assert all(left > right for (left, _), (_, right) in pairwise(places))
    style = "(s => [s.letterSpacing, parseFloat(s.lineHeight) / parseFloat(s.fontSize)])"
    spacing, height = browser.run(f"{style}(getComputedStyle(document.querySelector('h1')))")
    assert spacing in ("normal", "0px")
    assert height >= 1.35


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


@pytest.mark.parametrize("name", ["index", "ar/index", "box", "search", "sources", "recent"])
def test_on_paper_a_list_is_alone(site: Site, browser: Browser, name: str) -> None:
    """Black on white, as wide as the paper; no navigation, no margin, no box, no button."""
    browser.view(700, dark=True)
    browser.open(site.base + site.paths[name])
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setEmulatedMedia", media="print", features=dark)
    parts = "nav, .aside, .foot, .turn, form, .skip"
    shown = f"[...document.querySelectorAll('{parts}')].filter(e => e.checkVisibility()).length"
    assert browser.run(shown) == 0
    assert browser.run("document.querySelector('h1').checkVisibility()")
    colours = "(s => [s.color, s.backgroundColor])(getComputedStyle(document.documentElement))"
    assert browser.run(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert browser.run("document.documentElement.scrollWidth") <= 700
    browser.call("Emulation.setEmulatedMedia", media="")


def test_pages_look_the_same_from_a_disk(site: Site, browser: Browser, tmp_path: Path) -> None:
    """Opened as files, they find their style and each other."""
    given.write(pages(given.edition()), tmp_path)
    browser.view(1280)
    browser.open(f"file://{tmp_path}/index.html")
    assert (
        browser.run("getComputedStyle(document.querySelector('.masthead')).borderTopWidth") == "4px"
    )
