"""Rows of `posts` and `bodies` <-> Post, KnownPost. The compact forms that the big tables keep."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

from syndicator.errors import StoreError
from syndicator.model.feed import Origin
from syndicator.model.post import Keys, KnownPost, Post
from syndicator.store import codec

# Every key but the sketch and the instant, in the order in which `keys` holds them.
_DIGESTS = (
    "guid", "loose_guid", "path_guid", "link", "loose_link", "path_link", "title", "text", "origin",
)  # fmt: skip
_NONE = "0" * 16
_HEAD = 8 * len(_DIGESTS)

# Other columns hold these, or nobody asks for them again.
_ELSEWHERE = frozenset(
    ["keys", "content_hash", "identity_version", "guid", "content_html", "text", "fingerprint", "notes",
     "source_id", "comment_count"]
)  # fmt: skip
# The fields that first publication freezes.
CREDIT = ("origin", "origin_link", "via", "republished", "language", "attribution")

# With one parameter: the version of today's rules. A text is read only of a post of other rules.
KNOWN = """p.number, s.id, p.keys, p.meaning, p.title, p.link, p.site, p.republished, p.first_seen,
    p.withdrawn, p.copy_of, p.public_id IS NOT NULL, p.identity_version,
    CASE WHEN p.identity_version <> ? AND p.purged = 0
    THEN (SELECT text FROM bodies WHERE post = p.number) END"""


def pack_keys(keys: Keys) -> bytes:
    """Return nine digests of eight bytes, the instant as a double (NaN: none), then the sketch.

    Each number of the sketch takes four bytes.
    """
    digests = "".join([getattr(keys, name) or _NONE for name in _DIGESTS])
    instant = math.nan if keys.instant is None else keys.instant.timestamp()
    return bytes.fromhex(digests) + struct.pack(f"<d{len(keys.sketch)}I", instant, *keys.sketch)


def unpack_keys(blob: bytes) -> Keys:
    """Return the keys from their packed form. Raises StoreError for a blob that is none."""
    try:
        text = blob[:_HEAD].hex()
        instant, *sketch = struct.unpack_from(f"<d{(len(blob) - _HEAD - 8) // 4}I", blob, _HEAD)
    except (struct.error, AttributeError, TypeError) as error:
        raise StoreError(
            f"the state file is damaged: a post has no keys ({error}); put a copy of it "
            "from a backup in its place, or move it away to start anew"
        ) from error
    digests = [text[start : start + 16] for start in range(0, len(text), 16)]
    named = zip(_DIGESTS, digests, strict=True)
    return Keys(
        **{name: value if value != _NONE else "" for name, value in named},
        sketch=tuple(sketch),
        instant=None if math.isnan(instant) else codec.moment(instant),
    )


def known(row: Sequence[Any]) -> KnownPost:
    """Return a KnownPost from the columns of KNOWN."""
    (
        number, source_id, keys, content_hash, title, link, site, republished, first_seen, withdrawn,
        copy_of, published, identity_version, text,
    ) = row  # fmt: skip
    return KnownPost(
        number=number,
        source_id=source_id,
        keys=unpack_keys(keys),
        content_hash=content_hash,
        title=title,
        link=link,
        origin=Origin(url=site),
        republished=bool(republished),
        first_seen=codec.moment(first_seen),
        withdrawn=bool(withdrawn),
        copy_of=copy_of,
        published=bool(published),
        identity_version=identity_version,
        text=text,
    )


def body(post: Post) -> tuple[str, str, str, str, str]:
    """Return guid, credit, rest, content and text, as `bodies` holds them."""
    fields = codec.fields_of(post, _ELSEWHERE)
    credit = {name: fields.pop(name) for name in CREDIT if name in fields}
    return post.guid, codec.encode(credit), codec.encode(fields), post.content_html, post.text


# The columns that `post` is made of; `bodies` b, `frozen` f, `posts` p, `sources` s.
WHOLE = """s.id, p.keys, p.meaning, p.identity_version, p.comments, b.guid,
    coalesce(f.credit, b.credit), b.rest, b.content, b.text"""


def post(row: Sequence[Any]) -> Post:
    """Return a whole Post from the columns of WHOLE; without keys where they were not asked for."""
    source_id, keys, content_hash, version, comments, guid, credit, rest, content, text = row
    return Post(
        **codec.read_fields(Post, rest),
        **codec.read_fields(Post, credit),
        source_id=source_id,
        keys=Keys() if keys is None else unpack_keys(keys),
        content_hash=content_hash,
        identity_version=version,
        comment_count=comments,
        guid=guid,
        content_html=content,
        text=text,
    )
