"""A mirrored work folder: after any changes on both sides, and any kill, both hold the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.engine.mirror import Mirror

NAMES = ["parts/a.documents.parquet", "parts/a.lines.parquet", "revised/b.lines.parquet", "signatures/x/a.parquet"]
SIDES = st.sampled_from(["here", "there"])
CHANGES = st.lists(st.tuples(SIDES, st.sampled_from(NAMES), st.sampled_from(["", "1", "22"])))


def both(root: Path, fs: Any, where: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    here = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.parquet")}
    return here, {path.removeprefix(f"/{where}/"): fs.cat_file(path) for path in fs.find(f"/{where}")}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mirror") / "root"


@settings(max_examples=60, deadline=None)
@given(rounds=st.lists(CHANGES, max_size=4))
def test_both_sides_are_brought_in_line(root: Path, rounds: list[list[tuple[str, str, str]]]) -> None:
    """A change on one side alone arrives on the other; of two, one wins."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    mirror = Mirror("memory://shelf/work", root)
    held: dict[str, bytes] = {}
    for number, changes in enumerate(rounds):
        changed: dict[str, dict[str, bytes | None]] = {"here": {}, "there": {}}
        for side, name, text in changes:
            data = f"{number}{text}".encode() if text else None
            changed[side][name] = data
            change(root / name if side == "here" else f"/shelf/work/{name}", fs, data)
        mirror.sync()
        here, there = both(root, fs, "shelf/work")
        assert here == there
        for name in NAMES:
            allowed = [changed[side][name] for side in ("here", "there") if name in changed[side]] or [held.get(name)]
            assert here.get(name) in allowed
        held = here


def change(place: Path | str, fs: Any, data: bytes | None) -> None:
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            place.unlink(missing_ok=True)
        else:
            place.write_bytes(data)
    elif data is not None:
        fs.pipe_file(place, data)
    elif fs.exists(place):
        fs.rm_file(place)


def test_a_store_that_shows_files_half_written_never_does(tmp_path: Path) -> None:
    """What is not an object store gets files by way of a temporary name, and folders for them."""
    root = tmp_path / "root"
    change(root / NAMES[3], None, b"signed")
    Mirror(f"local://{tmp_path}/there", root).sync()
    assert [path.name for path in (tmp_path / "there").rglob("*") if path.is_file()] == ["a.parquet"]
    again = Mirror(f"local://{tmp_path}/there", tmp_path / "other")
    again.sync()
    assert (tmp_path / "other" / NAMES[3]).read_bytes() == b"signed"


def test_an_empty_machine_gets_the_ledger(memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/shelf/work/ledger.sqlite", b"known")
    mirror = Mirror("memory://shelf/work", tmp_path / "root")
    mirror.get_ledger()
    assert (tmp_path / "root" / "ledger.sqlite").read_bytes() == b"known"
    memory.pipe_file("/shelf/work/ledger.sqlite", b"newer")
    mirror.get_ledger()
    assert (tmp_path / "root" / "ledger.sqlite").read_bytes() == b"known"
