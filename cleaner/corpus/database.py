"""DuckDB, set up the way corpus-wide work needs it: a limit on its memory, spilling to disk, no network.

What comes out does not depend on the number of threads: sums are of whole numbers, and every query whose order matters
ends in ORDER BY over a total key.
"""

from __future__ import annotations

import glob
import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from cleaner.errors import CleanerError, StorageError
from cleaner.recipe import Recipe

MEMORY = Recipe().memory
"""What DuckDB may hold in memory where no recipe says so; beyond that it spills to disk."""

THREADS = min(4, len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)
"""More threads hold more memory and, beside the reading of files, gain little."""

Item = TypeVar("Item")
Made = TypeVar("Made")

BATCH_ROWS = 2048
"""Rows that a streamed result hands over at once."""


@contextmanager
def open_database(work: Path, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database that holds no more than `memory` (as in a recipe), spills into the folder `work`, and leaves
    nothing there.

    Whatever goes wrong inside becomes a CleanerError; StorageError when the disk is full.
    """
    spill = work / "spill"
    shutil.rmtree(spill, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    try:
        settings = {"memory_limit": memory, "threads": THREADS, "temp_directory": str(spill), "TimeZone": "UTC",
                    "preserve_insertion_order": False, "enable_progress_bar": False,
                    "autoinstall_known_extensions": False, "autoload_known_extensions": False}
        for name, value in settings.items():
            quoted = str(value).replace("'", "''")
            db.execute(f"SET {name} = '{quoted}'")
        yield db
    except duckdb.InterruptException as e:
        raise KeyboardInterrupt from e
    except duckdb.Error as e:
        raise _translated(e, work, memory) from e
    except RuntimeError as e:  # so DuckDB tells of an interrupt, too
        if "interrupted" in str(e).lower():
            raise KeyboardInterrupt from e
        raise
    finally:
        db.close()
        shutil.rmtree(spill, ignore_errors=True)


def _translated(error: duckdb.Error, work: Path, memory: str) -> CleanerError:
    text = " ".join(str(error).split())[:500]
    if isinstance(error, duckdb.OutOfMemoryException):
        return StorageError(
            f"Comparing and writing the corpus needs more memory than {memory}, or more disk space than {work} has "
            f"({text}). Nothing was released. Give it more with `memory` in the recipe, or free some space, and run "
            "again: it goes on where it was."
        )
    if "No space left" in text or "could not write" in text.lower():
        return StorageError(
            f"Comparing and writing the corpus needs more disk space than {work} has ({text}). Nothing was released. "
            "Free some space and run again: it goes on where it was."
        )
    return CleanerError(
        f"A file under {work.parent} cannot be used ({text}). Nothing was released. The folder holds intermediate "
        f"results only: delete it, and run again."
    )


@contextmanager
def one_thread(db: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For sorts over wide rows, which stay inside the limit on memory with one thread only."""
    db.execute("SET threads = 1")
    yield
    db.execute(f"SET threads = {THREADS}")


def parquet(paths: Iterable[Path]) -> list[str]:
    """Paths as DuckDB's `read_parquet` wants them: characters that it would take for wildcards are quoted."""
    return [glob.escape(str(path)) for path in paths]


def list_living(db: duckdb.DuckDBPyConnection, live: Path) -> list[str]:
    """The names of the parts of which anything is alive, sorted; `live` is the file that says so (see `Parts.live`)."""
    rows = db.execute(_LIVING, {"live": parquet([live])}).fetchall()
    return [str(name) for (name,) in rows]


_LIVING = "SELECT DISTINCT part FROM read_parquet($live) ORDER BY part"


def stream(
    db: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, Any] | None = None
) -> Iterator[pa.RecordBatch]:
    """The result of a query in batches of BATCH_ROWS; read it to its end before the next query."""
    relation = db.sql(query, params=dict(parameters or {}))
    reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
    for batch in reader(BATCH_ROWS):
        if batch.num_rows:
            yield batch


def ahead(items: Iterable[Item], stop: Callable[[], object], most: int = 2) -> Iterator[Item]:
    """The same items, made by a thread of its own, up to `most` of them ahead of who uses them.

    What making them raises is raised here. Whoever stops early has `stop` called, which makes a running query end.
    """
    made: Queue[Item | None] = Queue(most)
    failed: list[BaseException] = []
    left = Event()

    def make() -> None:
        try:
            for item in items:
                made.put(item)
                if left.is_set():
                    break
        except BaseException as e:
            failed.append(e)
        made.put(None)

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            yield item
        thread.join()
        if failed:
            raise failed[0]
    finally:
        left.set()
        while thread.is_alive():
            if not made.empty():
                made.get()
            else:
                stop()
                thread.join(0.1)


def in_threads(function: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
    """What a function makes of each item, in their order, made by THREADS threads, a few items ahead of who uses it."""
    made: deque[Future[Made]] = deque()
    threads = ThreadPoolExecutor(THREADS)
    try:
        for item in items:
            made.append(threads.submit(function, item))
            if len(made) > 2 * THREADS:
                yield made.popleft().result()
        while made:
            yield made.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)


def copy_to(db: duckdb.DuckDBPyConnection, query: str, path: Path, parameters: Mapping[str, Any] | None = None) -> None:
    """Write the result of a query as a Parquet file, in the order of the query."""
    db.sql(query, params=dict(parameters or {})).write_parquet(str(path), compression="snappy")
