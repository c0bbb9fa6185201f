"""The recipes for nginx and Caddy, run as they stand in the document."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SEARCHED = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
DOCUMENT = Path(__file__).parents[1] / "docs/serving.md"
FEED = b"<rss version='2.0'>" + b" " * 2000 + b"</rss>"
GUIDE = b"<!DOCTYPE html><title>Subscribe</title>"
TYPES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "archive/rss-12.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "archive/atom-1.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
    "opml.xml": "text/x-opml; charset=utf-8",
    "index.html": "text/html; charset=utf-8",
}


def recipe(name: str) -> str:
    """Return the block of the document for a server."""
    match = re.search(rf"```{name}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert match
    return match[1]


def nginx(home: Path, public: Path, port: int, more: str = "") -> list[str]:
    """Write the configuration of nginx; return the command that serves by it."""
    site = recipe("nginx").replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    site = site.replace("/srv/feeds/public", str(public)).rstrip().removesuffix("}") + more + "}"
    folders = "".join(
        f"{kind}_temp_path {home}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "nginx.conf").write_text(
        f"daemon off; pid {home}/pid; error_log {home}/error.log; user root;\nevents {{}}\n"
        f"http {{ access_log off;\n{folders}types {{ text/html html; text/css css; }}\n{site}}}\n"
    )
    return ["-p", str(home), "-c", str(home / "nginx.conf")]


def caddy(home: Path, public: Path, port: int, more: str = "") -> list[str]:
    """Write the Caddyfile; return the command that serves by it."""
    site = recipe("caddy").replace("feeds.example.org", f"http://127.0.0.1:{port}", 1)
    site = site.replace("/srv/feeds/public", str(public)).rstrip().removesuffix("}") + more + "}"
    (home / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}")
    return ["run", "--config", str(home / "Caddyfile")]


Recipe = Callable[[Path, Path, int, str], list[str]]


@contextmanager
def running(server: Recipe, home: Path, public: Path, more: str = "") -> Iterator[int]:
    """Run a server as its recipe says, with more lines at the end; yield its port."""
    name = server.__name__
    program = shutil.which(name, path=SEARCHED)
    if not program:
        pytest.skip(f"{name} is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    command = [program, *server(home, public, number, more)]
    environment = os.environ | {"HOME": str(home)}
    with (
        (home / "messages").open("wb") as messages,
        subprocess.Popen(command, env=environment, stdout=messages, stderr=messages) as process,
    ):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
        process.terminate()


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a folder as the recipe says; only the port and the folder are ours."""
    home = tmp_path_factory.mktemp(request.param.__name__)
    public = home / "public"
    for path in (*TYPES, "second/rss.xml", ".hidden.xml", "style-01.css"):
        (public / path).parent.mkdir(parents=True, exist_ok=True)
        (public / path).write_bytes(FEED)
    (public / "subscribe.html").write_bytes(GUIDE)
    (public / ".well-known").mkdir()
    (public / ".well-known" / "tdmrep.json").write_bytes(b"[]")
    with running(request.param, home, public) as number:
        yield number


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    fields: dict[str, str] = {}
    for name, value in answer.getheaders():
        fields[name.lower()] = ", ".join(filter(None, [fields.get(name.lower(), ""), value]))
    return answer.status, fields, body


def test_types_and_rules_for_caches(port: int) -> None:
    """Each document has its type; a style may be kept, a feed must be asked for again."""
    for path, kind in TYPES.items():
        status, headers, body = ask(port, f"/{path}")
        assert (status, body, headers["content-type"]) == (200, FEED, kind)
        assert headers["cache-control"] == "no-cache"
        assert headers["access-control-allow-origin"] == "*"
        assert ask(port, f"/{path}", If_None_Match=headers["etag"])[0] == 304
    assert "immutable" in ask(port, "/style-01.css")[1]["cache-control"]
    assert ask(port, "/.hidden.xml")[0] == 404


def test_the_well_known_list_of_sources(port: int) -> None:
    """It leads to the OPML."""
    status, headers, _ = ask(port, "/.well-known/recommendations.opml")
    assert (status, headers["location"].endswith("/opml.xml")) == (302, True)


def test_the_well_known_reservation(port: int) -> None:
    """It is there, though its folder's name begins with a point."""
    assert ask(port, "/.well-known/tdmrep.json")[::2] == (200, b"[]")


def test_a_browser_gets_the_guide(port: int) -> None:
    """For a feed, where its folder has one; everybody else gets the feed."""
    browser = {"Sec_Fetch_Dest": "document"}
    for path in ("/rss.xml", "/atom.xml", "/feed.json"):
        status, headers, body = ask(port, path, **browser)
        assert (status, body) == (200, GUIDE)
        assert headers["content-type"].startswith("text/html")
        for each in (headers, ask(port, path + "?from=reader")[1]):
            assert "Sec-Fetch-Dest" in each["vary"]
    assert ask(port, "/second/rss.xml", **browser)[2] == FEED
    assert ask(port, "/rss.xml", Sec_Fetch_Dest="empty")[2] == FEED
