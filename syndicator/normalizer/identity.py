"""Identity, the door: `keys` by which a post is known again, its `meaning`, and `decide`, which judges by both.

One post keeps one id for ever, whatever its source does to guids, links, hosts and bodies. All of it is pure;
what was stored comes as KnownPost.

Keys and meaning depend on all that the parser and the normalizer do. VERSION numbers these rules. Stored posts
of another number are compared leniently (`older`), so that a better rule is no update of old posts. A change
that moves the hashes in tests/cases/golden raises VERSION by one; tests/test_golden.py says how.
"""

from __future__ import annotations

from syndicator.normalizer.keys import Repeated, keys, repeated_addresses
from syndicator.normalizer.meaning import meaning
from syndicator.normalizer.verdict import decide

__all__ = ["VERSION", "Repeated", "decide", "keys", "meaning", "repeated_addresses"]

VERSION = 1  # of the rules that make keys and meaning
