"""Bad inputs, each made by code in a folder of its own: `CASES[name](folder)` writes it. Nothing binary is stored."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SENTENCE = "The ferry to Skerrow will sail at a quarter past ten, as it has done on every evening since the war."
SECRET = "the combination of the safe is 4711"

CASES: dict[str, Callable[[Path], None]] = {}


def case(make: Callable[[Path], None]) -> Callable[[Path], None]:
    """Register a maker under its name."""
    CASES[make.__name__] = make
    return make


def prose(what: str) -> str:
    """A paragraph that no other page holds: `what` names the page."""
    return f"This is about {what}. {SENTENCE} {SENTENCE} Nobody who read of {what} forgot it."


def page(what: str) -> str:
    """A small good page about `what`."""
    body = f"<nav><a href='/'>Home</a></nav><article><h1>Of {what}</h1><p>{prose(what)}</p></article>"
    return f"<html><head><title>Of {what}</title></head><body>{body}</body></html>"


# --- files that are no page ------------------------------------------------------------------------------------------


@case
def empty(folder: Path) -> None:
    (folder / "bad.html").write_bytes(b"")


@case
def blank(folder: Path) -> None:
    (folder / "bad.txt").write_bytes(b" \n\t\r\n\n")


@case
def nul_bytes(folder: Path) -> None:
    (folder / "bad.txt").write_bytes(bytes(10_000))


@case
def random_bytes_named_html(folder: Path) -> None:
    (folder / "bad.html").write_bytes(random.Random(7).randbytes(20_000))


@case
def image_named_txt(folder: Path) -> None:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    (folder / "bad.txt").write_bytes(head + bytes(range(256)) * 8)


@case
def photo_named_html(folder: Path) -> None:
    head = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    (folder / "bad.html").write_bytes(head + bytes(range(256)) * 8)


@case
def nul_bytes_inside(folder: Path) -> None:
    (folder / "bad.html").write_text(page("nul bytes").replace("Skerrow", "Sker\0row"))


# --- pages that are hard to read -------------------------------------------------------------------------------------


def _long(megabytes: int) -> str:
    return f"{SENTENCE} " * (megabytes * 1_000_000 // (len(SENTENCE) + 1) + 1)


@case
def line_of_30_mb(folder: Path) -> None:
    (folder / "bad.txt").write_text(_long(30))


@case
def html_line_of_10_mb(folder: Path) -> None:
    (folder / "bad.html").write_text(f"<html><body><p>{_long(10)}</p></body></html>")


@case
def nested_tags(folder: Path) -> None:
    (folder / "bad.html").write_text("<html><body>" + "<div>" * 200_000 + f"<p>{prose('nested tags')}</p>")


@case
def unclosed_comment(folder: Path) -> None:
    body = f"<article><p>{prose('comments')}</p><p>{SENTENCE}</p></article><!-- no end <p>hidden</p>"
    (folder / "bad.html").write_text(f"<html><body>{body}")


@case
def unclosed_iframe(folder: Path) -> None:
    body = f'<h1>A pier</h1><iframe src="https://ads.example/x"><p>{prose("iframes")}</p><p>{SENTENCE}</p>'
    (folder / "bad.html").write_text(f"<html><body>{body}</body></html>")


@case
def external_entity(folder: Path) -> None:
    secret = folder.parents[1] / "secret.txt"
    secret.write_text(SECRET)
    (folder / "bad.xhtml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY secret SYSTEM "file://{secret}">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Pier</title></head><body>'
        f"<p>{prose('entities')}</p><p>So &secret; it is.</p></body></html>"
    )


@case
def entities_that_multiply(folder: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    (folder / "bad.xhtml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{entities}]>'
        f"<html><body><p>{prose('laughter')}</p><p>&l11;</p></body></html>"
    )


# --- containers ------------------------------------------------------------------------------------------------------


@case
def broken_jsonl(folder: Path) -> None:
    lines = [json.dumps({"url": f"https://jsonl.example/{n}", "text": prose(f"record {n}")}) for n in range(3)]
    lines[1] = lines[1][:40]
    (folder / "bad.jsonl").write_text("\n".join(lines) + "\n")


@case
def truncated_gzip(folder: Path) -> None:
    noise = random.Random(1).randbytes(60_000).hex()  # hard to compress, so that the cut falls inside
    data = gzip.compress(page("gzip").replace("</body>", f"<!-- {noise} --></body>").encode(), mtime=0)
    (folder / "bad.html.gz").write_bytes(data[: len(data) // 2])


@case
def truncated_warc(folder: Path) -> None:
    out = io.BytesIO()
    for n in range(3):
        noise = random.Random(n).randbytes(3000).hex()
        body = page(f"capture {n}").replace("</body>", f"<!-- {noise} --></body>").encode()
        http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Target-URI: https://warc.example/{n}\r\nWARC-Date: 2023-02-0{n + 1}T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000{n}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        out.write(gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0))
    data = out.getvalue()
    (folder / "bad.warc.gz").write_bytes(data[: len(data) * 5 // 6])  # inside of the third record


@case
def truncated_parquet(folder: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"url": ["https://parquet.example/0"], "text": [prose("parquet")]}), buffer)
    (folder / "bad.parquet").write_bytes(buffer.getvalue()[:-100])


@case
def zip_bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "bad.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("page.html", page("bombs"))
        with archive.open("bomb.txt", "w") as member:
            for _ in range(200):
                member.write(b"a" * 1_000_000)


@case
def zip_that_leads_out(folder: Path) -> None:
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.writestr("../../climbed.html", page("climbing"))
        archive.writestr("/climbed.html", page("roots"))
        archive.writestr("inside.html", page("zips"))


@case
def tar_with_links_that_lead_out(folder: Path) -> None:
    secret = folder.parents[1] / "secret.txt"
    secret.write_text(SECRET)
    with tarfile.open(folder / "bad.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo(f"link{kind.decode()}.txt")
            link.type, link.linkname = kind, str(secret)
            archive.addfile(link)
        data = page("tars").encode()
        member = tarfile.TarInfo("inside.html")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))


# --- the file system -------------------------------------------------------------------------------------------------


@case
def links_that_lead_out(folder: Path) -> None:
    outside = folder.parents[1] / "outside"
    outside.mkdir()
    (outside / "secret.html").write_text(page(SECRET))
    (folder / "link.html").symlink_to(outside / "secret.html")
    (folder / "folder").symlink_to(outside)
    (folder / "circle").symlink_to(folder.parent)
    (folder / "dangling.html").symlink_to(folder / "nowhere.html")


@case
def unreadable(folder: Path) -> None:
    (folder / "bad.html").write_text(page("locks"))
    (folder / "bad.html").chmod(0)


@case
def name_that_is_not_utf8(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/caf\xe9.html", "wb") as file:
        file.write(page("names").encode())


@case
def pipe(folder: Path) -> None:
    os.mkfifo(folder / "bad.txt")
