"""A key of feeds.toml -> where it may stand: for complaints of one that stands elsewhere.

Written out, for what reads a table learns its keys only while it reads; a test holds the two to each other.
"""

from __future__ import annotations

# How the tables of the top level are written.
HEADS = {
    "feed": "[feed]",
    "feeds": "[[feeds]]",
    "fetch": "[fetch]",
    "attribution": "[attribution]",
    "related": "[related]",
    "sources": "[[sources]]",
}
_OF_ANY_FEED = """
    title link contact description language timezone output formats names limit stay sources tags languages filter
    hub archives gzip pages index templates podcast related_on_pages
"""
_KEYS = {
    "at the top level": " ".join(HEADS),
    "in [feed]": f"{_OF_ANY_FEED} state id per_source per_language keep join",
    "in [[feeds]]": f"{_OF_ANY_FEED} name",
    "in [fetch]": """
        interval max_interval timeout jobs per_host delay max_bytes max_decoded_bytes backoff_scope
        alert_after alert_runs
    """,
    "in [[sources]]": """
        url name id tags language interval timeout backoff_scope join limit headers auth private publish republish
        content images future filter attribution related
    """,
    "in an `attribution` table": "enabled text",
    "in a `related` table": "scope limit heading copies",
    "in a `filter` table": "max_age newest include exclude",
    "in `include` and `exclude` of a filter": "category title author text",
    "in `auth` of a source": "user password",
}
KEYS = {place: frozenset(words.split()) for place, words in _KEYS.items()}


def elsewhere(key: str) -> str:
    """Say where a key may stand that is not known where it does; "" where it is known nowhere.

    >>> elsewhere("state"), elsewhere("interval"), elsewhere("titel")
    ('may be set in [feed] only', 'may be set in [fetch] and in [[sources]] only', '')
    """
    *places, last = [place for place, keys in KEYS.items() if key in keys] or [""]
    if places:
        last = f"{', '.join(places)} and {last}"
    return f"may be set {last} only" if last else ""
