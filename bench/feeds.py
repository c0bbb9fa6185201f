"""Feeds as the web has them, made up: RSS of WordPress and others, Atom, RDF, podcasts, ill-formed ones.

Platforms, lengths and markup are those of captured feeds: `markup.py` counts both. Words follow Zipf's law, so that an index of them behaves as one of real text. The same seed gives
the same bytes on any machine. `FeedMaker(seed).feed(n, posts)` is one feed; `.feed(n, posts,
more=1)` the same with one new post on top."""

from __future__ import annotations

import html
import random
import re
from bisect import bisect
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate

WORDS = 30_000
START = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = (
    "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu zar bel cor dan fin gol".split()
)
# The commonest words, as the feeds declare English: a reader that checks the declaration finds it true.
COMMON = """
    the of and to in a is that for it was on are as with his they be at one have this from or had by
    word but what some we can out other were all there when up use your how said an each she which do
    their time if will way about many then them write would like so these her long make thing see him
    two has look more day could go come did number sound no most people my over know water than call
    first who may down side been now find
""".split()
# In the shares of the captured feeds. Their number has no factor in common with twenty and sixteen:
# each twentieth feed has news, and each sixteenth is ill-formed.
KINDS = """
    wordpress rss atom rss wordpress rss rdf rss podcast rss atom
    rss wordpress rss blogger rss rdf rss wordpress rss atom
""".split()
GENERATORS = {"wordpress": "https://wordpress.org/?v=6.8.3", "blogger": "Blogger"}
SIZE = 1_600  # bytes a post in the mean
# The lengths of the captured bodies: of 0, 5, 10 ... 100 per cent, where the mean is SIZE.
LENGTHS = (
    *(0, 0, 95, 118, 144, 170, 196, 240, 289, 340, 394, 480, 583, 760, 984, 1250, 1718, 2413),
    *(3665, 6817, 22_000),
)
PLAIN = 290  # bytes: shorter bodies have no tags
# How often a paragraph has a fragment, and is followed by a block.
FRAGMENTS = (
    (0.58, ' <a href="{link}#{number}">{two}</a>'),
    (0.08, ' <a href="{link}?page={number}" target="_blank" rel="noopener">{two}</a>'),
    (0.80, ' <span style="font-weight: 400;">{two}</span>'),
    (0.52, "<br />"),
    (0.28, " <strong>{two}</strong>"),
    (0.14, " <em>{two}</em>"),
    (0.13, " <code>{one}</code>"),
)
BLOCKS = (
    (0.42, '<div class="{one}" id="{one}-{number}">{prose}</div>\n'),
    (0.11, '<h2 class="wp-block-heading">{two}</h2>\n<ul>\n{items}</ul>\n'),
    (0.05, "<table><tr><td>{two}</td><td>{one}</td><td>{prose}</td></tr></table>\n"),
    (
        0.27,
        '<p><img border="0" width="640" height="480" src="{picture}.jpg" alt="{two}" title="{two}"'
        ' class="alignnone"/></p>\n',
    ),
)
FIGURE = (  # of WordPress
    '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024"'
    ' height="683" src="{picture}-1024.jpg" alt="{two}" class="wp-image-{number}"'
    ' srcset="{picture}-1024.jpg 1024w, {picture}-300.jpg 300w" sizes="(max-width: 1024px) 100vw"/>'
    '<figcaption class="wp-element-caption">{prose}</figcaption></figure>\n'
)


class FeedMaker:
    """Makes feeds; a body has about `size` bytes in the mean, and the captured spread of lengths."""

    def __init__(self, seed: int = 1, size: int = SIZE) -> None:
        self.seed = seed
        self.size = size
        maker = random.Random(seed)
        made = [*COMMON, *(_word(maker) for _ in range(WORDS * 2))]
        self.words = list(dict.fromkeys(made))[:WORDS]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def feed(self, number: int, posts: int = 20, more: int = 0) -> bytes:
        """Make the feed of a site: its newest `posts` posts when it has written `posts + more`."""
        kind = KINDS[number % len(KINDS)]
        entries = [self._post(number, post, kind) for post in reversed(range(more, more + posts))]
        text = WRITERS[kind](number, entries, kind)
        # One in sixteen is not well-formed, as on the web.
        return (
            text.replace("<title>Site", "<title>A & B, Site", 1).encode()
            if number % 16 == 15
            else text.encode()
        )

    def text(self, maker: random.Random, count: int) -> str:
        """Return so many words, the frequent ones often."""
        top = self.weights[-1]
        return " ".join(
            self.words[bisect(self.weights, maker.random() * top)] for _ in range(count)
        )

    def _post(self, site: int, post: int, kind: str) -> dict[str, str]:
        maker = random.Random(f"{self.seed}/{site}/{post}")
        title = self.text(maker, 7).capitalize()
        link = f"https://site{site}.example/{post}/{'-'.join(title.lower().split()[:4])}/"
        length = self._length(maker, site)
        body = self._body(maker, f"https://site{site}.example", link, kind, length)
        if kind == "wordpress":
            body += f'<p>The post <a href="{link}">{title}</a> appeared first on <a href="https://site{site}.example">Site {site}</a>.</p>'
        return {
            "title": title,
            "link": link,
            "id": f"https://site{site}.example/?p={1000 + post}",
            "body": body,
            "author": self.words[site % 500].title(),
            "category": self.words[maker.randrange(200)],
            "when": (START + timedelta(hours=post * 7, minutes=site % 60)).isoformat(),
            "number": str(post),
        }

    def _length(self, maker: random.Random, site: int) -> int:
        """Draw the length of a body in bytes: a site writes much or little, and varies a little."""
        place = (site * 0.618 + maker.random() * 0.2) % 1 * (len(LENGTHS) - 1)
        least, most = LENGTHS[int(place)], LENGTHS[int(place) + 1]
        return int((least + (most - least) * (place % 1) ** 2) * self.size / SIZE)

    def _body(self, maker: random.Random, site: str, link: str, kind: str, length: int) -> str:
        """Write a body of about so many bytes, with the markup of the captured ones."""
        if length < PLAIN:
            return self._prose(maker, length)[:length]
        parts: list[str] = []
        written = number = 0
        while written < length - 150:
            number += 1
            parts.append(self._paragraph(maker, site, link, number, kind, length - written))
            written += len(parts[-1])
        return "".join(parts)

    def _paragraph(
        self, maker: random.Random, site: str, link: str, number: int, kind: str, room: int
    ) -> str:
        """Write a paragraph, and the block after it if one follows and there is room for it."""
        words = {
            "link": link,
            "number": number,
            "picture": f"{site}/wp-content/uploads/{number}-{self.text(maker, 1)}",
            "one": self.text(maker, 1),
            "two": self.text(maker, 2),
            "prose": self._prose(maker, 40),
        }
        words["items"] = f"<li>{words['prose']}</li>\n" * 4
        inner = "".join(part for chance, part in FRAGMENTS if maker.random() < chance)
        blocks = [part for chance, part in BLOCKS if maker.random() < chance]
        if kind == "wordpress" and maker.random() < 0.1:
            blocks.append(FIGURE)
        styled = ' class="has-text-align-left"' * (maker.random() < 0.2)
        text = self._prose(maker, min(room - 40, 330)).capitalize()
        made = f"<p{styled}>{text}{inner}</p>\n{''.join(blocks * (room > 600))}"
        return made.format_map(words)

    def _prose(self, maker: random.Random, length: int) -> str:
        """Return words of about so many bytes; a hundred have an entity, as editors write one."""
        entity = maker.choice(("&#8217;s", "&nbsp;", " &#8211; ", "&hellip;", " &amp; "))
        half = self.text(maker, max(length // 12, 1))
        return f"{half}{entity} {self.text(maker, max(length // 12, 1))}"


def _word(maker: random.Random) -> str:
    return "".join(maker.choice(SYLLABLES) for _ in range(maker.choice((1, 2, 2, 3, 3, 4))))


def _head(site: int, kind: str) -> str:
    """Return the elements of a channel that RSS and RDF share."""
    generator = GENERATORS.get(kind, "")
    named = f"<generator>{generator}</generator>" if generator else ""
    return (
        f"<title>Site {site}</title><link>https://site{site}.example</link>"
        f"<description>A site</description>{named}"
    )


def _item(site: int, entry: dict[str, str], kind: str) -> str:
    """Return an item of RSS; WordPress writes an excerpt beside the whole body."""
    body = f"<![CDATA[{entry['body']}]]>"
    described = body if site % 3 else html.escape(entry["body"])
    if kind == "wordpress":
        excerpt = re.sub(r"<[^>]*>", "", entry["body"])[:250]
        described = f"<![CDATA[{excerpt}]]>"
    whole = f"<content:encoded>{body}</content:encoded>" if kind == "wordpress" else ""
    audio = ""
    if kind == "podcast":
        address = f"https://site{site}.example/{entry['number']}.mp3"
        audio = f'<enclosure url="{address}" type="audio/mpeg" length="1234567"/>'
        audio += "<itunes:duration>1:02:03</itunes:duration>"
    return (
        f"<item><title>{entry['title']}</title><link>{entry['link']}</link>"
        f"<dc:creator><![CDATA[{entry['author']}]]></dc:creator>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(entry['when']))}</pubDate>"
        f"<category><![CDATA[{entry['category']}]]></category>"
        f'<guid isPermaLink="false">{entry["id"]}</guid>'
        f"<description>{described}</description>{whole}{audio}</item>\n"
    )


def _rss(site: int, entries: list[dict[str, str]], kind: str) -> str:
    items = "".join(_item(site, entry, kind) for entry in entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel>{_head(site, kind)}'
        f'<atom:link href="https://site{site}.example/feed/" rel="self"'
        f' type="application/rss+xml"/><language>en</language>\n{items}</channel></rss>'
    )


def _rdf(site: int, entries: list[dict[str, str]], kind: str) -> str:
    items = "".join(
        f'<item rdf:about="{entry["link"]}"><title>{entry["title"]}</title>'
        f"<link>{entry['link']}</link><dc:date>{entry['when']}</dc:date>"
        f"<dc:creator>{entry['author']}</dc:creator><dc:subject>{entry['category']}</dc:subject>"
        f"<description>{html.escape(entry['body'])}</description></item>\n"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="https://site{site}.example/">{_head(site, kind)}'
        f"<dc:language>en</dc:language></channel>\n{items}</rdf:RDF>"
    )


def _atom(site: int, entries: list[dict[str, str]], kind: str) -> str:
    name = GENERATORS.get(kind, "")
    named = f"<generator>{name}</generator>" if name else ""
    items = "".join(
        f"<entry><title>{entry['title']}</title>"
        f"<id>tag:site{site}.example,2026:{entry['id']}</id>"
        f'<link rel="alternate" type="text/html" href="{entry["link"]}"/>'
        f"<published>{entry['when']}</published><updated>{entry['when']}</updated>"
        f'<author><name>{entry["author"]}</name></author><category term="{entry["category"]}"/>'
        f'<content type="html">{html.escape(entry["body"])}</content></entry>\n'
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="en"><title>Site {site}</title><id>tag:site{site}.example,2026:feed</id>{named}'
        f'<link rel="alternate" href="https://site{site}.example/"/>'
        f"<updated>{entries[0]['when']}</updated>\n{items}</feed>"
    )


WRITERS = {
    "wordpress": _rss,
    "rss": _rss,
    "podcast": _rss,
    "rdf": _rdf,
    "atom": _atom,
    "blogger": _atom,
}
