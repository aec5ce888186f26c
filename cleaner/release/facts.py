"""What the card and its pictures show beyond plain totals: spreads over time and length, what pages state of their
licence, what was scanned for, and an example of each role that was taken out. Counted in the rows that are published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

SAMPLED = 20_000
"""Examples are looked for in about so many documents at most."""

MOST_LICENSES = 50
"""Distinct licences that are told apart; the rest is counted together under `OTHER`."""

OTHER = "(other)"

_PERSONAL = ("comment", "byline", "bio", "photo_credit", "post_metadata")
"""Roles whose lines may name somebody: of these no example is shown."""


def count_facts(db: duckdb.DuckDBPyConnection, rows: str) -> dict[str, Any]:
    """Spreads over the published documents; `rows` is the FROM of a query over them.

    Keys: `months` ("2021-05" -> documents; "2021" where no more is known), `lengths` (words of a document, rounded down
    to 0 or a power of two, as text -> documents), `licenses` (what the page states -> documents), `private` (kind of
    private data -> finds).
    """
    months = f"SELECT left(published, 7) AS month, count(*) {rows} GROUP BY 1 HAVING month IS NOT NULL ORDER BY 1"
    power = "CASE WHEN words >= 1 THEN (1::BIGINT << (length(bin(words)) - 1)) ELSE 0 END"
    lengths = f"SELECT {power} AS least, count(*) {rows} GROUP BY 1 ORDER BY 1"
    licenses = f"SELECT license, count(*) AS n {rows} GROUP BY 1 HAVING license IS NOT NULL ORDER BY n DESC, 1"
    finds = f"SELECT unnest(quality.private) AS find {rows}"
    private = f"SELECT find.name, sum(find.count)::BIGINT FROM ({finds}) GROUP BY 1"
    stated = db.execute(licenses).fetchall()
    if rest := sum(count for _, count in stated[MOST_LICENSES:]):
        stated[MOST_LICENSES:] = [(OTHER, rest)]
    return {
        "months": dict(db.execute(months).fetchall()),
        "lengths": {str(least): count for least, count in db.execute(lengths).fetchall()},
        "licenses": dict(stated),
        "private": dict(sorted(db.execute(private).fetchall())),
    }


def find_examples(
    db: duckdb.DuckDBPyConnection, lines: str, values: Mapping[str, Any], documents: int
) -> dict[str, str]:
    """For each role that lines were taken out as, the short line that recurs in most documents, if one recurs at all.

    A line that stands on one page only is never shown, nor one with an address or a long number: it may say something
    of somebody. `lines` is the FROM of a query over the published lines. Of a large corpus (`documents`), a sample of
    the documents, chosen by their ids, is read.
    """
    prefix = ""
    while documents > SAMPLED * 16 ** len(prefix):
        prefix += "0"
    query = _EXAMPLES.format(lines=lines)
    return dict(db.execute(query, {**values, "prefix": prefix, "personal": list(_PERSONAL)}).fetchall())


_EXAMPLES = r"""
SELECT role, text FROM (
    SELECT role, text, count(DISTINCT document_id) AS pages {lines}
    WHERE verdict = 'drop' AND starts_with(document_id, $prefix) AND length(text) BETWEEN 2 AND 80
      AND NOT list_contains($personal, role) AND NOT regexp_matches(text, '@|\d[\d /().-]{{4,}}')
    GROUP BY role, text HAVING pages > 1
)
QUALIFY row_number() OVER (PARTITION BY role ORDER BY pages DESC, text) = 1
ORDER BY role
"""
