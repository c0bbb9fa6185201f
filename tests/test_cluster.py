"""Sources fetched and read by the workers of an executor: threads, processes, a small cluster."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import pytest
import trustme
from loopback import Site, rss, site

sys.path.append(str(Path(__file__).resolve().parent / "harness"))
import cluster
from cluster import HOUR, START, Cluster

import syndicator
from syndicator import Options, Progress, Report, SyndicatorError
from syndicator.cli import main
from syndicator.model.fetch import Ask, SourceState
from syndicator.model.settings import Credentials, FetchSettings, Source
from syndicator.pipeline.batches import Batch, gather_batch, split
from syndicator.pipeline.budget import OverBudget, budget

SMALL = '[run]\nbatch = 2\n[fetch]\ndelay = "0s"\n'
OTHER_SIDE = ("addr add 10.213.7.100/24 dev far", "link set far up", "link set lo up")
needs_dask = pytest.mark.skipif(not find_spec("distributed"), reason="needs Dask")


def feed(number: int, posts: int = 3) -> bytes:
    """Make the feed of one host; the posts of each are about something else."""
    texts = [(f"Post {number}-{n}", f"Words {number * 7 + n} of {number}") for n in range(posts)]
    return rss(f"Site {number}", texts, f"https://s{number}.example")


@pytest.fixture
def hosts() -> Iterator[Site]:
    """Six feeds, each on a host of its own."""
    with site({f"/{n}": feed(n) for n in range(6)}, address="") as served:
        yield served


def addresses(served: Site) -> list[str]:
    port = served.url.rpartition(":")[2]
    return [f"http://127.0.1.{n + 1}:{port}/{n}" for n in range(6)]


def run(home: Path, executor: Executor | None = None, hours: int = 0) -> Report:
    config = syndicator.load_config(home / "feeds.toml")
    return syndicator.run(config, Options(force=True, executor=executor), START + hours * HOUR)


def ask(url: str, **settings: object) -> Ask:
    return Ask(Source(id=url, url=url, **settings), url)  # type: ignore[arg-type]


# -- batches ---------------------------------------------------------------------------------------


def test_the_sources_of_a_host() -> None:
    """They are in one batch, whatever its port and `www.`; the largest host comes first."""
    many = [ask(f"https://www.big.example/{n}") for n in range(3)] + [ask("http://big.example/3")]
    others = [ask(f"https://s{n}.example/") for n in range(4)]
    here, batches = split([*others, *many], {}, 2)
    assert not here
    assert [[ask.url for ask in batch] for batch in batches] == [
        [ask.url for ask in many],
        [ask.url for ask in others[:2]],
        [ask.url for ask in others[2:]],
    ]


def test_hosts_that_redirect_to_one(tmp_path: Path) -> None:
    """From the second run on their sources are in the batch of that host."""
    asks = [ask(f"https://s{n}.example/") for n in range(4)]
    states = {part.url: SourceState(part.url, led_to="s3.example") for part in asks[:2]}
    _, batches = split(asks, states, 2)
    assert [{part.url for part in batch} for batch in batches] == [
        {asks[0].url, asks[1].url, asks[3].url},
        {asks[2].url},
    ]
    with site({"/a": feed(1)}, address="") as served:
        port = served.url.rpartition(":")[2]
        served.pages["/"] = (302, f"http://127.0.1.9:{port}/a")
        cluster.configure(tmp_path, [f"http://127.0.1.1:{port}/"])
        run(tmp_path)
    (state,) = syndicator.states(syndicator.load_config(tmp_path / "feeds.toml")).values()
    assert state.led_to == "127.0.1.9"


def test_a_source_that_was_not_asked_for_long() -> None:
    """It is the first of its host, and a new one before it: no deadline starves any."""
    asks = [ask(f"https://big.example/{n}") for n in range(3)]
    states = {
        asks[0].url: SourceState(asks[0].url, last_attempt=START + HOUR),
        asks[1].url: SourceState(asks[1].url, last_attempt=START),
    }
    _, (batch,) = split(asks, states, 10)
    assert batch == [asks[2], asks[1], asks[0]]


def test_sources_that_need_this_machines_disk() -> None:
    """A file, and all of a host with a certificate's file, are read here."""
    file = Ask(Source(id="f", url="", path=Path("/feeds/a.xml")), "/feeds/a.xml")
    inner = [ask("https://in.example/a", verify=Path("/ca.pem")), ask("https://in.example/b")]
    here, batches = split([file, *inner, ask("https://s.example/")], {}, 10)
    assert {part.source.id for part in here} == {"f", *(part.source.id for part in inner)}
    assert [part.url for batch in batches for part in batch] == ["https://s.example/"]


def test_a_worker_of_another_version() -> None:
    """It refuses: its documents might be others."""
    batch = Batch([], {}, FetchSettings(), START, HOUR, version="0.0.1")
    with pytest.raises(SyndicatorError, match=r"this machine has 0\.0\.1"):
        gather_batch(batch)


def test_a_batch_in_a_log() -> None:
    """It shows neither addresses nor secrets."""
    secret = ask("https://s.example/?key=s3cret", auth=Credentials("me", "s3cret"))
    assert "s3cret" not in repr(Batch([secret], {}, FetchSettings(), START, HOUR))


def test_a_secret_and_the_other_batches() -> None:
    """Only the batch of its source holds it, as it is sent to a worker."""
    secret = ask("https://s0.example/", headers={"X-Key": "s3cret"})
    _, batches = split([secret, *(ask(f"https://s{n}.example/") for n in range(1, 4))], {}, 2)
    sent = [pickle.dumps(Batch(asks, {}, FetchSettings(), START, HOUR)) for asks in batches]
    assert [b"s3cret" in words for words in sent] == [True, False]


def test_a_feed_that_takes_too_long_in_a_thread() -> None:
    """The CPU budget holds in the threads of a worker too, where no signal arrives."""

    def work() -> str:
        with pytest.raises(OverBudget, match="CPU") as over, budget(0.05, 1 << 40):
            while True:
                sum(range(1000))
        return over.value.setting

    if not hasattr(time, "pthread_getcpuclockid"):
        pytest.skip("this system has no clock of another thread")
    with ThreadPoolExecutor(2) as threads:
        assert [future.result() for future in (threads.submit(work), threads.submit(work))] == [
            "max_cpu"
        ] * 2


# -- any executor ----------------------------------------------------------------------------------


def test_an_executor_of_threads(tmp_path: Path, hosts: Site) -> None:
    """The documents are those of a run without one, to the byte; so are those of the next run."""
    here, there = tmp_path / "here", tmp_path / "there"
    cluster.configure(here, addresses(hosts), more=SMALL)
    cluster.configure(there, addresses(hosts), more=SMALL)
    for hours in range(3):
        with ThreadPoolExecutor(2) as threads:
            first, second = run(here, hours=hours), run(there, threads, hours)
        assert (first.new, first.not_modified) == (second.new, second.not_modified)
        assert cluster.differences(here, there) == []
        hosts.pages["/4"] = feed(4, posts=4 + hours)
    assert second.not_modified == 5


class Losing(ThreadPoolExecutor):
    """Loses its second batch."""

    tasks = 0

    def submit(self, fn, /, *args, **kwargs):
        self.tasks += 1
        if self.tasks != 2:
            return super().submit(fn, *args, **kwargs)
        lost: Future[object] = Future()
        lost.set_exception(RuntimeError("https://s.example/?key=s3cret"))
        return lost


def test_a_batch_that_is_lost(tmp_path: Path, hosts: Site) -> None:
    """The others are published, the run says how many are missing, the next one has them."""
    cluster.configure(tmp_path, addresses(hosts), more=SMALL)
    with Losing(1) as executor:
        report = run(tmp_path, executor)
    assert (report.changed, report.left, report.stored) == (4, 2, 12)
    assert report.remarks == (
        "2 sources could not be asked by the cluster: RuntimeError; the next run asks again",
    )
    report = run(tmp_path, hours=1)
    assert (report.new, report.stored, report.remarks) == (6, 18, ())


def test_a_host_that_outlasts_the_deadline(tmp_path: Path) -> None:
    """The rest of its sources come first in the next run, so that all are asked in the end."""
    pages = {f"/{n}": feed(n) for n in range(3)}
    with site(pages) as served:
        served.slow = dict.fromkeys(pages, 0.7)
        more = '[run]\ndeadline = "1s"\n[fetch]\nper_host = 1\ndelay = "0s"\n'
        cluster.configure(tmp_path, [f"{served.url}{path}" for path in pages], more=more)
        with ThreadPoolExecutor(1) as threads:
            reports = [run(tmp_path, threads, hours) for hours in range(4)]
    assert reports[0].left
    assert "longer than [run] deadline" in reports[0].remarks[0]
    assert reports[-1].stored == 9


def test_a_run_that_is_stopped(tmp_path: Path, hosts: Site) -> None:
    """It waits for no batch; the posts that have come are published."""
    hosts.slow = dict.fromkeys(hosts.pages, 0.3)
    cluster.configure(tmp_path, addresses(hosts), more=SMALL)
    config, stop = syndicator.load_config(tmp_path / "feeds.toml"), threading.Event()
    with ThreadPoolExecutor(1) as threads:

        def watch(told: Progress) -> None:
            if told.done:
                stop.set()

        report = syndicator.run(config, Options(executor=threads), START, stop, watch)
    assert report.left
    assert report.stored == 3 * report.changed > 0
    assert not report.remarks


class Hanging(ThreadPoolExecutor):
    """Takes batches and never returns any."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.mark.slow
def test_an_executor_that_hangs(tmp_path: Path, hosts: Site) -> None:
    """A run gives it up after twice the deadline, and the next one asks the sources."""
    cluster.configure(tmp_path, addresses(hosts), more='[run]\ndeadline = "1s"\n')
    report = run(tmp_path, Hanging(1))
    assert report.left == 6
    assert "it went away (TimeoutError)" in report.remarks[0]
    assert run(tmp_path, hours=1).stored == 18


def test_an_executor_that_was_shut_down(tmp_path: Path, hosts: Site) -> None:
    """Nothing is fetched, the run says so and publishes what it has."""
    cluster.configure(tmp_path, addresses(hosts), more=SMALL)
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    report = run(tmp_path, executor)
    assert report.left == 6
    assert report.remarks == (
        "6 sources could not be asked by the cluster: it went away (RuntimeError); "
        "the next run asks again",
    )


@pytest.mark.slow
def test_a_process_that_dies(tmp_path: Path, hosts: Site) -> None:
    """A pool of processes breaks with it: the run ends, says so, and the next one makes it good."""
    hosts.slow["/5"] = 60.0
    cluster.configure(tmp_path, addresses(hosts), more=SMALL)
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:

        def kill() -> None:
            cluster.wait_for(lambda: len(hosts.asked) >= 5)
            for pid in processes._processes:
                os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        report = run(tmp_path, processes)
        killer.join()
    assert (report.changed, report.left) == (4, 2)
    assert (
        "2 sources could not be asked by the cluster: it went away (BrokenProcessPool)"
        in report.remarks[0]
    )
    del hosts.slow["/5"]
    assert run(tmp_path, hours=1).stored == 18


# -- Dask ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, started by their own commands."""
    with cluster.cluster(tmp_path_factory.mktemp("cluster"), 2) as running:
        yield running


@pytest.mark.slow
@needs_dask
def test_two_workers(tmp_path: Path, hosts: Site, two_workers: Cluster) -> None:
    """The documents are those of this machine alone; no secret is in a log of the cluster.

    Without the setting nothing of Dask is imported.
    """
    here, there = tmp_path / "here", tmp_path / "there"
    signed = 'auth = { user = "me", password = "s3cret" }\npublish = true\nprivate = false'
    urls = [*addresses(hosts), f'{addresses(hosts)[0]}?token=t0psecret"\n{signed}\nname = "x']
    cluster.configure(here, urls, more=SMALL)
    cluster.configure(there, urls, two_workers.address, SMALL.removeprefix("[run]\n"))
    hosts.pages["/0?token=t0psecret"] = feed(9)
    for hours in range(3):
        first, second = (cluster.run(home, START + hours * HOUR) for home in (here, there))
        assert (second["error"], second["loaded"], first["loaded"]) == ("", True, False)
        for name in ("changed", "not_modified", "failed", "new", "stored", "left", "remarks"):
            assert first[name] == second[name], name
        assert cluster.differences(here, there) == []
        hosts.pages["/4"] = feed(4, posts=4 + hours)
    assert "s3cret" not in two_workers.logs()
    assert "t0psecret" not in two_workers.logs()


@pytest.mark.slow
@needs_dask
def test_a_worker_killed_in_the_middle(tmp_path: Path, hosts: Site) -> None:
    """Its batch goes to another worker: nothing is missing, nothing is doubled."""
    hosts.slow["/5"] = 4.0
    here, there = tmp_path / "here", tmp_path / "there"
    cluster.configure(here, addresses(hosts), more=SMALL)
    cluster.run(here, START)
    with cluster.cluster(tmp_path / "logs", 2) as running:
        more = SMALL.replace("batch = 2", "batch = 6").removeprefix("[run]\n")
        cluster.configure(there, addresses(hosts), running.address, more)
        hosts.asked.clear()
        begun = cluster.begin(there, START)
        cluster.wait_for(lambda: hosts.asked)
        busy = max(running.workers, key=lambda worker: cluster.cpu_of(worker.pid))
        busy.kill()
        report = cluster.result(begun)
    assert (report["changed"], report["left"], report["stored"]) == (6, 0, 18)
    assert cluster.differences(here, there) == []


@pytest.mark.slow
@needs_dask
def test_a_scheduler_killed_in_the_middle(tmp_path: Path, hosts: Site) -> None:
    """The run ends with what came, and says in one line what did not; the next one has it."""
    hosts.slow["/5"] = 60.0
    with cluster.cluster(tmp_path / "logs", 1) as running:
        more = SMALL.removeprefix("[run]\n")
        cluster.configure(tmp_path, addresses(hosts), running.address, more)
        begun = cluster.begin(tmp_path, START)
        cluster.wait_for(lambda: len(hosts.asked) >= 5)
        assert running.scheduler is not None
        running.scheduler.kill()
        report = cluster.result(begun)
    assert report["error"] == ""
    assert report["left"] == 6 - report["changed"]
    assert report["left"] >= 2
    assert report["remarks"] == [
        f"{report['left']} sources could not be asked by the cluster: it went away (CancelledError); "
        "the next run asks again"
    ]
    assert report["error"] == ""
    del hosts.slow["/5"]
    with ThreadPoolExecutor(1) as threads:
        assert run(tmp_path, threads, hours=1).stored == 18


@pytest.fixture
def other_network() -> Iterator[str]:
    """Make a network namespace with a cable to this machine; its end here is 10.213.7.1 to .6."""
    name, cable = f"syndicator-{os.getpid()}", f"sy{os.getpid() % 100_000}"
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("needs root and ip")
    commands = [
        f"netns add {name}",
        f"link add {cable} type veth peer name far netns {name}",
        *(f"addr add 10.213.7.{n}/24 dev {cable}" for n in range(1, 7)),
        f"link set {cable} up",
        *(f"-n {name} {rest}" for rest in OTHER_SIDE),
    ]
    try:
        for command in commands:
            if subprocess.run(
                ["ip", *command.split()], capture_output=True, check=False
            ).returncode:
                pytest.skip("may make no network namespace")
        yield cable
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.machine
@needs_dask
def test_a_network_cut_in_the_middle(tmp_path: Path, hosts: Site, other_network: str) -> None:
    """The run ends when the connection is found dead, with what came; the next one has the rest."""
    hosts.slow["/5"] = 300.0
    urls = [url.replace("127.0.1.", "10.213.7.") for url in addresses(hosts)]
    before = ("ip", "netns", "exec", f"syndicator-{os.getpid()}")
    with cluster.cluster(tmp_path / "logs", 1, host="10.213.7.100", before=before) as running:
        more = SMALL.removeprefix("[run]\n") + 'timeout = "400s"\n'
        cluster.configure(tmp_path, urls, running.address, more)
        begun = cluster.begin(tmp_path, START)
        cluster.wait_for(lambda: len(hosts.asked) >= 5)
        time.sleep(1)
        subprocess.run(["ip", "link", "set", other_network, "down"], check=True)
        report = cluster.result(begun)
        subprocess.run(["ip", "link", "set", other_network, "up"], check=True)
    assert report["error"] == ""
    assert (report["changed"], report["left"]) == (4, 2)
    assert "2 sources could not be asked by the cluster" in report["remarks"][0]
    del hosts.slow["/5"]
    with ThreadPoolExecutor(1) as threads:
        assert run(tmp_path, threads, hours=1).stored == 18


@pytest.mark.slow
@needs_dask
def test_a_cluster_with_tls(tmp_path: Path, hosts: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dask+tls://` takes the certificates that Dask's own configuration names."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    pair = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    pair.write_to_path(tmp_path / "pair.pem")
    names = {"CA_FILE": "ca.pem"}
    for part in ("SCHEDULER", "WORKER", "CLIENT"):
        names |= {f"{part}__CERT": "pair.pem", f"{part}__KEY": "pair.pem"}
    for name, file in names.items():
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", str(tmp_path / file))
    with cluster.cluster(tmp_path / "logs", 1, protocol="tls") as running:
        assert running.address.startswith("dask+tls://")
        more = SMALL.removeprefix("[run]\n")
        cluster.configure(tmp_path, addresses(hosts), running.address, more)
        report = cluster.run(tmp_path, START)
    assert (report["changed"], report["error"]) == (6, "")


@pytest.mark.slow
def test_the_cores_of_this_machine(tmp_path: Path, hosts: Site) -> None:
    """The program in the how-to publishes what a run without it does."""
    text = (Path(__file__).resolve().parents[1] / "docs" / "how-to.md").read_text("utf-8")
    code = text.split("ProcessPoolExecutor\n\nimport")[1].split("```")[0]
    (tmp_path / "run.py").write_text(
        f"from concurrent.futures import ProcessPoolExecutor\nimport{code}", "utf-8"
    )
    cluster.configure(tmp_path, addresses(hosts), more=SMALL)
    subprocess.run([sys.executable, "run.py"], cwd=tmp_path, check=True)
    assert "Post 5-2" in cluster.published(tmp_path)["feed.json"].decode()


@pytest.mark.slow
@needs_dask
def test_no_scheduler(tmp_path: Path, hosts: Site) -> None:
    """The run says so and keeps what it has."""
    cluster.configure(tmp_path, addresses(hosts))
    command = [sys.executable, "-m", "syndicator", "run", "--executor", "dask://127.0.0.1:1"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("syndicator: no scheduler with a worker answers at 127.0.0.1:1")
    assert len(ended.stderr.splitlines()) == 1


def test_dask_is_not_installed(
    tmp_path: Path, hosts: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run names the command that installs it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    cluster.configure(tmp_path, addresses(hosts), "dask://127.0.0.1:1")
    assert main(["-c", str(tmp_path / "feeds.toml"), "run"]) == 2
    assert "pip install 'syndicator[cluster]'" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://host:8786", "dask://host", "dask://", "host:8786"])
def test_an_executor_of_another_kind(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused with the right form, in the file and on the command line."""
    cluster.configure(tmp_path, [], address)
    assert main(["-c", str(tmp_path / "feeds.toml"), "run"]) == 2
    assert "[run], key `executor`: must be the address of a scheduler" in capsys.readouterr().err
    cluster.configure(tmp_path, [])
    assert main(["-c", str(tmp_path / "feeds.toml"), "run", "--executor", address]) == 2
    assert "[run], key `executor`: must be the address of a scheduler" in capsys.readouterr().err
