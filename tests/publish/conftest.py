"""Places to publish to, as servers on this machine, and datasets to publish; clients' caches are fresh each time."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_stand_in import WRITER, Hub
from publish_tools import DATASETS, Place, make_places

os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "verifies: the dataset is verified before it is published, as it always is")


@pytest.fixture(scope="session")
def hub_server() -> Iterator[Hub]:
    server = Hub()
    yield server
    server.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Where an S3 listens."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def datasets_made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One dataset at the moments of its life that `DATASETS` names; nobody may write to these folders."""
    root = tmp_path_factory.mktemp("published")
    made: dict[str, Path] = {}
    before: Path | None = None
    for name, make in DATASETS.items():
        folder = root / name / "corpus"
        if before is not None:
            shutil.copytree(before, folder)
        make(folder)
        made[name] = before = folder
    return made


@pytest.fixture(autouse=True)
def _verified(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The datasets made here are sound and published many times over; only tests marked `verifies` look again."""
    if request.module.__name__.startswith("test_publish") and not request.node.get_closest_marker("verifies"):
        monkeypatch.setattr("cleaner.publish.publish._check_whole", lambda processed: None)


@pytest.fixture
def hub(hub_server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty Hub that the clients of this process know as theirs, with a token that may write.

    The clients read their settings when they are imported, which another test may have done already.
    """
    import datasets
    from huggingface_hub import constants

    settings = {
        "ENDPOINT": hub_server.url,
        "HUGGINGFACE_CO_URL_TEMPLATE": hub_server.url + "/{repo_id}/resolve/{revision}/{filename}",
        "HF_HUB_OFFLINE": False,
        "HF_HUB_DISABLE_XET": True,
        "HF_HUB_DISABLE_TELEMETRY": True,
        "HF_HUB_CACHE": str(tmp_path / "hub-cache"),
    }
    for name, value in settings.items():
        monkeypatch.setattr(constants, name, value)
    monkeypatch.setattr(datasets.config, "HF_ENDPOINT", hub_server.url)
    resolve = hub_server.url + "/datasets/{repo_id}/resolve/{revision}/{path}"
    monkeypatch.setattr(datasets.config, "HUB_DATASETS_URL", resolve)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(datasets.config, "HF_UPDATE_DOWNLOAD_COUNTS", False, raising=False)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "datasets-cache"))
    monkeypatch.setattr(datasets.config, "DOWNLOADED_DATASETS_PATH", str(tmp_path / "datasets-cache" / "downloads"))
    monkeypatch.setenv("HF_TOKEN", WRITER)
    hub_server.repos.clear()
    hub_server.requests.clear()
    yield hub_server
    hub_server.before = lambda request: None


@pytest.fixture
def s3(s3_server: str, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 with an empty bucket `shelf`. Without the settings of `hub`, `datasets` may be set to stay offline."""
    import s3fs

    for name, value in {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": s3_server,
                        "AWS_DEFAULT_REGION": "us-east-1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    fs = s3fs.S3FileSystem()
    if fs.exists("shelf"):
        fs.rm("shelf", recursive=True)
    fs.mkdir("shelf")
    yield "s3://shelf"
    fs.invalidate_cache()


@pytest.fixture(params=["folder", "zip", "memory", "s3", "hub"])
def place(request: pytest.FixtureRequest, tmp_path: Path, hub: Hub) -> Place:
    """A place to publish to, empty."""
    if request.param == "s3":
        request.getfixturevalue("s3")
    return make_places(tmp_path / "places", hub)[request.param]


@pytest.fixture(params=["folder", "zip", "memory", "hub"])
def quick_place(request: pytest.FixtureRequest, tmp_path: Path, hub: Hub) -> Place:
    """As `place`, without the slowest of the servers, whose code is that for memory."""
    return make_places(tmp_path / "places", hub)[request.param]
