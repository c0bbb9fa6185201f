"""docs/how-to.md: the commands of each task do what stands there."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Site, rss, site

from syndicator.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "how-to.md").read_text("utf-8")
TASKS = {part.partition("\n")[0]: part for part in TEXT.split("\n## ")[1:] if "```console" in part}
PAGE = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/f.xml">'


@pytest.fixture
def lake() -> Iterator[Site]:
    posts = [(f"Post {number}", f"Text {number}") for number in range(3)]
    feed = rss("Lakeside", posts).replace(
        b"<title>Post 1<", b"<category>travel</category><title>Post 1<"
    )
    with site({"/": PAGE, "/f.xml": feed}) as blog:
        blog.types["/"] = "text/html"
        outline = f'<outline text="Lake by list" xmlUrl="{blog.url}/f.xml"/>'
        body = f'<outline text="trains">{outline}</outline>'
        blog.pages["/planet.opml"] = f"<opml version='2.0'><body>{body}</body></opml>".encode()
        yield blog


@pytest.fixture
def quiet() -> Iterator[Site]:
    feed = rss("Quiet", [("Long ago", "Text")], "https://quiet.example").replace(b"2026", b"2019")
    with site({"/": PAGE, "/f.xml": feed}) as blog:
        blog.types["/"] = "text/html"
        yield blog


@pytest.mark.parametrize("task", TASKS)
def test_the_commands_of_a_task(
    task: str,
    lake: Site,
    quiet: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command ends well, and its output has the lines that stand below it."""
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in re.findall(r"```console\n(.*?)```", TASKS[task], re.S):
        for part in block.split("$ ")[1:]:
            command, *expected = part.strip().splitlines()
            for name, blog in (("lake", lake), ("quiet", quiet)):
                command = command.replace(f"https://{name}.example", blog.url)
            if command.startswith("#"):  # the site refuses
                lake.pages["/f.xml"] = 403
                path = tmp_path / "feeds.toml"
                head = path.read_text("utf-8")
                path.write_text(f'{head}\n[fetch]\ninterval = "0s"\n', "utf-8")
                continue
            if command.startswith("echo"):  # a line at the end of the file
                _, line, _, file = shlex.split(command)
                with (tmp_path / file).open("a", encoding="utf-8") as end:
                    end.write(f"{line}\n")
                continue
            if command.startswith("cat"):
                text = (tmp_path / command.split()[1]).read_text("utf-8")
                assert [line for line in expected if line not in text] == []
                continue
            _, *arguments = shlex.split(command)
            status = main(arguments)
            out, err = capsys.readouterr()
            assert status == 0 or "no configured source works" in err, (command, err)
            for line in expected:
                assert line in " ".join((out + err).split()), (command, out + err)
            ran += 1
    assert ran


def test_the_python_of_a_task(
    lake: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints the new posts and what fails."""
    code = TEXT.split("## Use it from Python\n\n```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.toml").write_text(
        f'[feed]\ntitle = "P"\n[[sources]]\nurl = "{lake.url}/f.xml"\n'
        f'[[sources]]\nurl = "{lake.url}/none"\nname = "None"\n',
        "utf-8",
    )
    exec(compile(code, "how-to.md", "exec"), {})  # noqa: S102
    out = capsys.readouterr().out
    assert "Post 0 https://blog.example/post-0/" in out
    assert "None not-found" in out


def test_a_bot_that_announces(lake: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipe prints each new post, once."""
    recipe = TEXT.split("<!-- recipe: announce -->\n```sh\n")[1].split("```")[0]
    program = f"{shlex.quote(sys.executable)} -m syndicator"
    script = recipe.replace("syndicator run", f"{program} run --force").replace(
        "python3 -c", f"{shlex.quote(sys.executable)} -c"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "feeds.toml").write_text(
        f'[feed]\ntitle = "P"\n[[sources]]\nurl = "{lake.url}/f.xml"\nname = "Lake"\n', "utf-8"
    )
    told = []
    for _ in range(2):
        done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
        told.append(done.stdout.splitlines())
    assert sorted(told[0])[0] == "Post 0 (Lake) https://blog.example/post-0/"
    assert (len(told[0]), told[1]) == (3, [])


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@a.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_workflow_that_vets(
    lake: Site, quiet: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its steps vet the addresses that the pull request adds, and only these."""
    recipe = TEXT.split("<!-- recipe: vet -->\n```yaml\n")[1].split("```")[0]
    steps = [textwrap.dedent(part) for part in re.findall(r"run: \|\n((?: {10}.*\n|\n)+)", recipe)]
    here, clone = tmp_path / "here", tmp_path / "clone"
    here.mkdir()
    head = '[feed]\ntitle = "P"\n[fetch]\ndelay = "0s"\n'
    known = f'[[sources]]\nurl = "{quiet.url}/f.xml"\n'
    (here / "feeds.toml").write_text(head + known, "utf-8")
    git(here, "init", "-q", "-b", "main")
    git(here, "add", ".")
    git(here, "commit", "-q", "-m", "Begin")
    git(tmp_path, "clone", "-q", str(here), str(clone))
    added = "".join(
        f"[[sources]]\nurl = {json.dumps(url)}\n"
        for url in (f"{lake.url}/f.xml", "/etc/passwd", f"{lake.url}/f.xml\n--help")
    )
    (here / "feeds.toml").write_text(head + added + known, "utf-8")
    git(here, "commit", "-q", "-a", "-m", "Propose")
    git(here, "update-ref", "refs/pull/7/head", "HEAD")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("NUMBER", "7")
    python = shlex.quote(sys.executable)
    assert len(steps) == 4
    for step in steps[:3]:
        script = step.replace("python3 -", f"{python} -")
        script = script.replace("syndicator vet", f"{python} -m syndicator vet")
        subprocess.run(["/bin/bash", "-e", "-c", script], cwd=clone, check=True)
    assert (clone / "addresses.txt").read_text("utf-8").split() == [f"{lake.url}/f.xml"]
    told = (clone / "verdicts.md").read_text("utf-8")
    assert told.startswith("### Lakeside\n\n**yes")
    assert told.count("###") == 1
    assert not (clone / "unwanted").exists()
