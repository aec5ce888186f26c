"""WARC, WET and MHT: which records are pages, and what their headers say of them."""

from __future__ import annotations

import gzip
import zlib
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText

import pytest

from cleaner.read import decode
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

PAGE = "<html><p>café crème</p></html>"


def record(kind: str, content: bytes, media_type: str, url: str = "http://a.example/page", extra: str = "") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-03-04T05:06:07Z\r\n{extra}"
        f"Content-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def response(
    body: bytes, headers: str = "Content-Type: text/html; charset=utf-8\r\n", status: str = "200 OK", **options: str
) -> bytes:
    content = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body
    return record("response", content, "application/http; msgtype=response", **options)


WARCINFO = record("warcinfo", b"software: none", "application/warc-fields")


def outcome(items: list[Source | Reject | Skipped]) -> list[str]:
    told = []
    for item in items:
        if isinstance(item, Source):
            told.append(decode(item, Recipe()).text)
        else:
            told.append(item.cause if isinstance(item, Reject) else item.what)
    return told


def test_records_of_all_kinds(read) -> None:
    data = b"".join(
        [
            WARCINFO,
            record("request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
            response(PAGE.encode()),
            record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", "application/http; msgtype=response"),
            record("metadata", b"a: b", "application/warc-fields"),
            response(b"\x89PNG", "Content-Type: image/png\r\n"),
            response(b"<p>gone", status="404 Not Found"),
            response(b"words", "Content-Type: text/plain\r\n"),
            record("conversion", "größe".encode(), "text/plain"),
            record("resource", b"<p>resource", "text/html"),
            record("resource", b"body {}", "text/css"),
            response(PAGE.encode(), "Server: x\r\n"),
            response(b"plain", "Content-Type: application/octet-stream\r\n"),
        ]
    )
    for name, packed in {
        "a.warc": data,
        "a.warc.gz": gzip.compress(data),
        "a": b"".join(gzip.compress(b"WARC/" + part) for part in data.split(b"WARC/")[1:] if part),
    }.items():
        items = read(name, packed)
        if name != "a":
            assert outcome(items) == [
                "warc-warcinfo", "warc-request", PAGE, "warc-revisit", "warc-metadata", "warc-media", "warc-404",
                "words", "größe", "<p>resource", "warc-media", PAGE, "warc-media",
            ]  # fmt: skip
        sources = [item for item in items if isinstance(item, Source)]
        assert [item.record for item in sources] == [2, 7, 8, 9, 11]
        assert sources[0] == Source(
            PAGE.encode(), "http://a.example/page", None, name, 2, "utf-8", "text/html", "2021-03-04T05:06:07Z"
        )
        assert sources[2].media_type == "text/plain"


def chunked(body: bytes) -> bytes:
    return (
        b"".join(b"%x;name=value\r\n%b\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, len(body), 7))
        + b"0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE.encode())),
        ("x-gzip", gzip.compress(PAGE.encode())),
        ("deflate", zlib.compress(PAGE.encode())),
        ("deflate", zlib.compress(PAGE.encode(), wbits=-15)),
        ("gzip", PAGE.encode()),
        ("br", PAGE.encode()),
        ("deflate", PAGE.encode()),
        ("identity", PAGE.encode()),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE.encode()))),
    ],
    # gzip writes the time down: names made of the bytes would differ between the processes that run the tests
    ids=["gzip", "x-gzip", "zlib", "raw-deflate", "no-gzip", "no-br", "no-deflate", "identity", "gzip-twice"],
)
@pytest.mark.parametrize("transfer", [False, True])
def test_encodings_of_http(read, coding: str, body: bytes, transfer: bool) -> None:
    headers = f"Content-Type: text/html; charset=utf-8\r\nContent-Encoding: {coding}\r\n"
    if transfer:
        headers += "Transfer-Encoding: chunked\r\n"
    assert outcome(read("a.warc", response(chunked(body) if transfer else body, headers))) == [PAGE]


def test_brotli(read) -> None:
    # "words words" as one uncompressed meta-block
    packed = bytes([0x0B, 0x05, 0x80]) + b"words words" + bytes([0x03])
    headers = "Content-Type: text/plain\r\nContent-Encoding: br\r\n"
    assert outcome(read("a.warc", response(packed, headers))) == ["words words"]


def test_a_header_of_chunks_without_chunks(read) -> None:
    headers = "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n"
    assert outcome(read("a.warc", response(PAGE.encode(), headers))) == [PAGE]


def test_a_body_that_is_not_what_its_header_says(read) -> None:
    data = response(b"\x1f\x8b\x08\x00garbage", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n") + response(
        b"<p>next"
    )
    items = read("a.warc", data)
    assert outcome(items) == ["broken_record", "<p>next"]
    assert items[0].record == 0


def test_charset_of_the_header(read) -> None:
    items = read("a.warc", response(PAGE.encode("latin-1"), 'Content-Type: text/html; charset="ISO-8859-1"\r\n'))
    assert items[0].charset == "ISO-8859-1"
    assert decode(items[0], Recipe()).encoding == "windows-1252"


def test_a_warc_that_is_cut_off_anywhere(read) -> None:
    data = WARCINFO + response(b"<p>one") + response(b"<p>two")
    second = len(WARCINFO) + len(response(b"<p>one"))
    for end in range(second + 1, len(data) - 4):
        told = outcome(read("a.warc", data[:end]))
        assert [what for what in told if what not in ("warc-media", "warc-status")] == [
            "warc-warcinfo",
            "<p>one",
            "truncated",
        ], end
    assert outcome(read("a.warc", data[:second])) == ["warc-warcinfo", "<p>one"]
    image = response(b"\x89PNG" * 100, "Content-Type: image/png\r\n")
    assert outcome(read("a.warc", image)) == ["warc-media"]
    assert outcome(read("a.warc", image[:-50])) == ["warc-media", "truncated"]
    packed = gzip.compress(data)
    assert outcome(read("a.warc.gz", packed[:-9]))[-1] == "truncated"


def test_a_warc_that_is_damaged(read) -> None:
    data = response(b"<p>one") + b"what is this\r\nno header\r\n\r\n" + response(b"<p>two")
    items = read("a.warc", data)
    assert outcome(items) == ["<p>one", "broken_container"]
    assert items[1].record == 1


def test_records_that_are_too_large_or_cut_by_the_crawler(read) -> None:
    data = response(b"<p>" + b"long " * 300_000) + response(b"<p>cut", extra="WARC-Truncated: length\r\n")
    items = read("a.warc", data, "[read]\nmax_source_mb = 1")
    assert outcome(items) == ["too_large", "<p>cut"]
    assert items[1].notes == ("warc_truncated",)
    inner = response(
        gzip.compress(b"<p>" + b"long " * 300_000), "Content-Type: text/html\r\nContent-Encoding: gzip\r\n"
    )
    assert outcome(read("a.warc", inner, "[read]\nmax_source_mb = 1")) == ["too_large"]


def test_addresses_in_angle_brackets(read) -> None:
    items = read("a.warc", response(b"<p>one", url="<http://a.example/page>"))
    assert items[0].url == "http://a.example/page"


def saved_page(**headers: str) -> bytes:
    message = MIMEMultipart("related", type="text/html")
    for name, value in {
        "From": "<Saved by Blink>",
        "Snapshot-Content-Location": "https://a.example/page",
        "Subject": "=?utf-8?Q?Caf=C3=A9?=",
        "Date": "Thu, 4 Mar 2021 05:06:07 -0000",
        **headers,
    }.items():
        message[name] = value
    image = MIMENonMultipart("image", "png")
    image["Content-Location"] = "https://a.example/x.png"
    image.set_payload("iVBORw0=")
    page = MIMEText(PAGE, "html", "iso-8859-1")
    page["Content-Location"] = "https://a.example/page?full"
    page["Content-ID"] = "<frame-1>"
    for part in (image, page, MIMEText("<p>frame", "html")):
        message.attach(part)
    return message.as_bytes().replace(b"\n", b"\r\n")


@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "a.html", "a"])
def test_mht(read, name: str) -> None:
    (item,) = read(name, saved_page())
    assert item.url == "https://a.example/page?full"
    assert item.retrieved_at == "2021-03-04T05:06:07Z"
    assert item.declared == {"title": "Café"}
    assert item.media_type == "text/html"
    assert decode(item, Recipe()).text.strip() == PAGE
    assert decode(item, Recipe()).kind == "html"


def test_mht_that_holds_no_page_or_only_text(read) -> None:
    message = EmailMessage()
    message["MIME-Version"] = "1.0"
    message.set_content(b"\x89PNG", maintype="image", subtype="png")
    assert outcome(read("a.mht", message.as_bytes())) == ["no_page"]
    assert outcome(read("a.mht", MIMEText("words").as_bytes())) == ["words"]


def test_mht_nested_without_end(read) -> None:
    data = b"MIME-Version: 1.0\r\n"
    for n in range(3000):
        data += b"Content-Type: multipart/related; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
    assert outcome(read("a.mht", data)) in (["no_page"], ["empty"])
