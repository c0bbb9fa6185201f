"""The libraries alone: what is left when nothing is decided. A yardstick, no program.

requests asks (16 threads, conditional), expat parses, nh3 cleans each body, SQLite keeps it,
feedgen writes the newest hundred as RSS and Atom. No identity, no credit, no language, no index, no
lists, no pages, no archives; dates are not read, nothing is checked, and a feed that is not
well-formed is left out."""

import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import requests

ITEMS = ("item", "{http://www.w3.org/2005/Atom}entry", "{http://purl.org/rss/1.0/}item")
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
BODIES = (
    "{http://purl.org/rss/1.0/modules/content/}encoded",
    "{http://www.w3.org/2005/Atom}content",
    "description",
    "{http://purl.org/rss/1.0/}description",
)
session = requests.Session()
db = sqlite3.connect("floor.db")
db.execute("CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT)")
db.execute("CREATE TABLE IF NOT EXISTS posts (id TEXT PRIMARY KEY, title TEXT, body TEXT)")
etags = dict(db.execute("SELECT url, etag FROM feeds"))


def fetch(url: str) -> tuple[str, requests.Response]:
    return url, session.get(url, headers={"If-None-Match": etags.get(url, "")}, timeout=30)


def keep(root: ElementTree.Element) -> int:
    import nh3

    posts = []
    for item in chain.from_iterable(map(root.iter, ITEMS)):
        parts = {part.tag.rpartition("}")[2]: part.text or "" for part in item}
        body = next((part.text or "" for name in BODIES for part in item.iter(name)), "")
        guid = parts.get("guid") or parts.get("id") or item.get(RDF_ABOUT)
        posts.append((guid, parts.get("title"), body))
    ids = json.dumps([guid for guid, _, _ in posts])
    known = {
        guid
        for (guid,) in db.execute(
            "SELECT id FROM posts WHERE id IN (SELECT value FROM json_each(?))", [ids]
        )
    }
    fresh = [(guid, title, nh3.clean(body)) for guid, title, body in posts if guid not in known]
    db.executemany("INSERT OR IGNORE INTO posts VALUES (?, ?, ?)", fresh)
    return len(fresh)


def write() -> None:
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.id("urn:floor")
    feed.title("Floor")
    feed.link(href="http://127.0.0.1/")
    feed.description("All posts")
    for guid, title, body in db.execute(
        "SELECT id, title, body FROM posts ORDER BY rowid DESC LIMIT 100"
    ):
        item = feed.add_entry(order="append")
        item.id(guid)
        item.title(title)
        item.content(body, type="html")
    feed.rss_file("rss.xml")
    feed.atom_file("atom.xml")


new = 0
with ThreadPoolExecutor(16) as pool, db:
    for url, answer in pool.map(fetch, Path(sys.argv[1]).read_text().split()):
        if answer.status_code == 200:
            try:
                new += keep(ElementTree.fromstring(answer.content))  # noqa: S314 - feeds of our own making
            except ElementTree.ParseError:
                continue
            db.execute(
                "INSERT OR REPLACE INTO feeds VALUES (?, ?)", (url, answer.headers.get("ETag", ""))
            )
if new:
    write()
