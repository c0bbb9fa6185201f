"""What thirty lines with requests, feedparser and feedgen do: fetch all, parse all, write one
feed.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import requests
from feedgen.feed import FeedGenerator


def fetch(url: str) -> bytes:
    return requests.get(url, timeout=30).content


urls = Path(sys.argv[1]).read_text().split()
with ThreadPoolExecutor(16) as pool:
    entries = [entry for body in pool.map(fetch, urls) for entry in feedparser.parse(body).entries]
entries.sort(key=lambda entry: entry.get("published_parsed") or (), reverse=True)
feed = FeedGenerator()
feed.id("urn:naive")
feed.title("Naive")
feed.link(href="http://127.0.0.1/")
feed.description("All posts")
for entry in entries[:100]:
    item = feed.add_entry(order="append")
    item.id(entry.id)
    item.title(entry.title)
    item.link(href=entry.link)
    body = entry.content[0].value if "content" in entry else entry.get("summary", "")
    item.content(body, type="html")
feed.rss_file("rss.xml")
feed.atom_file("atom.xml")
