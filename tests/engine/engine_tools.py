"""What the engine's tests share: raw folders, the bytes of a release."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).parent / "plugin"
"""Goes on the path of worker processes: see plugin/sitecustomize.py."""

LONG_AGO = 1_600_000_000


def write_pages(raw: Path, **texts: str) -> None:
    """Text files named by keyword, "_" for "/", written long ago."""
    for name, text in texts.items():
        path = raw / (name.replace("_", "/") + ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (LONG_AGO, LONG_AGO))


def write_records(path: Path, records: list[dict[str, Any]]) -> None:
    """A JSON Lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a release by name, the state folder excepted."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and ".cleaner" not in p.parts)
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}
