"""Header fields of a feed -> its source's wishes on the use of its posts; many wishes -> one.

The rules, their sources and the places to which each wish is carried stand in docs/formats.md. A
field speaks of the feed that it comes with. Wishes on the use of content go on with the posts;
those on the listing of a document (`noindex`) concern the feed's own file and stay with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from syndicator import urls
from syndicator.model.feed import Wishes

# One preference of AIPREF: a structured dictionary's member whose value is the token y or n.
_USAGE = re.compile(r"([a-z*][a-z0-9_.*-]{0,40})\s*=\s*([yn])\s*(?:;.*)?")
_SIGNAL = re.compile(r"(search|ai-input|ai-train)\s*=\s*(yes|no)")
# Rules of X-Robots-Tag on the use of content, for all robots. "googlebot: noai" is for one.
_USE_RULES = ("noai", "noimageai")
# One link of a Link field (RFC 8288); no more than is read of it, and linear: no nested repeat.
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_RSL = re.compile(r"""type\s*=\s*["']?application/rsl\+xml""", re.IGNORECASE)
_LICENSE = re.compile(r"""rel\s*=\s*(?:license\b|["'][^"']*\blicense\b)""", re.IGNORECASE)
_MOST = 10  # preferences of one field


def of_headers(headers: Mapping[str, str], base: str) -> Wishes:
    """Return the wishes that the header fields of a response state.

    Names of fields are in lower case; `base` is the address that answered.

    >>> of_headers({"content-usage": "train-ai=n, search=y", "tdm-reservation": "1"}, "")
    Wishes(usage=('search=y', 'train-ai=n'), signals=(), robots=(), tdm=True, tdm_policy='', rsl='')
    """
    is_reserved = headers.get("tdm-reservation", "").strip() == "1"
    policy = urls.web(headers.get("tdm-policy", "").strip(), base) if is_reserved else ""
    robots = {rule.strip().lower() for rule in headers.get("x-robots-tag", "").split(",")}
    return Wishes(
        usage=_preferences(_USAGE, headers.get("content-usage", "")),
        signals=_preferences(_SIGNAL, headers.get("content-signal", "")),
        robots=tuple(rule for rule in _USE_RULES if rule in robots),
        tdm=is_reserved,
        tdm_policy=policy,
        rsl=_rsl(headers.get("link", ""), base),
    )


def _preferences(pattern: re.Pattern[str], field: str) -> tuple[str, ...]:
    """Return the preferences of a field, sorted; a member of another form says nothing."""
    preferences = set()
    for part in field.split(",")[:_MOST]:
        if member := pattern.fullmatch(part.strip().lower()):
            preferences.add(f"{member[1]}={member[2]}")
    return tuple(sorted(preferences))


def _rsl(field: str, base: str) -> str:
    """Return the address of an RSL licence in a Link field, "" for none."""
    for link in _LINK.finditer(field):
        if _RSL.search(link[2]) and _LICENSE.search(link[2]):
            return urls.web(link[1].strip(), base)
    return ""


def strictest(wishes: Iterable[Wishes]) -> Wishes:
    """Return the wishes of a document with posts of all these sources.

    A use that one source refuses is refused; it is granted only if all grant it. A policy for
    mining stands where all that reserve it name the same one. No licence stands there: one of RSL
    speaks for its own origin alone.

    >>> strictest([Wishes(usage=("train-ai=n",)), Wishes(usage=("search=y", "train-ai=y"))]).usage
    ('train-ai=n',)
    """
    several = list(wishes)
    policies, robots = set[str](), set[str]()
    for stated in several:
        robots.update(stated.robots)
        if stated.tdm:
            policies.add(stated.tdm_policy)
    return Wishes(
        usage=_agreed([wishes.usage for wishes in several], "n"),
        signals=_agreed([wishes.signals for wishes in several], "no"),
        robots=tuple(rule for rule in _USE_RULES if rule in robots),
        tdm=bool(policies),
        tdm_policy=policies.pop() if len(policies) == 1 else "",
    )


def _agreed(several: list[tuple[str, ...]], refusal: str) -> tuple[str, ...]:
    """Return the preferences that one source refuses, or that all state alike."""
    said = set[str]().union(*several)
    refused = {use for use in said if use.endswith(f"={refusal}")}
    return tuple(sorted(refused | said.intersection(*several)))


def in_words(wishes: Wishes) -> Iterator[str]:
    """Yield the wishes for a person, each with the name of its field."""
    for name, preferences in (
        ("Content-Usage", wishes.usage),
        ("Content-Signal", wishes.signals),
        ("X-Robots-Tag", wishes.robots),
    ):
        if preferences:
            yield f"{name}: {', '.join(preferences)}"
    if wishes.tdm:
        yield " ".join(["TDM-Reservation: 1", *filter(None, [wishes.tdm_policy])])
    if wishes.rsl:
        yield f"RSL licence: {wishes.rsl}"
