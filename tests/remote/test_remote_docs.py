"""docs/remote.md holds: its commands run, and its Python does, against an S3."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from engine_tools import Run, write_pages
from typer.testing import CliRunner

from cleaner.cli import app

PAGE = Path(__file__).parents[2] / "docs" / "remote.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page(run: Run, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_pages(tmp_path / "raw", one="A page.", two="Another page.")
    for path in (tmp_path / "raw").iterdir():
        s3.put_file(str(path), f"shelf/raw/{path.name}")
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    commands = [line for language, block in blocks if language == "sh" for line in block.splitlines()]
    assert len(commands) == 2
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "cleaner"
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
        assert result.exit_code == 0, result.output
        assert "1.0.0" in result.stdout
    [code] = [block for language, block in blocks if language == "python"]
    names: dict[str, Any] = {}
    exec(compile(code, PAGE.name, "exec"), names)
    assert names["report"].released is False
    assert 'cleaner.load("s3://shelf/corpus")' in result.stdout
    s3.invalidate_cache()
    assert s3.exists("shelf/work/ledger.sqlite")
    assert len(s3.ls("shelf/corpus/versions")) == 1


@pytest.mark.parametrize("command", ["versions", "verify", "withdraw", "diff", "publish", "card"])
def test_commands_that_want_a_folder_say_what_to_do(command: str) -> None:
    more = {"withdraw": ["0123456789abcdef", "--yes"], "diff": ["1.0.0", "2.0.0"], "publish": ["copy"]}.get(command, [])
    result = CliRunner().invoke(app, [command, "s3://shelf/corpus", *more])
    assert result.exit_code == 1
    assert "s3://shelf/corpus is a URL" in result.stderr
    assert "Copy the dataset" in result.stderr
