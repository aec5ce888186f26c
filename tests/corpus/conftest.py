"""Lets these tests use the hand-written part files of the tests of releases."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "release"))
