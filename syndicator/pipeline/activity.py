"""The page of charts: made of the store, for `status --html` and for `[feed] activity`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from syndicator import activity, status
from syndicator.formats import file_name
from syndicator.generator.site.paths import CHARTS
from syndicator.generator.site.theme import Theme
from syndicator.model.settings import Config
from syndicator.store import Store
from syndicator.whole_files import write_text


def write(config: Config, path: Path, now: datetime, *, public: bool = False) -> None:
    """Write the page to a file. `public` leaves out the sources that are not published.

    Raises StoreError, PublishError.
    """
    feed = config.feeds[0]
    sources = [source for source in config.sources if not public or source.publish]
    ids = {source.id for source in sources}
    rows, times = status.read(sources, {}, now), []
    if config.state.exists():
        with Store(config.state, read_only=True) as store:
            rows = status.read(sources, store.sources.states(), now, store.sources.facts())
            times = store.posts.times(now - timedelta(days=activity.DAYS), now)
    style = Theme(feed.templates, feed.language, feed.accent).style.body.decode("utf-8", "replace")
    shown = [(source, date) for source, date in times if source in ids]
    home = ""
    if public and "html" in feed.formats:
        home = file_name(feed, "html")
    write_text(path, activity.page(feed.title, rows, shown, style, now, home))


def publish(config: Config, now: datetime) -> None:
    """Publish the page, or take it away if it is wanted no more."""
    path = config.feeds[0].output / CHARTS
    if config.activity:
        write(config, path, now, public=True)
    elif path.is_file() and activity.MARK in path.read_text("utf-8", "replace")[:400]:
        path.unlink()
