"""Files that are broken, hostile, or not what their names say: a Reject with its cause, never an exception."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from cleaner.errors import DocumentError, RecipeError
from cleaner.read import CAUSES, InputFile, decode, find, read_file
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


def causes(items: list[Source | Reject | Skipped]) -> list[str]:
    found = [item.cause for item in items if isinstance(item, Reject)]
    assert all(cause in CAUSES for cause in found)
    return found


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        ("page.html", b"", "empty"),
        ("page.json", b"[]", "empty"),
        ("random.html", random.Random(7).randbytes(5000), "not_text"),
        ("nul.txt", bytes(5000), "not_text"),
        ("image.txt", PNG, "not_text"),
        ("photo.html", b"\xff\xd8\xff\xe0\x00\x10JFIF", "not_text"),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3", "unsupported"),
        ("paper.html", b"%PDF-1.7\n%\xe2\xe3", "unsupported"),
        ("letter.docx", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "unsupported"),
        ("feed.xml", b"<?xml version='1.0'?><rss><channel/></rss>", "unsupported"),
        ("drawing.html", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported"),
        ("number.json", b"42", "not_a_record"),
        ("words.json", b'"words"', "not_a_record"),
        ("null.json", b"null", "not_a_record"),
        ("deep.json", b'{"text":' + b"[" * 100_000, "broken_container"),
        ("deep.jsonl", b'{"text":' + b"[" * 100_000 + b"\n", "broken_record"),
        ("table.csv", b"a,b\n1,2\n", "no_text_field"),
        ("table.csv", b"text,url\n", "empty"),
        ("end.parquet", b"PAR1 and no more", "truncated"),
        ("end.zip", b"PK\x03\x04 and no more", "truncated"),
        ("end.html.gz", b"\x1f\x8b\x08\x00 and no more", "broken_container"),
    ],
)
def test_causes(read, name: str, data: bytes, cause: str) -> None:
    items = read(name, data)
    assert causes(items) == [cause]
    assert len(items) == 1
    assert items[0].path == name


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.png", PNG, "asset .png"),
        ("a.jpg", PNG, "asset .jpg"),
        ("a.css", b"p { color: red }", "asset .css"),
        ("a.js", b"document.write('<p>x</p>')", "asset .js"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "asset .svg"),
        ("a.woff2", b"wOF2\x00\x01", "asset .woff2"),
        ("a.gif", b"", "asset .gif"),
    ],
)
def test_assets_are_skipped(read, name: str, data: bytes, what: str) -> None:
    assert read(name, data) == [Skipped(name, what)]


def test_a_page_under_an_asset_s_name_is_a_page(read) -> None:
    for name in ("index.php.js", "photo.jpg"):
        (page,) = read(name, "<!DOCTYPE html><title>t</title><p>words")
        assert isinstance(page, Source)


def test_text_with_nul_and_control_characters_is_text(read) -> None:
    (page,) = read("a.txt", b"Some words\0 and\x01 more of them, enough to be text. " * 3 + bytes(3))
    decoded = decode(page, Recipe())
    assert decoded.kind == "text"
    assert "\0" not in decoded.text
    assert decoded.text.startswith("Some words and\x01 more")
    assert "nul_characters" in decoded.notes


def test_white_space_alone_is_empty(read) -> None:
    (page,) = read("a.txt", " \n\t\r\n\ufeff ")
    with pytest.raises(DocumentError) as error:
        decode(page, Recipe())
    assert error.value.cause == "empty"


def test_a_line_of_30_mb(read) -> None:
    data = b"word " * 6_000_000
    (page,) = read("a.txt", data)
    assert len(decode(page, Recipe()).text) == len(data)
    assert causes(read("a.txt", data, "[read]\nmax_source_mb = 20")) == ["too_large"]
    assert causes(read("a.jsonl", b'{"text":"' + data + b'"}\n{"text":"b"}', "[read]\nmax_source_mb = 20")) == [
        "too_large"
    ]


def test_too_large_is_told_of_strings_too() -> None:
    with pytest.raises(DocumentError, match="2 MB"):
        decode(Source("x" * (2 << 20) + "y"), Recipe.parse("[read]\nmax_source_mb = 2"))


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    (file,) = find(tmp_path)
    (tmp_path / "a.txt").unlink()
    assert isinstance(file, InputFile)
    assert causes(list(read_file(file, Recipe()))) == ["vanished"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_file_and_folder(tmp_path: Path, read_folder) -> None:
    (tmp_path / "a.txt").write_text("words")
    (tmp_path / "d").mkdir()
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "d").chmod(0)
    items = read_folder(tmp_path)
    (tmp_path / "d").chmod(0o700)
    assert causes(items) == ["unreadable", "unreadable"]
    assert "Permission denied" in items[0].message


def test_the_system_s_words_when_a_file_cannot_be_opened(tmp_path: Path, monkeypatch, read_folder) -> None:
    (tmp_path / "a.txt").write_text("words")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cleaner.read.files.os.open", refuse)
    (item,) = read_folder(tmp_path)
    assert item == Reject("a.txt", "unreadable", "It cannot be read: Permission denied.")


def test_what_became_a_pipe_or_a_folder_or_a_link_since_it_was_listed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("secret")
    for name in ("pipe", "folder", "link"):
        file = InputFile(name, os.fsencode(tmp_path / name), 3, 0)
        assert causes(list(read_file(file, Recipe()))) == ["unreadable"]


def test_a_reader_s_unknown_error_is_a_reject(read, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("cleaner.read.jsons.read_record", fail)
    (item,) = read("a.jsonl", '{"text":"words"}')
    assert (item.cause, item.message) == ("failed", "Reading it failed: ZeroDivisionError: odd")


@pytest.mark.parametrize(("key", "value"), [("page_separator", "("), ("encoding", "no-such"), ("encoding", "rot13")])
def test_a_recipe_that_would_fail_on_every_file(key: str, value: str) -> None:
    with pytest.raises(RecipeError, match=key):
        Recipe.parse(f"[read]\n{key} = '{value}'")


def test_mutated_files_never_raise(read) -> None:
    """Every format, with random bytes changed or cut: something comes out, and no exception."""
    import bz2
    import gzip
    import io
    import tarfile
    import zipfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = b"".join(b'{"text": "some words of a page, %d"}\n' % n for n in range(50))
    tar, packed, table = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        info = tarfile.TarInfo("a.jsonl")
        info.size = len(rows)
        archive.addfile(info, io.BytesIO(rows))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", rows)
        archive.writestr("b.html", b"<p>words")
    pq.write_table(pa.table({"text": ["some words"] * 50, "url": ["http://a.example/"] * 50}), table)
    warc = b"".join(
        b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nwords\r\n\r\n"
        for _ in range(20)
    )
    mht = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    mht += b"--x\r\nContent-Type: text/html\r\n\r\n<p>w\r\n--x--"
    chance = random.Random(3)
    for name, data in {
        "a.jsonl": rows, "a.json": b"[" + rows.replace(b"\n", b",")[:-1] + b"]", "a.csv": b"text\n" + rows,
        "a.jsonl.gz": gzip.compress(rows), "a.jsonl.bz2": bz2.compress(rows), "a.tgz": tar.getvalue(),
        "a.tar": gzip.decompress(tar.getvalue()), "a.zip": packed.getvalue(), "a.parquet": table.getvalue(),
        "a.warc": warc, "a.warc.gz": gzip.compress(warc), "a.mht": mht,
    }.items():  # fmt: skip
        assert read(name, data)
        for _ in range(25):
            changed = bytearray(data[: chance.randrange(1, len(data) + 1)] if chance.random() < 0.4 else data)
            for _ in range(chance.randrange(4)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            for item in read(name, bytes(changed)):
                assert not isinstance(item, Reject) or item.cause in CAUSES
                assert not isinstance(item, Reject) or item.cause != "failed", (name, item)
