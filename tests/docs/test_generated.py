"""Generated parts of the documentation are what the code generates now. To mend: `python docs/generate.py`."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cleaner.release.manifest import read_manifests

ROOT = Path(__file__).parents[2]
MACHINE = re.compile(
    r"\b[01]\.\d\d\b"  # scores: the last digit of a float may differ from one platform to the next
    r"|^\| size of the files .*|^By `cleaner` .*|^Made with .*|^`versions/.*"  # the tools' versions
    r"|(?<=Detected by ).*?(?= from)",
    re.MULTILINE,
)


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    return module


generate = _load()


def _comparable(text: str) -> str:
    """Without what another platform or another version of a dependency may change."""
    return MACHINE.sub("...", text)


@pytest.mark.parametrize("page", generate.PAGES)
def test_generated_parts_are_fresh(page: str, workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that the card is measured from is the workshop's; its release is as fresh as another."""
    monkeypatch.setattr(generate, "sample_manifest", lambda: read_manifests(workshop / "processed")[0])
    assert _comparable((ROOT / page).read_text("utf-8")) == _comparable(generate.fresh(page))


def test_every_generator_is_used() -> None:
    used = {match[2] for page in generate.PAGES for match in generate.FENCE.finditer((ROOT / page).read_text("utf-8"))}
    assert used == set(generate.GENERATORS)


def test_a_stale_part_is_noticed() -> None:
    text = (ROOT / "docs" / "roles.md").read_text("utf-8")
    assert generate.FENCE.search(text.replace("`body`", "`bodies`"))[0] not in generate.fresh("docs/roles.md")
