"""A setting is declared once: its struct is the schema, for the reader, the documents and pages."""

from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Struct
from test_docs import key_row

from syndicator import config
from syndicator.config.kinds import Surroundings
from syndicator.config.schema import keys
from syndicator.config.table import Complaints, Table
from syndicator.errors import ConfigError
from syndicator.model.settings import Feed, Key, settings_on_pages


class Sky(Struct, frozen=True):
    """A table of settings that the program does not have."""

    stars: Annotated[int, Key("how many stars a page shows", least=0, on_pages=True)] = 3
    name: Annotated[str, Key("as it is shown")] = ""
    height: int = 0  # computed


def read(values: dict[str, object], base: Sky = Sky()) -> Sky:  # noqa: B008  frozen
    complaints = Complaints("sky.toml")
    sky = Table(complaints, "[sky]", values).struct(base, Surroundings(Path(), {}))
    complaints.check()
    return sky


def test_a_setting_that_is_added() -> None:
    """One field is enough: it is read, inherited, documented, and part of the digest of pages."""
    assert read({"stars": 7}) == Sky(stars=7)
    assert read({"name": "x"}, Sky(stars=5)) == Sky(stars=5, name="x")
    assert key_row(keys(Sky)["stars"]) == "| `stars` | `3` | how many stars a page shows |"
    assert settings_on_pages(Sky(stars=7, name="x")) == (7,)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"stars": -1}, "sky.toml: [sky], key `stars`: must be at least 0, not -1"),
        ({"stars": "x"}, "sky.toml: [sky], key `stars`: must be a whole number, not 'x'"),
        ({"star": 1}, 'sky.toml: [sky], key `star`: is not known; did you mean "stars"?'),
        ({"height": 1}, "sky.toml: [sky], key `height`: is not known; known here: name, stars"),
    ],
)
def test_a_mistake_in_it(values: dict[str, object], says: str) -> None:
    """It is told with file, table, key and the right form; a computed field is no key."""
    with pytest.raises(ConfigError) as caught:
        read(values)
    assert str(caught.value) == says


def test_the_settings_that_pages_show() -> None:
    """Title and address are among them; a page is not made again for a limit."""
    feed = Feed(title="Planet", limit=7, names={"rss": "a.xml", "atom": "b.xml"})
    shown = settings_on_pages(feed)
    assert "Planet" in shown
    assert [("atom", "b.xml"), ("rss", "a.xml")] in shown
    assert 7 not in shown


def test_all_mistakes_of_a_file_are_told_in_one_go(tmp_path: Path) -> None:
    """Each with its table and key, in the order of the file's tables."""
    path = tmp_path / "feeds.toml"
    path.write_text(
        '[feed]\ntitle = "T"\nlimit = 0\nlanguage = "English"\n[fetch]\njobs = 0\n'
        '[[sources]]\nurl = "https://a.example/"\ninterval = "soon"\n[[sources]]\nname = "B"\n',
        "utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    first, *rest = str(caught.value).splitlines()
    assert first == f"{path}: 5 mistakes:"
    assert [line.strip().partition(":")[0] for line in rest] == [
        "[feed], key `limit`",
        "[feed], key `language`",
        "[fetch], key `jobs`",
        '[[sources]] "https',
        '[[sources]] "B", key `url`',
    ]


def test_many_mistakes(tmp_path: Path) -> None:
    """Twenty are told, and how many more there are: nobody reads ten thousand."""
    path = tmp_path / "feeds.toml"
    tables = "".join(f'[[sources]]\nurl = "{n}.xml"\nlimit = -1\n' for n in range(50))
    path.write_text(f'[feed]\ntitle = "T"\n{tables}', "utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "  and 30 more"
