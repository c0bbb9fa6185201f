"""Words -> their language, by a detector. docs/decisions/0078 compares the detectors.

CLD2 has no wheels for CPython 3.14 and later, nor for Linux on ARM. There py3langid is installed
instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Per cent of a text that must be in its language; a text in its own script is full of foreign
# names.
_FOREIGN_SHARE, _LATIN_SHARE, _NEARLY_ALL = 40, 70, 90
_SHORTEST = 20  # characters; py3langid is sure of a word or two
_SURE = 0.5  # py3langid's probability: at half it is wrong no more often than CLD2, and unsure more often


def detect(sample: str, *, foreign: bool) -> str:
    """Return the code of a text's language, "" if no detector is sure.

    `sample` has no addresses, hashtags, controls or surrogates. `foreign` means that it is written
    in a script other than Latin or Vietnamese.

    >>> detect("Le gouvernement a annoncé hier de nouvelles mesures pour la santé", foreign=False)
    'fr'
    """
    detector = _detector()
    return detector(sample, foreign) if detector else ""


@lru_cache(maxsize=1)
def _detector() -> Callable[[str, bool], str] | None:
    """Return the detector that is installed: CLD2 before py3langid, None if a distribution left out both."""
    if find_spec("pycld2"):
        return by_cld2
    return by_langid if find_spec("py3langid") else None


def by_cld2(sample: str, foreign: bool) -> str:
    """Return the language by CLD2, "" if it is unsure."""
    import pycld2  # its tables take 4 ms; a source that declares its language never needs them

    try:
        sure, _, languages = pycld2.detect(sample, isPlainText=True)
        if not sure and foreign:  # a headline in Russian is still no English
            _, _, languages = pycld2.detect(sample, isPlainText=True, bestEffort=True)
            sure = languages[0][2] >= _NEARLY_ALL
    except (pycld2.error, UnicodeError):
        return ""
    _, code, share, _ = languages[0]
    needed = _FOREIGN_SHARE if foreign else _LATIN_SHARE
    return str(code) if sure and share >= needed else ""


def by_langid(sample: str, foreign: bool) -> str:
    """Return the language by py3langid, "" if it is unsure.

    >>> by_langid("Le gouvernement a annoncé hier de nouvelles mesures pour la santé", False)
    'fr'
    """
    if len(sample.strip()) < _SHORTEST:
        return ""
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= _SURE else ""


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    # The import takes half a second: only where CLD2 is missing and a text has no language.
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
