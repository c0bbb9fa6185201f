"""Take posts out of everything published, for good; and back again, within a day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from syndicator import slugs
from syndicator.errors import UsageError
from syndicator.lock import run_lock
from syndicator.model.run import Options
from syndicator.model.settings import Config
from syndicator.pipeline.build import build
from syndicator.store import Store
from syndicator.store.retention import By
from syndicator.urls import redacted

Choice = Literal["post"] | By


def withdraw(
    config: Config, value: str, now: datetime | None = None, *, by: Choice = "post"
) -> int:
    """Remove posts from everything published, for good; return how many.

    By "post", `value` is its id, its link or the address of its page on our site. Else it is the id
    of a source, the name or mail address of an author, or an address with `*` in it. Posts to come
    are not concerned. Raises UsageError if no such post is known, LockHeld, StoreError,
    PublishError.
    """
    now = now or datetime.now(UTC)
    if by == "pattern" and not value.partition("://")[2].strip("*/"):
        raise UsageError(
            f"{value!r} would be every post: begin it as in https://example.org/2019/*"
        )
    with run_lock(config.state), Store(config.state) as store:
        count = _withdrawn(store, value, now, by)
        if not count and by == "post":
            raise UsageError(f"no stored post has the id or address {redacted(value)!r}")
        if not count:
            chosen = f"{by} {redacted(value)!r}"
            raise UsageError(f"no post is left to withdraw that has the {chosen}")
        build(config, store, Options(offline=True), now)
    return count


def undo_withdrawal(
    config: Config, value: str, now: datetime | None = None, *, by: Choice = "post"
) -> int:
    """Take back a withdrawal of the last day; return how many posts came back.

    The arguments are those of `withdraw`. Raises UsageError if there was none, and the others.
    """
    now = now or datetime.now(UTC)
    with run_lock(config.state), Store(config.state) as store:
        undo = store.retention.undo
        count = undo(_name(value, by), now)
        if by == "post" and not count:
            count = undo(_id_by_page(store, value), now)
        if not count:
            raise UsageError(
                f"there was no withdrawal of the {by} {redacted(value)!r} within the last day"
            )
        build(config, store, Options(offline=True), now)
    return count


def _withdrawn(store: Store, value: str, now: datetime, by: Choice) -> int:
    """Withdraw in the store; return the number of posts."""
    withdraw_one = store.retention.withdraw
    if by == "post":
        return int(withdraw_one(value, now) or withdraw_one(_id_by_page(store, value), now))
    numbers = store.retention.chosen(by, value)
    if numbers:
        store.retention.withdraw_posts(numbers, _name(value, by), now)
    return len(numbers)


def _name(value: str, by: Choice) -> str:
    """Return the name under which a withdrawal is kept until it can't be taken back."""
    return value if by == "post" else f"{by} {value}"


def _id_by_page(store: Store, address: str) -> str:
    """Return the public id of the post with a page of this address, "" for none.

    The name of a page ends in a hash of the id, so the ids are tried one after another.
    """
    from syndicator.generator.site import PostPaths, post_path  # loads the templates

    name = "posts/" + address.partition("#")[0].partition("?")[0].rpartition("/posts/")[2]
    paths = PostPaths(store.posts.slugs)
    end = name.removesuffix(".html").replace("/", "-").rpartition("-")[2]
    for public_id in store.posts.public_ids():
        is_likely = slugs.mark(public_id) == end or post_path(public_id) == name
        if is_likely and paths.path(public_id) == name:
            return public_id
    return ""
