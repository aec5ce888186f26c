"""What a run refuses before it writes anything, and what it says of a disk that is full."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_files import CASES, SENTENCE, page
from test_bad_input import PACKAGE, cli, outcome_of


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one good page."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "good.html").write_text(page("refusals"))
    return folder


def message_of(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The message of a run that ended with `code`."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    return done.stderr


def _nothing(raw: Path) -> None:
    (raw / "good.html").unlink()


def _only_assets(raw: Path) -> None:
    _nothing(raw)
    (raw / "style.css").write_text("body { margin: 0 }")
    (raw / ".hidden").write_text("x")


@pytest.mark.parametrize("make", [_nothing, _only_assets])
def test_a_folder_with_nothing_readable(make: Callable[[Path], None], raw: Path) -> None:
    make(raw)
    processed = raw.parent / "processed"
    assert str(raw) in message_of(cli("run", raw, processed), 1)
    assert list(processed.glob("versions/*")) == []


def test_a_folder_of_rejects_alone(raw: Path) -> None:
    """Nothing is published, but what was wrong with each source can be read."""
    _nothing(raw)
    CASES["image_named_txt"](raw)
    processed = raw.parent / "processed"
    assert "rejects.jsonl" in message_of(cli("run", raw, processed), 1)
    assert '"not_text"' in (processed / "rejects.jsonl").read_text("utf-8")
    assert list(processed.glob("versions/*")) == []


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "nowhere" in message_of(cli("run", tmp_path / "nowhere", tmp_path / "processed"), 1)
    assert not (tmp_path / "processed").exists()


def test_an_output_folder_that_holds_something_else(raw: Path) -> None:
    processed = raw.parent / "processed"
    processed.mkdir()
    (processed / "thesis.docx").write_text("ten years of work")
    assert "thesis.docx" in message_of(cli("run", raw, processed), 5)
    assert [path.name for path in processed.iterdir()] == ["thesis.docx"]
    assert (processed / "thesis.docx").read_text() == "ten years of work"


def test_a_misspelt_recipe_key(raw: Path) -> None:
    recipe = raw.parent / "recipe.toml"
    recipe.write_text("[duplicates]\nsame_txet = 'drop'\n")
    message = message_of(cli("run", raw, raw.parent / "processed", "--recipe", recipe), 2)
    assert "duplicates.same_txet" in message
    assert "same_text" in message
    assert not (raw.parent / "processed").exists()


LIMITED = """
import resource, signal, sys
from cleaner.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails as on a full disk, with an OSError
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.argv = ["cleaner", "run", {raw!r}, {processed!r}, "--workers", "1"]
main()
"""


@pytest.mark.parametrize("limit", [4_096, 100_000])
def test_a_full_disk(limit: int, raw: Path) -> None:
    """No file may grow beyond `limit` bytes: the run says so and ends; with room again, the next one releases."""
    for n in range(40):
        noise = random.Random(n).randbytes(4_000).hex()
        (raw / f"page{n}.txt").write_text(f"Page {n}. {SENTENCE}\n\n{noise}\n")
    processed = raw.parent / "processed"
    program = LIMITED.format(limit=limit, raw=str(raw), processed=str(processed))
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120)
    message = message_of(done, 1)
    assert str(processed) in message
    assert "did not expect" not in message
    assert list(processed.glob("versions/*.json")) == []
    assert outcome_of(raw, processed).report["documents"] == 41
