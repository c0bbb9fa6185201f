"""The main job, end to end, as cron and a person start it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import feedparser
import pytest
from loopback import Site, configuration, rss, site

from syndicator.cli import main
from syndicator.lock import run_lock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
LINE = 'class="syndicator-attribution"'

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`syndicator run` in an own folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["run", *arguments])


def posts(document: Path) -> list[feedparser.FeedParserDict]:
    return feedparser.parse(document.read_bytes(), sanitize_html=False).entries


def body(entry: feedparser.FeedParserDict) -> str:
    return str(entry.content[0].value)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_shipped_samples(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """They come out as one feed, each post with one attribution line in its language, and with
    related links.
    """
    for name in ("feeds.toml", "samples"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    assert run() == 0
    assert capsys.readouterr() == ("", "")
    entries = posts(tmp_path / "public" / "rss.xml")
    assert len(entries) == 36
    for entry in entries:
        assert body(entry).count(LINE) == 1
        assert body(entry).count("appeared first on") <= 1
    ours = next(
        entry for entry in entries if entry.get("title") == "Three days on the Ha Giang loop"
    )
    assert "View more from " in body(ours)
    assert len(re.findall("<li>", body(ours).split("View more from")[1])) == 20
    vietnamese = next(entry for entry in entries if "gocpho" in entry.link)
    assert "appeared first" not in body(vietnamese)
    for name in ("atom.xml", "feed.json", "opml.xml", "index.html"):
        assert (tmp_path / "public" / name).stat().st_size > 500


def test_a_second_run_with_nothing_new(tmp_path: Path, run: Run) -> None:
    """No byte of any document changes, and no file time; what was asked of the source was
    conditional.
    """
    with site({"/feed": rss("Blog", [("One", "First text"), ("Two", "Second text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        assert run() == 0
        before = snapshot(tmp_path / "public")
        assert run("--force") == 0
        assert snapshot(tmp_path / "public") == before
        assert blog.asked == [("/feed", 200), ("/feed", 304)]


def test_a_removed_document(tmp_path: Path, run: Run) -> None:
    """The next run makes it again, to the same bytes."""
    with site({"/feed": rss("Blog", [("One", "First text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        document = tmp_path / "public" / "atom.xml"
        before = document.read_bytes()
        document.unlink()
        assert run() == 0
        assert document.read_bytes() == before


def test_one_broken_source(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are published; the failure is named; cron hears nothing of a blip."""
    with site(
        {"/good": rss("Good", [("One", "First text")]), "/bad": b"not a feed", "/gone": 404}
    ) as blog:
        configuration(tmp_path, *(f"{blog.url}/{name}" for name in ("bad", "good", "gone")))
        assert run("--json") == 0
        out, err = capsys.readouterr()
        assert err == ""
        report = json.loads(out)
        assert report["sources"] == {
            "total": 3,
            "due": 3,
            "changed": 1,
            "not_modified": 0,
            "failed": 2,
            "gone": 0,
        }
        assert report["posts"] == {"new": 1, "updated": 0, "duplicates": 0, "stored": 1}
        kinds = {
            failure["source"].rpartition("/")[2]: failure["kind"] for failure in report["failures"]
        }
        assert kinds == {"bad": "not-a-feed", "gone": "not-found"}
        assert {"path", "changed", "posts", "bytes"} == set(report["documents"][0])
        assert len(posts(tmp_path / "public" / "rss.xml")) == 1


def test_a_source_that_breaks_later(tmp_path: Path, run: Run) -> None:
    """Its last good posts stay published, to the byte."""
    with site({"/feed": rss("Blog", [("One", "First text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        before = snapshot(tmp_path / "public")
        blog.pages["/feed"] = b"<!doctype html><title>Down for maintenance</title>"
        assert run("--force") == 1  # not one source works now
        assert snapshot(tmp_path / "public") == before
        blog.pages["/feed"] = rss("Blog", [("Two", "Second text"), ("One", "First text")])
        assert run("--force") == 0
        assert [entry.title for entry in posts(tmp_path / "public" / "rss.xml")] == ["Two", "One"]


def test_no_source_works(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, in words; nothing is published in place of what may have been there."""
    with site() as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        (tmp_path / "public").mkdir()
        (tmp_path / "public" / "rss.xml").write_text("of an earlier life")
        assert run() == 1
        assert "no configured source works" in capsys.readouterr().err
        assert (tmp_path / "public" / "rss.xml").read_text() == "of an earlier life"


def test_a_new_installation_in_which_no_source_works(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Said in the first run with the reasons, then only by the ordinary rules: cron mails no more
    than that.
    """
    with site() as blog:
        configuration(tmp_path, f"{blog.url}/feed", f"{blog.url}/other")
        assert run() == 1
        first, *reasons = capsys.readouterr().err.splitlines()
        assert first == "syndicator: no configured source works:"
        assert [line.partition(": ")[2].partition(" (404)")[0] for line in reasons] == [
            "is not there"
        ] * 2
        assert run() == 1, "nothing was due"
        assert run("--force") == 1, "the second failure is no news"
        assert capsys.readouterr().err == ""
        assert run("--force") == 1, "the third is"
        assert [" fails: " in line for line in capsys.readouterr().err.splitlines()] == [True, True]
        assert run("--verbose") == 1
        assert capsys.readouterr().err.endswith(
            "no configured source works; `syndicator status` says why\n"
        )


def test_quiet_is_no_quieter_than_cron(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said once, or of what lasts, would be lost for good."""
    with site() as blog:
        configuration(tmp_path, f"{blog.url}/feed", more="alert_runs = 2")
        assert run("--quiet") == 1
        assert capsys.readouterr().err.startswith("syndicator: no configured source works:\n")
        assert run("--quiet", "--force") == 1
        assert " fails: is not there (404)" in capsys.readouterr().err
        blog.pages["/feed"] = rss("Blog", [("One", "First text")])
        assert run("--quiet", "--force") == 0
        assert " works again" in capsys.readouterr().err
        assert run("--quiet", "--force") == 0
        assert capsys.readouterr().err == ""


def test_what_is_told_of_each_source_is_not_told_of_all(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `alert_runs = 1` the first failure is told as such."""
    with site() as blog:
        configuration(tmp_path, f"{blog.url}/feed", more="alert_runs = 1")
        assert run() == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"{blog.url}/feed fails: is not there (404)")


def test_no_source_is_configured(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, saying what is missing."""
    configuration(tmp_path)
    assert run() == 1
    assert "there is no source yet" in capsys.readouterr().err


def test_another_run_at_work(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 75, saying so."""
    configuration(tmp_path, "feed.xml")
    with run_lock(tmp_path / "syndicator.db"):
        assert run() == 75
    assert "another run" in capsys.readouterr().err


def test_wrong_usage(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2 for a source that is not there, with the one that was meant."""
    configuration(tmp_path, 'feed.xml\nname = "Blog"')
    assert run("--source", "Blig") == 2
    assert 'did you mean "Blog"?' in capsys.readouterr().err
    assert main(["run", "-c", "nowhere.toml"]) == 2
    configuration(tmp_path, *(f"https://blog{n}.example/feed" for n in range(30)))
    for command in (["run", "--source", "zzz"], ["fetch", "zzz"]):
        assert main(command) == 2
        assert capsys.readouterr().err.rstrip().endswith("example/feed and 27 more")


def test_one_source_of_two(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Only it is asked, and only it counts."""
    with site(
        {"/a": rss("A", [("One", "Text")]), "/b": rss("B", [("Two", "Text")], "https://b.example")}
    ) as blog:
        configuration(tmp_path, f'{blog.url}/a\nname = "A"', f'{blog.url}/b\nname = "B"')
        assert run("--source", "B", "--json") == 0
        assert [path for path, _ in blog.asked] == ["/b"]
        assert json.loads(capsys.readouterr().out)["sources"]["total"] == 1


def test_offline(tmp_path: Path, run: Run) -> None:
    """Documents are made of the store; nothing is asked."""
    with site({"/feed": rss("Blog", [("One", "First text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        before = snapshot(tmp_path / "public")
        shutil.rmtree(tmp_path / "public")
        blog.asked.clear()
        assert run("--offline") == 0
        assert blog.asked == []
        after = snapshot(tmp_path / "public")
        assert {name: data for name, (data, _) in after.items()} == {
            name: data for name, (data, _) in before.items()
        }


def test_changed_settings(tmp_path: Path, run: Run) -> None:
    """They count for new posts; for published ones only with --rerender."""
    feed = rss("Blog", [("One", "First text")])
    with site({"/feed": feed}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        configuration(
            tmp_path, f"{blog.url}/feed", more='[attribution]\ntext = "From {source}: {post}"'
        )
        blog.pages["/feed"] = rss("Blog", [("Two", "Second text"), ("One", "First text")])
        run("--force")
        two, one = posts(tmp_path / "public" / "rss.xml")
        assert "From " in body(two)
        assert "appeared first on" in body(one)
        assert run("--rerender") == 0
        _, one = posts(tmp_path / "public" / "rss.xml")
        assert "From " in body(one)
        assert "appeared first on" not in body(one)


def test_a_source_taken_out_of_the_file(tmp_path: Path, run: Run) -> None:
    """It leaves the documents; when it comes back nothing is doubled, and ids are the same."""
    pages = {
        "/a": rss("A", [("One", "Text of one")]),
        "/b": rss("B", [("Two", "Text of two")], "https://b.example"),
    }
    with site(dict(pages)) as blog:
        both = [f"{blog.url}/a", f"{blog.url}/b"]
        configuration(tmp_path, *both)
        run()
        ids = sorted(entry.id for entry in posts(tmp_path / "public" / "rss.xml"))
        configuration(tmp_path, both[0])
        run("--force")
        assert [entry.title for entry in posts(tmp_path / "public" / "rss.xml")] == ["One"]
        configuration(tmp_path, *both)
        run("--force")
        assert sorted(entry.id for entry in posts(tmp_path / "public" / "rss.xml")) == ids


def test_a_withdrawn_post(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """It leaves documents, pages and lists, and does not come back."""
    with site({"/feed": rss("Blog", [("One", "First text"), ("Two", "Second text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        assert main(["withdraw", "https://blog.example/one/"]) == 0
        run("--force")
        for document in (tmp_path / "public").rglob("*.*"):
            assert b"blog.example/one/" not in document.read_bytes(), document
        assert main(["withdraw", "https://nowhere.example/"]) == 2
        assert "nowhere.example" in capsys.readouterr().err


@pytest.mark.parametrize(
    "nobody", ["https://nowhere.example/", "https://planet.example/posts/0.html", ""]
)
def test_a_post_without_an_address_is_not_withdrawn_by_chance(
    nobody: str, tmp_path: Path, run: Run
) -> None:
    """What no post is named by takes none, and leaves the documents as they are."""
    bare = (
        b'<rss version="2.0"><channel><title>B</title><link>https://blog.example/</link><item><title>Note</title>'
        b'<guid isPermaLink="false">n1</guid><description>Text</description></item></channel></rss>'
    )
    with site({"/feed": bare}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        before = snapshot(tmp_path / "public")
        assert main(["withdraw", nobody]) == 2
        assert snapshot(tmp_path / "public") == before
        run("--offline", "--rerender")
        assert [entry.title for entry in posts(tmp_path / "public" / "rss.xml")] == ["Note"]


def test_a_post_withdrawn_by_the_address_of_our_page(tmp_path: Path, run: Run) -> None:
    """As somebody sends it who has seen it there, whoever serves it."""
    with site({"/feed": rss("Blog", [("One", "First text"), ("Two", "Second text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        run()
        (shown,) = (
            page
            for page in (tmp_path / "public" / "posts").rglob("*.html")
            if "<title>One" in page.read_text()
        )
        address = f"x/{shown.relative_to(tmp_path / 'public')}?from=mail#top"
        assert main(["withdraw", f"https://planet.example/{address}"]) == 0
        assert [entry.title for entry in posts(tmp_path / "public" / "rss.xml")] == ["Two"]
        assert not shown.exists()
        assert main(["withdraw", "https://planet.example/posts/"]) == 2


def test_status(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Each source with its last success, or what fails; also as JSON, also before the first run."""
    with site({"/good": rss("Good", [("One", "Text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/good", f"{blog.url}/bad")
        assert main(["status"]) == 0
        run()
        capsys.readouterr()
        assert main(["status"]) == 0
        text = capsys.readouterr().out
        assert "Good" in text
        assert "404" in text
        assert main(["status", "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)) == 2


# -- a process of its own
# --------------------------------------------------------------------------------


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    command = [sys.executable, "-m", "syndicator", "run"]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for(path: str, blog: Site) -> None:
    deadline = time.monotonic() + 20
    while not any(asked == path for asked, _ in blog.asked):
        assert time.monotonic() < deadline, f"{path} was never asked"
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal(tmp_path: Path, number: signal.Signals, status: int) -> None:
    """It ends the run long before a slow answer would; what had come is published."""
    with site({"/good": rss("Good", [("One", "First text")]), "/slow": 300.0}) as blog:
        configuration(tmp_path, f"{blog.url}/good", f"{blog.url}/slow")
        with start(tmp_path) as process:
            wait_for("/good", blog)
            time.sleep(0.3)
            process.send_signal(number)
            assert process.wait(120) == status
            assert process.stdout is not None
            assert process.stdout.read() == b""
        assert [entry.title for entry in posts(tmp_path / "public" / "rss.xml")] == ["One"]


def test_kill_at_any_moment(tmp_path: Path) -> None:
    """No file is ever half written, and the run after a killed one completes what it left."""
    feed = rss("Blog", [(f"Post {n}", f"Text number {n} " * 50) for n in range(60)])
    with site({"/feed": feed}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        for wait in (0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85):
            with start(tmp_path) as process:
                time.sleep(wait)
                process.kill()
            for document in (tmp_path / "public").glob("[!.]*.xml"):
                assert document.read_bytes().rstrip().endswith((b"</rss>", b"</feed>", b"</opml>"))
        with start(tmp_path) as process:
            assert process.wait(30) == 0
        for name in ("rss.xml", "atom.xml"):
            assert len(posts(tmp_path / "public" / name)) == 60
        assert not list((tmp_path / "public").rglob(".*-new"))


@pytest.mark.skipif(
    find_spec("pycld2") is None, reason="pycld2 has no wheels here: nothing is guessed"
)
def test_a_later_post_of_a_feed_that_does_not_say_its_language(tmp_path: Path, run: Run) -> None:
    """One too short to tell, read alone, is in what the source's first posts were in; the others
    stay as they are.
    """
    bodies = [("Первая", "Правительство вчера объявило о новых мерах поддержки здравоохранения и образования"),
              ("Вторая", "Жители города вышли утром на берег, чтобы посмотреть на возвращение рыбацких лодок"),
              ("Третья", "После долгого ремонта в библиотеке снова открылся читальный зал для студентов")]  # fmt: skip
    with site({"/feed": rss("Газета", bodies, language="")}) as paper:
        configuration(tmp_path, f"{paper.url}/feed", feed='formats = ["json"]')
        assert run("-q") == 0
        before = json.loads((tmp_path / "public/feed.json").read_text("utf-8"))["items"]
        paper.pages["/feed"] = rss("Газета", [*bodies, ("Фото", "")], language="")
        assert run("-q", "--force") == 0
    items = json.loads((tmp_path / "public/feed.json").read_text("utf-8"))["items"]
    (photo,) = [item for item in items if item["title"] == "Фото"]
    assert photo["language"] == "ru"
    assert 'lang="ru"' in photo["content_html"]
    assert [item for item in items if item is not photo] == before
