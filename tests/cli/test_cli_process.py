"""The command line as its own process: what it imports, pipes that break, encodings, and the ways to start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

HEAVY = ("polars", "pyarrow", "datasets", "duckdb", "lightgbm", "pandas", "numpy", "bs4", "lxml", "rich")


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def cleaner(args: Sequence[str], **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *args], capture_output=True, env={**os.environ, **env}, check=False
    )


@pytest.mark.parametrize(
    "start",
    [
        "import cleaner",
        "from cleaner.cli import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n    pass",
        "from cleaner.cli import app\ntry:\n    app(['--version'])\nexcept SystemExit:\n    pass",
        "from cleaner.cli import app\ntry:\n    app(['run', '--help'])\nexcept SystemExit:\n    pass",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(start: str) -> None:
    told = python(f"import sys\n{start}\nprint('\\nloaded', *sorted(set(sys.modules) & set({HEAVY!r})))")
    assert told.splitlines()[-1].split() == ["loaded"]


def test_python_m_cleaner_is_the_command() -> None:
    told = cleaner(["--help"])
    assert told.returncode == 0
    assert told.stdout.startswith(b"Usage: cleaner ")


def test_a_pipe_that_closes_early_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        told = subprocess.run(
            [sys.executable, "-m", "cleaner", "roles"], stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert (told.returncode, told.stderr) == (0, b"")


def test_plain_signs_where_the_terminal_is_not_utf8() -> None:
    told = cleaner(["roles"], PYTHONIOENCODING="ascii")
    assert told.returncode == 0
    assert b"navigation" in told.stdout


def test_data_in_a_pipe_is_utf8_whatever_the_terminal_speaks() -> None:
    told = cleaner(["roles", "--format", "json"], PYTHONIOENCODING="ascii")
    assert "©" in told.stdout.decode("utf-8")


def test_a_message_with_odd_letters_is_no_failure(tmp_path: Path) -> None:
    told = cleaner(["clean", str(tmp_path / "brücke.html")], PYTHONIOENCODING="ascii")
    assert told.returncode == 1
    assert told.stderr.startswith(b"error: There is no file ")
    assert b"Traceback" not in told.stderr
