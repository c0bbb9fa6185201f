"""What a source speaks: the language of its posts that do not tell their own, where its feed
declares none.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from msgspec.structs import replace
from normalizer_helpers import FEED, NOW, SITE, entry

from syndicator.model.feed import FeedHead, ParsedFeed
from syndicator.model.post import NormalizedFeed
from syndicator.model.settings import Source
from syndicator.normalizer import normalize

by_guess = pytest.mark.skipif(
    find_spec("pycld2") is None, reason="pycld2 has no wheels here: nothing is guessed"
)

SPANISH = [
    f"El gobierno anunció ayer {n} nuevas medidas para la salud y la educación del país"
    for n in (3, 4, 5)
]
UNSURE = "Así es el Groupama Stadium, sede de la final de Champions femenina"
SILENT = FeedHead(title="Blog", link=SITE, version="rss20")


def spoken(*titles, declared="", setting="", before="") -> NormalizedFeed:
    """Normalize posts of a title alone."""
    entries = tuple(entry(title=title, guid=f"{n}", links=()) for n, title in enumerate(titles))
    parsed = ParsedFeed("s", FEED, replace(SILENT, language=declared), (), entries)
    return normalize(parsed, Source(id="s", url=FEED, language=setting), NOW, spoken=before)


@by_guess
def test_a_post_that_does_not_tell_its_language_is_in_that_of_the_others():
    """With a credit in it; what its source speaks is handed on, to be kept."""
    made = spoken(*SPANISH, UNSURE, "Εθνική Ελλάδος στο ποδόσφαιρο")
    assert [post.language for post in made.posts] == ["es"] * 4 + ["el"]
    assert made.posts[3].attribution == made.posts[0].attribution
    assert made.info.spoken == "es"
    assert made.info.language == ""


@by_guess
def test_a_post_alone_is_in_the_language_that_its_source_has_spoken():
    """A later fetch reads but what is new; a few posts in another language turn nothing."""
    assert spoken(UNSURE).posts[0].language == ""
    made = spoken(
        UNSURE, "The government announced new measures for the schools of the country", before="es"
    )
    assert [post.language for post in made.posts] == ["es", "en"]
    english = [
        f"The government announced {n} new measures for the schools of the country"
        for n in (3, 4, 5)
    ]
    assert spoken(*english, before="es").info.spoken == "es"


@by_guess
def test_a_post_in_other_letters_is_not_in_the_language_of_its_source():
    """English that the detector is unsure of does not become Russian."""
    made = spoken("Kubernetes 1.30", "Designing molecular disorder", before="ru")
    assert [post.language for post in made.posts] == ["ru", ""]


@by_guess
def test_what_is_declared_goes_before_what_a_source_speaks():
    """And once it is, nothing is learnt; what is no language declares nothing."""
    for declared, setting in (("pt", ""), ("", "pt")):
        made = spoken(*SPANISH, UNSURE, declared=declared, setting=setting, before="es")
        assert {post.language for post in made.posts} == {"pt"}
        assert made.info.spoken == ""
    assert spoken(*SPANISH, UNSURE, declared="Español").posts[3].language == "es"


def test_a_digest_of_a_post_does_not_depend_on_its_language():
    """A post is not updated when its source is found to speak something else."""
    (one,), (other,) = spoken("1", before="es").posts, spoken("1", before="fr").posts
    assert (one.language, other.language) == ("es", "fr")
    assert (one.content_hash, one.keys, one.fingerprint) == (
        other.content_hash,
        other.keys,
        other.fingerprint,
    )


FRENCH = [
    f"Le conseil a voté hier {n} nouvelles mesures pour les écoles et les jardins du village"
    for n in range(3, 10)
]


@by_guess
def test_a_feed_that_declares_a_wrong_language():
    """Its posts say so together: credits, language and what is handed on to the next fetch."""
    made = spoken(*FRENCH, "12:30", declared="en-US")
    assert {post.language for post in made.posts} == {"fr"}
    assert {post.attribution.language for post in made.posts if post.attribution} == {"fr"}
    assert (made.info.language, made.info.spoken) == ("fr", "fr")
    later = spoken(FRENCH[0], declared="en-US", before=made.info.spoken)
    assert later.posts[0].language == "fr"
    right = spoken(*FRENCH, declared="fr-CA")
    assert {post.language for post in right.posts} == {"fr-CA"}
    assert right.info.spoken == ""


def test_the_language_of_the_operator():
    """It goes before what the feed and its posts say, for the posts and for the source."""
    made = spoken(*FRENCH, declared="en", setting="oc")
    assert {post.language for post in made.posts} == {"oc"}
    assert made.info.language == "oc"
    assert spoken("Été", declared="en", setting="fr").posts[0].language == "fr"
    assert spoken("Été", declared="", setting="fr").info.language == "fr"
