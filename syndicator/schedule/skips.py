"""RSS skipHours and skipDays (Hints), a moment -> the next moment that is not skipped. Pure.

Both are in GMT (RSS 2.0, "skipHours": 0 to 23; some write 24 for midnight).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicator.model.fetch import Hints

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR = timedelta(hours=1)


def skipped(moment: datetime, hints: Hints) -> bool:
    """Tell whether the feed asks not to be read at this moment (an aware UTC datetime).

    >>> from datetime import UTC
    >>> skipped(datetime(2024, 5, 4, 23, tzinfo=UTC), Hints(skip_days=("Saturday",)))
    True
    """
    if not hints.skip_hours and not hints.skip_days:
        return False
    by_hour = moment.hour in {hour % 24 for hour in hints.skip_hours}
    return by_hour or _DAYS[moment.weekday()] in {day.strip().lower() for day in hints.skip_days}


def out_of_skipped(due: datetime, hints: Hints, latest: datetime) -> datetime:
    """Return `due` or the first full hour after it that is not skipped, at most `latest`.

    >>> from datetime import UTC
    >>> noon = datetime(2024, 5, 4, 12, 30, tzinfo=UTC)
    >>> str(out_of_skipped(noon, Hints(skip_hours=(12,)), latest=noon + 24 * _HOUR))
    '2024-05-04 13:00:00+00:00'
    """
    moment = due
    while moment < latest and skipped(moment, hints):
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
    return min(moment, latest)
