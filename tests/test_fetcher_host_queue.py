"""Who may go now: the pure part of many at once, with a clock that is a number."""

from hypothesis import given
from hypothesis import strategies as st

from syndicator.fetcher.host_queue import HostQueue


def queue(per_host: int = 2, delay: float = 1.0, **hosts: int) -> HostQueue[int]:
    made: HostQueue[int] = HostQueue(per_host, delay)
    for host, count in hosts.items():
        for number in range(count):
            made.add(host, number)
    return made


def test_delay_and_per_host():
    """One at once, the next a second later, the third when one of the two is done."""
    line = queue(a=3)
    assert line.take(10.0) == ("a", 0)
    assert line.take(10.0) is None
    assert line.next_start() == 11.0
    assert line.take(11.0) == ("a", 1)
    assert line.take(99.0) is None
    assert line.next_start() is None
    line.done("a")
    assert line.take(99.0) == ("a", 2)
    assert line.waiting == 0


def test_hosts_do_not_wait_for_each_other():
    """A host with a long line lets the others pass."""
    line = queue(a=100, b=1, c=1)
    assert [line.take(0.0) for _ in range(4)] == [("a", 0), ("b", 0), ("c", 0), None]


def test_files_wait_for_nothing():
    """They have no host."""
    line = queue(**{"": 5})
    assert [line.take(0.0) for _ in range(5)] == [("", number) for number in range(5)]


def test_a_host_in_doubt_is_tried_one_at_a_time():
    """After one that could not reach it the second decides; one that can ends the doubt."""
    line = queue(delay=0.0, a=9)
    line.take(0.0)
    line.take(0.0)
    assert not line.done("a", unreachable=True)
    assert line.take(0.0) is None
    assert not line.done("a")
    assert line.take(0.0) == ("a", 2)
    assert not line.done("a", unreachable=True)
    line.take(0.0)
    assert line.done("a", unreachable=True)
    assert line.drop("a") == [4, 5, 6, 7, 8]
    assert line.waiting == 0


def test_doubt_that_comes_while_a_third_is_ready():
    """It was promised a place beside the second, and waits for the second's end now."""
    line = queue(per_host=3, delay=0.0, a=4)
    line.take(0.0)
    line.take(0.0)
    line.done("a", unreachable=True)
    assert line.take(0.0) is None
    line.done("a")
    assert line.take(0.0) == ("a", 2)


def test_a_line_that_was_dropped_while_it_was_ready():
    """Nothing is taken from it, and what comes later is."""
    line = queue(delay=0.0, a=3)
    line.take(0.0)
    assert line.drop("a") == [1, 2]
    assert line.take(0.0) is None
    line.add("a", 9)
    assert line.take(0.0) == ("a", 9)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=40),
    st.integers(1, 3),
    st.sampled_from([0.0, 1.0, 2.5]),
)
def test_manners_hold_whatever_comes(steps: list[tuple[str, bool]], per_host: int, delay: float):
    """However trips come and end: never more than `per_host` at once, never two starts within
    `delay`, none lost.
    """
    line: HostQueue[int] = HostQueue(per_host, delay)
    active: dict[str, int] = dict.fromkeys("abc", 0)
    last: dict[str, float] = {}
    added = taken = 0
    for now, (host, ends) in enumerate([*steps, *[("a", True)] * 400]):
        if now < len(steps):
            line.add(host, now)
            added += 1
        if ends:
            for each in [each for each, count in active.items() if count]:
                active[each] -= 1
                line.done(each)
        while (found := line.take(float(now))) is not None:
            at = found[0]
            taken += 1
            active[at] += 1
            assert active[at] <= per_host
            assert float(now) - last.get(at, -9.0) >= delay
            last[at] = float(now)
    assert taken == added
    assert line.waiting == 0
