"""Names whose addresses change from one look-up to the next, and redirects that lead inward.

    python tests/harness/rebinding.py --count 2000 [--seed 1]

A network namespace of its own has public, private, loopback and metadata addresses on its loopback
device, and a server on all of them. Where none can be made (`unshare`, `ip`), or with `--routed`,
each connection of the process is led to that server, and its address noted. Each source was public,
or nothing inward may be asked. No request reaches an inward address.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from hostile import feed
from loopback import running

from syndicator import fetcher
from syndicator.fetcher.addresses import reach_of
from syndicator.model.fetch import Ask, Fetched
from syndicator.model.settings import FetchSettings, Source

PUBLIC = ("93.184.216.34", "2606:2800:220:1::1")
INWARD = (
    *("127.0.0.1", "10.1.2.3", "192.168.7.7", "169.254.169.254", "100.100.100.200", "::1"),
    *("fd20:ce::254", "fe80::1:2", "::ffff:10.1.2.3", "5f00::1", "64:ff9b::a01:203"),
)
_SPELLINGS = ("2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.1.2.3", "localhost")
_SETTINGS = FetchSettings(delay=timedelta(0))


class Handler(BaseHTTPRequestHandler):
    """Answers with a feed, or a redirect to a name or an inward address."""

    dice: random.Random
    asked: Counter[str]

    def do_GET(self) -> None:
        """Count the address that was connected to, and answer."""
        self.asked[self.connection.getsockname()[0].removeprefix("::ffff:")] += 1
        if self.dice.random() < 0.5:
            body = feed("a")
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        names = (*_SPELLINGS, f"n{self.dice.randint(0, 9)}.example")
        self.send_response(self.dice.choice((301, 302, 307, 308)))
        self.send_header("Location", f"http://{self.dice.choice(names)}:{port(self.server)}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Listens on every address of both families."""

    address_family = socket.AF_INET6
    daemon_threads = True


def port(server: object) -> int:
    """Return the port of a server."""
    assert isinstance(server, Server)
    return int(server.server_address[1])


def route(asked: Counter[str]) -> None:
    """Lead each connection of this process to loopback; count the addresses that were meant."""
    connect = socket.socket.connect

    def routed(connected: socket.socket, address: tuple[str, int]) -> None:
        asked[address[0].removeprefix("::ffff:")] += 1
        mapped = "::ffff:" if connected.family == socket.AF_INET6 else ""
        connect(connected, (f"{mapped}127.0.0.1", address[1]))

    socket.socket.connect = routed  # type: ignore[assignment, method-assign]


def tried(count: int, number: int, *, routed: bool) -> tuple[Counter[str], Counter[str]]:
    """Ask for sources; return how often each outcome and each address was seen."""
    dice = random.Random(number)
    asked: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    Handler.dice, Handler.asked = dice, asked
    if routed:
        Handler.asked = Counter()  # it sees loopback alone
        route(asked)

    def lookup(host: str, number: int) -> list[tuple[int, tuple[str, int]]]:
        chosen = dice.choices(PUBLIC + INWARD, weights=[9] * 2 + [2] * len(INWARD), k=3)
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, (a, number)) for a in chosen]

    server = Server(("::", 0), Handler)
    with running(server):
        for trial in range(count):
            url = f"http://feed{trial}.example:{port(server)}/"
            source = Source("a", url, timeout=timedelta(seconds=20))
            if trial % 2:
                outcome = fetcher.fetch_one(
                    Ask(source, url, reach="public"), _SETTINGS, lookup=lookup
                )
            else:
                never = FetchSettings(delay=timedelta(0), inward="never")
                outcome = fetcher.fetch_one(Ask(source, url), never, lookup=lookup)
            outcomes[
                "feed" if isinstance(outcome, Fetched) else getattr(outcome, "kind", "none")
            ] += 1
    return outcomes, asked


def namespace() -> list[str]:
    """Return the command that runs another in a network namespace; [] where none can be made.

    Anybody may make one with a namespace of users, root also where the kernel has no such thing.
    """
    if shutil.which("unshare") and shutil.which("ip"):
        for options in ("-rn", "-n"):
            probe = ["unshare", options, "ip", "link", "set", "lo", "up"]
            if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
                return ["unshare", options]
    return []


def apart(count: int, number: int, *, routed: bool = False) -> int:
    """Run the trials in a process and, unless routed, a namespace of its own; return its status."""
    command = [sys.executable, __file__, "--inside", "--count", str(count), "--seed", str(number)]
    isolating = [] if routed else namespace()
    if isolating:
        addresses = [a for a in (*PUBLIC, *INWARD) if not a.startswith(("127.", "::1", "::ffff:"))]
        script = "ip link set lo up\n" + "".join(
            f"ip addr add {a}/{128 if ':' in a else 32} dev lo\n" for a in addresses
        )
        command = [*isolating, "sh", "-ec", f'{script}exec "$@"', "sh", *command]
    else:
        command.append("--routed")
    return subprocess.run(command, check=False).returncode


def main() -> int:
    """Ask for sources whose names move, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--routed", action="store_true", help="make no network namespace")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        return apart(options.count, options.seed, routed=options.routed)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]  # the namespace has no way to one
    outcomes, asked = tried(options.count, options.seed, routed=options.routed)
    inward = {address: n for address, n in asked.items() if reach_of(address) != "public"}
    for outcome, n in sorted(outcomes.items()):
        print(f"{n:5}  {outcome}")
    way = "routed" if options.routed else "in a namespace"
    print(f"{asked.total()} requests {way}, {sum(inward.values())} inward {inward or ''}")
    return 1 if inward or not asked else 0


if __name__ == "__main__":
    raise SystemExit(main())
