"""Feeds as the web has them, made up: WordPress, Blogger, Atom, podcasts, a few ill-formed ones.

Words follow Zipf's law, so that an index of them behaves as one of real text. The same seed gives
the same bytes on any machine. `FeedMaker(seed).feed(n, posts)` is one feed; `.feed(n, posts,
more=1)` the same with one new post on top."""

from __future__ import annotations

import html
import random
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
KINDS = ("wordpress", "wordpress", "wordpress", "blogger", "atom", "podcast")


class FeedMaker:
    """Makes feeds of about `size` bytes a post."""

    def __init__(self, seed: int = 1, size: int = 8_000) -> None:
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
        text = _atom(number, entries) if kind in ("blogger", "atom") else _rss(number, entries)
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
        body = self._body(maker, f"https://site{site}.example", link, kind)
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
            "audio": f"https://site{site}.example/{post}.mp3" if kind == "podcast" else "",
        }

    def _body(self, maker: random.Random, site: str, link: str, kind: str) -> str:
        """Write a body with the markup of the captured feeds: see `bench/README.md` for the figures."""
        parts: list[str] = []
        length = number = 0
        while length < self.size - 300:
            number += 1
            part = self._paragraph(maker, link, number, kind)
            if number % 4 == 0:
                part += self._list(maker)
            if number % 4 == 2:
                part += self._figure(maker, site, number, kind)
            parts.append(part)
            length += len(part)
        return "".join(parts)

    def _paragraph(self, maker: random.Random, link: str, number: int, kind: str) -> str:
        styled = ' class="has-text-align-left"' if kind == "wordpress" and number % 3 == 0 else ""
        away = ' target="_blank" rel="noopener"' if number % 2 else ""
        middle = f"<strong>{self.text(maker, 2)}</strong> {self._prose(maker, 22)}<br/>"
        return (
            f"<p{styled}>{self._prose(maker, 20).capitalize()} {middle} <em>{self.text(maker, 3)}</em>"
            f' <a href="{link}#{number}"{away}>{self.text(maker, 2)}</a>.</p>\n'
        )

    def _prose(self, maker: random.Random, count: int) -> str:
        """Return words with an entity among them, as editors write apostrophes and spaces."""
        entity = maker.choice(("&#8217;s", "&nbsp;", " &#8211; ", "&hellip;", " &amp; "))
        return f"{self.text(maker, count // 2)}{entity} {self.text(maker, count // 2)}"

    def _list(self, maker: random.Random) -> str:
        items = "".join(f"<li>{self._prose(maker, 6)}</li>\n" for _ in range(4))
        return f'<h2 class="wp-block-heading">{self.text(maker, 4)}</h2>\n<ul>\n{items}</ul>\n'

    def _figure(self, maker: random.Random, site: str, number: int, kind: str) -> str:
        picture = f"{site}/wp-content/uploads/{number}-{self.text(maker, 1)}"
        sizes = (
            f' srcset="{picture}-1024.jpg 1024w, {picture}-300.jpg 300w" sizes="(max-width: 1024px) 100vw"'
            if kind == "wordpress"
            else ""
        )
        return (
            f'<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024" height="683"'
            f' src="{picture}-1024.jpg" alt="{self.text(maker, 4)}" class="wp-image-{number}"{sizes}/>'
            f'<figcaption class="wp-element-caption">{self._prose(maker, 6)}</figcaption></figure>\n'
        )


def _word(maker: random.Random) -> str:
    return "".join(maker.choice(SYLLABLES) for _ in range(maker.choice((1, 2, 2, 3, 3, 4))))


def _rss(site: int, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f"<item><title>{e['title']}</title><link>{e['link']}</link><dc:creator><![CDATA[{e['author']}]]></dc:creator>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(e['when']))}</pubDate><category><![CDATA[{e['category']}]]></category>"
        f'<guid isPermaLink="false">{e["id"]}</guid><description><![CDATA[{e["body"][3:250]}]]></description>'
        f"<content:encoded><![CDATA[{e['body']}]]></content:encoded>"
        + (
            f'<enclosure url="{e["audio"]}" type="audio/mpeg" length="1234567"/><itunes:duration>1:02:03</itunes:duration>'
            if e["audio"]
            else ""
        )
        + "</item>\n"
        for e in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Site {site}</title><link>https://site{site}.example</link><description>A site</description>"
        f'<atom:link href="https://site{site}.example/feed/" rel="self" type="application/rss+xml"/>'
        f"<language>en</language>\n{items}</channel></rss>"
    )


def _atom(site: int, entries: list[dict[str, str]]) -> str:
    items = "".join(
        f"<entry><title>{e['title']}</title><id>tag:site{site}.example,2026:{e['id']}</id>"
        f'<link rel="alternate" type="text/html" href="{e["link"]}"/><published>{e["when"]}</published>'
        f'<updated>{e["when"]}</updated><author><name>{e["author"]}</name></author><category term="{e["category"]}"/>'
        f'<content type="html">{html.escape(e["body"])}</content></entry>\n'
        for e in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Site {site}</title>'
        f'<id>tag:site{site}.example,2026:feed</id><link rel="alternate" href="https://site{site}.example/"/>'
        f"<updated>{entries[0]['when']}</updated>\n{items}</feed>"
    )
