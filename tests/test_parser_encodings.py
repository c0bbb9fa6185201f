"""parser.encodings: any bytes to UTF-8, believing the bytes more than what is said of them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from parser_helpers import parsed

from syndicator.parser.encodings import to_utf8

TEXT = "<rss><title>Phở bò, 23 °C – „gut“</title></rss>"


def declared(text: str, encoding: str, name: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="{name or encoding}"?>{text}'.encode(encoding)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"]
)
def test_unicode(encoding: str):
    """With a mark or without, the first bytes tell which of them it is."""
    assert to_utf8(declared(TEXT, encoding)) == (TEXT.encode(), "")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso-8859-1", "<a>café</a>"),
        ("windows-1252", "<a>“café”</a>"),
        ("koi8-r", "<a>привет</a>"),
        ("windows-1251", "<a>привет</a>"),
        ("gb2312", "<a>河内</a>"),
        ("big5", "<a>河內</a>"),
        ("shift_jis", "<a>ハノイ</a>"),
        ("euc-jp", "<a>ハノイ</a>"),
        ("iso-2022-jp", "<a>ハノイ</a>"),
        ("euc-kr", "<a>하노이</a>"),
        ("cp037", "<a>cafe</a>"),
    ],
)
def test_a_declared_encoding(encoding: str, text: str):
    """The declaration is believed where the bytes are not UTF-8."""
    assert to_utf8(declared(text, encoding))[0] == text.encode()


def test_utf_8_that_is_called_something_else():
    """Servers add their own charset to everything; bytes that are UTF-8 are UTF-8."""
    assert to_utf8(declared(TEXT, "utf-8", "iso-8859-1"), "text/xml; charset=iso-8859-1") == (
        TEXT.encode(),
        "",
    )


def test_the_header_counts_before_the_declaration():
    """RFC 7303, 3: but only where the bytes allow it."""
    body = declared("<a>привет</a>", "koi8-r", "utf-8")
    assert to_utf8(body, 'application/xml; charset="KOI8-R"')[0] == "<a>привет</a>".encode()


def test_a_letter_cut_in_two():
    """An excerpt cut by bytes tears one letter; the others must not become windows-1252 for it."""
    data, note = to_utf8(declared(TEXT * 20, "utf-8")[:-12] + b"\xe1\xbb</title></rss>")
    assert "Phở bò".encode() in data
    assert note


def test_a_letter_cut_in_two_of_what_is_called_something_else():
    """One torn letter does not make what a feed says of its encoding true: a hundred whole ones
    stand against it.
    """
    body = (
        declared("<rss><title>Brøndby på søndag</title></rss>" * 20, "utf-8", "iso-8859-1")
        + b"<a>s\xc3</a>"
    )
    data, note = to_utf8(body, "text/xml; charset=iso-8859-1")
    assert "Brøndby på søndag".encode() in data
    assert note


def test_nothing_fits():
    """What is neither UTF-8 nor what it says is read as windows-1252, and that is said."""
    data, note = to_utf8(b"<a>caf\xe9 \x93x\x94</a>")
    assert data == "<a>café “x”</a>".encode()
    assert "windows-1252" in note


def test_characters_that_xml_forbids():
    """They cost no feed its well-formedness: they are left out."""
    body = b'<rss version="2.0"><channel><title>a\x0bb\x00c\xef\xbf\xbfd</title></channel></rss>'
    assert parsed(body).head.title == "abcd"


def test_white_space_and_a_second_declaration_in_front():
    """PHP files give away a line before the declaration; some programs write it twice."""
    body = b'\n \xef\xbb\xbf<?xml version="1.0"?>\n<?xml version="1.0"?><rss version="2.0"><channel/></rss>'
    assert to_utf8(body)[0].startswith(b"<rss")


def test_a_stylesheet_stays():
    """<?xml-stylesheet?> is no declaration."""
    assert to_utf8(b"<?xml-stylesheet href='a'?><rss/>")[0].startswith(b"<?xml-stylesheet")


@example(
    b"\x80", "undefined"
)  # what a script sends that lacks the name; Python has such a codec, to raise
@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes(body: bytes, content_type: str):
    """Whatever comes, UTF-8 goes out, without characters that XML forbids in a byte."""
    data, _ = to_utf8(body, "text/xml; charset=" + content_type)
    data.decode("utf-8")
    assert not set(data) & {*range(9), 11, 12, *range(14, 32)}
