"""(Post, Corpus) -> the lists of related posts under it, chosen once, from what is known at that time.

    index = Index(corpus)
    index.add(number, post)       each new or updated post, in the transaction that stores it
    index.flush()                 once after an update: makes what was added findable
    index.choose(number, post, settings)

numpy does the arithmetic. It takes 80 ms to import, so a run imports this room only where there are new posts.
"""

from __future__ import annotations

import os

# Before numpy is imported: threads for matrices that we never multiply cost 40 ms of CPU to start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from syndicator.related.index import Index

__all__ = ["Index"]
