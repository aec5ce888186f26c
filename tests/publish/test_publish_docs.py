"""docs/publishing.md holds: its commands run, and its Python does, against the places that it names."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from hub_stand_in import Hub
from typer.testing import CliRunner

from cleaner.cli import app

PAGE = Path(__file__).parents[2] / "docs" / "publishing.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page(
    hub: Hub, s3: str, datasets_made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(datasets_made["1.1.0"], tmp_path / "processed")
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    commands = [line for language, block in blocks if language == "sh" for line in block.splitlines()]
    assert len(commands) == 5
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "cleaner"
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
        assert result.exit_code == 0, result.output
        assert "version 1.1.0 to " in result.stdout
        assert result.stderr.startswith("comparing\nverifying\n")
    codes = [block for language, block in blocks if language == "python"]
    assert len(codes) == 2
    for code in codes:
        names: dict[str, object] = {}
        exec(compile(code, PAGE.name, "exec"), names)
        first = names.get("first") or names["documents"]
        assert first.num_rows == 6  # type: ignore[attr-defined]
