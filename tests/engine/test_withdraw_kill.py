"""Killed at any moment, a withdrawal leaves a dataset that loads, and the next command completes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_tools import Run, contents, inline_run, write_records
from test_withdraw import ADDRESS, FIRST, SECOND, SECRET, said

from cleaner.release.manifest import read_manifests
from cleaner.release.open import load
from cleaner.release.verify import verify
from cleaner.release.withdraw.withdraw import withdraw

EVERY = int(os.environ.get("TEST_EVERY_STEP", "7"))
"""Every so many-th step is tried; all of them take a minute."""


class Killed(BaseException):
    """What a kill looks like from inside: nothing that any code would catch."""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`raw` and `out` with two versions."""
    folder = tmp_path_factory.mktemp("start")
    with pytest.MonkeyPatch.context() as patch:
        run = inline_run(patch)
        for records in (FIRST[4:], SECOND[4:]):
            write_records(folder / "raw" / "all.jsonl", records)
            run(folder / "raw", folder / "out")
    return folder


def steps_of_a_withdrawal(monkeypatch: pytest.MonkeyPatch, dataset: Path, dies_at: int | None) -> int:
    """Withdraw; die before that step. A step is a rename into place or a removal. Returns how many there were."""
    count = 0

    def watched(real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == dies_at:
                raise Killed
            return real(*args, **options)

        return step

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", watched(os.replace))
        patch.setattr(Path, "unlink", watched(Path.unlink))
        withdraw(dataset, [ADDRESS])
    return count


def assert_loads(dataset: Path) -> None:
    """Whatever the card lists is there, and so is what the manifests name."""
    card = (dataset / "README.md").read_text("utf-8")
    listed = {word for word in card.split() if word.endswith(".parquet")}
    for path in listed | {path for manifest in read_manifests(dataset) for path in manifest.files_named()}:
        assert (dataset / path).is_file(), path


def test_a_kill_before_every_step(run: Run, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path(shutil.copytree(start, tmp_path / "whole"))
    steps = steps_of_a_withdrawal(monkeypatch, whole / "out", None)
    assert steps >= 15
    wanted = contents(whole / "out")
    for step in {*range(1, steps + 1, EVERY), steps}:
        folder = Path(shutil.copytree(start, tmp_path / str(step)))
        dataset = folder / "out"
        with pytest.raises(Killed):
            steps_of_a_withdrawal(monkeypatch, dataset, step)
        assert_loads(dataset)
        if step % 2:
            run(folder / "raw", dataset)
        else:
            withdraw(dataset, [ADDRESS])
        if step == 1:  # not even the tombstones were written
            withdraw(dataset, [ADDRESS])
        assert contents(dataset) == wanted, step
        assert SECRET not in said(dataset)
        shutil.rmtree(folder)
    assert verify(whole / "out").problems == []
    assert not run(whole / "raw", whole / "out").released


def test_what_was_named_after_a_kill_gets_a_version_of_its_own(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = Path(shutil.copytree(start, tmp_path / "it")) / "out"
    steps = steps_of_a_withdrawal(monkeypatch, Path(shutil.copytree(start, tmp_path / "other")) / "out", None)
    with pytest.raises(Killed):
        steps_of_a_withdrawal(monkeypatch, dataset, steps // 2)
    other = load(dataset, "2.0.0")[0]["url"]
    found = withdraw(dataset, [other])
    assert (found.version, [document.url for document in found.documents]) == ("4.0.0", [other])
    assert [manifest.changes.get("withdrawn", 0) for manifest in read_manifests(dataset)] == [0, 0, 1, 1]
    assert verify(dataset).problems == []
