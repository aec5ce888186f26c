"""Lines that recur on a site go in a second pass: only there, with their evidence, and only as often as need be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from engine_tools import Run, contents, write_records

from cleaner.recipe import Privacy, Recipe, Templates
from cleaner.release.verify import verify
from cleaner.release.withdraw.withdraw import withdraw

TEMPLATE = "Template: this paper is paid for by those who read it."


def page(n: int, *more: str, site: str = "a") -> dict[str, Any]:
    """A record of lines of its own, and some more."""
    lines = [f"Page {n} of {site} has a line {place} of its own, which no other page has." for place in range(4)]
    return {"text": "\n".join([*lines, *more]), "url": f"https://{site}.example/{n}"}


def write(raw: Path, records: Sequence[dict[str, Any]]) -> None:
    write_records(raw / "all.jsonl", list(records))


def rows(out: Path, config: str = "documents") -> list[dict[str, Any]]:
    """The rows of the newest version."""
    newest = max((out / "versions").glob("*.json"), key=lambda path: tuple(map(int, path.stem.split("."))))
    files = [str(out / file["path"]) for file in json.loads(newest.read_text())["files"][config]]
    table: list[dict[str, Any]] = ds.dataset(files).to_table().to_pylist()
    return table


def gone(out: Path) -> list[dict[str, Any]]:
    return [row for row in rows(out, "lines") if row["reason"] == "template"]


def revised(out: Path) -> dict[str, int]:
    """The revised parts, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in (out / ".cleaner" / "revised").glob("*")}


def test_a_line_that_recurs_goes_from_every_page_with_its_evidence(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "raw", [page(n, TEMPLATE, f"The end of page {n}.") for n in range(5)] + [page(5)])
    run(tmp_path / "raw", tmp_path / "out")
    lines = gone(tmp_path / "out")
    assert [(line["text"], line["role"], line["verdict"]) for line in lines] == [(TEMPLATE, "template", "drop")] * 5
    assert {line["evidence"] for line in lines} == {"on 5 of 6 pages of this site, in the last 2 lines"}
    for row in rows(tmp_path / "out"):
        share = row["quality"]["template_share"]
        assert TEMPLATE not in row["text"]
        assert row["characters"] == len(row["text"])
        assert (row["lines_dropped"], share is not None) == ((0, False) if row["url"].endswith("5") else (1, True))
    assert verify(tmp_path / "out").problems == []


def test_the_recipe_can_forbid_it(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "raw", [page(n, TEMPLATE) for n in range(5)])
    run(tmp_path / "raw", tmp_path / "out", recipe=Recipe(templates=Templates(drop=False)))
    assert gone(tmp_path / "out") == [] and all(TEMPLATE in row["text"] for row in rows(tmp_path / "out"))
    assert run(tmp_path / "raw", tmp_path / "out").cleaned == 0  # the first pass is the same with it
    assert len(gone(tmp_path / "out")) == 5


def test_two_pages_are_too_few_and_sites_are_apart(run: Run, tmp_path: Path) -> None:
    for site in "abc":
        write(tmp_path / "raw" / site, [page(n, TEMPLATE, site=site) for n in range(2)])
    run(tmp_path / "raw", tmp_path / "out")
    assert gone(tmp_path / "out") == []


def test_copies_of_one_page_are_one_page(run: Run, tmp_path: Path) -> None:
    story = [f"Template {place}: a paragraph of the one story that this site holds three times." for place in range(9)]
    texts = ["\n".join([*story, f"Printed as {n}."]) for n in range(3)]
    copies = [{"text": text, "url": f"https://a.example/story/{n}"} for n, text in enumerate(texts)]
    write(tmp_path / "raw", [*copies, *(page(n) for n in range(8))])
    run(tmp_path / "raw", tmp_path / "out")
    assert gone(tmp_path / "out") == []


def test_a_page_that_is_nothing_but_template_keeps_it_and_says_so(run: Run, tmp_path: Path) -> None:
    sentences = [f"{TEMPLATE} That was sentence {n} of it, and it goes on." for n in range(5)]
    bare = {"text": "\n".join(["Gone.", "Away.", "Lost.", *sentences]), "url": "https://a.example/bare"}
    write(tmp_path / "raw", [bare, *(page(n, *sentences) for n in range(6))])
    run(tmp_path / "raw", tmp_path / "out")
    by_url = {row["url"]: row for row in rows(tmp_path / "out")}
    assert all(sentence in by_url["https://a.example/bare"]["text"] for sentence in sentences)
    assert by_url["https://a.example/bare"]["quality"]["flags"] == ["guard_template"]
    assert len(gone(tmp_path / "out")) == 6 * 5


def test_large_counts_are_not_told_so_that_a_page_more_changes_little(run: Run, tmp_path: Path) -> None:
    pages = [page(n, TEMPLATE) for n in range(60)]
    write(tmp_path / "raw", pages)
    run(tmp_path / "raw", tmp_path / "out")
    assert {line["evidence"] for line in gone(tmp_path / "out")} == {
        "on 50 or more pages of this site, in the last 2 lines"}  # fmt: skip
    before = {row["id"]: row for row in rows(tmp_path / "out")}
    write_records(tmp_path / "raw" / "more.jsonl", [page(60, TEMPLATE)])
    kept = revised(tmp_path / "out")
    report = run(tmp_path / "raw", tmp_path / "out")
    assert (report.version, report.cleaned) == ("1.1.0", 1)  # nothing but an addition
    after = {row["id"]: row for row in rows(tmp_path / "out")}
    assert {name: row for name, row in after.items() if name in before} == before
    assert TEMPLATE not in after[(set(after) - set(before)).pop()]["text"]
    assert kept.items() <= revised(tmp_path / "out").items()  # made once, and not again


def test_another_count_in_the_evidence_changes_no_document(run: Run, tmp_path: Path) -> None:
    for pages, version in ((5, "1.0.0"), (6, "1.1.0")):
        write(tmp_path / "raw", [page(n, TEMPLATE) for n in range(pages)])
        assert run(tmp_path / "raw", tmp_path / "out").version == version
        told = f"on {pages} of {pages} pages of this site, in the last 2 lines"
        assert {line["evidence"] for line in gone(tmp_path / "out")} == {told}
    assert verify(tmp_path / "out", rebuild=tmp_path / "raw").problems == []


def test_what_nobody_needs_any_more_is_deleted(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "raw", [page(n, TEMPLATE) for n in range(5)])
    run(tmp_path / "raw", tmp_path / "out")
    assert len(revised(tmp_path / "out")) == 2
    write(tmp_path / "raw", [page(n) for n in range(5)])
    run(tmp_path / "raw", tmp_path / "out")
    assert revised(tmp_path / "out") == {}
    assert gone(tmp_path / "out") == []


OTHER = "Template: whoever has seen the bridge may write to the harbour."
HISTORY: list[dict[str, tuple[int, list[str]]]] = [
    # site -> how many pages it has, and what they all end with
    {"a": (4, [TEMPLATE]), "b": (5, [TEMPLATE]), "c": (3, [])},
    {"a": (5, [TEMPLATE]), "b": (5, [TEMPLATE]), "c": (3, [])},  # a page more
    {"a": (5, [TEMPLATE, OTHER]), "c": (2, [])},  # as many pages with other lines, and a site less
    {"a": (2, [TEMPLATE, OTHER]), "b": (6, [OTHER]), "c": (2, [])},  # pages that are too few, a site again
    {"d": (3, [TEMPLATE])},
    {"d": (1, [])},
]


@pytest.mark.parametrize("known", [True, False])
def test_a_history_ends_like_a_fresh_run(run: Run, tmp_path: Path, known: bool) -> None:
    for step, sites in enumerate(HISTORY):
        shutil.rmtree(tmp_path / "raw", ignore_errors=True)
        for name, (count, more) in sites.items():  # a site is a folder here
            write(tmp_path / "raw" / name, [page(n, *more, site=name) for n in range(count)])
        if not known:  # what is kept of earlier runs is a cache
            shutil.rmtree(tmp_path / "out" / ".cleaner" / "templates", ignore_errors=True)
        run(tmp_path / "raw", tmp_path / "out")
        run(tmp_path / "raw", tmp_path / f"fresh{step}")
        for config, keys in (("documents", ("id",)), ("lines", ("document_id", "line"))):
            found, fresh = (
                sorted(rows(tmp_path / name, config), key=lambda row: [row[key] for key in keys])
                for name in ("out", f"fresh{step}")
            )
            assert found == fresh, step
    assert not run(tmp_path / "raw", tmp_path / "out").released


def test_filters_and_duplicates_see_what_the_second_pass_left(run: Run, tmp_path: Path) -> None:
    same = [page(1), page(1, TEMPLATE)]
    same[1]["url"] = "https://a.example/again"
    write(tmp_path / "raw", [*same, *(page(n, TEMPLATE) for n in range(2, 6))])
    report = run(tmp_path / "raw", tmp_path / "out")
    assert (report.documents, report.duplicates) == (5, 1)


def test_private_data_that_goes_with_a_template_is_not_counted_in_the_text(tmp_path: Path) -> None:
    pytest.importorskip("phonenumbers")
    from cleaner import pipeline

    prose = "The council met on Tuesday and voted for the new bridge over the river, {} to {}, after a long debate. "
    end = "Write to the news desk of the Harbour Gazette at desk@gazette.example, and we will answer within two days."
    pages = [
        {"text": "\n\n".join([prose.format(n, k) * 3 for k in range(5)] + [end]), "url": f"https://g.example/{n}"}
        for n in range(4)
    ]
    write(tmp_path / "raw", pages)
    pipeline.run(tmp_path / "raw", tmp_path / "out", recipe=Recipe(privacy=Privacy(find=("email",))))
    if gone(tmp_path / "out"):  # unless the judge has dropped it already
        assert [row["quality"]["private"] for row in rows(tmp_path / "out")] == [[{"name": "email", "count": 0}]] * 4


def test_what_is_withdrawn_leaves_both_passes(run: Run, tmp_path: Path) -> None:
    text = f"Secret.\nOf one page.\nNamed.\n{TEMPLATE}"
    secret = {"text": text, "url": "https://a.example/secret"}
    write(tmp_path / "raw", [secret, *(page(n, TEMPLATE) for n in range(5))])
    run(tmp_path / "raw", tmp_path / "out")
    assert len(gone(tmp_path / "out")) == 6
    withdraw(tmp_path / "out", ["https://a.example/secret"], None)
    for path in (tmp_path / "out" / ".cleaner").rglob("*.parquet"):
        assert "Secret." not in str(pq.read_table(path).to_pylist()), path
    files = contents(tmp_path / "out")
    assert not run(tmp_path / "raw", tmp_path / "out").released
    # with different bytes and the same text in the end, it is known as well
    copy = {"text": text.replace(f"\n{TEMPLATE}", ""), "url": "https://b.example/"}
    write_records(tmp_path / "raw" / "copy.jsonl", [copy])
    report = run(tmp_path / "raw", tmp_path / "out")
    assert (report.withdrawn, report.released) == (2, True)
    assert contents(tmp_path / "out").keys() >= files.keys()
    for path in (tmp_path / "out" / ".cleaner").rglob("*.parquet"):
        assert "Secret." not in str(pq.read_table(path).to_pylist()), path
