"""A headless Chromium over its own protocol, on loopback only, with nothing of ours in between."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--mute-audio",
    "--hide-scrollbars", "--remote-debugging-port=0", "--remote-allow-origins=*",
    # whatever a page asks of another host ends here, so that no test leaves this machine
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@contextmanager
def browsing(profile: Path) -> Iterator[Browser]:
    """Run a Chromium with this new profile while the block runs."""
    from websockets.sync.client import connect  # only where a browser is there to be driven

    assert CHROMIUM
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with connect(_endpoint(profile / "DevToolsActivePort"), max_size=None) as socket:
                yield Browser(socket)
        finally:
            process.terminate()


def _endpoint(port_file: Path) -> str:
    for _ in range(300):
        if port_file.exists() and len(lines := port_file.read_text().splitlines()) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.1)
    raise AssertionError("the browser does not start")


class Browser:
    """One tab; `open` loads a page and remembers what happened meanwhile."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self.number = 0
        self.session = ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser, and keep the events that come before its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv(30))
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self.events.append(answer)

    def view(self, width: int, height: int = 900, *, dark: bool = False, scale: float = 1) -> None:
        """Set the window and the colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)

    def open(self, url: str) -> None:
        """Load a page to its end; `events` then are those of this page, since the one before has
        been left.
        """
        for address in ("about:blank", url):
            self.events.clear()
            self.call("Page.navigate", url=address)
            self.wait()

    def wait(self) -> None:
        """Wait until a page has loaded since `events` were cleared."""
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self.socket.recv(30)))

    def run(self, script: str) -> Any:
        """Return what a script of the test's own gives; it is not held by the page's policy."""
        result = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def seen(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of the events of one kind."""
        return [event["params"] for event in self.events if event["method"] == method]

    def requests(self) -> list[str]:
        """Return every address that was asked for: what the page's policy stopped did not leave the
        browser.
        """
        stopped = {
            seen["requestId"]
            for seen in self.seen("Network.loadingFailed")
            if seen.get("blockedReason")
        }
        sent = self.seen("Network.requestWillBeSent")
        return [seen["request"]["url"] for seen in sent if seen["requestId"] not in stopped]

    def complaints(self) -> list[str]:
        """Return what stands in the console, what was blocked and what failed."""
        logged = [
            f"{e['entry']['level']}: {e['entry']['text']}" for e in self.seen("Log.entryAdded")
        ]
        printed = [str(e["args"]) for e in self.seen("Runtime.consoleAPICalled")]
        failed = [
            f"{e['errorText']} {e.get('blockedReason', '')}"
            for e in self.seen("Network.loadingFailed")
        ]
        return logged + printed + failed

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        """Write a picture of the page."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))
