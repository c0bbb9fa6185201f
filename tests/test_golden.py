"""The hashes of forty posts of each kind: they move only together with the number of the rules."""

from collections.abc import Callable

import golden
import pytest
import rule_helpers

from syndicator.normalizer import identity


def test_the_hashes_stand() -> None:
    """A change of the rules that moves a hash raises the number; else each such post is an update
    to readers.
    """
    file = golden.kept()
    lines = golden.moved(file["posts"], golden.today())
    if file["version"] == identity.VERSION:
        assert not lines, "\n".join(["hashes moved", *lines, golden.ADVICE])
    assert file["version"] == identity.VERSION, "run `python tests/golden.py` for the new number"


def test_there_are_posts_of_each_kind() -> None:
    """Forty at least, and with each key there is."""
    posts = golden.kept()["posts"]
    assert len(posts) >= 40
    parts = set().union(*posts.values())
    assert parts == {
        "content_hash",
        *golden.posts()["blog.xml 1: A ferry for the winter"].keys.__struct_fields__,
    }


@pytest.mark.parametrize("rule", rule_helpers.RULES)
def test_a_rule_that_changed_without_its_number(
    rule: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is found out: some post of the file shows each kind of rule."""
    before = golden.today()
    try:
        rule(monkeypatch)
        assert golden.moved(before, golden.today())
    finally:
        monkeypatch.undo()
        rule_helpers.forget()


def test_the_file_is_not_written_for_the_same_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script refuses, names the posts, and says what to do."""
    written = golden.FILE.read_bytes()
    monkeypatch.setattr(golden, "today", dict)
    with pytest.raises(SystemExit, match=r"world\.xml 1: (.*\n)+.*raise VERSION"):
        golden.main()
    assert golden.FILE.read_bytes() == written
