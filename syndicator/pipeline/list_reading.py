"""The body of a followed list -> its `[[sources]]` tables. Imported only for a list that changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from syndicator.errors import UsageError
from syndicator.fetcher.addresses import literal_reach
from syndicator.importers.lists import DAMAGED, read
from syndicator.importers.subscription import values
from syndicator.model.settings import Reach
from syndicator.parser.encodings import to_utf8


def tables(body: bytes, name: str, reach: Reach) -> list[dict[str, Any]]:
    """Return a table for each source of a list that lies in the network `reach`.

    An entry may name no file of this machine, and no address of our own network unless the list
    lies there too; "" is a file of the operator's own. Raises UsageError for what is no list, or is
    not whole.
    """
    feeds, remarks = read(to_utf8(body)[0].decode(), name)
    for remark in remarks:
        if remark.startswith(DAMAGED):
            raise UsageError(remark)
    allowed = {"", "public", reach} if reach else {"", "public", "private", "loopback"}
    told = []
    for feed in feeds:
        is_address = "://" in feed.url
        if is_address and literal_reach(urlsplit(feed.url).hostname or "") in allowed:
            # The address is the id: a list may rename a source.
            told.append({"id": feed.url, **values(feed)})
    return told
