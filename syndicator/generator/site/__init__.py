"""Edition -> Documents for people: the index, a page a post, a page a source, older posts, the sources, a fragment.

What a page says is digested before it is made. A page whose digest is the one it was last published with is not
made again, so neither a new version nor a new template rewrites what was published unasked. Restless things
(popular posts, links between posts) stay out of the digest: they are refreshed when something else changes. So are
the numbers of comments, since an edition is only looked at then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from syndicator.generator.site.builder import Press
from syndicator.generator.site.paths import POSTS, post_path, source_path
from syndicator.model.edition import Archive, Document, Edition, Item

__all__ = ["POSTS", "Site", "post_path", "source_path"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Site:
    """The pages of one edition whose digest is not the known one; to be asked for in this order, lists last.

    `known` maps the path of a page to the digest of its last published Document; only `get` is called on it. Leave
    out a path whose file is gone, and it is made again. `rerender` makes every page again (a new template is to be
    seen at once). Nothing is yielded unless the feed's formats name "html" or "fragment". `pages = "none"` leaves
    the pages of single posts out. Ranks: 0 for posts and what they need, 1 for the lists that link to them.
    """

    def __init__(
        self, edition: Edition, known: Mapping[str, str] = _NOTHING, *, rerender: bool = False
    ) -> None:
        self._formats = edition.feed.formats
        self._press = Press(edition, known, rerender)

    @property
    def has_posts(self) -> bool:
        """Whether posts have pages of their own."""
        return self._press.has_posts

    def posts(self, items: Iterable[Item]) -> Iterator[Document]:
        """Yield the pages of posts.

        What came in with the first run and never stood in the documents has none: it is linked to at its source.
        """
        return self._press.posts(item for item in items if item.shown)

    def archive(self, archive: Archive) -> Iterator[Document]:
        """Yield the page of a closed archive that may have changed since it was published, and those of its posts."""
        return self._press.older(archive) if "html" in self._formats else iter(())

    def lists(self) -> Iterator[Document]:
        """Yield the pages of sources, the index and the fragment."""
        if "html" in self._formats:
            yield from self._press.lists()
        if "fragment" in self._formats:
            yield from self._press.fragment()
