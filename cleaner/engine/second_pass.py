"""The second pass of a run: parts are made anew without their sites' templates, and what is left is signed.

Only what the first pass left is looked at, never a raw file. A part is revised again only when the lines change that go
from it, and signed again only when it was revised, or when the recipe has signatures made in another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.corpus.database import copy_to, list_living, open_database, parquet
from cleaner.corpus.signatures import banding_of, signature_path
from cleaner.corpus.templates import Templates, find_templates
from cleaner.engine.cluster import AnyPool
from cleaner.engine.messages import Revised, Revision
from cleaner.engine.parts import Parts, list_parts, remove_part
from cleaner.engine.revise import revised_name
from cleaner.engine.stage import Reporter
from cleaner.recipe import Recipe

_GONE = pa.schema([("page", pa.uint64()), ("line", pa.int64()), ("evidence", pa.string())])


def revise_parts(parts: Parts, recipe: Recipe, work: Path, pool: AnyPool, reporter: Reporter) -> Parts:
    """All rows that are alive, as the second pass leaves them; `work` is a folder for scratch files.

    Revised parts that nothing needs any more are deleted.
    """
    reporter.stage("revising")
    path = work / "revised.parquet"
    with open_database(work, recipe.memory) as db:
        living = list_living(db, parts.live)
        templates = find_templates(db, parts, living) if recipe.templates.drop else Templates(None, {})
        names = {part: revised_name(part, digest) for part, digest in templates.parts.items()}
        renamed = pa.table({"part": pa.array(names.keys(), pa.string()), "name": pa.array(names.values(), pa.string())})
        db.register("renamed", renamed)
        copy_to(db, _LIVE, path, {"live": parquet([parts.live])})

    there = list_parts(parts.revised) if parts.revised.exists() else set()
    wanted = _missing(parts, recipe, living, names, there)
    progress = replace(reporter.now, files=0, files_total=len(wanted))
    for told in pool.run(_orders(templates, names, wanted)):
        if isinstance(told, Revised):
            progress = replace(progress, files=progress.files + 1)
            reporter.update(progress)
    for name in there - set(names.values()):
        remove_part(parts.revised, name)
    return Parts(parts.folder, path)


def _missing(parts: Parts, recipe: Recipe, living: list[str], names: dict[str, str], there: set[str]) -> set[str]:
    """The living parts that are to be revised or signed."""
    missing = {part for part, name in names.items() if name not in there}
    if banding := banding_of(recipe):
        signed = {path.stem for path in signature_path(parts.folder, "x", banding).parent.glob("*.parquet")}
        missing |= {part for part in living if names.get(part, part) not in signed}
    return missing


def _orders(templates: Templates, names: dict[str, str], wanted: set[str]) -> Iterator[Revision]:
    """An order for each of the wanted parts."""
    for part, gone in _by_part(templates.path) if templates.path and wanted else ():
        if part in wanted:
            yield Revision(part, names[part], gone)
    for part in sorted(wanted - names.keys()):
        yield Revision(part, part, _GONE.empty_table())


def _by_part(path: Path) -> Iterator[tuple[str, pa.Table]]:
    """The rows of a file that is sorted by its column `part`, part by part."""
    held: list[pa.Table] = []
    current = ""
    for batch in pq.ParquetFile(path).iter_batches():
        table = pa.Table.from_batches([batch])
        runs = pc.run_end_encode(table["part"].combine_chunks())
        start = 0
        for part, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            if held and part != current:
                yield current, pa.concat_tables(held)
                held = []
            current = part
            held.append(table.slice(start, end - start).select(_GONE.names))
            start = end
    if held:
        yield current, pa.concat_tables(held)


_LIVE = """
SELECT file, coalesce(name, part) AS part
FROM read_parquet($live) AS live LEFT JOIN renamed USING (part) ORDER BY file, 2
"""
