"""feeds.toml -> Config: what is inherited, what is refused, and what a complaint says."""

import re
import sys
import zoneinfo
from datetime import timedelta
from pathlib import Path

import pytest
from site_helpers import archives, edition, pages

from syndicator import config
from syndicator.config.words import did_you_mean
from syndicator.errors import ConfigError
from syndicator.formats import FORMATS, file_name
from syndicator.model.settings import Config

HEAD = '[feed]\ntitle = "Planet Test"\n'


def load(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> Config:
    path = tmp_path / "feeds.toml"
    path.write_text(text, "utf-8")
    return config.load(path, environment or {})


def complaint(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, environment)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_title_alone(tmp_path: Path) -> None:
    """All else has the documented default."""
    loaded = load(tmp_path, HEAD)
    feed = loaded.feeds[0]
    assert feed.link == "http://127.0.0.1:8000/"
    assert feed.output == tmp_path / "public"
    assert loaded.state == tmp_path / "syndicator.db"
    assert feed.formats == ("rss", "atom", "json", "opml", "html")
    assert (feed.limit, feed.language, feed.contact) == (100, "en", "")
    assert (loaded.fetch.jobs, loaded.fetch.per_host, loaded.fetch.max_bytes) == (32, 2, 20_000_000)
    assert loaded.fetch.delay == timedelta(seconds=1)
    assert loaded.keep == timedelta(days=730)


def test_a_source_overrides_what_it_says_and_inherits_the_rest(tmp_path: Path) -> None:
    """Each override stays its own; tables merge key by key."""
    loaded = load(
        tmp_path,
        HEAD
        + '[fetch]\ninterval = "2h"\ntimeout = "5s"\n[related]\nlimit = 7\n[attribution]\ntext = "{post} @ {source}"\n'
        + '[[sources]]\nurl = "https://a.example/feed"\n'
        + '[[sources]]\nurl = "b.xml"\nname = "Bee"\ninterval = "90s"\nlanguage = "vi"\nlimit = 3\n'
        + '[sources.related]\nscope = "all"\n[sources.attribution]\nenabled = false\n',
    )
    a, b = loaded.sources
    assert (a.id, a.path, a.interval, a.timeout) == (
        "https://a.example/feed",
        None,
        timedelta(hours=2),
        timedelta(0, 5),
    )
    assert (a.related.scope, a.related.limit, a.attribution.text) == (
        "source",
        7,
        "{post} @ {source}",
    )
    assert (b.id, b.url, b.path) == ("Bee", "", tmp_path / "b.xml")
    assert (b.interval, b.language, b.limit) == (timedelta(seconds=90), "vi", 3)
    assert (b.related.scope, b.related.limit) == ("all", 7)
    assert (b.attribution.enabled, b.attribution.text) == (False, "{post} @ {source}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["[feed]", "`title`", "required"]),
        ('[feed]\ntitle = "  "\n', ["[feed]", "`title`", "required"]),
        (HEAD + 'titel = "x"\n', ["[feed]", "`titel`", 'did you mean "title"?']),
        ('[feed]\ntitel = "x"\n', ["[feed]", "`titel`", 'did you mean "title"?']),
        (HEAD + "formats = []\n", ["`formats`", "at least one of rss"]),
        (HEAD + 'names = { rss = "atom.xml" }\n', ["`names`", '"rss" and "atom"', '"atom.xml"']),
        (HEAD + 'state = ""\n', ["[feed]", "`state`", "path of a file"]),
        (HEAD + 'tags = ["x"]\n', ["`tags`", '"x"', "known here: none"]),
        (HEAD + '[fetch]\ninterval = "99999999999d"\n', ["[fetch]", "`interval`", '"90s"']),
        (
            HEAD + '[[sources]]\nurll = "a"\n',
            ["[[sources]] no. 1", "`urll`", 'did you mean "url"?'],
        ),
        (
            HEAD + '[[sources]]\nurl = "a"\n[[sources]]\nurl = "a"\n',
            ['[[sources]] "a"', "`url`", "[[sources]] no. 1"],
        ),
        (HEAD + '[[feeds]]\nnam = "x"\n', ["[[feeds]] no. 1", "`nam`", 'did you mean "name"?']),
        (HEAD + "[fech]\n", ["`fech`", "did you mean [fetch]?"]),
        (HEAD + '[source]\nurl = "a"\n', ["`source`", "did you mean [[sources]]?"]),
        (HEAD + '[[source]]\nurl = "a"\n', ["`source`", "did you mean [[sources]]?"]),
        (
            HEAD + "[xyzzy]\n",
            ["`xyzzy`", "[fetch], [[lists]], [metrics], [related], [run], [[sources]]"],
        ),
        (
            'title = "T"\n',
            [
                "the top level",
                "`title`",
                "may be set in [feed], in [[feeds]], in [[sources]] and in `include`",
            ],
        ),
        (
            HEAD + 'interval = "1h"\n',
            ["[feed]", "`interval`", "may be set in [fetch] and in [[sources]] only"],
        ),
        (
            HEAD + '[[feeds]]\nname = "a"\nstate = "b"\n',
            ['[[feeds]] "a"', "`state`: may be set in [feed] only"],
        ),
        (
            HEAD + '[[sources]]\nurl = "a"\npassword = "b"\n',
            ["`password`: may be set in `auth` of a source only"],
        ),
        (HEAD + "[feed.fetch]\n", ["[feed]", "`fetch`: may be set at the top level only"]),
        (
            HEAD + 'lnk = "a"\nxyzzy = 1\nurl = "b"\n',
            ["[feed]: these keys", '`lnk` (did you mean "link"?), `xyzzy`, `'],
        ),
        (
            HEAD + 'lnk = "a"\nxyzzy = 1\nurl = "b"\n',
            ["`url` (may be set in [[sources]] and in [[lists]] only); known here: accent"],
        ),
        (
            HEAD + '[fetch]\ntimeout = "0s"\n',
            ["[fetch]", "`timeout`", "must be at least \"0.1s\", not '0s'"],
        ),
        (
            HEAD + '[fetch]\nmax_bytes = "0B"\n',
            ["[fetch]", "`max_bytes`", "must be more than 0, not '0B'"],
        ),
        (HEAD + 'id = "my planet"\n', ["[feed]", "`id`", "urn:uuid:"]),
        (HEAD + 'output = "."\n', ["[feed]", "`state`", "published folder"]),
        (HEAD + 'state = "public/x/s.db"\n', ["[feed]", "`state`", "published folder"]),
        (
            HEAD + 'state = "b/s.db"\n[[feeds]]\nname = "a"\noutput = "b"\n',
            ["[feed]", "`state`", "published folder"],
        ),
        (HEAD + "limit = true\n", ["[feed]", "`limit`", "a whole number", "not true"]),
        (HEAD + "limit = 0\n", ["`limit`", "at least 1"]),
        (HEAD + 'link = "ftp://x/"\n', ["`link`", "https://example.org/"]),
        (HEAD + 'link = "http://[x/"\n', ["`link`"]),
        (HEAD + 'link = ""\n', ["`link`", "leave it out for none"]),
        (HEAD + 'link = "https://a.example/?p=1"\n', ["`link`", "without user, query"]),
        (HEAD + 'link = "https://a.example/#top"\n', ["`link`", "and fragment"]),
        (HEAD + 'output = "~nobody-of-this-name/x"\n', ["`output`", "nobody has a home"]),
        (HEAD + 'formats = ["rss", "atmo"]\n', ["`formats`", 'did you mean "atom"?']),
        (HEAD + 'names = { rss = "../up.xml" }\n', ["`names.rss`", "plain file name"]),
        (
            HEAD + 'names = { html = "sources.html" }\n',
            ["[feed]", "`names.html`", '"sources.html"'],
        ),
        (HEAD + 'names = { rss = "Sources.html" }\n', ["`names.rss`", '"Sources.html"']),
        (HEAD + 'names = { html = "style-0a1b.css" }\n', ["`names.html`", '"style-0a1b.css"']),
        (HEAD + 'names = { rss = "rss.xml.gz" }\n', ["`names.rss`", '"rss.xml.gz"']),
        (HEAD + 'names = { rss = "posts" }\n', ["`names.rss`", '"posts"']),
        (HEAD + 'names = { rss = "Atom.xml" }\n', ["`names`", '"rss" and "atom"']),
        (
            HEAD + '[[feeds]]\nname = "a"\nnames = { rss = "by-source" }\n',
            ['[[feeds]] "a"', "`names.rss`"],
        ),
        (HEAD + '[[feeds]]\nname = "posts"\n', ['[[feeds]] "posts"', "`name`", '"posts"']),
        (HEAD + '[[feeds]]\nname = "Sources"\n', ['[[feeds]] "Sources"', "`name`", '"Sources"']),
        (HEAD + '[[feeds]]\nname = "archive"\n', ['[[feeds]] "archive"', "`name`"]),
        (HEAD + '[[feeds]]\nname = "by-language"\n', ['[[feeds]] "by-language"', "`name`"]),
        (HEAD + '[[feeds]]\nname = "rss.xml"\n', ['[[feeds]] "rss.xml"', "`name`"]),
        (HEAD + 'names = { rss = "a" }\n[[feeds]]\nname = "a"\n', ['[[feeds]] "a"', "`name`"]),
        (
            HEAD + '[[feeds]]\nname = "a"\noutput = "public/posts/a"\n',
            ['[[feeds]] "a"', "`output`", '"posts"'],
        ),
        (
            HEAD + '[[feeds]]\nname = "a"\n[[feeds]]\nname = "b"\noutput = "public/x/../a/posts"\n',
            ['"b"', "`output`"],
        ),
        (
            HEAD + 'output = "x/posts"\n[[feeds]]\nname = "a"\noutput = "x"\n',
            ["[feed]", "`output`", '"posts"'],
        ),
        (HEAD + 'contact = "nobody"\n', ["`contact`", "mail address"]),
        (HEAD + 'language = "English"\n', ["`language`", '"pt-BR"']),
        (
            HEAD + 'timezone = "Asia/Ho_Chi_Min"\n',
            ["[feed]", "`timezone`", 'did you mean "Asia/Ho_Chi_Minh"?'],
        ),
        (
            HEAD + 'timezone = "new york"\n',
            ["[feed]", "`timezone`", 'did you mean "America/New_York"?'],
        ),
        (HEAD + 'timezone = "Asia"\n', ["`timezone`", '"Europe/Paris"']),
        (HEAD + 'timezone = "/etc/localtime"\n', ["`timezone`", '"Europe/Paris"']),
        (
            HEAD + 'timezone = "localtime"\n',
            ["`timezone`", '"Europe/Paris"'],
        ),  # another on every machine
        (HEAD + 'timezone = "right/UTC"\n', ["`timezone`", '"Europe/Paris"']),
        (HEAD + 'timezone = "utc"\n', ["`timezone`", 'did you mean "UTC"?']),
        (
            HEAD + '[[feeds]]\nname = "a"\ntimezone = ""\n',
            ['[[feeds]] "a"', "`timezone`", '"Europe/Paris"'],
        ),
        (HEAD + '[fetch]\ninterval = "1h30m"\n', ["[fetch]", "`interval`", '"90s"']),
        (HEAD + "[fetch]\nmax_bytes = 20\n", ["[fetch]", "`max_bytes`", '"20MB"']),
        (HEAD + f"[fetch]\nmax_bytes = '{'9' * 400}B'\n", ["[fetch]", "`max_bytes`", '"20MB"']),
        (HEAD + '[related]\nscope = "some"\n', ["[related]", "`scope`", '"both"']),
        (
            HEAD + '[attribution]\ntext = "{psot}"\n',
            ["[attribution]", "{psot}", 'did you mean "post"?'],
        ),
        (HEAD + "[[sources]]\n", ["[[sources]] no. 1", "`url`", "required"]),
        (HEAD + '[[sources]]\nurl = "ftp://x/"\n', ["`url`", "http or https"]),
        (
            HEAD + '[[sources]]\nurl = "a"\nnam = "x"\n',
            ['[[sources]] "a"', "`nam`", 'did you mean "name"?'],
        ),
        (
            HEAD + '[[sources]]\nurl = "a"\n[[sources]]\nurl = "a"\nname = "b"\n',
            ['[[sources]] "b"', "`url`", '"a"'],
        ),
        (
            HEAD + '[[sources]]\nurl = "a"\nid = "x"\n[[sources]]\nurl = "b"\nid = "x"\n',
            ["`id`", "its own id"],
        ),
        (
            HEAD + '[[sources]]\nurl = "a"\n[sources.filter.include]\ntitle = "("\n',
            ["include", "`title`", "RE2"],
        ),
        (HEAD + '[[sources]]\nurl = "https://x/${NOPE}"\n', ["`url`", "NOPE", "environment"]),
        (HEAD + '[sources]\nurl = "a"\n', ["`sources`", "write [[sources]], in double brackets"]),
        (
            '[feeds]\ntitle = "T"\n',
            ["`feeds`", "write [feed] for the one feed", "[[feeds]]", "are more of them"],
        ),
        ('[[feed]]\ntitle = "T"\n', ["`feed`", "write [feed], in single brackets"]),
        (HEAD + '[[fetch]]\ninterval = "1h"\n', ["`fetch`", "write [fetch], in single brackets"]),
        (
            HEAD + "[[feed.filter]]\nnewest = 1\n",
            ["[feed]", "`filter`", "must be a table, not a list"],
        ),
        (HEAD + 'link = { en = "T" }\n', ["`link`", "text in quotes, not a table"]),
        (HEAD + "tags = [2]\n", ["`tags`", "must be a list of texts in quotes; 2 is none"]),
        (HEAD + "tags = 2\n", ["`tags`", "must be a list of texts, not 2"]),
        (HEAD + "description = 2024-01-01\n", ["`description`", "text in quotes, not a date"]),
        (HEAD + "description = 12:00:00\n", ["`description`", "text in quotes, not a time"]),
        (HEAD + '[[feeds]]\nname = "a/b"\n', ["`name`", "folder"]),
        (HEAD + '[[feeds]]\nname = "a"\n[[feeds]]\nname = "a"\n', ["`output`", "its own"]),
        (HEAD + '[[feeds]]\nname = "a"\nsources = ["x"]\n', ['[[feeds]] "a"', "`sources`", '"x"']),
        ("[feed\n", ["TOML"]),
    ],
)
def test_a_mistake(tmp_path: Path, text: str, says: list[str]) -> None:
    """The complaint names the file, the table and the key, and says what would be right."""
    message = complaint(tmp_path, text)
    for part in [str(tmp_path / "feeds.toml"), *says]:
        assert part in message


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('auth = "me:s3cr3t"', 'key `auth`: must be { user = "...", password = "${NAME}" }'),
        (
            'auth = [{ user = "me", password = "s3cr3t" }]',
            'key `auth`: must be { user = "...", password = "${NAME}" }',
        ),
        (
            'auth = { user = "me", password = 54321 }',
            'key `auth.password`: must be text in quotes: { user = "...", pass',
        ),
        ('headers = "Authorization: Bearer s3cr3t"', 'key `headers`: must be { Name = "value" }'),
        (
            "headers = { X-Key = 54321 }",
            'key `headers.X-Key`: must be text in quotes: { Name = "value" }',
        ),
        ('headers = { X-Key = { a = "s3cr3t" } }', "key `headers.X-Key`: must be text in quotes"),
        (
            'headers = { "X Key" = "s3cr3t" }',
            "key `headers.X Key`: can't be the name of a header: letters, digits and",
        ),
        (
            'headers = { X-Key = "s3cr3t\\nb" }',
            "key `headers.X-Key`: must be one line, without control characters",
        ),
        (
            'headers = { X-Key = "${KEY}" }',
            "key `headers.X-Key`: must be one line, without control characters",
        ),
        ('header = { X-Key = "s3cr3t" }', 'did you mean "headers"?'),
        ('interval = "https://me:s3cr3t@a.example/"', "must be a duration"),
    ],
)
def test_a_mistake_beside_a_secret(tmp_path: Path, line: str, says: str) -> None:
    """The shape that would be right is shown, and never what stands there."""
    text = HEAD + f'[[sources]]\nurl = "https://a.example/feed"\n{line}\n'
    message = complaint(tmp_path, text, {"KEY": "s3cr3t\n"})
    assert says in message
    assert "s3cr3t" not in message
    assert "54321" not in message


@pytest.mark.parametrize(
    "address",
    [
        "ftp://me:s3cr3t@a.example/",
        "https://me:s3cr3t@a.example:99999/",
        "https://me:x/s3cr3t@a.example/",
        "me:s3cr3t@a.example/feed",
        "https//me:s3cr3t@a.example/feed",
    ],
)
@pytest.mark.parametrize(
    "key", ["[[sources]]\nurl", "[feed]\ntitle = 'T'\nlink", "[feed]\ntitle = 'T'\nhub"]
)
def test_a_wrong_address_with_a_password(tmp_path: Path, key: str, address: str) -> None:
    """It is shown without it; one without a scheme is not taken for a path, and shown as its
    name.
    """
    message = complaint(tmp_path, ("" if "[feed]" in key else HEAD) + f"{key} = '{address}'\n")
    assert "https://" in message or "http or https" in message
    assert "s3cr3t" not in message


def test_a_name_that_only_looks_taken(tmp_path: Path) -> None:
    """Where nothing else is called so, a feed may be called as it likes, and so may a file."""
    feeds = load(
        tmp_path,
        HEAD + 'names = { html = "style.css.html", rss = "index.xml" }\n[[feeds]]\nname = "posts-2"\n'
        '[[feeds]]\nname = "posts"\noutput = "elsewhere/posts"\n[[feeds]]\nname = "b"\noutput = "public/b/posts"\n',
    ).feeds  # fmt: skip
    assert [feed.output.name for feed in feeds] == ["public", "posts-2", "posts", "posts"]


def test_what_is_taken_is_what_the_site_writes(tmp_path: Path) -> None:
    """Pages, style sheets and archives of the generator, which the configuration does not
    import.
    """
    documents = {document.path for document in pages(edition(), archives=archives())}
    top = {path.partition("/")[0] for path in documents} - {FORMATS["html"].file}
    assert {"posts", "sources", "archive", "sources.html"} < top
    for name in top | {f"{FORMATS['rss'].file}.gz", "by-source", "by-language"}:
        assert name in complaint(tmp_path, HEAD + f'names = {{ rss = "{name}" }}\n')
        assert name in complaint(tmp_path, HEAD + f'[[feeds]]\nname = "{name}"\n')


def test_a_link_with_a_password(tmp_path: Path) -> None:
    """It would stand in every document; it is not shown either."""
    message = complaint(tmp_path, HEAD + 'link = "https://me:s3cr3t@a.example/"\n')
    assert "without user" in message
    assert "s3cr3t" not in message


def test_a_folder_below_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home of who runs it, as the shell has it."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    loaded = load(tmp_path, HEAD + 'output = "~/x"\nstate = "~/y/s.db"\n')
    assert loaded.feeds[0].output == tmp_path / "home" / "x"
    assert loaded.state == tmp_path / "home" / "y" / "s.db"


def test_a_time_zone_is_inherited(tmp_path: Path) -> None:
    """By each feed that names no other; UTC where none is named."""
    assert load(tmp_path, HEAD).feeds[0].timezone == "UTC"
    more = '[[feeds]]\nname = "a"\n[[feeds]]\nname = "b"\ntimezone = "Europe/Paris"\n'
    feeds = load(tmp_path, HEAD + 'timezone = "Asia/Ho_Chi_Minh"\n' + more).feeds
    assert [feed.timezone for feed in feeds] == [
        "Asia/Ho_Chi_Minh",
        "Asia/Ho_Chi_Minh",
        "Europe/Paris",
    ]


def test_a_system_without_time_zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what is missing, and nothing is where none is asked for."""
    for module in [name for name in sys.modules if name.startswith("tzdata.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(
        sys.modules, "tzdata", None
    )  # as where PyPI's database is not installed either
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert load(tmp_path, HEAD).feeds[0].timezone == "UTC"
        message = complaint(tmp_path, HEAD + 'timezone = "Pacific/Chatham"\n')
    finally:
        zoneinfo.reset_tzpath()
    assert "Pacific/Chatham" in message
    assert "tzdata" in message


def test_a_pattern_that_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It is said in our words alone: nothing that the library writes, and no b'...'."""
    message = complaint(
        tmp_path, HEAD + '[[sources]]\nurl = "a"\n[sources.filter.include]\ntitle = "("\n'
    )
    assert "missing )" in message
    assert "b'" not in message
    assert capfd.readouterr().err == ""


def test_a_word_where_hundreds_are_known() -> None:
    """Some are named, and how many more there are."""
    words = did_you_mean("x", [f"source {n:03}" for n in range(200)])
    assert "source 000" in words
    assert words.endswith(" and 170 more")


def test_a_source_that_is_not_known(tmp_path: Path) -> None:
    """The nearest three of many are named: first those in which the word stands."""
    known = [f"https://blog{n}.example/feed/of/posts.xml" for n in range(40)] + [
        "https://xkcd.example/atom.xml"
    ]
    tables = "".join(f'[[sources]]\nurl = "{address}"\n' for address in known)
    message = complaint(tmp_path, f'{HEAD}sources = ["XKCD"]\n{tables}')
    assert "; known here: https://xkcd.example/atom.xml, https://blog" in message
    assert message.endswith(" and 38 more")


def test_a_key_that_is_like_no_other(tmp_path: Path) -> None:
    """Each key that is known here is named once."""
    message = complaint(tmp_path, HEAD + 'xyzzy = "1h"\n')
    assert message.count(" title") == 1


def test_a_byte_order_mark(tmp_path: Path) -> None:
    """Editors of Windows put one before the text; it is no mistake."""
    (tmp_path / "feeds.toml").write_text(HEAD, "utf-8-sig")
    assert config.load(tmp_path / "feeds.toml").feeds[0].title == "Planet Test"


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("latin-1", "line 4 is not UTF-8"),
        ("utf-8-sig", "line 4 is not UTF-8"),  # of which a part is not: pasted from elsewhere
        ("utf-16", "is in UTF-16"),
        ("utf-16-be", "is in UTF-16"),
    ],
)
def test_another_encoding(tmp_path: Path, encoding: str, says: str) -> None:
    """What editors of Windows may make of it is told in words, with the line."""
    text = HEAD + "# One line, and one in which it shows\ndescription = 'Café'\n"
    written = (
        text.encode(encoding) if encoding != "utf-16-be" else b"\xfe\xff" + text.encode(encoding)
    )
    (tmp_path / "feeds.toml").write_bytes(written.replace("é".encode(), b"\xe9"))
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "feeds.toml")
    assert str(caught.value) == f"{tmp_path / 'feeds.toml'}: {says}; save the file as UTF-8"


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """The system's reason is told, without its number."""
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path)
    assert str(caught.value) == f"{tmp_path}: can't be read: Is a directory"


def test_the_default_names_are_the_generators(tmp_path: Path) -> None:
    """Two formats in one file are found by them, without importing the generator."""
    feed = load(tmp_path, HEAD).feeds[0]
    assert {kind: form.file for kind, form in FORMATS.items()} == {
        kind: file_name(feed, kind) for kind in FORMATS
    }


def test_a_missing_file(tmp_path: Path) -> None:
    """It is named, with the option that says where it is."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file; .*-c"):
        config.load(tmp_path / "nowhere.toml", {})


def test_credentials_in_a_url(tmp_path: Path) -> None:
    """They leave the URL and the id, and make the source private and unpublished."""
    source = load(
        tmp_path, HEAD + '[[sources]]\nurl = "https://me:p%40w@a.example/feed?token=abc"\n'
    ).sources[0]
    assert (source.url, source.auth) == ("https://a.example/feed?token=abc", ("me", "p@w"))
    assert re.fullmatch(r"private source \w+ at a\.example", source.id)
    assert source.private
    assert not source.publish


def test_a_secret_that_changes(tmp_path: Path) -> None:
    """The source keeps its id, so its posts stay known; two private ones of a host are told
    apart.
    """
    text = (
        HEAD
        + '[[sources]]\nurl = "https://a.example/feed?token=%s"\n[[sources]]\nurl = "https://a.example/f?key=1"\n'
    )
    old, new = (load(tmp_path, text % token).sources for token in ("abc", "xyz"))
    assert [source.id for source in old] == [source.id for source in new]
    assert old[0].id != old[1].id


def test_secrets_from_the_environment(tmp_path: Path) -> None:
    """They are put in, assumed private, and stand in no id."""
    text = (
        HEAD
        + '[[sources]]\nurl = "https://a.example/${KEY}/feed"\npublish = true\n[sources.headers]\nX-Key = "${KEY}"\n'
    )
    source = load(tmp_path, text, {"KEY": "s3cret"}).sources[0]
    assert source.url == "https://a.example/s3cret/feed"
    assert source.headers == {"X-Key": "s3cret"}
    assert source.private
    assert source.publish
    assert "s3cret" not in source.id


def test_user_and_password_in_a_table(tmp_path: Path) -> None:
    """Both or none; they make the source private, and two accounts at one address are two
    sources.
    """
    table = '[[sources]]\nurl = "https://a.example/feed"\nid = "%s"\nauth = { user = "%s", password = "${WORD}" }\n'
    one, two = load(
        tmp_path, HEAD + table % ("a", "me") + table % ("b", "you"), {"WORD": "s3cret"}
    ).sources
    assert (one.auth, two.auth) == (("me", "s3cret"), ("you", "s3cret"))
    assert one.private
    for wrong in ('{ user = "me" }', '{ user = "me", pasword = "x" }'):
        told = complaint(
            tmp_path, HEAD + f'[[sources]]\nurl = "https://a.example/feed"\nauth = {wrong}\n'
        )
        assert 'key `auth`: must be { user = "...", password = "${NAME}" }' in told


@pytest.mark.parametrize(
    "address",
    ["https://a.example/feed?page=2", "https://a.example/monkey/x", "https://ä.example/f"],
)
def test_an_address_without_a_secret(tmp_path: Path, address: str) -> None:
    """A parameter alone, or a word in a path, hides nothing: the source is named by its address and
    published.
    """
    (source,) = load(tmp_path, HEAD + f'[[sources]]\nurl = "{address}"\n').sources
    assert (source.id, source.url) == (address, address)
    assert source.publish
    assert not source.private


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/feed", "HTTP://a.example/feed"),
        ("http://a.example/feed", "http://A.Example:80/feed"),
        ("https://a.example", "https://a.example:443/"),
        ("https://a.example?x", "https://a.example/?x"),
        ("https://ä.example/", "https://xn--4ca.example/"),
    ],
)
def test_one_address_in_two_spellings(tmp_path: Path, one: str, other: str) -> None:
    """It is one source, that would be fetched and published twice."""
    message = complaint(
        tmp_path, HEAD + f'[[sources]]\nurl = "{one}"\n[[sources]]\nurl = "{other}"\n'
    )
    assert (
        f'[[sources]] "{other}", key `url`: is that of [[sources]] no. 1 ("{one}") too' in message
    )


@pytest.mark.parametrize(
    "other", ["https://a.example/Feed", "http://a.example/feed", "https://a.example/feed/"]
)
def test_addresses_that_only_look_alike(tmp_path: Path, other: str) -> None:
    """A server may answer each with another feed."""
    text = f'[[sources]]\nurl = "https://a.example/feed"\n[[sources]]\nurl = "{other}"\n'
    assert len(load(tmp_path, HEAD + text).sources) == 2


def test_a_second_feed(tmp_path: Path) -> None:
    """It inherits [feed], in a folder below it and with an address to match."""
    text = (
        HEAD
        + 'link = "https://p.example/x"\nlimit = 9\n[[feeds]]\nname = "vi"\nlanguages = ["vi"]\n'
    )
    main, second = load(tmp_path, text).feeds
    assert second.title == "Planet Test: vi"
    assert second.output == main.output / "vi"
    assert second.link == "https://p.example/x/vi/"
    assert (second.limit, second.languages) == (9, ("vi",))


def test_spaces_around_a_title(tmp_path: Path) -> None:
    """They are no part of it; where there is nothing else, a second feed has the title that it
    would have without.
    """
    feeds = '[[feeds]]\nname = "vi"\ntitle = " "\n[[feeds]]\nname = "en"\ntitle = " In English"\n'
    assert [
        feed.title for feed in load(tmp_path, f'[feed]\ntitle = " Planet "\n{feeds}').feeds
    ] == [
        "Planet",
        "Planet: vi",
        "In English",
    ]


def test_a_feed_per_source(tmp_path: Path) -> None:
    """Each source that may be published gets one, each with a folder of its own."""
    text = (
        HEAD
        + 'per_source = true\n[[sources]]\nurl = "https://a.example/f"\n'
        + '[[sources]]\nurl = "b"\nid = "A example F"\n[[sources]]\nurl = "c"\nprivate = true\n'
    )
    names = [feed.name for feed in load(tmp_path, text).feeds]
    assert names == ["", "by-source/a-example-f", "by-source/a-example-f-b86ce5"]


def test_feeds_of_sources_whose_names_have_no_latin_letters(tmp_path: Path) -> None:
    """Each has an address of its own, which another order in the file does not hand to the
    other.
    """
    found = []
    for names in (("日本", "中国", "A b", "A-b"), ("中国", "日本", "A b", "A-b")):
        tables = "".join(f'[[sources]]\nurl = "{name}.xml"\nname = "{name}"\n' for name in names)
        feeds = load(tmp_path, HEAD + "per_source = true\n" + tables).feeds[1:]
        found.append({feed.sources: feed.link for feed in feeds})
    assert found[0] == found[1]
    assert len(set(found[0].values())) == 4
    assert found[0][("A b",)] == "http://127.0.0.1:8000/by-source/a-b/"


def test_the_user_agent_says_who_we_are(tmp_path: Path) -> None:
    """Name, version and contact."""
    loaded = load(tmp_path, HEAD + 'contact = "mailto:me@example.org"\n')
    assert loaded.fetch.user_agent.startswith("syndicator/")
    assert loaded.fetch.user_agent.endswith("(+mailto:me@example.org)")
