"""`cleaner.load` of what is not there, or not now: it says so, and lists what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hub_stand_in import Hub
from publish_tools import PAGES, Place, make_places

import cleaner
from cleaner.errors import CleanerError, InputError, TargetError, VersionError
from cleaner.publish.publish import publish


def said(error: type[CleanerError], *args: object, **options: object) -> str:
    with pytest.raises(error) as raised:
        cleaner.load(*args, **options)  # type: ignore[arg-type]
    return str(raised.value)


def test_versions_that_there_are(quick_place: Place, datasets_made: dict[str, Path]) -> None:
    quick_place.publish(datasets_made["2.0.0"])
    for lines in (False, True):
        assert said(VersionError, quick_place.target, "v9.0.0", lines) == (
            f"{quick_place.target} has no version 9.0.0. It has: 1.0.0, 1.1.0, 2.0.0."
        )


@pytest.mark.parametrize("name", ["copy", "corpus.zip", "memory://shelf/nix", "hf://harbour/nix", "harbour/nix"])
def test_no_dataset_there(hub: Hub, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = said(InputError, name)
    assert name.removeprefix("hf://") in text
    if name == "harbour/nix":
        assert text.startswith("There is no folder harbour/nix here, and the Hub has no dataset")


def test_a_folder_comes_before_the_hub(
    hub: Hub, datasets_made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    publish(datasets_made["1.1.0"], "harbour/corpus")
    assert (tmp_path / "harbour" / "corpus" / "README.md").exists()
    assert cleaner.load("harbour/corpus").num_rows == len(PAGES) + 1
    assert hub.requests == []


def test_a_dataset_of_somebody_else(hub: Hub) -> None:
    from huggingface_hub import HfApi

    HfApi().create_repo("harbour/other", repo_type="dataset")
    assert "was not published by cleaner" in said(InputError, "hf://harbour/other", "1.0.0")


def test_offline(hub: Hub, datasets_made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_OFFLINE keeps `datasets` from stores, too, unless it streams."""
    place = make_places(tmp_path, hub)["memory"]
    place.publish(datasets_made["1.0.0"])
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    assert said(TargetError, place.target) == (
        "memory://shelf/corpus cannot be reached: HF_HUB_OFFLINE=1 keeps `datasets` from it, too: unset that."
    )
    assert sum(1 for _ in cleaner.load(place.target, streaming=True)) == len(PAGES)


def test_options_for_a_store_are_left_as_they_are(
    s3: str, s3_server: str, datasets_made: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`datasets` writes into what it is given."""
    publish(datasets_made["1.0.0"], f"{s3}/corpus")
    options = {"key": "key", "secret": "secret", "client_kwargs": {"endpoint_url": s3_server}}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    before = repr(options)
    assert cleaner.load(f"{s3}/corpus", storage_options=options).num_rows == len(PAGES)
    assert repr(options) == before
