"""From a source's bytes to clean posts: credits in places where one does not look first."""

from __future__ import annotations

import pytest
from normalizer_helpers import NOW

from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import Post
from syndicator.model.settings import Source
from syndicator.normalizer import normalize
from syndicator.parser import parse

pytestmark = pytest.mark.slow

FEED = "https://radio.example/feed"
NAMES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def post(inside: str, language: str = "en") -> Post:
    """The post of a feed of one item at https://radio.example/7/, whose title is "Night train"."""
    body = (
        f'<rss version="2.0" {NAMES}><channel><title>Radio Song</title><link>https://radio.example/</link>'
        f"<language>{language}</language><item><title>Night train</title><link>https://radio.example/7/</link>"
        f"<guid>https://radio.example/7/</guid>{inside}</item></channel></rss>"
    ).encode()
    parsed = parse(Fetched("s", FEED, body))
    assert isinstance(parsed, ParsedFeed)
    (made,) = normalize(parsed, Source("s", FEED), NOW).posts
    return made


@pytest.mark.parametrize("name", ["summary", "subtitle"])
def test_a_credit_in_the_texts_of_a_podcast(name: str):
    """Plugins write the line into itunes:summary too; a directory shows it as part of the
    description.
    """
    line = "Nine hours to Vinh. The post Night train appeared first on Radio Song."
    made = post(
        f"<description>&lt;p&gt;Nine hours.&lt;/p&gt;</description><itunes:{name}>{line}</itunes:{name}>"
    )
    assert made.episode is not None
    assert getattr(made.episode, name) == "Nine hours to Vinh."


FAR = '<a href="https://far.example/2026/train/">Far Away</a>'


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", f"Bài viết này được đăng lần đầu trên {FAR}."),
        ("ja", f"この記事は{FAR}に最初に掲載されました。"),
        ("ja", f"初出：{FAR}"),
        ("ko", f"이 글은 {FAR}에 처음 게재되었습니다."),
        ("ru", f"Эта статья была впервые опубликована на {FAR}."),
        ("ru", f"Материал опубликован впервые в журнале {FAR}"),
        ("uk", f"Ця стаття була вперше опублікована на {FAR}."),
        ("nl", f"Dit artikel verscheen eerder op {FAR}."),
        ("nl", f"Deze column is oorspronkelijk gepubliceerd in {FAR}."),
        ("pl", f"Ten artykuł został po raz pierwszy opublikowany na portalu {FAR}."),
        ("sv", f"Den här texten publicerades först på {FAR}."),
        ("sv", f"Artikeln är ursprungligen publicerad i {FAR}."),
        ("da", f"Denne artikel blev oprindeligt bragt i {FAR}."),
        ("nb", f"Denne artikkelen ble først publisert på {FAR}."),
        ("fi", f"Tämä artikkeli on julkaistu alun perin sivustolla {FAR}."),
        ("cs", f"Tento článek byl původně publikován na webu {FAR}."),
        ("tr", f"Bu yazı ilk olarak {FAR} sitesinde yayımlandı."),
        ("id", f"Artikel ini pertama kali terbit di {FAR}."),
        ("ro", f"Acest articol a fost publicat inițial în {FAR}."),
        ("hu", f"Ez a cikk eredetileg a {FAR} oldalon jelent meg."),
        ("el", f"Το άρθρο πρωτοδημοσιεύτηκε στο {FAR}."),
        ("ar", f"نُشر هذا المقال أولاً على موقع {FAR}."),
        ("ca", f"Aquest article es va publicar originalment a {FAR}."),
    ],
)
def test_a_line_that_says_where_the_text_was_first(language: str, line: str):
    """The post is credited there, and the line is not left under it."""
    made = post(
        f"<description><![CDATA[<p>Nine hours to Vinh.</p><p><em>{line}</em></p>]]></description>",
        language,
    )
    assert (made.origin.name, made.origin_link) == ("Far Away", "https://far.example/2026/train/")
    assert [place.name for place in made.via] == ["Radio Song"]
    assert made.content_html == "<p>Nine hours to Vinh.</p>"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", f"Cuốn sách được in lần đầu ở Huế, và {FAR} có bán nó."),
        ("nl", f"Meer foto's staan op {FAR}."),
        ("ru", f"Роман впервые был опубликован в журнале {FAR} в 1962 году, а потом о нём забыли."),
        ("sv", f"Boken finns hos {FAR}."),
        ("ja", f"写真は {FAR} にあります。"),
        ("en", f"Hat tip to {FAR}."),
        ("de", f"Gefunden bei {FAR}."),
        ("fr", f"Vu chez {FAR}."),
        ("es", f"Vía {FAR}"),
    ],
)
def test_a_line_that_only_links_to_another_site(language: str, line: str):
    """A link blog's post is its own, whatever closes it."""
    made = post(
        f"<description><![CDATA[<p>Nine hours to Vinh.</p><p>{line}</p>]]></description>", language
    )
    assert (made.origin.name, made.origin_link, made.republished) == ("Radio Song", "", False)
    assert "far.example" in made.content_html
