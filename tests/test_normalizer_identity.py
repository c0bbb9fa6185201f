"""Identity: one post is known again whatever its source does to it, and two posts are never taken
for one.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syndicator.minhash import likeness
from syndicator.model.feed import Enclosure, ItemKey, Origin
from syndicator.model.post import CopyOf, Intake, Keys, KnownPost, New, Post
from syndicator.normalizer import identity
from syndicator.normalizer.identity.keys import pieces, sketch
from syndicator.normalizer.identity.match import (
    LOOSE,
    OTHER,
    PATH,
    STRICT,
    UNKNOWN,
    Evidence,
    compare,
    is_same,
    texts,
)
from syndicator.store import Store

CASES = Path(__file__).parent / "cases" / "identity"
TEXTS: dict[str, str] = tomllib.loads((CASES / "texts.toml").read_text())
NOW = datetime(2024, 9, 1, 12, 0, tzinfo=UTC)
HARBOUR, GARDEN = TEXTS["harbour"], TEXTS["garden"]


def make(
    part: Mapping[str, Any], items: Sequence[ItemKey] = (), source: str = "s", **more: Any
) -> Post:
    """A post as the normalizer would make it of a case's item."""
    text = TEXTS[part["text"]] if "text" in part else ""
    if "edit" in part:
        assert part["edit"][0] in text
        text = text.replace(*part["edit"])
    guid, link, title = (str(part.get(name, "")) for name in ("guid", "link", "title"))
    published = part.get("published")
    keys = identity.keys(
        guid=guid,
        link=link,
        title=title,
        text=text,
        published=published,
        repeated=identity.repeated_addresses(items),
        origin_link=more.get("origin_link", ""),
    )
    post = Post(
        source_id=source,
        keys=keys,
        content_hash=identity.content_hash(
            title=title, text=text, link=link, content_html=f"<p>{text}</p>"
        ),
        guid=guid,
        link=link,
        title=title,
        text=text,
        content_html=f"<p>{text}</p>",
        published=published,
        origin=Origin("S", f"https://{source}.example/"),
        fingerprint=repr(sorted(part.items())),
    )
    return replace(post, **more)


def fetch(store: Store, parts: Sequence[Mapping[str, Any]], now: datetime = NOW) -> Intake:
    items = [
        ItemKey(str(at), str(part.get("guid", "")), str(part.get("link", "")))
        for at, part in enumerate(parts)
    ]
    posts = [replace(make(part, items), fingerprint=f"{now} {at}") for at, part in enumerate(parts)]
    return store.posts.receive(
        "s", posts, [post.fingerprint for post in posts], identity.decide, now
    )


@pytest.mark.parametrize(
    "path", [p for p in sorted(CASES.glob("*.toml")) if p.stem != "texts"], ids=lambda p: p.stem
)
def test_case(path: Path) -> None:
    """What the file says: after `before` is stored, each item of `after` is what its `is` names."""
    case = tomllib.loads(path.read_text())
    with Store(":memory:") as store:
        before = fetch(store, case.get("before", []))
        assert len(before.new) == len(case.get("before", [])), (
            "the posts of `before` are all different"
        )
        after = fetch(store, case["after"], NOW + timedelta(hours=1))
        for number, part in zip(after.numbers, case["after"], strict=True):
            what, _, which = part["is"].partition(" ")
            if what == "repeated":
                assert number == after.numbers[int(which) - 1]
                continue
            assert number in getattr(after, what), f"{part.get('title')} is {what}"
            if which:
                assert number == before.numbers[int(which) - 1]


@pytest.mark.parametrize(
    "path", [p for p in sorted(CASES.glob("*.toml")) if p.stem != "texts"], ids=lambda p: p.stem
)
def test_case_fetched_again(path: Path) -> None:
    """Whatever came before, the same feed fetched once more brings nothing new and no update."""
    case = tomllib.loads(path.read_text())
    with Store(":memory:") as store:
        fetch(store, case.get("before", []))
        fetch(store, case["after"], NOW + timedelta(hours=1))
        again = fetch(store, case["after"], NOW + timedelta(hours=2))
        assert (again.new, again.updated) == ((), ())


def known(post: Post, number: int = 1, **more: Any) -> KnownPost:
    return KnownPost(
        number,
        post.source_id,
        post.keys,
        post.content_hash,
        post.title,
        post.link,
        post.origin,
        post.republished,
        **more,
    )


# -- across sources
# ---------------------------------------------------------------------------------------


def ferry(
    source: str, link: str = "https://a.example/ferry", text: str = "harbour", **more: Any
) -> Post:
    return make(
        {"guid": link, "link": link, "title": "The ferry", "text": text}, source=source, **more
    )


def across(post: Post, stored: Post) -> object:
    return identity.decide([post], [[known(stored)]], set())[0]


def test_a_planet_republishes_what_is_stored() -> None:
    """The source says whose post it is: a copy of the original that is stored."""
    copy = ferry(
        "p", "https://p.example/7", republished=True, origin_link="https://a.example/ferry"
    )
    assert across(copy, ferry("a")) == CopyOf(1)


def test_the_original_comes_after_its_copy() -> None:
    """The same the other way round: the original's credit wins."""
    copy = ferry(
        "p", "https://p.example/7", republished=True, origin_link="https://a.example/ferry"
    )
    assert across(ferry("a"), copy) == CopyOf(1, original=True)


def test_two_planets_republish_one_post() -> None:
    """Neither is the original, both prove the same one."""
    one = ferry("p", "https://p.example/7", republished=True, origin_link="https://a.example/ferry")
    other = ferry(
        "q", "https://q.example/8", republished=True, origin_link="http://www.a.example/ferry/"
    )
    assert across(other, one) == CopyOf(1)


def test_the_copy_keeps_the_original_guid() -> None:
    """A planet that keeps the guid and proves the origin."""
    original = ferry("a")
    copy = replace(ferry("p", republished=True), keys=original.keys, link="https://p.example/7")
    assert across(copy, original) == CopyOf(1)


def test_text_and_title_agree_and_the_link_leads_home() -> None:
    """An aggregator without atom:source links to the original's site and carries its words."""
    assert across(ferry("p"), ferry("a")) == CopyOf(1)
    assert across(ferry("a"), ferry("p")) == CopyOf(1, original=True)


def test_a_link_blog_with_its_own_words() -> None:
    """The same link and title, but other words: a link blog's post is its own."""
    assert across(ferry("p", text="bread"), ferry("a")) == New()
    assert across(ferry("a"), ferry("p", text="bread")) == New()


def test_a_link_blog_before_a_planet() -> None:
    """A planet's post that proves its origin is no copy of a link blog's about the same page."""
    assert across(ferry("planet", republished=True), ferry("blog", text="bread")) == New()


def test_the_same_words_on_two_sites_that_do_not_link() -> None:
    """A press release in two places: related, or folded by the reader of texts; not proven to be
    one here.
    """
    assert across(ferry("b", "https://b.example/1"), ferry("a")) == New()


def test_two_feeds_of_one_site() -> None:
    """The same guid, link and title in a site's feed of excerpts: published once."""
    excerpt = ferry("a2", text="short", origin=Origin("A", "https://a.example/"))
    assert across(excerpt, ferry("a")) == CopyOf(1)


def test_a_copy_of_a_copy() -> None:
    """The story's own post is named, not the version that was found."""
    assert identity.decide([ferry("p")], [[known(ferry("a"), 5, copy_of=2)]], set()) == [CopyOf(2)]


def test_two_writers_of_a_planet_whose_posts_have_one_path() -> None:
    """Their hosts tell them apart: a writer's own post, a word of which changed since, is known by
    its address.
    """
    places = [f"https://{host}.example/1/" for host in "ab"]
    items = [ItemKey(place, place, place) for place in places]
    parts = [
        {"guid": place, "link": place, "title": title, "text": text}
        for place, title, text in zip(
            places, ("The ferry", "A loaf"), ("harbour", "bread"), strict=True
        )
    ]
    with Store(":memory:") as store:
        carried = store.posts.receive(
            "p", [make(part, items, "p") for part in parts], [], identity.decide, NOW
        )
        assert len(carried.new) == 2
        own = make({**parts[0], "edit": ["at seven", "at eight"]}, source="a")
        assert store.posts.receive("a", [own], [], identity.decide, NOW).copies


def test_the_newest_of_many_posts_that_only_their_texts_tell_apart() -> None:
    """It is known again, though more posts of its title are stored than are compared."""
    texts = [
        " ".join(blake2b(f"{day} {word}".encode()).hexdigest() for word in range(9))
        for day in range(40)
    ]
    with Store(":memory:") as store:

        def fetch(text: str) -> Intake:
            post = make({"title": "The weather"})
            keys = identity.keys(title="The weather", text=text)
            made = replace(
                post,
                keys=keys,
                text=text,
                content_hash=identity.content_hash(title="The weather", text=text),
            )
            return store.posts.receive("s", [made], [], identity.decide, NOW)

        for text in texts:
            assert fetch(text).new
        assert fetch(f"{texts[-1]} And wind.").updated


# -- content hash
# ----------------------------------------------------------------------------------------------


def hashed(html: str = "", text: str = HARBOUR, title: str = "The ferry", **more: Any) -> str:
    return identity.content_hash(title=title, text=text, content_html=html, **more)


STILL = {
    "a token in a link": (
        '<a href="https://a.example/x?sid=8f3a">x</a>',
        '<a href="https://a.example/x?sid=77b1">x</a>',
    ),
    "a token in a path": (
        '<a href="https://r.example/c/8f3ab1">x</a>',
        '<a href="https://r.example/c/77b1c0">x</a>',
    ),
    "tracking in a link": (
        '<a href="https://a.example/x">x</a>',
        '<a href="https://a.example/x?utm_source=rss">x</a>',
    ),
    "the order of attributes": (
        '<img alt="x" src="https://a.example/i.png">',
        '<img src="https://a.example/i.png" alt="x">',
    ),
    "an image's size": (
        '<img src="https://a.example/i-300x200.png">',
        '<img src="https://a.example/i-1024x768.png?w=1024">',
    ),
    "an image's host": (
        '<img src="https://i0.wp.com/a.example/i.png">',
        '<img src="https://i2.wp.com/a.example/i.png">',
    ),
    "the site's scheme": (
        '<a href="http://a.example/x/">x</a>',
        '<a href="https://www.a.example/x">x</a>',
    ),
    "white space": ("<p>x</p><p>y</p>", "<p>x</p>\n\n<p>y</p>\n"),
}


@pytest.mark.parametrize("what", STILL)
def test_markup_that_moves_by_itself(what: str) -> None:
    """None of it is an update."""
    one, other = STILL[what]
    assert hashed(one) == hashed(other)


WORDS = {
    "English": ("posted 3 hours ago", "posted 2 days ago"),
    "one English": ("posted an hour ago", "posted 2 hours ago"),
    "German": ("vor 3 Stunden", "vor 2 Tagen"),
    "one German": ("vor einer Stunde", "vor 2 Stunden"),
    "French": ("il y a 3 heures", "il y a 2 jours"),
    "Spanish": ("hace 3 horas", "hace 2 días"),
    "Portuguese": ("há 3 horas", "há 2 dias"),
    "Italian": ("3 ore fa", "2 giorni fa"),
    "Swedish": ("för 3 timmar sedan", "för 2 dagar sedan"),
    "Norwegian": ("for 3 timer siden", "for 2 dager siden"),
    "Dutch": ("3 uren geleden", "2 dagen geleden"),
    "Vietnamese": ("3 giờ trước", "2 ngày trước"),
    "Russian": ("3 часа назад", "2 дня назад"),
    "Chinese": ("3小时前", "25分钟前"),
    "Japanese": ("3 時間前", "25 分前"),
    "Korean": ("3시간 전", "25분 전"),
    "comments": ("12 comments", "104 Comments"),
    "points": ("Points: 3 # Comments: 0", "Points: 112 # Comments: 48"),
    "brackets": ("Comments (3)", "Comments (4)"),
    "Vietnamese comments": ("12 bình luận", "15 bình luận"),
    "Discourse": ("4 posts - 3 participants", "12 posts - 7 participants"),
    "one post": ("1 post - 1 participant", "2 posts - 2 participants"),
    "German forum": ("4 Beiträge - 3 Teilnehmer", "5 Beiträge - 4 Teilnehmer"),
    "French forum": ("4 messages - 3 participant(e)s", "5 messages - 4 participant(e)s"),
    "Spanish forum": ("4 publicaciones - 3 participantes", "5 publicaciones - 4 participantes"),
    "Chinese forum": ("4 个帖子 - 3 位参与者", "5 个帖子 - 4 位参与者"),
    "Japanese forum": ("4件の投稿 - 3名の参加者", "5件の投稿 - 4名の参加者"),
    "replies": ("12 replies", "13 replies"),
    "German replies": ("12 Antworten", "13 Antworten"),
    "French replies": ("12 réponses", "13 réponses"),
    "Spanish replies": ("12 respuestas", "13 respuestas"),
    "Portuguese replies": ("12 respostas", "13 respostas"),
    "Italian replies": ("12 risposte", "13 risposte"),
    "Dutch replies": ("12 antwoorden", "13 antwoorden"),
    "Swedish replies": ("12 svar", "13 svar"),
    "Polish replies": ("12 odpowiedzi", "13 odpowiedzi"),
    "Russian replies": ("12 ответов", "13 ответов"),
    "Ukrainian replies": ("12 відповідей", "13 відповідей"),
    "Turkish replies": ("12 yanıt", "13 yanıt"),
    "Indonesian replies": ("12 balasan", "13 balasan"),
    "Vietnamese replies": ("12 trả lời", "13 trả lời"),
    "Chinese replies": ("12 条回复", "13 条回复"),
    "Japanese replies": ("12件の返信", "13件の返信"),
    "Korean replies": ("답글 12개", "답글 13개"),
    "Arabic replies": ("12 ردود", "13 ردود"),
    "participants": ("3 participants", "4 participants"),
    "Czech participants": ("3 účastníci", "4 účastníci"),
    "Polish participants": ("5 uczestników", "6 uczestników"),
    "stars": ("1,234 stars", "1,240 stars"),
    "many stars": ("1.2k stars", "1.3k stars"),
    "signs": ("⭐ 120 🔁 7", "⭐ 121 🔁 9"),
    "German stars": ("120 Sterne", "121 Sterne"),
    "downloads": ("12,345 downloads", "12,350 downloads"),
    "labelled downloads": ("Downloads: 12", "Downloads: 13"),
    "French downloads": ("12 téléchargements", "13 téléchargements"),
    "Spanish downloads": ("120 descargas", "121 descargas"),
    "Russian downloads": ("120 скачиваний", "121 скачиваний"),
    "Chinese downloads": ("120 次下载", "121 次下载"),
    "Korean downloads": ("다운로드 12회", "다운로드 13회"),
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("length", ["short", "long"])
def test_words_that_move_by_themselves(language: str, length: str) -> None:
    """Relative dates and counts are no update, in a note and at the end of a long article."""
    one, other = WORDS[language]
    body = "Note. " if length == "short" else HARBOUR * 12
    assert hashed(text=body + one) == hashed(text=body + other)
    assert hashed(title=f"Ferry ({one})") == hashed(title=f"Ferry ({other})")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The pass costs 12 euros.", "The pass costs 15 euros."),
        ("Open from 9 to 5.", "Open from 10 to 5."),
        ("They met in 1984.", "They met in 1985."),
        ("The pass is valid for 3 days.", "The pass is valid for 5 days."),
        ("Lets eat, Grandma.", "Let's eat, Grandma."),
        ("We give it 4 stars.", "We give it 5 stars."),
        ("The pier stands on 12 posts.", "The pier stands on 14 posts."),
        ("3 messages were lost - 2 boats too.", "4 messages were lost - 2 boats too."),
        ("The village has 120 members.", "The village has 121 members."),
        ("全村有 3 位老师。", "全村有 4 位老师。"),
    ],
)
def test_words_that_the_source_changed(one: str, other: str) -> None:
    """A number or a comma that was corrected is an update."""
    assert hashed(text=HARBOUR + one) != hashed(text=HARBOUR + other)


def test_links_and_files_that_the_source_changed() -> None:
    """Another target, another picture, another recording is an update."""
    assert hashed('<a href="https://a.example/x">x</a>') != hashed(
        '<a href="https://b.example/x">x</a>'
    )
    assert hashed('<img src="https://a.example/i.png">') != hashed(
        '<img src="https://a.example/j.png">'
    )
    one, other = (Enclosure(f"https://a.example/{name}.mp3?token=1") for name in ("one", "two"))
    assert hashed(enclosures=[one]) != hashed(enclosures=[other])


def test_a_site_below_its_owners_host() -> None:
    """Both hosts move, whichever is the longer."""
    one = hashed(
        '<a href="http://blog.old.example/x">x</a>',
        link="http://blog.old.example/1",
        site="http://old.example/",
    )
    other = hashed(
        '<a href="http://new.example/x">x</a>',
        link="http://new.example/1",
        site="http://new.example/",
    )
    assert one == other


def test_a_token_that_rotates_in_an_enclosure() -> None:
    """The file is the same."""
    one, other = (
        Enclosure(f"https://a.example/{at}/one.mp3?token={at}") for at in ("8a7b", "99f0")
    )
    assert hashed(enclosures=[one]) == hashed(enclosures=[other])


# -- sketches
# ---------------------------------------------------------------------------------------------


def alike(one: str, other: str) -> float | None:
    return likeness(sketch(*pieces(one)), sketch(*pieces(other)))


@pytest.mark.parametrize("name", ["harbour", "bread", "vietnamese", "chinese"])
@pytest.mark.parametrize("times", [1, 20], ids=["short", "long"])
def test_one_sentence_more(name: str, times: int) -> None:
    """Nearly all of the text is the same, in any script and at any length; another text is
    another.
    """
    text = "".join(f"{TEXTS[name]} {number}" for number in range(times))
    assert (alike(text, text + " One word more.") or 0) >= 0.8
    assert (alike(text, GARDEN * times) or 0) < 0.3


def test_a_text_without_words() -> None:
    """Nothing can be said of it."""
    assert alike("", "") is None
    assert alike("...", HARBOUR) is None


# -- whatever a feed says
# ---------------------------------------------------------------------------------

ANY = st.text(st.characters(), max_size=200)


@given(guid=ANY, link=ANY | st.just("https://[::1/?a=1#"), title=ANY, text=ANY, html=ANY)
def test_any_text(guid: str, link: str, title: str, text: str, html: str) -> None:
    """Keys and hash are made of any text, lone surrogates included; a post is always the same as
    itself.
    """
    keys = identity.keys(
        guid=guid,
        link=link,
        title=title,
        text=text,
        repeated=identity.repeated_addresses([ItemKey("", guid, link)]),
    )
    assert keys == identity.keys(
        guid=guid,
        link=link,
        title=title,
        text=text,
        repeated=identity.repeated_addresses([ItemKey("", guid, link)]),
    )
    assert {len(digest) for digest in (keys.guid, keys.link, keys.title, keys.text)} <= {0, 16}
    assert len(identity.content_hash(title=title, text=text, link=link, content_html=html)) == 16


# -- the rules one by one
# --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guid", "link", "rest", "same"),
    [
        # By the guid, unless all else but one shows that another post has it now.
        (STRICT, UNKNOWN, (0, 0, 0), True),
        (LOOSE, OTHER, (-1, 0, 0), True),
        (LOOSE, OTHER, (-1, -1, 0), False),
        (STRICT, OTHER, (-1, -1, 1), True),
        (STRICT, UNKNOWN, (-1, -1, -1), False),
        # By the link where no guid speaks against it, unless all else does.
        (UNKNOWN, LOOSE, (-1, -1, 0), True),
        (UNKNOWN, STRICT, (-1, -1, -1), False),
        (UNKNOWN, STRICT, (1, -1, -1), True),
        # By the link under another guid: the title, and text or instant, or neither can say.
        (OTHER, STRICT, (1, 1, -1), True),
        (OTHER, LOOSE, (1, -1, 1), True),
        (OTHER, LOOSE, (1, 0, 0), True),
        (OTHER, STRICT, (1, 0, -1), False),
        (OTHER, STRICT, (1, -1, 0), False),
        (OTHER, STRICT, (0, 0, 0), False),
        (OTHER, STRICT, (-1, 0, 0), False),
        (OTHER, STRICT, (-1, 1, 0), True),
        (OTHER, STRICT, (0, 1, -1), False),
        # By the path on another host: title or text.
        (PATH, OTHER, (-1, 1, -1), True),
        (OTHER, PATH, (1, -1, 1), True),
        (UNKNOWN, PATH, (1, 0, 0), True),
        (UNKNOWN, PATH, (1, 0, -1), False),
        (UNKNOWN, PATH, (1, -1, 0), False),
        (UNKNOWN, PATH, (0, 0, 1), False),
        # Without any address.
        (UNKNOWN, UNKNOWN, (1, 1, -1), True),
        (UNKNOWN, UNKNOWN, (1, 0, 0), True),
        (UNKNOWN, UNKNOWN, (1, 0, -1), False),
        (UNKNOWN, UNKNOWN, (1, -1, 1), False),
        (UNKNOWN, UNKNOWN, (0, 0, 0), False),
        (UNKNOWN, UNKNOWN, (0, 1, 0), True),
        (UNKNOWN, UNKNOWN, (-1, 1, 0), False),
        (UNKNOWN, UNKNOWN, (-1, 1, 1), True),
        # Where guid and link both changed: the instant and the text, and no other title.
        (OTHER, OTHER, (0, 1, 1), True),
        (OTHER, OTHER, (1, 1, 0), False),
        (OTHER, OTHER, (-1, 1, 1), False),
        (OTHER, OTHER, (1, 0, 1), False),
    ],
)
def test_what_makes_two_posts_of_a_source_one(
    guid: int, link: int, rest: tuple[int, int, int], same: bool
) -> None:
    """Which parts must agree hangs on how far the addresses do; `rest` is title, text and
    instant.
    """
    assert is_same(Evidence(guid, link, *rest)) is same


@pytest.mark.parametrize(("sharp", "same"), [(True, True), (False, False)])
def test_an_instant_on_the_hour_is_shared_by_many_posts(sharp: bool, same: bool) -> None:
    """With a title and nothing else to go by it proves something only where it is to the minute."""
    assert is_same(Evidence(UNKNOWN, UNKNOWN, 1, -1, 1, sharp=sharp)) is same
    assert is_same(Evidence(OTHER, OTHER, 1, 0, 1, silent=True, sharp=sharp)) is same


def test_what_two_posts_have_in_common() -> None:
    """A part that one of them lacks says nothing; of two that differ it speaks against; a front
    page is no link.
    """
    page, other = (
        make({"link": "https://a.example/1"}).keys,
        make({"link": "https://a.example/2"}).keys,
    )
    front = make({"link": "https://a.example/"}).keys
    assert (compare(page, page).link, compare(page, other).link) == (STRICT, OTHER)
    assert (compare(page, front).link, compare(front, page).link, compare(front, front).link) == (
        UNKNOWN,
    ) * 3
    named, nameless = make({"guid": "x", "title": "A"}).keys, make({}).keys
    assert (compare(named, nameless).guid, compare(nameless, named).guid) == (UNKNOWN, UNKNOWN)
    assert (compare(named, nameless).title, compare(nameless, named).title) == (0, 0)
    assert compare(named, make({"guid": "y", "title": "B"}).keys) == Evidence(
        OTHER, UNKNOWN, -1, 0, 0, silent=True
    )


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (range(1, 11), range(1, 11), 1),
        (range(1, 11), range(2, 12), 1),  # nine of eleven
        (range(1, 11), range(6, 16), 0),  # five of fifteen
        (range(1, 11), range(21, 31), -1),
        (range(1, 5), range(21, 25), 0),  # too few pieces to be found another text
        (range(1, 6), range(21, 26), -1),
        ((), range(1, 11), 0),
    ],
)
def test_how_far_two_texts_agree(one: Sequence[int], other: Sequence[int], agree: int) -> None:
    """Nearly all of it is the same text, hardly any another one; what lies between says nothing."""
    assert texts(Keys(text="1", sketch=tuple(one)), Keys(text="2", sketch=tuple(other))) == agree
