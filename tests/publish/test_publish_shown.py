"""What `cleaner publish` prints."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.publish.publish import Sending
from cleaner.report.publishing import load_words, sending_shown, size_text


def invoke(*args: str) -> tuple[list[str], str]:
    result = CliRunner().invoke(app, ["publish", *args], env={"COLUMNS": "60"})
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines(), result.stderr


def test_what_is_printed(datasets_made: dict[str, Path], tmp_path: Path) -> None:
    first, second, target = str(datasets_made["1.0.0"]), str(datasets_made["2.0.0"]), str(tmp_path / "copy")
    listed, _ = invoke(first, target, "--dry-run")
    assert listed[0].startswith("+ ") and listed[0].split()[-1].startswith("data/")
    assert listed[-2].endswith("  README.md")
    assert listed[-1].startswith(f"Would publish version 1.0.0 to {target}: {len(listed) - 1} files, ")
    said, log = invoke(first, target)
    assert said[0] == listed[-1].replace("Would publish", "Published")
    assert said[1] == f'Load it:  datasets.load_dataset("{target}", "v1.0.0")'
    assert log == f"comparing\nverifying\npublishing: {said[0].split(': ')[1].rstrip('.')}\n"
    said, _ = invoke(first, target, "--quiet")
    assert said[0] == f"Nothing to do: {target} holds version 1.0.0 and all before it, byte for byte."
    listed, _ = invoke(second, target, "--dry-run")
    deleted = [line for line in listed if line.startswith("- ")]
    assert len(deleted) == 2
    assert listed[-2].startswith("Would publish version 2.0.0") and "2 deleted" in listed[-2]
    assert listed[-1] == "In line with withdrawals from v1.0.0."
    assert invoke(second, target, "--quiet")[0][1] == listed[-1]


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (15_449, "15.4 kB"), (999_949, "999.9 kB"),
     (999_950, "1.0 MB"), (2_100_000_000, "2.1 GB"), (7 * 10**15, "7,000.0 TB")],
)  # fmt: skip
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("hf://datasets/a/b", 'datasets.load_dataset("a/b", "v1.0.0", revision="v1.0.0")'),
        ("copy", 'datasets.load_dataset("copy", "v1.0.0")'),
        ("file:///x/copy", 'datasets.load_dataset("/x/copy", "v1.0.0")'),
        ("copy.zip", 'cleaner.load("copy.zip", "1.0.0")'),
        ("s3://a/b", 'cleaner.load("s3://a/b", "1.0.0")'),
    ],
)
def test_how_to_load_it(target: str, words: str) -> None:
    assert load_words(target, "1.0.0") == words


def test_on_a_terminal_a_bar_is_drawn() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with sending_shown(console) as on_sending:
        on_sending(Sending("[comparing]"))
        on_sending(Sending("publishing", 1, 2, 500, 1000))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "publishing" in shown
    assert "1/2 files" in shown
