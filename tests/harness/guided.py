"""Feeds mutated by coverage through the parser and the normalizer, for as long as wanted.

    pip install --group fuzz
    python tests/harness/guided.py --seconds 3600 [--corpus FOLDER]

It begins with the parser's cases and the payloads, keeps each mutation that reaches new code in the
corpus, and ends at the first exception or offence, with the feed in `crash-*`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))


def main() -> None:
    """Mutate until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runs", type=int, default=-1, help="end after so many feeds")
    parser.add_argument("--corpus", type=Path, default=None, help="kept and grown between trials")
    options = parser.parse_args()
    try:
        import atheris
    except ImportError:
        parser.error("atheris is not installed: pip install --group fuzz")
    with atheris.instrument_imports(include=["syndicator"]):
        from mutations import FEEDS, PAYLOADS, feed_of, judged
    corpus = options.corpus or Path(tempfile.mkdtemp(prefix="guided-"))
    corpus.mkdir(exist_ok=True)
    seeds = [*FEEDS, *(feed_of([payload] * 6) for payload in PAYLOADS)]
    for number, body in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(body)
    ends = [f"-max_total_time={options.seconds}", f"-runs={options.runs}", "-timeout=60"]
    bounds = ["-max_len=20000", "-rss_limit_mb=3000"]
    atheris.Setup([sys.argv[0], *ends, *bounds, str(corpus)], judged)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
