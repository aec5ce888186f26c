"""The commands together, on real pages: run, look at what came out, and check it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
from typer.testing import CliRunner

from cleaner.cli import app

PAGE = """<html lang="en"><head><title>The ferry returns to the bay</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>The ferry returns to the bay</h1>
<p>After two winters in the dry dock the old ferry came back to the bay on Sunday, and half the town stood on the
pier to see whether she would make it past the sandbank without help.</p>
<p>She did, with a hand's breadth of water under the keel, and the harbour master, who had bet against her, paid for
the coffee of everyone who had been there at six in the morning.</p></article>
<footer>Copyright 2021 The Bay Post. All rights reserved.</footer></body></html>"""


def invoke(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(args), env={"COLUMNS": "100"})
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout


def test_from_raw_pages_to_a_verified_dataset(tmp_path: Path) -> None:
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    (raw / "bay.example").mkdir(parents=True)
    page = raw / "bay.example" / "ferry.html"
    page.write_text(PAGE)
    (raw / "bay.example" / "empty.html").write_text("")

    code, told = invoke("run", str(raw), str(processed), "--workers", "1", "--json")
    report = json.loads(told)
    assert code == report["exit_code"] == 3
    assert (report["documents"], report["rejects_by_cause"]) == (1, {"empty": 1})
    assert invoke("run", str(raw), str(processed), "--workers", "1")[1].count("nothing has changed") == 1

    code, text = invoke("clean", str(page))
    assert code == 0
    assert "half the town stood on the pier" in text
    assert "rights reserved" not in text

    shard = next((processed / "data").glob("*.parquet"))
    document_id = pq.read_table(shard, columns=["id"])["id"][0].as_py()
    for told in (invoke("explain", str(page)), invoke("explain", document_id[:8], "--in", str(processed))):
        assert told[0] == 0
        assert "- Copyright 2021 The Bay Post" in told[1]
        assert "After two winters" in told[1]
    assert invoke("explain", "ffffffffffff", "--in", str(processed))[0] == 1

    assert "1.0.0" in invoke("versions", str(processed))[1]
    assert invoke("verify", str(processed)) == (0, told_well(processed))
    shard.write_bytes(shard.read_bytes()[:-1])
    assert invoke("verify", str(processed))[0] == 4


def told_well(processed: Path) -> str:
    rows = 1 + json.loads((processed / "versions" / "1.0.0.json").read_text())["files"]["lines"][0]["rows"]
    return f"All is well with {processed}, version 1.0.0: 2 files with {rows} rows read and found as published.\n"
