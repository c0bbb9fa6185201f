"""Closing credits: recognised by links and words, taken out whole, and nothing else with them."""

from __future__ import annotations

import json
import re
from html import escape, unescape
from pathlib import Path

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicator import languages
from syndicator.generator.credit import render_credit as render
from syndicator.model.post import Attribution, Credit
from syndicator.model.settings import AttributionSettings
from syndicator.normalizer import attribution
from syndicator.normalizer.attribution import evidence, judging, lines, wordings

CASES = Path(__file__).parent / "cases" / "attribution"
SHARED = Path(__file__).parents[2] / "shared"

POST = "https://blog.example.org/2024/05/new-world/"
SITE = "https://blog.example.org"
TITLE = "A “new” world – 5 > 3 & more?"
NAME = "Big Blog"
P = f'<a href="{POST}" rel="nofollow">{escape(TITLE, quote=False)}</a>'
S = f'<a href="{SITE}" rel="nofollow">{NAME}</a>'
LINE = f"<p>The post {P} appeared first on {S}.</p>"
ORIGIN = "https://origin.example.net/a/1"
FOREIGN = f'The post <a href="{ORIGIN}">Theirs</a> appeared first on <a href="https://origin.example.net/">Origin</a>.'
BODY = "<p>Body text.</p>"

WORDINGS = [
    line.split("\t") for line in (CASES / "wordings.tsv").read_text(encoding="utf-8").splitlines()
]


def strip(source, **known):
    """Strip with the post above, unless told otherwise."""
    given = {"post_link": POST, "site_links": (SITE,), "title": TITLE} | known
    return attribution.strip(source, **given)


def filled(wording, post, site):
    """Fill a wording's slots; {blog} as the shared facts call it."""
    return wording.replace("{post}", post).replace("{site}", site).replace("{blog}", site)


# Wordings


@pytest.mark.parametrize(("locale", "wording"), WORDINGS)
def test_a_wording_is_recognised_in_markup_and_in_text(locale, wording):
    """Linked, in its own block, after a break, at the end of a paragraph, and as text with the
    title alone.
    """
    linked = filled(wording, P, S)
    for before, after in (
        (f"{BODY}\n<p>", "</p>"),
        ("<p>Body text.<br><br><em>", "</em></p>"),
        ("<p>Body text. ", "</p>"),
    ):
        left, credited = strip(f"{before}{linked}{after}")
        assert left == BODY
        assert (credited[0].url, credited[0].site_url, credited[0].locale) == (POST, SITE, locale)
    plain = filled(wording, TITLE, NAME)
    assert strip(f"Body text. […] {plain}", text_mode=True, names=[NAME])[0] == "Body text. […]"
    assert strip(plain, text_mode=True, names=[NAME])[0] == ""


@pytest.mark.parametrize(("locale", "wording"), WORDINGS)
def test_a_wording_that_credits_another_site_is_recognised(locale, wording):
    """A copy that kept its credit proves where it comes from; with another title too, where a post
    is called one.
    """
    for title in ("Theirs", TITLE):
        if title == "Theirs" and wording.startswith("{post} first"):
            continue  # "Seinfeld first appeared on NBC" is about a show
        theirs = filled(
            wording,
            f'<a href="{ORIGIN}">{title}</a>',
            '<a href="https://origin.example.net/">Origin</a>',
        )
        left, credited = strip(f"{BODY}<p>{theirs}</p>")
        assert left == BODY
        assert credited == (Credit(title, ORIGIN, "Origin", "https://origin.example.net/", locale),)


def test_every_row_compiles_and_is_found_by_a_word_of_its_own():
    """A row whose words are not in its sentence would never be tried."""
    for row in wordings.data().rows:
        list(wordings.matches(row, "Two. Sentences."))
        sentence = re.sub(r"[()?:|\[\]*]", " ", wordings.expanded(row.sentence))
        assert any(word.rstrip(":") in sentence for word in row.words.split()), row


@pytest.mark.captured
@pytest.mark.skipif(
    not (SHARED / "attribution-patterns.json").exists(), reason="the shared facts are not here"
)
def test_what_was_seen_in_the_wild_is_recognised():
    """Every wording of the shared facts, linked and as text, ours and another's."""
    facts = json.loads((SHARED / "attribution-patterns.json").read_text(encoding="utf-8"))[
        "languages"
    ]
    for wording in (seen for locale in facts.values() for seen in locale["seen"]):
        assert strip(f"{BODY}<p>{filled(escape(wording, quote=False), P, S)}</p>")[0] == BODY, (
            wording
        )
        assert (
            strip(f"<p>Body text. {filled(escape(wording, quote=False), P, S)}</p>")[0] == BODY
        ), wording
        assert strip(f"Text […] {filled(wording, TITLE, NAME)}", text_mode=True)[0] == "Text […]", (
            wording
        )
        theirs = filled(
            wording, f'<a href="{ORIGIN}">T</a>', '<a href="https://origin.example.net">O</a>'
        )
        assert strip(f"{BODY}<p>{theirs}</p>")[1][0].url == ORIGIN, wording


# Forms


@pytest.mark.parametrize(
    "closing",
    [
        LINE,
        f"<hr>{LINE}",
        f"\n<p></p>\n<p>&nbsp;</p>\n{LINE}\n<p></p>",
        f"<footer><p><small>The post {P} appeared first on {S}</small></p></footer>",
        f"<div><div><p>The post {P} appeared first on {S}.</p></div></div>",
        f"<p>The&nbsp;post {P} appeared first&nbsp;on {S}.</p>",
        f"<p>The post “{P}” appeared first on “{S}”.</p>",
        f"<p>The post <strong>{P}</strong> appeared first on <em>{S}</em>.</p>",
        f'<p>The post <a href="{POST}"><em>A “new”</em> world – 5 &gt; 3 &amp; more?</a> appeared first on {S}.</p>',
        f'<p>The post <a href="http://www.blog.example.org/2024/05/new-world?utm_source=rss">Renamed</a> '
        f"appeared first on {S}.</p>",
        f'<p>The post <a href="{SITE}/?p=12">Retitled</a> appeared first on <a href="{SITE}/about/">{NAME}</a>.</p>',
        f'<p>The post <a href="https://t.example/r/1">{escape(TITLE)}</a> '
        f'appeared first on <a href="https://t.example/r/2">{NAME}</a>.</p>',
        f"<p>The post {P} appeared first on {S} - do not reproduce this article without permission.</p>",
        f"<p>The post {P} appeared first on {NAME}.</p>",
        f"<p>The post {escape(TITLE)} appeared first on {S}.</p>",
        f"<p>The post {escape(TITLE)} appeared first on {NAME}.</p>",
        f'<p>{P} was originally published in <a href="{SITE}/pub">Pub</a> on Medium, where people are continuing the '
        "conversation by highlighting and responding to this story.</p>",
        "<p><small>This is a companion discussion topic for the original entry at "
        f'<a href="{POST}">{POST}</a></small></p>',
        "<p><em>Originally published at </em>"
        f'<a href="{POST}"><em>blog.example.org</em></a><em> on May 3, 2024.</em></p>',
        f"<p>Source: {S}</p>",
        f'<p>Quelle: <a href="{POST}">{NAME}</a></p>',
        f'<p>Article original de <a href="{POST}">{NAME}</a></p>',
        f"<p>Billet d’origine : {S}</p>",
        f"<p>Aller sur {S}</p>",
        f"<p>Zamieszczono {P} w {S}</p>",  # no words of ours: by its links
        "<p>&lt;p&gt;The post &lt;a href=&quot;x&quot;&gt;A “new” world – 5 &gt; 3 &amp; more?&lt;/a&gt; "
        "appeared first on "
        f"&lt;a href=&quot;y&quot;&gt;{NAME}&lt;/a&gt;.&lt;/p&gt;</p>",  # encoded twice
        f"<p>The post {escape(TITLE)[:12]}...</p>",  # cut off
        f"<p>The post {escape(TITLE)} appeared fi…</p>",
    ],
)  # fmt: skip
def test_a_closing_credit_goes_with_its_wrappers(closing):
    """Block, rule, breaks and empty paragraphs around it go too; the body stays byte for byte."""
    left, credited = strip(f"{BODY}{closing}", guid=f"{SITE}/?p=12", names=[NAME])
    assert left == BODY
    assert len(credited) == 1


def test_text_before_a_credit_in_its_paragraph_stays():
    """Excerpts often run into it."""
    assert (
        strip(f"<p>He said so. […] The post {P} appeared first on {S}.</p>")[0]
        == "<p>He said so. […]</p>"
    )
    assert strip(f"<p>One<br>The post {P} appeared first on {S}.</p>")[0] == "<p>One</p>"


def test_a_credit_alone_leaves_nothing():
    """Such a summary is empty, not a credit."""
    assert strip(LINE)[0] == ""
    assert strip(f"<div><p><em>The post {P} appeared first on {S}.</em></p></div>")[0] == ""


def test_markup_that_a_credit_shares_stays_balanced():
    """An emphasis that opened before it closes after it."""
    assert (
        strip(f"<div><em>One<br>The post {P} appeared first on {S}.</em></div>")[0]
        == "<div><em>One</em></div>"
    )
    table = f"<table><tbody><tr><td>One</td></tr><tr><td>The post {P} appeared first on {S}.</td></tr></tbody></table>"
    assert strip(table)[0] == "<table><tbody><tr><td>One</td></tr></tbody></table>"


def test_what_is_no_running_text_may_follow():
    """Share links and a plugin's list stay; the credit above them goes."""
    bar = '<p><a href="https://f.example/s">Share</a> | <a href="https://t.example/">Tweet</a></p>'
    related = f'<h3>Related posts</h3><ul><li><a href="{SITE}/a">One</a></li><li><a href="{SITE}/b">Two</a></li></ul>'
    picture = '<p><img src="https://blog.example.org/x.png"></p>'
    forum = '<p><a href="https://forum.example/1">Discuss this article</a> in our forums</p>'
    rights = "<p>© 2024 Big Blog. All rights reserved.</p>"
    for after in (bar, related, picture, forum, rights, bar + picture, forum + bar + rights):
        left, credited = strip(BODY + LINE + after)
        assert left == BODY + after
        assert len(credited) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Body text. […] The post A “new” world – 5 > 3 & more? appeared first on Big Blog.",
        "Body text. […] The post A &quot;new&quot; world - 5 &gt; 3 &amp; more? appeared first on Big Blog",
        "Body text. […]\nThe post A “new” world – 5 > 3 & more? appeared first on Big Blog.\n",
        "Body text. […] The post A “new” world – 5…",
        "Body text. […] The post A “new” world – 5 > 3 & more? appeared fir [...]",
        "Body text. […] The post Another title appeared first on Somewhere.",
    ],
)
def test_a_summary_in_plain_text_loses_its_credit(text):
    """WordPress puts the line there too; aggregators take its links, cut it, encode it again."""
    assert strip(text, text_mode=True)[0] == "Body text. […]"


def test_a_summary_is_judged_by_what_the_body_proved():
    """Its line has neither links nor the title; the site's name is known from the body's."""
    summary = "Body text. […] The post Renamed since appeared first on Origin."
    _, seen = strip(f"{BODY}<p>{FOREIGN}</p>")
    assert strip(summary, text_mode=True, seen=seen)[0] == "Body text. […]"


def test_a_title_that_says_appeared_first_on_is_no_credit():
    """The last of two counts."""
    title = "How X appeared first on Y"
    line = f'The post <a href="{POST}">{title}</a> appeared first on {S}.'
    assert strip(f"{BODY}<p>{line}</p>", title=title)[0] == BODY
    text = f"Body text. […] The post {title} appeared first on {NAME}."
    assert strip(text, title=title, text_mode=True)[0] == "Body text. […]"


@pytest.mark.parametrize(("title", "subject"), [("Art", "article"), ("Start", "restart")])
def test_a_title_that_is_a_part_of_a_word_does_not_stand_there(title, subject):
    """Neither its start nor its end: the line is a credit as it would be under another title."""
    assert strip(f"{BODY}<p>The {subject} first appeared on {S}.</p>", title=title)[0] == BODY


# Credits to others


def test_lines_of_copies_of_copies_give_the_chain():
    """The innermost is the origin's; each copy has added its own below."""
    middle = '<a href="https://middle.example/1">Theirs</a> first appeared on <a href="https://middle.example">Middle</a>'
    for between in ("</p><p>", "<br>", " "):
        left, credited = strip(f"{BODY}<p>{FOREIGN}{between}The post {middle}.</p>\n{LINE}")
        assert left == BODY
        assert [credit.site for credit in credited] == ["Origin", "Middle", NAME]


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        (
            '<em>Originally published at </em><a href="https://origin.example.net/a/1"><em>https://origin.example.net'
            "</em></a> on March 3, 2020.",
            ("", ORIGIN, "origin.example.net", "https://origin.example.net/"),
        ),
        (
            'This article is republished from <a href="https://origin.example.net">Origin</a> under a Creative Commons '
            'license. Read the <a href="https://origin.example.net/a/1">original article</a>.',
            ("", ORIGIN, "Origin", "https://origin.example.net"),
        ),
        (
            'This story was originally published by <a href="https://origin.example.net/a/1">Origin</a> and is '
            "reproduced here as part of a collaboration.",
            ("", ORIGIN, "Origin", "https://origin.example.net/"),
        ),
        ("Syndicated from <a href='https://origin.example.net/a/1'>Origin</a>".replace("'", '"'),
            ("", ORIGIN, "Origin", "https://origin.example.net/")),
        ('Cet article a été publié initialement sur <a href="https://origin.example.net/a/1">Origin</a>.',
            ("", ORIGIN, "Origin", "https://origin.example.net/")),
        ('This guest blog was originally published on <a href="https://origin.example.net/a/1">Origin</a> on Substack '
            "and is cross-posted here.",
            ("", ORIGIN, "Origin", "https://origin.example.net/")),
        ("Originally published at https://origin.example.net/a/1",
            ("", ORIGIN, "origin.example.net", "https://origin.example.net/")),
    ],
)  # fmt: skip
def test_a_republished_article_names_its_origin(line, credit):
    """Medium's imports, The Conversation, newsrooms that share."""
    left, credited = strip(f"{BODY}<p>{line}</p>")
    assert left == BODY
    assert (
        tuple(getattr(credited[0], name) for name in ("title", "url", "site", "site_url")) == credit
    )


def test_a_planets_two_lines_name_the_author_and_itself():
    """Planète jQuery: the post is linked at its own host, the planet below it; both lines go."""
    lines = f'<i>Article original de <a href="{ORIGIN}">Origin</a><br>Aller sur <a href="{SITE}">{NAME}</a></i>'
    left, credited = strip(f"{BODY}<p><br>{lines}</p>", post_link=ORIGIN)
    assert left == BODY
    assert credited == (
        Credit("", ORIGIN, "Origin", "https://origin.example.net/", "fr"),
        Credit("", "", NAME, SITE, "fr"),
    )


# What stays


@pytest.mark.parametrize(
    "html",
    [
        f'<p>WordPress adds "The post {P} appeared first on {S}." to each item.</p><p>I don’t like it.</p>',
        f'<p>WordPress adds "The post {P} appeared first on {S}." to each item, which I don’t like.</p>',
        f"<blockquote>{LINE}</blockquote><p>That is what they look like.</p>",
        '<p>The novel first appeared in <a href="https://origin.example.net/x">Origin</a>.</p>',
        '<p>Her story was originally published in <a href="https://origin.example.net/x">Origin</a> in 1999.</p>',
        '<p>He left. It was first published in <a href="https://origin.example.net/x">Origin</a>.</p>',
        '<p>The story was first published in <a href="https://origin.example.net/x">Origin</a>.</p>',
        "<p>This article first appeared in The Daily Planet.</p>",
        '<p>The post <a href="https://w.example/wiki/S">S</a> first appeared on <a href="https://w.example/wiki/N">N</a></p>',
        '<p>The show <a href="https://n.example/s">S</a> first appeared on <a href="https://n.example/">N</a>.</p>',
        '<p>The article <a href="https://w.example/s">S</a> first appeared on television.</p>',
        '<p><a href="https://n.example/s">S</a> was first published in <a href="https://n.example/">N</a>.</p>',
        f'<p>First published in <a href="{SITE}/2019/roundup/">my roundup of 2019</a>.</p>',
        '<p>First published in <a href="https://w.example/wiki/1999">1999</a>.</p>',
        '<p>First seen at <a href="https://origin.example.net/x">Origin</a>.</p>',
        f"<p>The post {escape(TITLE)} explains it.</p>",
        '<p>Jane first appeared on <a href="https://tv.example/">TV</a>.</p>',
        '<p>Source: <a href="https://origin.example.net/">Origin</a></p>',
        f'<p>Source: <a href="{SITE}/2020/other/">an older post of mine</a></p>',
        '<p>Article original de <a href="https://origin.example.net/a/1">Origin</a></p>',  # a translation's
        '<p>Aller sur <a href="https://origin.example.net/">Origin</a></p>',
        f'<p>Aller sur <a href="{SITE}/2020/other/">un autre billet</a></p>',
        '<p>(via <a href="https://origin.example.net/x">Origin</a>)</p>',
        f'<p><a href="{POST}">Permalink</a> | <a href="{SITE}">Home</a></p>',
        f'<p>Posted by <a href="{SITE}/author/x">X</a> in <a href="{SITE}/cat">Cats</a></p>',
        f'<p><a href="{POST}">Read more</a></p>',
        f"<p>Continue reading {P}</p>",
        f"<p>Visit {S}</p>",
        f"<p>First of all, thanks to {S} and everybody who first helped.</p>",
    ],
)
def test_running_text_stays_as_it_is(html):
    """Words alone prove nothing, nor do links; and a sentence in the middle is the author's."""
    assert strip(f"<p>Intro.</p>{html}", names=[NAME]) == (f"<p>Intro.</p>{html}", ())


@pytest.mark.parametrize(
    "text",
    [
        "A “new” world – 5 > 3 & more? first appeared on television in 1999.",
        "The band said it all. The album first appeared on Spotify.",
        "The post office first appeared on Main Street.",
        "In this post I explain a “new” world.",
        "Read it. The post A “new” world – 5 > 3 & more? is nice.",
    ],
)
def test_plain_sentences_stay_as_they_are(text):
    """Even one that starts with the title."""
    assert strip(text, text_mode=True) == (text, ())


# Our own output, come back


def ours(tag, *, titled=True, post=TITLE, source=NAME):
    """Make our line as a feed of ours has it."""
    wording = Attribution(languages.label(tag, "titled" if titled else "untitled"), tag)
    return render(
        wording, post=post if titled else "", post_url=POST, source=source, source_url=SITE
    )


@pytest.mark.parametrize("titled", [True, False], ids=["titled", "untitled"])
@pytest.mark.parametrize("tag", sorted(languages.table()))
def test_our_own_line_and_lists_come_off_again(tag, titled):
    """With our classes, and after a reader has taken the classes off; in plain text too."""
    words = languages.table()[tag]
    heading = escape(words["heading"].replace("{source}", NAME))
    links = (
        f'<ul><li><a href="{SITE}/a">One</a></li><li><a href="{SITE}/b">Two 2</a> (Other)</li></ul>'
    )
    line = ours(tag, titled=titled)
    others = '<a href="https://a.example/1">A</a>, <a href="https://b.example/2">B</a>'
    also = f'<p class="syndicator-also">{words["also"]} {others}</p>'
    lists = f'<div class="syndicator-related"><p>{heading}</p>{links}</div>'
    known = {
        "title": TITLE if titled else "",
        "site_links": ("https://planet.example/",),
        "names": [NAME],
    }
    for whole in (
        f"{BODY}\n{line}",
        f"{BODY}\n{line}\n{lists}",
        f"{BODY}\n{line}\n{also}\n{lists}\n{lists}",
    ):
        for html in (whole, re.sub(' class="[^"]*"', "", whole)):
            left, credited = strip(html, **known)
            assert left == BODY
            assert [(credit.site, credit.site_url) for credit in credited] == [(NAME, SITE)]
    text = unescape(re.sub("<[^>]+>", "", line))
    assert strip(f"Body text. {text}", text_mode=True, **known)[0] == "Body text."


def test_our_lists_come_off_without_a_line():
    """Attribution may have been switched off."""
    links = '<div><ul><li><a href="https://x.example/">X</a></li></ul></div>'
    lists = f'<div class="syndicator-related"><p>More:</p>{links}</div>'
    assert strip(f"{BODY}{lists}")[0] == BODY


def test_any_number_of_our_lists_comes_off_in_one_pass():
    """A source may write our classes itself; with a search from the start for each, this would take
    minutes.
    """
    lists = '<div class="syndicator-related"><p>More:</p></div>' * 20_000
    assert strip(f"{BODY}{lists}")[0] == BODY
    assert strip(f"<div>{lists}</div>{BODY}{lists}")[0] == BODY


TITLES = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=60),
    st.sampled_from(["»Ja«", '"', "<b>&amp;</b>", "שלום עולם", "مرحبا", "🎉🎉", "What? No. Yes!", "〈書〉", "’s", "…"]),
).filter(str.strip)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(languages.table())), TITLES, TITLES, st.booleans())
@example("en", "How it appeared first on Mars. The post", "The post", True)
@example("ja", "」は", "「", False)
def test_whatever_the_title_our_line_comes_off_alone(tag, title, name, keep_class):
    """Render, clean as a source's HTML is, strip: the body is there again, and nothing else."""
    title, name = " ".join(title.split()), " ".join(name.split())
    line = ours(tag, post=title, source=name)
    cleaned = nh3.clean(
        f"{BODY}\n{line}", attributes={"a": {"href"}, "p": {"class"} if keep_class else set()}
    )
    left, credited = strip(cleaned, title=title, names=[name])
    assert left == BODY
    assert credited[0].url == POST
    assert credited[0].site_url == SITE


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([
    BODY, LINE, f"<p>{FOREIGN}</p>", "<hr>", "<br>", "<div>", "</div>", "text ", "<em>", "</em>", "<p>", "</p>",
    "<ul><li>", "</li></ul>", f"The post {P}", f" appeared first on {S}.", f"Source: {S}", "&amp;", "&lt;p&gt;",
    "<img src='/x.png'>", "첫", "…",
    f"View more from {NAME}:", ours("he"), ours("vi", titled=False), '<p class="syndicator-also">Also at:',
]), max_size=12))  # fmt: skip
@example([ours("he"), "<p>", "text ", LINE])
@example(['<p class="syndicator-also">Also at:', f"The post {P}", f"<p>{FOREIGN}</p>", BODY])
def test_stripping_twice_is_stripping_once(parts):
    """And what is left is still balanced: cleaning it changes nothing."""

    def clean(html):
        return nh3.clean(
            html, attributes={"a": {"href"}, "p": {"class"}, "img": {"src"}}, link_rel=None
        )

    left, _ = strip(clean("".join(parts)), names=[NAME])
    assert clean(left) == left
    assert strip(left, names=[NAME])[0] == left


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=40), st.booleans())
@example("The post <a", "The post", False)
def test_no_text_breaks_it(text, title, text_mode):
    """Sources send anything; text that is not from nh3 too, where a field is plain."""
    left, _ = strip(text, title=title, text_mode=text_mode)
    assert isinstance(left, str)


@pytest.mark.parametrize(
    "line",
    [
        '"' * 5000,
        "se " * 2000,
        "the post x se " * 400,
        ". ".join(["the post a first appeared"] * 300),
        "(" * 5000,
        "、は" * 900,
    ],
    ids=["quotes", "words", "half lines", "sentences", "brackets", "particles"],
)
def test_a_hostile_line_is_looked_at_in_its_end_only(line):
    """Every pattern is tried on what such a line is cut to; backtracking without bounds would never
    come back.
    """
    known = evidence.Known.gathered((POST,), (SITE,), TITLE, (NAME,), ())
    last = next(lines.lines(f"<p>{line} {P}</p>", window=20_000, text_mode=False))
    assert judging.judge(last, "", known, text_mode=False) is None
    for row in wordings.data().rows:
        assert not list(wordings.matches(row, last.last(320).text))


# Our wording


def test_the_wording_is_chosen_in_the_posts_language():
    """Region by region, our feed's language where we have no words."""
    assert attribution.choose(AttributionSettings(), "pt-AO", titled=True) == Attribution(
        languages.table()["pt-PT"]["titled"], "pt-PT"
    )
    assert attribution.choose(
        AttributionSettings(), "tlh", titled=False, fallback="vi"
    ) == Attribution(languages.table()["vi"]["untitled"], "vi")


def test_an_operators_own_text_holds_for_every_language():
    """But a post without a title gets our short form where the text would name it."""
    own = AttributionSettings(text="Read {post} at {source}")
    assert attribution.choose(own, "de", titled=True) == Attribution("Read {post} at {source}")
    assert attribution.choose(own, "de", titled=False) == Attribution("Zuerst auf {source}.", "de")
    plain = AttributionSettings(text="From {source}")
    assert attribution.choose(plain, "de", titled=False) == Attribution("From {source}")
    by = AttributionSettings(text="By {author} at {source}")
    assert attribution.choose(by, "de", titled=True) == Attribution("By {author} at {source}")
    own_words = attribution.choose(by, "de", titled=True, authored=False)
    assert own_words == attribution.choose(AttributionSettings(), "de", titled=True)


def test_attribution_can_be_switched_off():
    """Per source or for all."""
    assert attribution.choose(AttributionSettings(enabled=False), "de", titled=True) is None
