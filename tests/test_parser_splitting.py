"""parser.splitting: a feed cut into items, and fingerprints that stand for them."""

from parser_helpers import atom, fast, parsed, rss

from syndicator.parser.splitting import cut

ITEMS = "".join(
    f"<item><title>{n}</title><link>https://hanoi.example/{n}</link><guid>g{n}</guid></item>"
    for n in range(5)
)


def prints(body: bytes) -> list[str]:
    return [key.fingerprint for key in parsed(body).items]


def test_one_new_item_of_five():
    """Only it is read; the others are named with their guids and links."""
    old = parsed(rss(ITEMS))
    new = ITEMS.replace("<title>2</title>", "<title>two</title>")
    found = parsed(rss(new), frozenset(key.fingerprint for key in old.items))
    assert [entry.guid for entry in found.entries] == ["g2"]
    assert [(key.guid, key.link) for key in found.items] == [
        (key.guid, key.link) for key in old.items
    ]


def test_a_restless_head():
    """A new lastBuildDate or ttl makes no item new."""
    head = "<lastBuildDate>Tue, 05 Mar 2024 0{}:00:00 GMT</lastBuildDate><ttl>{}</ttl>"
    assert prints(rss(ITEMS, head.format(1, 1))) == prints(rss(ITEMS, head.format(2, 2)))


def test_what_an_item_inherits():
    """Another language, base or namespace around the same bytes makes another item."""
    plain = prints(rss(ITEMS))
    assert prints(rss(ITEMS, attributes='xml:lang="vi"')) != plain
    assert prints(rss(ITEMS, attributes='xml:base="https://a.example/"')) != plain
    assert prints(rss(ITEMS, "<language>vi</language>")) != plain


def test_the_other_items_do_not_matter():
    """An item that comes or goes leaves the fingerprints of the rest."""
    fewer = ITEMS.partition("</item>")[2]
    assert prints(rss(fewer)) == prints(rss(ITEMS))[1:]


def test_a_key_that_could_not_be_told_from_the_bytes():
    """An id in a form that searching misreads is read by the parser each time, and told rightly."""
    body = rss(
        "<item><x:a>&lt;guid&gt;</x:a><guid><![CDATA[a]]>b</guid><atom:link href='https://a.example/'/></item>"
    )
    assert fast(body) is not None
    first = parsed(body)
    again = parsed(body, frozenset(key.fingerprint for key in first.items))
    assert (first.items[0].guid, first.items[0].link) == ("ab", "https://a.example/")
    assert (again.items, again.entries) == (first.items, ())


def test_atom_keys():
    """The first alternate link counts, not `self` or `edit`."""
    body = atom(
        '<link rel="edit" href="/e"/><link rel="alternate" href="/a?x=1&amp;y=2"/><id>urn:1</id>'
    )
    first = parsed(body)
    again = parsed(body, frozenset(key.fingerprint for key in first.items))
    assert (first.items[0].guid, first.items[0].link) == ("urn:1", "/a?x=1&y=2")
    assert again.items == first.items


def test_an_ill_formed_feed_has_fingerprints_too():
    """They are of what was read, so that an unchanged item is not read as new for ever."""
    body = b'<rss version="2.0"><channel><item><title>1 < 2</title></item><item><title>3</title></item></channel></rss>'
    known = prints(body)
    assert len(set(known)) == 2
    found = parsed(body.replace(b"3", b"4"), frozenset(known))
    assert [entry.title.value for entry in found.entries if entry.title] == ["4"]


def test_cdata_that_closes_the_item():
    """An end tag within a CDATA section is no end: searching gives up where it might be one."""
    body = rss("<item><title><![CDATA[</item>]]></title></item>")
    assert cut(body) is None
    assert len(parsed(body).entries) == 1


def test_an_element_named_like_an_item():
    """<items> and <itemPrice> begin with the same letters and are none."""
    pieces = cut(rss("<items/><item><itemPrice>1</itemPrice></item>"))
    assert pieces is not None
    assert [item.data for item in pieces.items] == [b"<item><itemPrice>1</itemPrice></item>"]
