"""Times of posts and the state of the sources -> a page with charts, for `status --html`. Pure.

SVG in the page, no script; the style is that of the site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise

from syndicator.quantities import counted, short
from syndicator.status import Row
from syndicator.text_rules import shortened

MARK = "<!-- syndicator: activity -->"  # by which the page is known again
DAYS = 60  # that the charts show
_BUSIEST = 20  # sources with a bar of their own
_HOURS = ((1, "1 h"), (6, "6 h"), (24, "1 d"), (72, "3 d"), (168, "1 w"), (720, "1 m"))
_CHARTS = """\
.activity main { max-width: 48rem; margin: auto; padding: 1rem }
svg { display: block; max-width: 100%; height: auto; margin: .5em 0 2em }
svg text { font: 12px system-ui, sans-serif; fill: currentColor }
svg rect { fill: currentColor; opacity: .55 }
svg rect.bad { opacity: 1 }
"""

Times = Sequence[tuple[str, datetime]]  # source id and date of each post


def page(
    title: str, rows: Sequence[Row], times: Times, style: str, now: datetime, home: str = ""
) -> str:
    """Return the page.

    `times` are those of the last `DAYS` days; `style` is a style sheet, `home` the first page of
    the site that it stands in.
    """
    named, failing = dict[str, str](), list[Row]()
    for row in rows:
        named[row.source.id] = row.title
        if row.state.failing_since is not None:
            failing.append(row)
    dates = [date for _, date in times]
    busiest = Counter(source for source, _ in times).most_common(_BUSIEST)
    bars = [(named.get(source, source), count, str(count)) for source, count in busiest]
    by_source = _bars(bars, "A chart of the posts of the busiest sources")
    parts = [
        _section("Posts a day", _by_day(dates, now)),
        _section("Posts by source", by_source),
        _section("Failing", _failures(failing, now)),
        _section("Hours between posts", _gaps(dates)),
    ]
    sheet = style.replace("</", "")  # nothing in it may end the style
    heading = escape(f"Activity of {title}")
    when = f"{now:%Y-%m-%d %H:%M} UTC: {counted(len(rows), 'source')}, the last {DAYS} days"
    back = home and f'<p><a href="{escape(home)}">{escape(title)}</a></p>\n'
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
{MARK}
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{heading}</title>
<style>
{sheet}
{_CHARTS}</style>
</head>
<body class="activity">
<main id="main">
{back}<h1>{heading}</h1>
<p>{when}</p>
{"".join(parts)}</main>
</body>
</html>
"""


def _section(heading: str, content: str) -> str:
    return f"<section>\n<h2>{heading}</h2>\n{content}\n</section>\n"


def _by_day(dates: Iterable[datetime], now: datetime) -> str:
    """Return a chart with a column for each day."""
    counts = Counter((now.date() - date.date()).days for date in dates)
    days = range(DAYS - 1, -1, -1)
    most = max((counts[day] for day in days), default=0)
    columns = []
    for place, day in enumerate(days):
        height = 120 * counts[day] / most if most else 0
        label = f"{(now - timedelta(days=day)):%Y-%m-%d}: {counted(counts[day], 'post')}"
        columns.append(_bar(place * 12, 130 - height, 9, height, label))
    texts = [_label(0, 148, f"{(now - timedelta(days=DAYS - 1)):%d %b}")]
    texts.append(_label((DAYS - 4) * 12, 148, f"{now:%d %b}"))
    what = f"A chart of the posts of each of the last {DAYS} days, {most} at most"
    return _svg(DAYS * 12, 155, what, [*columns, *texts])


def _failures(rows: Sequence[Row], now: datetime) -> str:
    """Return a list of the failing sources, with times."""
    if not rows:
        return "<p>Nothing fails.</p>"
    items = []
    for row in rows:
        since = short(now - (row.state.failing_since or now))
        words = f"{row.title}: {row.state.failure} ({since}, {row.state.consecutive} times)"
        items.append(f"<li>{escape(words)}</li>\n")
    return f"<ul>\n{''.join(items)}</ul>"


def _gaps(dates: Iterable[datetime]) -> str:
    """Return a chart of the time between one post and the next, of all sources together."""
    ordered = sorted(dates)
    counts = Counter[str]()
    for earlier, later in pairwise(ordered):
        hours = (later - earlier) / timedelta(hours=1)
        counts[next((word for most, word in _HOURS if hours <= most), "more")] += 1
    bars = []
    for _, word in _HOURS:
        bars.append((f"up to {word}", counts[word], ""))
    bars.append(("more", counts["more"], ""))
    return _bars(bars, "A chart of the hours between one post and the next")


def _bars(bars: Sequence[tuple[str, int, str]], what: str) -> str:
    most = max((count for _, count, _ in bars), default=0)
    shapes = []
    for place, (name, count, note) in enumerate(bars):
        width = 400 * count / most if most else 0
        top = place * 22
        shapes.append(_label(0, top + 14, shortened(name, 32)))
        shapes.append(_bar(230, top + 2, width, 16, f"{name}: {count}"))
        shapes.append(_label(236 + width, top + 14, note or str(count)))
    return _svg(700, max(len(bars), 1) * 22, what, shapes)


def _svg(width: int, height: int, what: str, shapes: Sequence[str]) -> str:
    inside = "\n".join(shapes)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(what)}">\n{inside}\n</svg>'
    )


def _bar(x: float, y: float, width: float, height: float, label: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(label)}</title></rect>"
    )


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'
