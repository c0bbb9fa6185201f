"""The name of a time zone -> its days and hours, by the system's database (IANA's tz)."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import UTC, datetime, tzinfo
from functools import cache

DEFAULT = "UTC"
# What the database's folder holds besides: this machine's own zone, which is another elsewhere, and
# variants of all.
_OF_NO_PLACE = re.compile(r"localtime$|posixrules$|posix/|right/|Factory$")


@cache
def zone(name: str) -> tzinfo:
    """Return a time zone. Raises LookupError for an unknown name, or without a database.

    >>> zone("UTC")
    datetime.timezone.utc
    """
    if name == DEFAULT:  # needs no database
        return UTC
    if _OF_NO_PLACE.match(name):
        raise LookupError(name)
    from zoneinfo import ZoneInfo  # 3 ms to import: only who asks for a zone pays

    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:  # a path that leads elsewhere, a folder such as "Asia"
        raise LookupError(name) from error


def known() -> Set[str]:
    """Return the names of all time zones; none if the system has no database."""
    from zoneinfo import available_timezones  # as above

    return available_timezones()


def local(moment: datetime, name: str) -> datetime:
    """Return a moment, given in UTC, as the clocks of a zone show it.

    >>> local(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "Asia/Ho_Chi_Minh").isoformat()
    '2026-11-24T06:30:00+07:00'
    """
    if name == DEFAULT:
        return moment
    try:
        return moment.astimezone(zone(name))
    except OverflowError:  # the last hours of the year 9999, which a source's future may be
        return moment
