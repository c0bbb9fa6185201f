"""The recipes for search in docs/serving.md: a server in front of `serve`, and Pagefind."""

from __future__ import annotations

import http.server
import importlib.util
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import browser_helpers
import loopback
import pytest
from acceptance_helpers import START, Planet, feed, item
from test_search import ask, serving
from test_serving_recipes import DOCUMENT, Recipe, caddy, nginx, running

BLOG = "https://blog.example"


def recipe(name: str) -> str:
    match = re.search(
        rf"<!-- recipe: {name} -->\n```\w*\n(.*?)```", DOCUMENT.read_text("utf-8"), re.S
    )
    assert match
    return match[1]


@pytest.fixture
def planet(tmp_path: Path) -> Iterator[Planet]:
    """A planet with two posts, of which one tells of a ferry."""
    with loopback.site() as site:
        site.pages["/blog.xml"] = feed(
            "Blog",
            BLOG,
            item("Why it stopped", f"{BLOG}/1", "<p>The ferry waits for the calves.</p>", START),
            item("Of bread", f"{BLOG}/2", "<p>Rye and water.</p>", START),
        )
        made = Planet(tmp_path, site, ("/blog.xml", 'id = "blog"'), head="search = true")
        made.run()
        yield made


@pytest.mark.parametrize("server", [nginx, caddy])
def test_a_server_in_front(planet: Planet, tmp_path: Path, server: Recipe) -> None:
    """It gives files itself, and asks `serve` for /search."""
    name = getattr(server, "__name__", "")
    (tmp_path / name).mkdir()
    with serving(planet) as (host, port):
        line = recipe(f"{name} search").replace("127.0.0.1:8000", f"{host}:{port}")
        with running(server, tmp_path / name, tmp_path / "public", line) as front:
            status, headers, text = ask((host, front), q="ferry")
            assert status == 200
            assert "<mark>ferry</mark>" in text
            assert headers["content-type"] == "text/html; charset=utf-8"
            assert ask((host, front), "/index.html")[0] == 200


@pytest.mark.browser
@pytest.mark.skipif(not browser_helpers.CHROMIUM, reason="there is no Chromium")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_box_in_a_browser(planet: Planet, tmp_path: Path, width: int) -> None:
    """The page's policy lets the form go, without a complaint; all can be tapped, none is too wide."""
    with serving(planet) as (host, port), browser_helpers.browsing(tmp_path / "p") as browser:
        browser.view(width)
        browser.open(f"http://{host}:{port}/")
        browser.run("document.querySelector('.seek input').value = 'ferry'")
        address = browser.run(
            """new Promise(done => {
                const form = document.querySelector('.seek');
                const fields = new URLSearchParams(new FormData(form));
                done(form.action + '?' + fields);
            })"""
        )
        browser.run("document.querySelector('.seek button').click()")
        for _ in range(100):
            if browser.run("location.pathname") == "/search":
                break
            time.sleep(0.1)
        assert browser.run("location.href") == address
        browser.open(address)
        assert browser.run("document.querySelector('mark').textContent") == "ferry"
        assert browser.run("document.documentElement.scrollWidth") <= width
        small = browser.run(
            """[...document.querySelectorAll('.seek > *, .turns a')].map(e => e.getBoundingClientRect())
                .filter(box => box.height < 24 || box.width < 24).length"""
        )
        assert small == 0
        assert browser.complaints() == []


@contextmanager
def any_host(folder: Path) -> Iterator[str]:
    """Serve a folder as a static host does."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(folder))
    with loopback.running(loopback.Server(("127.0.0.1", 0), handler)) as url:
        yield f"{url}/"


@pytest.mark.machine
@pytest.mark.skipif(not browser_helpers.CHROMIUM, reason="there is no Chromium")
@pytest.mark.skipif(not importlib.util.find_spec("pagefind_bin"), reason="there is no Pagefind")
def test_pagefind_on_a_static_host(planet: Planet, tmp_path: Path) -> None:
    """The page of the recipe finds a post by a word of its body, and leads to its page."""
    command = recipe("pagefind").splitlines()[-1].replace("python3", sys.executable)
    subprocess.run(shlex.split(command), cwd=tmp_path, check=True, capture_output=True)
    public = tmp_path / "public"
    (public / "search.html").write_text(recipe("search.html"), "utf-8")
    ran = planet.run()
    assert ran.faults == ()
    assert (public / "pagefind" / "pagefind.js").is_file()
    with any_host(public) as address, browser_helpers.browsing(tmp_path / "profile") as browser:
        browser.open(f"{address}search.html")
        found = browser.run(
            """new Promise(async done => {
                const input = document.querySelector('pagefind-input input');
                input.value = 'calves';
                input.dispatchEvent(new Event('input', {bubbles: true}));
                for (let n = 0; n < 100; n++) {
                    await new Promise(next => setTimeout(next, 100));
                    const links = document.querySelectorAll('pagefind-results a');
                    if (links.length) { done([...links].map(link => link.href)); return; }
                }
                done([document.body.innerHTML]);
            })"""
        )
    assert any("/posts/" in link and "why-it-stopped" in link for link in found), found
