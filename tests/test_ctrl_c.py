"""Ctrl-C while hundreds of slow sources are fetched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback import rss, site

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


def test_ctrl_c_among_two_hundred_slow_sources(tmp_path: Path) -> None:
    """It is answered at once, what came is published, and the summary says what was not asked."""
    pages: dict[str, bytes | int | float] = {f"/slow{n}": 20.0 for n in range(200)}
    pages["/quick"] = rss("Quick", [("One", "Text")])
    with site(pages) as blog:
        urls = ["/quick", *(f"/slow{n}" for n in range(200))]
        tables = "".join(f'[[sources]]\nurl = "{blog.url}{path}"\n' for path in urls)
        settings = '[fetch]\ndelay = "0s"\nper_host = 8\n'
        (tmp_path / "feeds.toml").write_text(f'[feed]\ntitle = "P"\n{settings}{tables}', "utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "syndicator", "run", "-v"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr
            assert "quick" in process.stderr.readline()
            while len(blog.asked) < 1:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            told = process.stderr.read()
            assert process.wait(30) == 130
    how_to = (ROOT / "docs" / "how-to.md").read_text("utf-8")
    lines = how_to.split("<!-- recipe: stop -->\n```text\n")[1].split("```")[0].splitlines()
    assert told.lstrip().startswith(f"{lines[0]}\n")
    assert [line for line in lines if line not in told] == []
    assert (tmp_path / "public" / "rss.xml").exists()
