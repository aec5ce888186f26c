"""Runs whose cleaning is quick and can misbehave."""

from __future__ import annotations

import sys

import pytest
from engine_tools import PLUGIN, InlinePool, Run

sys.path.insert(0, str(PLUGIN))

import fake_cleaning

from cleaner import cleaning, pipeline
from cleaner.engine import stage


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` as a plain loop, with the quick cleaning."""
    monkeypatch.setattr(stage, "Pool", InlinePool)
    monkeypatch.setattr(cleaning, "clean_batch", fake_cleaning.clean_batch)
    return pipeline.run


@pytest.fixture
def pooled_run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` with its real worker processes, and the quick cleaning in them."""
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    return pipeline.run
