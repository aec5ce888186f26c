"""What differs between two versions of a dataset, and why: documents, metadata by column, lines by verdict and role.

Why a document differs is told from what it was made from (the hash of its source), from what it was made with (recipe,
code and model, which the manifests name), and from what became of its source since; see `diff_causes`. The comparison
runs in DuckDB over the shards that the two versions do not share, in bounded memory.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from cleaner import schema
from cleaner.corpus.database import open_database, parquet, stream
from cleaner.errors import VerificationError
from cleaner.release.diff import queries as sql
from cleaner.release.diff.causes import CAUSES
from cleaner.release.diff.made_with import made_with, recipe_reach
from cleaner.release.fates import Fates, listed_fates, make_table, withdrawn_fates
from cleaner.release.manifest import CONFIGS, Manifest
from cleaner.release.open import find_version, versions

KINDS = tuple(CAUSES)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions compared; good as long as `compare` is open.

    Attributes:
        old: Manifest of the older one.
        new: Manifest of the newer one.
        summary: Plain data, the same for the same two versions:
            `old`, `new` (versions); `documents` (`old`, `new`, `same`, `added`, `changed`, `removed`);
            `causes` (added, changed, removed -> cause -> documents); `sites` (site -> added, changed, removed);
            `columns` (column -> `filled`, `emptied`, `changed`: documents in which it differs);
            `lines` (see `_count_lines`); what they were made with (see `made_with`); `amended` (old, new: documents
            withdrawn from the version after it was released).
    """

    old: Manifest
    new: Manifest
    summary: dict[str, Any]
    _db: duckdb.DuckDBPyConnection
    _tables: dict[str, str]

    def documents(self, change: str | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """The documents that differ: added, then changed, then removed ones; each by site and path.

        Keys: `id`, `change`, `cause`, `site`, `url`, `source_path`, `title`, `columns` (column -> filled, emptied or
        changed), `lines` (number of lines that were `added`, `removed`, `rejudged`).
        """
        values = {"change": change, "limit": limit if limit is not None else 2**62}
        with self._db.cursor() as db:  # one of its own: whoever reads this may ask for lines meanwhile
            for batch in stream(db, _LISTED, values):
                for row in batch.to_pylist():
                    row["columns"] = {column["name"]: column["how"] for column in row["columns"]}
                    yield row

    def lines(self, document_id: str, limit: int) -> list[dict[str, Any]]:
        """The first lines of a document that differ, in order.

        Keys: `line`, `change` (added, removed, rejudged), `text` (its first 300 characters), `was`, `was_role`,
        `was_reason` and `verdict`, `role`, `reason`: as it was judged in the older and in the newer version.
        """
        query = """SELECT * EXCLUDE (id) FROM line_changes WHERE id = $id AND change <> 'rescored'
                   ORDER BY line, change = 'added' LIMIT $limit"""
        found = self._db.sql(query, params={"id": document_id, "limit": limit})
        rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
        return rows

    def examples(self, limit: int) -> dict[tuple[str, str, str, str], list[str]]:
        """Some lines for each group of `summary["lines"]["rejudged"]`: (was, verdict, role, reason) -> texts."""
        query = """SELECT was, verdict, role, reason, text FROM line_changes WHERE change = 'rejudged'
                   QUALIFY row_number() OVER (PARTITION BY was, verdict, role, reason
                                              ORDER BY md5(id || line::VARCHAR)) <= $limit
                   ORDER BY was, verdict, role, reason, md5(id || line::VARCHAR)"""
        found: dict[tuple[str, str, str, str], list[str]] = {}
        for *group, text in self._db.execute(query, {"limit": limit}).fetchall():
            found.setdefault((group[0], group[1], group[2], group[3]), []).append(text)
        return found

    def as_json(self) -> Iterator[str]:
        """The summary and all documents that differ, as pieces of one JSON text: never all of it in memory."""
        yield json.dumps(self.summary, ensure_ascii=False, indent=1)[:-2] + ',\n "changes": ['
        for number, document in enumerate(self.documents()):
            yield (",\n  " if number else "\n  ") + json.dumps(document, ensure_ascii=False)
        yield "\n ]\n}\n"

    def values(self, ids: Sequence[str]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """The columns of these documents in the older and in the newer version: id -> both, {} where it is not."""
        found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {document_id: ({}, {}) for document_id in ids}
        for side, name in enumerate(("old_documents", "new_documents")):
            query = f"SELECT * EXCLUDE (text) FROM {self._tables[name]} WHERE list_contains($ids, id)"
            for row in self._db.sql(query, params={"ids": list(ids)}).to_arrow_table().to_pylist():
                found[row["id"]][side].update(row)
        return found


def diff(processed: str | Path, old: str, new: str | None = None) -> dict[str, Any]:
    """The summary of what differs between two versions of a dataset: see `Comparison.summary`. Raises as `compare`."""
    with compare(processed, old, new) as comparison:
        return comparison.summary


@contextmanager
def compare(processed: str | Path, old: str, new: str | None = None) -> Iterator[Comparison]:
    """Compare two versions of a dataset.

    Args:
        processed: The dataset's folder.
        old: The version to start from, such as "1.0.0".
        new: The version to compare it with; the newest by default.

    Raises:
        InputError: The folder holds no release.
        VersionError: There is no such version.
        VerificationError: A shard of a version is missing or damaged.
    """
    processed = Path(processed)
    newest = versions(processed)[-1].version
    first, second = find_version(processed, old), find_version(processed, new)
    known = second.version == newest
    fates = listed_fates(processed) if known else withdrawn_fates(processed)
    with compare_manifests(processed, first, second, fates, known) as comparison:
        yield comparison


@contextmanager
def compare_manifests(
    processed: Path,
    old: Manifest,
    new: Manifest,
    fates: Fates,
    fates_known: bool = True,
    new_folder: Path | None = None,
    only: Path | None = None,
    remarked: Mapping[str, str] | None = None,
) -> Iterator[Comparison]:
    """Compare two versions of which the shards are there, whether or not the newer one has been released.

    `fates` says what became of sources that are no document of the newer one; `fates_known`, whether it knows of all;
    `new_folder`, where the shards of the newer one lie if not in `processed`; `only`, a Parquet file with the `id` of
    all documents that differ, where that is known, so that the others need not be compared; `remarked`, shards of the
    newer one -> those of the older one from which they differ in marks of duplicates alone.
    """
    with tempfile.TemporaryDirectory(prefix="cleaner-diff-") as work, open_database(Path(work)) as db:
        tables = _tables(db, old, processed, new, new_folder or processed, only, remarked or {})
        try:
            _load(db, old, new, tables, fates, fates_known)
        except duckdb.Error as e:
            if not isinstance(e, (duckdb.IOException, duckdb.InvalidInputException)):
                raise
            raise VerificationError(
                f"A shard of version {old.version} or {new.version} cannot be read ({' '.join(str(e).split())[:200]}). "
                f"`cleaner verify {processed}` says which files are damaged; put good copies in their place."
            ) from e
        yield Comparison(old, new, _summary(db, old, new), db, tables)


def _tables(
    db: duckdb.DuckDBPyConnection,
    old: Manifest,
    old_folder: Path,
    new: Manifest,
    new_folder: Path,
    only: Path | None,
    remarked: Mapping[str, str],
) -> dict[str, str]:
    """For each version and config, SQL that reads the shards that the other version does not have: all rows, or those
    of the documents in the file `only`. Those that are `remarked` are tables of their own, "old_marks" and
    "new_marks"."""
    tables = {}
    marks = {*remarked, *remarked.values()}
    names = {config: config for config in CONFIGS} | ({"marks": "documents"} if marks else {})
    if only:
        db.execute("CREATE TABLE only_these AS SELECT id FROM read_parquet($files)", {"files": parquet([only])})
    for name, config in names.items():
        for side, mine, other, folder in (("old", old, new, old_folder), ("new", new, old, new_folder)):
            shared = {file.path for file in other.files[config]}
            of_table = [file.path for file in mine.files[config] if (file.path in marks) == (name == "marks")]
            paths = [folder / path for path in of_table if path not in shared]
            for path in paths:
                if not path.is_file():
                    raise VerificationError(
                        f"{path} is missing, which version {mine.version} needs. `cleaner verify {folder}` says "
                        "what else is wrong."
                    )
            table = f"{side}_{name}"
            db.register(f"no_{table}", mine.schema(config).empty_table())
            quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in parquet(paths))
            tables[table] = f"read_parquet([{quoted}])" if paths else f"no_{table}"
            if only and paths:
                key = "id" if config == "documents" else "document_id"
                tables[table] = f"(FROM {tables[table]} WHERE {key} IN (FROM only_these))"
    return tables


def _load(
    db: duckdb.DuckDBPyConnection,
    old: Manifest,
    new: Manifest,
    tables: dict[str, str],
    fates: Fates,
    fates_known: bool,
) -> None:
    """Make the tables `changed` and `line_changes`."""
    columns = sql.compared(old.schema("documents"), new.schema("documents"))
    documents = [sql.documents_query(columns, tables["old_documents"], tables["new_documents"])]
    if "old_marks" in tables:
        marks = {name: column for name, column in columns.items() if name in schema.OF_THE_CORPUS}
        documents.append(sql.documents_query(marks, tables["old_marks"], tables["new_marks"]))
    db.execute(f"CREATE TABLE compared AS {' UNION ALL '.join(documents)}")
    common = [name for name in new.schema("lines").names if name in old.schema("lines").names]
    lines = tables["old_lines"], tables["new_lines"]
    db.execute(sql.line_digests_query(common, *lines))
    db.execute(sql.overridden_query(*lines))
    make_table(db)
    fates(db)
    everywhere, sites = recipe_reach(old, new)
    db.execute(sql.CHANGED, {
        "fates_known": fates_known, "source": list(sql.SOURCE_COLUMNS), "corpus": list(sql.CORPUS_COLUMNS),
        "recipe": everywhere, "sites": sites,
        "judge": (old.code, old.model) != (new.code, new.model), "columns_differ": old.columns != new.columns,
    })  # fmt: skip
    db.execute(sql.line_changes_query(*lines))


def _summary(db: duckdb.DuckDBPyConnection, old: Manifest, new: Manifest) -> dict[str, Any]:
    causes: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    query = "SELECT change, cause, count(*) FROM changed GROUP BY ALL ORDER BY 3 DESC, 2"
    for change, cause, count in db.execute(query).fetchall():
        causes[change][cause] = count
    totals = {kind: sum(causes[kind].values()) for kind in KINDS}
    sites = _nested(db, "SELECT site, change, count(*) FROM changed GROUP BY ALL")
    columns = _nested(db, "SELECT c.name, c.how, count(*) FROM (SELECT unnest(columns) AS c FROM changed) GROUP BY ALL")
    return {
        "old": old.version,
        "new": new.version,
        "documents": {
            "old": old.rows("documents"), "new": new.rows("documents"), **totals,
            "same": new.rows("documents") - totals["added"] - totals["changed"],
        },
        "causes": causes,
        "sites": sites,
        "columns": columns,
        "lines": _count_lines(db),
        **made_with(old, new),
        "amended": [old.amended["documents"], new.amended["documents"]],
    }  # fmt: skip


def _nested(db: duckdb.DuckDBPyConnection, query: str) -> dict[str, dict[str, int]]:
    """Rows of name, kind, count as name -> kind -> count, the names with the largest sums first."""
    found: dict[str, dict[str, int]] = {}
    for name, kind, count in sorted(db.execute(query).fetchall()):
        found.setdefault(name, {})[kind] = count
    return dict(sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def _count_lines(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Lines that differ, of documents that are in both versions.

    `documents` that have such lines; lines `added` and `removed` (verdict -> lines); `rejudged`: a list of verdict
    before, verdict now, role now, reason now, lines; `rescored` lines, judged as before for another reason or with
    another score.
    """
    counts: dict[str, Any] = {"added": {}, "removed": {}, "rejudged": [], "rescored": 0}
    query = """SELECT change, was, verdict, role, reason, count(*) FROM line_changes
               GROUP BY ALL ORDER BY count(*) DESC, 2, 3, 4, 5"""
    for change, was, verdict, role, reason, count in db.execute(query).fetchall():
        if change == "rejudged":
            counts["rejudged"].append([was, verdict, role, reason, count])
        elif change == "rescored":
            counts["rescored"] += count
        else:
            name = verdict or was
            counts[change][name] = counts[change].get(name, 0) + count
    [(documents,)] = db.execute("SELECT count(*) FROM other_lines").fetchall()
    return {"documents": documents, **counts}


_LISTED = """
SELECT changed.id, change, cause, site, url, source_path, title, columns,
       {'added': coalesce(l.added, 0)::BIGINT, 'removed': coalesce(l.removed, 0)::BIGINT,
        'rejudged': coalesce(l.rejudged, 0)::BIGINT} AS lines
FROM changed LEFT JOIN (
    SELECT id, count_if(change = 'added') AS added, count_if(change = 'removed') AS removed,
           count_if(change = 'rejudged') AS rejudged
    FROM line_changes GROUP BY id
) AS l ON l.id = changed.id
WHERE $change IS NULL OR change = $change
ORDER BY list_position(['added', 'changed', 'removed'], change), site, source_path, changed.id
LIMIT $limit
"""
