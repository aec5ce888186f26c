"""Loading what was published, in processes of their own: with an empty cache, with one that knows an older version, and
without a connection. `datasets` has given other data than was asked for in each of these, for other layouts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hub_stand_in import Hub
from publish_tools import TEXTS, make_places, texts_until

import cleaner

LOAD = """
import json, sys
import cleaner, datasets

def told(load):
    try:
        return sorted(load()["text"])
    except cleaner_errors as e:
        return f"{type(e).__name__}: {e}"

from cleaner.errors import CleanerError as cleaner_errors
found = {}
for kind, target, versions in json.loads(sys.argv[1]):
    for version in versions:
        found[f"{kind} {version}"] = told(lambda: cleaner.load(target, version))
        if kind == "folder":
            name = version and "v" + version
            found[f"{kind} {version} by config"] = told(lambda: datasets.load_dataset(target, name, split="train"))
        if kind == "hub" and not datasets.config.HF_HUB_OFFLINE:
            name = target.removeprefix("hf://")
            tag = version and "v" + version
            found[f"{kind} {version} by config"] = told(lambda: datasets.load_dataset(name, tag, split="train"))
            found[f"{kind} {version} by tag"] = told(lambda: datasets.load_dataset(name, revision=tag, split="train"))
print(json.dumps(found))
"""


def start(asked: list[Any], home: Path, **extra: str) -> subprocess.Popen[str]:
    """A process that loads [kind, target, versions] with the caches in `home`."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("HF_", "CLEANER_"))},
        "PYTHONPATH": str(Path(cleaner.__file__).parents[1]),
        "HF_HOME": str(home), "HF_TOKEN": os.environ["HF_TOKEN"], "HF_ENDPOINT": os.environ["STAND_IN"],
        "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        **extra,
    }  # fmt: skip
    command = [sys.executable, "-c", LOAD, json.dumps(asked)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate()
    assert process.returncode == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_every_version_from_every_place(
    hub: Hub, s3: str, datasets_made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", hub.url)
    places = {kind: place for kind, place in make_places(tmp_path / "places", hub).items() if kind != "memory"}
    for place in places.values():
        place.publish(datasets_made["1.0.0"])
    first = end(start([[kind, place.target, [None]] for kind, place in places.items()], tmp_path / "stale"))
    assert len(first) == 7
    assert {text for texts in first.values() for text in texts} == TEXTS["1.0.0"]

    for place in places.values():
        place.publish(datasets_made["2.0.0"])
    texts_now = texts_until("2.0.0")
    wanted = {None: TEXTS["2.0.0"], "1.0.0": texts_now["1.0.0"], "1.1.0": texts_now["1.1.0"]}
    asked = [[kind, place.target, list(wanted)] for kind, place in places.items()]
    processes = [start(asked, tmp_path / "stale"), start(asked, tmp_path / "fresh")]
    for found in map(end, processes):
        assert len(found) == 7 * len(wanted)
        for name, texts in found.items():
            version = name.split()[1]
            assert set(texts) == wanted[None if version == "None" else version], name

    asked = [["hub", places["hub"].target, [*wanted, "9.0.0"]]]
    found = end(start(asked, tmp_path / "fresh", HF_HUB_OFFLINE="1"))
    assert found["hub None"].startswith("TargetError: HF_HUB_OFFLINE is set, so nobody can tell")
    assert found["hub 9.0.0"].startswith("TargetError: HF_HUB_OFFLINE is set, and v9.0.0 of hf://harbour/corpus was")
    assert set(found["hub 1.0.0"]) == wanted["1.0.0"]
    assert set(found["hub 1.1.0"]) == wanted["1.1.0"]
