"""Credits: `strip` takes them out of a text, `decide` finds the origin, `choose` words our line."""

from __future__ import annotations

from syndicator.normalizer.attribution.origin import Decision, decide
from syndicator.normalizer.attribution.own_line import choose
from syndicator.normalizer.attribution.stripping import strip

__all__ = ["Decision", "choose", "decide", "strip"]
