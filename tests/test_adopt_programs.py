"""`adopt` on the day of the move, with the programs themselves: Perlanet, and Venus in a clone.

Perlanet is Debian's `libperlanet-perl` with libmoosex-configfromfile-perl, libxml-opml-simplegen-perl
and libyaml-perl. Venus needs `SYNDICATOR_VENUS=FOLDER` (a clone), Python 2.7 and Debian's xsltproc.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import loopback
import pytest
from acceptance_helpers import HOUR, Planet, item, words
from test_adopt import ALPHA, alpha, beta, fresh_rss_hashes, seen

from syndicator.pipeline.adopt import adopt

pytestmark = [pytest.mark.slow, pytest.mark.machine]

PYTHON2 = shutil.which("python2.7") or shutil.which("python2") or ""
VENUS = """[Planet]
name = Planet Tramway
link = http://tramway.example/
feed = http://tramway.example/atom.xml
owner_name = Crew
owner_email = crew@tramway.example
cache_directory = {folder}/cache
output_dir = {folder}/out
log_level = WARNING
items_per_page = 3
activity_threshold = 0
template_directories = {venus}/themes/common
template_files = atom.xml.xslt rss20.xml.tmpl

[{site}/a]
name = Alpha

[{site}/b]
name = Beta
"""
PERLANET = """title: Planet Tramway
description: Of trams
url: http://tramway.example/
author: {{name: Crew, email: crew@tramway.example}}
page: {{file: index.html, template: index.tt}}
feed: {{file: out/atom.xml, format: Atom}}
feeds:
  - {{url: {site}/a, title: Alpha, web: 'https://alpha.example/'}}
  - {{url: {site}/b, title: Beta, web: 'https://beta.example/'}}
"""


@pytest.fixture
def planet(tmp_path: Path) -> Iterator[Planet]:
    with loopback.site({"/a": alpha(), "/b": beta()}) as site:
        yield Planet(tmp_path, site, ("/a", 'name = "Alpha"'), ("/b", 'name = "Beta"'))


def venus(planet: Planet) -> None:
    place = os.environ.get("SYNDICATOR_VENUS", "")
    if not (place and PYTHON2 and shutil.which("xsltproc")):
        pytest.skip("no Venus here")
    values = {"folder": planet.folder, "site": planet.site.url, "venus": place}
    (planet.folder / "planet.ini").write_text(VENUS.format(**values), "utf-8")
    run(planet, PYTHON2, f"{place}/planet.py", "planet.ini")


def perlanet(planet: Planet) -> None:
    if not shutil.which("perlanet"):
        pytest.skip("no Perlanet here")
    (planet.folder / "perlanetrc").write_text(PERLANET.format(site=planet.site.url), "utf-8")
    (planet.folder / "index.tt").touch()
    (planet.folder / "out").mkdir()
    run(planet, "perlanet", "perlanetrc")


def run(planet: Planet, *command: str) -> None:
    done = subprocess.run(
        command, cwd=planet.folder, capture_output=True, text=True, check=False, timeout=100
    )
    assert any((planet.folder / "out").glob("*.xml")), done.stderr


@pytest.mark.parametrize(
    ("program", "old", "ours"),
    [
        (venus, "atom.xml", "atom.xml"),
        (venus, "rss20.xml", "rss.xml"),
        (perlanet, "atom.xml", "atom.xml"),
    ],
)
def test_the_day_of_the_move(
    planet: Planet, program: Callable[[Planet], Any], old: str, ours: str
) -> None:
    """A document that the program wrote has the same ids, titles, dates and bodies afterwards."""
    program(planet)
    document = planet.folder / "out" / old
    # Perlanet names no source, so its readers take the planet for the author; ours names the source.
    named = program is venus
    before, hashes = seen(document), fresh_rss_hashes(document, authors=named)
    planet.now += 60 * 24 * HOUR  # the old program wrote with the clock of today
    adopt(planet.config(), str(document), planet.now)
    report = planet.run()
    public = planet.folder / "public" / ours
    assert report.posts_published == report.posts_updated == ()
    assert seen(public) == before
    assert fresh_rss_hashes(public, authors=named) == hashes
    fresh = item("A new depot", f"{ALPHA}/a3", words(3), planet.now - HOUR)
    planet.site.pages["/a"] = alpha(fresh)
    assert [post.title for post in planet.run().posts_published] == ["A new depot"]
    assert seen(public)[1:] == before
