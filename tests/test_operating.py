"""The recipes of docs/operating.md and the commands of the tutorial, run as they stand there."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from loopback import site

ROOT = Path(__file__).resolve().parents[1]
OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load(
    (ROOT / "template" / ".github" / "workflows" / "planet.yml").read_text("utf-8")
)

pytestmark = pytest.mark.slow


def recipe(mark: str) -> str:
    """Return the block of code after a `<!-- recipe: mark -->`."""
    match = re.search(rf"<!-- recipe: {re.escape(mark)} -->\n```\w+\n(.*?)```", OPERATING, re.S)
    assert match, mark
    return match[1]


@pytest.fixture
def planet(tmp_path: Path) -> Path:
    """A folder with the samples, a configuration, and a `.venv/bin/syndicator` that is ours."""
    folder = tmp_path / "planet"
    shutil.copytree(ROOT / "samples", folder / "samples")
    shutil.copy(ROOT / "feeds.toml", folder)
    binary = folder / ".venv" / "bin" / "syndicator"
    binary.parent.mkdir(parents=True)
    binary.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m syndicator "$@"\n', "utf-8"
    )
    binary.chmod(0o755)
    return folder


def shell(command: str, folder: Path, **more: str) -> str:
    """Run a line of shell with the program in the PATH, and return what it says."""
    tools = f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": tools, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def documents(folder: Path) -> dict[str, bytes]:
    output = folder / "public"
    names = ("rss.xml", "atom.xml", "feed.json", "opml.xml", "index.html")
    return {name: (output / name).read_bytes() for name in names}


def test_the_state_file_and_the_configuration_alone(planet: Path) -> None:
    """On another machine they publish the same documents, byte for byte, without the network."""
    shell("syndicator run", planet)
    before = documents(planet)
    shutil.rmtree(planet / "public")
    shutil.rmtree(planet / "samples")
    for path in planet.glob("syndicator.db?*"):
        path.unlink()
    shell("syndicator run --offline --force", planet)
    assert documents(planet) == before


def test_a_backup_put_back(planet: Path) -> None:
    """The next run goes on where the copy ended: no id, date or byte is another."""
    shell("syndicator run", planet)
    before = documents(planet)
    shell(recipe("backup"), planet)
    for path in planet.glob("syndicator.db*"):
        path.unlink()
    (planet / "backup.db").rename(planet / "syndicator.db")
    shell("syndicator run --force", planet)
    assert documents(planet) == before


@pytest.fixture
def crontab(planet: Path) -> Iterator[None]:
    """A cron of our own, with this one table, in a name space that nobody else sees."""
    if os.geteuid() != 0 or not shutil.which("cron"):
        pytest.skip("cron needs root, and Debian's package")
    line = recipe("cron").replace("*/15", "*").replace("/srv/planet", str(planet))
    table = planet / "table"
    table.write_text(line, "utf-8")
    script = f"""
        for folder in /var/spool/cron /etc/cron.d /run; do mount -t tmpfs none $folder; done
        : > /tmp/empty-crontab; mount --bind /tmp/empty-crontab /etc/crontab
        mkdir -m 1730 /var/spool/cron/crontabs
        install -m 600 {table} /var/spool/cron/crontabs/root
        exec cron -f
    """
    if subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("no name spaces here")
    daemon = subprocess.Popen(["unshare", "-m", "sh", "-c", script])
    yield
    daemon.terminate()
    daemon.wait(10)


@pytest.mark.usefixtures("crontab")
def test_the_line_for_cron(planet: Path) -> None:
    """A real cron starts it, and the planet is published within the minute."""
    deadline = time.monotonic() + 150
    while not (planet / "public" / "index.html").exists():
        assert time.monotonic() < deadline, "cron did not start it"
        time.sleep(0.2)


def test_the_units_of_systemd(planet: Path, tmp_path: Path) -> None:
    """systemd finds nothing wrong with them."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    for name in ("syndicator.service", "syndicator.timer"):
        text = recipe(name).replace("/srv/planet", str(planet)).replace("User=planet", "User=root")
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "syndicator.timer")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_tutorial(planet: Path) -> None:
    """Each command works as it stands, and says the lines that are printed below it."""
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    folder = planet
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for part in block.split("$ ")[1:]:
            command, *expected = part.strip().splitlines()
            if command.startswith("cd "):
                folder = folder / command[3:]
                continue
            told = shell(command, folder, PATH=f"{planet}/.venv/bin:{os.environ['PATH']}")
            for line in expected:
                assert line in told, command


def act(folder: Path, runner: Path, **inputs: str) -> None:
    """Run the steps of action.yml that are ours, as Actions does in a fresh checkout."""
    runner.mkdir()
    defaults = {name: about["default"] for name, about in ACTION["inputs"].items()} | inputs
    for step in ACTION["runs"]["steps"]:
        if "run" not in step or step["name"] == "Install":
            continue
        given = {
            name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: defaults[match[1]], value)
            for name, value in step["env"].items()
        }
        shell(step["run"], folder, RUNNER_TEMP=str(runner), **given)


def test_a_planet_in_a_repository(planet: Path, tmp_path: Path) -> None:
    """The state survives between fresh checkouts: the second run changes no document, no id."""
    origin = tmp_path / "origin.git"
    shell(f"git init -q --bare -b main {origin}", planet)
    shell(
        "git init -q -b main && git add feeds.toml samples"
        " && git -c user.name=a -c user.email=a@localhost commit -qm First"
        f" && git remote add origin {origin} && git push -q origin main",
        planet,
    )
    published = []
    for number in ("first", "second"):
        checkout = tmp_path / number
        shell(f"git clone -q --depth=1 file://{origin} {checkout}", planet)
        shutil.copytree(planet / ".venv", checkout / ".venv")
        act(checkout, tmp_path / f"runner-{number}")
        published.append(documents(checkout))
    assert published[0] == published[1]
    commits = shell(f"git -C {origin} rev-list --count planet-state", planet)
    assert commits.strip() == "1"


def test_a_planet_in_a_repository_whose_state_is_lost(planet: Path, tmp_path: Path) -> None:
    """It is published twice with the state lost in between: no id and no document changes.

    The workflow's steps run in clean folders; what they publish is served on this machine.
    """
    origin = tmp_path / "origin.git"
    with site() as pages:
        text = (planet / "feeds.toml").read_text("utf-8")
        text = text.replace("http://127.0.0.1:8000/", f"{pages.url}/planet/")
        (planet / "feeds.toml").write_text(text, "utf-8")
        shell(f"git init -q --bare -b main {origin}", planet)
        shell(
            "git init -q -b main && git add feeds.toml samples"
            " && git -c user.name=a -c user.email=a@localhost commit -qm First"
            f" && git remote add origin {origin} && git push -q origin main",
            planet,
        )
        published: list[dict[str, bytes]] = []
        for number in range(3):
            checkout = tmp_path / f"checkout-{number}"
            shell(f"git clone -q --depth=1 file://{origin} {checkout}", planet)
            shutil.copytree(planet / ".venv", checkout / ".venv")
            act(checkout, tmp_path / f"runner-{number}", published=f"{pages.url}/planet/atom.xml")
            published.append(documents(checkout))
            for path in (checkout / "public").rglob("*.*"):
                address = path.relative_to(checkout / "public").as_posix()
                pages.pages[f"/planet/{address}"] = path.read_bytes()
            if number == 0:
                shell("git push -q origin :planet-state", planet)
    assert json.loads(published[0]["feed.json"])["items"]
    assert published[0] == published[1] == published[2]


def test_a_repository_whose_site_can_not_be_asked(planet: Path, tmp_path: Path) -> None:
    """The run ends there: without the state it would publish everything as new."""
    origin = tmp_path / "origin.git"
    shell(f"git init -q --bare {origin} && git init -q && git remote add origin {origin}", planet)
    with site({"/atom.xml": 503}) as pages, pytest.raises(AssertionError, match="503"):
        act(planet, tmp_path / "runner", published=f"{pages.url}/atom.xml")
    assert not (planet / "public").exists()


def test_a_repository_that_can_not_be_asked_for_the_state(planet: Path, tmp_path: Path) -> None:
    """The run ends there: without the state it would publish everything as new."""
    shell("git init -q -b main && git remote add origin /nowhere", planet)
    with pytest.raises(AssertionError, match="can't be asked"):
        act(planet, tmp_path / "runner")
    assert not (planet / "public").exists()


def test_the_template_of_a_repository(planet: Path) -> None:
    """Its configuration is valid, and its workflow runs one at a time, by a schedule."""
    shutil.copy(ROOT / "template" / "feeds.toml", planet)
    shell("syndicator list", planet)
    triggers = WORKFLOW[True]  # YAML 1.1 takes `on` for a truth value
    assert triggers["schedule"]
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is False
    assert WORKFLOW["permissions"]["contents"] == "write"


@pytest.mark.machine
def test_the_container(planet: Path) -> None:
    """It is built, and runs as a user who is not root, with one volume."""
    engine = shutil.which("podman") or shutil.which("docker")
    if not engine or subprocess.run([engine, "info"], capture_output=True, check=False).returncode:
        pytest.skip("no container engine runs here")
    shell(f"{engine} build -q -t syndicator-test {ROOT}", planet)
    planet.chmod(0o777)
    shell(f"{engine} run --rm -v {planet}:/planet syndicator-test", planet)
    assert json.loads((planet / "public" / "feed.json").read_text("utf-8"))["items"]
