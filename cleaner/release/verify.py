"""Verifies releases: whether every file is there, byte for byte and row for row, as its manifest says.

`datasets` checks neither checksums nor, when streaming, numbers of rows; so this is the check to trust.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import open_database, parquet
from cleaner.errors import VerificationError
from cleaner.release.files import TEMPORARY, sha256_of
from cleaner.release.index import read_documents, read_line_hashes
from cleaner.release.manifest import CONFIGS, File, Manifest, shards_of
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.open import find_version, versions
from cleaner.release.rows import hash_documents
from cleaner.release.shards import FOLDERS, SCHEMAS, shard_path


@dataclass(slots=True)
class VerifyReport:
    """What was found. `problems` is empty when all is well; `ok` says so.

    Attributes:
        versions: The versions that were checked, oldest first.
        files: Shards read, each once.
        rows: Rows in them.
        problems: A sentence each: what is wrong, and with which file.
    """

    versions: list[str]
    files: int = 0
    rows: int = 0
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


def verify(processed: str | Path, version: str | None = None) -> VerifyReport:
    """Check a version, or all of them and what else lies in the folder.

    Read are all bytes and all rows: SHA-256, size, number of rows, columns, and whether the rows are those that the
    shard is named by; then whether the counts add up. Problems are collected, not raised; see `VerifyReport.check`.
    InputError when the folder holds no release, VersionError when there is no such version.
    """
    processed = Path(processed)
    every = versions(processed)
    manifests = every if version is None else [find_version(processed, version)]
    report = VerifyReport([manifest.version for manifest in manifests])
    for config in CONFIGS:
        shards = {file.path: (file, m.schema(config)) for m in manifests for file in m.files[config]}
        for file, columns in shards.values():
            report.files += 1
            report.rows += file.rows
            report.problems += _check_shard(processed, config, file, columns)
    for manifest in manifests:
        report.problems += _check_manifests_agree(manifest, every)
        report.problems += _check_counts(manifest)
        if report.ok:
            report.problems += _check_rows(processed, manifest)
    report.problems += _check_card(processed, manifests[-1] if version is None else None)
    if version is None:
        report.problems += _foreign(processed, every)
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
    """Whether ids are unique, lines belong to documents, and documents have the lines that they say."""
    documents, lines = ([processed / file.path for file in manifest.files[config]] for config in CONFIGS)
    if not documents:
        return
    with tempfile.TemporaryDirectory() as work, open_database(Path(work)) as db:
        db.register("no_lines", SCHEMAS["lines"].empty_table())
        source = "read_parquet($lines)" if lines else "no_lines"
        values = {"documents": parquet(documents)} | ({"lines": parquet(lines)} if lines else {})
        for document_id, words in db.execute(_ROWS.format(lines=source), values).fetchall():
            yield f"Version {manifest.version}: document {document_id} {words}."


def _check_card(processed: Path, newest: Manifest | None) -> Iterator[str]:
    if newest is None:
        return
    try:
        card = (processed / "README.md").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        yield f"README.md is missing or cannot be read ({e}): run again to have it written."
        return
    if f"config_name: v{newest.version}\n" not in card:
        yield f"README.md does not list version {newest.version}: run again to have it completed."


def _foreign(processed: Path, manifests: list[Manifest]) -> Iterator[str]:
    """Files in the dataset's own folders that no manifest names."""
    known = set(shards_of(manifests)) | {f"{VERSIONS}/{manifest.version}.json" for manifest in manifests}
    for folder in (*FOLDERS.values(), VERSIONS):
        for path in sorted((processed / folder).rglob("*")):
            name = path.relative_to(processed).as_posix()
            if not path.is_dir() and name not in known:
                left = "left by an interrupted run" if name.endswith(TEMPORARY) else "in no version"
                yield f"{name} does not belong here ({left}); the next run removes what it knows as its own."


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
