"""Running commands as the documentation gives them, in a folder prepared for it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import cleaner


def environment(folder: Path) -> dict[str, str]:
    """The environment of a reader who has installed cleaner, with `folder`/bin on the path."""
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(cleaner.__file__).parents[1]),
        "PYTHONIOENCODING": "utf-8",
        "HF_HOME": str(folder / "huggingface"),
        "HF_HUB_OFFLINE": "1",
    }


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in `folder`."""
    arguments = ["bash", "-c", command]
    return subprocess.run(
        arguments, cwd=folder, env=environment(folder), capture_output=True, text=True, encoding="utf-8"
    )
