"""An edition made by hand, of texts of our own: languages, directions, kinds of post, and things
that are too wide.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from syndicator.generator.site import SiteBuilder
from syndicator.model.edition import Archive, Document, Edition, Item, Reference, RelatedList
from syndicator.model.feed import Category, Enclosure, Episode, Image, Origin, Person
from syndicator.model.post import Attribution, Keys, Post, SourceInfo
from syndicator.model.settings import Feed

MEDIA = "http://127.0.0.1:8000/media/"  # a test that serves them says where
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

SOURCES = {
    "harbour": SourceInfo(
        "harbour", "Harbour Notes", "https://harbour.example/", "https://harbour.example/feed", language="en",
        description="Tides, ferries and the people who wait for them.", rights="© Harbour Notes",
        licence="https://creativecommons.org/licenses/by/4.0/",
    ),
    "vuon": SourceInfo(
        "vuon", "Vườn Sau Nhà", "https://vuon.example/", "https://vuon.example/rss", language="vi",
        description="Chuyện trồng rau trên sân thượng và những mùa mưa.",
    ),
    "sahra": SourceInfo(
        "sahra", "دفتر الصحراء", "https://sahra.example/", "https://sahra.example/atom", language="ar",
        description="ملاحظات عن النجوم والطرق والآبار القديمة.",
    ),
    "engawa": SourceInfo(
        "engawa", "縁側日記", "https://engawa.example/", "https://engawa.example/atom.xml", language="ja",
        description="古い家を直しながら暮らす。",
    ),
    "workshop": SourceInfo(
        "workshop", "The Slow Workshop", "https://workshop.example/", "https://workshop.example/feed.json",
        language="en", description="Small programs, explained until they are boring.",
    ),
    "radio": SourceInfo(
        "radio", "Radio Kettle", "https://radio.example/", "https://radio.example/podcast", language="en",
        description="One conversation a week, about as long as a pot of tea.",
    ),
    "members": SourceInfo(
        "members", "Members’ Letter", "https://members.example/", "https://members.example/feed?token=s3cret",
        language="en", private=True, description="A letter for those who keep the lights on.",
    ),
}  # fmt: skip

LINES = {
    "en": "The post {post} appeared first on {source}.",
    "vi": "Bài viết {post} xuất hiện đầu tiên trên {source}.",
    "ar": "ظهر المقال {post} أولاً على {source}.",
    "ja": "{post}の初出は{source}です。",
}
HEADINGS = {"en": "View more from {source}:", "vi": "Xem thêm từ {source}:", "ar": "المزيد من {source}:",
            "ja": "{source}の他の記事:"}  # fmt: skip

LONG = (
    "<p>The ferry leaves when the water allows it, which is not the same as when the timetable says so. On Tuesdays "
    "the harbour master writes the difference on a slate, in minutes, and nobody has ever seen him rub it out; by the "
    "evening the number is simply gone.</p>"
    "<p>I have kept a list for eleven years. The longest wait was on a bright day with no wind at all: the tide had "
    "come in so high that the gangway pointed upwards, and a man with two calves refused to lead them up a hill.</p>"
    '<blockquote cite="https://harbour.example/slate"><p>A timetable is a wish. The slate is what happened.</p>'
    "</blockquote>"
    "<h2>What the slate is made of</h2>"
    "<p>It came off the roof of the old salt store. If you look at it from the side you can see <em>three</em> holes "
    'where the pegs went, and a line that <a href="https://harbour.example/names">someone scratched</a> long before '
    "anyone thought of writing minutes on it.</p>"
    "<ul><li>Length: about an arm.</li><li>Colour: blue in rain, grey otherwise.</li>"
    "<li>Weight: ask the man with the calves.</li></ul>"
)

TABLE = (
    "<p>Twelve columns, because the tide tables have twelve columns.</p><table><caption>High water, in metres</caption>"
    "<thead><tr>" + "".join(f'<th scope="col">Quay {n}</th>' for n in range(1, 13)) + "</tr></thead><tbody>"
    + "".join("<tr>" + "".join(f"<td>{(n * 7 + m) % 9}.{m}0</td>" for n in range(12)) + "</tr>" for m in range(4))
    + "</tbody></table><p>The lines that look alike are not.</p>"
)  # fmt: skip

CODE = (
    "<h1>A loop that ends</h1><p>Most loops are written by people who expect to be interrupted. This one is not:</p>"
    '<pre><code class="language-python">def settle(cups):\n    while any(cup.is_full for cup in cups):\n'
    "        cup = max(cups, key=lambda cup: (cup.is_full, cup.temperature, cup.distance_from_the_edge_of_the_table))\n"
    "        cup.drink()\n    return cups\n</code></pre>"
    "<h2>Why it ends</h2><p>Each turn empties one cup, and <code>drink()</code> never fills one. That is the whole "
    "proof, and also the whole afternoon.</p><hr><p>An identifier to test your margins: "
    "<code>a_very_long_identifier_that_no_one_would_ever_write_but_generators_do_all_the_time_without_any_shame</code>."
    "</p><details><summary>The same in one line</summary><p>No.</p></details>"
)

VIETNAMESE = (
    "<p>Sáng nay giàn mướp ra bông đầu tiên. Bông nhỏ, vàng, mọc khuất sau chậu húng quế nên suýt nữa thì tôi không "
    "thấy. Mẹ tôi bảo cây nào ra bông trước mùa mưa thì sẽ sai quả, còn hàng xóm thì bảo mẹ năm nào cũng nói thế.</p>"
    "<p>Tôi ghi lại ở đây ba điều đã học được trong năm nay:</p><ol><li>Đất trên sân thượng nóng hơn đất vườn, tưới "
    "buổi sáng sớm là tốt nhất.</li><li>Vỏ trứng không thay được phân.</li><li>Ốc sên biết trèo cầu thang.</li></ol>"
    "<p>Mưa đến lúc bốn giờ chiều, đúng giờ như mọi khi.</p>"
)

ARABIC = (
    "<p>في الليلة الثالثة توقفت الريح، وظهرت النجوم كأن أحداً مسح الغبار عن زجاج النافذة. كان الدليل يعرف أسماءها، "
    "لكنه لم يكن يعرف اسم البئر التي شربنا منها في الصباح.</p>"
    "<p>قال: البئر لا تحتاج إلى اسم ما دام فيها ماء. ثم كتب الرقم <bdi>1958</bdi> على الرمل ومسحه بقدمه.</p>"
    "<blockquote><p>الطريق الذي لا يُكتب يُنسى، والطريق الذي يُكتب يزدحم.</p></blockquote>"
)

JAPANESE = (
    "<p>雨戸を外したら、敷居の下から古い新聞が出てきた。昭和三十三年の天気予報で、明日は晴れとある。六十年以上遅れて、"
    "予報は当たった。</p><p>縁側の板は三枚だけ新しくした。色が違うのは一年で気にならなくなると大工さんは言う。"
    "猫はその日のうちに気にしなくなった。</p>"
)


def post(source: str, title: str, body: str, summary: str = "", **more: object) -> Post:
    """Make a post of a source."""
    slug = (
        "".join(c if c.isascii() and c.isalnum() else "-" for c in (title or body[3:]).lower())[:40]
        or "note"
    )
    info = SOURCES[source]
    fields: dict[str, object] = {
        "link": f"{info.link}{slug}", "title": title, "content_html": body, "summary": summary, "text": summary,
        "language": info.language, "authors": (Person("Ada Quay"),) if source == "harbour" else (),
        "origin": Origin(info.name, info.link, info.feed),
        "attribution": Attribution(LINES[info.language], info.language), "published": NOON,
    }  # fmt: skip
    return Post(info.id, Keys(), "m", **{**fields, **more})  # type: ignore[arg-type]


def picture(name: str, caption: str = "", width: int = 1200, height: int = 750) -> Image:
    """Name a picture that `paint` makes."""
    return Image(f"{MEDIA}{name}.png", width, height, caption)


def posts() -> list[Post]:
    """Make the posts, newest first."""
    return [
        post(
            "harbour", "The ferry leaves when the water allows it", LONG,
            "The ferry leaves when the water allows it, which is not the same as when the timetable says so. On "
            "Tuesdays the harbour master writes the difference on a slate, in minutes, and nobody saw him rub it out.",
            image=picture("ferry", "The slate by the gangway, on a day when it said forty. (Photo: Ada Quay)"),
            comments="https://harbour.example/ferry#comments", comment_count=1204,
            categories=(Category("Ferries"), Category("Tides"), Category("Waiting")),
        ),
        post(
            "vuon", "Bông mướp đầu tiên và ba điều học được trên sân thượng", VIETNAMESE,
            "Sáng nay giàn mướp ra bông đầu tiên. Bông nhỏ, vàng, mọc khuất sau chậu húng quế.",
            image=picture("vuon", "Giàn mướp lúc sáu giờ sáng."), comments="https://vuon.example/c", comment_count=3,
        ),
        post(
            "sahra", "البئر التي لا اسم لها", ARABIC,
            "في الليلة الثالثة توقفت الريح، وظهرت النجوم كأن أحداً مسح الغبار عن زجاج النافذة.",
            image=picture("sahra", "الطريق إلى البئر."), authors=(Person("ليلى منصور"),),
        ),
        post("workshop", "", "<p>Cut the tail off a function today. It grew a better one overnight.</p>",
             "Cut the tail off a function today. It grew a better one overnight."),
        post("engawa", "雨戸と六十年前の天気予報", JAPANESE,
             "雨戸を外したら、敷居の下から古い新聞が出てきた。昭和三十三年の天気予報で、明日は晴れとある。",
             image=picture("engawa")),
        post(
            "radio", "Episode 41: The woman who tunes foghorns",
            "<p>She has perfect pitch and wishes she had not. We talk about the lowest note that a person can be said "
            'to hear, and why two of them are never tuned alike.</p><p><a href="https://radio.example/41">Notes and '
            "pictures</a></p>",
            "She has perfect pitch and wishes she had not. We talk about the lowest note that can be said to be heard.",
            enclosures=(Enclosure(MEDIA + "episode-41.mp3", "audio/mpeg", 48_300_000),
                        Enclosure(MEDIA + "episode-41.pdf", "application/pdf", 212_000, "Transcript")),
            episode=Episode(duration="2410", episode="41"), image=picture("radio", "", 900, 900),
        ),
        post("workshop", "A loop that ends", CODE,
             "Most loops are written by people who expect to be interrupted. This one is not."),
        post("harbour", "Twelve quays, five tides, and one table that is wider than any telephone will ever be, "
             "with a headline to match it that goes on until it has to be read aloud by two people taking turns", TABLE,
             "Twelve columns, because the tide tables have twelve columns."),
        post("members", "What your coins bought in October", "<p>Two ropes, a lamp, and the good biscuits.</p>",
             "Two ropes, a lamp, and the good biscuits."),
        post("workshop", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung", "<p>1.</p>", "1."),
        *(post("harbour", f"{n} ways to tie what was never loose", f"<p>Knot {n}.</p>", f"Knot {n}.")
          for n in range(30, 4, -1)),
    ]  # fmt: skip


def served(one: Post, media: str) -> Post:
    """Say where the pictures and files of a post really are."""
    image = one.image and replace(one.image, url=one.image.url.replace(MEDIA, media))
    files = tuple(replace(file, url=file.url.replace(MEDIA, media)) for file in one.enclosures)
    return replace(one, image=image, enclosures=files)


def items(media: str = MEDIA) -> tuple[Item, ...]:
    """Make the items, a few hours apart, with their frozen lists."""
    made = [served(one, media) for one in posts()]
    out = []
    for place, one in enumerate(made):
        when = NOON - timedelta(hours=7 * place)
        info = SOURCES[one.source_id]
        others = [p for p in made if p.source_id == one.source_id and p is not one][:5]
        links = tuple(
            Reference(p.link, p.title or p.summary, p.link, info.name, 0.5, p.language)
            for p in others
        )
        related: tuple[RelatedList, ...] = (
            (RelatedList("source", HEADINGS[info.language], info.language, links),) if links else ()
        )
        if place == 0:
            crossing = tuple(reference(p) for p in made[1:4])
            related += (RelatedList("all", "Related posts:", "en", crossing),)
        also = (reference(made[3]),) if place == 0 else ()
        out.append(
            Item(one.link, one, info, when, when + timedelta(days=2 if place == 0 else 0), when, 100 - place,
                 related=related, also=also)
        )  # fmt: skip
    return tuple(out)


def reference(one: Post) -> Reference:
    """Refer to a post."""
    return Reference(
        one.link, one.title or one.summary, one.link, SOURCES[one.source_id].name, 0.4, one.language
    )


def edition(media: str = MEDIA, **settings: object) -> Edition:
    """Make the edition; settings are those of its Feed."""
    defaults: dict[str, object] = {
        "title": "The Low Tide Reader", "description": "Seven small sites worth rowing out to, gathered every morning.",
        "link": "https://reader.example/", "contact": "keeper@reader.example", "pages": "full",
        "formats": ("rss", "atom", "json", "opml", "html"),
    }  # fmt: skip
    feed = Feed(**{**defaults, **settings})  # type: ignore[arg-type]
    made = items(media)
    return Edition(
        feed, "urn:uuid:6f2d1d52-7f2e-4d0e-9d9f-1d6c3f0b7a11", NOON, made,
        tuple(sorted((s for s in SOURCES.values() if not s.private), key=lambda s: s.name)), archives=2,
        popular=tuple(reference(made[n].post) for n in (6, 1, 5, 2, 0)),
    )  # fmt: skip


def archives() -> tuple[Archive, ...]:
    """Make two closed archives."""
    made = items()
    return Archive(1, made[-12:], NOON), Archive(2, made[-24:-12], NOON)


def write(documents: Iterable[Document], folder: Path) -> None:
    """Write documents as they are."""
    for document in documents:
        path = folder / document.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.body)


def published(folder: Path) -> dict[str, Document]:
    """Read the pages of a published site back, by path."""
    site = {}
    for file in folder.rglob("*.html"):
        path = file.relative_to(folder).as_posix()
        site[path] = Document(path, file.read_bytes(), "text/html")
    return site


def paint(folder: Path, width: int = 120, height: int = 75) -> None:
    """Write a small picture for each that the posts show."""
    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(("ferry", "vuon", "sahra", "engawa", "radio")):
        rows = b"".join(
            b"\0"
            + bytes(v for x in range(width) for v in (40 * seed % 200 + x // 2, 90 + y, 160 - y))
            for y in range(height)
        )
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        (media / f"{name}.png").write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + b"".join(
                struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d))
                for k, d in chunks
            )
        )


def pages(
    edition: Edition, *, archives: Iterable[Archive] = (), **options: object
) -> Iterator[Document]:
    """Yield all that a site has to say: its posts, these archives, its lists; `options` are those
    of Site.
    """
    site = SiteBuilder(edition, **options)
    yield from site.posts(edition.items)
    for archive in archives:
        yield from site.archive(archive)
    yield from site.lists()
