"""Verifies that what was withdrawn is gone: no version holds a document that has a tombstone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cleaner.corpus.database import open_database
from cleaner.corpus.tombstones import FILE, Withdrawn, read_tombstones
from cleaner.errors import CleanerError
from cleaner.release.card.wording import several
from cleaner.release.manifest import Manifest
from cleaner.release.withdraw.rows import find_rows, load_rows


def check_withdrawn(processed: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """A sentence for each version that holds a withdrawn document. The shards are whole, as was checked before."""
    try:
        stones = read_tombstones(processed)
    except CleanerError as e:
        yield str(e)
        return
    if not stones:
        return
    with tempfile.TemporaryDirectory() as work, open_database(Path(work)) as db:
        load_rows(db, processed, manifests, Path(work))
        rows = find_rows(db, Withdrawn.by(stones))
    held = False
    for manifest in manifests:
        shards = {file.path for file in manifest.files["documents"]}
        if found := {row.id for row in rows if row.shard in shards}:
            held = True
            documents = several(len(found), "withdrawn document")
            yield f"Version {manifest.version} holds {documents}: `cleaner withdraw {processed}` takes them out."
    if not held and not all(stone.done for stone in stones):
        yield f"{FILE} names documents whose withdrawal is not complete: `cleaner withdraw {processed}` completes it."
