"""Runs whose input, work folder and output are at URLs: the same bytes as on this machine, from first to last."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from engine_tools import Run, contents, inline_run, write_pages, write_records

import cleaner
from cleaner.engine import mirror, plan, task
from cleaner.engine.ledger import Ledger
from cleaner.errors import RefusedError
from cleaner.publish import remote
from cleaner.publish.store import Store
from cleaner.remote.cache import cache_of


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "_PART_SOURCES", 100)


def write_raw(raw: Path, version: int = 1) -> Path:
    """Pages with a line that recurs, and a container that makes several parts; the second version changes both."""
    versions = ["version " * version if n % 7 == 0 else "version " for n in range(18)]
    same = "Template: this paper is paid for by those who read it."
    own = ["\n".join(f"Line {place} of page {n} stands on no other page." for place in range(4)) for n in range(18)]
    texts = {f"site{n % 3}_page{n}": f"{own[n]}\n{v}.\n{same}" for n, v in enumerate(versions)}
    write_pages(raw, **texts, empty=" ")
    records = [{"text": f"Record {n}.", "url": f"https://{n % 5}.example/{n}"} for n in range(300)]
    write_records(raw / "all.jsonl", records[version - 1 :])
    return raw


def put(fs: Any, folder: Path, where: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            fs.pipe_file(f"{where}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def files_at(fs: Any, where: str) -> dict[str, bytes]:
    fs.invalidate_cache()
    found = {path.lstrip("/").removeprefix(f"{where}/"): fs.cat_file(path) for path in fs.find(where)}
    return {path: data for path, data in found.items() if not path.startswith(".")}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """The bytes of two versions made on this machine."""
    folder, made = tmp_path_factory.mktemp("here"), []
    with pytest.MonkeyPatch.context() as patch:
        run = inline_run(patch)
        for version in (1, 2):
            run(write_raw(folder / "raw", version), folder / "out")
            made.append(contents(folder / "out"))
    return made


@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_everything_at_urls(
    kind: str, run: Run, expected: list[dict[str, bytes]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fs = request.getfixturevalue(kind)
    raw, out, work = (f"{kind}://shelf/{name}" for name in ("raw", "out", "work"))
    put(fs, write_raw(tmp_path / "raw"), "shelf/raw")
    assert run(raw, out, work=work).version == "1.0.0"
    assert files_at(fs, "shelf/out") == expected[0]
    again = run(raw, out, work=work)
    assert (again.released, again.cleaned) == (False, 0)
    assert files_at(fs, "shelf/out") == expected[0]

    put(fs, write_raw(tmp_path / "raw", 2), "shelf/raw")
    shutil.rmtree(tmp_path / "cache")  # another machine
    report = run(raw, out, work=work)
    assert (report.version, report.processed) == ("2.0.0", out)
    assert report.reused > 200
    assert files_at(fs, "shelf/out") == expected[1]


def test_without_a_work_folder_the_state_stays_here(
    run: Run, memory: Any, expected: list[dict[str, bytes]], tmp_path: Path
) -> None:
    raw = write_raw(tmp_path / "raw")
    run(raw, "memory://shelf/out")
    assert files_at(memory, "shelf/out") == expected[0]
    assert not [path for path in memory.find("shelf/out") if ".cleaner" in path]
    assert run(raw, "memory://shelf/out").cleaned == 0
    shutil.rmtree(tmp_path / "cache")
    write_raw(raw, 2)
    report = run(raw, "memory://shelf/out")
    assert (report.version, report.reused) == ("2.0.0", 0)
    assert files_at(memory, "shelf/out") == expected[1]


def test_a_work_folder_of_this_machine(run: Run, expected: list[dict[str, bytes]], tmp_path: Path) -> None:
    raw, out, work = write_raw(tmp_path / "raw"), tmp_path / "out", tmp_path / "work"
    run(raw, out)
    assert run(raw, out, work=work).released is False  # the state moves
    assert (work / "ledger.sqlite").is_file()
    assert not (out / ".cleaner" / "parts").exists()
    assert run(raw, out, work=work).cleaned == 0
    assert contents(out) == expected[0]


def test_workers_send_what_they_make(
    pooled_run: Run, s3: Any, expected: list[dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left for the driver to send, but what it makes itself."""
    put(s3, write_raw(tmp_path / "raw"), "shelf/raw")
    real, sent = mirror.Mirror._put, []

    def noted(self: mirror.Mirror, path: str) -> None:
        sent.append(path)
        real(self, path)

    monkeypatch.setattr(mirror.Mirror, "_put", noted)
    pooled_run("s3://shelf/raw", tmp_path / "out", work="s3://shelf/work", workers=2)
    assert contents(tmp_path / "out") == expected[0]
    assert [path for path in sent if path.startswith(("parts", "revised"))] == []
    parts = [path for path in s3.find("shelf/work/parts") if path.endswith(".documents.parquet")]
    assert parts
    assert s3.find("shelf/work/revised"), "the second pass should have made something"


class Killed(BaseException):
    """What a kill looks like from inside: nothing that any code would catch."""


@pytest.mark.parametrize(("version", "writes", "lost"), [(1, 2, False), (1, 12, True), (2, 3, True), (2, 15, False)])
def test_killed_between_two_writes_the_next_run_ends_with_the_same_bytes(
    version: int, writes: int, lost: bool, run: Run, memory: Any, expected: list[dict[str, bytes]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The early kills come while parts are sent, the late ones while a release is; `lost`: with all on this machine."""
    raw, out, work = tmp_path / "raw", "memory://shelf/out", "memory://shelf/work"
    for earlier in range(1, version):
        run(write_raw(raw, earlier), out, work=work)
    write_raw(raw, version)
    assert dies(lambda: run(raw, out, work=work), writes, memory, monkeypatch)
    assert files_at(memory, "shelf/out") != expected[version - 1]
    if lost:
        shutil.rmtree(tmp_path / "cache")
    run(raw, out, work=work)
    assert files_at(memory, "shelf/out") == expected[version - 1]


def dies(action: Any, after: int, fs: Any, monkeypatch: Any) -> bool:
    """Whether an action dies, after so many writes to a file system."""
    writes = 0

    def watched(real: Any) -> Any:
        def write(*args: Any, **options: Any) -> Any:
            nonlocal writes
            if writes >= after:
                raise Killed
            writes += 1
            return real(*args, **options)

        return write

    with monkeypatch.context() as patch:
        for name in ("put_file", "rm_file"):
            patch.setattr(type(fs), name, watched(getattr(type(fs), name)))
        try:
            action()
        except Killed:
            return True
    return False


def test_a_withdrawal_asked_for_at_the_url_is_carried_out_there(run: Run, memory: Any, tmp_path: Path) -> None:
    raw, out, work = write_raw(tmp_path / "raw"), "memory://shelf/out", "memory://shelf/work"
    run(raw, out, work=work)
    row = cleaner.load(out)[0]
    memory.pipe_file("/shelf/out/withdrawn.jsonl", b'{"id": "%s"}\n' % row["id"].encode())
    shutil.rmtree(tmp_path / "cache")
    assert run(raw, out, work=work).version == "2.0.0"
    assert row["id"] not in cleaner.load(out, "1.0.0")["id"]
    assert not any(row["text"].encode() in data for data in files_at(memory, "shelf/out").values())
    assert b'"done": true' in memory.cat_file("/shelf/out/withdrawn.jsonl")
    shutil.rmtree(tmp_path / "cache")
    assert run(raw, out, work=work).released is False


def test_what_others_have_released_meanwhile_is_not_overwritten(
    run: Run, memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, out = remote._send, "memory://shelf/out"

    def late(store: Store, folder: Path) -> None:
        with monkeypatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(tmp_path / "another machine"))
            patch.setattr(remote, "_send", real)
            run(write_raw(tmp_path / "other", 2), out)
        real(store, folder)

    monkeypatch.setattr(remote, "_send", late)
    with pytest.raises(RefusedError, match=r"another version 1\.0\.0"):
        run(write_raw(tmp_path / "raw"), out)
    theirs = files_at(memory, "shelf/out")
    monkeypatch.setattr(remote, "_send", real)
    assert run(tmp_path / "other", out).released is False
    assert files_at(memory, "shelf/out") == theirs


@pytest.mark.parametrize(("files", "shares"), [(1, [3]), (2, [1, 1]), (5, [1] * 5)])
def test_a_large_file_is_fetched_by_no_more_workers_than_need_be(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, shares: list[int]
) -> None:
    monkeypatch.setattr(plan, "LARGE", 10)
    for number in range(files):
        memory.pipe_file(f"/raw/{number}.txt", b"A large file.")
    parts = tmp_path / "parts"
    parts.mkdir()
    with Ledger(tmp_path / "ledger.sqlite", parts) as ledger:
        ledger.set_inputs(plan.look("memory://raw", Counter()))
        pending, _ = ledger.list_pending("key")
        orders = list(plan.make_orders(ledger, "key", pending, workers=3))
    assert [order.shares for order in orders if order.share == 0] == shares
    assert len(orders) == sum(shares)


@pytest.mark.parametrize(("raw", "out", "work"), [
    ("memory://a/raw", "memory://a/raw/out", None),
    ("memory://a/raw", "memory://a", None),
    ("memory://a/raw", "memory://a/out", "memory://a/raw/work"),
    ("memory://a/raw", "memory://a/out", "memory://a/out/work"),
    ("memory://a/raw", "hf://harbour/corpus", None),
    ("memory://a/raw", "https://harbour.example/corpus", None),
    ("memory://a/raw", "memory://full", None),
    ("memory://a/raw", "memory://a/out", "memory://full"),
])  # fmt: skip
def test_places_that_are_refused(run: Run, memory: Any, raw: str, out: str, work: str | None) -> None:
    memory.pipe_file("/full/holiday.jpg", b"not ours")
    memory.pipe_file("/a/raw/page.txt", b"A page.")
    before = dict(memory.store)
    with pytest.raises(RefusedError):
        run(raw, out, work=work)
    assert memory.store == before


def test_a_cache_is_named_by_its_url(tmp_path: Path) -> None:
    assert cache_of("s3://shelf/out").parent == tmp_path / "cache" / "cleaner"
    assert cache_of("s3://shelf/out") == cache_of("s3://shelf/out/")
    assert cache_of("s3://shelf/out") != cache_of("s3://shelf-out")
