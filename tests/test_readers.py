"""Real readers on loopback: they see every post, ask conditionally, and find new exactly what is
new.

newsboat, sfeed and rss2email are Debian's, `reader` is PyPI's. Each subscribes to RSS and to Atom,
and is run four times: at first; again; after a run that had nothing new; after a run with one new
post."""

from __future__ import annotations

import email
import email.policy
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import site_helpers as given
from msgspec.structs import replace

from syndicator import serve
from syndicator.generator import generate
from syndicator.model.edition import Document, Edition, Item

pytestmark = pytest.mark.readers

FORMS = {"rss": "rss.xml", "atom": "atom.xml"}


@dataclass(frozen=True)
class Seen:
    """A post as a reader keeps it."""

    title: str
    link: str
    author: str
    date: datetime
    body: str


@dataclass
class Desk:
    """A served folder, what was asked of it, and room for a reader's own files."""

    folder: Path
    home: Path
    base: str = ""
    asked: list[tuple[str, int]] = field(default_factory=list)

    def publish(self, edition: Edition) -> None:
        """Write documents as the publisher does: beside, then renamed into place."""
        for document in generate(edition):
            put(document, self.folder)

    def polled(self) -> list[int]:
        """Return the statuses of the feed requests since the last call."""
        statuses = [status for path, status in self.asked if path.endswith(".xml")]
        self.asked.clear()
        return statuses

    def run(self, *command: str) -> str:
        """Run a reader's program with a home of its own."""
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        done = subprocess.run(  # noqa: PLW1510
            command, env=environment, cwd=self.home, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done
        return done.stdout


def put(document: Document, folder: Path) -> None:
    path = folder / document.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if (
        not path.exists() or path.read_bytes() != document.body
    ):  # equal bytes: the file is not touched
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(document.body)
        new.rename(path)


def edition() -> Edition:
    """Ten posts, without archives: readers take what stands in the document."""
    made = given.edition(formats=("rss", "atom"), archives=False)
    return replace(made, items=tuple(map(calm, made.items[:10])), archives=0)


def calm(item: Item) -> Item:
    """Date an update as the post itself: which of the two a reader shows is its own business.
    Attach no titled file.
    """
    files = tuple(replace(file, title="") for file in item.post.enclosures)
    return replace(item, updated=item.published, post=replace(item.post, enclosures=files))


def one_more(before: Edition) -> Edition:
    """The next run's edition, with one post more."""
    post = given.post(
        "harbour", "The ferry came back", "<p>With nobody on it.</p>", "With nobody on it."
    )
    when = given.NOON + timedelta(hours=1)
    item = Item(post.link, post, given.SOURCES["harbour"], when, when, when, 101)
    return replace(before, items=(item, *before.items), updated=when)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Serve an edition and note what is asked."""
    desk = Desk(tmp_path / "public", tmp_path / "home")
    desk.folder.mkdir()
    desk.home.mkdir()
    desk.publish(edition())
    for path in desk.folder.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))  # published a while ago
    with serve.listen(desk.folder, "127.0.0.1", 0) as listening:
        desk.base = serve.address(listening)
        stop = threading.Event()
        running = serve.server(desk.folder, stop)
        running.config.app = noting(running.config.app, desk.asked)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        yield desk
        stop.set()
        thread.join()


def noting(app: Any, asked: list[tuple[str, int]]) -> Any:
    """Note path and status of every answer."""

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                asked.append((scope["path"], message["status"]))
            await send(message)

        await app(scope, receive, note)

    return noted


# -- the readers: each is made for a desk and a feed, polls, and tells what it keeps and how much of
# it is unread ----


class Newsboat:
    """newsboat keeps all in SQLite."""

    needs = "newsboat"

    def __init__(self, desk: Desk, url: str) -> None:
        self.desk = desk
        (desk.home / "urls").write_text(url + "\n")
        (desk.home / "config").write_text("download-timeout 10\n")

    def poll(self) -> None:
        self.desk.run(
            "newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"
        )

    def _rows(self, query: str) -> list[Any]:
        connection = sqlite3.connect(self.desk.home / "cache.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def posts(self) -> list[Seen]:
        rows = self._rows("SELECT title, url, author, pubDate, content FROM rss_item")
        return [Seen(t, u, a, datetime.fromtimestamp(int(d), UTC), c) for t, u, a, d, c in rows]

    def unread(self) -> int:
        return int(self._rows("SELECT count(*) FROM rss_item WHERE unread = 1")[0][0])

    def read_all(self) -> None:
        connection = sqlite3.connect(self.desk.home / "cache.db")
        with connection:
            connection.execute("UPDATE rss_item SET unread = 0")
        connection.close()


class Sfeed:
    """sfeed keeps lines, a new line being a new post; it asks conditionally when curl is told
    to.
    """

    needs = "sfeed_update"

    def __init__(self, desk: Desk, url: str) -> None:
        self.desk = desk
        self.known: set[str] = set()
        (desk.home / "sfeedrc").write_text(
            f'sfeedpath="{desk.home}/feeds"\n'
            f'feeds() {{ feed "ours" "{url}"; }}\n'
            'fetch() { tag="$HOME/etag"; curl -f -s -m 10 --etag-compare "$tag" --etag-save "$tag" "$2" -o "$HOME/last"'
            ' || return 1; cat "$HOME/last"; }\n'
        )
        (desk.home / "feeds").mkdir()

    def poll(self) -> None:
        self.desk.run("sfeed_update", str(self.desk.home / "sfeedrc"))

    def _lines(self) -> list[str]:
        return (self.desk.home / "feeds/ours").read_text().splitlines()

    def posts(self) -> list[Seen]:
        rows = [line.split("\t") for line in self._lines()]
        body = [
            row[3].replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\") for row in rows
        ]
        return [
            Seen(row[1], row[2], row[6], datetime.fromtimestamp(int(row[0]), UTC), content)
            for row, content in zip(rows, body, strict=True)
        ]

    def unread(self) -> int:
        return len(set(self._lines()) - self.known)

    def read_all(self) -> None:
        self.known = set(self._lines())


class Rss2email:
    """rss2email sends a mail for each new post."""

    needs = "r2e"

    def __init__(self, desk: Desk, url: str) -> None:
        self.desk = desk
        (desk.home / "r2e.cfg").write_text(
            "[DEFAULT]\nto = me@example.org\nfrom = r2e@example.org\nemail-protocol = maildir\nhtml-mail = True\n"
            f"maildir-path = {desk.home}/Maildir\nmaildir-mailbox = INBOX\ndate-header = True\n"
            "name-format = {author}\n"
        )
        for part in ("cur", "new", "tmp"):
            (desk.home / "Maildir/INBOX" / part).mkdir(parents=True)
        self._r2e("add", "ours", url)

    def _r2e(self, *arguments: str) -> None:
        self.desk.run("r2e", "-c", "r2e.cfg", "-d", "r2e.json", *arguments)

    def poll(self) -> None:
        self._r2e("run")

    def posts(self) -> list[Seen]:
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in (self.desk.home / "Maildir/INBOX").rglob("*")
            if path.is_file()
        ]
        return [
            Seen(
                str(mail["Subject"]), str(mail["X-RSS-URL"]), str(mail["From"]),
                parsedate_to_datetime(str(mail["Date"])).replace(tzinfo=UTC),  # which it writes as -0000
 mail.get_content(),
            )
            for mail in mails
        ]  # fmt: skip

    def unread(self) -> int:
        return len(list((self.desk.home / "Maildir/INBOX/new").iterdir()))

    def read_all(self) -> None:
        for path in (self.desk.home / "Maildir/INBOX/new").iterdir():
            path.rename(path.parents[1] / "cur" / f"{path.name}:2,S")


class Reader:
    """The Python library."""

    needs = ""

    def __init__(self, desk: Desk, url: str) -> None:
        library = pytest.importorskip("reader")
        self.reader = library.make_reader(str(desk.home / "reader.db"))
        self.url = url
        self.reader.add_feed(url)

    def poll(self) -> None:
        self.reader.update_feed(
            self.url
        )  # this one by name: `update_feeds` may wait until it is due

    def posts(self) -> list[Seen]:
        return [
            Seen(
                entry.title or "",
                entry.link or "",
                names(entry),
                entry.published,
                entry.get_content().value,
            )
            for entry in self.reader.get_entries()
        ]

    def unread(self) -> int:
        return int(self.reader.get_entry_counts(read=False).total)

    def read_all(self) -> None:
        for entry in self.reader.get_entries(read=False):
            self.reader.mark_entry_as_read(entry)


def names(entry: Any) -> str:
    """Return the authors as whichever version of the library calls them."""
    return (entry.authors_str if hasattr(entry, "authors_str") else entry.author) or ""


READERS = [Newsboat, Sfeed, Rss2email, Reader]


@pytest.fixture(params=READERS, ids=lambda reader: reader.__name__)
def program(request: pytest.FixtureRequest) -> Callable[[Desk, str], Any]:
    if request.param.needs and not shutil.which(request.param.needs):
        pytest.skip(f"no {request.param.needs} here")
    return request.param  # type: ignore[no-any-return]


def words(html: str) -> str:
    return " ".join(html.split())


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_sees_every_post_once_and_only_new_ones_as_new(
    desk: Desk, program: Callable[[Desk, str], Any], form: str
) -> None:
    """With its link, author, date and body; unchanged documents are 304, and nothing read turns
    unread.
    """
    before = edition()
    reader = program(desk, desk.base + FORMS[form])
    reader.poll()
    assert desk.polled()[-1] == 200
    seen = {post.link: post for post in reader.posts()}
    assert len(reader.posts()) == len(seen) == reader.unread() == len(before.items)
    for item in before.items:
        post = seen[item.post.link]
        assert post.title == item.post.title or not item.post.title
        assert post.date == item.published
        assert all(person.name in post.author for person in item.post.authors)
        assert item.source.name in post.body  # the attribution line
    ferry = words(seen[before.items[0].post.link].body)
    assert "I have kept a list for eleven years" in ferry
    assert "View more from Harbour Notes" in ferry
    assert "صباح" in seen[before.items[2].post.link].body

    reader.read_all()
    if isinstance(reader, Newsboat):
        reader.poll()  # its first poll keeps no validators: the feed has no row yet to keep them in
        desk.polled()
    reader.poll()
    assert desk.polled() == [304]
    desk.publish(edition())  # a run that has nothing new
    reader.poll()
    assert desk.polled() == [304]
    assert reader.unread() == 0

    desk.publish(one_more(before))
    reader.poll()
    assert desk.polled() == [200]
    assert reader.unread() == 1
    (new,) = [post for post in reader.posts() if post.link not in seen]
    assert (new.title, new.date) == ("The ferry came back", given.NOON + timedelta(hours=1))
    assert len(reader.posts()) == len(before.items) + 1


def test_the_title_of_a_file_is_not_taken_for_the_title_of_its_post(desk: Desk) -> None:
    """rss2email shows what feedparser calls the title's detail."""
    if not shutil.which(Rss2email.needs):
        pytest.skip("no r2e here")
    made = given.edition(formats=("rss",), archives=False)
    desk.publish(replace(made, items=made.items[:10], archives=0))
    reader = Rss2email(desk, desk.base + FORMS["rss"])
    reader.poll()
    assert "Transcript" not in {post.title for post in reader.posts()}
