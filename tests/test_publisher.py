"""publisher: a file is whole or as it was, equal bytes are left alone, only our own files are
removed.
"""

from __future__ import annotations

import errno
import gzip
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from store_helpers import files_of

from syndicator.errors import PublishError
from syndicator.model.edition import Document, Published
from syndicator.publisher import publish as publish_by

RSS = b'<rss version="2.0"><channel><item/></channel></rss>'

NOBODY = 65534


def page(path: str = "index.html", body: bytes = b"<p>", **fields: object) -> Document:
    return Document(path, body, "text/html", **fields)  # type: ignore[arg-type]


def publish(
    documents: list[Document], folder: Path, *, gone: Iterable[str] = (), twins: bool = False
) -> list[Published]:
    with files_of(folder) as files:
        return publish_by(documents, files, gone=gone, twins=twins)


def known(folder: Path) -> dict[str, str]:
    with files_of(folder) as files:
        return dict(files)


def stamp(path: Path) -> tuple[int, int]:
    return path.stat().st_mtime_ns, path.stat().st_ino


def test_first_publication(tmp_path: Path) -> None:
    """The folder is made, the files hold what the documents hold, and the results say so."""
    out = tmp_path / "a" / "b"
    results = publish([page("posts/1.html"), page()], out)
    assert (out / "posts" / "1.html").read_bytes() == (out / "index.html").read_bytes() == b"<p>"
    assert [(result.path, result.changed, result.bytes) for result in results] == [
        (out / "posts" / "1.html", True, 3),
        (out / "index.html", True, 3),
    ]


def test_equal_bytes(tmp_path: Path) -> None:
    """A file that holds the same is not touched: neither its time nor its place on the disk
    changes.
    """
    publish([page()], tmp_path)
    before = stamp(tmp_path / "index.html")
    (result,) = publish([page()], tmp_path)
    assert not result.changed
    assert stamp(tmp_path / "index.html") == before


def test_changed_bytes(tmp_path: Path) -> None:
    """A changed document replaces the file, and leaves nothing beside it."""
    publish([page()], tmp_path)
    (result,) = publish([page(body=b"new")], tmp_path)
    assert result.changed
    assert (tmp_path / "index.html").read_bytes() == b"new"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["index.html"]


def test_permissions_set_by_the_operator(tmp_path: Path) -> None:
    """A replaced file keeps the permissions that it had; a new one has the usual ones."""
    publish([page()], tmp_path)
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o666 & ~umask
    (tmp_path / "index.html").chmod(0o640)
    publish([page(body=b"new")], tmp_path)
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("path", ["/etc/passwd", "../up.html", "a/../../b", "", "a\0b"])
def test_path_that_leads_out(tmp_path: Path, path: str) -> None:
    """A document that would lie outside its folder is refused."""
    with pytest.raises(PublishError, match="no path below"):
        publish([page(path)], tmp_path / "out")


def test_broken_feed(tmp_path: Path) -> None:
    """A feed that is not well-formed is not published, and the last good one stays."""
    good = Document("rss.xml", RSS, "application/rss+xml", posts=1)
    publish([good], tmp_path)
    for body in (b"<rss><channel>", b""):
        with pytest.raises(PublishError, match=r"rss\.xml would be broken"):
            publish([Document("rss.xml", body, "application/rss+xml", posts=1)], tmp_path)
    assert (tmp_path / "rss.xml").read_bytes() == RSS
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["rss.xml"]


def test_feed_that_lost_posts(tmp_path: Path) -> None:
    """A feed that does not hold the posts that it should is not published."""
    with pytest.raises(PublishError, match="would hold 1 posts, not 2"):
        publish([Document("rss.xml", RSS, "application/rss+xml", posts=2)], tmp_path)
    with pytest.raises(PublishError, match="would hold 0 posts, not 2"):
        publish(
            [Document("feed.json", b'{"items": []}', "application/feed+json", posts=2)], tmp_path
        )


def test_broken_feed_after_good_ones(tmp_path: Path) -> None:
    """The pages that the feeds lead to are published. The feeds are not, none without the others."""
    broken = Document("atom.xml", b"<feed>", "application/atom+xml", posts=1, rank=2)
    with pytest.raises(PublishError, match=r"atom\.xml would be broken"):
        publish(
            [
                page("1.html"),
                Document("rss.xml", RSS, "application/rss+xml", 1, rank=2),
                broken,
                page(),
            ],
            tmp_path,
        )
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["1.html"]


def test_many_files(tmp_path: Path) -> None:
    """A great many pages are put in place batch by batch, each with its digest, in the order they
    came.
    """
    made = [
        page(f"posts/{number}.html", b"%d" % number, digest=str(number)) for number in range(600)
    ]
    results = publish(made, tmp_path)
    assert [result.path.name for result in results] == [f"{number}.html" for number in range(600)]
    assert all((tmp_path / d.path).read_bytes() == d.body for d in made)
    assert dict(known(tmp_path)) == {d.path: d.digest for d in made}
    assert not [
        entry.name for entry in (tmp_path / "posts").iterdir() if entry.name.startswith(".")
    ]


def test_no_folder_is_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page costs the same beside a million others: only what a killed run left makes the next one
    look.
    """

    def refuse(folder: Path) -> None:
        raise AssertionError(folder)

    monkeypatch.setattr("os.scandir", refuse)
    publish([page("posts/1.html", b"1")], tmp_path)
    publish([page("posts/1.html", b"2"), page("posts/2.html")], tmp_path)
    assert (tmp_path / "posts" / "1.html").read_bytes() == b"2"


def test_a_folder_whose_files_stand_is_unmarked(tmp_path: Path) -> None:
    """Before what links to them is written: a run that is killed then leaves nothing that none
    after it would clear.
    """

    def documents() -> Iterator[Document]:
        yield page("posts/1.html", rank=0)
        yield page(rank=1)
        assert [entry.name for entry in (tmp_path / "posts").iterdir()] == ["1.html"]

    with files_of(tmp_path) as files:
        publish_by(documents(), files)


def test_one_path_twice(tmp_path: Path) -> None:
    """The later one stands."""
    publish([page(body=b"a"), page(body=b"b")], tmp_path)
    assert (tmp_path / "index.html").read_bytes() == b"b"


def test_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is an error that names the file; the last good one stays, and nothing half
    written.
    """
    publish([page()], tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PublishError, match=r"cannot write .*index\.html: No space left on device"):
        publish([page(body=b"new")], tmp_path)
    assert (tmp_path / "index.html").read_bytes() == b"<p>"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["index.html"]


def test_disk_that_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second sync that succeeds proves nothing: the system forgets what it could not write."""
    publish([page()], tmp_path)
    real, left = os.fsync, [OSError(errno.EIO, os.strerror(errno.EIO))]

    def sync(descriptor: int) -> None:
        if left:
            raise left.pop()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(PublishError, match=r"index\.html"):
        publish([page(body=b"new")], tmp_path)
    assert (tmp_path / "index.html").read_bytes() == b"<p>"


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """Where no folder can be, the error names it."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(PublishError, match=r"cannot write .*out: "):
        publish([page()], tmp_path / "out")


def test_place_taken_by_a_folder(tmp_path: Path) -> None:
    """Where a folder has a document's name, the error names it."""
    (tmp_path / "index.html").mkdir()
    with pytest.raises(PublishError, match=r"index\.html: Is a directory"):
        publish([page()], tmp_path)


def test_folder_without_permission(tmp_path: Path) -> None:
    """A folder that may not be written to is an error that names it."""
    with files_of(tmp_path / "out") as files:
        user = os.geteuid()
        (tmp_path / "out").mkdir(0o500)
        tmp_path.chmod(0o777)  # the state file may be written
        Path(f"{tmp_path}/out.db").chmod(0o666)
        if user == 0:  # root may write anywhere
            os.chown(tmp_path / "out", NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            with pytest.raises(PublishError, match="Permission denied"):
                publish_by([page()], files)
        finally:
            os.seteuid(user)
            (tmp_path / "out").chmod(0o700)


def test_disk_that_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads back otherwise than it was written is not published."""
    publish([page()], tmp_path)
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: os.truncate(f"/proc/self/fd/{descriptor}", 1)
    )
    with pytest.raises(PublishError, match="does not hold what was written"):
        publish([page(body=b"new")], tmp_path)
    assert (tmp_path / "index.html").read_bytes() == b"<p>"


def test_page_that_is_gone(tmp_path: Path) -> None:
    """A page published no more is removed."""
    publish([page("posts/1.html"), page("posts/2.html")], tmp_path)
    publish([], tmp_path, gone=["posts/1.html", "posts/never.html"])
    assert [entry.name for entry in (tmp_path / "posts").iterdir()] == ["2.html"]
    assert list(known(tmp_path)) == ["posts/2.html"]


def test_folder_of_pages_that_are_gone(tmp_path: Path) -> None:
    """A folder with nothing left in it goes too; the output folder itself stays."""
    publish([page("posts/1.html"), page("notes/1.html"), page()], tmp_path)
    (tmp_path / "notes" / "theirs.txt").write_text("theirs")
    publish([], tmp_path, gone=["posts/1.html", "notes/1.html", "index.html"])
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["notes"]


def test_file_that_is_not_ours(tmp_path: Path) -> None:
    """A file that another put there is never removed."""
    (tmp_path / "theirs.html").write_text("theirs")
    publish([page()], tmp_path, gone=["theirs.html"])
    assert (tmp_path / "theirs.html").read_text() == "theirs"


def test_digests(tmp_path: Path) -> None:
    """What a page says is known again, until its file is gone or it says something else."""
    publish([page("1.html", digest="a"), page("2.html", digest="b"), page("3.html")], tmp_path)
    assert dict(known(tmp_path)) == {"1.html": "a", "2.html": "b", "3.html": ""}
    (tmp_path / "2.html").unlink()
    publish([page("1.html", body=b"new", digest="c")], tmp_path)
    assert dict(known(tmp_path)) == {"1.html": "c", "3.html": ""}
    with files_of(tmp_path) as files:
        assert files.kind("2.html") == "text/html"  # it is still ours
        assert files.get("2.html") is None
        assert len(files) == 2


def test_nothing_published_yet(tmp_path: Path) -> None:
    """Of a folder that is not there, nothing is known."""
    assert dict(known(tmp_path / "none")) == {}


def test_digest_of_a_page_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed write leaves the digest of the file that still stands, or the new page would never
    be made again.
    """
    publish([page(digest="old")], tmp_path)
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: os.truncate(f"/proc/self/fd/{descriptor}", 1)
    )
    with pytest.raises(PublishError):
        publish([page(body=b"new", digest="new")], tmp_path)
    assert known(tmp_path)["index.html"] == "old"


def test_twins(tmp_path: Path) -> None:
    """A twin holds the same as its file and bears its time; it is left alone while they agree."""
    publish([page()], tmp_path, twins=True)
    file, twin = tmp_path / "index.html", tmp_path / "index.html.gz"
    assert gzip.decompress(twin.read_bytes()) == file.read_bytes()
    assert twin.stat().st_mtime_ns == file.stat().st_mtime_ns
    before = stamp(twin)
    publish([page()], tmp_path, twins=True)
    assert stamp(twin) == before
    publish([page(body=b"new")], tmp_path, twins=True)
    assert gzip.decompress(twin.read_bytes()) == b"new"


@pytest.mark.parametrize(
    "broken",
    [b"", b"no gzip", gzip.compress(b"<p>", mtime=0)[:-3], gzip.compress(b"old", mtime=0)],
    ids=["empty", "no gzip", "cut", "of other bytes"],
)
def test_broken_twin(tmp_path: Path, broken: bytes) -> None:
    """A twin that is not the same as its file is made again, though the file did not change."""
    publish([page()], tmp_path, twins=True)
    (tmp_path / "index.html.gz").write_bytes(broken)
    publish([page()], tmp_path, twins=True)
    assert gzip.decompress((tmp_path / "index.html.gz").read_bytes()) == b"<p>"


def test_twins_switched_off(tmp_path: Path) -> None:
    """Old twins go, or a server would send them for ever; another's `.gz` stays."""
    publish([page(), page("posts/1.html")], tmp_path, twins=True)
    (tmp_path / "other.html.gz").write_bytes(b"theirs")
    publish([page(), page("other.html")], tmp_path, gone=["posts/1.html"])
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*z")) == [
        "other.html.gz"
    ]


def test_pages_reach_the_disk_before_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of one rank are synced before a file of the next is written."""
    steps: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            steps.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        real_sync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        steps.append(f"rename {target.name}")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    out = tmp_path / "out"
    out.mkdir()
    publish([page("posts/1.html"), Document("rss.xml", RSS, "application/rss+xml", 1, rank=2)], out)
    assert sorted(steps[1:3]) == ["sync out", "sync posts"]
    assert [steps[0], *steps[3:]] == ["rename 1.html", "rename rss.xml", "sync out"]


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from store_helpers import files_of
from syndicator.model.edition import Document
from syndicator.publisher import publish
out = Path(sys.argv[1])
for number in range(1, 10**6):
    body = b"<r>" + (b"%07d" % number) * 40000 + b"</r>"
    with files_of(out) as files:
        publish([Document(f"{name}.html", body, "text/html", digest=str(number)) for name in "abc"], files)
    print(number, flush=True)
"""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """After kill -9 each file is whole, its digest is its own or unknown, and leftovers are
    cleaned.
    """
    for delay in (0.001, 0.007, 0.013, 0.022, 0.031, 0.047):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(Path(__file__).parent)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout
        child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.stdout.close()
        child.wait()
        digests = known(tmp_path)
        for name in "abc":
            body = (tmp_path / f"{name}.html").read_bytes()
            number = body[3:10]
            assert body == b"<r>" + number * 40000 + b"</r>"
            assert digests[f"{name}.html"] in {"", str(int(number))}
    publish([page("a.html", body=b"end", digest="end")], tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "a.html",
        "b.html",
        "c.html",
    ]
