"""An S3 on this machine, whole file systems in memory, and waiting that takes no time."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

sys.path.append(str(Path(__file__).parents[1] / "engine"))

from engine_tools import pooled_run, run

from cleaner.remote import places

__all__ = ["pooled_run", "run"]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "WAIT", 0.0)


@pytest.fixture(autouse=True)
def _caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a run over URLs keeps on this machine, it keeps here. `datasets` may have been told to stay offline, which
    keeps it from the stores of this process, too."""
    import datasets

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "datasets"))


@pytest.fixture
def memory() -> Iterator[Any]:
    """The file system of memory://, empty."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]
    yield fs
    fs.store.clear()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Where an S3 listens."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The file system of an S3 with an empty bucket `shelf`."""
    import s3fs

    for name, value in {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": s3_endpoint,
                        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    fs = s3fs.S3FileSystem()
    fs.invalidate_cache()
    if fs.exists("shelf"):
        fs.rm("shelf", recursive=True)
    fs.mkdir("shelf")
    yield fs
    fs.invalidate_cache()
