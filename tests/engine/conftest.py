"""Runs whose cleaning is quick and can misbehave."""

from __future__ import annotations

import pytest
from engine_tools import PLUGIN, Run, inline_run

from cleaner import pipeline


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` as a plain loop, with the quick cleaning."""
    return inline_run(monkeypatch)


@pytest.fixture
def pooled_run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` with its real worker processes, and the quick cleaning in them."""
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    return pipeline.run
