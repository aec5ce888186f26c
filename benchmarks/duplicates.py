"""Measure the search for near-duplicates against datatrove's MinHash, on the same generated documents in one run.

    pip install '.[benchmark]'
    python benchmarks/duplicates.py                      20,000 documents
    python benchmarks/duplicates.py --documents 2000     a quick look

A tenth of the documents are copies of others with words replaced, so that every band of the Jaccard index (of 5-word
shingles, computed from plain sets here) has its share of planted pairs. Recall of a band is the share of its pairs
that end up in one cluster; precision, the share of pairs with an index of 0.8 or more among those that do. Both use one
process, 5-word shingles and 20 bands of 6 rows; texts come from memory. Time is CPU time of the process, from texts to
clusters; datatrove gets the quickest of tokenizers, a split at blanks.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from random import Random
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner import __version__
from cleaner.corpus.duplicates import decide
from cleaner.corpus.signatures import banding_of, write_signatures
from cleaner.corpus.tombstones import Withdrawn
from cleaner.engine.parts import PART_DOCUMENTS, Parts
from cleaner.recipe import Recipe

PLANTED_SHARE = 0.1
THRESHOLD = 0.8
BANDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
OF_A_PART = 1000


@dataclass(slots=True)
class Corpus:
    """Texts, and the planted pairs: (number of the one, of the other, their exact Jaccard index)."""

    texts: list[str] = field(default_factory=list)
    pairs: list[tuple[int, int, float]] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """What a contestant found: the cluster of each document that is in one, and CPU seconds by stage."""

    clusters: dict[int, object]
    seconds: dict[str, float]


def make_vocabulary(random: Random, count: int) -> list[str]:
    """So many distinct words of letters."""
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(random.choices("abcdefghiklmnoprstuvw", k=random.randint(2, 10)))] = None
    return list(words)


def make_texts(documents: int, seed: int) -> Corpus:
    """Documents of some 600 words. The same arguments give the same texts."""
    random, corpus = Random(seed), Corpus()
    vocabulary = make_vocabulary(random, 20_000)
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    words: list[list[str]] = []
    while len(words) < documents:
        base = random.choices(vocabulary, weights, k=random.randint(300, 900))
        words.append(base)
        if random.random() < PLANTED_SHARE and len(words) < documents:
            other = list(base)
            for place in random.sample(range(len(base)), round(random.uniform(0, 0.07) * len(base))):
                other[place] = random.choice(vocabulary)
            corpus.pairs.append((len(words) - 1, len(words), jaccard_of_sets(base, other)))
            words.append(other)
    corpus.texts = [" ".join(some) for some in words]
    return corpus


def jaccard_of_sets(one: list[str], other: list[str]) -> float:
    """The Jaccard index of the sets of 5-word runs, the plain way."""
    first, second = ({tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in (one, other))
    return len(first & second) / len(first | second)


def run_cleaner(corpus: Corpus, folder: Path) -> Found:
    """Signatures as a worker makes them, then the decision over all parts."""
    parts, names = Parts(folder / "parts", folder / "live.parquet"), []
    parts.folder.mkdir()
    for start in range(0, len(corpus.texts), OF_A_PART):
        texts = corpus.texts[start : start + OF_A_PART]
        rows = [
            {"file": f"{number:09}", "record": 0, "outcome": "document", "id": f"{number:032}", "text": text,
             "source_path": f"{number:09}", "characters": len(text), "document_hash": "", "lines_hash": "",
             "text_key": hashlib.sha256(text.encode()).hexdigest()}
            for number, text in enumerate(texts, start)
        ]  # fmt: skip
        names.append(f"{start:032x}")
        pq.write_table(pa.Table.from_pylist(rows, PART_DOCUMENTS), parts.documents(names[-1]), compression="zstd")
    live = {"file": [f"{n:09}" for n in range(len(corpus.texts))],
            "part": [names[n // OF_A_PART] for n in range(len(corpus.texts))]}  # fmt: skip
    pq.write_table(pa.table(live), parts.live)
    recipe = Recipe.parse(f"[duplicates]\nthreshold = {THRESHOLD}\nsame_text = 'mark'")
    banding = banding_of(recipe)
    assert banding is not None
    start_time = process_time()
    for name in names:
        write_signatures(parts.folder, name, pq.read_table(parts.documents(name)), banding)
    signed = process_time()
    found = decide(parts, recipe, folder / "work", Withdrawn.by([]))
    decided = process_time()
    without = decide(parts, Recipe.parse("[duplicates]\nnear = 'keep'"), folder / "without", Withdrawn.by([]))
    alone = process_time() - decided
    assert without.sources == found.sources
    rows = pq.read_table(found.path, columns=["file", "duplicate_cluster"]).to_pylist()
    clusters = {int(row["file"]): row["duplicate_cluster"] for row in rows if row["duplicate_cluster"]}
    seconds = {"signatures": signed - start_time, "clusters": max(decided - signed - alone, 0.0)}
    return Found(clusters, seconds)


def run_datatrove(corpus: Corpus, folder: Path) -> Found:
    """Its first three stages, by direct calls: signatures, buckets, clusters."""
    logging.disable(logging.INFO)
    import xxhash
    from datatrove.data import Document
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupSignature,
    )
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.logging import logger
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Blanks(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

        def sent_tokenize(self, text: str) -> list[str]:
            return [text]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            return [(0, len(text))]

    logger.remove()
    config = MinhashConfig(n_grams=5, num_buckets=20, hashes_per_bucket=6, hash_config=HashConfig(precision=64))
    documents = (Document(text=text, id=str(number)) for number, text in enumerate(corpus.texts))
    start = process_time()
    signer = MinhashDedupSignature(str(folder / "signatures"), config, Blanks())
    signer._hash_func = lambda text: xxhash.xxh64_intdigest(text.encode())  # its own fails with xxhash 4
    signer.run(documents, 0, 1)
    signed = process_time()
    for bucket in range(config.num_buckets):
        step = MinhashDedupBuckets(str(folder / "signatures"), str(folder / "buckets"), config=config)
        step.run(None, bucket, config.num_buckets)
    cluster = MinhashDedupCluster(str(folder / "buckets"), str(folder / "clusters"), config, save_cluster_id=True)
    cluster.run(None, 0, 1)
    done = process_time()
    clusters: dict[int, object] = {}
    for path in (folder / "clusters").glob("*.clusters"):
        clusters.update(struct.iter_unpack("<II", path.read_bytes()))
    return Found(clusters, {"signatures": signed - start, "clusters": done - signed})


def report(corpus: Corpus, found: dict[str, Found]) -> Iterator[str]:
    """The results as Markdown."""
    yield (f"{len(corpus.texts):,} documents of {sum(map(len, corpus.texts)) / len(corpus.texts) / 1000:.1f} thousand "
           f"characters, {len(corpus.pairs):,} planted pairs. Python {sys.version.split()[0]}, cleaner "
           f"{__version__}, datatrove {version('datatrove')}.\n")  # fmt: skip
    yield "| | documents a CPU second | signatures alone | "
    yield " | ".join(f"{low:g} to {high:g}" for low, high in pairwise(BANDS)) + " | precision |\n"
    yield "|---|" + "--:|" * (len(BANDS) + 2) + "\n"
    counts = [len([j for _, _, j in corpus.pairs if _within(j, band)]) for band in range(len(BANDS) - 1)]
    yield "| *planted pairs* | | | " + " | ".join(map(str, counts)) + " | |\n"
    for name, result in found.items():
        joined = [(j, result.clusters.get(a, -1) == result.clusters.get(b, -2)) for a, b, j in corpus.pairs]
        cells = []
        for band, count in enumerate(counts):
            hits = sum(hit for j, hit in joined if _within(j, band))
            cells.append(f"{hits / count:.3f}" if count else "")
        claimed = [j for j, hit in joined if hit]
        right = sum(j >= THRESHOLD for j in claimed) / max(len(claimed), 1)
        whole, signatures = sum(result.seconds.values()), result.seconds["signatures"]
        documents = len(corpus.texts)
        speed = f"{documents / whole:,.0f} | {documents / signatures:,.0f}"
        yield f"| {name} | {speed} | {' | '.join(cells)} | {right:.3f} |\n"


def _within(index: float, band: int) -> bool:
    low, high = BANDS[band], BANDS[band + 1]
    return low <= index < high or (high == 1.0 and index == 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    corpus = make_texts(options.documents, options.seed)
    found = {}
    for name, contestant in (("cleaner", run_cleaner), ("datatrove", run_datatrove)):
        with tempfile.TemporaryDirectory() as folder:
            found[name] = contestant(corpus, Path(folder))
    print("".join(report(corpus, found)), end="")


if __name__ == "__main__":
    main()
