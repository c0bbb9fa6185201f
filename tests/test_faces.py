"""`faces = "copy"`: pictures that sources name are fetched once and published beside their pages."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import START, Planet, feed, item
from lxml import etree, html

from syndicator import pictures
from syndicator.pipeline import faces

BLOG = "https://blog.example"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" + b" " * 40
COPY = 'faces = "copy"'


def png(width: int = 32, height: int = 32, shade: int = 0) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + bytes([shade]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xd9"
)
WEBP = b"RIFF\x30\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0" + bytes(30)
LOSSLESS = (
    b"RIFF\x30\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + (31 | 15 << 14).to_bytes(4, "little") + bytes(20)
)
LOSSY = b"RIFF\x30\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x20\0\x10\0" + bytes(20)
ICON = b"\0\0\1\0\1\0\x20\x10" + bytes(30)


@pytest.mark.parametrize(
    ("body", "suffix"),
    [
        (png(32, 16), ".png"), (b"GIF89a\x20\0\x10\0" + bytes(40), ".gif"), (JPEG, ".jpg"),
        (WEBP, ".webp"), (LOSSLESS, ".webp"), (LOSSY, ".webp"), (ICON, ".ico"),
    ],
)  # fmt: skip
def test_a_small_picture(body: bytes, suffix: str) -> None:
    """Its own head tells its format and its size."""
    assert pictures.read(body) == pictures.Picture(suffix, 32, 16)
    assert faces.suffix_of(body) == suffix


@pytest.mark.parametrize(
    "body",
    [
        SVG, b"", b"\x89PNG", b"<!doctype html><title>Not found</title>" + bytes(40), b"BM" + bytes(60),
        png(1025, 1), png(0, 32), png() + bytes(100_000), b"\xff\xd8\xff" + bytes(60), b"\0\0\1\0\0\0" + bytes(60),
        b"\xff\xd8\xff\xe0\xff\xff" + bytes(60), b"\xff\xd8" + b"\xff" * 60, b"RIFF\0\0\0\0WAVE" + bytes(60),
        b"\0\0\0\x1cftypavif" + bytes(60), JPEG[:22] + bytes(30), b"\xff\xd8\xff" + b"\xff\xd0" * 30,
    ],
)  # fmt: skip
def test_what_is_refused(body: bytes) -> None:
    """Documents that may hold a script, large pictures, and whatever has another head."""
    assert faces.suffix_of(body) == ""


@pytest.fixture
def site() -> Iterator[loopback.Site]:
    with loopback.site() as running:
        running.types["/icon"] = "image/png"
        yield running


def planet(folder: Path, site: loopback.Site, icon: str = "/icon", head: str = COPY) -> Planet:
    """A planet of a blog whose feed names a picture, after its first run."""
    post = item("One", f"{BLOG}/1", "<p>A ferry</p>", START)
    image = f"<image><url>{site.url}{icon}</url></image>" if icon else ""
    site.pages["/blog.xml"] = feed("Blog", BLOG, post, head=image)
    made = Planet(folder, site, ("/blog.xml", 'id = "blog"'), head=head)
    made.run()
    return made


def shown(made: Planet) -> list[str]:
    """Return the addresses of faces on the page of the source."""
    page = html.parse(made.folder / "public" / "sources" / "blog.html")
    found: list[str] = page.xpath("//img/@src")  # type: ignore[assignment]
    return found


def asked(site: loopback.Site, path: str = "/icon") -> int:
    return sum(1 for name, _ in site.asked if name == path)


def test_the_picture_of_a_source(tmp_path: Path, site: loopback.Site) -> None:
    """It stands beside the source's page, and pages show that copy; it is asked for once."""
    site.pages["/icon"] = png()
    made = planet(tmp_path, site)
    assert (tmp_path / "public/sources/blog.png").read_bytes() == png()
    assert shown(made) == ["../sources/blog.png"]
    before = made.files()
    made.run()
    assert made.files() == before
    assert asked(site) == 1


def test_a_picture_that_is_refused(tmp_path: Path, site: loopback.Site) -> None:
    """The source keeps its dot, and the site is asked again after a month."""
    site.pages["/icon"] = SVG
    made = planet(tmp_path, site)
    assert shown(made) == []
    made.run()
    assert asked(site) == 1
    site.pages["/icon"] = png()
    made.now += timedelta(days=31)
    made.run()
    assert asked(site) == 2
    assert shown(made) == ["../sources/blog.png"]


@pytest.mark.parametrize("answer", [404, 503, 429, (301, "/icon"), b""])
def test_a_picture_that_does_not_come(
    tmp_path: Path, site: loopback.Site, answer: int | bytes | tuple[int, str]
) -> None:
    """Nothing else of the run is touched: the source is well, and its posts are published."""
    site.pages["/icon"] = answer
    made = planet(tmp_path, site)
    assert shown(made) == []
    assert len(made.items()) == 1
    made.run()
    assert asked(site) <= 11  # a circle is left after ten redirects


def test_a_picture_that_is_gone(tmp_path: Path, site: loopback.Site) -> None:
    """The copy stays; a new one takes its place without another address."""
    site.pages["/icon"] = png()
    made = planet(tmp_path, site)
    site.pages["/icon"] = 404
    made.now += timedelta(days=31)
    made.run()
    assert (tmp_path / "public/sources/blog.png").read_bytes() == png()
    site.pages["/icon"] = png(shade=99)
    made.now += timedelta(days=31)
    made.run()
    assert (tmp_path / "public/sources/blog.png").read_bytes() == png(shade=99)


def test_another_address_is_asked_at_once(tmp_path: Path, site: loopback.Site) -> None:
    """`icon` of a source goes before what its feed says."""
    site.pages |= {"/icon": png(), "/other": png(shade=5)}
    made = planet(tmp_path, site)
    made.sources[0] = ("/blog.xml", f'id = "blog"\nicon = "{site.url}/other"')
    made.run()
    made.run()
    assert (tmp_path / "public/sources/blog.png").read_bytes() == png(shade=5)


def test_copies_are_switched_off(tmp_path: Path, site: loopback.Site) -> None:
    """The file goes, and the dot is back."""
    site.pages["/icon"] = png()
    made = planet(tmp_path, site)
    made.head = ""
    made.run()
    assert not (tmp_path / "public/sources/blog.png").exists()
    assert shown(made) == []


def test_no_copies_are_wanted(tmp_path: Path, site: loopback.Site) -> None:
    """No picture is asked for."""
    planet(tmp_path, site, head='faces = "link"')
    assert asked(site) == 0


def test_a_private_source(tmp_path: Path, site: loopback.Site) -> None:
    """Its picture is not asked for: the request would tell of it."""
    site.pages["/icon"] = png()
    made = planet(tmp_path, site)
    made.sources[0] = ("/blog.xml", 'id = "blog"\nprivate = true\npublish = true')
    made.run()
    assert not (tmp_path / "public/sources/blog.png").exists()
    (tmp_path / "other").mkdir()
    site.asked.clear()
    hidden = Planet(tmp_path / "other", site, made.sources[0], head=COPY)
    hidden.run()
    assert asked(site) == 0


def test_a_picture_on_a_network_of_ours(tmp_path: Path, site: loopback.Site) -> None:
    """A feed can't send us to another host of our own network."""
    with loopback.site() as other:
        other.pages["/icon"] = png()
        address = other.url.replace("127.0.0.1", "127.0.0.2")
        post = item("One", f"{BLOG}/1", "<p>A ferry</p>", START)
        image = f"<image><url>{address}/icon</url></image>"
        site.pages["/blog.xml"] = feed("Blog", BLOG, post, head=image)
        made = Planet(tmp_path, site, ("/blog.xml", 'id = "blog"'), head=COPY)
        made.run()
        assert other.asked == []


def test_the_icon_in_documents(tmp_path: Path, site: loopback.Site) -> None:
    """atom:source and JSON Feed name the source's own address, whatever pages show."""
    site.pages["/icon"] = png()
    made = planet(tmp_path, site, head="")
    root = etree.parse(tmp_path / "public" / "atom.xml")
    atom = "{http://www.w3.org/2005/Atom}"
    assert root.findtext(f".//{atom}source/{atom}icon") == f"{site.url}/icon"
    (entry,) = made.items()
    assert entry["_syndicator"]["source"]["icon"] == f"{site.url}/icon"
