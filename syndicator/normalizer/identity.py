"""Identity, the door: `keys` by which a post is known again, its `meaning`, and `decide`, which judges by both.

One post keeps one id for ever, whatever its source does to guids, links, hosts and bodies. All of it is pure;
what was stored comes as KnownPost.
"""

from __future__ import annotations

from syndicator.normalizer.keys import keys
from syndicator.normalizer.meaning import meaning
from syndicator.normalizer.verdict import decide

__all__ = ["decide", "keys", "meaning"]
