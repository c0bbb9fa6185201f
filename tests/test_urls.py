"""Addresses: absolute, allowed, valid, without tracking, and in the forms that comparisons use."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator import urls

BASE = "https://b.example/d/p?q"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("x", "https://b.example/d/x"),
        ("?y", "https://b.example/d/p?y"),
        ("#z", "https://b.example/d/p?q#z"),
        ("//h.example/x", "https://h.example/x"),
        ("\\\\h.example\\x", "https://h.example/x"),
        ("..\\x", "https://b.example/x"),
        ("http:/h.example/x", "http://h.example/x"),
        ("HTTPS:h.example", "https://h.example"),
        (" https://h.example/x\n", "https://h.example/x"),
        ("ht\ttps://h.example/x", "https://h.example/x"),
        ("é x", "https://b.example/d/é x"),
        ("x\ud800\ufffe\uffff\x7fé", "https://b.example/d/xé"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("", ""),
        ("http://[::1", "http://[::1"),
        ("//[::1", ""),
    ],
)
def test_a_reference_is_resolved_as_browsers_do(reference, expected):
    """RFC 3986, with what browsers mend: back slashes, missing slashes, tabs in schemes."""
    assert urls.absolute(reference, BASE) == expected


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("https://a.example/p?q=1&r=%20#f", "https://a.example/p?q=1&r=%20#f"),
        (
            "https://a.example/ä ö?ü=[]|&x#ß",
            "https://a.example/%C3%A4%20%C3%B6?%C3%BC=%5B%5D%7C&x#%C3%9F",
        ),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%zz%20", "https://a.example/%25zz%20"),
        ("https://a.example/a<b>\"c'", "https://a.example/a%3Cb%3E%22c'"),
        ("https://日本.example/パス", "https://xn--wgv71a.example/%E3%83%91%E3%82%B9"),
        ("https://a_b.example:8080/", "https://a_b.example:8080/"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"),
        ("http://us er:p%w@a.example/", "http://us%20er:p%25w@a.example/"),
        ("https://a.example", "https://a.example"),
        ("http://a.example:port/", ""),
        ("http://a.example:99999/", ""),
        ("http:///path", "http://path"),
        ("http://?q", ""),
        ("http://a b.example/", ""),
        ("http://\u00ad.example/", ""),
        ("http://[::1", ""),
        ("ftp://a.example/", ""),
        ("//a.example/x", "https://a.example/x"),
        ("path", ""),
        ("", ""),
    ],
)
def test_a_web_address_becomes_a_valid_uri_or_nothing(written, uri):
    """What RFC 3986 doesn't allow is encoded once (RFC 3987, 3.1); what names no host is
    nothing.
    """
    assert urls.web(written) == uri


@pytest.mark.parametrize("scheme", sorted(urls.RUNNING))
def test_an_address_that_runs_is_never_clickable(scheme):
    """Whatever is put before or into the scheme that browsers overlook."""
    for disguise in (
        scheme,
        scheme.upper(),
        f"\x01 {scheme}",
        f"{scheme[:2]}\n{scheme[2:]}",
        f"\t{scheme}",
    ):
        assert urls.clickable(f"{disguise}:alert(1)", BASE) == ""
        assert urls.runs(f"{disguise}:alert(1)")


def test_what_is_clicked_for_a_message_or_a_call_is_kept():
    """Not web, but nothing that runs; spaces and letters beyond ASCII are encoded there too."""
    assert (
        urls.clickable("mailto:a@b.example?subject=é 1%")
        == "mailto:a@b.example?subject=%C3%A9%201%25"
    )
    assert urls.clickable("TEL:+49 1") == "TEL:+49%201"
    assert urls.clickable("unknown:x") == ""


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/?utm_source=a&UTM_Medium=b", "https://a.example/"),
        ("https://a.example/?a=1&amp;utm_source=b", "https://a.example/?a=1"),
        ("https://a.example/?a=1&fbclid=2&b=3&gclid=4", "https://a.example/?a=1&b=3"),
        ("https://a.example/p#utm_source=rss&utm_medium=x", "https://a.example/p"),
        ("https://a.example/p#xtor=RSS-1", "https://a.example/p"),
        ("https://a.example/p?x=1#top", "https://a.example/p?x=1#top"),
        ("https://a.example/p?mc_cid=1&mc_eid=2&mc_donalds=3", "https://a.example/p?mc_donalds=3"),
        (
            "https://a.example/p?ref=home&source=rss&id=7",
            "https://a.example/p?ref=home&source=rss&id=7",
        ),
        ("https://a.example/?utm_source", "https://a.example/?utm_source"),
        ("https://a.example/utm_source=x", "https://a.example/utm_source=x"),
        ("https://a.example/?q=a?b&utm_source=x#?c", "https://a.example/?q=a?b#?c"),
    ],
)
def test_tracking_parameters_go_and_no_others(url, clean):
    """A name goes only where no site answers differently for it: `ref` and `source` may mean
    something.
    """
    assert urls.without_tracking(url) == clean


def test_addresses_of_one_page_are_equal_when_compared_loosely():
    """Scheme, www, default port, closing slash, host's case and tracking tell nothing apart."""
    same = [
        "http://a.example/p", "https://www.A.example/p/", "https://a.example:443/p?utm_source=x",
        " http://a.example:80/p ",
    ]  # fmt: skip
    assert {urls.loose(url) for url in same} == {"a.example/p"}
    assert urls.loose("https://a.example:8443/p") == "a.example:8443/p"
    assert urls.loose("https://a.example/p?id=1#c") == "a.example/p?id=1#c"
    assert urls.loose(" tag:a.example,2024:1 ") == "tag:a.example,2024:1"
    assert urls.path("tag:a.example,2024:1") == ""
    assert urls.path("http://[bad/") == ""
    assert urls.host("http://[bad/") == ""


@given(st.text(max_size=60), st.sampled_from(["", BASE, "http://[::1]:x", "mailto:x", "odd"]))
def test_whatever_is_written_is_a_valid_uri_or_nothing(written, base):
    """No input raises, and what comes out is ASCII without white space, has a host and keeps its
    meaning.
    """
    for made in (urls.web(written, base), urls.clickable(written, base)):
        assert made == "" or re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*:[!#-;=?-Z_a-z~\[\]%]*", made)
    url = urls.web(written, base)
    assert url == "" or urls.host(url) or url.startswith(("http://www.", "https://www."))
    assert urls.web(url) == url
    assert urls.without_tracking(urls.without_tracking(written)) == urls.without_tracking(written)
    assert isinstance(urls.loose(written) + urls.path(written) + urls.host(written), str)
