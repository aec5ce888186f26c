"""The command line as a user meets it: commands, streams, exit codes and messages.

What the commands stand on (the run, the cleaning of a page, the release) is replaced by small fakes, so that these
tests are about the wiring alone.
"""

from __future__ import annotations

import json
import sys
import tomllib
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cli_samples as samples
import pytest
from typer.testing import CliRunner, Result

from cleaner import errors
from cleaner.cli import app
from cleaner.recipe import Recipe
from cleaner.records import Document, Source
from cleaner.release.manifest import File, Manifest, write_manifest
from cleaner.report.summary import Progress, RunReport
from cleaner.roles import REASONS, ROLES


def invoke(*args: str, stdin: bytes | None = None, columns: int = 100) -> Result:
    return CliRunner().invoke(app, list(args), input=stdin, env={"COLUMNS": str(columns), "CLEANER_DEBUG": None})


@pytest.fixture
def calls() -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    return []


@pytest.fixture
def fake_run(monkeypatch: pytest.MonkeyPatch, calls: list[Any]) -> Callable[[Any], None]:
    """Let `cleaner run` get this report, or meet this exception."""

    def set_result(result: RunReport | BaseException) -> None:
        def run(*args: Any, **kwargs: Any) -> RunReport:
            calls.append((args, kwargs))
            if kwargs["on_progress"]:
                kwargs["on_progress"](Progress("cleaning", 1, 2, documents=1))
            if isinstance(result, BaseException):
                raise result
            return result

        module = types.ModuleType("cleaner.pipeline")
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "cleaner.pipeline", module)

    return set_result


# --- run -------------------------------------------------------------------------------------------------------------


def test_run_ends_with_a_summary(fake_run: Callable[[Any], None], calls: list[Any]) -> None:
    fake_run(samples.small_report())
    result = invoke("run", "raw", "out/my set", "--workers", "2")
    assert result.exit_code == 0
    assert 'datasets.load_dataset("out/my set")' in result.stdout
    assert "nothing has changed" in result.stdout
    assert "\x1b" not in result.output
    assert result.stderr.startswith("cleaning: 1/2 files, 1 document")
    (args, kwargs) = calls[0]
    assert args == (Path("raw"), Path("out/my set"))
    assert (kwargs["workers"], kwargs["engine"], kwargs["recipe"]) == (2, "local", None)


def test_run_with_rejects_exits_3_and_says_what_they_mean(fake_run: Callable[[Any], None]) -> None:
    report = samples.full_report()
    report.rejects_by_cause = {"not_text": 6}
    fake_run(report)
    result = invoke("run", "raw", "processed")
    assert result.exit_code == 3
    assert "processed/rejects.jsonl" in result.stdout
    assert "not text" in result.stdout


def test_run_quiet_prints_nothing(fake_run: Callable[[Any], None], calls: list[Any]) -> None:
    fake_run(samples.full_report())
    result = invoke("run", "raw", "processed", "--quiet")
    assert (result.exit_code, result.output) == (3, "")
    assert calls[0][1]["on_progress"] is None


def test_run_json_prints_the_report_alone(fake_run: Callable[[Any], None]) -> None:
    report = samples.full_report()
    fake_run(report)
    result = invoke("run", "raw", "processed", "--json")
    assert result.exit_code == 3
    assert json.loads(result.output) == report.as_dict()


def test_run_goes_by_the_recipe(fake_run: Callable[[Any], None], calls: list[Any], tmp_path: Path) -> None:
    fake_run(samples.small_report())
    path = tmp_path / "recipe.toml"
    path.write_text('[judge]\nmode = "recall"\n')
    assert invoke("run", "raw", "processed", "--recipe", str(path)).exit_code == 0
    assert calls[0][1]["recipe"].judge.mode == "recall"


def test_a_misspelt_key_in_the_recipe_is_named_before_anything_runs(
    fake_run: Callable[[Any], None], calls: list[Any], tmp_path: Path
) -> None:
    fake_run(samples.small_report())
    path = tmp_path / "recipe.toml"
    path.write_text("[judge]\nmoed = 'recall'\n")
    result = invoke("run", "raw", "processed", "--recipe", str(path))
    assert result.exit_code == 2
    assert "Did you mean `mode`?" in result.stderr
    assert calls == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InputError("There is nothing in raw."), 1),
        (errors.RefusedError("The folder holds something else."), 5),
        (errors.BusyError("Another run is at work."), 5),
        (errors.VerificationError("A file is not what it was."), 4),
        (errors.StorageError("The disk is full."), 1),
        (errors.AccountingError("Lines do not add up."), 1),
        (PermissionError(13, "Permission denied", "raw/a.html"), 1),
        (MemoryError(), 1),
        (BrokenPipeError(), 1),
        (ValueError("something odd"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_are_one_message_and_an_exit_code(fake_run: Callable[[Any], None], error: Any, code: int) -> None:
    fake_run(error)
    result = invoke("run", "raw", "processed", "--quiet")
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr
    if isinstance(error, errors.CleanerError):
        assert result.stderr == f"error: {error}\n"


def test_an_interrupted_run_says_that_the_work_is_kept(fake_run: Callable[[Any], None]) -> None:
    fake_run(KeyboardInterrupt())
    assert "work done so far is kept; the same command goes on" in invoke("run", "raw", "processed").stderr


def test_an_unexpected_error_says_how_to_report_it(fake_run: Callable[[Any], None]) -> None:
    fake_run(ValueError("something odd"))
    stderr = invoke("run", "raw", "processed").stderr
    assert "ValueError: something odd" in stderr
    assert "CLEANER_DEBUG=1" in stderr


def test_an_error_message_cannot_steer_the_terminal(fake_run: Callable[[Any], None]) -> None:
    fake_run(errors.InputError("no \x1b[2J page"))
    assert invoke("run", "raw", "processed", "-q").stderr == "error: no \\x1b[2J page\n"


def test_with_cleaner_debug_the_traceback_is_there(
    fake_run: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_run(ValueError("something odd"))
    monkeypatch.setenv("CLEANER_DEBUG", "1")
    result = CliRunner().invoke(app, ["run", "raw", "processed"])
    assert result.exit_code == 1
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.splitlines()[-2].startswith("error: ")


@pytest.mark.parametrize(
    "args",
    [["run"], ["run", "raw"], ["run", "raw", "out", "--workers", "0"], ["run", "raw", "out", "--engine", "steam"],
     ["clean"], ["clean", "x", "--format", "xml"], ["explain"], ["nothing"], ["run", "raw", "out", "--no-such-option"]],
)  # fmt: skip
def test_wrong_usage_exits_2(args: list[str]) -> None:
    result = invoke(*args)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


# --- clean and explain -----------------------------------------------------------------------------------------------


@pytest.fixture
def fake_clean(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """Let every page be the sample document; pages that say "broken" cannot be cleaned."""
    import cleaner.lookup

    seen: list[Source] = []

    def clean_many(sources: list[Source], recipe: Recipe) -> Iterator[Document]:
        for source in sources:
            seen.append(source)
            message = {"message": "The page could not be cleaned."}
            broken = Document("", None, [], None, None, "und", [], message, cause="failed")
            yield broken if b"broken" in source.raw else samples.page_document()

    monkeypatch.setattr(cleaner.lookup, "clean_many", clean_many)
    return seen


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("<html><body><p>A page of our own, with a sentence in it.</p></body></html>")
    return path


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "pages.jsonl"
    texts = ["The first page has a sentence.", "This one is broken.", "The third page has a sentence, too."]
    path.write_text("".join(json.dumps({"text": text, "url": f"https://a.example/{n}"}) + "\n"
                            for n, text in enumerate(texts)))  # fmt: skip
    return path


def test_clean_writes_the_text(fake_clean: list[Source], page: Path) -> None:
    result = invoke("clean", str(page), "--url", "https://a.example/x", "--kind", "html")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == samples.page_document().text + "\n"
    assert (fake_clean[0].url, fake_clean[0].kind) == ("https://a.example/x", "html")


def test_clean_reads_standard_input(fake_clean: list[Source]) -> None:
    result = invoke("clean", "-", stdin=b"<p>\xff some page</p>")
    assert result.exit_code == 0
    assert fake_clean[0].data == b"<p>\xff some page</p>"


def test_clean_writes_everything_as_json(fake_clean: list[Source], page: Path) -> None:
    told = json.loads(invoke("clean", str(page), "--format", "json").stdout)
    assert told["title"] == "Council votes for new bridge"
    assert told["text"] == samples.page_document().text
    assert [line["verdict"] for line in told["lines"]] == [line.verdict for line in samples.page_lines()]
    assert set(told["lines"][0]) >= {"text", "role", "verdict", "reason", "score", "start", "end", "evidence"}


def test_clean_writes_every_page_of_a_container(fake_clean: list[Source], records: Path) -> None:
    result = invoke("clean", str(records))
    assert result.exit_code == 1
    assert [row for row in result.stdout.splitlines() if row.startswith("# ===")] == [
        "# === pages.jsonl#0 ===",
        "# === pages.jsonl#2 ===",
    ]
    assert "pages.jsonl#1: The page could not be cleaned." in result.stderr


def test_clean_writes_a_container_as_json_lines(fake_clean: list[Source], records: Path) -> None:
    result = invoke("clean", str(records), "--format", "json")
    assert [json.loads(row)["language"] for row in result.stdout.splitlines()] == ["en", "en"]


def test_one_record_can_be_named(fake_clean: list[Source], records: Path) -> None:
    result = invoke("clean", f"{records}#2")
    assert result.exit_code == 0
    assert [source.record for source in fake_clean] == [2]
    assert "holds no page #7" in invoke("clean", f"{records}#7").stderr


@pytest.mark.parametrize("command", ["clean", "explain"])
def test_a_page_that_cannot_be_cleaned(command: str, fake_clean: list[Source], tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("This page is broken, alas.")
    result = invoke(command, str(path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: The page could not be cleaned.\n"


@pytest.mark.parametrize("command", ["clean", "explain"])
def test_a_missing_file_and_a_folder(command: str, tmp_path: Path) -> None:
    missing = invoke(command, str(tmp_path / "no such page.html"))
    assert missing.exit_code == 1
    assert missing.stderr.startswith("error: There is no file ")
    folder = invoke(command, str(tmp_path))
    assert folder.exit_code == 1
    assert "is a folder" in folder.stderr


def test_explain_shows_the_lines_of_a_file(fake_clean: list[Source], page: Path) -> None:
    result = invoke("explain", str(page), columns=120)
    assert result.exit_code == 0
    assert "skip_link      cue_skip_link      0.99" in result.stdout
    assert "\x1b" not in result.stdout
    only = invoke("explain", str(page), "--only", "metadata", columns=120).stdout
    assert "By Ada Example, City Desk" in only
    assert "Skip to main content" not in only


def test_explain_looks_up_a_document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []

    def document_lines(processed: Path, document_id: str, version: str | None = None) -> Any:
        asked.append((processed, document_id, version))
        return samples.page_fields(), samples.page_lines()

    module = types.ModuleType("cleaner.release.open")
    module.document_lines = document_lines  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cleaner.release.open", module)
    monkeypatch.chdir(tmp_path)
    result = invoke("explain", "0123ABCD", "--in", "there", "--version", "1.0.0")
    assert result.exit_code == 0
    assert asked == [(Path("there"), "0123abcd", "1.0.0")]
    assert "Council votes for new bridge" in result.stdout


# --- versions --------------------------------------------------------------------------------------------------------


def manifest(version: str, parent: str | None, documents: int, **changes: int) -> Manifest:
    files = {"documents": [File("data/0123456789abcdef.parquet", "0" * 64, 2_500_000, documents)], "lines": []}
    counts = {"documents": documents, "words": 300 * documents}
    return Manifest(
        name="A set", version=version, parent=parent, files=files, columns={"documents": [], "lines": []}, recipe={},
        recipe_hash="0" * 64, cleaner="0.1.0", code="0" * 64, model="0" * 64, tools={}, counts=counts,
        changes={"sites": {}, **changes},
    )  # fmt: skip


def test_versions_lists_the_newest_first(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest("1.9.0", None, 1_000, added=1_000, changed=0, removed=0))
    write_manifest(tmp_path, manifest("1.10.0", "1.9.0", 1_012, added=12, changed=0, removed=0))
    result = invoke("versions", str(tmp_path))
    assert result.exit_code == 0
    rows = [row.split() for row in result.stdout.splitlines()]
    assert [rows[1][0], rows[1][3:7]] == ["1.10.0", ["1,012", "0", "12", "added"]]  # between them: day and time
    assert rows[2][0] == "1.9.0"
    assert f'datasets.load_dataset("{tmp_path}")' in result.stdout
    assert f'datasets.load_dataset("{tmp_path}", "v1.9.0")' in result.stdout


def test_versions_of_nothing(tmp_path: Path) -> None:
    result = invoke("versions", str(tmp_path))
    assert result.exit_code == 1
    assert "holds no release" in result.stderr


def test_verify_says_what_is_wrong_and_exits_4(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest("1.0.0", None, 3, added=3, changed=0, removed=0))
    result = invoke("verify", str(tmp_path))
    assert (result.exit_code, result.stdout) == (4, "")
    assert "- " in result.stderr
    assert "data/0123456789abcdef.parquet" in result.stderr
    assert "is not what its manifests say" in result.stderr
    assert invoke("verify", str(tmp_path), "7.0.0").exit_code == 1


# --- roles and recipe ------------------------------------------------------------------------------------------------


def test_roles_names_everything_in_every_format() -> None:
    table, markdown = invoke("roles").stdout, invoke("roles", "--format", "markdown").stdout
    for name in (*ROLES, *REASONS):
        assert f"  {name} " in table
        assert f"| `{name}` |" in markdown
    told = json.loads(invoke("roles", "--format", "json").stdout)
    assert [role["name"] for role in told["roles"]] == list(ROLES)
    assert [reason["code"] for reason in told["reasons"]] == list(REASONS)


def test_markdown_rows_have_four_cells_each() -> None:
    rows = [row for row in invoke("roles", "--format", "markdown").stdout.splitlines() if row]
    assert {row.replace("\\|", "").count("|") for row in rows} == {5}


def test_the_printed_recipe_is_the_default() -> None:
    text = invoke("recipe").stdout
    assert Recipe.parse(text) == Recipe()
    uncommented = "\n".join(row.removeprefix("# ") if " = " in row or row.startswith("# [") else row
                            for row in text.splitlines())  # fmt: skip
    keys = tomllib.loads(uncommented)
    assert set(keys) == set(Recipe().as_dict())
    assert set(keys["read"]) == set(Recipe().as_dict()["read"])
    assert set(keys["site"]["example.org"]) == {"drop", "keep", "publisher"}


def test_a_recipe_is_checked_and_compared(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[judge]\nmode = "recall"\n[card]\nlicense = "CC0-1.0"\n[site."a.example"]\ndrop = ["div.x"]\n')
    result = invoke("recipe", str(path))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [
        '  judge.mode = "recall"  (default: "balanced")',
        '  card.license = "CC0-1.0"  (default: not set)',
        '  site."a.example".drop = ["div.x"]  (default: [])',
    ]
    path.write_text("")
    assert "It is the default." in invoke("recipe", str(path)).stdout
    path.write_text("[judge]\nmode = 'reckless'\n")
    assert invoke("recipe", str(path)).exit_code == 2


def test_version() -> None:
    from cleaner import __version__

    assert invoke("--version").stdout == f"cleaner {__version__}\n"


def test_every_command_has_help() -> None:
    listed = [row.split()[0] for row in invoke("--help").stdout.partition("Commands:")[2].splitlines() if row.strip()]
    assert listed
    for command in listed:
        result = invoke(command, "--help")
        assert result.exit_code == 0
        assert "Usage: " in result.stdout
    assert "..." not in invoke("--help", columns=80).stdout.partition("Commands:")[2]  # each first sentence fits
