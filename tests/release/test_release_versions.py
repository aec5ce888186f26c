"""Versions: what makes one, what it is called, which shards it shares with the one before."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from release_corpus import ByParts, Page, dealt_out, each_alone, one_part, published, run, write_parts

from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn
from cleaner.errors import AccountingError, CleanerError, InputError, StorageError, VerificationError, VersionError
from cleaner.recipe import Recipe
from cleaner.release import layout
from cleaner.release.make import release
from cleaner.release.open import document_lines, load, versions
from cleaner.release.verify import verify
from cleaner.report.summary import RunReport

SMALL = Recipe.parse("[release]\nshard_rows = 4")

PAGES = [
    Page(f"{site}/{n}.html", f"Page {n} of {site}.\n\nMore – “quoted” 漢字 \U0001f40b.",
         url=f"https://{site}/{n}", site=site, published=f"202{n % 3}-05-0{1 + n % 9}")
    for site, size in (("a.example", 5), ("b.example", 2), ("c.example", 2), ("d.example", 3))
    for n in range(size)
]  # fmt: skip


def edited(page: Page, text: str = "It was edited.") -> Page:
    return dataclasses.replace(page, text=text)


def shards(processed: Path) -> dict[str, list[str]]:
    """Documents' shards of the newest version -> urls in them."""
    paths = [file.path for file in versions(processed)[-1].files["documents"]]
    return {path: pq.read_table(processed / path)["url"].to_pylist() for path in paths}


def test_the_first_version_and_one_where_nothing_changed(tmp_path: Path) -> None:
    report = run(tmp_path, PAGES, SMALL)
    assert (report.version, report.previous, report.released) == ("1.0.0", None, True)
    assert (report.documents, report.sources_by_kind) == (12, {"html": 12})
    assert report.lines == {"keep": {"body": 24}, "drop": {"share": 12}}
    assert report.sites == {"a.example": 5, "d.example": 3, "b.example": 2, "c.example": 2}
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in published(tmp_path) if "jsonl" not in path}
    files = published(tmp_path)
    report = run(tmp_path, PAGES, SMALL, each_alone)
    assert (report.version, report.previous, report.released) == ("1.0.0", None, False)
    assert published(tmp_path) == files
    assert {path: (tmp_path / path).stat().st_mtime_ns for path in before} == before


def test_shards_follow_sites(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    sites = [[url.split("/")[2] for url in urls] for urls in shards(tmp_path).values()]
    assert sites == [["a.example"] * 4, ["a.example", "b.example", "b.example"], ["c.example"] * 2, ["d.example"] * 3]


def test_additions_make_a_minor_version_and_leave_all_shards_alone(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    old = shards(tmp_path)
    report = run(tmp_path, [*PAGES, Page("a.example/new.html", "A new page.", url="https://a.example/new")], SMALL)
    assert (report.version, report.previous) == ("1.1.0", "1.0.0")
    new = shards(tmp_path)
    assert {path: new[path] for path in old} == old
    assert [urls for path, urls in new.items() if path not in old] == [["https://a.example/new"]]


def test_an_edit_makes_a_major_version_and_rewrites_one_shard(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    old = shards(tmp_path)
    report = run(tmp_path, [edited(PAGES[5]), *PAGES[:5], *PAGES[6:]], SMALL)
    assert report.version == "2.0.0"
    new = shards(tmp_path)
    assert len(set(old) - set(new)) == len(set(new) - set(old)) == 1
    assert list(new.values()) == list(old.values())


def test_other_lines_of_the_very_same_document_make_a_patch(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    assert run(tmp_path, [dataclasses.replace(PAGES[0], dropped=("Share that",)), *PAGES[1:]]).version == "1.0.1"
    first, second = versions(tmp_path)
    assert first.files["documents"] == second.files["documents"]
    assert first.files["lines"] != second.files["lines"]


def test_a_removal_makes_a_major_version(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    assert run(tmp_path, PAGES[:-3], SMALL).version == "2.0.0"
    assert len(shards(tmp_path)) == 3
    assert "12 documents" not in (tmp_path / "CHANGELOG.md").read_text().split("## 1.0.0")[0]


def test_what_is_no_row_makes_a_patch(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    more = [*PAGES, Page("broken", cause="empty")]
    assert run(tmp_path, more).version == "1.0.1"
    assert run(tmp_path, more, Recipe.parse('[card]\ntitle = "T"')).version == "1.0.2"


def test_back_to_an_older_state_uses_its_shards(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:]])
    run(tmp_path, PAGES)
    first, _, third = versions(tmp_path)
    assert third.version == "3.0.0"
    assert third.files == first.files


@pytest.mark.parametrize("by_parts", [each_alone, dealt_out])
def test_the_layout_of_the_parts_leaves_no_trace(tmp_path: Path, by_parts: ByParts) -> None:
    for folder, how in (("one", one_part), ("two", by_parts)):
        run(tmp_path / folder, PAGES[:8], SMALL, how)
        run(tmp_path / folder, [edited(PAGES[2]), *PAGES[3:]], SMALL, how)
    assert published(tmp_path / "one") == published(tmp_path / "two")
    assert verify(tmp_path / "two").problems == []


def test_the_index_is_only_a_cache(tmp_path: Path) -> None:
    for folder in ("kept", "lost"):
        run(tmp_path / folder, PAGES, SMALL)
    shutil.rmtree(tmp_path / "lost" / ".cleaner")
    for folder in ("kept", "lost"):
        run(tmp_path / folder, [edited(PAGES[0]), *PAGES[2:], Page("x/new", "New.")], SMALL)
    assert published(tmp_path / "kept") == published(tmp_path / "lost")
    shutil.rmtree(tmp_path / "lost" / ".cleaner")
    next((tmp_path / "lost" / "data").iterdir()).write_bytes(b"damaged")
    (tmp_path / "lost" / "lines").rename(tmp_path / "lost" / "elsewhere")
    with pytest.raises(VerificationError, match="cannot be read"):
        run(tmp_path / "lost", PAGES, SMALL)


def test_a_major_version_joins_small_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MANY_SMALL", 3)
    for count in (8, 9, 10, 11):
        run(tmp_path, PAGES[:count])
    assert len(shards(tmp_path)) == 4
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:11]])
    assert len(shards(tmp_path)) == 1


def test_there_is_never_an_empty_shard(tmp_path: Path) -> None:
    pages = [Page("a", "", dropped=()), Page("b", "", dropped=())]
    run(tmp_path, pages)
    assert versions(tmp_path)[0].files["lines"] == []
    assert versions(tmp_path)[0].rows("documents") == 2
    assert verify(tmp_path).problems == []
    assert load(tmp_path, lines=True).num_rows == 0
    run(tmp_path, [*pages, Page("c")])
    assert all(file.rows for manifest in versions(tmp_path) for files in manifest.files.values() for file in files)
    assert verify(tmp_path).problems == []


def test_nothing_left_to_publish(tmp_path: Path) -> None:
    pages = [Page("a", cause="empty"), Page("b", "x")]
    with pytest.raises(InputError, match=r"2 sources, 1 rejected, 1 filtered out by the recipe. See .*rejects\.jsonl"):
        run(tmp_path, pages, Recipe.parse("[[filter]]\nwhere = 'words >= 5'"))
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["cause"] == "empty"
    assert not (tmp_path / "README.md").exists()
    run(tmp_path, PAGES)
    before = published(tmp_path)
    with pytest.raises(InputError, match=r"Version 1\.0\.0 stays as it is"):
        run(tmp_path, pages[:1])
    after, lists = published(tmp_path), ("rejects.jsonl", "SHA256SUMS")  # the list of rejects, and its checksum
    assert {path: data for path, data in after.items() if path not in lists} == {
        path: data for path, data in before.items() if path not in lists}  # fmt: skip


def test_what_does_not_add_up_is_not_released(tmp_path: Path) -> None:
    parts = write_parts(tmp_path / ".cleaner", PAGES)
    decisions = decide(parts, Recipe(), tmp_path / ".cleaner" / "work", Withdrawn.by([]))
    for sources, lines in ((13, 36), (12, 35)):
        with pytest.raises(AccountingError):
            release(parts, decisions, tmp_path, Recipe(), RunReport("raw", "out", sources=sources, lines_read=lines))
    assert published(tmp_path) == {}


def test_manifests_hold_nothing_of_the_machine(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    text = (tmp_path / "versions" / "1.0.0.json").read_text()
    assert str(tmp_path) not in text
    assert tmp_path.name not in text
    counts = json.loads(text)["counts"]
    assert counts["published"] == {"documents": 12, "first": "2020-05-01", "last": "2022-05-03"}
    assert counts["lines"] == {"drop": {"share": {"cue_share": 12}}, "keep": {"body": {"model": 24}}}
    assert counts["fixes"] == {"nfc": 24}


def test_a_nul_is_published_as_it_is_and_text_that_is_not_utf8_is_not(tmp_path: Path) -> None:
    run(tmp_path / "nul", [Page("a", "Before\0after.")])
    assert load(tmp_path / "nul")[0]["text"] == "Before\0after."
    assert verify(tmp_path / "nul").problems == []
    state = tmp_path / "bad" / ".cleaner"
    parts = write_parts(state, [Page("a", "@@@ and more")])
    for path in parts.folder.iterdir():
        table = pq.read_table(path)
        pq.write_table(table, path, compression="none", use_dictionary=False)
        path.write_bytes(path.read_bytes().replace(b"@@@", b"\xed\xa0\x80"))  # a lone surrogate
    decisions = decide(parts, Recipe(), state / "work", Withdrawn.by([]))
    with pytest.raises(CleanerError, match="Nothing was released"):
        release(parts, decisions, tmp_path / "bad", Recipe(), RunReport("raw", "out", sources=1, lines_read=2))
    assert not (tmp_path / "bad" / "versions").exists()


def test_a_folder_with_an_odd_name(tmp_path: Path) -> None:
    odd = tmp_path / "it's [a] *?{b,c} %20 ü"
    assert run(odd, PAGES).version == "1.0.0"
    assert load(odd).num_rows == 12
    assert verify(odd).problems == []


def test_opening_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        versions(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no release"):
        load(tmp_path)
    run(tmp_path, PAGES)
    with pytest.raises(VersionError, match=r"no version 2\.0\.0. It has: 1\.0\.0"):
        load(tmp_path, "v2.0.0")
    (tmp_path / versions(tmp_path)[0].files["documents"][0].path).unlink()
    with pytest.raises(VerificationError, match="is missing"):
        load(tmp_path)
    (tmp_path / "versions" / "1.0.0.json").write_text("{}")
    with pytest.raises(VerificationError, match="damaged"):
        versions(tmp_path)


def test_one_document_with_its_lines(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    for page in PAGES:
        fields, lines = document_lines(tmp_path, page.id[:12])
        assert (fields["id"], fields["text"]) == (page.id, page.text)
        assert "\n\n".join(line.text for line in lines if line.verdict == "keep") == page.text
        assert [line.role for line in lines] == ["body", "body", "share"]
    for wrong in ("abcde", "ABCDEF0", "zzzzzzz", "", "a" * 33):
        with pytest.raises(InputError, match="is no document id"):
            document_lines(tmp_path, wrong)
    with pytest.raises(InputError, match="no document with an id like"):
        document_lines(tmp_path, "0" * 32)


def test_an_id_that_is_cut_too_short(tmp_path: Path) -> None:
    twins = [Page("a", fields={"id": "abcdef" + "0" * 26}), Page("b", "B.", fields={"id": "abcdef" + "1" * 26})]
    run(tmp_path, [dataclasses.replace(page, dropped=()) for page in twins])
    with pytest.raises(InputError, match="2 documents have an id that starts with abcdef"):
        document_lines(tmp_path, "abcdef")


def test_a_full_disk_is_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StorageError, match=r"The disk that holds .* is full"):
            run(tmp_path, PAGES)
    assert run(tmp_path, PAGES).version == "1.0.0"
    assert verify(tmp_path).problems == []
