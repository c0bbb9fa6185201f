"""A look of one's own: a colour, rules added to ours, files copied along, templates that extend
ours.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import site_helpers as given
from jinja2 import Environment, meta, nodes
from lxml import html
from msgspec.structs import replace
from site_helpers import pages

import syndicator
from syndicator import cli
from syndicator.generator import obsolete_paths
from syndicator.generator.site.theme import NOTES, OURS
from syndicator.generator.site.trial import template_faults
from syndicator.model.edition import Document


def made(**settings: object) -> dict[str, Document]:
    return {document.path: document for document in pages(given.edition(**settings))}


def style(documents: dict[str, Document]) -> str:
    (path,) = [path for path in documents if path.startswith("style-")]
    return documents[path].body.decode()


def test_an_accent_colours_the_style_and_the_icon() -> None:
    """In the dark it is mixed with white, so that it can be read."""
    documents = made(accent="#0a6e5c")
    assert ":root { --accent: #0a6e5c; }" in style(documents)
    assert "color-mix(in oklab, #0a6e5c 50%, white)" in style(documents)
    assert "fill='%230a6e5c'" in documents["index.html"].body.decode()


def test_rules_are_added_to_the_style(tmp_path: Path) -> None:
    """extra.css comes after ours and after the accent, so it has the last word."""
    (tmp_path / "extra.css").write_text(".card { border: 0 }")
    sheet = style(made(templates=tmp_path, accent="#0a6e5c"))
    assert sheet.endswith(".card { border: 0 }")
    assert sheet.index(".masthead") < sheet.index("#0a6e5c") < sheet.index(".card { border: 0 }")


def test_files_of_a_theme_are_copied_along(tmp_path: Path) -> None:
    """Pictures and fonts in theme/; no template, no hidden file, nothing of another type."""
    (tmp_path / "fonts").mkdir()
    ours = {
        "logo.svg": "image/svg+xml",
        "Boat.JPEG": "image/jpeg",
        "fonts/text.woff2": "font/woff2",
    }
    for name in (*ours, ".secret.png", "notes.txt", "index.html"):
        (tmp_path / name).write_text("x")
    documents = made(templates=tmp_path)
    files = {path: d.type for path, d in documents.items() if path.startswith("theme/")}
    assert files == {f"theme/{name}": kind for name, kind in ours.items()}


def test_a_page_reaches_the_files_of_its_theme(tmp_path: Path) -> None:
    """By `site.root`, from whatever folder the page is in; `logo` stands in the masthead."""
    (tmp_path / "logo.svg").write_text("x")
    (tmp_path / "foot.html").write_text('<img src="{{ site.root }}theme/logo.svg">')
    documents = made(templates=tmp_path, logo="https://planet.example/logo.png")
    files = [path for path in documents if path.endswith(".html") and path != "fragment.html"]
    assert any(path.count("/") > 1 for path in files) or len(files) > 5
    for path in files:
        page = html.document_fromstring(documents[path].body.decode())
        assert page.xpath("//img/@src")[-1] == "../" * path.count("/") + "theme/logo.svg"
    index = html.document_fromstring(documents["index.html"].body.decode())
    assert index.xpath("//img[@class='logo']/@src") == ["https://planet.example/logo.png"]


def test_a_file_taken_out_of_a_theme_is_removed(tmp_path: Path) -> None:
    """The folder theme/ holds what the theme holds."""

    class Files:
        hidden = frozenset[str]()

        def kind(self, path: str) -> None:
            return None

        def of_type(self, kind: str) -> list[str]:
            return []

        def below(self, folder: str) -> list[str]:
            return ["theme/logo.svg", "theme/old.png"] if folder == "theme/" else []

    (tmp_path / "logo.svg").write_text("x")
    edition = given.edition(templates=tmp_path)
    assert obsolete_paths(edition, Files()) == ["theme/old.png"]
    plain = replace(edition, feed=replace(edition.feed, formats=("rss",)))
    assert obsolete_paths(plain, Files()) == ["theme/logo.svg", "theme/old.png"]


def test_a_template_extends_ours_of_the_same_name(tmp_path: Path) -> None:
    """By "ours/": one block is replaced, the rest stays as it is."""
    (tmp_path / "index.html").write_text(
        "{% extends 'ours/index.html' %}{% block masthead %}<h1>Mine</h1>{% endblock %}"
    )
    index = html.document_fromstring(made(templates=tmp_path)["index.html"].body.decode())
    assert index.xpath("//h1/text()") == ["Mine"]
    assert index.xpath("//article")


def test_a_theme_to_start_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`syndicator theme DIR` writes our templates; unchanged they make the pages that ours make."""
    folder = tmp_path / "mine"
    assert cli.main(["theme", str(folder)]) == 0
    assert f'templates = "{folder}"' in capsys.readouterr().err
    ours, mine = made(), made(templates=folder)
    names = [path for path in ours if path.endswith(".html")]
    for name in names:
        text = mine[name].body.decode()
        assert text.split() == ours[name].body.decode().split() or "style-" in text, name
    post, nav = (
        (folder / name).read_text().partition("\n")[0] for name in ("post.html", "nav.html")
    )
    assert post == "{# The page of a post. Variables: site, page, parts, post. #}"
    assert nav == "{# The links in the masthead. Variables: site, kind, languages. #}"
    assert not list(template_faults(given.edition(templates=folder).feed))


@pytest.mark.parametrize("name", NOTES)
def test_the_word_on_a_template(name: str) -> None:
    """It names each variable that the template uses."""
    tree = Environment(autoescape=True).parse((OURS / name).read_text("utf-8"))
    imported = [names for node in tree.find_all(nodes.FromImport) for names in node.names]
    macros = [node.name for node in tree.find_all(nodes.Macro)]
    assigned = [getattr(node.target, "name", "") for node in tree.find_all(nodes.Assign)]
    used = meta.find_undeclared_variables(tree) - {"t", *imported, *macros, *assigned}
    if name == "base.html":
        used.discard("post")  # on the page of a post alone
    assert used <= set(re.findall(r"\w+", NOTES[name].partition("Variables: ")[2]))


def test_a_theme_is_never_overwritten(tmp_path: Path) -> None:
    """A folder that holds one of the files stays as it is."""
    (tmp_path / "post.html").write_text("mine")
    with pytest.raises(syndicator.UsageError, match="is there already"):
        syndicator.write_theme(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["post.html"]


def test_a_file_that_a_theme_lacks(tmp_path: Path) -> None:
    """Named by a template or the style, it is told; one that is there is not."""
    (tmp_path / "my flag.png").write_bytes(b"flag")
    (tmp_path / "extra.css").write_text("@font-face { src: url(theme/serif.woff2) }")
    (tmp_path / "foot.html").write_text(
        '<img src="{{ site.root }}theme/my%20flag.png" alt="">'
        '<img src="{{ site.root }}theme/gone.png" alt="">'
        '<a href="https://elsewhere.example/theme/none.png">x</a>'
    )
    faults = list(template_faults(given.edition(templates=tmp_path).feed))
    assert faults == [
        f"{tmp_path}: no such file is published: theme/{name}"
        for name in ("gone.png", "serif.woff2")
    ]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("post.html", "<p>\n{{ post.nosuch }}", "line 2: "),
        ("sources.html", "{{ nosuch }}", "line 1: 'nosuch' is undefined"),
        ("search.html", "{{ search.nosuch }}", "line 1: "),
        ("fragment.html", "{% include 'gone.html' %}", "line 1: "),
        ("post.html", "{% if %}", "line 1: "),
    ],
)
def test_a_template_is_tried_on_a_post(tmp_path: Path, name: str, text: str, fault: str) -> None:
    """`check` finds an unknown variable or file before a run does."""
    (tmp_path / name).write_text(text)
    (found,) = template_faults(given.edition(templates=tmp_path).feed)
    assert found.startswith(f"{tmp_path / name}, {fault}")
