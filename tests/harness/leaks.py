"""Secrets of sources, looked for in everything that a command prints and publishes.

    python tests/harness/leaks.py --count 200 [--seed 1]

Each trial has one source with a secret in its address, its headers or its credentials. The server
writes the address of the request wherever a feed has room for one, or fails in one of several ways.
No output of any command holds the secret, no published file does, and no other user of the machine
may read the state file.
"""

from __future__ import annotations

import contextlib
import html
import io
import random
import shutil
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

sys.path.append(str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parents[1]))
from loopback import Server, running
from planet import Trials, arguments, command

from syndicator import cli

NAMES = "password passwd pwd pass os_password secret sig signature X-Amz-Signature session".split()  # noqa: SIM905  a list of words reads better whole
NAMES += ["sessionid", "authorization", "token", "access_token", "api_key", "client_secret"]
_COMMANDS = [
    ["run", "-v", "--force"],
    ["run", "--json", "--force"],
    ["run", "--force", "--log-format", "json"],
    ["status"],
    ["status", "--json"],
    ["status", "--letter", "club"],
    ["list"],
    ["check"],
    ["why", "Words"],
    ["why", "Words", "--json"],
    ["fetch", "club"],
    ["fetch", "club", "--format", "json"],
    ["export"],
    ["withdraw", "no such post"],
]
_FEED = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Club</title><link>{0}</link><atom:link rel="self" href="{0}"/><atom:link rel="hub" href="{0}"/>
<image><url>{0}</url><title>Club</title><link>{0}</link></image><item><title>Words at {0}</title>
<guid>{0}</guid><link>{0}</link><comments>{0}</comments><enclosure url="{0}" type="audio/mpeg" length="9"/>
<source url="{0}">Club</source><category>{0}</category><author>{0}</author>
<description>Words. &lt;a href="{0}"&gt;{0}&lt;/a&gt; &lt;img src="{0}"&gt;</description></item></channel></rss>"""


class Handler(BaseHTTPRequestHandler):
    """Answers with the address of the request in every place, in the way of this trial."""

    way = "feed"
    secret_path = ""

    def do_GET(self) -> None:
        """Answer a request."""
        host = self.headers["Host"]
        address = f"http://{host}{self.secret_path}"
        body = _FEED.format(html.escape(address)).encode()
        status, fields = 200, {"Content-Type": "application/rss+xml"}
        if self.way == "broken":
            body = body[: len(body) // 2] + b"<<<"
        elif self.way == "page":
            fields["Content-Type"] = "text/html"
            body = f'<title>{address}</title><link rel="alternate" href="{address}">'.encode()
        elif self.way == "redirect":
            status, body, fields["Location"] = 302, b"", f"{address}&again=1"
        elif self.way.isdecimal():
            status, body = int(self.way), address.encode()
            fields["Retry-After"] = "5"
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_WAYS = ("feed", "feed", "feed", "broken", "page", "redirect", "401", "404", "429", "500")


def source_of(host: str, secret: str, dice: random.Random) -> tuple[str, str]:
    """Return a [[sources]] table with a secret in it, and the path that the server repeats.

    No server repeats a header or a password: then the path has none.
    """
    name, value = dice.choice(NAMES), quote(secret, safe="")
    path = dice.choice(["/feed?{0}={1}", "/feed?n=1&{0}={1}", "/feed;{0}={1}", "/feed#{0}={1}"])
    path = path.format(name, value)
    kind = dice.choice(["address", "address", "header", "credentials", "basic"])
    lines = ["[[sources]]", 'name = "club"']
    if kind in ("address", "credentials"):
        user = f"ann:{value}@" if kind == "credentials" else ""
        lines.append(f'url = "http://{user}{host}{path}"')
    else:
        path = "/feed"
        lines.append(f'url = "http://{host}/feed"')
        if kind == "header":
            lines.append(f'headers = {{ "X-Key" = "{secret}" }}')
        else:
            lines.append(f'auth = {{ user = "ann", password = "{secret}" }}')
    lines += dice.choice([[], ["publish = true"], ["private = true"]])
    return "\n".join(lines) + "\n", path


def said(arguments: list[str]) -> str:
    """Return all that a command prints, on both streams."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        contextlib.suppress(SystemExit),
    ):
        cli.main(arguments)
    out.seek(0)
    return out.read()


def at_secrets(folder: Path, count: int, dice: random.Random) -> Trials:
    """Try secrets, each in an installation of its own."""
    with running(Server(("127.0.0.1", 0), Handler)) as url:
        for number in range(count):
            yield _tried(folder / str(number), url.removeprefix("http://"), dice)


def _tried(where: Path, host: str, dice: random.Random) -> tuple[str, list[str]]:
    """Try a secret in a folder of its own; return the outcome and the faults."""
    secret = f"s3c-{dice.getrandbits(64):016x}"
    where.mkdir()
    table, Handler.secret_path = source_of(host, secret, dice)
    Handler.way = dice.choice(_WAYS)
    head = '[feed]\ntitle = "Planet"\nlink = "https://planet.example/"\noutput = "public"\n'
    config = where / "feeds.toml"
    config.write_text(f'{head}state = "state.db"\n\n[fetch]\ndelay = "0s"\n\n{table}', "utf-8")
    faults = [
        f"`{' '.join(command)}` prints the secret"
        for command in _COMMANDS
        if secret in said(["-c", str(config), *command])
    ]
    faults += [
        f"{path.name} holds the secret"
        for path in (where / "public").rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]
    mode = (where / "state.db").stat().st_mode & 0o777
    if mode & 0o077:
        faults.append(f"the state file has the mode {mode:o}")
    if not faults:
        shutil.rmtree(where)
    return f"secret, answer: {Handler.way}", [f"{fault}: {table!r} {where}" for fault in faults]


def series(folder: Path, count: int, dice: random.Random) -> list[Trials]:
    """Look for secrets."""
    return [at_secrets(folder, count, dice)]


if __name__ == "__main__":
    raise SystemExit(command(arguments(__doc__).parse_args(), series))
