"""Verifies releases: whether every file is there, byte for byte and row for row, as its manifest says.

`datasets` checks neither checksums nor, when streaming, numbers of rows; so this is the check to trust. An amended
version, from which documents were withdrawn, is checked as any other: its manifest was signed again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import open_database, parquet
from cleaner.errors import VerificationError
from cleaner.release.counts import count_rows
from cleaner.release.files import TEMPORARY, sha256_of
from cleaner.release.index import read_documents, read_line_hashes
from cleaner.release.inventory import strangers
from cleaner.release.manifest import CONFIGS, File, Manifest, shards_of
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.open import find_version, versions
from cleaner.release.rebuild import rebuild_problems
from cleaner.release.rows import hash_documents
from cleaner.release.shards import SCHEMAS, shard_path
from cleaner.release.verify_texts import check_card, check_sums
from cleaner.release.verify_withdrawn import check_withdrawn


@dataclass(slots=True)
class VerifyReport:
    """What was found. `problems` is empty when all is well; `ok` says so.

    Attributes:
        versions: The versions that were checked, oldest first.
        files: Shards read, each once.
        rows: Rows in them.
        rebuilt: The version that was made again from raw files, if one was.
        problems: A sentence each: what is wrong, and with which file.
    """

    versions: list[str]
    files: int = 0
    rows: int = 0
    rebuilt: str | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def exit_code(self) -> int:
        """0 when all is well, 4 when not."""
        return 0 if self.ok else VerificationError.exit_code

    def check(self) -> None:
        """VerificationError when something is wrong; the message names the first problems."""
        if self.problems:
            more = f" ... and {len(self.problems) - 10:,} more." if len(self.problems) > 10 else ""
            raise VerificationError(" ".join(self.problems[:10]) + more)


def verify(processed: str | Path, version: str | None = None, *, rebuild: str | Path | None = None) -> VerifyReport:
    """Check a version, or all of them and what else lies in the folder.

    Read are all bytes and all rows: SHA-256, size, number of rows, columns, and whether the rows are those that the
    shard is named by; whether the counts add up, and are those of the rows; whether card, change log and Croissant say
    the same. Problems are collected, not raised; see `VerifyReport.check`.

    Args:
        processed: The dataset's folder.
        version: One version, such as "1.0.0"; by default all of them, and every other file in the folder.
        rebuild: The raw files: the version (by default the newest) is made again from them in a temporary folder, and
            what comes out is compared byte by byte.

    Raises:
        InputError: The folder holds no release, or there is nothing to read in `rebuild`.
        VersionError: There is no such version.
    """
    processed = Path(processed)
    try:
        every = versions(processed)
    except VerificationError as e:  # a manifest that cannot be read hides the rest
        return VerifyReport([], problems=[str(e)])
    manifests = every if version is None else [find_version(processed, version)]
    report = VerifyReport([manifest.version for manifest in manifests])
    for config in CONFIGS:
        shards = {file.path: (file, m.schema(config)) for m in manifests for file in m.files[config]}
        for file, columns in shards.values():
            report.files += 1
            report.rows += file.rows
            report.problems += _check_shard(processed, config, file, columns)
    report.problems += check_sums(processed, every, None if version is None else manifests)
    for manifest in manifests:
        report.problems += _check_manifests_agree(manifest, every)
        report.problems += _check_counts(manifest)
        if report.ok:
            report.problems += _check_rows(processed, manifest)
    if version is None:
        report.problems += check_card(processed, every)
        report.problems += _foreign(processed, every)
    if report.ok:
        report.problems += check_withdrawn(processed, manifests)
    if rebuild is not None:
        report.rebuilt = manifests[-1].version
        report.problems += rebuild_problems(processed, every, manifests[-1], Path(rebuild))
    return report


def _check_shard(processed: Path, config: str, file: File, columns: pa.Schema) -> Iterator[str]:
    path = processed / file.path
    try:
        size = path.stat().st_size
        if size != file.bytes:
            yield f"{file.path} has {size:,} bytes; the manifest says {file.bytes:,}."
        elif sha256_of(path) != file.sha256:
            yield f"{file.path} has been changed: its SHA-256 is not the one in the manifest."
    except OSError as e:
        yield f"{file.path} is missing or cannot be read ({e.strerror or e})."
        return
    try:
        with pq.ParquetFile(path) as shard:
            if shard.metadata.num_rows != file.rows:
                yield f"{file.path} has {shard.metadata.num_rows:,} rows; the manifest says {file.rows:,}."
            if not shard.schema_arrow.equals(columns):
                yield f"{file.path} has other columns than the dataset."
                return
        if config == "documents":
            tables = read_documents(path, columns)
            hashes = (row_hash for table in tables for row_hash in hash_documents(table, columns))
        else:
            hashes = (row_hash for some in read_line_hashes(path, columns) for row_hash in some.values())
        if shard_path(config, hashes) != file.path:
            yield f"{file.path} does not hold the rows that it is named by."
    except (OSError, pa.ArrowException, KeyError, ValueError) as e:
        yield f"{file.path} cannot be read as Parquet ({' '.join(str(e).split())[:200]})."


def _check_manifests_agree(manifest: Manifest, every: list[Manifest]) -> Iterator[str]:
    """Whether the parent is there, and says the same of shared shards."""
    by_version = {other.version: other for other in every}
    if manifest.parent is None:
        return
    if manifest.parent not in by_version:
        yield f"Version {manifest.version} comes after {manifest.parent}, whose manifest is missing."
        return
    theirs = shards_of([by_version[manifest.parent]])
    for config in CONFIGS:
        for file in manifest.files[config]:
            if file != theirs.get(file.path, file):
                yield f"The manifests of {manifest.parent} and {manifest.version} do not agree on {file.path}."


def _check_counts(manifest: Manifest) -> Iterator[str]:
    """Whether sources and lines add up, and to what the files hold."""
    counts, version = manifest.counts, manifest.version
    try:
        parts = sum(counts[key] for key in ("documents", "duplicates", "filtered", "withdrawn", "rejects"))
        lines = sum(n for roles in counts["lines"].values() for reasons in roles.values() for n in reasons.values())
        identities = (
            ("sources", counts["sources"], "documents, duplicates, filtered, withdrawn and rejects", parts),
            ("documents", counts["documents"], "rows of its shards", manifest.rows("documents")),
            ("documents by site", sum(counts["sites"].values()), "documents", counts["documents"]),
            ("documents by language", sum(counts["languages"].values()), "documents", counts["documents"]),
            ("lines", lines, "rows of its shards of lines", manifest.rows("lines")),
        )
    except (KeyError, TypeError, AttributeError) as e:
        yield f"The counts of version {version} are damaged ({e!r})."
        return
    for left, one, right, other in identities:
        if one != other:
            yield f"Version {version} does not add up: {left} {one:,}, but {right} {other:,}."


def _check_rows(processed: Path, manifest: Manifest) -> Iterator[str]:
    """Whether ids are unique, documents have the lines that they say, and the manifest counts what is there."""
    documents, lines = ([processed / file.path for file in manifest.files[config]] for config in CONFIGS)
    if not documents:  # all of them were withdrawn
        return
    with tempfile.TemporaryDirectory() as work, open_database(Path(work)) as db:
        db.register("no_lines", SCHEMAS["lines"].empty_table())
        source = "read_parquet($lines)" if lines else "no_lines"
        values = {"documents": parquet(documents)} | ({"lines": parquet(lines)} if lines else {})
        for document_id, words in db.execute(_ROWS.format(lines=source), values).fetchall():
            yield f"Version {manifest.version}: document {document_id} {words}."
        if all(manifest.schema(config).equals(SCHEMAS[config]) for config in CONFIGS):  # else counted otherwise, then
            counted = json.loads(json.dumps(count_rows(db, documents, lines)))
            for key in sorted(counted.keys() & manifest.counts.keys()):
                if counted[key] != manifest.counts[key]:
                    said, found = (_shown(values[key]) for values in (manifest.counts, counted))
                    where = f"{VERSIONS}/{manifest.version}.json"
                    yield f"{where} says of `{key}`: {said}; its shards hold: {found}."


def _shown(value: Any) -> str:
    text = f"{value:,}" if isinstance(value, int) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 200 else text[:200] + "..."


def _foreign(processed: Path, manifests: list[Manifest]) -> Iterator[str]:
    """Files that are neither named by a manifest nor beside the card, nor hidden."""
    for name in strangers(processed, manifests):
        if name.endswith(TEMPORARY):
            yield f"{name} was left by an interrupted run; the next run removes it."
        else:
            yield f"{name} does not belong to the dataset. Move it elsewhere."


_ROWS = """
WITH documents AS (
    SELECT id, count(*) AS copies, sum(lines_kept) AS kept, sum(lines_dropped) AS dropped,
           sum(lines_metadata) AS metadata
    FROM read_parquet($documents) GROUP BY id
), lines AS (
    SELECT document_id AS id, count_if(verdict = 'keep') AS kept, count_if(verdict = 'drop') AS dropped,
           count_if(verdict = 'metadata') AS metadata, count(*) AS lines, count(DISTINCT line) AS places
    FROM {lines} GROUP BY document_id
), problems AS (
    SELECT coalesce(documents.id, lines.id) AS id, CASE
        WHEN documents.id IS NULL THEN 'has lines, but is not there itself'
        WHEN copies > 1 THEN 'is there more than once'
        WHEN lines <> places THEN 'has two lines at one place'
        WHEN (documents.kept, documents.dropped, documents.metadata)
             <> (coalesce(lines.kept, 0), coalesce(lines.dropped, 0), coalesce(lines.metadata, 0))
        THEN 'has other lines than it says' END AS problem
    FROM documents FULL JOIN lines USING (id)
)
SELECT id, problem FROM problems WHERE problem IS NOT NULL ORDER BY id LIMIT 100
"""
