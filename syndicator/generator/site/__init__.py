"""Edition -> Documents for people: the index, a page a post, a page a source, older posts, the sources, a fragment.

What a page says is digested before it is made. A page whose digest is the one it was last published with is not
made again, so neither a new version nor a new template rewrites what was published unasked. Restless things
(comment counts, popular posts) stay out of the digest: they are refreshed when something else changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from syndicator.generator.site.links import archive_path, post_path, source_path
from syndicator.generator.site.press import Press
from syndicator.model.edition import Archive, Document, Edition

__all__ = ["archive_path", "pages", "post_path", "source_path"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


def pages(
    edition: Edition,
    *,
    archives: Iterable[Archive] = (),
    known: Mapping[str, str] = _NOTHING,
    rerender: bool = False,
) -> Iterator[Document]:
    """Yield the pages of this edition whose digest is not the known one, those that others link to first.

    `archives` are the closed archives
    that may have changed since they were published (a new one and the one before it; one with a withdrawn post);
    their pages and the pages of their posts are made like the others. `known` maps the path of a page to the
    digest of its last published Document; only `get` is called on it. Leave out a path whose file is gone, and it
    is made again. `rerender` makes every page again (a new template is to be seen at once).

    Nothing is yielded unless the feed's formats name "html" or "fragment". `pages = "none"` leaves the pages of
    single posts out. Ranks: 0 for posts and what they need, 1 for the lists that link to them.
    """
    press = Press(edition, known, rerender)
    if "html" in edition.feed.formats:
        yield from press.site(archives)
    if "fragment" in edition.feed.formats:
        yield from press.fragment()
