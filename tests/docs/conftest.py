"""The folder in which commands and examples of the documentation run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from docs_tools import shell

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample corpus, a release made from it, a recipe, and a `cleaner` on the path."""
    folder = tmp_path_factory.mktemp("workshop")
    shutil.copytree(ROOT / "raw", folder / "raw")
    command = folder / "bin" / "cleaner"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cleaner "$@"\n')
    command.chmod(0o755)
    assert shell("cleaner run raw processed --quiet", folder).returncode == 0
    assert shell("cleaner recipe > recipe.toml", folder).returncode == 0
    return folder
