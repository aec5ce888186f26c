"""`verify` with raw files makes a version again, and tells in what it differs."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner

import cleaner
from cleaner.cli import app
from cleaner.release.open import load
from cleaner.release.verify import verify

PAGE = """<html><head><title>{title}</title><link rel="canonical" href="https://a.example/{name}"></head>
<body><nav><a href="/">Home</a></nav><main><h1>{title}</h1>
<p>The ferry leaves at seven, {name} or not, and comes back before dark.</p>
<p>{text} The harbour master keeps a list of who went, and a lamp for those who are late.</p></main></body></html>
"""


def write_page(raw: Path, name: str, text: str) -> None:
    (raw / "a.example").mkdir(parents=True, exist_ok=True)
    page = PAGE.format(title=f"About {name}", name=name, text=text)
    (raw / "a.example" / f"{name}.html").write_text(page, "utf-8")


def test_made_again_from_raw(tmp_path: Path) -> None:
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    for name in ("lamp", "list", "ferry"):
        write_page(raw, name, f"This is of the {name}.")
    cleaner.run(raw, processed, workers=1)
    first = Path(shutil.copytree(raw, tmp_path / "first"))
    write_page(raw, "storm", "A storm came up in the afternoon.")
    write_page(raw, "lamp", "The lamp has gone out.")
    cleaner.run(raw, processed, workers=1, recipe=cleaner.Recipe.parse('[card]\ntitle = "Ferries"'))
    before = {path: path.stat().st_mtime_ns for path in processed.rglob("*")}

    for version, source in ((None, raw), ("1.0.0", first)):
        report = verify(processed, version, rebuild=source)
        assert report.problems == []
        assert report.rebuilt == (version or "2.0.0")
    assert {path: path.stat().st_mtime_ns for path in processed.rglob("*")} == before

    write_page(raw, "list", "Nobody is on the list any more.")
    (raw / "a.example" / "ferry.html").unlink()
    shown = CliRunner().invoke(app, ["verify", str(processed), "--rebuild", str(raw)])
    assert shown.exit_code == 4
    assert "documents differ (1 changed, 1 missing)" in shown.output
    ids = {row["title"]: row["id"] for row in load(processed)}
    assert all(ids[f"About {name}"] in shown.output for name in ("list", "ferry"))
    assert "does not belong" not in shown.output


def test_a_version_of_which_nothing_is_new(tmp_path: Path) -> None:
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    write_page(raw, "lamp", "One.")
    cleaner.run(raw, processed, workers=1)
    write_page(raw, "list", "Two.")
    cleaner.run(raw, processed, workers=1)
    (raw / "a.example" / "list.html").unlink()
    [problem] = verify(processed, rebuild=raw).problems
    assert problem == f"Version 1.1.0 cannot be made again: {raw} gives what 1.0.0 holds already."
