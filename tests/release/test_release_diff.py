"""What `diff` says of two versions: which documents differ and by which cause, which columns, which lines."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from release_corpus import Page, run
from test_release_versions import PAGES, SMALL, edited
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.errors import VerificationError, VersionError
from cleaner.recipe import Recipe
from cleaner.release import make
from cleaner.release.diff.causes import CAUSES
from cleaner.release.diff.compare import compare, diff
from cleaner.release.open import versions

OTHER = {"source_sha256": "1" * 64}


def other_source(page: Page, text: str = "Another text.") -> Page:
    return dataclasses.replace(page, text=text, fields={**page.fields, **OTHER})


def listed(processed: Path, old: str, new: str | None = None) -> dict[str, tuple[str, str]]:
    """Source path -> (change, cause)."""
    with compare(processed, old, new) as comparison:
        return {row["source_path"]: (row["change"], row["cause"]) for row in comparison.documents()}


def test_documents_by_change_and_cause(tmp_path: Path) -> None:
    short = Page("z/short", "One two three four five six.", fields={"source_sha256": "3" * 64})
    moved = Page("z/moved", "It moved.", fields={"source_sha256": "2" * 64})
    other = Page("z/other", "Other words.", fields={"source_sha256": "4" * 64})
    new = Page("new", "All new.", fields={"source_sha256": "5" * 64})
    before = [*PAGES[:6], short, moved, other]
    run(tmp_path, before, SMALL)
    there = [other_source(PAGES[0]), edited(PAGES[1]), *PAGES[2:5], new, short,
             dataclasses.replace(moved, file="z/moved too", url="https://z.example/moved"),
             dataclasses.replace(other, cause="too_large")]  # fmt: skip
    recipe = Recipe.parse('[release]\nshard_rows = 4\n[judge]\nmode = "recall"\n[[filter]]\nwhere = "words <> 6"')
    run(tmp_path, there, recipe)
    assert listed(tmp_path, "1.0.0") == {
        "a.example/0.html": ("changed", "source"),
        "a.example/1.html": ("changed", "recipe"),
        "b.example/0.html": ("removed", "gone"),
        "new": ("added", "new"),
        "z/moved": ("removed", "renamed"),
        "z/moved too": ("added", "renamed"),
        "z/other": ("removed", "rejected"),
        "z/short": ("removed", "filtered"),
    }
    summary = diff(tmp_path, "1.0.0")
    assert summary["documents"] == {"old": 9, "new": 7, "added": 2, "changed": 2, "removed": 4, "same": 3}
    assert summary["causes"] == {
        "added": {"new": 1, "renamed": 1}, "changed": {"recipe": 1, "source": 1},
        "removed": {"filtered": 1, "gone": 1, "rejected": 1, "renamed": 1},
    }  # fmt: skip
    assert [row[:1] for row in summary["recipe"]] == [["filter"], ["judge.mode"]]
    assert versions(tmp_path)[1].changes["causes"] == summary["causes"]


def test_backwards_it_says_the_opposite(tmp_path: Path) -> None:
    run(tmp_path, PAGES[:4])
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:6]])
    there, back = diff(tmp_path, "1.0.0", "2.0.0")["documents"], diff(tmp_path, "2.0.0", "1.0.0")["documents"]
    assert (there["added"], there["removed"], there["changed"]) == (back["removed"], back["added"], back["changed"])
    assert set(listed(tmp_path, "2.0.0", "1.0.0").values()) == {("changed", "corpus"), ("removed", "unknown")}
    same = diff(tmp_path, "2.0.0")["documents"]
    assert same == {"old": 6, "new": 6, "added": 0, "changed": 0, "removed": 0, "same": 6}


@pytest.mark.parametrize(
    ("recipe", "other_code", "cause"),
    [
        ("", True, "judge"),
        ('[judge]\nmode = "recall"', True, "recipe_or_judge"),
        ('[card]\ntitle = "T"\n[[filter]]\nwhere = "words > 0"', True, "judge"),
        ('[site."a.example"]\npublisher = "A"', False, "recipe"),
        ('[site."b.example"]\npublisher = "B"', False, "corpus"),
        ('[site."b.example"]\npublisher = "B"', True, "judge"),
    ],
)
def test_recipe_or_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: str, other_code: bool, cause: str
) -> None:
    run(tmp_path, PAGES[:3])
    if other_code:
        monkeypatch.setattr(make, "code_hash", lambda: "0" * 64)
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:3]], Recipe.parse(recipe))
    assert listed(tmp_path, "1.0.0") == {"a.example/0.html": ("changed", cause)}


def test_what_other_documents_change_is_told_as_such(tmp_path: Path) -> None:
    recipe = Recipe.parse('[duplicates]\nsame_text = "mark"')
    twin = Page("z/twin", PAGES[3].text, url="https://z.example/twin")
    run(tmp_path, [PAGES[0], twin], recipe)
    run(tmp_path, [PAGES[0], twin, dataclasses.replace(PAGES[3], file="a/first")], recipe)
    assert listed(tmp_path, "1.0.0")["z/twin"] == ("changed", "corpus")


def test_a_source_that_only_moved(tmp_path: Path) -> None:
    run(tmp_path, PAGES[:3])
    run(tmp_path, [dataclasses.replace(PAGES[0], retrieved_at="2024-05-31"), *PAGES[1:3]])
    assert listed(tmp_path, "1.0.0") == {"a.example/0.html": ("changed", "source")}
    assert diff(tmp_path, "1.0.0")["columns"] == {"retrieved_at": {"filled": 1}}


class Judged(Page):
    """A page of which one line is judged as the test wants it."""

    def lines(self) -> list[dict[str, Any]]:
        rows = super().lines()
        rows[-1].update(self.fields_of_line)
        return rows

    fields_of_line: ClassVar[dict[str, Any]] = {}


def judged(page: Page, **fields: Any) -> Page:
    made = type("Other", (Judged,), {"fields_of_line": fields})
    values = {field.name: getattr(page, field.name) for field in dataclasses.fields(page)}
    verdict = fields.get("verdict", "drop")
    kept = len(page.text.split("\n\n"))
    counts = {"lines_kept": kept + (verdict == "keep"), "lines_dropped": int(verdict == "drop"),
              "lines_metadata": int(verdict == "metadata")}  # fmt: skip
    return made(**{**values, "fields": {**page.fields, **counts}})


def test_lines_by_what_befell_them(tmp_path: Path) -> None:
    related = {"role": "related", "reason": "cue_related"}
    kept = {"verdict": "keep", "role": "body", "reason": "model"}
    run(tmp_path, [judged(PAGES[0], **kept), PAGES[1], judged(PAGES[2], **kept), PAGES[3], PAGES[4], PAGES[5]])
    run(tmp_path, [judged(PAGES[0], **related), judged(PAGES[1], **kept), judged(PAGES[2], **related, score=0.5),
                   judged(PAGES[3], role="login", reason="cue_login"), judged(PAGES[4], reason="in_region"),
                   dataclasses.replace(PAGES[5], dropped=("Share this", "Share this", "Copy the link"))])  # fmt: skip
    lines = diff(tmp_path, "1.0.0")["lines"]
    assert lines == {
        "documents": 6,
        "rejudged": [["keep", "drop", "related", "cue_related", 2], ["drop", "drop", "login", "cue_login", 1],
                     ["drop", "keep", "body", "model", 1]],
        "added": {"drop": 2}, "removed": {}, "rescored": 1,
    }  # fmt: skip
    change_log = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert "- 2 lines newly dropped as `related` (`cue_related` 2)\n" in change_log
    assert "- 1 line newly kept as `body` (`model` 1)\n" in change_log
    assert "- 1 line dropped as before, now as `login` (`cue_login` 1)\n" in change_log
    assert "- 2 lines new (2 dropped)\n" in change_log
    with compare(tmp_path, "1.0.0") as comparison:
        [line] = comparison.lines(PAGES[0].id, 10)
        assert comparison.examples(1)["keep", "drop", "related", "cue_related"] == ["Share this"]
    assert (line["was"], line["verdict"], line["role"], line["text"]) == ("keep", "drop", "related", "Share this")


def test_an_override_is_told_by_its_lines(tmp_path: Path) -> None:
    run(tmp_path, PAGES[:3])
    run(tmp_path, [judged(PAGES[0], verdict="keep", role="body", reason="override"), *PAGES[1:3]])
    assert listed(tmp_path, "1.0.0") == {"a.example/0.html": ("changed", "override")}


def test_columns_filled_changed_and_emptied(tmp_path: Path) -> None:
    def page(number: int, **fields: Any) -> Page:
        return dataclasses.replace(PAGES[number], fields=fields)

    run(tmp_path, [page(0, title="A"), page(1, title="B", tags=[]), page(2)])
    run(tmp_path, [page(0, title="Z"), page(1, tags=["x"]), page(2, title="C")])
    columns = diff(tmp_path, "1.0.0")["columns"]
    assert columns == {"title": {"changed": 1, "emptied": 1, "filled": 1}, "tags": {"filled": 1}}


def test_shards_that_both_have_are_not_read(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:]], SMALL)
    first, second = versions(tmp_path)
    for path in set(first.files_named()) & set(second.files_named()):
        (tmp_path / path).unlink()
    assert diff(tmp_path, "1.0.0")["documents"]["changed"] == 1
    (tmp_path / next(path for path in first.files_named() if path not in second.files_named())).write_bytes(b"damaged")
    with pytest.raises(VerificationError, match="cannot be read"):
        diff(tmp_path, "1.0.0")


def test_the_command(tmp_path: Path) -> None:
    run(tmp_path, PAGES, SMALL)
    run(tmp_path, [other_source(PAGES[0], "<script>alert(1)</script>"), *PAGES[2:], Page("x/new", "New.")], SMALL)
    shown = CliRunner().invoke(app, ["diff", str(tmp_path), "1.0.0", "2.0.0"])
    assert shown.exit_code == 0, shown.output
    for told in ("1.0.0 → 2.0.0", "1 source changed", "1 whose source is gone", "x/new"):
        assert told in shown.output
    values = json.loads(CliRunner().invoke(app, ["diff", str(tmp_path), "1.0.0", "--json"]).output)
    assert values["documents"]["removed"] == 1
    assert sorted(row["change"] for row in values["changes"]) == ["added", "changed", "removed"]
    page = tmp_path.parent / "page.html"
    assert CliRunner().invoke(app, ["diff", str(tmp_path), "1.0.0", "--html", str(page)]).exit_code == 0
    text = page.read_text("utf-8")
    for loaded in ("<script", "src=", "<link", "@import", "url("):
        assert loaded not in text
    assert all(cause.words in text for cause in (CAUSES["changed"]["source"], CAUSES["removed"]["gone"]))
    missing = CliRunner().invoke(app, ["diff", str(tmp_path), "9.0.0"])
    assert missing.exit_code == VersionError.exit_code


def test_every_cause_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "releases.md").read_text("utf-8")
    assert [code for causes in CAUSES.values() for code in causes if f"`{code}`" not in text] == []
