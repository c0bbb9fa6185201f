"""Fetch sources into the store, and build the feeds from it."""

from __future__ import annotations

from syndicator.pipeline.build import build
from syndicator.pipeline.run import run, states, withdraw
from syndicator.pipeline.update import update

__all__ = ["build", "run", "states", "update", "withdraw"]
