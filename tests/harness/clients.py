"""`serve` under many clients and slow ones, while runs rename files under it.

    python tests/harness/clients.py --seconds 30 [--honest 200] [--slow 300]

Slow clients send half a head, drip their bytes, or read an answer slowly. Honest ones ask for
documents without a pause. Each honest answer has the length that it promises and is a whole
document; standard error gets at most one line a minute about the slow ones.
"""

from __future__ import annotations

import argparse
import http.client
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import Planet, clock, run, write, written_feeds

_PATHS = ("/rss.xml", "/atom.xml", "/feed.json", "/index.html", "/opml.xml", "/sources.html")
_ENDS = (b"</html>", b"</rss>", b"</feed>", b"</opml>", b"}")


class Crowd:
    """Clients of one server: the answers by outcome, and a flag that ends all."""

    def __init__(self, port: int, seed: int) -> None:
        self.port = port
        self.dice = random.Random(seed)
        self.stop = threading.Event()
        self.outcomes: Counter[str] = Counter()
        self.slowest = 0.0

    def honest(self) -> None:
        """Ask for documents until the end."""
        while not self.stop.is_set():
            begun = time.monotonic()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("GET", self.dice.choice(_PATHS))
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                whole = answer.status == 200 and body.rstrip().endswith(_ENDS)
                self.outcomes["whole" if whole else f"torn, {answer.status}"] += 1
            except (OSError, http.client.HTTPException) as error:
                self.outcomes[f"none: {type(error).__name__}"] += 1
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def slow(self) -> None:
        """Owe a request, or read an answer a byte at a time, until the end."""
        while not self.stop.is_set():
            try:
                plug = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                whole = b"GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"
                plug.sendall(whole if self.dice.random() < 0.3 else whole[:25])
                while not self.stop.wait(0.5):
                    if not plug.recv(1):
                        break
            except OSError:
                self.stop.wait(0.2)
            else:
                plug.close()


def tried(folder: Path, seconds: float, honest: int, slow: int) -> tuple[Crowd, str]:
    """Serve a planet that runs again and again; return its clients, and what the server said."""
    planet = Planet(folder)
    live = planet.trial(planet.steps - 1)
    command = [sys.executable, "-m", "syndicator", "-c", str(live / "feeds.toml")]
    with subprocess.Popen(
        [*command, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr
        port = int(server.stderr.readline().split("http://127.0.0.1:")[1].split("/")[0])
        crowd = Crowd(port, 1)
        crews = [(crowd.slow, slow), (crowd.honest, honest)]
        threads = [threading.Thread(target=work) for work, count in crews for _ in range(count)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        step = 0
        while time.monotonic() < end:  # each run gives documents that differ from those before
            step += 1
            write(live, written_feeds(planet.steps + step % 4))
            run(live, clock(planet.steps + step))
        crowd.stop.set()
        for thread in threads:
            thread.join()
        server.send_signal(signal.SIGINT)
        said = server.stderr.read()
    return crowd, said


def main() -> int:
    """Serve beside slow clients, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--honest", type=int, default=200)
    parser.add_argument("--slow", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clients-") as folder:
        crowd, said = tried(Path(folder), options.seconds, options.honest, options.slow)
    for outcome, count in sorted(crowd.outcomes.items()):
        print(f"{count:6}  {outcome}")
    lines = [line for line in said.splitlines() if "://" not in line]
    print(f"the slowest answer took {crowd.slowest:.1f} s; the server said: {'; '.join(lines)}")
    all_whole = crowd.outcomes["whole"] == crowd.outcomes.total()
    few_lines = len(lines) <= 2 + options.seconds / 60  # "Stopped.", and one a minute
    return 0 if all_whole and few_lines else 1


if __name__ == "__main__":
    raise SystemExit(main())
