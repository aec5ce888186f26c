"""Runs whose cleaning is quick and can misbehave."""

from __future__ import annotations

from engine_tools import pooled_run, run

__all__ = ["pooled_run", "run"]
