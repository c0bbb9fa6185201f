"""Edition -> Documents for people: index, posts, sources, older posts, a fragment.

A page's content is digested before the page is made. A page with the digest that it was last
published with is not made again, so neither a new version nor a new template rewrites published
pages unasked. Restless facts (popular posts, links between posts, numbers of comments) stay out of
the digest: they are refreshed when something else changes.
"""

from __future__ import annotations

from syndicator.generator.site.builder import SiteBuilder
from syndicator.generator.site.history import Spans
from syndicator.generator.site.outdated import outdated_pages
from syndicator.generator.site.paths import (
    POSTS,
    PostPaths,
    Slugs,
    face_path,
    post_path,
    source_path,
)

__all__ = [
    "POSTS",
    "PostPaths",
    "SiteBuilder",
    "Slugs",
    "Spans",
    "face_path",
    "outdated_pages",
    "post_path",
    "source_path",
]
