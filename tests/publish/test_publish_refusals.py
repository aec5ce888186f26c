"""What publishing refuses, and what it says when a place cannot be reached or turns us away."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hub_repos import RefusalError
from hub_stand_in import READER, Hub
from publish_tools import PAGES, RECIPE, TEXTS, Place, make_places
from release_corpus import run
from typer.testing import CliRunner, Result

from cleaner.cli import app
from cleaner.errors import BusyError, CleanerError, InputError, RefusedError, TargetError, VerificationError
from cleaner.publish.publish import publish
from cleaner.release.open import load


def refused(processed: Path, target: str, error: type[CleanerError], **options: Any) -> str:
    with pytest.raises(error) as raised:
        publish(processed, target, **options)
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith((".", "problems."))
    return said


def invoke(*args: str) -> Result:
    return CliRunner().invoke(app, [*args], env={"COLUMNS": "100", "CLEANER_DEBUG": None})


@pytest.fixture
def copy_of(datasets_made: dict[str, Path], tmp_path: Path) -> Any:
    def copy(version: str) -> Path:
        return Path(shutil.copytree(datasets_made[version], tmp_path / f"own-{version}"))

    return copy


# --- what stands against it in the dataset ---------------------------------------------------------------------------


def test_licence_and_contact_are_asked_for(tmp_path: Path) -> None:
    processed, target = tmp_path / "corpus", str(tmp_path / "copy")
    processed.mkdir()
    run(processed, PAGES)
    for card, missing in (("license = 'MIT'", "no contact"), ("contact = 'a@b.example'", "no licence"),
                          ("", "no licence and no contact")):  # fmt: skip
        (processed / "card.toml").write_text(card)
        assert f"The card states {missing}" in refused(processed, target, RefusedError)
    seen = invoke("publish", str(processed), target, "--dry-run", "--quiet")
    assert seen.exit_code == 5
    assert "README.md" in seen.stdout
    assert missing in seen.stderr
    assert not Path(target).exists()
    assert invoke("publish", str(processed), target, "--force", "--quiet").exit_code == 0
    assert load(target).num_rows == len(PAGES)


@pytest.mark.verifies
def test_what_does_not_verify_is_not_published(copy_of: Any, tmp_path: Path) -> None:
    processed = copy_of("1.0.0")
    shard = next((processed / "data").glob("*.parquet"))
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    assert shard.name in refused(processed, str(tmp_path / "copy"), VerificationError, force=True)
    (processed / "CHANGELOG.md").unlink()
    (processed / "README.md").unlink()
    assert "README.md is missing" in refused(processed, str(tmp_path / "copy"), VerificationError)
    assert not (tmp_path / "copy").exists()
    assert invoke("publish", str(processed), str(tmp_path / "copy")).exit_code == 4


def test_a_withdrawal_that_is_not_done_comes_first(copy_of: Any, tmp_path: Path) -> None:
    processed = copy_of("1.0.0")
    (processed / "withdrawn.jsonl").write_text('{"id": "' + PAGES[0].id + '"}\n')
    assert "`cleaner withdraw" in refused(processed, str(tmp_path / "copy"), RefusedError, force=True)


def test_a_run_at_work_comes_first(copy_of: Any, tmp_path: Path) -> None:
    from cleaner.engine.folder import claim_folder

    processed = copy_of("1.0.0")
    with claim_folder(processed):
        assert "Publish when it is done" in refused(processed, str(tmp_path / "copy"), BusyError)
    assert not publish(processed, tmp_path / "copy").nothing


def test_nothing_to_publish(tmp_path: Path) -> None:
    refused(tmp_path / "nix", "memory://x", InputError)
    refused(tmp_path, "memory://x", InputError)


@pytest.mark.parametrize("where", ["copy/inside", ".", "..", "data"])
def test_neither_inside_nor_around_itself(copy_of: Any, where: str) -> None:
    processed = copy_of("1.0.0")
    assert "one inside the other" in refused(processed, str(processed / where), RefusedError)


# --- what stands against it at the target ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another dataset, with versions 1.0.0 and 1.1.0."""
    folder = tmp_path_factory.mktemp("other")
    run(folder, PAGES[:3], RECIPE)
    run(folder, PAGES[:4], RECIPE)
    return folder


@pytest.fixture(scope="module")
def unaware(datasets_made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset with a version 2.0.0 of its own, in which nothing was ever withdrawn."""
    folder = tmp_path_factory.mktemp("unaware") / "corpus"
    shutil.copytree(datasets_made["1.1.0"], folder)
    run(folder, PAGES[1:4], RECIPE)
    return folder


def test_a_version_is_never_overwritten(quick_place: Place, datasets_made: dict[str, Path], other: Path) -> None:
    quick_place.publish(datasets_made["1.1.0"])
    before = quick_place.files()
    said = refused(other, quick_place.target, RefusedError, force=True)
    assert "has another version 1.0.0 already" in said
    assert "holds version 1.1.0, which" in refused(datasets_made["1.0.0"], quick_place.target, RefusedError)
    assert quick_place.files() == before


def test_no_withdrawal_is_undone(quick_place: Place, datasets_made: dict[str, Path], unaware: Path) -> None:
    quick_place.publish(datasets_made["2.0.0"])
    said = refused(unaware, quick_place.target, RefusedError, force=True)
    assert "Documents were withdrawn from version 1.0.0" in said


def test_other_peoples_files_are_left_alone(tmp_path: Path, datasets_made: dict[str, Path], hub: Hub) -> None:
    for kind in ("folder", "memory"):
        place = make_places(tmp_path / "places", hub)[kind]
        place.restore({"copy/README.md": b"# My thesis\n"} if kind == "folder" else {"README.md": b"# My thesis\n"})
        assert "no dataset of ours: README.md." in refused(datasets_made["1.0.0"], place.target, RefusedError)
        assert place.files() == {"README.md": b"# My thesis\n"}
    (tmp_path / "thesis.zip").write_bytes(b"PK no archive")
    assert "cannot be read as a zip" in refused(datasets_made["1.0.0"], str(tmp_path / "thesis.zip"), TargetError)
    (tmp_path / "file").write_bytes(b"")
    assert "is a file" in refused(datasets_made["1.0.0"], str(tmp_path / "file"), TargetError)


def test_what_lies_beside_stays(tmp_path: Path, datasets_made: dict[str, Path]) -> None:
    """Once a dataset is there, files that are not ours are neither sent nor deleted."""
    publish(datasets_made["1.0.0"], tmp_path / "copy")
    (tmp_path / "copy" / "notes.txt").write_text("mine")
    publish(datasets_made["2.0.0"], tmp_path / "copy")
    assert (tmp_path / "copy" / "notes.txt").read_text() == "mine"


def test_a_damaged_copy_is_mended(quick_place: Place, datasets_made: dict[str, Path]) -> None:
    if quick_place.kind in ("hub", "zip"):
        pytest.skip("the Hub takes no wrong bytes, and a zip is written as a whole")
    quick_place.publish(datasets_made["1.0.0"])
    good = quick_place.files()
    shard = next(path for path in good if path.startswith("data/"))
    prefix = "copy/" if quick_place.kind == "folder" else ""
    state = quick_place.save()
    for damaged in (good[shard][:-1], good[shard][:-1] + b"?"):
        quick_place.restore({**state, prefix + shard: damaged})
        report = quick_place.publish(datasets_made["1.0.0"])
        assert [file.path for file in report.sent] == [shard]
        assert quick_place.files() == good


def test_dry_run_tells_what_publishing_does(quick_place: Place, datasets_made: dict[str, Path]) -> None:
    for version in ("1.0.0", "2.0.0"):
        before = quick_place.save()
        told = quick_place.publish(datasets_made[version], dry_run=True)
        assert quick_place.save() == before
        done = quick_place.publish(datasets_made[version])
        assert dataclasses.replace(told, dry_run=False) == dataclasses.replace(done, notes=[])


# --- the Hub's answers -----------------------------------------------------------------------------------------------


def test_the_hub_asks_who_you_are(hub: Hub, datasets_made: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    target, ours = "hf://harbour/corpus", datasets_made["1.0.0"]
    monkeypatch.setenv("HF_TOKEN", READER)
    assert "use one of a member, with write access" in refused(ours, target, TargetError)
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nowhere")
    assert "set HF_TOKEN to a token with write access" in refused(ours, target, TargetError)
    assert hub.repos == {}


@pytest.mark.parametrize(
    "target", ["hf://corpus", "hf://a/b/c", "hf://spaces/a/b", "hf://a--b/c..d", "nix://a/b", "s3:/a/b", "hf:a/b"]
)
def test_names_that_are_none(hub: Hub, datasets_made: dict[str, Path], target: str) -> None:
    with pytest.raises((InputError, TargetError), match=r"names no dataset|is no name|Nothing is known|neither a URL"):
        publish(datasets_made["1.0.0"], target)


def test_somebody_else_commits_meanwhile(hub: Hub, datasets_made: dict[str, Path]) -> None:
    target = "hf://harbour/corpus"
    publish(datasets_made["1.0.0"], target)
    repo = hub.repos["harbour/corpus"]

    def interfere(request: str) -> None:
        if request.endswith("/commit/main"):
            hub.before = lambda request: None
            head = repo.commits[repo.branches["main"]]
            repo.branches["main"] = repo.add(dataclasses.replace(head, parent=repo.branches["main"], title="other"))

    hub.before = interfere
    assert "Somebody else has changed" in refused(datasets_made["1.1.0"], target, TargetError)
    assert set(load(target)["text"]) == TEXTS["1.0.0"]
    publish(datasets_made["1.1.0"], target)
    assert set(load(target, "1.1.0")["text"]) == TEXTS["1.1.0"]


@pytest.mark.parametrize(
    ("status", "said"), [(500, "too busy just now"), (402, "refused what was asked"), (409, "Somebody else")]
)
def test_the_hub_fails(hub: Hub, datasets_made: dict[str, Path], status: int, said: str) -> None:
    def fail(request: str) -> None:
        if "/commit/" in request:
            raise RefusalError(status, "It is as it is\nand more")

    hub.before = fail
    told = refused(datasets_made["1.0.0"], "hf://harbour/corpus", TargetError)
    assert said in told
    assert "and more" not in told


def test_no_connection(hub: Hub, datasets_made: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    assert "The Hub cannot be reached" in refused(datasets_made["1.0.0"], "hf://harbour/corpus", TargetError)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE is set" in refused(datasets_made["1.0.0"], "hf://harbour/corpus", TargetError)


def test_a_tag_that_means_something_else(hub: Hub, datasets_made: dict[str, Path]) -> None:
    from huggingface_hub import HfApi

    HfApi().create_repo("harbour/corpus", repo_type="dataset")
    HfApi().create_tag("harbour/corpus", tag="v1.0.0", repo_type="dataset")
    said = refused(datasets_made["1.0.0"], "hf://harbour/corpus", RefusedError)
    assert "The tag v1.0.0 on hf://harbour/corpus leads to something else" in said


# --- withdrawals at the Hub ------------------------------------------------------------------------------------------


def test_a_withdrawal_leaves_no_trace_at_the_hub(hub: Hub, datasets_made: dict[str, Path]) -> None:
    target = "hf://harbour/corpus"
    publish(datasets_made["1.1.0"], target)
    repo = hub.repos["harbour/corpus"]
    old = set(repo.large)
    repo.branches["experiment"] = repo.branches["main"]
    told = publish(datasets_made["2.0.0"], target, dry_run=True)
    report = publish(datasets_made["2.0.0"], target)
    assert report.steps == told.steps
    assert report.steps[0] == "make the history of main one commit"
    assert report.steps[-1].endswith("from the Hub's storage")
    assert any("experiment" in note for note in report.notes)
    gone = old - set(repo.large)
    assert gone
    for ref in ("main", "v1.0.0", "v1.1.0", "v2.0.0"):
        titles = [commit.title for _, commit in repo.history(ref)]
        assert titles in (["v2.0.0"], [ref, "v2.0.0"])
    assert not [blob for commit in repo.commits.values() for blob in commit.tree.values() if blob.sha256 in gone]


# --- stores ----------------------------------------------------------------------------------------------------------


def test_a_store_asks_who_you_are(s3: str, datasets_made: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.filesystem("s3").clear_instance_cache()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    assert "set AWS_ACCESS_KEY_ID and" in refused(datasets_made["1.0.0"], f"{s3}/corpus", TargetError)
    fsspec.filesystem("s3").clear_instance_cache()


def test_a_bucket_that_does_not_exist(s3: str, datasets_made: dict[str, Path]) -> None:
    assert "make it first" in refused(datasets_made["1.0.0"], "s3://no-such-bucket/corpus", TargetError)


def test_a_library_that_is_missing(datasets_made: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    assert "`pip install 'cleaner-corpus[gcs]'`" in refused(datasets_made["1.0.0"], "gs://shelf/corpus", TargetError)


def test_two_that_publish_at_a_time(s3: str, datasets_made: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The store lets only one of them make a version exist."""
    from cleaner.publish.store import Store

    target = f"{s3}/corpus"
    real = Store.put

    def late(self: Store, *args: Any) -> None:
        monkeypatch.setattr(Store, "put", real)
        publish(datasets_made["1.0.0"], target)
        real(self, *args)

    monkeypatch.setattr(Store, "put", late)
    assert "Somebody else has published" in refused(datasets_made["1.0.0"], target, TargetError)
    assert load(target).num_rows == len(PAGES)
