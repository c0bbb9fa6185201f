"""`syndicator run` beside a hostile site: what is healthy is published, each fault is reported as
itself.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile import Site

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile-run")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    with Site(folder) as site:
        yield site


@pytest.fixture(scope="module")
def report(site: Site, folder: Path) -> dict[str, Any]:
    """One run over all of the site, as a program sees it."""
    lines = ["[feed]", 'title = "All"', "limit = 500", "[fetch]", "jobs = 160", 'delay = "0s"']
    timeouts = {fault.name: fault.timeout for fault in site.faults}
    hosts: list[Any] = [*site.faults, *site.bent, *site.healthy]
    for each in hosts:
        name, timeout = json.dumps(each.name), timeouts.get(each.name, 60)
        lines += [
            "[[sources]]",
            f'url = "{each.url}"',
            f"name = {name}",
            f'timeout = "{timeout:.0f}s"',
        ]
    (folder / "feeds.toml").write_text("\n".join(lines))
    done = run(site, folder, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run(site: Site, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the program as cron does: no terminal."""
    environment = {
        **os.environ,
        "REQUESTS_CA_BUNDLE": str(site.authority_file),
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable,
        "-m",
        "syndicator",
        "run",
        "-c",
        str(folder / "feeds.toml"),
        *options,
    ]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=300, check=False
    )


def test_all_that_is_healthy_is_published(site: Site, folder: Path, report: dict[str, Any]):
    """Every post of the forty healthy sources and of the bent ones stands in the feed."""
    published = json.loads((folder / "public" / "feed.json").read_text("utf-8"))
    titles = {item["title"] for item in published["items"]}
    assert {f"{source.name} {number}" for source in site.healthy for number in range(3)} <= titles
    assert report["sources"]["changed"] == len(site.healthy) + len(site.bent)


def test_each_fault_is_reported_as_itself(site: Site, report: dict[str, Any]):
    """By its source's name, its kind, and in words."""
    found = {failure["source"]: failure["kind"] for failure in report["failures"]}
    assert found == {fault.name: fault.kind for fault in site.faults}
    assert all(failure["error"] and failure["consecutive"] == 1 for failure in report["failures"])


def test_a_blip_of_them_all_is_no_mail(site: Site, folder: Path, report: dict[str, Any]):
    """The next run of cron has nothing to do and nothing to say."""
    before = len(site.seen)
    done = run(site, folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(site.seen) == before
