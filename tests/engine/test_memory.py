"""The recipe's `memory`: what the stages over the corpus hold in it, and that nothing in a release depends on it."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest
from engine_tools import Run, contents, write_records

from cleaner.corpus import database
from cleaner.errors import RecipeError, StorageError
from cleaner.recipe import Recipe


def write_corpus(path: Path, records: int, words: int) -> None:
    """Records in which one in ten is nearly the one before."""
    chance = random.Random(5)
    texts: list[list[str]] = []
    for n in range(records):
        fresh = [f"word{chance.random()}" for _ in range(words)]
        texts.append([*texts[-1][:-1], "changed"] if n % 10 == 9 else fresh)
    rows = [{"text": " ".join(text), "url": f"https://{n % 7}.example/{n}"} for n, text in enumerate(texts)]
    write_records(path, rows)


def test_little_memory_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw" / "all.jsonl", 600, 60)
    for memory in ("100MB", "4GB"):
        run(tmp_path / "raw", tmp_path / memory, recipe=Recipe.parse(f'memory = "{memory}"'))
    made = contents(tmp_path / "100MB")
    assert made == contents(tmp_path / "4GB")
    assert not any(b"4GB" in data or b"100MB" in data for data in made.values())


def test_another_amount_is_no_reason_for_a_version(run: Run, tmp_path: Path) -> None:
    write_corpus(tmp_path / "raw" / "all.jsonl", 20, 10)
    assert run(tmp_path / "raw", tmp_path / "out").released
    report = run(tmp_path / "raw", tmp_path / "out", recipe=Recipe.parse('memory = "3GiB"'))
    assert (report.released, report.cleaned) == (False, 0)


def test_what_does_not_fit_goes_to_disk(tmp_path: Path) -> None:
    """Twice 48 MB of numbers, sorted with 100 MB."""
    with database.open_database(tmp_path, "100MB") as db:
        db.execute("CREATE TABLE numbers AS SELECT hash(range) AS key, range AS number FROM range(3_000_000)")
        db.execute("CREATE TABLE sorted AS SELECT * FROM numbers ORDER BY key")
        assert db.execute("SELECT sum(size) > 10_000_000 FROM duckdb_temporary_files()").fetchall() == [(True,)]
        assert db.execute("SELECT count(*) FROM sorted").fetchall() == [(3_000_000,)]
    assert not (tmp_path / "spill").exists()


def test_too_little_memory_is_told_with_what_to_do(tmp_path: Path) -> None:
    told = r"needs more memory than 100MB.*`memory` in the recipe"
    with pytest.raises(StorageError, match=told), database.open_database(tmp_path, "100MB"):
        raise duckdb.OutOfMemoryException("could not allocate block")


@pytest.mark.parametrize("memory", ["2 gigs", "", "-1GB", "2", "1e3GB", "99MB", "0.05GB", "95MiB"])
def test_amounts_that_are_none_are_refused(memory: str) -> None:
    with pytest.raises(RecipeError, match="`memory` is"):
        Recipe.parse(f'memory = "{memory}"')


@pytest.mark.parametrize("memory", ["2GB", "100MB", "96MiB", "1.5 gb", "0.25TB"])
def test_amounts_mean_to_the_database_what_they_say(memory: str, tmp_path: Path) -> None:
    chosen = Recipe.parse(f'memory = "{memory}"').memory
    with database.open_database(tmp_path, chosen) as db:
        assert db.execute("SELECT current_setting('memory_limit')").fetchone()


def test_a_key_that_has_slipped_into_a_table_is_led_back() -> None:
    with pytest.raises(RecipeError, match="above the first"):
        Recipe.parse('[release]\nshard_rows = 10\nmemory = "2GB"')
