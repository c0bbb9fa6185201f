"""Whom a post is credited to: the source, unless something proves that it republishes."""

from __future__ import annotations

import pytest

from syndicator.model.feed import Origin
from syndicator.model.post import Credit, SourceInfo
from syndicator.normalizer.attribution import origin

INFO = SourceInfo(
    "s", "Own Blog", link="https://own.example/", feed="https://own.example/feed", feed_id="urn:own"
)
PLANET = SourceInfo(
    "p", "Planet Things", link="https://planet.example/", feed="https://planet.example/atom.xml"
)
LINK = "https://own.example/2024/1"
THEIRS = "https://theirs.example/1"
CREDIT = Credit("T", THEIRS, "Theirs", "https://theirs.example/", "en")


def test_a_post_is_the_sources_own():
    """Nothing says otherwise."""
    made = origin.decide(INFO, link=LINK)
    assert (made.origin.name, made.origin.url, made.origin.feed) == (
        "Own Blog",
        "https://own.example/",
        INFO.feed,
    )
    assert (made.link, made.via, made.republished) == ("", (), False)


def test_a_foreign_link_proves_nothing():
    """A link blog's post is its own."""
    made = origin.decide(INFO, link=THEIRS)
    assert made.origin.name == "Own Blog"
    assert not made.republished


def test_a_credit_to_another_site_proves_a_copy():
    """The line then names and links the original post and site; we read it from the copy."""
    made = origin.decide(INFO, link=LINK, credits=(CREDIT,))
    assert made.origin == Origin("Theirs", "https://theirs.example/")
    assert made.link == THEIRS
    assert [place.name for place in made.via] == ["Own Blog"]
    assert made.republished


def test_a_planets_post_that_lies_at_its_author_is_the_authors():
    """Its link is the original's already; that the planet credits itself below says nothing
    more.
    """
    lines = (
        Credit("", THEIRS, "Theirs", "https://theirs.example/"),
        Credit("", "", "Things", "https://planet.example"),
    )
    made = origin.decide(PLANET, link=THEIRS, credits=lines)
    assert made.origin == Origin("Theirs", "https://theirs.example/")
    assert (made.link, [place.name for place in made.via], made.republished) == (
        "",
        ["Planet Things"],
        True,
    )


@pytest.mark.parametrize(
    "credit",
    [
        Credit("T", LINK, "Own Blog", "https://own.example"),
        Credit("T", "http://www.own.example/?p=1", "Other Name", "http://www.own.example/"),
        Credit("T", LINK, "Own", "https://blog.own.example"),
        Credit(
            "T", "https://old.example/1", "Own Blog", "https://old.example/"
        ),  # the site has moved
        Credit("T", "", "Own Blog", ""),
        Credit("T", "", "Renamed", ""),
        Credit(
            "T", LINK, "Network", "https://network.example/"
        ),  # Medium: a publication beside the writer's page
    ],
)
def test_a_credit_to_the_source_itself_proves_nothing(credit):
    """By host, by name, by the post's own address."""
    made = origin.decide(INFO, link=LINK, credits=(credit,))
    assert made.origin.name == "Own Blog"
    assert not made.republished


def test_a_site_is_known_by_a_part_of_its_title():
    """A category's feed is called "Blog | Ossocubo", its line credits "Ossocubo"."""
    info = SourceInfo("s", "Blog | Ossocubo", link="https://mirror.example/")
    assert not origin.decide(
        info, link="", credits=(Credit("", "", "Ossocubo", "https://ossocubo.example"),)
    ).republished


def test_a_writer_on_a_subdomain_is_credited():
    """example.org collects what alice.example.org writes."""
    info = SourceInfo("s", "Planet Example", link="https://example.org/")
    credit = Credit("T", "https://alice.example.org/1", "Alice", "https://alice.example.org")
    assert origin.decide(info, link=credit.url, credits=(credit,)).origin.name == "Alice"


def test_a_chain_is_kept_the_nearest_last():
    """Each copy added a line; the innermost is the origin's; a double is one."""
    middle = Credit("T", "https://middle.example/1", "Middle", "https://middle.example")
    own = Credit("T", LINK, "Own Blog", "https://own.example")
    made = origin.decide(INFO, link=LINK, credits=(CREDIT, CREDIT, middle, middle, own))
    assert made.origin.name == "Theirs"
    assert [place.name for place in made.via] == ["Middle", "Own Blog"]


def test_an_atom_source_names_the_origin():
    """A planet's entry keeps its feed's metadata (RFC 4287, 4.2.11)."""
    source = Origin("Alice", "https://alice.example/", "https://alice.example/feed", "urn:alice")
    made = origin.decide(PLANET, link="https://alice.example/1", source=source)
    assert made.origin == source
    assert (made.link, made.republished) == ("", True)
    assert [place.name for place in made.via] == ["Planet Things"]


def test_an_atom_source_and_a_credit_to_it_are_one():
    """What both say is put together."""
    source = Origin("Alice", "", "https://alice.example/feed", "urn:alice")
    credit = Credit("T", "https://alice.example/1", "Alice", "https://alice.example")
    made = origin.decide(PLANET, link="https://planet.example/1", source=source, credits=(credit,))
    assert made.origin.url == "https://alice.example/"
    assert made.origin.id == "urn:alice"
    assert made.link == "https://alice.example/1"
    assert len(made.via) == 1


def test_a_credit_goes_deeper_than_the_source():
    """The planet reads a copy: the copy stands in the chain."""
    source = Origin("Copier", "https://copier.example/", "https://copier.example/feed")
    made = origin.decide(PLANET, link="https://copier.example/1", source=source, credits=(CREDIT,))
    assert made.origin.name == "Theirs"
    assert made.link == THEIRS
    assert [place.name for place in made.via] == ["Copier", "Planet Things"]


@pytest.mark.parametrize(
    "source",
    [
        Origin("Own Blog", "", "https://own.example/feed"),
        Origin("Anything", "", "http://www.own.example/feed/"),
        Origin("Anything", "https://own.example", ""),
        Origin("", "", "", "urn:own"),
        Origin("Own Blog", "", "https://own.example/category/x/feed"),
        Origin("Own Blog", "", ""),
        Origin(),
    ],
)
def test_a_source_element_that_names_its_own_feed_proves_nothing(source):
    """Many feeds put one into every item."""
    assert not origin.decide(INFO, link=LINK, source=source).republished


def test_an_rss_source_gives_a_name_and_a_feed():
    """Its site is where the feed lives, or, on a feed host, where the post does."""
    made = origin.decide(
        PLANET,
        link="https://planet.example/1",
        source=Origin("Bob", "", "https://bob.example/rss.xml"),
    )
    assert made.origin.url == "https://bob.example/"
    hosted = Origin("Bob", "", "https://feeds.feedburner.com/bob")
    assert (
        origin.decide(PLANET, link="https://bob.example/1", source=hosted).origin.url
        == "https://bob.example/"
    )


def test_an_rss_source_on_the_host_of_many_writers():
    """Where the post is on a host below the feed's, that one is the writer's site, not the host of
    all.
    """
    bob = Origin("Bob", "", "https://blogs.example/feeds/bob.xml")
    assert (
        origin.decide(PLANET, link="https://bob.blogs.example/1", source=bob).origin.url
        == "https://bob.blogs.example/"
    )


def test_a_line_knows_the_site_that_an_rss_source_has_only_the_feed_of():
    """RSS <source> names a feed; where a recognised line credits the same place, the site's address
    is the line's.
    """
    said = Origin("Theirs", feed="https://feeds.theirs.example/rss")
    credit = Credit("T", THEIRS, "Theirs", "https://theirs.example/blog/", "en")
    made = origin.decide(PLANET, link=THEIRS, source=said, credits=(credit,))
    assert (made.origin.name, made.origin.url) == ("Theirs", "https://theirs.example/blog/")
    assert made.origin.feed == said.feed


def test_an_rss_source_that_only_names_is_weighed_by_the_link():
    """With the post on another host it republishes; on its own it is the paper naming itself."""
    assert origin.decide(PLANET, link=THEIRS, source=Origin("Theirs")).origin == Origin(
        "Theirs", "https://theirs.example/"
    )
    info = SourceInfo("w", "Wellness - The Daily Planet", link="https://daily.example/")
    assert not origin.decide(
        info, link="https://x.example/1", source=Origin("The Daily Planet")
    ).republished


def test_a_site_that_the_feed_does_not_name_is_where_its_posts_are():
    """Or where their credit says."""
    info = SourceInfo("s", "Own Blog", feed="https://raw.githubusercontent.com/x/y/feed.xml")
    assert origin.decide(info, link=LINK).origin.url == "https://own.example/"
    mirrored = SourceInfo("s", "Own Blog", link="https://raw.githubusercontent.com/x/y/feed.xml")
    credit = Credit("T", LINK, "Own Blog", "https://own.example/blog")
    made = origin.decide(mirrored, link=LINK, credits=(credit,))
    assert (made.origin.url, made.republished) == ("https://own.example/blog", False)
