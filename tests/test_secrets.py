"""Secrets of a source are shown nowhere, and sources that only look secret are told of."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import configuration, rss, site

from syndicator import config, install_check, pipeline, previews, status
from syndicator.errors import UsageError
from syndicator.importers import import_list
from syndicator.model.run import Options, Report
from syndicator.pipeline.review import judge
from syndicator.urls import redacted, secret_parameter
from syndicator.why import why

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NAMES = [
    "password", "passwd", "pwd", "pass", "os_password", "secret", "sig", "signature", "X-Amz-Signature",
    "session", "sessionid", "authorization", "token", "access_token", "auth", "key", "api_key", "client_secret",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mark", ["?", "?n=1&", ";", "#"])
def test_parameters_that_are_secrets(name: str, mark: str) -> None:
    """In a query, a path and a fragment; the name stays, the value does not."""
    url = f"https://a.example/feed{mark}{name}=s3cr3t"
    assert secret_parameter(url) == name
    assert redacted(url) == f"https://a.example/feed{mark}{name}=..."


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/monkey=1", "https://a.example/?author=ann", "https://a.example/?compass=n",
        "https://a.example/?signal=1", "https://a.example/token/feed", "https://a.example/?keyword=x",
    ],
)  # fmt: skip
def test_parameters_that_are_none(url: str) -> None:
    """A word that only begins or ends alike is no secret."""
    assert secret_parameter(url) == ""


def run(path: Path) -> Report:
    return pipeline.run(config.load(path), Options(), NOW, threading.Event(), lambda _: None)


@pytest.mark.parametrize("parameter", ["?auth=0", "?key=news", "?page_key=1"])
def test_a_public_feed_that_looks_private(tmp_path: Path, parameter: str) -> None:
    """The first run, `status`, `check` and `fetch` say why it is not published, and what to set."""
    with site({f"/feed{parameter}": rss("Blog", [("One", "Words.")])}) as served:
        url = f"{served.url}/feed{parameter}"
        path = configuration(tmp_path, url)
        name = parameter[1:].partition("=")[0]
        first, second = run(path), run(path)
        loaded = config.load(path)
        found = [str(finding) for finding in install_check.inspect(loaded)]
        preview = previews.preview(url, path)
        assert preview is not None
        told = [
            *first.remarks,
            *(line for line in found if "taken for private" in line),
            *(line for line in preview.remarks if "taken for private" in line),
            *(
                line
                for line in status.table(status.read(loaded.sources, {}, NOW), NOW, 999)
                if "taken" in line
            ),
        ]
        assert len(told) == 4
        for line in told:
            assert f"the parameter `{name}`" in line
            assert "`private = false`" in line
        assert not second.remarks
        configuration(tmp_path, f"{url}\nprivate = false")
        assert "Words." in published(tmp_path, path)


def published(home: Path, path: Path) -> str:
    """Run, and return all that is published."""
    run(path)
    files = [file for file in sorted((home / "public").rglob("*")) if file.is_file()]
    return "\n".join(file.read_text("utf-8") for file in files)


def test_a_token_that_the_feed_writes_everywhere(tmp_path: Path) -> None:
    """A private source whose posts are published: its token stands in no enclosure, link or
    text.
    """
    token = "s3cr3t-t0ken"  # noqa: S105
    body = (
        "<rss version='2.0'><channel><title>Club</title><link>https://club.example/</link><item>"
        f"<title>One</title><guid>https://club.example/1?token={token}</guid>"
        f"<link>https://club.example/1?token={token}</link>"
        f"<comments>https://club.example/1/talk?token={token}</comments>"
        f"<enclosure url='https://club.example/1.mp3?token={token}' type='audio/mpeg' length='9'/>"
        f"<description>Words. https://club.example/?token={token}</description></item></channel></rss>"
    ).encode()
    with site({f"/feed?token={token}": body}) as served:
        path = configuration(tmp_path, f"{served.url}/feed?token={token}\npublish = true")
        pages = published(tmp_path, path)
    assert "club.example/1.mp3" in pages
    assert token not in pages


def test_a_mistyped_name_shows_no_address_of_another_source(tmp_path: Path) -> None:
    """`did you mean` names private sources without their secrets."""
    path = configuration(
        tmp_path, "https://a.example/feed#token=s3cr3t\nprivate = false\nname = 'Blog'"
    )
    path = configuration(tmp_path, "https://a.example/feed;password=s3cr3t")
    with pytest.raises(UsageError) as caught:
        previews.preview("a example feed", path)
    assert "s3cr3t" not in str(caught.value)


def test_withdraw_echoes_no_secret(tmp_path: Path) -> None:
    """An address that names no post is repeated without its token."""
    path = configuration(tmp_path, "https://a.example/feed")
    with pytest.raises(UsageError) as caught:
        pipeline.withdraw(config.load(path), "https://a.example/1?token=s3cr3t", NOW)
    assert "s3cr3t" not in str(caught.value)


def test_what_was_asked_for_is_repeated_without_its_secrets(tmp_path: Path) -> None:
    """`why`, `review` and `import` name an address that they do not know by its other parts."""
    settings = config.load(configuration(tmp_path, "https://a.example/feed"))
    address = "https://a.example/1?token=s3cr3t"
    for act in (
        lambda: why(settings, address),
        lambda: judge(settings, [address], approved=True),
        lambda: import_list(address, tmp_path / "new.toml"),
    ):
        with pytest.raises(UsageError, match=r"waits|a\.example") as caught:
            act()
        assert "s3cr3t" not in str(caught.value)


def test_a_source_that_is_taken_for_private_later(tmp_path: Path) -> None:
    """It is told of once, whatever the state file knows of it."""
    with site({"/feed?sig=0": rss("Blog", [("One", "Words.")])}) as served:
        url = f"{served.url}/feed?sig=0"
        path = configuration(tmp_path, f"{url}\nprivate = false")
        assert not run(path).remarks
        configuration(tmp_path, url)
        (line,) = run(path).remarks
        assert "the parameter `sig`" in line
        assert not run(path).remarks
