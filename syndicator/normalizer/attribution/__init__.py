"""Credits: `strip` takes them out of a text, `decide` finds the origin, `choose` words our line."""

from __future__ import annotations

from syndicator import languages
from syndicator.model.post import Attribution
from syndicator.model.settings import AttributionSettings
from syndicator.normalizer.attribution.origin import Decision, decide
from syndicator.normalizer.attribution.stripping import strip

__all__ = ["Decision", "choose", "decide", "strip"]


def choose(
    settings: AttributionSettings,
    language: str,
    *,
    titled: bool,
    authored: bool = True,
    fallback: str = "en",
) -> Attribution | None:
    """Return the wording of our credit line, kept with the post; None with attribution off.

    `language` is the post's. `fallback` is our feed's, for languages without a wording. The
    operator's own text holds for all languages. It gives way to our wording where it names what the
    post has not: a title, an author.
    """
    if not settings.enabled:
        return None
    lacks_title = not titled and "{post}" in settings.text
    lacks_author = not authored and "{author}" in settings.text
    if settings.text and not lacks_title and not lacks_author:
        return Attribution(settings.text)
    tag = languages.nearest(language, fallback)
    return Attribution(languages.label(tag, "titled" if titled else "untitled"), tag)
