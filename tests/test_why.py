"""`why`: each reason for which a feed shows a post, or does not, from one installation that has
them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator import why
from syndicator.cli import main
from syndicator.errors import UsageError
from syndicator.pipeline.withdrawing import withdraw

HOW_TO = Path(__file__).resolve().parents[1] / "docs" / "how-to.md"
OTHER, LATE, GONE, SECRET = (f"https://{name}.example" for name in ("other", "late", "gone", "s"))
OLD, QUOTA, MANY, PAST, REST, TASTE, SPEECH, PAIR = (
    f"https://{name}.example"
    for name in ("old", "quota", "many", "past", "rest", "taste", "speech", "pair")
)
PAIR_AT = 5  # the place of its source
PAIR_FEEDS = (
    '[[feeds]]\nname = "pair"\ntitle = "Pair"\ntags = ["pair"]\nfilter = { newest = 1 }\n'
    '[[feeds]]\nname = "odd"\ntitle = "Odd"\ntags = ["pair"]\n'
    'filter = { exclude = { title = "odd" } }\n'
    '[[feeds]]\nname = "left"\ntitle = "Left"\ntags = ["left"]\n'
)
HEAD = 'limit = 3\nstay = "1h"\nlanguages = ["en"]\n[feed.filter]\nexclude = { title = "Advert" }'


def posts(host: str, *names: str, hours: int = 0) -> list[str]:
    return [
        item(
            name,
            f"{host}/{name.replace(' ', '-')}/",
            words(len(name) + n),
            START - (n + hours) * HOUR,
        )
        for n, name in enumerate(names)
    ]


@pytest.fixture
def planet(tmp_path: Path, site: loopback.Site) -> Planet:
    return some_days(tmp_path, site)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planet]:
    """The installation in which each reason holds of a post; tests only read it."""
    with loopback.site() as running:
        yield with_each_reason(some_days(tmp_path_factory.mktemp("grown"), running), running)


def some_days(folder: Path, site: loopback.Site) -> Planet:
    """An installation of some days: five sources, a filter, a source that left, one that joined."""
    soon = item("Soon", f"{BLOG}/Soon/", words(70), START + timedelta(days=9))
    site.pages["/a"] = feed("Blog", BLOG, soon, *posts(BLOG, "First", "Advert here", "Shop talk"))
    copy = item("Told twice", f"{OTHER}/twice/", words(80), START)
    site.pages["/b"] = feed("Other", OTHER, copy, *posts(OTHER, "Bonjour tout le monde", hours=2))
    site.pages["/g"] = feed("Gone", GONE, *posts(GONE, "Left behind"))
    site.pages["/s"] = feed("Secret", SECRET, *posts(SECRET, "Hidden"))
    made = Planet(
        folder,
        site,
        ("/a", 'id = "a"\nfuture = "hold"\n[sources.filter]\nexclude = { title = "Shop" }'),
        ("/b", 'id = "b"'),
        ("/g", 'id = "g"'),
        ("/s", 'id = "s"\nprivate = true'),
        head=HEAD,
    )
    made.run()
    del made.sources[2]
    site.pages["/l"] = feed("Late", LATE, *posts(LATE, *(f"Late {n}" for n in range(9)), hours=9))
    made.sources.append(("/l", 'id = "l"\njoin = 1'))
    twin = item("Told twice", f"{BLOG}/twice/", words(80), START + HOUR)
    changed = item("First", f"{BLOG}/First/", words(99), START)
    site.pages["/a"] = feed("Blog", BLOG, twin, changed)
    made.run()
    made.run()
    return made


def with_each_reason(planet: Planet, site: loopback.Site) -> Planet:
    """Let the installation grow: limits, ages, history, a changed filter, a pause, a withdrawal."""
    long_ago = item("Ancient", f"{OLD}/ancient/", words(90), START - timedelta(days=99))
    site.pages["/m"] = feed("Old", OLD, long_ago, *posts(OLD, "Recent"))
    site.pages["/q"] = feed("Quota", QUOTA, *posts(QUOTA, "Quota new", "Quota before"))
    site.pages["/n"] = feed("Many", MANY, *posts(MANY, "Many 1", "Many 2", hours=7))
    site.pages["/h"] = feed("Past", PAST, *posts(PAST, "Present"))
    site.pages["/p"] = feed("Rest", REST, *posts(REST, "Resting"))
    site.pages["/t"] = feed("Taste", TASTE, *posts(TASTE, "Taste of then"))
    site.pages["/f"] = feed("Speech", SPEECH, *posts(SPEECH, "Bonsoir", hours=8))
    site.pages["/w"] = feed("Pair", PAIR, *posts(PAIR, "Pair 1", "Pair 2", "Pair odd", hours=8))
    planet.more = PAIR_FEEDS
    planet.sources += [
        ("/f", 'id = "f"\nlanguage = "fr"\ntags = ["left"]'),
        ("/w", 'id = "w"\ntags = ["pair", "left"]'),
        ("/m", 'id = "m"\nfilter = { max_age = "30d" }'),
        ("/q", 'id = "q"\nlimit = 1'),
        ("/n", 'id = "n"\nfilter = { newest = 1 }'),
        ("/h", 'id = "h"\njoin = 1'),
        ("/p", 'id = "p"'),
        ("/t", 'id = "t"\ntags = ["food"]'),
    ]
    planet.run()
    fickle = item("Fickle", f"{TASTE}/fickle/", words(91), planet.now, "<category>odd</category>")
    tasty = item("Taste of now", f"{TASTE}/now/", words(92), planet.now)
    site.pages["/t"] = feed("Taste", TASTE, tasty, fickle, *posts(TASTE, "Taste of then"))
    planet.run()
    planet.head = HEAD.replace('"Advert"', '"Advert", category = ["odd"]')
    past = posts(PAST, "Past 1", "Past 2", hours=99)
    site.pages["/h"] = feed("Past", PAST, *posts(PAST, "Present"), *past)
    planet.sources[-1] = (
        "/t",
        'id = "t"\ntags = ["food"]\nfilter = { exclude = { title = "Taste" } }',
    )
    planet.sources[-2] = ("/p", 'id = "p"\npaused = true')
    planet.sources[PAIR_AT] = ("/w", 'id = "w"\ntags = ["pair"]')
    planet.run()
    site.pages["/l"] = feed("Late", LATE, *posts(LATE, "N 1", "N 2", "N 3", "N 4"))
    site.pages["/q"], site.pages["/n"] = 503, 410
    for _ in range(2):  # gone is believed on two days
        planet.now += 48 * HOUR
        planet.run()
    withdraw(planet.config(), f"{LATE}/Late-0/", planet.now)
    planet.more = PAIR_FEEDS.replace('title = "odd"', 'title = "even"') + (
        '[[feeds]]\nname = "food"\ntitle = "Food"\ntags = ["food"]\n'
        '[[feeds]]\nname = "next"\ntitle = "Next"'
    )
    planet.sources[PAIR_AT] = ("/w", 'id = "w"\ntags = ["pair", "left"]')
    return planet


def verdict(planet: Planet, post: str, name: str = "") -> tuple[bool, str]:
    (found,) = why.why(planet.config(), post)
    (of_feed,) = (one for one in found.feeds if one.feed == name)
    return of_feed.shown, of_feed.why


REASONS = [
    ("Shop talk", "the filter of its source: excluded by title pattern Shop"),
    ("Advert here", "the filter of the feed: excluded by title pattern Advert"),
    ("Soon", "held back until its date, 2026-11-10 09:00 UTC (`future`)"),
    ("Left behind", "its source was removed from feeds.toml"),
    ("Hidden", "its source is private: `publish = true` in its table would show it"),
    ("Late 8", "its source joined this feed with its newest post (`join`)"),
    (
        f"{BLOG}/twice",
        f"folded into a copy that tells the same, of Other: {OTHER}/twice/, in the archives",
    ),
    ("Ancient", "the filter of its source: older than max_age"),
    ("Many 2", "the filter of its source: not among the newest 1"),
    (
        "Quota before",
        "in the archives: 1 newer post of its source took its place (its `limit`)",
    ),
    ("Taste of now", "the filter of its source: excluded by title pattern Taste"),
    ("Fickle", "a filter that was changed later took it out: excluded by category odd"),
    ("Past 2", "it came as history, older than all that was known: in the archives"),
    ("Resting", "in the archives: 3 newer posts took its place (`limit`), after `stay`"),
    (f"{BLOG}/First/", "in the archives: 3 newer posts took its place (`limit`), after `stay`"),
    ("Late 0", "withdrawn for good"),
    ("Bonsoir", "its language is fr: see `languages` of the feed"),
]


@pytest.mark.parametrize(("post", "reason"), REASONS)
def test_why_a_post_is_missing(grown: Planet, post: str, reason: str) -> None:
    """The reason names the rule or the setting; one installation has them all."""
    assert verdict(grown, post) == (False, reason)


def test_the_reasons_of_the_how_to(grown: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """Each row of its table stands in what the command prints of a post of this installation."""
    text = HOW_TO.read_text("utf-8").partition("| `syndicator why` says |")[2].partition("\n\n")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in text.splitlines()[2:]]
    grown.config()  # writes feeds.toml
    told = ""
    for post, _ in REASONS:
        assert main(["-c", str(grown.folder / "feeds.toml"), "why", post]) == 0
        told += capsys.readouterr().out
    assert len(rows) == 10
    assert [row for row in rows if row not in told] == []


def test_a_copy_of_a_post_that_is_shown(planet: Planet) -> None:
    """The duplicate that won is named with its source."""
    reason = f"folded into a copy that tells the same, of Other: {OTHER}/twice/"
    assert verdict(planet, f"{BLOG}/twice") == (False, reason)


def test_a_feed_that_takes_other_sources(grown: Planet) -> None:
    """The settings are named by which it chooses them."""
    reason = "the feed does not take this source: see its `sources` and `tags`"
    assert verdict(grown, "Resting", "food") == (False, reason)


@pytest.mark.parametrize(
    ("post", "name", "reason"),
    [
        ("Pair 2", "pair", "more than 1 came at once: `newest` in the feed's filter"),
        ("Pair odd", "odd", "it was passed over when it came: the settings of then kept it out"),
        ("Pair 1", "left", "its source left the feed"),
    ],
)
def test_the_reasons_of_other_feeds(grown: Planet, post: str, name: str, reason: str) -> None:
    """A source that was tagged again, or a filter that was widened, counts with the next run."""
    assert verdict(grown, post, name) == (False, reason)


def test_a_feed_that_was_not_made_yet(grown: Planet) -> None:
    """The next run considers what is stored."""
    reason = "it was not considered yet: the next run does"
    assert verdict(grown, "Resting", "next") == (False, reason)


def test_sources_that_fail_or_are_gone(grown: Planet) -> None:
    """It is told beside the source, since when and why."""
    standings = {}
    for post in ("Quota new", "Many 1"):
        (found,) = why.why(grown.config(), post)
        standings[post] = found.source_standing
    assert standings["Quota new"].startswith("failing since 2026-11-")
    assert "503" in standings["Quota new"]
    assert standings["Many 1"] == "gone: it is asked no more, its posts stay"


def test_the_scores_of_related_links(grown: Planet) -> None:
    """Each link under a post is told with the score that chose it, best first, copies apart."""
    (found,) = why.why(grown.config(), f"{BLOG}/First/")
    scores = [link.score for link in found.links if link.scope == "source"]
    assert scores
    assert scores == sorted(scores, reverse=True)
    line = f"  links to    {found.links[0].title} (score {scores[0]:.3f})"
    assert line in why.text([found])


def test_a_paused_source(grown: Planet) -> None:
    """That it is paused is told beside the source; its posts stay."""
    (found,) = why.why(grown.config(), "Resting")
    assert found.source_standing == "paused: it is asked no more, its posts stay"


def test_why_a_post_is_there(planet: Planet) -> None:
    """Its first publication is told, and each update with the parts that changed."""
    (found,) = why.why(planet.config(), f"{BLOG}/First/")
    (of_feed,) = found.feeds
    assert (of_feed.shown, of_feed.first_published) == (True, START)
    assert [update.changed for update in found.updates] == ["text"]
    assert (found.source, found.source_standing) == ("Blog", "")


def test_a_post_that_gave_way(planet: Planet, site: loopback.Site) -> None:
    """The document's limit is named where newer posts took its place."""
    site.pages["/l"] = feed("Late", LATE, *posts(LATE, "N 1", "N 2", "N 3", "N 4"))
    planet.now += 48 * HOUR
    planet.run()
    assert verdict(planet, f"{BLOG}/First/") == (
        False,
        "in the archives: 3 newer posts took its place (`limit`), after `stay`",
    )


def test_a_withdrawn_post(planet: Planet) -> None:
    """It is told, whatever else there is to say."""
    withdraw(planet.config(), f"{BLOG}/First/", planet.now)
    assert verdict(planet, f"{BLOG}/First/") == (False, "withdrawn for good")


def test_several_posts(planet: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """They are listed; the id or address of one says more."""
    lines = why.text(why.why(planet.config(), "late"))
    assert lines[0].startswith("9 posts are named so")
    assert len(lines) == 10


def test_a_post_that_nobody_knows(planet: Planet) -> None:
    """An error says what else to try."""
    with pytest.raises(UsageError, match="syndicator fetch SOURCE"):
        why.why(planet.config(), "no such thing")


def test_the_command(
    planet: Planet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text for a person, JSON for a program; the state file is not changed."""
    monkeypatch.chdir(planet.folder)
    before = (planet.folder / "syndicator.db").read_bytes()
    assert main(["why", "Shop talk"]) == 0
    told = capsys.readouterr().out
    assert "not in Planet: the filter of its source: excluded by title pattern Shop" in told
    assert main(["why", "--json", "Shop talk"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["source"], found["feeds"][0]["shown"]) == ("Blog", False)
    assert (planet.folder / "syndicator.db").read_bytes() == before
