"""Report -> a file of metrics for Prometheus' textfile collector, written whole or not at all.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from syndicator.failures import label, standing
from syndicator.model.fetch import SourceState
from syndicator.model.run import Report
from syndicator.model.settings import Config
from syndicator.whole_files import write_text

_FEW = 200  # sources that get a label each: more would be too many time series
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})

Value = tuple[str, float]  # labels in braces, or "", and the number


def write(path: Path, config: Config, report: Report, states: Mapping[str, SourceState]) -> None:
    """Write the metrics of a run. Raises PublishError; the last file stays then."""
    write_text(path, "\n".join([*lines(config, report, states), ""]))


def lines(config: Config, report: Report, states: Mapping[str, SourceState]) -> Iterator[str]:
    """Yield the lines of the file."""
    counts = Counter(standing(source, states.get(source.id)) for source in config.sources)
    successes = [state.last_success for state in states.values() if state.last_success]
    started = report.started.timestamp() if report.started else 0.0
    posts = {"new": report.new, "updated": report.updated, "copy": report.duplicates}
    published = sum(document.bytes for document in report.documents)
    newest = [("", max(successes).timestamp())] if successes else []
    for name, what, values in (
        ("sources", "Sources by state.", _by("state", counts)),
        ("run_timestamp_seconds", "When the last run began.", [("", started)]),
        ("run_seconds", "How long the last run took.", [("", report.seconds)]),
        ("run_posts", "Posts of the last run by kind.", _by("kind", posts)),
        ("run_received_bytes", "Bytes fetched.", [("", report.received)]),
        ("posts_stored", "Posts in the state file.", [("", report.stored)]),
        ("published_bytes", "Bytes of the feeds' documents.", [("", published)]),
        (
            "newest_success_timestamp_seconds",
            "When a source was last fetched with success.",
            newest,
        ),
    ):
        yield from _metric(name, what, values)
    if len(config.sources) <= _FEW:
        yield from _each_source(config, states)


def _each_source(config: Config, states: Mapping[str, SourceState]) -> Iterator[str]:
    well, successes, failures = list[Value](), list[Value](), list[Value]()
    for source in config.sources:
        state = states.get(source.id)
        name = _labels("source", label(source))
        well.append((name, float(standing(source, state) == "ok")))
        failures.append((name, float(state.consecutive if state else 0)))
        if state and state.last_success:
            successes.append((name, state.last_success.timestamp()))
    yield from _metric("source_up", "1 if its last fetch worked.", well)
    yield from _metric("source_failures", "Failures in a row.", failures)
    what = "When it was last fetched with success."
    yield from _metric("source_success_timestamp_seconds", what, successes)


def _metric(name: str, what: str, values: Sequence[Value]) -> Iterator[str]:
    if values:
        yield f"# HELP syndicator_{name} {what}"
        yield f"# TYPE syndicator_{name} gauge"
    for labels, value in values:
        yield f"syndicator_{name}{labels} {value:.3f}".removesuffix(".000")


def _by(name: str, counts: Mapping[str, int]) -> list[Value]:
    return [(_labels(name, word), float(count)) for word, count in sorted(counts.items())]


def _labels(name: str, value: str) -> str:
    return f'{{{name}="{value.translate(_ESCAPES)}"}}'
