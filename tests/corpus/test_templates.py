"""Lines that recur on a site: of our own sites, which sentences go with the second pass and which stay."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

import cleaner
from cleaner.recipe import Duplicates, Recipe

SITES = Path(__file__).parent / "sites"
EVIDENCE = re.compile(r"on \d+ of \d+ pages of this site(, in the (first|last) \d+ lines)?")
NAMES = sorted(path.name for path in SITES.iterdir())
Lines = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """The lines of each page after a run over all sites together, by path."""
    folder = tmp_path_factory.mktemp("sites")
    shutil.copytree(SITES, folder / "raw", ignore=shutil.ignore_patterns("expected.json"))
    cleaner.run(folder / "raw", folder / "out", recipe=Recipe(duplicates=Duplicates(same_text="mark")))
    paths = {row["id"]: row["source_path"] for row in _rows(folder / "out" / "data", ["id", "source_path"])}
    of_page: Lines = {path: [] for path in paths.values()}
    for row in _rows(folder / "out" / "lines", ["document_id", "line", "text", "verdict", "reason", "evidence"]):
        of_page[paths[row["document_id"]]].append(row)
    return of_page


def _rows(folder: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    yield from ds.dataset(folder).to_table(columns=columns).to_pylist()


@pytest.mark.parametrize("site", NAMES)
def test_what_the_site_repeats_goes_and_what_belongs_to_a_page_stays(site: str, lines: Lines) -> None:
    expected = json.loads((SITES / site / "expected.json").read_text("utf-8"))
    for page, wanted in expected.items():
        found = {line["text"]: line for line in lines[f"{site}/{page}"]}
        for text in wanted["gone"]:
            assert (found[text]["verdict"], found[text]["reason"]) == ("drop", "template"), (page, text)
            assert EVIDENCE.fullmatch(found[text]["evidence"]), (page, text)
        for text in wanted["stays"]:
            assert found[text]["verdict"] == "keep", (page, text, found[text])
