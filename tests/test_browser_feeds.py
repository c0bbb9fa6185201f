"""A person opens a feed in Chromium: `serve`, nginx and Caddy give the page beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser_helpers import CHROMIUM, Browser, browsing
from loopback import serving
from test_serving_recipes import FEED, GUIDE, caddy, nginx, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(params=["serve", "nginx", "caddy"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A folder with a feed and its page, served."""
    public = tmp_path / "public"
    public.mkdir()
    (public / "rss.xml").write_bytes(FEED)
    (public / "subscribe.html").write_bytes(GUIDE)
    with ExitStack() as stack:
        if request.param == "serve":
            port = stack.enter_context(serving(public))[1]
        else:
            recipe = {"nginx": nginx, "caddy": caddy}[request.param]
            port = stack.enter_context(running(recipe, tmp_path, public))
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """Another site, whose page reads feeds."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "subscribe.html").write_bytes(GUIDE)
    with serving(tmp_path / "elsewhere") as (host, port):
        yield f"http://{host}:{port}/"


def test_a_person_gets_the_page_and_a_program_the_feed(
    base: str, elsewhere: str, browser: Browser
) -> None:
    """At the same address; another site's page may read the feed, and both are kept apart."""
    for _ in range(2):  # the second time from the cache, which `Vary` rules
        browser.open(f"{base}rss.xml")
        assert browser.run("document.title") == "Subscribe"
        assert browser.run("location.pathname") == "/rss.xml"
        browser.open(f"{elsewhere}subscribe.html")
        text = browser.run(f"fetch('{base}rss.xml').then(answer => answer.text())")
        assert text == FEED.decode()
