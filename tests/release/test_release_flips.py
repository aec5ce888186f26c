"""Whatever byte of a release is changed, `verify` finds it and names the file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from release_corpus import Page, run
from test_release_versions import PAGES, edited

from cleaner.recipe import Recipe
from cleaner.release.inventory import files_of
from cleaner.release.verify import verify

FLIPS = 200
CARD = Recipe.parse('[card]\ntitle = "Harbour pages"\nlicense = "CC-BY-4.0"\ncontact = "ada@example.org"\n')


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("flips")
    run(processed, PAGES[:6], CARD)
    left_out = [Page("broken", cause="empty"), Page("copy", PAGES[1].text)]
    run(processed, [edited(PAGES[0]), *PAGES[1:6], *left_out], CARD)
    assert verify(processed).problems == []
    return processed


def test_every_file_of_the_dataset_is_there_to_be_flipped(dataset: Path) -> None:
    paths = {file.path for file in files_of(dataset)}
    assert {"README.md", "SHA256SUMS", "CHANGELOG.md", "croissant.json", "CITATION.cff", "LICENSE", "rejects.jsonl",
            "left_out.jsonl", "versions/1.0.0.json", "versions/2.0.0.json"} <= paths  # fmt: skip
    assert {path.split("/")[0] for path in paths if "/" in path} == {"data", "lines", "versions", "pictures"}


def test_two_hundred_flipped_bytes(dataset: Path) -> None:
    """Seeded; each file gets its share whatever its size, so that small ones are flipped, too."""
    chance = random.Random(20240531)
    files = [file for file in files_of(dataset) if file.bytes]
    missed = []
    for number in range(FLIPS):
        file = files[number % len(files)]
        path = dataset / file.path
        whole = path.read_bytes()
        data = bytearray(whole)
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        report = verify(dataset)
        path.write_bytes(whole)
        if report.exit_code != 4 or not any(file.path in problem for problem in report.problems):
            missed.append((file.path, place, report.problems))
    assert missed == []
    assert verify(dataset).problems == []
