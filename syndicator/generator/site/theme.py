"""Views -> HTML, by Jinja2 templates that a folder of the operator's may override one by one."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import cache, cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from syndicator.errors import PublishError, UsageError
from syndicator.formats import ASSETS
from syndicator.generator.site.words import filled
from syndicator.model.edition import Document
from syndicator.whole_files import STANDS, read_bytes, unreadable

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

OURS = Path(__file__).parents[1] / "templates"
_STYLE = "style.css"
_EXTRA = "extra.css"  # appended to the style
# On dark paper the colour is lighter, so that it can be read there too.
_ACCENT = """
:root { --accent: COLOUR; }
@media (prefers-color-scheme: dark) { :root { --accent: color-mix(in oklab, COLOUR 50%, white); } }
"""
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r"))
# By their first bytes: C1 controls, what is left of a wrong charset (not \xa0, the hard space);
# U+FDD0 to U+FDEF; U+FFFE and U+FFFF (not U+FFFD, which shows a loss).
_WRONG = (
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xef\xb7", re.compile(rb"\xef\xb7[\x90-\xaf]")),
    (b"\xef\xbf", re.compile(rb"\xef\xbf[\xbe\xbf]")),
)


class Theme:
    """The templates and the style of one feed. Nothing is read before the first page is made."""

    def __init__(self, folder: Path | None, language: str, accent: str = "") -> None:
        self.folder = folder
        self.folders = (folder, OURS) if folder else (OURS,)
        self.language = language
        self.accent = accent

    def page(self, name: str, **context: object) -> bytes:
        """Return a page as UTF-8."""
        return encode(self.part(name, **context))

    def part(self, name: str, **context: object) -> Markup:
        """Return a piece of a page.

        Raises PublishError if a template can't be read, or, with file and line, if the operator's
        fails.
        """
        try:
            text = self.environment.get_template(f"{name}.html").render(context)
        except Exception as error:  # whatever an expression in a template can raise
            if self.folder and (where := _blamed(error, self.folder)):
                raise PublishError(f"{where}: {error}; {STANDS}") from error
            if isinstance(error, OSError) and error.errno:  # not Jinja's TemplateNotFound
                raise unreadable(error.filename or f"the template {name}.html", error) from error
            raise
        return Markup(text.rstrip("\n"))  # noqa: S704  rendered with everything escaped

    @cached_property
    def environment(self) -> Environment:
        """The templates, read when the first page is made."""
        return _environment(self.folders, self.language)

    def label(self, key: str) -> str:
        """Return a label in the feed's language."""
        return filled(self.language, key)

    @cached_property
    def style(self) -> Document:
        """The style sheet: the theme's or ours, then the accent, then the theme's `extra.css`.

        Its name tells its bytes, so that a page keeps the one that it was made with.
        """
        parts = [next(folder / _STYLE for folder in self.folders if (folder / _STYLE).is_file())]
        if self.folder and (self.folder / _EXTRA).is_file():
            parts.append(self.folder / _EXTRA)
        sheets = [read_bytes(part) for part in parts]
        if self.accent:
            sheets.insert(1, _ACCENT.replace("COLOUR", self.accent).encode())
        body = b"\n".join(sheets)
        digest = blake2b(body, digest_size=6).hexdigest()
        return Document(f"style-{digest}.css", body, "text/css; charset=utf-8", digest=digest)

    def files(self) -> Iterator[Document]:
        """Yield the theme's other files (pictures, fonts), which are published in `theme/`.

        A hidden file, or one of a type that no page can use, stays where it is.
        """
        if not self.folder:
            return
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder)
            media_type = ASSETS.get(path.suffix.lower(), "")
            is_hidden = any(part.startswith(".") for part in name.parts)
            if not media_type or is_hidden or name.as_posix() in (_STYLE, _EXTRA):
                continue
            body = read_bytes(path)
            digest = blake2b(body, digest_size=16).hexdigest()
            yield Document(f"theme/{name.as_posix()}", body, media_type, digest=digest)


# A word on each template, which `syndicator theme` writes into its copy.
NOTES = {
    "archive.html": "A page of older posts. Variables: site, page, parts, groups, is_sparse.",
    "archives.html": "The list of the pages of older posts, by months. "
    "Variables: site, page, parts, groups, posts.",
    "base.html": "The frame of every page: head, masthead, main, foot. "
    "Variables: site, page, parts.",
    "foot.html": "The foot of every page: feeds, other feeds, contact. Variables: site.",
    "fragment.html": "The newest posts, for another site to include. Variables: site, posts.",
    "head.html": "Lines of the head that all pages share: icon, style, feeds. Variables: site.",
    "index.html": "The first page. "
    "Variables: site, page, parts, posts (all of days), days, groups, sources, tags, "
    "is_complete, is_sparse, sources_shown, sources_total.",
    "line.html": "A line of a list under a post. Variables: site, row.",
    "macros.html": "Parts that several pages use: a source's name, a day, lines, the way on.",
    "nav.html": "The links in the masthead. Variables: site, kind, languages.",
    "popular.html": "The list of popular posts. Variables: site, popular.",
    "post.html": "The page of a post. Variables: site, page, parts, post.",
    "search.html": "The answer of `serve` to a search. Variables: site, page, parts, search.",
    "source.html": "The page of a source. Variables: site, page, parts, source, groups, is_sparse.",
    "sources.html": "The table of all sources. Variables: site, page, parts, sources, charts.",
    "tag.html": "The page of a tag of sources. Variables: site, page, parts, tag, sources, groups, is_sparse.",
    "subscribe.html": "The page for people who open a feed in a browser. "
    "Variables: site, page, parts, rows, readers.",
}


def write_theme(folder: Path) -> list[Path]:
    """Write our templates into a folder, a word on each at its top, as a theme to start from.

    Raises UsageError, and writes nothing, if one of the files is there already.
    """
    texts = {}
    for name, note in NOTES.items():
        text = (OURS / name).read_text("utf-8")
        texts[name] = f"{{# {note} #}}\n{text}"
    texts[_EXTRA] = "/* Added to our style. Colours and sizes are the variables of :root. */\n"
    there = [name for name in texts if (folder / name).exists()]
    if there:
        raise UsageError(f"{folder / there[0]} is there already; name a folder without templates")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]


def syntax_faults(folder: Path) -> Iterator[str]:
    """Yield the mistakes that keep a folder's templates from being read: file, line and mistake."""
    from jinja2 import Environment, TemplateSyntaxError

    for path in sorted(folder.glob("*.html")):
        try:
            Environment(autoescape=True).parse(path.read_text("utf-8"))
        except TemplateSyntaxError as error:
            yield f"{path}, line {error.lineno}: {error.message}"
        except (OSError, UnicodeDecodeError) as error:
            yield f"{path}: {error}"


def _blamed(error: Exception, folder: Path) -> str:
    """Return the line of a template that an error comes from, as Jinja2 puts it in the traceback."""
    from traceback import extract_tb  # only where something has failed

    for frame in reversed(extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(folder):
            return f"{frame.filename}, line {frame.lineno}"
    if isinstance(error, UnicodeDecodeError):
        return f"a template in {folder}"
    return ""


def encode(text: str) -> bytes:
    r"""Return text as UTF-8 without controls and non-characters, which HTML forbids (13.2.3.5).

    On bytes it costs 25 us a page, a tenth of a regular expression over the text.

    >>> encode("a\x07\x85\ud800\ufffe\ufdd0é\n")
    b'a?\xc3\xa9\n'
    """
    page = text.encode(errors="replace").translate(None, _CONTROLS)
    for lead, wrong in _WRONG:
        if lead in page:
            page = wrong.sub(b"", page)
    return page


@cache
def _environment(folders: tuple[Path, ...], language: str) -> Environment:
    """Return the templates of these folders; the first with one of a name counts.

    Feeds of one language share them.
    """
    # The import takes 54 ms; a run that makes no page does without.
    from jinja2 import (
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        PrefixLoader,
        StrictUndefined,
    )

    environment = Environment(
        # `{% extends "ours/post.html" %}` is ours, in a template that replaces it.
        loader=ChoiceLoader(
            [FileSystemLoader(folders), PrefixLoader({"ours": FileSystemLoader(OURS)})]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.globals["t"] = partial(filled, language)
    return environment


def _compiled() -> BytecodeCache:
    """Return the cache of compiled templates, beside our compiled code, under Python's switch for it.

    Compiling takes 50 ms, a third of a run in which one feed of twenty has a new post; loading
    takes 2. Like Python's own, what is there is used even where nothing may be written.
    """
    from jinja2 import FileSystemBytecodeCache  # as above
    from jinja2.bccache import Bucket

    class ReadOnlyCache(FileSystemBytecodeCache):
        def dump_bytecode(self, bucket: Bucket) -> None:
            """Write nothing."""

    folder = OURS / "__pycache__"
    if sys.dont_write_bytecode or not os.access(OURS, os.W_OK):
        return ReadOnlyCache(str(folder))
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))
