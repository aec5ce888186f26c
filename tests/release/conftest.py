"""Keeps `datasets` away from the network and from the caches of whoever runs the tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_HOME = tempfile.TemporaryDirectory(prefix="cleaner-tests-")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = _HOME.name
os.environ["HF_DATASETS_CACHE"] = os.path.join(_HOME.name, "datasets")
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """`datasets` reads its settings when it is first imported, which another test may have done already."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", f"{tmp_path}/.datasets-cache")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True, raising=False)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions, to be read only: the first, one with an addition, one with an edit."""
    from release_corpus import Page, run
    from test_release_versions import PAGES, edited

    processed = tmp_path_factory.mktemp("dataset")
    run(processed, PAGES)
    run(processed, [*PAGES, Page("new/page", "New.")])
    run(processed, [edited(PAGES[0]), *PAGES[1:], Page("new/page", "New."), Page("broken|`name`", cause="empty")])
    return processed
