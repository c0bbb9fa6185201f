"""The posts of a fetch and their candidates in the store -> a verdict on each (`decide`). Pure.

Two posts are compared in five independent parts: guid, link, title, text, instant. Each rule judges
by the parts that agree and those that contradict. Within a source the strongest pairs are decided
first, and a stored post is assigned to one post only. A stored post that older rules made
(`identity.VERSION`) is compared only by parts that no rule changes: see `rule_changes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from syndicator import urls
from syndicator.minhash import likeness
from syndicator.model.post import (
    ADOPTED,
    CopyOf,
    Keys,
    KnownPost,
    New,
    Post,
    Repeated,
    Unchanged,
    Updated,
    Verdict,
)
from syndicator.normalizer.identity import rule_changes

_NO_ORDER: Mapping[str, int] = MappingProxyType({})
SAME_TEXT = 0.8  # nearly all of the text agrees
OTHER_TEXT = 0.3  # hardly any does
# A text of fewer pieces may agree, but never contradicts: one edit changes all of them.
FEW = 4

# How far two addresses agree.
STRICT, LOOSE, PATH, UNKNOWN, OTHER = 3, 2, 1, 0, -1
MOVED_TOGETHER = 2  # posts that prove a site's move to the rest of the batch


class Evidence(Struct, frozen=True):
    """The agreement of two posts.

    Addresses go from STRICT to OTHER; the rest are 1 (agrees), 0 (unknown) or -1 (contradicts).
    """

    guid: int
    link: int
    title: int
    text: int
    instant: int
    silent: bool = False  # neither has any text
    sharp: bool = False  # the instant is no full hour: not a day or a schedule, which posts share

    @property
    def strength(self) -> int:
        """The rank of a pair: any agreement of guids, then of links, then of all the rest."""
        return (
            16 * max(self.guid, 0)
            + 4 * max(self.link, 0)
            + (self.title > 0)
            + (self.text > 0)
            + (self.instant > 0)
        )


def decide(
    posts: Sequence[Post],
    candidates: Sequence[Sequence[KnownPost]],
    claimed: Set[int],
    *,
    fold: bool = False,
    order: Mapping[str, int] = _NO_ORDER,
) -> list[Verdict]:
    """Judge the posts of one fetch, each by the stored posts that it may be (`candidates`).

    `claimed` are the numbers of stored posts whose items stand in this fetch unchanged: no other
    post is one of them. `fold`: whether the same words under the same title, wherever they stand,
    are one story. `order`: the places of the sources in feeds.toml; the first has a story that two
    have, whichever answered first. Costs nothing for a post without candidates.
    """
    verdicts: dict[int, Verdict] = {}
    taken = set(claimed)
    pairs = [
        (index, known, _compared(post, known))
        for index, (post, possible) in enumerate(zip(posts, candidates, strict=True))
        for known in possible
        if known.source_id == post.source_id
    ]
    pairs.sort(key=lambda pair: -pair[2].strength)
    _assign(posts, [pair for pair in pairs if is_same(pair[2])], verdicts, taken)
    _assign(posts, list(_moved(posts, pairs, verdicts)), verdicts, taken)
    _note_repeats(posts, verdicts)
    return [
        verdicts.get(index)
        or _judge_against_other_sources(post, candidates[index], order, fold=fold)
        for index, post in enumerate(posts)
    ]


Pair = tuple[int, KnownPost, Evidence]


def _assign(
    posts: Sequence[Post], pairs: Sequence[Pair], verdicts: dict[int, Verdict], taken: set[int]
) -> None:
    """Assign to each post the first stored post in `pairs` that no other post has; note both."""
    for index, known, evidence in pairs:
        changed = known.content_hash != posts[index].content_hash and not _only_rules_changed(
            posts[index], known, evidence
        )
        # A feed may list a post twice: the second is the same again, never an update.
        if index in verdicts or (known.number in taken and changed):
            continue
        verdicts[index] = Updated(known.number) if changed else Unchanged(known.number)
        taken.add(known.number)


def _compared(post: Post, known: KnownPost) -> Evidence:
    """Return how a post agrees with a stored one, apart from differences that newer rules made."""
    if known.identity_version == post.identity_version:
        return compare(post.keys, known.keys)
    evidence = compare(post.keys, rule_changes.keys_today(known))
    if evidence.title < 0 and (
        rule_changes.titles_agree(known.title, post.title)
        or (known.identity_version == ADOPTED and rule_changes.is_prefixed(known.title, post.title))
    ):
        evidence = replace(evidence, title=1)
    if evidence.text <= 0 and known.text is not None and post.text:
        near = max(evidence.guid, evidence.link) >= LOOSE or evidence.title > 0
        if rule_changes.texts_agree(known.text, post.text) or (
            near and rule_changes.is_shortened(known.text, post.text)
        ):
            return replace(evidence, text=1)
    return evidence


def _only_rules_changed(post: Post, known: KnownPost, evidence: Evidence) -> bool:
    """Tell whether a post differs from a stored one by the rules alone, not by its source.

    Link (or guid), title and nearly all of the text must agree. Where a text is not kept any more,
    or a part has none, nothing may speak against it.
    """
    if known.identity_version == post.identity_version or evidence.title < 0:
        return False
    if max(evidence.guid, evidence.link) < PATH and not evidence.guid == evidence.link == UNKNOWN:
        return False
    if evidence.text > 0 or evidence.silent:
        return True
    if known.text is None:
        return evidence.text == 0
    if known.identity_version == ADOPTED and rule_changes.is_excerpt(known.text, post.text):
        return True
    return rule_changes.is_shortened(known.text, post.text)


def compare(first: Keys, second: Keys) -> Evidence:
    """Return how two posts agree. A link to a site's front page says nothing."""
    link = UNKNOWN
    if first.path_link and second.path_link:
        link = _addresses(
            (first.link, first.loose_link, first.path_link),
            (second.link, second.loose_link, second.path_link),
        )
    return Evidence(
        guid=_addresses(
            (first.guid, first.loose_guid, first.path_guid),
            (second.guid, second.loose_guid, second.path_guid),
        ),
        link=link,
        title=_equal(first.title, second.title),
        text=texts(first, second),
        instant=_equal(first.instant, second.instant),
        silent=not first.sketch and not second.sketch,
        sharp=first.instant is not None and bool(first.instant.minute or first.instant.second),
    )


def _addresses(first: tuple[str, str, str], second: tuple[str, str, str]) -> int:
    # A digest that is "" tells nothing apart in its feed; the next looser one may.
    for level, mine, theirs in zip((STRICT, LOOSE, PATH), first, second, strict=True):
        if mine and mine == theirs:
            return level
    return OTHER if any(first) and any(second) else UNKNOWN


def _equal(first: object, second: object) -> int:
    if not first or not second:
        return 0
    return 1 if first == second else -1


def texts(first: Keys, second: Keys) -> int:
    """Return 1 for nearly the same texts, -1 for quite different ones, 0 if neither is sure."""
    if first.text and first.text == second.text:
        return 1
    if (alike := likeness(first.sketch, second.sketch)) is None:
        return 0
    if alike >= SAME_TEXT:
        return 1
    if alike < OTHER_TEXT and min(len(first.sketch), len(second.sketch)) > FEW:
        return -1
    return 0


def is_same(evidence: Evidence) -> bool:
    """Tell whether two posts of one source are the same post."""
    if evidence.guid >= LOOSE:
        return _same_guid(evidence)
    if evidence.link >= LOOSE:
        if evidence.guid != OTHER:
            return _same_link(evidence)
        return _same_link_other_guid(evidence)
    if max(evidence.guid, evidence.link) == PATH:
        return _same_path(evidence)
    if evidence.guid == evidence.link == UNKNOWN:
        return _no_address(evidence)
    return _other_address(evidence)


def _same_guid(evidence: Evidence) -> bool:
    """Judge by the guid: it is the same post, unless all else shows that another one has it now."""
    rest = (evidence.link, evidence.title, evidence.text, evidence.instant)
    return max(rest) > 0 or rest.count(-1) < len(rest) - 1


def _same_link(evidence: Evidence) -> bool:
    """Judge by the link, with no guid against it: the same post, but for a page of many posts."""
    return max(evidence.guid, evidence.title, evidence.text, evidence.instant) > 0 or not (
        evidence.title < 0 and evidence.text < 0 and evidence.instant < 0
    )


def _same_link_other_guid(evidence: Evidence) -> bool:
    """Judge by the link under another guid.

    Sites make their guids anew, and link blogs write twice about one page.
    """
    if evidence.title > 0:
        return (
            max(evidence.text, evidence.instant) > 0
            or evidence.silent
            or evidence.text == evidence.instant == 0
        )
    return evidence.text > 0 and evidence.instant >= 0


def _same_path(evidence: Evidence) -> bool:
    """Judge by the path on another host.

    Title or text must agree, nothing speak against a title alone.
    """
    if evidence.text > 0:
        return True
    return evidence.title > 0 and (evidence.instant > 0 or evidence.text == evidence.instant == 0)


def _no_address(evidence: Evidence) -> bool:
    """Judge by title, text and instant two posts without addresses to compare."""
    if evidence.title > 0:
        return (
            evidence.text > 0
            or (evidence.text == 0 and evidence.instant >= 0)
            or (evidence.instant > 0 and evidence.sharp)
        )
    return evidence.text > 0 and (
        evidence.instant > 0 or (evidence.title == 0 and evidence.instant == 0)
    )


def _other_address(evidence: Evidence) -> bool:
    """Judge two posts with another guid and link.

    Title, exact instant and nearly all of the text must agree.
    """
    if evidence.instant <= 0 or evidence.title < 0:
        return False
    return evidence.text > 0 or (evidence.silent and evidence.title > 0 and evidence.sharp)


def _moved(
    posts: Sequence[Post], pairs: Sequence[Pair], verdicts: dict[int, Verdict]
) -> Iterator[Pair]:
    """Let title or text be enough for all posts, once some prove that their site moved."""
    numbers = {
        index: v.number for index, v in verdicts.items() if isinstance(v, Unchanged | Updated)
    }
    moves, moved = Counter[tuple[str, str]](), []
    for index, known, evidence in pairs:
        if max(evidence.guid, evidence.link) == PATH:
            move = urls.host(known.link), urls.host(posts[index].link)
            if numbers.get(index) == known.number:
                moves[move] += 1
            if max(evidence.title, evidence.text) > 0:
                moved.append(((index, known, evidence), move))
    for pair, move in moved:
        if moves[move] >= MOVED_TOGETHER:
            yield pair


def _note_repeats(posts: Sequence[Post], verdicts: dict[int, Verdict]) -> None:
    """Note the posts that the feed lists twice: the same address or guid, the same content."""
    first: dict[tuple[str, str], int] = {}
    for index, post in enumerate(posts):
        for address in filter(None, (post.guid, post.link)):
            earliest = first.setdefault((address, post.content_hash), index)
            if earliest != index and index not in verdicts:
                verdicts[index] = Repeated(earliest)


def _judge_against_other_sources(
    post: Post, candidates: Sequence[KnownPost], order: Mapping[str, int], *, fold: bool
) -> Verdict:
    """Judge a post that is new to its source: a post of another source may be the same story."""
    others = [known for known in candidates if known.source_id != post.source_id]
    # A story's own post goes before its copies: it tells which source has the story.
    for known in sorted(others, key=lambda known: known.copy_of is not None):
        evidence = _compared(post, known)
        if _republishes(post, known, evidence) or _tells_the_same(post, known, evidence):
            has_story = _is_original
        elif fold and _word_for_word(post, known, evidence):
            has_story = _is_earlier
        else:
            continue
        original = has_story(post, known)
        undecided = not original and not has_story(known, post)
        original = original or (undecided and _leads(post, known, order))
        return CopyOf(known.copy_of or known.number, original=original)
    return New()


def _leads(post: Post, known: KnownPost, order: Mapping[str, int]) -> bool:
    """Tell whether a post's source comes before that of an unpublished one in feeds.toml."""
    if known.published or known.copy_of is not None:
        return False
    last = len(order)
    return order.get(post.source_id, last) < order.get(known.source_id, last)


def _word_for_word(post: Post, known: KnownPost, evidence: Evidence) -> bool:
    """Tell whether two sources have one title over the same words, such as a press release."""
    own, other = post.keys, known.keys
    if not (own.title and own.text) or len(own.sketch) <= FEW:
        return False
    if known.identity_version != post.identity_version:
        return evidence.title > 0 and evidence.text > 0
    return (own.title, own.text) == (other.title, other.text)


def _is_earlier(post: Post | KnownPost, other: Post | KnownPost) -> bool:
    """Tell whether `post` is the older of two unpublished posts, and so has the story."""
    if isinstance(other, KnownPost) and other.published:
        return False
    date, other_date = post.keys.instant, other.keys.instant
    return date is not None and other_date is not None and date < other_date


def _republishes(post: Post, known: KnownPost, evidence: Evidence) -> bool:
    """Tell whether one source proves, by a `source` or a credit, that its post is the other's."""
    if not post.republished and not known.republished:
        return False
    mine = {post.keys.origin, post.keys.loose_link, post.keys.loose_guid} - {""}
    keys = rule_changes.keys_today(known)
    theirs = {keys.origin, keys.loose_link, keys.loose_guid} - {""}
    if mine.isdisjoint(theirs):
        return False
    # A link blog's post about the same article has the same link too; it is neither's copy.
    original = (post.republished or _at_home(post)) and (known.republished or _at_home(known))
    return original or (evidence.title > 0 and evidence.text > 0)


def _tells_the_same(post: Post, known: KnownPost, evidence: Evidence) -> bool:
    """Tell whether titles and texts agree, and one's site hosts the other's link.

    The same holds for two feeds of one site that list a post.
    """
    if evidence.title <= 0:
        return False
    if evidence.text > 0:
        hosts = urls.host(post.link), urls.host(known.link)
        return bool(hosts[0]) and (
            hosts[0] == urls.host(known.origin.url) or hosts[1] == urls.host(post.origin.url)
        )
    return evidence.guid >= LOOSE and evidence.link >= LOOSE and _at_home(post) and _at_home(known)


def _at_home(post: Post | KnownPost) -> bool:
    host = urls.host(post.link)
    return bool(host) and host == urls.host(post.origin.url)


def _is_original(post: Post | KnownPost, other: Post | KnownPost) -> bool:
    return not post.republished and _at_home(post) and (other.republished or not _at_home(other))
