"""The sample corpus in raw/ comes out right: what its labels want kept is kept, what they want dropped is dropped.

One JSON file of labels a page in `labels/`. A page is added by adding a file; no Python is needed:

    source      path of the raw file, relative to raw/; `record` is the record's number in a JSONL file, else null
    title, authors, published, language     what the document must say (`published`: as far as the label goes)
    keep        passages that must stand in the text
    drop        lines that must not stand in the text; of 25 characters and more, not even inside a line
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import cleaner

ROOT = Path(__file__).parents[2]
LABELS = sorted((Path(__file__).parent / "labels").glob("*.json"))
LONG = 25
KNOWN_FAILURES: set[tuple[str, str]] = set()
"""What does not come out right yet, by test and page. Strict: what is mended has to be taken off the list."""


def _flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def documents() -> dict[str, cleaner.Document]:
    """Every labelled page cleaned in one go, by the name of its label file."""
    sources = [_source(json.loads(path.read_text("utf-8"))) for path in LABELS]
    return dict(zip([path.stem for path in LABELS], cleaner.clean_many(sources), strict=True))


@pytest.fixture(autouse=True)
def _known_failures(request: pytest.FixtureRequest) -> None:
    path = getattr(request.node, "callspec", None) and request.node.callspec.params.get("path")
    if path and (request.node.originalname, path.stem) in KNOWN_FAILURES:
        request.applymarker(pytest.mark.xfail(strict=True, reason="not right yet"))


def _source(label: dict[str, Any]) -> cleaner.Source:
    data = (ROOT / "raw" / label["source"]).read_bytes()
    if label["source"].endswith(".gz"):
        data = gzip.decompress(data)
    if label["record"] is None:
        return cleaner.Source(data, path=label["source"].removesuffix(".gz"))
    record = json.loads(data.splitlines()[label["record"]])
    kind = "html" if "html" in record else "text"
    declared = {"title": record["title"], "authors": [record["author"]], "published": record["date"]}
    return cleaner.Source(record[kind], url=record["url"], kind=kind, path=label["source"], declared=declared)


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
class TestSample:
    def test_keeps(self, path: Path, documents: dict[str, cleaner.Document]) -> None:
        text = _flat(documents[path.stem].text)
        lost = [passage for passage in json.loads(path.read_text("utf-8"))["keep"] if _flat(passage) not in text]
        assert lost == []

    def test_drops(self, path: Path, documents: dict[str, cleaner.Document]) -> None:
        lines = [_flat(line) for line in documents[path.stem].text.split("\n")]
        left = [
            passage
            for passage in map(_flat, json.loads(path.read_text("utf-8"))["drop"])
            if passage in lines or (len(passage) >= LONG and any(passage in line for line in lines))
        ]
        assert left == []

    def test_metadata(self, path: Path, documents: dict[str, cleaner.Document]) -> None:
        label, document = json.loads(path.read_text("utf-8")), documents[path.stem]
        found = {
            "title": document.title,
            "authors": document.authors,
            "published": (document.published or "")[: len(label["published"])],
            "language": document.language,
        }
        assert found == {key: label[key] for key in found}


def test_every_sample_page_is_labelled() -> None:
    """Left out: the sidecar and the exact duplicate."""
    labelled = {json.loads(path.read_text("utf-8"))["source"] for path in LABELS}
    unlabelled = {p.relative_to(ROOT / "raw").as_posix() for p in (ROOT / "raw").rglob("*") if p.is_file()} - labelled
    assert unlabelled == {
        "merrowbay-courier.example/storm-barrier-cost_copy.txt",
        "merrowbay-courier.example/transport/ferry-timetable-vote.html.json",
    }
