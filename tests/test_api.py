"""The Python API: what a program gets without the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import configuration, rss, site

import syndicator

pytestmark = pytest.mark.slow


def test_every_name_is_there() -> None:
    """Each is loaded when it is used; another one is an AttributeError."""
    for name in syndicator.__all__:
        assert getattr(syndicator, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        _ = syndicator.nothing_of_ours


def test_the_import_is_cheap() -> None:
    """No library is loaded with the package, and no step of it."""
    code = "import json, sys, syndicator; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"msgspec", "lxml", "requests", "feedparser", "rich", "jinja2", "tomlkit"}
    code = "import sys; before = {*sys.modules}; import syndicator; print({*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "syndicator.version" in done.stdout
    assert (
        done.stdout.count("'") <= 4
    )  # nothing of Python's either: a Ctrl-C would show a traceback
    ours = {name for name in loaded if name.startswith("syndicator.")}
    assert ours <= {"syndicator.version"}


def test_a_run_by_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a configuration, prints nothing and returns a report of values."""
    monkeypatch.chdir(tmp_path)
    with site({"/good": rss("Good", [("One", "Text")])}) as blog:
        configuration(tmp_path, f"{blog.url}/good", f"{blog.url}/bad")
        config = syndicator.load_config()
        report = syndicator.run(config)
    assert (report.new, report.failed, report.left) == (1, 1, 0)
    (failure,) = report.failures
    assert (failure.kind, failure.consecutive) == ("not-found", 1)
    (post,) = report.posts_published
    assert (post.title, post.source) == ("One", f"{blog.url}/good")
    assert syndicator.source_facts(config)[f"{blog.url}/good"].posts == 1
    syndicator.withdraw(config, post.id)
    assert json.loads(Path("public/feed.json").read_text("utf-8"))["items"] == []


def test_a_preview_by_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview is made without a configuration, and gives the document that would be published."""
    monkeypatch.chdir(tmp_path)
    with site({"/f": rss("Good", [("One", "Text")])}) as blog:
        preview = syndicator.preview(f"{blog.url}/f")
    assert preview is not None
    assert [post.title for post in preview.feed.posts] == ["One"]
    assert b"<rss" in syndicator.document(preview)
    with pytest.raises(syndicator.UsageError):
        syndicator.preview("no such thing")
