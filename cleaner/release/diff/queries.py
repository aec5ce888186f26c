"""The queries of a comparison of two versions: by digests first, and texts only of what differs.

A version's rows are read from the shards that the other one does not have: what both share is the same. Every column
becomes a 128-bit digest before the two versions meet, so a join holds no texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from cleaner import schema
from cleaner.release.counts import SITE

CORPUS_COLUMNS = (*schema.OF_THE_CORPUS, "quality.template_share")
"""Columns that tell of other documents."""
SOURCE_COLUMNS = ("source_path", "source_sha256", "retrieved_at", "media_type")
"""Columns that tell of the source alone."""


def compared(old: pa.Schema, new: pa.Schema) -> dict[str, str]:
    """The columns that both versions have, with the fields of structs each by itself: name -> SQL."""
    columns: dict[str, str] = {}
    for field in new:
        if field.name == "id" or field.name not in old.names:
            continue
        if pa.types.is_struct(field.type):
            theirs = old.field(field.name).type
            inner = [part for part in field.type if theirs.get_field_index(part.name) >= 0]
            columns |= {f"{field.name}.{part.name}": f'"{field.name}"."{part.name}"' for part in inner}
        else:
            columns[field.name] = f'"{field.name}"'
    return columns


def documents_query(columns: dict[str, str], old: str, new: str) -> str:
    """All documents of the two relations: which of the columns differ, and what is needed to tell why."""
    digests = ", ".join(f"md5_number(CAST({sql} AS VARCHAR)) AS c{n}" for n, sql in enumerate(columns.values()))
    rows = f"SELECT id, source_sha256, source_path, url, title, {SITE} AS site, {digests} FROM"
    differ = ", ".join(_differing(n, name) for n, name in enumerate(columns))
    return _DOCUMENTS.format(old=f"{rows} {old}", new=f"{rows} {new}", differ=differ)


def _differing(number: int, name: str) -> str:
    """NULL where a column is the same, else its name and in what way it differs."""
    old, new = (f"coalesce({side}.c{number}, {_EMPTY})" for side in ("old", "new"))
    return f"""CASE WHEN old.c{number} IS NOT DISTINCT FROM new.c{number} THEN NULL
        ELSE {{'name': '{name}', 'how': CASE WHEN {old} IN {_EMPTIES} THEN 'filled'
        WHEN {new} IN {_EMPTIES} THEN 'emptied' ELSE 'changed' END}} END"""


_EMPTY = "md5_number('')"
_EMPTIES = "(md5_number(''), md5_number('[]'))"

_DOCUMENTS = """
SELECT coalesce(new.id, old.id) AS id, coalesce(new.site, old.site) AS site,
       coalesce(new.source_path, old.source_path) AS source_path, coalesce(new.url, old.url) AS url,
       coalesce(new.title, old.title) AS title, old.source_sha256 AS old_sha256, new.source_sha256 AS new_sha256,
       old.source_path AS old_path,
       CASE WHEN old.id IS NULL THEN 'added' WHEN new.id IS NULL THEN 'removed' ELSE 'both' END AS found,
       CASE WHEN found = 'both' THEN list_filter([{differ}], lambda c: c IS NOT NULL) ELSE [] END AS columns
FROM ({old}) AS old FULL JOIN ({new}) AS new ON old.id = new.id
"""


def line_digests_query(columns: Sequence[str], old: str, new: str) -> str:
    """The documents of which some line differs, whether or not the document does. Evidence is not compared: how often a
    line stands on its site changes with every page of it."""
    row = ", ".join(f'"{name}"' for name in columns if name not in ("document_id", "evidence"))
    digests = f"SELECT document_id AS id, bit_xor(md5_number(CAST(row({row}) AS VARCHAR))) AS digest"
    return _OTHER_LINES.format(old=f"{digests} FROM {old} GROUP BY 1", new=f"{digests} FROM {new} GROUP BY 1")


_OTHER_LINES = """
CREATE TABLE other_lines AS
SELECT id FROM ({old}) AS old FULL JOIN ({new}) AS new USING (id)
WHERE old.digest IS DISTINCT FROM new.digest AND id IN (SELECT id FROM compared WHERE found = 'both')
"""

CHANGED = """
CREATE TABLE changed AS
SELECT compared.* EXCLUDE (found, old_path, host, by_recipe),
       CASE found WHEN 'both' THEN 'changed' ELSE found END AS change,
       CASE found
       WHEN 'added' THEN CASE WHEN renamed.sha256 IS NOT NULL THEN 'renamed' ELSE 'new' END
       WHEN 'removed' THEN CASE WHEN compared.id IN (SELECT id FROM fates WHERE id IS NOT NULL)
                                  OR old_sha256 IN (SELECT sha256 FROM fates WHERE sha256 IS NOT NULL) THEN 'withdrawn'
                                WHEN fates.cause IS NOT NULL THEN fates.cause
                                WHEN renamed.sha256 IS NOT NULL THEN 'renamed'
                                WHEN $fates_known THEN 'gone' ELSE 'unknown' END
       ELSE CASE WHEN old_sha256 IS DISTINCT FROM new_sha256 THEN 'source'
                 WHEN overridden.id IS NOT NULL THEN 'override'
                 WHEN other_lines.id IS NULL AND len(columns) = 0 THEN 'columns'
                 WHEN other_lines.id IS NULL
                      AND len(list_filter(columns, lambda c: NOT list_contains($source, c.name))) = 0 THEN 'source'
                 WHEN other_lines.id IS NULL
                      AND len(list_filter(columns, lambda c: NOT list_contains($corpus, c.name))) = 0 THEN 'corpus'
                 WHEN by_recipe AND $judge THEN 'recipe_or_judge'
                 WHEN by_recipe THEN 'recipe'
                 WHEN $judge THEN 'judge'
                 ELSE 'corpus' END
       END AS cause
FROM (
    SELECT *, regexp_extract(coalesce(url, ''), '^[a-z]+://(?:www\\.)?([^/:]*)', 1) AS host,
           $recipe OR list_contains($sites, site) OR list_contains($sites, host) AS by_recipe
    FROM compared
) AS compared
LEFT JOIN other_lines USING (id)
LEFT JOIN overridden USING (id)
LEFT JOIN (SELECT source_path, min(cause) AS cause FROM fates GROUP BY source_path) AS fates
       ON fates.source_path = compared.old_path
LEFT JOIN (SELECT old_sha256 AS sha256 FROM compared WHERE found = 'removed'
           INTERSECT SELECT new_sha256 FROM compared WHERE found = 'added') AS renamed
       ON renamed.sha256 = coalesce(old_sha256, new_sha256)
WHERE found <> 'both' OR len(columns) > 0 OR $columns_differ
"""


def line_changes_query(old: str, new: str) -> str:
    """Every line that differs, of documents in both versions: a line is known by its text, equal ones by order."""
    rows = """SELECT document_id, line, text, verdict, role, reason, score, md5_number(text) AS digest,
              row_number() OVER (PARTITION BY document_id, md5_number(text) ORDER BY line) AS copy
              FROM {rows} WHERE document_id IN (SELECT id FROM other_lines)"""
    return _LINE_CHANGES.format(old=rows.format(rows=old), new=rows.format(rows=new))


_LINE_CHANGES = """
CREATE TABLE line_changes AS
SELECT id, line, change, was, was_role, was_reason, verdict, role, reason,
       CASE WHEN change = 'rescored' THEN NULL WHEN length(text) <= 300 THEN text
            ELSE left(text, 300) || '…' END AS text
FROM (
    SELECT coalesce(new.document_id, old.document_id) AS id, coalesce(new.line, old.line) AS line,
           CASE WHEN old.line IS NULL THEN 'added' WHEN new.line IS NULL THEN 'removed'
                WHEN old.verdict <> new.verdict OR old.role <> new.role THEN 'rejudged'
                ELSE 'rescored' END AS change,
           old.verdict AS was, old.role AS was_role, old.reason AS was_reason, new.verdict, new.role, new.reason,
           coalesce(new.text, old.text) AS text
    FROM ({old}) AS old FULL JOIN ({new}) AS new
      ON old.document_id = new.document_id AND old.digest = new.digest AND old.copy = new.copy
    WHERE old.line IS NULL OR new.line IS NULL OR old.verdict <> new.verdict OR old.role <> new.role
       OR old.reason <> new.reason OR old.score <> new.score
)
"""


def overridden_query(old: str, new: str) -> str:
    """Documents that differ, and of which a line was decided by a person in one version and not in the other."""
    rows = "SELECT document_id AS id, text, verdict, role FROM {rows} WHERE reason = 'override'"
    one, other = rows.format(rows=old), rows.format(rows=new)
    return f"""CREATE TABLE overridden AS SELECT DISTINCT id
        FROM ((({one}) EXCEPT ({other})) UNION ALL (({other}) EXCEPT ({one})))"""
