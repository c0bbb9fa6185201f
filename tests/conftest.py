"""What all tests share: nothing of the machine's own settings reaches them, and none skips
unseen.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from loopback import Site

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
SLOW = {"slow", "captured", "browser", "readers", "bench", "machine"}
SHARED = Path(__file__).parents[2] / "shared"  # where captured feeds lie, if anywhere
MAY_SKIP = {"machine"} if SHARED.is_dir() else {"machine", "captured"}
NOTHING_MAY_SKIP = os.environ.get("SYNDICATOR_TESTS") == "all"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and the terminal's looks come from a test, not from whoever runs it."""
    for name in (*PROXIES, *(name.upper() for name in PROXIES), "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def site() -> "Iterator[Site]":
    """Serve a site on loopback that has no page yet."""
    import loopback  # it loads the server, which most tests do without

    with loopback.site() as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `fast` each test that no mark calls slow or bound to something outside the clone."""
    for item in items:
        if SLOW.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker("fast")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything that a test may need is said to be there."""
    report = yield
    excused = any(item.get_closest_marker(mark) for mark in MAY_SKIP)
    if NOTHING_MAY_SKIP and report.skipped and not excused and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped although SYNDICATOR_TESTS=all: {report.longrepr}"
    return report


# Random inputs are for those who look for faults; a change is judged by the same ones each time.
# No deadline: a test that is slow on a busy machine is right.
hypothesis.settings.register_profile("usual", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "usual")
