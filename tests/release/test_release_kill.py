"""Killed at any moment, a release leaves the old or the new one whole, and the next run ends with the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from release_corpus import Page, published, run
from test_release_versions import PAGES as MANY
from test_release_versions import edited

from cleaner.release.open import load
from cleaner.release.verify import verify

PAGES = MANY[:6]
NEXT = [edited(PAGES[0]), *PAGES[1:-2], Page("new/page", "New."), Page("broken", cause="empty")]


class Killed(BaseException):
    """What a kill looks like from inside: nothing that any code would catch."""


def steps_of_a_run(monkeypatch: pytest.MonkeyPatch, processed: Path, dies_at: int | None) -> int:
    """Release NEXT; die before that step. Returns how many steps there were.

    A step is what changes what others can see: a rename into place, or a removal.
    """
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
        run(processed, NEXT)
    return count


@pytest.mark.parametrize("after", [False, True], ids=["first", "second"])
def test_a_kill_before_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    start = tmp_path / "start"
    start.mkdir()
    if after:
        run(start, PAGES)
    whole = Path(shutil.copytree(start, tmp_path / "whole"))
    steps = steps_of_a_run(monkeypatch, whole, None)
    assert steps >= 8
    wanted = published(whole)
    for step in range(1, steps + 1) if after else (1, steps // 2, steps):
        processed = Path(shutil.copytree(start, tmp_path / str(step)))
        with pytest.raises(Killed):
            steps_of_a_run(monkeypatch, processed, step)
        if (processed / "README.md").exists():
            listed = "2.0.0" if "v2.0.0" in (processed / "README.md").read_text("utf-8") else "1.0.0"
            assert verify(processed, listed).problems == []
        run(processed, NEXT)
        assert published(processed) == wanted, step


def test_a_version_that_the_card_does_not_list_yet_is_completed(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    card = (tmp_path / "README.md").read_bytes()
    run(tmp_path, NEXT)
    wanted = published(tmp_path)
    (tmp_path / "README.md").write_bytes(card)
    (tmp_path / "CHANGELOG.md").unlink()
    assert "README.md does not list version 2.0.0: run again to have it completed." in verify(tmp_path).problems
    report = run(tmp_path, NEXT)
    assert (report.version, report.released) == ("2.0.0", False)
    assert published(tmp_path) == wanted


def test_input_that_changes_after_a_kill_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, PAGES)
    with pytest.raises(Killed):
        steps_of_a_run(monkeypatch, tmp_path, 3)
    report = run(tmp_path, PAGES)
    assert not report.released
    assert verify(tmp_path).problems == []
    assert load(tmp_path).num_rows == len(PAGES)
