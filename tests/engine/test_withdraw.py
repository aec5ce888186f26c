"""Withdrawn documents leave every version, and never come back."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_tools import Run, contents, inline_run, write_pages, write_records
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.commands import releases
from cleaner.errors import InputError, RefusedError
from cleaner.recipe import Recipe
from cleaner.release.manifest import Manifest
from cleaner.release.open import load, versions
from cleaner.release.rows import hash_documents
from cleaner.release.shards import shard_path
from cleaner.release.types import columns_of
from cleaner.release.verify import verify
from cleaner.release.withdraw.withdraw import Withdrawal, plan, withdraw

SECRET = "The secret of the lighthouse keeper."
ADDRESS = "https://a.example/secret"


def url(n: int) -> str:
    return f"https://{'abc'[n % 3]}.example/{n}"


def record(text: str, address: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "url": address, **more}


RECORDS = [record(f"Record {n}.\nIts second line.", url(n)) for n in range(9)]
FIRST = [*RECORDS[:6], record(SECRET, ADDRESS, title="A secret")]
SECOND = [*RECORDS[:6], record(SECRET + "\nEdited.", ADDRESS, title="A secret"), RECORDS[6]]
THIRD = [*SECOND, *RECORDS[7:]]


def name_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1.0.0, 2.0.0 (the secret edited, one added), 2.1.0 (two added) in `out`, beside their `raw`."""
    folder = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        run = inline_run(patch)
        for records in (FIRST, SECOND, THIRD):
            write_records(folder / "raw" / "all.jsonl", records)
            run(folder / "raw", folder / "out")
    assert [manifest.version for manifest in versions(folder / "out")] == ["1.0.0", "2.0.0", "2.1.0"]
    return folder


@pytest.fixture
def dataset(pristine: Path, tmp_path: Path) -> Path:
    """Three versions, the raw folder beside them."""
    shutil.copytree(pristine, tmp_path, dirs_exist_ok=True)
    return tmp_path / "out"


def said(folder: Path) -> str:
    """All that any file in a folder says: Parquet decoded, everything else as it is. Hidden folders, too."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            found += [str(value) for column in pq.read_table(path).columns for value in column.to_pylist()]
        elif path.is_file() and path.name != "withdrawn.jsonl":
            found.append(path.read_bytes().decode("latin-1"))
    return "\n".join(found)


def counted(manifest: Manifest) -> tuple[int, int, int, int]:
    counts = manifest.counts
    return counts["sources"], counts["documents"], counts["duplicates"], counts["withdrawn"]


def assert_stays_so(run: Run, dataset: Path) -> None:
    """All is well with the dataset, and the next run changes nothing of it."""
    newest, files = versions(dataset)[-1].version, contents(dataset)
    assert verify(dataset).problems == []
    report = run(dataset.parent / "raw", dataset)
    assert (report.released, report.version) == (False, newest)
    assert contents(dataset) == files


def test_a_document_leaves_every_version(run: Run, dataset: Path) -> None:
    before = versions(dataset)
    assert SECRET in said(dataset) and "A secret" in said(dataset)
    found = withdraw(dataset, [ADDRESS], "asked by its author")
    assert [(d.id, d.title, d.versions, d.named) for d in found.documents] == [
        (name_of(ADDRESS), "A secret", ("1.0.0", "2.0.0", "2.1.0"), True)]  # fmt: skip
    assert (found.version, found.left, found.amended) == ("3.0.0", 9, ("1.0.0", "2.0.0", "2.1.0"))
    after = versions(dataset)
    assert [manifest.version for manifest in after] == ["1.0.0", "2.0.0", "2.1.0", "3.0.0"]
    assert [manifest.amended for manifest in after] == 3 * [{"times": 1, "documents": 1}] + [before[0].amended]
    assert [counted(manifest) for manifest in after] == [(7, 6, 0, 1), (8, 7, 0, 1), (10, 9, 0, 1), (10, 9, 0, 1)]
    assert after[-1].changes["withdrawn"] == 1
    assert after[-1].files == after[-2].files
    for manifest in after:
        assert manifest.rows("documents") == manifest.counts["documents"]
    assert not {f.path for m in before for f in m.files["documents"]} & {f.path for f in after[0].files["documents"]}
    for word in (SECRET, "A secret", "Edited.", "asked by its author", ADDRESS):
        assert word not in said(dataset), word
    shutil.copytree(dataset, dataset.parent / "copy", ignore=shutil.ignore_patterns(".cleaner"))
    assert name_of(ADDRESS) not in said(dataset.parent / "copy")
    assert load(dataset).num_rows == 9 and load(dataset, "1.0.0").num_rows == 6
    card = (dataset / "README.md").read_text("utf-8")
    assert card.count("## Withdrawn documents") == 1
    assert card.index("## Withdrawn documents") < card.index("## To have a page removed")
    assert_stays_so(run, dataset)
    shutil.rmtree(dataset / ".cleaner")
    assert_stays_so(run, dataset)
    assert verify(dataset, rebuild=dataset.parent / "raw").problems == []
    assert SECRET not in said(dataset)


def test_what_goes_is_shown_first_and_nothing_written(dataset: Path) -> None:
    before = contents(dataset)
    assert plan(dataset, [ADDRESS]).version == "3.0.0"
    assert contents(dataset) == before
    asked: list[Withdrawal] = []
    with pytest.raises(RefusedError, match="Nothing was withdrawn"):
        withdraw(dataset, [ADDRESS], agreed=lambda found: bool(asked.append(found)))
    assert asked == [plan(dataset, [ADDRESS])]
    assert contents(dataset) == before


def test_every_name_of_a_document_will_do(dataset: Path) -> None:
    texts = [hashlib.sha256(text.encode()).hexdigest() for text in (SECRET, f"{SECRET}\n\nEdited.")]
    source = load(dataset, "1.0.0").filter(lambda row: row["url"] == ADDRESS)[0]["source_sha256"]
    ours = name_of(ADDRESS)
    names = [ours, ours[:6], ours.upper(), ADDRESS, ADDRESS + "?utm_source=x#top", *texts, texts[0][:32], source]
    for name in names:
        assert [document.id for document in plan(dataset, [name]).documents] == [ours], name
    assert len(withdraw(dataset, names).documents) == 1
    again = plan(dataset, names)
    assert (again.documents, again.already, again.version) == ((), tuple(names), "3.0.0")


def test_who_is_not_there_is_told_and_nobody_goes(dataset: Path) -> None:
    before = contents(dataset)
    for names in (["https://a.example/nowhere"], [ADDRESS, "0" * 32]):
        with pytest.raises(InputError, match="No version of"):
            withdraw(dataset, names)
    for name in ("secret", "12345", "z" * 32, "a" * 65, "", "ftp://a.example/secret"):
        with pytest.raises(InputError, match="names no document"):
            withdraw(dataset, [name])
    with pytest.raises(InputError, match="holds no release"):
        withdraw(dataset.parent / "raw", [ADDRESS])
    assert contents(dataset) == before


def test_the_last_document_stays(run: Run, tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", only="A page.")
    run(tmp_path / "raw", tmp_path / "out")
    before = contents(tmp_path / "out")
    with pytest.raises(RefusedError, match=r"1\.0\.0 would be left without a single document"):
        withdraw(tmp_path / "out", [load(tmp_path / "out")[0]["id"]])
    assert contents(tmp_path / "out") == before


def test_a_version_may_be_left_without_documents(run: Run, tmp_path: Path) -> None:
    for records in ([record(SECRET, ADDRESS)], RECORDS[:2]):
        write_records(tmp_path / "raw" / "all.jsonl", records)
        run(tmp_path / "raw", tmp_path / "out")
    withdraw(tmp_path / "out", [ADDRESS])
    assert [manifest.rows("documents") for manifest in versions(tmp_path / "out")] == [0, 2, 2]
    assert load(tmp_path / "out", "1.0.0").num_rows == 0
    assert_stays_so(run, tmp_path / "out")


@pytest.mark.parametrize("policy", ["drop", "mark", "keep"])
def test_no_copy_takes_its_place(run: Run, tmp_path: Path, policy: str) -> None:
    recipe = Recipe.parse(f'[duplicates]\nsame_text = "{policy}"')
    copies = [record(SECRET, f"https://copy.example/{n}") for n in range(2)]
    write_records(tmp_path / "raw" / "all.jsonl", [*FIRST, *copies])
    run(tmp_path / "raw", tmp_path / "out", recipe=recipe)
    found = withdraw(tmp_path / "out", [ADDRESS])
    assert len(found.documents) == (1 if policy == "drop" else 3)
    newest = versions(tmp_path / "out")[-1]
    assert counted(newest) == (9, 6, 0, 3)
    assert newest.counts["left_out_by_rule"] == {"withdrawn": 3}
    listed = [json.loads(line) for line in (tmp_path / "out" / "left_out.jsonl").read_text().splitlines()]
    assert listed == 3 * [{"source": None, "outcome": "withdrawn", "of": None, "rule": "withdrawn"}]
    assert SECRET not in said(tmp_path / "out")
    assert not run(tmp_path / "raw", tmp_path / "out", recipe=recipe).released
    assert verify(tmp_path / "out", rebuild=tmp_path / "raw").problems == []


def test_a_copy_that_was_left_out_can_be_named(run: Run, tmp_path: Path) -> None:
    write_records(tmp_path / "raw" / "all.jsonl", [*FIRST, record(SECRET, "https://copy.example/1")])
    run(tmp_path / "raw", tmp_path / "out")
    found = withdraw(tmp_path / "out", ["https://copy.example/1"])
    assert [(d.url, d.versions, d.named) for d in found.documents] == [
        ("https://copy.example/1", (), True), (ADDRESS, ("1.0.0",), False)]  # fmt: skip
    assert SECRET not in said(tmp_path / "out")
    assert_stays_so(run, tmp_path / "out")


def test_only_an_old_version_held_it(run: Run, dataset: Path) -> None:
    write_records(dataset.parent / "raw" / "all.jsonl", RECORDS)
    assert run(dataset.parent / "raw", dataset).version == "3.0.0"
    shutil.rmtree(dataset / ".cleaner")
    found = withdraw(dataset, [name_of(ADDRESS)])
    assert (found.version, found.left) == ("4.0.0", 9)
    *old, before, newest = versions(dataset)
    assert [manifest.amended["times"] for manifest in old] == [1, 1, 1]
    assert (before.amended["times"], newest.files, newest.counts) == (0, before.files, before.counts)
    assert newest.changes["withdrawn"] == 1
    assert_stays_so(run, dataset)


def test_a_document_that_the_recipe_leaves_out_by_now(run: Run, dataset: Path) -> None:
    recipe = Recipe.parse("[[filter]]\nwhere = \"NOT contains(text, 'secret')\"\nname = 'loud'")
    run(dataset.parent / "raw", dataset, recipe=recipe)
    withdraw(dataset, [ADDRESS])
    counts = versions(dataset)[-1].counts
    assert (counts["filtered"], counts["withdrawn"], counts["left_out_by_rule"]) == (0, 1, {"withdrawn": 1})
    assert not run(dataset.parent / "raw", dataset, recipe=recipe).released


def test_it_never_comes_back(run: Run, dataset: Path) -> None:
    write_records(dataset.parent / "raw" / "all.jsonl", RECORDS)
    run(dataset.parent / "raw", dataset)
    withdraw(dataset, [ADDRESS])
    again = [
        record(SECRET, ADDRESS), record("Something else entirely.", ADDRESS), record(SECRET, "https://new.example/"),
        record(SECRET + "\nEdited.", "https://new.example/", published="2020-01-01"), {"text": SECRET},
    ]  # fmt: skip
    for number, one in enumerate(again):
        write_records(dataset.parent / "raw" / f"again{number}.jsonl", [one])
    report = run(dataset.parent / "raw", dataset)
    assert (report.sources, report.documents, report.withdrawn) == (14, 9, 5)
    assert SECRET not in said(dataset)
    assert verify(dataset).problems == []


def test_what_is_not_the_document_stays(run: Run, dataset: Path) -> None:
    withdraw(dataset, [ADDRESS])
    write_records(dataset.parent / "raw" / "more.jsonl", [record("Much like it.", ADDRESS + "/other")])
    assert run(dataset.parent / "raw", dataset).version == "3.1.0"


def test_tombstones_are_carried_over_to_a_new_folder(run: Run, dataset: Path) -> None:
    withdraw(dataset, [ADDRESS])
    anew = dataset.parent / "anew"
    anew.mkdir()
    shutil.copy(dataset / "withdrawn.jsonl", anew)
    report = run(dataset.parent / "raw", anew)
    assert (report.version, report.documents, report.withdrawn) == ("1.0.0", 9, 1)
    assert SECRET not in said(anew)
    assert verify(anew).problems == []
    assert (anew / "withdrawn.jsonl").read_bytes() == (dataset / "withdrawn.jsonl").read_bytes()


def test_a_list_written_by_hand_is_carried_out_by_the_next_run(run: Run, dataset: Path) -> None:
    (dataset / "withdrawn.jsonl").write_text(json.dumps({"id": name_of(ADDRESS)}) + "\n")
    assert run(dataset.parent / "raw", dataset).version == "3.0.0"
    assert versions(dataset)[-1].changes["withdrawn"] == 1
    assert SECRET not in said(dataset)
    [stone] = [json.loads(line) for line in (dataset / "withdrawn.jsonl").read_text().splitlines()]
    assert (stone["version"], stone["done"], len(stone["sources"]), len(stone["texts"])) == ("3.0.0", True, 2, 2)
    assert_stays_so(run, dataset)


def test_a_backup_that_was_put_back_is_cleaned_again(run: Run, dataset: Path) -> None:
    backup = Path(shutil.copytree(dataset, dataset.parent / "backup"))
    withdraw(dataset, [ADDRESS])
    shutil.copy(dataset / "withdrawn.jsonl", backup)
    told = "holds 1 withdrawn document"
    assert [told in problem for problem in verify(backup).problems] == [True, True, True]
    assert withdraw(backup, []).documents == ()
    assert contents(backup) == contents(dataset)
    assert SECRET not in said(backup)


def test_two_withdrawals_after_one_another(run: Run, dataset: Path) -> None:
    withdraw(dataset, [ADDRESS])
    withdraw(dataset, [url(0), url(7)])
    assert [manifest.amended for manifest in versions(dataset)] == [
        {"times": 2, "documents": 2}, {"times": 2, "documents": 2}, {"times": 2, "documents": 3},
        {"times": 1, "documents": 2}, {"times": 0, "documents": 0}]  # fmt: skip
    assert versions(dataset)[-1].version == "4.0.0"
    assert versions(dataset)[-1].counts["withdrawn"] == 3
    assert_stays_so(run, dataset)


def test_rows_of_a_scrubbed_part_are_used_again_and_stay_scrubbed(run: Run, dataset: Path) -> None:
    withdraw(dataset, [ADDRESS])
    write_records(dataset.parent / "raw" / "all.jsonl", [*THIRD, record("One more.", "https://b.example/new")])
    report = run(dataset.parent / "raw", dataset)
    assert (report.documents, report.withdrawn, report.version) == (10, 1, "3.1.0")
    assert report.cleaned <= 2
    assert SECRET not in said(dataset)


WORDS = [f"word{n}" for n in range(120)]


def alike(**changed: str) -> str:
    """A text of many words, some of them changed: "w7=other" changes the seventh."""
    return " ".join(changed.get(f"w{n}", word) for n, word in enumerate(WORDS))


@pytest.mark.parametrize("goes", [0, 3])
def test_near_duplicates_are_marked_as_the_next_run_would(run: Run, tmp_path: Path, goes: int) -> None:
    texts = [alike(), alike(w5="other"), alike(w5="other", w60="another"), alike(w110="one more and longer")]
    records = [*RECORDS[:2], *(record(text, f"https://near.example/{n}") for n, text in enumerate(texts))]
    write_records(tmp_path / "raw" / "all.jsonl", records)
    run(tmp_path / "raw", tmp_path / "out")
    before = {row["url"]: row for row in load(tmp_path / "out")}
    assert len({before[f"https://near.example/{n}"]["duplicate_cluster"] for n in range(4)} - {None}) == 1
    withdraw(tmp_path / "out", [f"https://near.example/{goes}"])
    assert verify(tmp_path / "out").problems == []
    gone = name_of(f"https://near.example/{goes}")
    for version in ("1.0.0", "2.0.0"):
        rows = load(tmp_path / "out", version).to_list()
        assert not [row for row in rows if gone in (row["duplicate_of"], row["duplicate_cluster"])]
        assert sum(row["duplicate_of"] is not None for row in rows) == 2
    assert not run(tmp_path / "raw", tmp_path / "out").released


def test_a_near_duplicate_that_was_left_out_does_not_take_its_place(run: Run, tmp_path: Path) -> None:
    recipe = Recipe.parse('[duplicates]\nnear = "drop"')
    texts = [alike(), alike(w5="other"), alike(w60="another"), "Something else."]
    records = [record(text, f"https://near.example/{n}") for n, text in enumerate(texts)]
    write_records(tmp_path / "raw" / "all.jsonl", records)
    run(tmp_path / "raw", tmp_path / "out", recipe=recipe)
    [published] = [row["url"] for row in load(tmp_path / "out") if row["text"].startswith("word")]
    withdraw(tmp_path / "out", [published])
    assert counted(versions(tmp_path / "out")[-1]) == (4, 1, 0, 3)
    assert not run(tmp_path / "raw", tmp_path / "out", recipe=recipe).released
    assert verify(tmp_path / "out").problems == []


def invoke(*arguments: object, answer: str | None = None) -> tuple[int, str]:
    """Exit code, and what is printed; with an answer, as on a terminal where somebody gives it."""
    with pytest.MonkeyPatch.context() as patch:
        if answer is not None:
            patch.setattr(releases, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
        result = CliRunner().invoke(app, ["withdraw", *map(str, arguments)], input=answer)
    return result.exit_code, result.output


def test_the_command(dataset: Path) -> None:
    before = contents(dataset)
    code, shown = invoke(dataset, ADDRESS, "--dry-run")
    assert (code, shown) == (0, (
        f"1 document leaves every version:\n  {name_of(ADDRESS)[:12]}  “A secret”  {ADDRESS}  in 1.0.0, 2.0.0, 2.1.0\n"
        "Version 3.0.0, with 9 documents left, will say how many were withdrawn, and not which.\n"
        "To be amended: 1.0.0, 2.0.0, 2.1.0.\n"))  # fmt: skip
    code, told = invoke(dataset, ADDRESS)
    assert code == 5 and told.startswith(shown) and "say --yes" in told
    code, told = invoke(dataset, ADDRESS, answer="n\n")
    assert code == 5 and "A secret" in told and "Nothing was withdrawn." in told
    assert invoke(dataset, "0" * 32, ADDRESS, "--yes")[0] == 1
    assert contents(dataset) == before
    code, told = invoke(dataset, ADDRESS, answer="y\n")
    assert code == 0 and "1 document withdrawn for good. Version 3.0.0 is the first without" in told
    code, told = invoke(dataset, ADDRESS)
    assert code == 0 and told.startswith(f"{ADDRESS} is withdrawn already.\n")
    assert invoke(dataset)[0] == 0
    assert contents(dataset)["withdrawn.jsonl"].count(b"\n") == 1


def with_fewer_columns(dataset: Path, version: str) -> None:
    """Make a version look as an older cleaner would have made it: without the column `license`, and with a smaller
    `quality`."""
    path = dataset / "versions" / f"{version}.json"
    manifest = json.loads(path.read_text())
    shards = []
    for shard in manifest["files"]["documents"]:
        table = pq.read_table(dataset / shard["path"]).drop_columns(["license"])
        place = table.schema.get_field_index("quality")
        smaller = [{"flags": quality["flags"], "fixes": quality["fixes"]} for quality in table["quality"].to_pylist()]
        fields = [table.schema.field("quality").type.field(name) for name in ("flags", "fixes")]
        table = table.set_column(place, "quality", pa.array(smaller, pa.struct(fields)))
        name = shard_path("documents", hash_documents(table, table.schema))
        pq.write_table(table, dataset / name)
        data = (dataset / name).read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        shards.append({"path": name, "sha256": sha256, "bytes": len(data), "rows": table.num_rows})
        manifest["columns"]["documents"] = columns_of(table.schema)
    manifest["files"]["documents"] = shards
    path.write_text(json.dumps(manifest))


def test_versions_with_other_columns_keep_theirs(dataset: Path) -> None:
    with_fewer_columns(dataset, "1.0.0")
    withdraw(dataset, [ADDRESS])
    first = versions(dataset)[0]
    assert first.amended == {"times": 1, "documents": 1}
    assert first.counts["documents"] == first.rows("documents") == 6
    rows = pq.read_table(dataset / first.files["documents"][0].path)
    assert "license" not in rows.column_names and rows.schema.field("quality").type.num_fields == 2
    assert SECRET not in said(dataset)
    assert verify(dataset).problems == []
