"""The nginx recipe of the documents, run as it stands there."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
DOCUMENT = Path(__file__).parents[1] / "docs/serving.md"
FEED = b"<rss version='2.0'>" + b" " * 2000 + b"</rss>"
GUIDE = b"<!DOCTYPE html><title>Subscribe</title>"

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a folder as the recipe says; only the port and the folder are ours."""
    home = tmp_path_factory.mktemp("nginx")
    public = home / "public"
    (public / "second").mkdir(parents=True)
    for path in ("rss.xml", "atom.xml", "second/rss.xml", ".hidden.xml", "style-01.css"):
        (public / path).write_bytes(FEED)
    (public / "subscribe.html").write_bytes(GUIDE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    recipe = re.search(r"```nginx\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert recipe
    site = recipe[1].replace("listen 443 ssl;", f"listen 127.0.0.1:{number};")
    site = site.replace("/srv/feeds/public", str(public))
    folders = "".join(
        f"{kind}_temp_path {home}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "nginx.conf").write_text(
        f"daemon off; pid {home}/pid; error_log {home}/error.log; user root;\nevents {{}}\n"
        f"http {{ access_log off;\n{folders}types {{ text/html html; text/css css; }}\n{site}}}\n"
    )
    command = [str(NGINX), "-p", str(home), "-c", str(home / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
        process.terminate()


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
    status, headers, body = ask(port, "/rss.xml")
    assert (status, body) == (200, FEED)
    assert headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["access-control-allow-origin"] == "*"
    assert "immutable" in ask(port, "/style-01.css")[1]["cache-control"]
    assert ask(port, "/.hidden.xml")[0] == 404
    assert ask(port, "/rss.xml", If_None_Match=headers["etag"])[0] == 304


def test_a_browser_gets_the_guide(port: int) -> None:
    """For a feed, where its folder has one; everybody else gets the feed."""
    browser = {"Sec_Fetch_Dest": "document"}
    for path in ("/rss.xml", "/atom.xml"):
        status, headers, body = ask(port, path, **browser)
        assert (status, body) == (200, GUIDE)
        assert headers["content-type"].startswith("text/html")
        for each in (headers, ask(port, path + "?from=reader")[1]):
            assert "Sec-Fetch-Dest" in each["vary"]
    assert ask(port, "/second/rss.xml", **browser)[2] == FEED
    assert ask(port, "/rss.xml", Sec_Fetch_Dest="empty")[2] == FEED
