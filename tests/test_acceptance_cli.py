"""What a person meets at the command line when things go wrong, and what is said once."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import configuration, rss, site
from msgspec.structs import replace

from syndicator import config, failures, report, schedule, status
from syndicator.cli import main
from syndicator.install_check import inspect
from syndicator.model.fetch import Fetched, FetchFailed, SourceState
from syndicator.model.settings import FetchSettings, Source
from syndicator.pipeline.reading import own_fault, trace
from syndicator.publisher import UNFINISHED
from syndicator.store import Store

pytestmark = pytest.mark.slow

FEED = rss("Blög", [("One", "First text"), ("Two", "Second text")])
NOBODY = 65534
NOW = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """Give a folder with all that is in it to a user who is not root, and be that user for a
    while.
    """
    user = os.geteuid()
    if user == 0:  # root may write anywhere
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def syndicator(*arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Start the program as a shell does."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "syndicator", *arguments]
    return subprocess.run(command, env=environment, check=False, **{"capture_output": True, **more})  # type: ignore[call-overload]


# -- fetch
# ----------------------------------------------------------------------------------------------


def test_what_can_not_be_fetched_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The complaint begins with the address that it is about."""
    with site({"/feed": 500}) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 1
    assert capsys.readouterr().err == f"syndicator: {blog.url}/feed: its server has a fault (500)\n"


@pytest.mark.parametrize(
    ("page", "advice"),
    [
        ("<p>Hello", "it names none: look at it in a browser, or ask its owner where the feed is"),
        ('<link rel="alternate" type="application/rss+xml" href="/gone.xml"><p>Hello', "404"),
    ],
)
def test_a_page_without_a_feed(page: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said whether it names a feed; one that it names is asked."""
    with site({"/": f"<!doctype html><html>{page}</html>".encode()}) as shown:
        assert main(["fetch", f"{shown.url}/"]) == 1
    assert advice in capsys.readouterr().err


def test_a_private_address_that_can_not_be_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    """Its token is not said."""
    with site() as blog:
        assert main(["fetch", f"{blog.url}/feed?token=s3cr3t"]) == 1
    err = capsys.readouterr().err
    assert "is not there (404)" in err
    assert "s3cr3t" not in err


def test_a_private_page_that_leads_to_a_feed(capsys: pytest.CaptureFixture[str]) -> None:
    """Where its feed is, is not said either: what stands there may be a key to it."""
    page = b'<!doctype html><title>x</title><link rel="alternate" type="application/rss+xml" href="/s3cr3t">'
    with site({"/?key=abc": page, "/s3cr3t": FEED}) as blog:
        blog.types["/?key=abc"] = "text/html"
        assert main(["fetch", f"{blog.url}/?key=abc"]) == 0
    out, err = capsys.readouterr()
    assert "First text" in out
    assert "s3cr3t" not in out + err


def test_nothing_to_fetch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty target (an unset variable of a script) is wrong usage; it is not the first source
    without a name.
    """
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml")
    assert main(["fetch", ""]) == 2
    assert capsys.readouterr().err == "syndicator: TARGET is empty\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["fetch", "me:s3cr3t@a.example/feed"],
        ["run", "--source", "https://me:s3cr3t@a.example/feed"],
        ["import", "list.txt"],
    ],
)
def test_a_password_in_a_wrong_address(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said of the address leaves it out."""
    (tmp_path / "list.txt").write_text("ftp://me:s3cr3t@a.example/\nhttps://b.example/feed\n")
    configuration(tmp_path, "feed.xml")
    main(arguments)
    out, err = capsys.readouterr()
    assert "a.example/" in err
    assert "s3cr3t" not in out + err


def test_a_long_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Its excerpt ends with a whole word and says that there is more; no line ends in spaces."""
    with site({"/feed": rss("Blog", [("One", "wonderful " * 60)])}) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("wonderful …") for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []


# -- streams
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["status"], ["status", "--json"], ["fetch", "föd.xml"], ["run", "-v"]]
)
def test_a_locale_without_the_letters(arguments: list[str], tmp_path: Path) -> None:
    """Cron's locale may lack most letters: they are written as escapes, and nothing breaks."""
    (tmp_path / "föd.xml").write_bytes(FEED)
    configuration(tmp_path, "föd.xml\nname = 'Blög 日本'")
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "ascii",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "syndicator", *arguments],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert rb"Bl\xf6g" in done.stdout + done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full (Linux)")
@pytest.mark.parametrize(
    "arguments", [["status"], ["run", "--json"], ["fetch", "feed.xml", "--format", "rss"]]
)
def test_standard_output_that_is_full(arguments: list[str], tmp_path: Path) -> None:
    """It is said in words, with status 1: a script that reads the results must not take half of
    them for whole.
    """
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml")
    with Path("/dev/full").open("wb") as full:
        done = syndicator(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b"syndicator: standard output can't be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full (Linux)")
def test_a_run_whose_words_can_not_be_written(tmp_path: Path) -> None:
    """A full disk, or a reader that left, costs the lines and not the run: all is published."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml")
    with Path("/dev/full").open("wb") as full:
        done = syndicator("run", "-v", capture_output=False, stderr=full)
    assert done.returncode == 0
    assert (tmp_path / "public" / "rss.xml").exists()
    reading, writing = os.pipe()
    os.close(reading)
    shutil.rmtree(tmp_path / "public")
    assert syndicator("run", "-v", "--force", capture_output=False, stderr=writing).returncode == 0
    os.close(writing)
    assert (tmp_path / "public" / "rss.xml").exists()


def test_streams_that_are_closed(tmp_path: Path) -> None:
    """A job that starts with standard output and error closed does its work."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml")
    script = f'"{sys.executable}" -m syndicator run -v >&- 2>&- && "{sys.executable}" -m syndicator status >&-'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    assert subprocess.run(["/bin/sh", "-c", script], env=environment, check=False).returncode == 0
    assert (tmp_path / "public" / "rss.xml").exists()


def test_a_name_that_steers_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither `status` nor a run hands its escapes on."""
    configuration(tmp_path, 'missing.xml\nname = "a\\u001b[2Jb\\u202ec"')
    assert main(["run", "-v"]) == 1
    assert main(["status"]) == 0
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "\u202e" not in out + err
    assert "a[2Jbc" in out


# -- serve
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serving(number: signal.Signals, tmp_path: Path) -> None:
    """In order, at once, and with the status that says which signal it was."""
    configuration(tmp_path, "feed.xml")
    (tmp_path / "public").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "syndicator", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("Serving ")
        process.send_signal(number)
        said = process.stderr.read()
        assert process.wait(20) == 128 + number
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "right"),
    [
        *((["serve", f"--port={port}"], "from 0 to 65535") for port in ("-1", "65536", "http", "")),
        *(
            (["fetch", "x", f"--limit={limit}"], "of at least 1")
            for limit in ("abc", "0", "1.5", "9" * 30)
        ),
    ],
)
def test_a_number_that_is_none(
    arguments: list[str], right: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is wrong usage, and what would be right is said."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    option, _, value = arguments[-1].partition("=")
    assert (
        f"argument {option}: must be a whole number {right}, not '{value}'"
        in capsys.readouterr().err
    )


# -- run, status, check
# -----------------------------------------------------------------------------------


def test_offline_before_anything_was_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is missing: nothing is wrong with the sources."""
    configuration(tmp_path, "missing.xml")
    assert main(["run", "--offline"]) == 1
    assert "nothing has been fetched yet" in capsys.readouterr().err


def test_check_before_the_first_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that there are no documents that it could have checked; that is no error."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml", feed='contact = "me@example.org"')
    assert main(["check"]) == 0
    assert "nothing is published there yet" in capsys.readouterr().out


def test_check_of_more_problems_than_it_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings are no error, however many; an error behind twenty of them is one."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml", feed='contact = "me@example.org"')
    assert main(["run", "-q"]) == 0
    published = tmp_path / "public" / "feed.json"
    feed = json.loads(published.read_bytes())
    strange = {f"strange{number}": 1 for number in range(30)}
    published.write_text(json.dumps(strange | feed), "utf-8")
    capsys.readouterr()
    assert main(["check"]) == 0
    assert "warning: " + f"{published}: and more" in capsys.readouterr().out
    published.write_text(json.dumps(strange | feed | {"items": 1}), "utf-8")
    assert main(["check"]) == 1


def test_check_of_a_source_that_is_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is found before a run fails at it."""
    configuration(tmp_path, ".")
    assert main(["check"]) == 1
    assert '[[sources]] ".", key `url`: is not a file' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('output = "letter.txt"', "[feed], key `output`: {}/letter.txt is no folder"),
        ('output = "letter.txt/a/b"', "[feed], key `output`: {}/letter.txt is no folder"),
        (
            '[[feeds]]\nname = "vi"\noutput = "letter.txt"',
            '[[feeds]] "vi", key `output`: {}/letter.txt is no folder',
        ),
        ('state = "folder"', "[feed], key `state`: {}/folder is a folder"),
        ('state = "letter.txt"', "[feed], key `state`: {}/letter.txt is damaged"),
        (
            'state = "theirs.db"',
            "[feed], key `state`: {}/theirs.db is a database of another program",
        ),
        ('state = "letter.txt/s.db"', "[feed], key `state`: {}/letter.txt is no folder"),
    ],
)
def test_check_of_a_place_that_can_not_be_used(
    lines: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is found before a run fails at it, and told once; nothing is made or changed to find it
    out.
    """
    (tmp_path / "feed.xml").write_bytes(FEED)
    (tmp_path / "letter.txt").write_text("Dear reader, this is no database. " * 99)
    (tmp_path / "folder").mkdir()
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as db:
        db.execute("CREATE TABLE theirs (x)")
    configuration(tmp_path, "feed.xml", feed=lines)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert main(["check"]) == 1
    assert capsys.readouterr().out.count(says.format(tmp_path)) == 1
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            'output = "closed/a"',
            "[feed], key `output`: {}/closed can't be written to by who runs this",
        ),
        (
            'output = "hidden/a/b"',
            "[feed], key `output`: {}/hidden can't be written to by who runs this",
        ),
        (
            'state = "closed/s.db"',
            "[feed], key `state`: {}/closed can't be written to by who runs this",
        ),
        (
            'state = "closed/old.db"',
            "[feed], key `state`: {}/closed can't be written to by who runs this",
        ),
        (
            'state = "locked.db"',
            "[feed], key `state`: {}/locked.db can't be read and written by who runs this",
        ),
    ],
)
def test_check_of_a_place_that_may_not_be_used(line: str, says: str) -> None:
    """It is found by the rights of who runs `check`."""
    with (
        tempfile.TemporaryDirectory() as name
    ):  # pytest's own folders are closed to all but who made them
        folder = Path(name)
        loaded = config.load(configuration(folder, feed=line))
        (folder / "closed").mkdir()
        (folder / "hidden" / "a").mkdir(parents=True)
        for file in ("closed/old.db", "locked.db"):
            (folder / file).touch()
        (folder / "locked.db").chmod(0o400)
        (folder / "closed").chmod(0o500)
        (folder / "hidden").chmod(0)
        with nobody(folder):
            found = list(map(str, inspect(loaded)))
        (folder / "closed").chmod(0o700)
        (folder / "hidden").chmod(0o700)
        assert [one for one in found if says.format(folder.resolve()) in one]


def block_by_folder(path: Path) -> Path:
    path.unlink(missing_ok=True)
    path.mkdir()
    return path


def block_the_unfinished(path: Path) -> Path:
    return block_by_folder(path.with_name(f".{path.name}{UNFINISHED}"))


def block_the_twin(path: Path) -> Path:
    return block_by_folder(path.with_name(f"{path.name}.gz"))


def block_by_mode(path: Path) -> Path:
    path.chmod(0)
    return path


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json", "index.html"])
@pytest.mark.parametrize(
    "block", [block_by_folder, block_the_unfinished, block_the_twin, block_by_mode]
)
def test_a_document_that_cant_be_read_or_written(
    name: str, block: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """No document of the feed changes, and the line names the place; the next run changes all."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("feed.xml").write_bytes(rss("Blog", [("One", "First text")]))
        configuration(Path.cwd(), "feed.xml", feed="gzip = true")
        assert main(["run"]) == 0
        Path("feed.xml").write_bytes(FEED)
        blocked = block(Path("public", name))

        def bodies() -> dict[Path, bytes]:
            files = (p for p in Path("public").rglob("*") if p.is_file() and p != blocked)
            return {path: path.read_bytes() for path in files if path.suffix != ".syndicator-new"}

        before = bodies()
        with nobody(Path.cwd()):
            assert main(["run", "--force"]) == 1
        said = " ".join(capsys.readouterr().err.split())
        assert blocked.name in said
        assert "what was published before still stands" in said
        assert bodies() == before
        blocked.chmod(0o700)
        if blocked.is_dir():
            blocked.rmdir()
        assert main(["run", "--force"]) == 0
        assert all("Two" in Path("public", n).read_text("utf-8") for n in ("rss.xml", "feed.json"))


IDS = ["urn:x:c", "urn:uuid:1", "tag:hatena.ne.jp,2005-2006:a", "https://example.org/é", "x:%zz"]


@pytest.mark.parametrize("id_", IDS)
def test_check_of_an_id_that_its_scheme_forbids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], id_: str
) -> None:
    """As the feed's own, and as a post's: the file runs as before, and `check` has no error."""
    item = b"<guid>https://blog.example/one/"
    assert item in FEED
    posted = f'<guid isPermaLink="false">{id_}'.encode()
    (tmp_path / "feed.xml").write_bytes(FEED.replace(item, posted))
    configuration(tmp_path, "feed.xml", feed=f'link = "https://planet.example/"\nid = "{id_}"')
    assert main(["check"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f'warning: feeds.toml: [feed], key `id`: "{id_}" is no URI by the rules' in said
    assert main(["run"]) == 0
    assert f"<id>{id_}</id>" in Path("public/atom.xml").read_text("utf-8")
    capsys.readouterr()
    assert main(["check"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "error" not in said
    assert f"feed/id: '{id_}' is no URI by the rules of its scheme" in said


def test_check_of_ids_that_were_taken_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids of another program that are no URIs stay, and are no error."""
    feed = FEED
    for number, path in enumerate(("one", "two"), 1):
        address = f"<guid>https://blog.example/{path}/".encode()
        assert address in feed
        feed = feed.replace(address, f'<guid isPermaLink="false">post {number}'.encode())
    (tmp_path / "feed.xml").write_bytes(feed)
    (tmp_path / "old.xml").write_bytes(feed)
    configuration(tmp_path, "feed.xml", feed='link = "https://planet.example/"')
    assert main(["adopt", "old.xml"]) == 0
    assert main(["run"]) == 0
    assert "<id>post 1</id>" in Path("public/atom.xml").read_text("utf-8")
    capsys.readouterr()
    assert main(["check"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "'post 1' is no absolute URI; it was taken over, and readers know it" in said
    assert "error: " not in said


@pytest.mark.parametrize("id_", ["my feed", "feed", "urn:a b", "urn:a:\\u0001", "urn:a:<b>"])
def test_an_id_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], id_: str) -> None:
    """It is refused before anything runs, for no document could hold it."""
    configuration(tmp_path, "feed.xml", feed=f'id = "{id_}"')
    assert main(["run"]) == 2
    assert "key `id`: must be a URI such as" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "line",
    [
        'link = "http://[::1]:8000/"',
        'link = "https://exämple.org/a b/"\nicon = "https://a.example/ü.png"',
        'contact = "ä@b"\nrights = "© <b>x</b> &amp;"\ndescription = "<i>x</i>"',
        'contact = "https://ä.example/ö"\nlanguage = "zzz-abcdefgh"\npodcast = true',
        'names = { rss = "a b.xml", atom = "ä%zz.xml", json = "x?y#z.json" }\nlanguage = "tok"',
        'link = "https://a.example/%zz/"\nlogo = "http://localhost/x"\nper_source = true',
    ],
)
def test_check_of_what_odd_settings_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    """What feeds.toml takes makes documents without an error."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml", feed=f'{line}\nformats = ["rss", "atom", "json", "opml"]')
    assert main(["run"]) == 0
    capsys.readouterr()
    assert main(["check"]) == 0
    assert "error" not in capsys.readouterr().out


def test_check_of_a_state_file_of_ours(tmp_path: Path) -> None:
    """Nothing is wrong with it, be it new, empty, or without what a killed run has left beside it;
    nothing is made.
    """
    (tmp_path / "feed.xml").write_bytes(FEED)
    configuration(tmp_path, "feed.xml")
    (tmp_path / "syndicator.db").touch()
    assert main(["check"]) == 0
    assert not (tmp_path / "syndicator.db-shm").exists()
    assert main(["run", "-q"]) == 0
    with Store(tmp_path / "syndicator.db"):  # what is open has a log beside it
        (tmp_path / "copy.db").write_bytes((tmp_path / "syndicator.db").read_bytes())
    configuration(tmp_path, "feed.xml", feed='state = "copy.db"')
    assert main(["check"]) == 0
    assert not list(tmp_path.glob("copy.db-*"))


def test_check_of_a_template_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is found before a run fails at it."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("<p>\n{% broken")
    (tmp_path / "mine" / "foot.html").write_text("<p>{{ t('feed') }}")
    configuration(tmp_path, "feed.xml", feed='templates = "mine"')
    assert main(["check"]) == 1
    assert (
        f"key `templates`: {tmp_path / 'mine' / 'index.html'}, line 2: " in capsys.readouterr().out
    )


def test_several_files_that_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is named with its own reason, at a terminal and by cron: they have no host in common."""
    (tmp_path / "folder").mkdir()
    configuration(tmp_path, "missing.xml", "folder")
    assert main(["run", "-v"]) == 1
    err = capsys.readouterr().err
    assert re.search("missing.xml +1 min +1 +there is no such file", err)
    assert re.search("folder +1 min +1 +is not a file", err)
    for _ in range(2):
        main(["run", "--force"])
    err = capsys.readouterr().err
    assert "missing.xml fails: " in err
    assert "folder fails: " in err


def test_pages_in_place_of_feeds_at_one_host() -> None:
    """A page, not a feed, is each source's own trouble: both are named."""
    sources = [Source(id=name, url=f"https://a.example/{name}") for name in ("x", "y")]
    states = {
        source.id: SourceState(
            source.id, failing_since=NOW, consecutive=1, failure_kind="html", failure="is a page"
        )
        for source in sources
    }
    assert [
        line.partition(":")[0]
        for line in report.failure_lines(failures.changes(states, states, sources), NOW)
    ] == [
        "x",
        "y",
    ]


def test_a_file_that_is_put_in_its_place(tmp_path: Path) -> None:
    """A missing file is looked for at each interval, however often it was missing: nobody is spared
    by waiting.
    """
    source = Source(id="a", url="", path=tmp_path / "feed.xml")
    missing = FetchFailed("a", "", "file", "there is no such file")
    state = None
    for _ in range(9):
        state = schedule.next_state(source, state, missing, NOW, FetchSettings(), 0.0)
    assert state is not None
    assert state.next_due == NOW + source.interval


def test_a_file_that_is_being_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of it is published before it is whole: half a post would be an update for every
    reader later.
    """
    configuration(tmp_path, "feed.xml", "other.xml")
    (tmp_path / "other.xml").write_bytes(
        rss("Other", [("Three", "Text")], host="https://other.example")
    )
    (tmp_path / "feed.xml").write_bytes(FEED[: FEED.index(b"Second text")])
    assert main(["run", "-v"]) == 0
    assert "feed.xml: failed: stops before its end" in capsys.readouterr().err
    assert b"blog.example" not in (tmp_path / "public" / "rss.xml").read_bytes()
    (tmp_path / "feed.xml").write_bytes(FEED)
    assert main(["run", "--force"]) == 0
    assert (tmp_path / "public" / "rss.xml").read_bytes().count(b"<guid") == 3


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """A run whose standard error is a terminal."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        return main(["run", *arguments])

    return run


def test_news_at_a_terminal(
    tmp_path: Path, at_terminal: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said once is said there too, or nobody would ever hear it."""
    configuration(tmp_path, "feed.xml", "other.xml", more="alert_runs = 1")
    (tmp_path / "other.xml").write_bytes(
        rss("Other", [("Three", "Text")], host="https://other.example")
    )
    assert at_terminal() == 0
    assert "there is no such file" in capsys.readouterr().err
    (tmp_path / "feed.xml").write_bytes(FEED)
    assert at_terminal("--force") == 0
    assert "feed.xml works again" in capsys.readouterr().err


def test_a_time_that_is_not_quite_over() -> None:
    """The next hour is an hour away, not 59 minutes: `status` never says sooner than it is."""
    source = Source(id="a", url="https://a.example/")
    due = NOW + timedelta(hours=2) - timedelta(milliseconds=1)
    state = SourceState(
        "a", url=source.url, next_due=due, last_success=NOW, due_reason="its interval"
    )
    assert status_table(source, state).endswith("in 2 h")


def status_table(source: Source, state: SourceState) -> str:
    """Return the table of one source as `status` prints it."""
    return "\n".join(status.table(status.read([source], {"a": state}, NOW), NOW, 80))


def test_a_clock_that_was_wrong() -> None:
    """What was asked in a year to come is asked now: a machine whose clock is set right must not
    wait for that year.
    """
    source = Source(id="a", url="https://a.example/")
    ahead = NOW + timedelta(days=3000)
    busy = FetchFailed(
        "a", source.url, "rate-limited", "we ask too often", retry_at=ahead, retry_scope="host"
    )
    for outcome in (Fetched("a", source.url, b""), busy):
        state = schedule.next_state(
            source, None, outcome, ahead - timedelta(hours=1), FetchSettings(), 0.0
        )
        assert [
            ask.url for ask in schedule.due_asks([source], {"a": state}, NOW, FetchSettings())
        ] == [source.url]


def test_a_new_address_that_is_written() -> None:
    """`status` does not ask for it again, though the source was not fetched since."""
    state = SourceState(
        "a",
        url="https://new.example/",
        moved=True,
        moved_to="https://new.example/",
        last_success=NOW,
    )
    old, new = (
        Source(id="a", url="https://old.example/"),
        Source(id="a", url="https://new.example/"),
    )
    assert 'url = "https://new.example/"' in status_table(old, state)
    assert "has moved" not in status_table(new, state)
    rows = [*status.read([old], {"a": state}, NOW), *status.read([new], {"a": state}, NOW)]
    assert [status.as_json(row, NOW)["moved_to"] for row in rows] == [new.url, ""]


def test_a_first_failure() -> None:
    """It lengthens nothing yet, and does not say so."""
    source = Source(id="a", url="https://a.example/")
    failed = FetchFailed("a", source.url, "timeout", "gave no answer")
    once = schedule.next_state(source, None, failed, NOW, FetchSettings(), 0.5)
    assert once.due_reason == "failed once, so it is asked again"
    twice = schedule.next_state(source, replace(once), failed, NOW, FetchSettings(), 0.0)
    assert twice.due_reason == "failed twice, so it is asked less often"


@pytest.mark.parametrize("private", [False, True])
def test_a_bug_that_a_feed_brings_out(private: bool) -> None:
    """It is told with its traceback; of a private feed without the error's words, which may hold
    the address.
    """
    source, address = (
        Source(id="a", url="https://a.example/", private=private),
        "https://a.example/" + "s3cr3t",
    )
    with pytest.raises(ValueError, match="s3cr3t") as caught:
        raise ValueError(address)
    failed = own_fault(source, Fetched("a", address, b""), caught.value)
    told = trace(source, caught.value) + repr(failed)
    assert "ValueError" in told
    assert "test_acceptance_cli.py" in told
    assert ("s3cr3t" in told) is not private


@pytest.mark.parametrize("content", [None, "none\n"])
def test_certificates_that_can_not_be_read(
    content: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The setting is blamed, not the source."""
    if content is not None:
        (tmp_path / "bundle.pem").write_text(content, "utf-8")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    with site() as blog:
        assert main(["fetch", blog.url.replace("http:", "https:")]) == 1
    err = capsys.readouterr().err
    assert "the certificates to verify it with can't be read" in err
    assert "REQUESTS_CA_BUNDLE" in err


def test_a_proxy_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the proxy that is blamed, not the source."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert main(["fetch", "http://blog.example/feed"]) == 1
    assert "the proxy can't be reached: refuses the connection" in capsys.readouterr().err
