"""What a run pays for before it asks anything."""

import subprocess
import sys

LOOK = """
import sys
from syndicator import fetcher, status
from syndicator import schedule
{work}
heavy = {{"requests", "urllib3", "ssl", "email", "http", "lxml", "socket"}}
print(*sorted(heavy & set(sys.modules)))
"""


NOTHING = """
import threading
from syndicator.model.settings import FetchSettings
assert list(fetcher.fetch_all([], FetchSettings(), threading.Event())) == []
"""


def loaded(work: str) -> str:
    """Return which of the heavy libraries a fresh interpreter has after this work."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(work=work)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_run_with_nothing_due_imports_no_network():
    """The schedule and the words for cron are light; the door of the fetcher opens without its
    machinery.
    """
    assert loaded("") == ""
    assert loaded(NOTHING) == ""


def test_the_first_ask_does():
    """Or the test above could not fail."""
    assert "ssl" in loaded("import syndicator.fetcher.pool")


def test_asks_of_plain_addresses_need_no_requests():
    """The library serves odd addresses, proxies and pings of hubs; it takes 50 ms to import."""
    assert "requests" not in loaded("import syndicator.fetcher.pool")
