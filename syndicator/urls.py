"""A URL as written -> an absolute, allowed, valid or comparable URL. Pure text functions.

No function raises: text that can't be a URL becomes "". Feeds have spaces, tabs inside schemes,
IRIs, unbalanced brackets and ports that are no numbers; each ends as a valid URI or as "".
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

WEB = frozenset({"http", "https"})
# The schemes of links: a page, a message, a call, a chat, a download. None runs a script.
LINKABLE = WEB | {
    "mailto", "tel", "sms", "xmpp", "irc", "ircs", "magnet", "geo", "ftp", "ftps", "gemini",
    "matrix",
}  # fmt: skip
RUNNING = frozenset(
    {"javascript", "vbscript", "data", "livescript", "mocha", "blob", "filesystem", "jar"}
)

# An absolute IRI in outline, of any scheme (RFC 3987); never "my feed".
IRI = r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+"

# A name is a tracking parameter when it says where a reader came from and no site answers
# differently for it.
_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id
    mkt_tok oly_anon_id oly_enc_id wickedid hsctatracking s_cid ncid sr_share rb_clickid spm scm
    _openstat xtor at_medium at_campaign wt_mc wt.mc_id cmpid icid ref_src ref_url guccounter
    gi_source srsltid _ga _gl epik mibextid
"""
_TRACKING_NAMES = frozenset(_NAMES.split())
_TRACKING_PREFIXES = (
    "utm_", "stm_", "hsa_", "mtm_", "pk_", "piwik_", "hmb_", "trk_", "mc_cid", "mc_eid", "vero_",
    "_hs", "__hs", "guce_", "ml_subscriber", "ga_source", "ga_medium", "ga_campaign", "ga_content",
    "ga_term",
)  # fmt: skip

# Characters that RFC 3986 allows; "%" is judged apart, so that nothing is encoded twice.
_PATH_SAFE = "/:@!$&'()*+,;=-._~%"
_OTHER_SAFE = _PATH_SAFE + "?[]|#"  # of mailto, tel and the like, whose parts we don't tell apart
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Already a valid URI of a plain kind: most are, and need nothing but this look.
_VALID = re.compile(r"https?://[A-Za-z0-9.-]+(?::[1-5]?[0-9]{1,4})?(?:[/?](?:[A-Za-z0-9/:@!$&'()*+,;=._~?-]|%[0-9A-Fa-f]{2})*)?"
                    r"(?:#(?:[A-Za-z0-9/:@!$&'()*+,;=._~?-]|%[0-9A-Fa-f]{2})*)?")  # fmt: skip
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Browsers drop these before they look for a scheme (WHATWG URL, 4.4): "java\tscript:" is
# javascript.
_IGNORED = {**dict.fromkeys(range(0x21), None), 0x20: " ", 0x7F: None, 0xFFFE: None, 0xFFFF: None}
_IGNORED.update(dict.fromkeys(range(0xD800, 0xE000), None))
# Most addresses: a host, then a path in which nothing is to be looked for.
_PLAIN_HOST = re.compile(r"https?://([A-Za-z0-9.-]+)(?![^/?#])")
_PLAIN_PAGE = re.compile(r"https?://([A-Za-z0-9.-]+)((?:/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*)?)")
# The address of a post by its number: "https://a.example/?p=12".
_QUERIED_PAGE = re.compile(
    r"https?://[A-Za-z0-9.-]+((?:/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*)?)(\?[A-Za-z0-9_=&.-]+)"
)
# With a port that is no default of a scheme.
_NORMAL = re.compile(r"https?://[a-z0-9.-]+(?::[1-5][0-9]{3,4})?/[A-Za-z0-9/._~?=&-]*")
# Parameters that are as good as a password, also of a path (";token=") and of a fragment; not
# "monkey/". Compiled where it is used: few addresses have a parameter.
PRIVATE_PARAMETER = (
    r"(?i)(?<=[?&;#])((?:[a-z0-9_.-]*(?:token|auth|key|passw(?:or)?d|pwd|secret|signature|session(?:id)?"
    r"|authorization|credentials?)|pass|sig|jwt)=)[^&#]*"
)
_ABSOLUTE_WEB = re.compile(r"https?://[^\s/?#\\]")
_HANDED = re.compile(r"feed:(?://(?!/)|(?=https?://))", re.IGNORECASE)


def squeeze(url: str) -> str:
    r"""Return a URL as a browser reads it: no control characters, no white space around it.

    >>> squeeze(" java\tscript:alert(1) ")
    'javascript:alert(1)'
    """
    if url.isascii() and url.isprintable():
        return url.strip(" ")
    return url.translate(_IGNORED).strip()


def scheme(url: str) -> str:
    r"""Return the scheme in lower case as a browser would find it, "" for a relative reference.

    >>> scheme("\x01JavaScript:alert(1)"), scheme("//host/path")
    ('javascript', '')
    """
    match = _SCHEME.match(squeeze(url))
    return match[1].lower() if match else ""


def strip_feed_scheme(url: str) -> str:
    """Return an http(s) address without the pseudo scheme "feed:", which browsers add.

    >>> strip_feed_scheme("feed://a.example/f"), strip_feed_scheme("feed:https://a.example/f")
    ('http://a.example/f', 'https://a.example/f')
    """
    if (match := _HANDED.match(url)) is None:
        return url
    scheme_missing = match[0].endswith("//")
    return ("http://" if scheme_missing else "") + url[match.end() :]


def runs(url: str) -> bool:
    """Return True if an address would run a script or show its own content when opened."""
    return scheme(url) in RUNNING


def absolute(reference: str, base: str) -> str:
    """Resolve a reference against a base (RFC 3986, section 5); "" if the two make no URL.

    >>> absolute("../b?c", "https://a.example/x/y/")
    'https://a.example/x/b?c'
    >>> absolute("//cdn.example/i.png", ""), absolute("i.png", "")
    ('https://cdn.example/i.png', '')
    """
    if _ABSOLUTE_WEB.match(reference):
        return reference.strip()
    if not (cleaned := squeeze(reference)):
        return ""
    if scheme(cleaned):
        return _repair(cleaned)
    if cleaned.startswith("//") and not base:
        base = "https:"
    try:
        joined = urljoin(base, cleaned.replace("\\", "/"))
    except ValueError:  # an unbalanced bracket in the host
        return ""
    return joined if scheme(joined) else ""


def _repair(url: str) -> str:
    r"""Mend the web URLs that browsers mend: `http:\\host`, `http:/host`, `HTTP://host`."""
    name, rest = url.split(":", 1)
    if name.lower() not in WEB:
        return url
    return f"{name.lower()}://" + rest.replace("\\", "/").lstrip("/")


def web(reference: str, base: str = "") -> str:
    """Return a valid http(s) URI, or "" for all else.

    >>> web("HTTP://Bücher.example/a b?ü=[1]")
    'http://xn--bcher-kva.example/a%20b?%C3%BC=%5B1%5D'
    >>> web("javascript:alert(1)"), web("http://"), web("/only/a/path")
    ('', '', '')
    """
    if not reference or _VALID.fullmatch(reference):
        return reference
    url = absolute(reference, base)
    return to_uri(url) if scheme(url) in WEB else ""


def clickable(reference: str, base: str = "") -> str:
    """Return an absolute reference with one of the LINKABLE schemes, or "".

    >>> clickable("mailto:a@b.example"), clickable("vbscript:x")
    ('mailto:a@b.example', '')
    """
    url = absolute(reference, base)
    name = scheme(url)
    if name in WEB:
        return to_uri(url)
    if name in LINKABLE:
        return quote(_BARE_PERCENT.sub("%25", url), safe=_OTHER_SAFE)
    return ""


def to_uri(iri: str) -> str:
    """Map an IRI to a URI (RFC 3987, 3.1) without encoding anything twice; "" if it can't be one.

    >>> to_uri("https://example.org/100%/é#a#b")
    'https://example.org/100%25/%C3%A9#a%23b'
    """
    if _VALID.fullmatch(iri):
        return iri
    # The parts are encoded one by one: "#" and "?" stay themselves between them, and are data
    # within.
    parts = _split(iri)
    if parts is None or not parts.hostname:
        return ""
    if not (host := _host(parts)):
        return ""
    path, query, fragment = (
        _BARE_PERCENT.sub("%25", part) for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit(
        (
            parts.scheme.lower(),
            host,
            quote(path.replace("\\", "/"), safe=_PATH_SAFE),
            quote(query, safe=_PATH_SAFE + "?"),
            quote(fragment, safe=_PATH_SAFE + "?"),
        )
    )


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where the port is no number
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    """Return the authority in ASCII: user, host (IDNA) and port; "" for an impossible host."""
    host = parts.hostname or ""
    if not host.isascii():
        host = _idna(host)
    elif ":" in host:
        host = f"[{host}]"
    if not re.fullmatch(r"[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\]", host):
        return ""
    user = quote(_BARE_PERCENT.sub("%25", parts.netloc.rpartition("@")[0]), safe="!$&'()*+,;=:%")
    return (user and f"{user}@") + host + (f":{parts.port}" if parts.port is not None else "")


@lru_cache(maxsize=256)
def _idna(host: str) -> str:
    # Its tables take 10 ms to load, so only a host that needs them pays.
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def normal(url: str) -> str:
    """Normalise an address, so that two spellings are equal (RFC 3986, 6.2.2.1 and 6.2.3).

    Scheme and host in lower case, no default port, "/" for no path. Other addresses stay as they
    are.

    >>> normal("HTTP://Feeds.example:80"), normal("https://feeds.example/A?b")
    ('http://feeds.example/', 'https://feeds.example/A?b')
    """
    if _NORMAL.fullmatch(url):
        return url
    parts = _split(to_uri(url))
    if parts is None or parts.scheme not in WEB:
        return url
    host = _host(parts).removesuffix(":80" if parts.scheme == "http" else ":443")
    return urlunsplit(parts._replace(netloc=host, path=parts.path or "/"))


def redacted(url: str) -> str:
    """Return a source's address without its secrets, fit to name it by.

    >>> redacted("https://me:pw@example.org/feed?token=abc&n=1")
    'https://example.org/feed?token=...&n=1'
    """
    return re.sub(PRIVATE_PARAMETER, r"\1...", re.sub(r"://[^/@?#]*@", "://", url))


def secret_parameter(url: str) -> str:
    """Return the name of the first parameter of an address that is as good as a password, else "".

    >>> secret_parameter("https://example.org/feed?n=1&X-Amz-Signature=abc"), secret_parameter("https://a.example/?n=1")
    ('X-Amz-Signature', '')
    """
    parameter = "=" in url and re.search(PRIVATE_PARAMETER, url)
    return parameter[1].removesuffix("=") if parameter else ""


def without_tracking(url: str) -> str:
    """Remove tracking parameters of an article's address; never use it for ids and media (signed).

    >>> without_tracking("https://a.example/p?id=7&utm_source=rss&fbclid=x#top")
    'https://a.example/p?id=7#top'
    >>> without_tracking("https://a.example/p?utm_medium=feed")
    'https://a.example/p'
    """
    if not ("?" in url or "#" in url) or not maybe_tracked(url):
        return url
    head, hash_, fragment = url.partition("#")
    address, _, query = head.partition("?")
    query = "&".join(part for part in query.split("&") if part and not _is_tracking(part))
    # A fragment of tracking parameters alone: "#utm_source=rss", "#xtor=RSS-1".
    if hash_ and all(map(_is_tracking, fragment.split("&"))):
        fragment, hash_ = "", ""
    return address + (query and f"?{query}") + hash_ + fragment


def maybe_tracked(text: str) -> bool:
    """Return True if a text may hold an address with a tracking parameter."""
    return _tracking_parameter().search(text) is not None


@cache  # made where it is used: a run with nothing due has no address to clean
def _tracking_parameter() -> re.Pattern[str]:
    names = "|".join(map(re.escape, (*_TRACKING_PREFIXES, *sorted(_TRACKING_NAMES))))
    return re.compile(f"[?&;#](?:{names})", re.IGNORECASE)


def _is_tracking(parameter: str) -> bool:
    # "&amp;utm_source=x" was decoded once too few.
    name, equals, _ = parameter.removeprefix("amp;").partition("=")
    name = name.lower()
    return bool(equals) and (name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES))


@lru_cache(maxsize=4096)
def loose(url: str) -> str:
    """Normalise an address of a page further: no scheme, `www.`, closing slash or tracking.

    Other addresses are only trimmed.

    >>> loose("https://www.A.example:443/p/?utm_source=x") == loose("http://a.example/p")
    True
    """
    if plain := _PLAIN_PAGE.fullmatch(url):
        return plain[1].lower().removeprefix("www.") + plain[2].rstrip("/")
    parts = _split(squeeze(without_tracking(url)))
    if parts is None or parts.scheme.lower() not in WEB or not parts.hostname:
        return squeeze(url)
    host = parts.hostname.removeprefix("www.")
    if parts.port not in {None, 80, 443}:
        host += f":{parts.port}"
    return host + path(url)


@lru_cache(maxsize=4096)
def path(url: str) -> str:
    """Return path, query and fragment without tracking, the part that outlives a move.

    >>> path("https://old.example/2024/a/?utm_source=x"), path("https://old.example/")
    ('/2024/a', '')
    """
    if plain := _PLAIN_PAGE.fullmatch(url):
        return plain[2].rstrip("/")
    if (queried := _QUERIED_PAGE.fullmatch(url)) and not maybe_tracked(url):
        return queried[1].rstrip("/") + queried[2]
    parts = _split(squeeze(without_tracking(url)))
    if parts is None or parts.scheme.lower() not in WEB:
        return ""
    return (
        parts.path.rstrip("/")
        + (parts.query and f"?{parts.query}")
        + (parts.fragment and f"#{parts.fragment}")
    )


@lru_cache(maxsize=4096)
def host(url: str) -> str:
    """Return the host without `www.`, in lower case, or "".

    >>> host("https://WWW.Example.org:8080/x")
    'example.org'
    """
    if plain := _PLAIN_HOST.match(url):
        return plain[1].lower().removeprefix("www.")
    parts = _split(squeeze(url))
    return (parts.hostname or "").removeprefix("www.") if parts else ""


def place(url: str) -> str:
    """Return the form in which two addresses are of one feed: one may be older than its https.

    >>> place("HTTP://me:pw@www.A.example/f/") == place("https://a.example/f")
    True
    """
    return loose(normal(url))


def domain(url: str) -> str:
    """Return the domain that the owner of a site registers, as far as its labels tell it.

    >>> domain("https://news.a.example/1"), domain("https://blog.a.co.uk/")
    ('a.example', 'a.co.uk')
    """
    labels = host(url).split(".")
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if is_second_level else -2 :])


def host_of(url: str) -> str:
    """Return the host of `url` as manners count it: lower-case host name and port; "" for a file.

    >>> host_of("https://user:pw@Example.org/feed"), host_of("http://[::1]:8000?x"), host_of("http://a.b:80/")
    ('example.org:443', '[::1]:8000', 'a.b:80')
    """
    scheme, match, rest = url.partition("://")
    if not match:
        return ""
    host = re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
    if ":" in host.rpartition("]")[2]:
        return host
    return f"{host}:{443 if scheme.lower() == 'https' else 80}"
