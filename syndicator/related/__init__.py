"""Choose the lists of related posts under a post.

    index = Index(store.terms)
    index.add(posts)                the new and updated posts, in the transaction that stores them
    index.flush()                   once after an update: the added posts can be found from then on
    index.choose(number, post, settings)

A list is chosen once, from the posts known at that time. numpy does the arithmetic; it takes 80 ms
to import, so a run imports this package only if there are new posts.
"""

from __future__ import annotations

import os

# Before numpy is imported: threads for matrix products, which are not used, cost 40 ms to start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from syndicator.related.index import Index

__all__ = ["Index"]
