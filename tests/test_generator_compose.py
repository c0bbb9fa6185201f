"""compose: the body, its credit, where else it stands, what to read next; in that order, for
ever.
"""

from __future__ import annotations

import pytest
from generator_helpers import CASES, ITEM, NOW, SOURCE, edition, item
from msgspec.structs import replace

from syndicator.generator import generate
from syndicator.generator.body import LAYOUT, compose_body, credit_line
from syndicator.generator.site import post_path
from syndicator.languages import label
from syndicator.model.edition import Archive, Reference, RelatedList
from syndicator.model.feed import Origin
from syndicator.model.post import Attribution

LINE = Attribution("The post {post} appeared first on {source}.", "en")


def test_layout_1() -> None:
    """What layout 1 makes of a full item stands in a file and never changes, or published posts
    would turn unread.
    """
    assert compose_body(ITEM) == (CASES / "layout-1.html").read_text(encoding="utf-8").rstrip("\n")
    assert LAYOUT == 1


def test_layout_of_a_newer_program() -> None:
    """An unknown layout is composed as the newest that we know."""
    assert compose_body(replace(ITEM, layout=99)) == compose_body(replace(ITEM, layout=LAYOUT))


def test_parts_in_order() -> None:
    """The post comes first, for its first words are the preview; then the credit, the copies, the
    lists.
    """
    places = [
        compose_body(ITEM).index(f'class="syndicator-{part}"')
        for part in ("attribution", "also", "related")
    ]
    assert places == sorted(places)
    assert compose_body(ITEM).startswith("<p>They are <em>happy</em>.</p>")


def test_no_attribution() -> None:
    """Where the line is switched off there is none, and nothing in its place."""
    assert compose_body(item()) == "<p>Text</p>"
    assert credit_line(item()) == ""


def test_untitled() -> None:
    """A wording that names the post takes its short form."""
    assert credit_line(item(title="", attribution=LINE)).endswith(
        'First on <a href="https://cats.example.org/"><bdi>Cat Diary</bdi></a>.</p>'
    )


def test_republished() -> None:
    """The line credits and links the origin, not the copy."""
    origin = Origin("First Press", "https://first.example/")
    found = credit_line(
        item(
            attribution=LINE, origin=origin, origin_link="https://first.example/1", republished=True
        )
    )
    assert 'href="https://first.example/1"' in found
    assert '<a href="https://first.example/"><bdi>First Press</bdi></a>' in found
    assert "cats.example" not in found


def test_private_source() -> None:
    """A private source is named and not linked."""
    found = credit_line(item(1, replace(SOURCE, private=True), attribution=LINE))
    assert "<bdi>Cat Diary</bdi>" in found
    assert 'href="https://cats.example.org/"' not in found


def test_a_day_in_the_credit_is_that_of_the_feeds_readers() -> None:
    """In each document, where JSON Feed has the credit alone, too; dates for machines stay as they
    are.
    """
    dated = replace(
        item(attribution=Attribution("{date}: {post}", "en")), published=NOW.replace(hour=20)
    )

    def documents(zone: str) -> dict[str, str]:
        made = replace(
            edition(dated, timezone=zone, formats=("rss", "atom", "json", "html")), archives=1
        )
        found = generate(made, lambda number: Archive(number, (dated,), NOW))
        return {document.path: document.body.decode() for document in found}

    here, there = documents("UTC"), documents("Asia/Ho_Chi_Minh")
    naming = {path for path, document in here.items() if "May 17, 2024: " in document}
    assert naming == {"rss.xml", "atom.xml", "feed.json", "archive/atom-1.xml", post_path(dated.id)}
    for path in naming:
        assert "May 17, 2024: " not in there[path]
        moved = here[path].replace("May 17, 2024", "May 18, 2024")
        # The foot of a page names the zone of its times.
        assert moved.replace("<span>UTC<", "<span>Asia/Ho Chi Minh<") == there[path]


def test_titles_with_markup_in_lists() -> None:
    """A title is text, wherever it is put."""
    links = (Reference("a", "a <b> & c", "https://x.example/?a=1&b=2", "S <i>"),)
    found = compose_body(
        replace(item(), related=(RelatedList("all", "More <of> {source}", "", links),))
    )
    assert '<a href="https://x.example/?a=1&amp;b=2">a &lt;b&gt; &amp; c</a> (S &lt;i&gt;)' in found
    assert "<p>More &lt;of&gt; Cat Diary</p>" in found


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "/relative"])
def test_link_that_leads_nowhere(address: str) -> None:
    """What is no web address is not linked."""
    links = (Reference("a", "Title", address),)
    assert "<li>Title</li>" in compose_body(
        replace(item(), related=(RelatedList("source", "More", "", links),))
    )


def test_list_without_links() -> None:
    """A list whose links are all withdrawn has no heading either."""
    assert (
        compose_body(replace(item(), related=(RelatedList("source", "More", "en", ()),)))
        == "<p>Text</p>"
    )


def test_right_to_left_list_under_a_left_to_right_post() -> None:
    """A line of ours says its language and direction where they are not the post's."""
    links = (Reference("a", "Title", "https://x.example/"),)
    found = compose_body(replace(item(), related=(RelatedList("source", "More", "ar", links),)))
    assert '<div class="syndicator-related" lang="ar" dir="rtl">' in found
    same = compose_body(replace(item(), related=(RelatedList("source", "More", "en", links),)))
    assert '<div class="syndicator-related"><p>' in same


def test_right_to_left_list_under_a_right_to_left_post() -> None:
    """Readers don't take an item's language for a direction: it stands on the list, and names are
    isolated.
    """
    links = (Reference("a", "Title!", "https://x.example/", "Other"),)
    arabic = replace(
        item(language="ar"), related=(RelatedList("all", "المزيد من {source}:", "ar", links),)
    )
    found = compose_body(arabic)
    assert (
        '<div class="syndicator-related" dir="rtl"><p>المزيد من <bdi>Cat Diary</bdi>:</p>' in found
    )
    assert '<a href="https://x.example/"><bdi>Title!</bdi></a> (<bdi>Other</bdi>)' in found


def test_right_to_left_title_in_a_left_to_right_list() -> None:
    """It is isolated, so that the words after it stay where they are; others need not be."""
    links = (Reference("a", "שלום", "https://x.example/", "Other"),)
    found = compose_body(
        replace(item(), related=(RelatedList("all", "More from {source}:", "en", links),))
    )
    assert "<p>More from Cat Diary:</p>" in found
    assert '<a href="https://x.example/"><bdi>שלום</bdi></a> (Other)' in found


def test_copies_are_named_in_the_language_of_the_credit() -> None:
    """One item speaks one language of ours, also where we have no words of the post's."""
    copied = replace(item(language="tlh", attribution=replace(LINE, language="vi")), also=ITEM.also)
    assert f'<p class="syndicator-also" lang="vi" dir="ltr">{label("vi", "also")} ' in compose_body(
        copied
    )
