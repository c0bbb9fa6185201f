"""Identity: `keys` know a post again, `content_hash` tells an update, `decide` judges by both.

A post keeps one id for ever, whatever its source does to guids, links, hosts and bodies. All of
this is pure; stored posts come as KnownPost.

Keys and hash depend on all that the parser and the normalizer do. VERSION numbers these rules.
Stored posts of another number are compared leniently (`rule_changes`), so that a better rule is no update
of old posts. A change that moves the hashes in tests/cases/golden raises VERSION by one;
tests/test_golden.py says how.
"""

from __future__ import annotations

from syndicator.normalizer.identity.content_hash import content_hash
from syndicator.normalizer.identity.keys import Repeated, keys, repeated_addresses
from syndicator.normalizer.identity.match import decide

__all__ = ["VERSION", "Repeated", "content_hash", "decide", "keys", "repeated_addresses"]

VERSION = 5  # of the rules that make keys and content_hash
