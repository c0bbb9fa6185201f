"""Sources that become somebody else's are held; sources that are well are not, whatever they do."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import history_helpers
import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

SHARED = Path(__file__).parents[2] / "shared" / "feeds"
REAL = sorted((SHARED / "real").iterdir()) if (SHARED / "real").is_dir() else []
SERIES = sorted(path for path in (SHARED / "series").glob("*") if path.is_dir())
CASINO = "https://casino.example"
VIETNAMESE = (
    "<p>Sáng nay trời mưa nhẹ trên phố, người bán hàng rong vẫn gánh hàng đi qua từng con ngõ nhỏ "
    "và hỏi thăm những người quen cũ. Chiều đến, quán cà phê ở góc đường lại đông khách {}.</p>"
)
GERMAN = (
    "<p>Am Morgen regnete es leise über der Stadt, und die Händler zogen ihre Wagen durch die "
    "engen Gassen, grüßten alte Bekannte und sprachen über das Wetter von gestern {}.</p>"
)
WORDPRESS = "<generator>https://wordpress.org/?v=6.4</generator>"
HUGO = "<generator>Hugo 0.92 -- gohugo.io</generator>"


def posts(
    count: int,
    host: str = BLOG,
    *,
    text: Callable[[int], str] = words,
    first: int = 0,
    days: float = 7,
    path: str = "post",
) -> list[str]:
    """Posts with the newest on top, some days apart, the last on the first day of the test."""
    made = []
    for number in range(first + count - 1, first - 1, -1):
        date = START - timedelta(days=days * (first + count - 1 - number), minutes=5)
        made.append(item(f"Title {path} {number}", f"{host}/{path}-{number}/", text(number), date))
    return made


def spam(count: int, host: str = CASINO, text: Callable[[int], str] = words) -> list[str]:
    """Posts of a new owner: other titles, texts and addresses, of the last hours."""
    made = []
    for number in range(500, 500 + count):
        date = START + HOUR / 2 - timedelta(minutes=number - 500)
        made.append(item(f"Bonus {number}", f"{host}/bonus-{number}/", text(number), date))
    return made


def in_german(number: int) -> str:
    return GERMAN.format(number)


def in_vietnamese(number: int) -> str:
    return VIETNAMESE.format(number)


def as_json(name: str, host: str, count: int) -> bytes:
    items = []
    for number in range(700, 700 + count):
        link = f"{host}/{number}/"
        items.append(
            {"id": link, "url": link, "title": f"Win {number}", "content_html": words(number)}
        )
    version = "https://jsonfeed.org/version/1.1"
    head = {"version": version, "title": name, "home_page_url": host, "items": items}
    return json.dumps(head).encode()


def as_atom(name: str, host: str, count: int) -> bytes:
    entries = ""
    for number in range(800, 800 + count):
        entries += (
            f"<entry><id>tag:{number}</id><title>Jackpot {number}</title>"
            f'<link href="{host}/{number}/"/><updated>2026-11-01T08:00:00Z</updated>'
            f'<content type="text">{number} spins and {number * 7} coins of luck</content></entry>'
        )
    head = f'<id>{host}</id><title>{name}</title><link href="{host}/"/>'
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'.encode()


def numbered(count: int, host: str, word: str, first: int) -> list[str]:
    """Items whose guids are counters that begin at 1 for every owner."""
    made = []
    for number in range(1, count + 1):
        one = item(f"{word} {number}", f"{host}/{word}/{number}/", words(first + number), START)
        link = f"<guid>{host}/{word}/{number}/</guid>"
        made.append(one.replace(link, f'<guid isPermaLink="false">{number}</guid>'))
    return made


LAKE = feed("Lakeside notes", BLOG, *posts(12), head=WORDPRESS)
KNOWN = posts(12)
Body = bytes
TAKEOVERS: dict[str, tuple[Body, Body]] = {
    "a shop on the old host": (LAKE, feed("Casino 777", BLOG, *spam(3, BLOG))),
    "one post of it": (feed("Blog", BLOG, *posts(1)), feed("Slots", BLOG, *spam(1, BLOG))),
    "another host, too": (LAKE, feed("Casino 777", CASINO, *spam(8))),
    "a title with a word of the old one": (
        LAKE,
        feed("Lakeside casino and notes", BLOG, *spam(8, BLOG), head=HUGO),
    ),
    "the old title with more behind it, on another host": (
        LAKE,
        feed("Lakeside notes and slots", CASINO, *spam(5)),
    ),
    "the old title in another language and another program": (
        LAKE,
        feed("Lakeside notes", BLOG, *spam(8, BLOG, in_german), head=HUGO),
    ),
    "the old title in another language on another host": (
        LAKE,
        feed("Lakeside notes", CASINO, *spam(8, CASINO, in_german)),
    ),
    "another title of the same words in another language": (
        LAKE,
        feed("Notes, lakeside", BLOG, *spam(6, BLOG, in_vietnamese), head=WORDPRESS),
    ),
    "a blog in Vietnamese that is sold": (
        feed("Góc phố nhỏ", BLOG, *posts(12, text=in_vietnamese)),
        feed("Lucky spins", BLOG, *spam(6, BLOG)),
    ),
    "a Chinese blog that is sold": (
        feed("山间笔记", BLOG, *posts(8)),
        feed("百万彩票", BLOG, *spam(4, BLOG)),
    ),
    "old posts that are kept, and new ones of another site": (
        LAKE,
        feed("Lakeside notes", BLOG, *spam(5), *KNOWN, head=WORDPRESS),
    ),
    "posts of many other sites among the old ones": (
        LAKE,
        feed(
            "Lakeside notes",
            BLOG,
            *[post for n in range(6) for post in spam(1, f"https://shop-{n}.example")],
            *KNOWN,
        ),
    ),
    "the title and site of another among the old posts": (
        LAKE,
        feed("Win big", CASINO, *spam(4), *KNOWN),
    ),
    "forty posts on the old host among the old ones": (
        LAKE,
        feed("Lakeside notes", BLOG, *spam(40, BLOG), *KNOWN, head=WORDPRESS),
    ),
    "forty posts without old ones": (LAKE, feed("Lakeside notes", BLOG, *spam(40, BLOG))),
    "ids that count from 1 again": (
        feed("Lakeside notes", BLOG, *numbered(10, BLOG, "note", 0)),
        feed("Casino 777", BLOG, *numbered(10, BLOG, "bonus", 100)),
    ),
    "a JSON feed in place of RSS": (LAKE, as_json("Casino 777", CASINO, 5)),
    "an Atom feed in place of RSS": (LAKE, as_atom("Jackpots", CASINO, 5)),
}


def taken_over(planet: Planet, path: str, before: bytes, after: Callable[[], None]) -> list[str]:
    """Run before and after a takeover; return the titles that are published."""
    planet.site.pages[path] = before
    assert planet.run().remarks == ()
    published = {post["url"] for post in planet.items()}
    after()
    (line,) = planet.run().remarks
    assert line.endswith(" Its new posts wait: `syndicator review` shows them.")
    assert planet.run().remarks == ()
    assert {post["url"] for post in planet.items()} == published
    assert "Bonus" not in json.dumps(planet.items())
    return [line]


@pytest.mark.slow
@pytest.mark.parametrize("case", TAKEOVERS)
def test_a_takeover(case: str, tmp_path: Path, site: loopback.Site) -> None:
    """It is held with one line, told once; what is published stays as it was."""
    before, after = TAKEOVERS[case]
    planet = Planet(tmp_path, site, ("/a", ""))
    taken_over(planet, "/a", before, lambda: site.pages.update({"/a": after}))


@pytest.mark.slow
@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_that_brings_no_known_post(
    status: int, tmp_path: Path, site: loopback.Site
) -> None:
    """The title has stayed, the host is another: nobody who moves leaves every post behind."""
    with loopback.site({"/b": feed("Lakeside notes", CASINO, *spam(5))}) as other:
        target = other.url.replace("127.0.0.1", "localhost")
        planet = Planet(tmp_path, site, ("/a", ""))
        taken_over(planet, "/a", LAKE, lambda: site.pages.update({"/a": (status, f"{target}/b")}))


def changed(
    *items: str, name: str = "Lakeside notes", host: str = BLOG, head: str = WORDPRESS
) -> bytes:
    return feed(name, host, *items, head=head)


HEALTHY: dict[str, Sequence[bytes]] = {
    "a redesign in another program": [LAKE, changed(*posts(13), name="The lake", head=HUGO)],
    "a move with all posts": [
        LAKE,
        changed(*posts(13, "https://lake.example"), host="https://lake.example"),
    ],
    "all posts replaced after a long silence": [LAKE, changed(*posts(12, first=100))],
    "a new program after a long silence": [LAKE, changed(*posts(12, first=100), head=HUGO)],
    "another title of the same words after a long silence": [
        LAKE,
        changed(*posts(12, first=100), name="Notes, lakeside"),
    ],
    "its whole past": [LAKE, changed(*KNOWN, *posts(200, days=9, path="old")[12:])],
    "a link among its posts": [LAKE, changed(*spam(1), *KNOWN)],
    "two guests": [LAKE, changed(*spam(2), *KNOWN)],
    "five posts in a day": [LAKE, changed(*spam(5, BLOG), *KNOWN)],
    "a conference": [LAKE, changed(*spam(9, BLOG), *KNOWN)],
    "a link blog": [
        changed(*[post for n in range(12) for post in spam(1, f"https://news-{n}.example")]),
        changed(*spam(6, "https://other.example")),
    ],
    "a new host with the old title": [
        LAKE,
        changed(*spam(5, "https://lake.example"), *KNOWN, host="https://lake.example"),
    ],
    "a subdomain": [LAKE, changed(*spam(5, "https://news.blog.example"), *KNOWN)],
    "an empty feed, then its posts": [LAKE, changed(), changed(*posts(13))],
}


@pytest.mark.parametrize("case", HEALTHY)
def test_a_source_that_is_well(case: str, tmp_path: Path) -> None:
    """It is not held."""
    history = [(body, START + number * HOUR) for number, body in enumerate(HEALTHY[case])]
    assert history_helpers.held(tmp_path, history) == []


@pytest.mark.slow
@pytest.mark.captured
@pytest.mark.skipif(not SERIES, reason="the captured feeds are not here")
@pytest.mark.parametrize("folder", SERIES, ids=lambda path: path.name)
def test_a_captured_series(folder: Path, tmp_path: Path) -> None:
    """No version of it is held."""
    assert history_helpers.held(tmp_path, history_helpers.captured(folder)) == []


@pytest.mark.slow
@pytest.mark.captured
@pytest.mark.skipif(not REAL, reason="the captured feeds are not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name[:60])
def test_a_history_made_of_a_captured_feed(path: Path, tmp_path: Path) -> None:
    """Its posts come by and by, or all at once after an outage, or with another host; none is held."""
    body = path.read_bytes()
    history = list(history_helpers.versions(body, timedelta(hours=1), most=5))
    if not history:
        return  # it has too few posts, or dates
    assert history_helpers.held(tmp_path, history) == []
    (first, _), (_, now) = history[0], history[-1]
    assert (
        history_helpers.held(
            tmp_path, [(first, now), (history_helpers.without(body, first), now + HOUR)]
        )
        == []
    )
