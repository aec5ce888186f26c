"""Publishing a dataset through its life, to every kind of place: all versions load, nothing is sent twice, and a
withdrawal reaches what was published before."""

from __future__ import annotations

from pathlib import Path

from publish_tools import SECRET, TEXTS, Place, published, texts_until

from cleaner.release.open import load
from cleaner.release.verify import verify


def test_through_its_life(place: Place, datasets_made: dict[str, Path]) -> None:
    """First 1.0.0, then 1.1.0, then a withdrawal."""
    for newest, new in (("1.0.0", ["1.0.0"]), ("1.1.0", ["1.1.0"]), ("2.0.0", ["2.0.0"])):
        processed = datasets_made[newest]
        wanted = published(processed)
        before = place.files()
        report = place.publish(processed)
        assert (report.version, report.new) == (newest, new)
        assert place.files() == wanted
        assert {file.path for file in report.sent} == {path for path in wanted if wanted[path] != before.get(path)}
        assert report.deleted == sorted(set(before) - set(wanted))
        assert place.texts() == TEXTS[newest]
        assert place.publish(processed).nothing
        assert place.read() == texts_until(newest)
    if place.kind == "folder":
        assert verify(place.target).problems == []
    assert report.amended == ["1.0.0", "1.1.0"]
    assert place.texts("1.0.0") == TEXTS["1.0.0"] - {SECRET}


def test_lines_and_streaming(place: Place, datasets_made: dict[str, Path]) -> None:
    place.publish(datasets_made["1.1.0"])
    assert load(place.target, lines=True).num_rows == 14
    assert load(place.target, "v1.0.0", lines=True).num_rows == 12
    rows = load(place.target, "1.0.0", streaming=True)
    assert {row["text"] for row in rows} == TEXTS["1.0.0"]
    assert load(place.target).features == load(datasets_made["1.1.0"]).features
