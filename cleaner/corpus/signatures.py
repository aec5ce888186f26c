"""Signatures of documents, kept beside the part files: made once, in the worker that makes the second pass over a part.

For part P they are `PROCESSED/.cleaner/signatures/ALGORITHM/P.parquet`, where the algorithm names all that they depend
on but the text (`Banding.algorithm`). Part files never change, so neither do they; what is missing, because the recipe
asks for another algorithm now, is made up for from the part.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.corpus.shingles import Banding, Signer, choose_banding, make_shingles
from cleaner.engine.parts import Parts
from cleaner.recipe import Recipe

FOLDER = "signatures"


def banding_of(recipe: Recipe) -> Banding | None:
    """How the recipe has signatures made; None when it does not look for near-duplicates."""
    options = recipe.duplicates
    return None if options.near == "keep" else choose_banding(options.ngram, options.threshold)


def signature_path(parts: Path, part: str, banding: Banding) -> Path:
    """Where the signatures of a part lie; `parts` is the folder of part files."""
    return parts.parent / FOLDER / banding.algorithm / f"{part}.parquet"


def compared_path(parts: Parts, banding: Banding) -> Path:
    """Where the Jaccard indexes of pairs that were compared lie; see `corpus.comparison`."""
    return parts.folder.parent / FOLDER / banding.algorithm / "compared"


def write_signatures(parts: Path, part: str, documents: pa.Table, banding: Banding) -> None:
    """Write the signatures of a part that holds these rows (columns PART_DOCUMENTS, at least `file`, `record`, `text`).

    One row a document whose text has a token: `file`, `record`, `shingles` (how many), and `band0`, `band1`... (a key
    each). OSError when the disk does not take it.
    """
    signer = Signer(banding)
    # a damaged part is told by the release, which checks what it writes; here it must not end the comparison
    texts = [(text or b"").decode("utf-8", "replace") for text in documents["text"].cast(pa.binary()).to_pylist()]
    sizes, keys, rows = [], [], []
    for row, shingles in enumerate(make_shingles(texts, banding.ngram)):
        if len(shingles):
            rows.append(row)
            sizes.append(len(shingles))
            keys.append(signer.sign(shingles))
    of_band = np.array(keys, np.uint64).reshape(len(keys), banding.bands).T
    columns = {
        "file": documents["file"].take(pa.array(rows, pa.int64())),
        "record": documents["record"].take(pa.array(rows, pa.int64())),
        "shingles": pa.array(sizes, pa.int32()),
        **{f"band{n}": pa.array(of_band[n]) for n in range(banding.bands)},
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, compression="none", use_dictionary=["file"])
    path = signature_path(parts, part, banding)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".temporary")
    with open(temporary, "wb") as file:
        file.write(sink.getvalue())
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def make_missing(parts: Parts, names: Iterable[str], banding: Banding) -> list[Path]:
    """The files of signatures of these parts, in their order, made where they are missing; those of other parts and
    of other algorithms are deleted."""
    folder = parts.folder.parent / FOLDER
    wanted = [signature_path(parts.folder, name, banding) for name in names]
    for path in folder.glob("*"):
        if path.name != banding.algorithm:
            shutil.rmtree(path, ignore_errors=True)
    there = set((folder / banding.algorithm).glob("*"))
    for path in there - {*wanted, compared_path(parts, banding)}:
        path.unlink()
    for path in wanted:
        if path not in there:
            columns = ["file", "record", "text", "outcome"]
            table = pq.read_table(parts.documents(path.stem), columns=columns)
            write_signatures(parts.folder, path.stem, table.filter(pc.equal(table["outcome"], "document")), banding)
    return wanted
