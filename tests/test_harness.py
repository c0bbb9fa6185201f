"""A small share of each harness; `docs/reliability.md` has the figures of the large ones."""

import os
import random
import signal
import subprocess
import sys
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parent / "harness"))
import clients
import clocks
import crowds
import deletions
import faults
import guided
import kills
import leaks
import mutations
import payloads
import rebinding
from browser_helpers import CHROMIUM, browsing
from planet import Planet, Watch, can_trace, captured_feeds, clock, start, wait


@pytest.fixture(scope="module")
def planet(tmp_path_factory: pytest.TempPathFactory) -> Planet:
    """A planet with the folders of its undisturbed runs."""
    return Planet(tmp_path_factory.mktemp("planet"))


@pytest.mark.slow
def test_killed_at_an_edge(planet: Planet) -> None:
    """The next run publishes, to the byte, what an undisturbed one does."""
    trials = list(kills.at_edges(planet, 3, random.Random(3)))
    assert [wrong for _, faults in trials for wrong in faults] == []
    assert [kind for kind, _ in trials] == ["edge: killed"] * 3


class KillInFunction(Watch):
    """Kills a run as a function of ours is called for the n-th time."""

    def __init__(self, name: str, times: int) -> None:
        super().__init__(0, lambda _: None)
        self.name, self.times = name, times

    def __call__(self, frame: Any, event: str, argument: object) -> None:
        """Count the calls of the function, as sys.setprofile tells of them."""
        if event == "call" and frame.f_code.co_name == self.name:
            self.times -= 1
            if not self.times:
                os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "times"), [("keep_lists", 1), ("receive", 3), ("keep", 4)])
def test_killed_before_all_lists_are_kept(planet: Planet, name: str, times: int) -> None:
    """With all posts stored, or a part of them, the lists are those of a run that nobody killed."""
    for step in range(planet.steps):
        where = planet.trial(step)
        assert wait(start(where, clock(step), KillInFunction(name, times))) == -signal.SIGKILL
        assert planet.recovered(where, step) == []
        assert b'"related":[{' in (where / "public/feed.json").read_bytes()


@pytest.mark.slow
def test_killed_at_a_random_moment(planet: Planet) -> None:
    """No file is torn, no post is missing or twice, and no id has changed."""
    trials = list(kills.at_moments(planet, 2, random.Random(3)))
    assert [wrong for _, faults in trials for wrong in faults] == []


@pytest.mark.machine
@pytest.mark.skipif(not can_trace(), reason="no strace that may trace here")
def test_killed_at_system_calls(planet: Planet) -> None:
    """Those inside SQLite count, too; the next run completes what the killed one began."""
    calls = kills.calls_of(planet, 1, kills.CHANGES)
    assert {"pwrite64", "rename", "unlink"} <= {name for name, _ in calls}
    trials = [*kills.at_calls(planet, 2, random.Random(3))]
    trials += islice(kills.at_every_call(planet, [1]), 2)
    assert trials == [("system call: killed", [])] * 4


@pytest.mark.captured
@pytest.mark.skipif(not deletions.SERIES.is_dir(), reason="the captured feeds are not here")
def test_killed_over_captured_series(tmp_path: Path) -> None:
    """Real posts, too, stand once and under their ids after the next run."""
    versions = captured_feeds(deletions.SERIES)[:2]
    trials = list(kills.at_edges(Planet(tmp_path, versions), 2, random.Random(3)))
    assert trials == [("edge: killed", [])] * 2


@pytest.mark.slow
def test_a_fault_of_the_disk_or_the_database(planet: Planet) -> None:
    """The run ends with words or goes on, and the next one completes it."""
    trials = list(faults.at_edges(planet, 2, random.Random(3)))
    assert [wrong for _, faults in trials for wrong in faults] == []


@pytest.mark.slow
def test_mutated_feeds_and_payloads() -> None:
    """No exception escapes, and nothing that could run is left in a body."""
    assert sum(mutations.tried(40, 3)) > 0


@pytest.mark.machine
@pytest.mark.skipif(not find_spec("atheris"), reason="the group `fuzz` is not installed")
def test_feeds_mutated_by_coverage(tmp_path: Path) -> None:
    """Mutations that reach new code raise nothing either."""
    ends = ["--seconds", "0", "--runs", "300"]  # the number alone
    command = [sys.executable, guided.__file__, *ends, "--corpus", str(tmp_path / "corpus")]
    trial = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert trial.returncode == 0, trial.stderr[-3000:]
    assert "Done 300 runs" in trial.stderr


@pytest.mark.slow
def test_wrong_clocks(planet: Planet) -> None:
    """Back at the right time each post stands once, under its id."""
    trials = list(clocks.at_wrong_times(planet, 2, random.Random(3)))
    assert [fault for _, faults in trials for fault in faults] == []


@pytest.mark.slow
def test_runs_at_one_time(planet: Planet) -> None:
    """One goes through, the others end with words, and each file that is read is whole."""
    trials = list(crowds.at_one_time(planet, 2, random.Random(3)))
    assert [fault for _, faults in trials for fault in faults] == []


@pytest.mark.slow
def test_secrets_in_all_that_is_printed(tmp_path: Path) -> None:
    """No output of a command and no published file holds one."""
    trials = list(leaks.at_secrets(tmp_path, 8, random.Random(3)))
    assert [fault for _, faults in trials for fault in faults] == []


@pytest.mark.slow
@pytest.mark.parametrize("routed", [False, True])
def test_names_that_change_their_address(routed: bool) -> None:
    """Nothing inward is asked, however a name moves or a redirect spells an address."""
    assert rebinding.apart(60, 3, routed=routed) == 0


@pytest.mark.slow
def test_clients_of_serve(tmp_path: Path) -> None:
    """Each honest answer is whole, beside slow clients and while runs rename files."""
    crowd, said = clients.tried(tmp_path, 2, honest=10, slow=40)
    assert set(crowd.outcomes) == {"whole"}
    assert "Traceback" not in said


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
def test_payloads_in_chromium(tmp_path: Path) -> None:
    """Nothing runs in a page of ours, nor in a body on a page without a policy."""
    pytest.importorskip("websockets", reason="drives the browser")
    corpus = tmp_path / "payloads.txt"
    corpus.write_text("\n".join(mutations.PAYLOADS), "utf-8")
    summary, faults = payloads.tried(tmp_path, payloads.feeds([corpus], 100))
    assert summary.startswith(f"{len(mutations.PAYLOADS)} posts, ")
    assert faults == []


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
def test_a_payload_that_nobody_cleaned(tmp_path: Path) -> None:
    """The harness sees what runs, and a name that is markup once it was decoded."""
    pytest.importorskip("websockets", reason="drives the browser")
    (tmp_path / "names").mkdir()
    name = "<p data-times=2>&amp;lt;img src=x onerror=run()></p>"
    (tmp_path / "names/0.html").write_text(name, "utf-8")
    (tmp_path / "bare").mkdir()
    for number, payload in enumerate(("<script>alert(1)</script>", "<img src=x onerror=run()>")):
        (tmp_path / f"bare/{number}.html").write_text(payload, "utf-8")
    with browsing(tmp_path / "profile") as browser:
        faults = payloads.opened(browser, f"{(tmp_path / 'bare').as_uri()}/", tmp_path / "bare")
        faults += payloads.opened(browser, f"{(tmp_path / 'names').as_uri()}/", tmp_path / "names")
    assert len({fault.partition(":")[0] for fault in faults}) == 3


@pytest.mark.captured
@pytest.mark.skipif(not deletions.SERIES.is_dir(), reason="the captured feeds are not here")
def test_posts_deleted_from_a_captured_series() -> None:
    """Exactly those leave what is published."""
    deleted, taken = deletions.replayed(8, 3, "*-wordpress")
    assert len(deleted) == 8
    assert taken == deleted
