"""Published pages -> those that no other page of their site leads to."""

from __future__ import annotations

import posixpath
import re
from html import unescape
from urllib.parse import unquote

from syndicator.formats import file_name
from syndicator.model.settings import Feed

# The address of a link without its query and fragment; no address of another site, which has a
# colon or begins with a slash. Never more than one tag.
_LINK = re.compile(rb'<a [^<>]*?href="([^"#?:/][^"#?:]*)')


class PageLinks:
    """The pages of a feed's folder and the links between them, collected page by page."""

    def __init__(self, feed: Feed) -> None:
        # People come to the first page by its address; other sites include the fragment.
        self._linked = {file_name(feed, "html"), file_name(feed, "fragment")}
        self._pages: list[str] = []

    def add(self, path: str, body: bytes) -> None:
        """Add a page by its path below the folder."""
        self._pages.append(path)
        folder = posixpath.dirname(path)
        for address in set(_LINK.findall(body)):
            target = unquote(unescape(address.decode("utf-8", "replace")))
            target = posixpath.normpath(posixpath.join(folder, target))
            if target != path:
                self._linked.add(target)

    def leads_to(self, path: str) -> bool:
        """Tell whether a page has a link to this path below the folder."""
        return path in self._linked

    def unlinked(self) -> list[str]:
        """Return the pages that no other page leads to."""
        return [path for path in self._pages if path not in self._linked]
