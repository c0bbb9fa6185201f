"""Settings and the language of a post -> the wording of our own credit line, kept for ever with the post."""

from __future__ import annotations

from syndicator import languages
from syndicator.model.post import Attribution
from syndicator.model.settings import AttributionSettings


def choose(
    settings: AttributionSettings, language: str, *, titled: bool, fallback: str = "en"
) -> Attribution | None:
    """Return the wording of a post's credit line, None where attribution is off.

    `language` is the post's. `fallback` is our feed's, for languages without a wording. The operator's own text
    holds for all languages; one that names the post gives way to our short form where there is no title.
    """
    if not settings.enabled:
        return None
    if settings.text and (titled or "{post}" not in settings.text):
        return Attribution(settings.text)
    tag = languages.nearest(language, fallback)
    return Attribution(languages.label(tag, "titled" if titled else "untitled"), tag)
