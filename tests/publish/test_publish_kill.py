"""Killed after any write, publishing leaves what loads as it loaded before, and the next attempt completes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hub_stand_in import Hub
from publish_tools import SECRET, TEXTS, Killed, Place, hub_files, published, read_texts, texts_until

from cleaner.release.open import load


def loads(found: dict[str, set[str]], before: str | None, after: str) -> None:
    """Every version that was there before is there, as it was or as it shall be."""
    old = texts_until(before) if before else {}
    new = texts_until(after)
    assert set(old) <= set(found) <= set(new)
    for version, texts in found.items():
        assert texts in (old.get(version, new[version]), new[version]), version


@pytest.mark.parametrize(("before", "after"), [(None, "1.0.0"), ("1.0.0", "1.1.0"), ("1.1.0", "2.0.0")])
def test_killed_after_every_write(
    place: Place, hub: Hub, datasets_made: dict[str, Path], before: str | None, after: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if place.kind == "s3" and after != "2.0.0":
        pytest.skip("the same code as for memory, and a slow server")
    if before:
        place.publish(datasets_made[before])
    start = place.save()
    with place.dying(monkeypatch, None) as writes:
        place.publish(datasets_made[after])
    wanted = place.save()
    if place.kind != "zip":
        assert len(writes) > 3
    for step in steps_to_try(place, writes):
        place.restore(start)
        with place.dying(monkeypatch, step), pytest.raises(Killed):
            place.publish(datasets_made[after])
        loads(place.read(), before, after)
        if before and step in (1, len(writes) // 2):
            found = {row["text"] for row in load(place.target, before, streaming=True)}
            assert found - {SECRET} == TEXTS[before] - {SECRET}
        place.publish(datasets_made[after])
        assert place.files() == published(datasets_made[after]), (step, writes[:step])
        if place.kind == "hub":
            assert_same_repo(hub, wanted, after)
    assert place.publish(datasets_made[after]).nothing


def steps_to_try(place: Place, writes: list[str]) -> list[int]:
    """All steps, where they cost little; of a slow server one in between, and the last but one.

    At the Hub the same six writes set the tag of each older version: there, what was written last and what would
    come next tells one situation from another.
    """
    steps = list(range(1, len(writes)))
    if place.kind == "s3":
        return [len(writes) // 2, len(writes) - 1]
    if place.kind == "hub":
        return list({tuple(writes[step - 1 : step + 1]): step for step in reversed(steps)}.values())
    return steps


def assert_same_repo(hub: Hub, wanted: dict[str, object], after: str) -> None:
    """The repository shows what one shows that was published to in one go; only the way there may differ."""
    repo, other = hub.repos["harbour/corpus"], wanted["harbour/corpus"]
    assert list(repo.branches) == ["main"]
    assert set(repo.large) == set(other.large)  # type: ignore[attr-defined]
    texts = texts_until(after)
    assert set(repo.tags) == {f"v{version}" for version in texts}
    for number, version in enumerate(texts, 1):
        found = read_texts(hub_files(hub, f"v{version}"))
        assert found == dict(list(texts.items())[:number])
