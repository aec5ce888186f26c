"""Whatever a folder holds: the good page is released, the bad source is listed with its cause, nothing is lost.

Each case makes its bad input by code beside one good page, and runs the real command. What is asserted of every case
stands in `check`: exit code, no traceback, both identities, the good page, and the rejects.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cleaner

PACKAGE = Path(cleaner.__file__).parents[1]
SENTENCE = "The ferry to Skerrow will sail at a quarter past ten, as it has done on every evening since the war. "
GOOD = f"<html><head><title>The last ferry</title></head><body><nav>Home</nav><p>{SENTENCE * 4}</p></body></html>"
LINE_OF_30_MB = 30_000_000


def cli(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command; its output as text."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "cleaner", *map(os.fspath, arguments)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300, **options
    )


@dataclass
class Outcome:
    """What a run did: its report, its rejects by source, and the published rows by source."""

    report: dict[str, Any]
    rejects: dict[str, str]
    documents: dict[str, dict[str, Any]]
    messages: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one good page."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "good.html").write_text(GOOD)
    return folder


def check(raw: Path) -> Outcome:
    """Run the command over `raw`, and assert what every run must hold."""
    processed = raw.parent / "processed"
    done = cli("run", raw, processed, "--json", "--workers", "1")
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 3), done.stderr
    report = json.loads(done.stdout)
    assert done.returncode == report["exit_code"] == (3 if report["rejects"] else 0)
    parts = ("documents", "duplicates", "filtered", "withdrawn", "rejects")
    assert sum(report[part] for part in parts) == report["sources"]
    assert sum(n for roles in report["lines"].values() for n in roles.values()) == report["lines_read"]
    listed = [json.loads(line) for line in (processed / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert len(listed) == report["rejects"]
    assert all(row["message"] for row in listed)
    documents = {row["source_path"]: row for row in cleaner.load(processed).to_list()}
    assert len(documents) == report["documents"]
    assert SENTENCE.strip() in documents["good.html"]["text"]
    return Outcome(
        report,
        {row["source"]: row["cause"] for row in listed},
        documents,
        {row["source"]: row["message"] for row in listed},
    )


def check_one_reject(raw: Path, source: str, *causes: str) -> Outcome:
    """`check`, and that `source` is the only reject, for one of `causes`."""
    from cleaner.read.causes import CAUSES

    outcome = check(raw)
    assert list(outcome.rejects) == [source]
    assert outcome.rejects[source] in causes
    assert outcome.rejects[source] in CAUSES
    return outcome


# --- single files that are no page -----------------------------------------------------------------------------------


def _png() -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
        + bytes(range(256)) * 8
    )


def _jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(range(256)) * 8


NO_PAGES: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "an empty file": ("empty.html", b"", ("empty",)),
    "nothing but white space": ("blank.txt", b" \n\t\r\n\n", ("empty",)),
    "nothing but NUL bytes": ("nul.txt", bytes(10_000), ("not_text", "empty")),
    "random bytes named .html": ("random.html", random.Random(7).randbytes(20_000), ("not_text",)),
    "an image named .txt": ("picture.txt", _png(), ("not_text",)),
    "a photo named .html": ("photo.html", _jpeg(), ("not_text",)),
}


@pytest.mark.parametrize("case", NO_PAGES)
def test_a_file_that_is_no_page_is_rejected(case: str, raw: Path) -> None:
    name, data, causes = NO_PAGES[case]
    (raw / name).write_bytes(data)
    check_one_reject(raw, name, *causes)


def test_nul_bytes_inside_a_page(raw: Path) -> None:
    (raw / "nul.html").write_text(GOOD.replace("Skerrow", "Sker\0row").replace("ferry", "packet boat"))
    outcome = check(raw)
    assert "\0" not in outcome.documents["nul.html"]["text"]
    assert "packet boat" in outcome.documents["nul.html"]["text"]


# --- pages that are hard to read --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["long.txt", "long.html"])
def test_one_line_of_30_mb(name: str, raw: Path) -> None:
    text = (SENTENCE * (LINE_OF_30_MB // len(SENTENCE) + 1))[:LINE_OF_30_MB]
    (raw / name).write_text(f"<p>{text}</p>" if name.endswith("html") else text)
    outcome = check(raw)
    assert name in outcome.documents or outcome.rejects[name] in ("timed_out", "out_of_memory", "too_large")


def test_200_000_nested_tags(raw: Path) -> None:
    (raw / "deep.html").write_text("<html><body>" + "<div>" * 200_000 + f"<p>{SENTENCE * 3}</p>")
    outcome = check(raw)
    assert "deep.html" in outcome.documents or outcome.rejects["deep.html"] in (
        "timed_out",
        "out_of_memory",
        "crashed",
        "too_deep",
    )


def test_an_unclosed_comment(raw: Path) -> None:
    (raw / "comment.html").write_text(
        f"<html><body><p>{SENTENCE * 3}</p><p>The pier is shut.</p><!-- no end <p>hidden</p>"
    )
    outcome = check(raw)
    assert SENTENCE.strip() in outcome.documents["comment.html"]["text"]


def test_an_unclosed_iframe_does_not_swallow_the_page(raw: Path) -> None:
    page = f'<html><body><h1>A pier</h1><iframe src="https://ads.example/x"><p>{SENTENCE * 3}</p></body></html>'
    (raw / "iframe.html").write_text(page)
    outcome = check(raw)
    assert SENTENCE.strip() in outcome.documents["iframe.html"]["text"]


def test_an_external_entity_is_not_resolved(raw: Path) -> None:
    secret = raw.parent / "secret.txt"
    secret.write_text("the combination of the safe is 4711")
    (raw / "entity.xhtml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY secret SYSTEM "file://{secret}">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Pier</title></head><body>'
        f"<p>{SENTENCE * 3}</p><p>So &secret; it is.</p></body></html>"
    )
    outcome = check(raw)
    assert SENTENCE.strip() in outcome.documents["entity.xhtml"]["text"]
    for file in (raw.parent / "processed").rglob("*"):
        assert not file.is_file() or b"4711" not in file.read_bytes()


def test_entities_that_multiply_are_not_expanded(raw: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    (raw / "laughs.xhtml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{entities}]>'
        f"<html><body><p>{SENTENCE * 3}</p><p>&l11;</p></body></html>"
    )
    outcome = check(raw)
    assert len(outcome.documents["laughs.xhtml"]["text"]) < 10_000


# --- containers -------------------------------------------------------------------------------------------------------


def _records(count: int) -> list[str]:
    return [
        json.dumps({"url": f"https://pier.example/{n}", "text": f"Number {n}. {SENTENCE * 3}"}) for n in range(count)
    ]


def test_a_broken_line_in_a_jsonl(raw: Path) -> None:
    lines = _records(3)
    lines[1] = lines[1][:40]
    (raw / "pages.jsonl").write_text("\n".join(lines) + "\n")
    outcome = check(raw)
    assert list(outcome.rejects) == ["pages.jsonl#1"]
    assert {"pages.jsonl#0", "pages.jsonl#2"} <= set(outcome.documents)


def _gzip_of_noise() -> bytes:
    noise = random.Random(1).randbytes(60_000).hex()  # hard to compress, so that the cut falls inside
    return gzip.compress(f"<html><body><p>{SENTENCE * 3}</p><!-- {noise} --></body></html>".encode(), mtime=0)


def test_a_truncated_gzip(raw: Path) -> None:
    data = _gzip_of_noise()
    (raw / "cut.html.gz").write_bytes(data[: len(data) // 2])
    outcome = check(raw)
    assert len(outcome.rejects) == 1
    assert next(iter(outcome.rejects)).startswith("cut.html.gz")


def _warc(count: int) -> bytes:
    out = io.BytesIO()
    for n in range(count):
        noise = random.Random(n).randbytes(3000).hex()
        body = f"<html><body><p>Number {n}. {SENTENCE * 3}</p><!-- {noise} --></body></html>".encode()
        http = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
            + body
        )
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Target-URI: https://pier.example/{n}\r\nWARC-Date: 2023-02-0{n + 1}T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000{n}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        ).encode()
        out.write(gzip.compress(head + http + b"\r\n\r\n", mtime=0))
    return out.getvalue()


def test_a_truncated_warc(raw: Path) -> None:
    data = _warc(3)
    (raw / "crawl.warc.gz").write_bytes(data[: len(data) * 5 // 6])  # inside of the third record
    outcome = check(raw)
    assert len(outcome.rejects) == 1
    assert next(iter(outcome.rejects)).startswith("crawl.warc.gz")
    assert [outcome.documents[name]["url"] for name in sorted(outcome.documents) if name != "good.html"] == [
        "https://pier.example/0",
        "https://pier.example/1",
    ]


def test_a_truncated_parquet(raw: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"url": ["https://pier.example/0"], "text": [SENTENCE * 3]}), buffer)
    (raw / "pages.parquet").write_bytes(buffer.getvalue()[:-100])
    outcome = check(raw)
    assert list(outcome.rejects) == ["pages.parquet"]


def test_a_zip_bomb(raw: Path) -> None:
    with zipfile.ZipFile(raw / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("page.html", GOOD.replace("ferry", "packet boat"))
        with archive.open("bomb.txt", "w") as member:
            for _ in range(200):
                member.write(b"a" * 1_000_000)
    outcome = check(raw)
    assert "bomb.zip!/page.html" in outcome.documents
    assert [name for name in outcome.rejects if name.startswith("bomb.zip")]


def test_a_zip_with_names_that_lead_out(raw: Path) -> None:
    with zipfile.ZipFile(raw / "climb.zip", "w") as archive:
        archive.writestr("../../climbed.html", GOOD.replace("ferry", "packet boat"))
        archive.writestr("/climbed.html", GOOD.replace("ferry", "tugboat"))
        archive.writestr("inside.html", GOOD.replace("ferry", "dinghy"))
    outcome = check(raw)
    assert "climb.zip!/inside.html" in outcome.documents
    assert list(raw.parent.parent.rglob("climbed*")) == []
    assert len(outcome.documents) + len(outcome.rejects) == 4


def test_a_tar_with_links_that_lead_out(raw: Path) -> None:
    secret = raw.parent / "secret.txt"
    secret.write_text("the combination of the safe is 4711")
    with tarfile.open(raw / "links.tar", "w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
        page = GOOD.replace("ferry", "dinghy").encode()
        member = tarfile.TarInfo("inside.html")
        member.size = len(page)
        archive.addfile(member, io.BytesIO(page))
    outcome = check(raw)
    assert "links.tar!/inside.html" in outcome.documents
    assert not any("4711" in row["text"] for row in outcome.documents.values())


# --- the file system --------------------------------------------------------------------------------------------------


def test_a_symlink_out_of_the_folder_is_not_followed(raw: Path) -> None:
    outside = raw.parent / "outside"
    outside.mkdir()
    (outside / "secret.html").write_text(GOOD.replace("ferry", "submarine"))
    (raw / "link.html").symlink_to(outside / "secret.html")
    (raw / "folder").symlink_to(outside)
    (raw / "circle").symlink_to(raw)
    (raw / "dangling.html").symlink_to(raw / "nowhere.html")
    outcome = check(raw)
    assert not any("submarine" in row["text"] for row in outcome.documents.values())
    assert outcome.report["documents"] == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(raw: Path) -> None:
    (raw / "locked.html").write_text(GOOD.replace("ferry", "dinghy"))
    (raw / "locked.html").chmod(0)
    check_one_reject(raw, "locked.html", "unreadable")


def test_a_name_that_is_not_utf8(raw: Path) -> None:
    name = os.fsencode(raw) + b"/caf\xe9.html"
    try:
        with open(name, "wb") as file:
            file.write(GOOD.replace("ferry", "dinghy").encode())
    except OSError:
        pytest.skip("this file system wants names in UTF-8")
    outcome = check(raw)
    assert "dinghy" in outcome.documents["caf\\xe9.html"]["text"]


def _fifo(raw: Path) -> str:
    os.mkfifo(raw / "pipe.txt")
    return "pipe.txt"


def test_a_pipe_is_not_waited_for(raw: Path) -> None:
    _fifo(raw)
    assert check(raw).report["documents"] == 1


# --- folders and settings: refused before anything is written ---------------------------------------------------------


def _refused(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The message of a run that ended with `code`."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    return done.stderr


def _nothing(raw: Path) -> None:
    (raw / "good.html").unlink()


def _only_assets(raw: Path) -> None:
    _nothing(raw)
    (raw / "logo.png").write_bytes(_png())
    (raw / ".hidden").write_text("x")


@pytest.mark.parametrize("make", [_nothing, _only_assets])
def test_a_folder_with_nothing_readable(make: Callable[[Path], None], raw: Path) -> None:
    make(raw)
    processed = raw.parent / "processed"
    message = _refused(cli("run", raw, processed), 1)
    assert raw.name in message
    assert not list(processed.glob("versions/*"))


def test_a_folder_of_rejects_alone(raw: Path) -> None:
    _nothing(raw)
    (raw / "empty.html").write_bytes(b"")
    done = cli("run", raw, raw.parent / "processed")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "nowhere" in _refused(cli("run", tmp_path / "nowhere", tmp_path / "processed"), 1)


def test_an_output_folder_that_holds_something_else(raw: Path) -> None:
    processed = raw.parent / "processed"
    processed.mkdir()
    (processed / "thesis.docx").write_text("ten years of work")
    assert "thesis.docx" in _refused(cli("run", raw, processed), 5)
    assert [path.name for path in processed.iterdir()] == ["thesis.docx"]
    assert (processed / "thesis.docx").read_text() == "ten years of work"


def test_a_misspelt_recipe_key(raw: Path) -> None:
    recipe = raw.parent / "recipe.toml"
    recipe.write_text("[filter]\nmin_wrods = 10\n")
    message = _refused(cli("run", raw, raw.parent / "processed", "--recipe", recipe), 2)
    assert "filter.min_wrods" in message
    assert "min_words" in message
    assert not (raw.parent / "processed").exists()


LIMITED = """
import resource, signal, sys
from cleaner.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails as on a full disk, with an OSError
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.argv = ["cleaner", "run", {raw!r}, {processed!r}, "--workers", "1"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX")
@pytest.mark.parametrize("limit", [0, 4_096, 100_000])
def test_a_full_disk(limit: int, raw: Path) -> None:
    """No file may grow beyond `limit` bytes: the run says so and ends; with room again, the next one releases."""
    for n in range(40):
        noise = random.Random(n).randbytes(4_000).hex()
        (raw / f"page{n}.txt").write_text(f"Page {n}. {SENTENCE}\n\n{noise}\n")
    processed = raw.parent / "processed"
    program = LIMITED.format(limit=limit, raw=str(raw), processed=str(processed))
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120)
    message = _refused(done, 1)
    assert "disk" in message or "written" in message or "space" in message
    assert not list(processed.glob("versions/*.json"))
    assert check(raw).report["documents"] == 41
