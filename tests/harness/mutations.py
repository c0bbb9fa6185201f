"""Mutated feeds, and payloads in every place of one, through the parser and the normalizer.

    python tests/harness/mutations.py --count 2000

The feeds are the parser's cases, and one with a payload in each of six places. A mutation puts a
token in, or takes bytes out, anywhere. No exception escapes, and html5lib finds nothing in a body
that could run.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from normalizer_helpers import NOW, offences
from parser_helpers import CASES, URL

from syndicator import normalizer, parser
from syndicator.model.fetch import Fetched, FetchFailed
from syndicator.model.settings import Source

FEEDS = [path.read_bytes() for path in sorted(CASES.glob("*.xml"))]
_SOURCE = Source("s", URL)
_TOKENS = [
    *(b"<item>", b"</item>", b"<entry>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"<", b">"),
    *(b"\x00", b"\xff", b"&#0;", b"<!DOCTYPE x [", b"<?x ?>", b"xml:base='x'", b"</channel>"),
]
PAYLOADS = [
    "<script>run()</script>",
    "<img src=x onerror=run()>",
    "<svg><script>run()</script></svg>",
    "<svg/onload=run()>",
    '<a href="javascript:run()">x</a>',
    '<a href="java&#10;script:run()">x</a>',
    '<a href="&#1;javascript:run()">x</a>',
    '<a href="data:text/html,<script>run()</script>">x</a>',
    '<iframe srcdoc="<script>run()</script>"></iframe>',
    '<iframe src="javascript:run()"></iframe>',
    '<object data="javascript:run()"></object>',
    '<embed src="data:text/html,run">',
    "<form action=javascript:run()><button>x</button></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=run()>",
    "<noscript><p title='</noscript><img src=x onerror=run()>'>",
    "<style>@import 'javascript:run()'</style>",
    '<p style="background:url(javascript:run())">x</p>',
    "<template><script>run()</script></template>",
    "<details open ontoggle=run()>x</details>",
    "<base href=javascript:run()//>",
    "<meta http-equiv=refresh content='0;url=javascript:run()'>",
    "<img srcset='x 1x, javascript:run() 2x'>",
    "<video><source onerror=run()></video>",
    "<xmp><img src=x onerror=run()></xmp>",
]
_ITEM = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Harbour</title>
<link>https://harbour.example/</link><item><guid>1</guid><title>{0}</title><dc:creator>{1}</dc:creator>
<category>{2}</category><link>{3}</link><description>{4}</description>
<content:encoded>{5}</content:encoded></item></channel></rss>"""


def feed_of(payloads: list[str]) -> bytes:
    """Return a feed with a payload in each of six places."""
    shown = [
        text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") for text in payloads
    ]
    return _ITEM.format(*shown).encode()


def mutated(body: bytes, damages: list[tuple[float, bytes | int]]) -> bytes:
    """Put tokens into a feed, or take bytes out of it."""
    for place, damage in damages:
        position = int(place * len(body))
        rest = damage + body[position:] if isinstance(damage, bytes) else body[position + damage :]
        body = body[:position] + rest
    return body


def judged(body: bytes) -> int:
    """Read a feed, and assert that nothing in its posts could run; return how many there are."""
    outcome = parser.parse(Fetched("s", URL, body))
    if isinstance(outcome, FetchFailed):
        return 0
    feed = normalizer.normalize(outcome, _SOURCE, NOW)
    for post in feed.posts:
        assert offences(post.content_html) == [], body
        for address in (post.link, *(enclosure.url for enclosure in post.enclosures)):
            assert address.partition(":")[0] in ("", "http", "https", "magnet", "ftp"), body
    return len(feed.posts)


DAMAGES = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(_TOKENS) | st.integers(0, 300)), max_size=4
)
BODIES = st.sampled_from(FEEDS) | st.lists(st.sampled_from(PAYLOADS), min_size=6, max_size=6).map(
    feed_of
)


def tried(count: int, number: int) -> list[int]:
    """Judge mutated feeds; return the number of posts of each."""
    counts: list[int] = []

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(BODIES, DAMAGES)
    def judge(body: bytes, damages: list[tuple[float, bytes | int]]) -> None:
        counts.append(judged(mutated(body, damages)))

    judge()
    return counts


def main() -> int:
    """Judge mutated feeds, and say how many."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    counts = tried(options.count, options.seed)
    print(f"{len(counts)} feeds, {sum(counts)} posts, nothing that runs, no exception")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
