"""Fetch sources into the store, and build the feeds from it."""

from __future__ import annotations

from syndicator.pipeline.build import build
from syndicator.pipeline.run import run, states
from syndicator.pipeline.update import update
from syndicator.pipeline.withdrawing import withdraw

__all__ = ["build", "run", "states", "update", "withdraw"]
