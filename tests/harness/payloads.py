"""Payloads of other projects, published by a run and opened in Chromium.

    python tests/harness/payloads.py FILE_OR_FOLDER ... [--most 2000]

A corpus is fetched by its user, for example DOMPurify's `test/fixtures/expect.mjs`, html5lib's
`*.dat` and `*.test`, or a folder of feeds as feedparser has. Each payload stands in the title, the
body, the author and a category of a post, escaped once to three times; a whole feed is a source of
its own. Every page is opened as `serve` sends it, and every published body on a page without any
policy. The names, categories and titles of all formats are shown as HTML, as a careless reader
does, names up to four times over. Nothing runs: no script, no handler while each element is
hovered, focused and clicked. No name or title becomes an element.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from lxml.etree import parse

sys.path.append(str(Path(__file__).resolve().parents[1]))
from acceptance_helpers import BLOG, HOUR, START, feed, item
from browser_helpers import CHROMIUM, Browser, browsing
from loopback import Server, running, serving

from syndicator import config, pipeline
from syndicator.model.run import Options

_PORTION = 40  # payloads of a feed, and bodies of a bare page
_NAMES = 500  # names and titles of a page
_MARK = "ran-in-a-page"
# Runs in every page and frame before all else. What a payload calls says so on the console.
_TRAP = f"""for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'eval', 'run', 'xss'])
  window[name] = () => console.debug('{_MARK} ' + name);"""
# Shows each paragraph's text as HTML, and the text that is seen then again.
_SHOW = """(() => { let bad = [];
  for (const e of document.querySelectorAll('p')) {
    const written = e.textContent;
    for (let i = 0; i < e.dataset.times && !e.children.length; i++) e.innerHTML = e.textContent;
    if (e.children.length) bad.push('markup in ' + written);
  }
  return bad; })()"""
_TOUCH = """(() => { let bad = [];
  // A form may hide its own by a field of that name.
  const attributes = Object.getOwnPropertyDescriptor(Element.prototype, 'attributes').get;
  document.addEventListener('click', event => event.preventDefault());
  for (const e of document.querySelectorAll('*')) {
    if (e.localName == 'script' && e.type != 'application/ld+json') bad.push(e.outerHTML);
    for (const a of attributes.call(e)) {
      const value = a.value.replace(/[\\x00-\\x20]/g, '').toLowerCase();
      if (a.name.startsWith('on') || /^(javascript|vbscript):/.test(value) && a.name != 'title'
          && a.name != 'alt' && a.name != 'content') bad.push(e.localName + ' ' + a.name + '=' + a.value);
    }
    for (const kind of ['mouseover', 'focus', 'click', 'toggle', 'error', 'animationend'])
      e.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}));
  }
  return bad; })()"""


def payloads(path: Path) -> Iterator[str]:
    """Yield the payloads of a file, by its kind; each line of an unknown one is a payload."""
    text = path.read_text("utf-8", "replace")
    if path.suffix in (".mjs", ".js"):
        for match in re.finditer(r'"payload":\s*("(?:[^"\\]|\\.)*")', text):
            yield json.loads(match[1])
    elif path.suffix == ".dat":
        yield from re.findall(r"#data\n(.*?)\n#(?:errors|encoding)", text, re.DOTALL)
    elif path.suffix == ".test":
        yield from (str(test.get("input", "")) for test in json.loads(text).get("tests", []))
    else:
        yield from text.splitlines()


def files(paths: list[Path]) -> Iterator[Path]:
    """Yield all files below some paths, in order."""
    for path in paths:
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def feeds(paths: list[Path], most: int) -> Iterator[bytes]:
    """Yield a feed for each portion of payloads, and the files that are feeds themselves."""
    distinct: dict[str, None] = {}
    for path in files(paths):
        if path.suffix in (".xml", ".rss", ".atom", ".json"):
            yield path.read_bytes()
        elif path.suffix in (".mjs", ".js", ".dat", ".test", ".txt"):
            distinct |= dict.fromkeys(payloads(path))
    chosen = [text for text in distinct if text.strip()][:most]
    for start in range(0, len(chosen), _PORTION):
        items = [
            item(
                f"{start + n} {text}",
                f"{BLOG}/{start + n}",
                f"<p>Post {start + n}.</p>{text}",
                START - timedelta(minutes=start + n),
                named(text, n % 3 + 1),
            )
            for n, text in enumerate(chosen[start : start + _PORTION])
        ]
        yield feed(f"Corpus {start}", f"{BLOG}/{start}", *items)


def named(text: str, times: int) -> str:
    """Return the elements of an item that name people and categories, escaped so many times."""
    for _ in range(times):
        text = escape(text)
    creator = f'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{text}</dc:creator>'
    return f"<author>{text}</author>{creator}<category>{text}</category>"


def publish(folder: Path, bodies: Iterator[bytes]) -> int:
    """Publish feeds in a folder; return the number of posts."""
    tables = ""
    for n, body in enumerate(bodies):
        (folder / f"{n}.xml").write_bytes(body)
        tables += f'\n[[sources]]\nurl = "{n}.xml"\n'
    head = '[feed]\ntitle = "Corpus"\nlink = "https://planet.example/"\noutput = "public"\n'
    head += 'state = "state.db"\nlimit = 100000\npages = "full"\nper_source = true\n'
    (folder / "feeds.toml").write_text(head + tables, "utf-8")
    settings = config.load(folder / "feeds.toml")
    report = pipeline.run(settings, Options(), START + HOUR, threading.Event(), lambda _: None)
    return report.new


def bare_pages(published: Path, folder: Path) -> int:
    """Write the bodies of the feed to pages without a policy; return the number of bodies."""
    folder.mkdir()
    items = json.loads((published / "feed.json").read_bytes())["items"]
    bodies = [str(entry.get("content_html") or "") for entry in items]
    for start in range(0, len(bodies), _PORTION):
        inside = "".join(f"<div>{body}</div>" for body in bodies[start : start + _PORTION])
        page = f"<!DOCTYPE html><meta charset=utf-8><title>Bodies</title>{inside}"
        (folder / f"{start}.html").write_text(page, "utf-8")
    return len(bodies)


def name_pages(published: Path, folder: Path) -> int:
    """Write the names and titles of all formats to pages; return their number."""
    folder.mkdir()
    rss, atom = parse(published / "rss.xml"), parse(published / "atom.xml")
    names = dict.fromkeys(rss.xpath("//item/*[local-name()='creator' or self::source]/text()"))
    names |= dict.fromkeys(rss.xpath("//item/category/text()"))
    names |= dict.fromkeys(atom.xpath("//*[local-name()='name']/text() | //@term | //@label"))
    for entry in json.loads((published / "feed.json").read_bytes())["items"]:
        names |= dict.fromkeys(person["name"] for person in entry.get("authors", ()))
        names |= dict.fromkeys(entry.get("tags", ()))
    titles = dict.fromkeys(rss.xpath("//item/title/text()"))
    titles |= dict.fromkeys(atom.xpath("//*[local-name()='title']/text()"))
    rows = [(text, 4) for text in names] + [(text, 1) for text in titles]
    for start in range(0, len(rows), _NAMES):
        inside = "".join(
            f"<p data-times={times}>{escape(text)}</p>"
            for text, times in rows[start : start + _NAMES]
        )
        page = f"<!DOCTYPE html><meta charset=utf-8><title>Names</title>{inside}"
        (folder / f"{start}.html").write_text(page, "utf-8")
    return len(rows)


def opened(browser: Browser, base: str, folder: Path) -> list[str]:
    """Open all pages of a folder; name what ran, and what could."""
    browser.call("Page.addScriptToEvaluateOnNewDocument", source=_TRAP)
    faults: list[str] = []
    for path in sorted(folder.rglob("*.html")):
        url = f"{base}{path.relative_to(folder)}"
        browser.open(url)
        harmful = list(browser.run(_SHOW)) if folder.name == "names" else []
        harmful += browser.run(_TOUCH)
        said = [line for line in browser.complaints() if _MARK in line]
        dialogs = browser.seen("Page.javascriptDialogOpening")
        faults += [f"{path}: {fault}" for fault in (*harmful, *said, *map(str, dialogs))]
    return faults


def tried(
    folder: Path, bodies: Iterator[bytes], *, names_alone: bool = False
) -> tuple[str, list[str]]:
    """Publish feeds and open all that was made of them; return a summary and the faults."""
    posts = publish(folder, bodies)
    public, bare, names = folder / "public", folder / "bare", folder / "names"
    count, shown = bare_pages(public, bare), name_pages(public, names)
    pages = len(list(public.rglob("*.html")))
    server = Server(("127.0.0.1", 0), partial(Quiet, directory=bare))
    named = Server(("127.0.0.1", 0), partial(Quiet, directory=names))
    with (
        running(server) as url,
        running(named) as names_url,
        browsing(folder / "profile") as browser,
        serving(public) as (host, port),
    ):
        faults = opened(browser, f"{names_url}/", names)
        if names_alone:
            return f"{posts} posts, {shown} names and titles as HTML", faults
        faults += opened(browser, f"http://{host}:{port}/", public)
        faults += opened(browser, f"{url}/", bare)
    summary = f"{posts} posts, {pages} pages, {count} bodies without a policy"
    return f"{summary}, {shown} names and titles as HTML", faults


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> int:
    """Open payloads in Chromium, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=100_000, help="payloads at most")
    parser.add_argument("--names", action="store_true", help="open the names and titles alone")
    options = parser.parse_args()
    if not CHROMIUM:
        print("there is no Chromium here", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="payloads-") as folder:
        made = feeds(options.corpus, options.most)
        summary, faults = tried(Path(folder), made, names_alone=options.names)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{summary}: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
