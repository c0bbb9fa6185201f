"""Programs that read feeds, by system, in the order of the alphabet. Data only."""

from __future__ import annotations

# The names of systems are the same in all languages. Each program is maintained, and opens any
# feed.
READERS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Android",
        (
            ("Capy Reader", "https://capyreader.com/"),
            ("Feeder", "https://github.com/spacecowboy/Feeder"),
        ),
    ),
    (
        "iPhone, iPad, Mac",
        (
            ("NetNewsWire", "https://netnewswire.com/"),
            ("Reeder Classic", "https://reederapp.com/classic/"),
        ),
    ),
    (
        "Linux, Windows, Mac",
        (
            ("Fluent Reader", "https://hyliu.me/fluent-reader/"),
            ("RSS Guard", "https://github.com/martinrotter/rssguard"),
            ("Thunderbird", "https://www.thunderbird.net/"),
        ),
    ),
    (
        "Web",
        (
            ("Feedbin", "https://feedbin.com/"),
            ("FreshRSS", "https://freshrss.org/"),
            ("Inoreader", "https://www.inoreader.com/"),
            ("Miniflux", "https://miniflux.app/"),
        ),
    ),
)
