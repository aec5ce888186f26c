"""What a file is: from its first bytes, and from its name only where the bytes leave it open."""

from __future__ import annotations

import codecs
import re
import tarfile

import orjson

PAGE = "page"

SAMPLE = 8192
"""Bytes that are looked at to tell text from binary data."""

CONTAINERS = frozenset({"gzip", "zstd", "bzip2", "zip", "tar", "parquet", "warc", "json", "jsonl", "csv", "tsv", "mht"})
"""Formats that have a reader of their own; PAGE is text or HTML, which `decoding` tells apart."""

_MAGIC = re.compile(
    rb"(?P<gzip>\x1f\x8b\x08)|(?P<zstd>\x28\xb5\x2f\xfd)|(?P<bzip2>BZh[1-9](?:1AY&SY|\x17rE8P\x90))"
    rb"|(?P<warc>WARC/[01]\.\d)"
    rb"|(?P<office>PK\x03\x04.{26}(?:\[Content_Types\]\.xml|mimetypeapplication/))|(?P<zip>PK(?:\x03\x04|\x05\x06))"
    rb"|(?P<parquet>PAR1)|(?P<xz>\xfd7zXZ\x00)|(?P<sevenzip>7z\xbc\xaf\x27\x1c)|(?P<rar>Rar!\x1a\x07)"
    rb"|(?P<pdf>%PDF-\d)|(?P<ole>\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1)|(?P<rtf>\{\\rtf\d)"
    rb"|(?P<png>\x89PNG\r\n\x1a\n)|(?P<jpeg>\xff\xd8\xff)|(?P<gif>GIF8[79]a)|(?P<riff>RIFF.{4}(?:WEBP|WAVE|AVI ))"
    rb"|(?P<mp4>\x00\x00\x00.ftyp)|(?P<icon>\x00\x00[\x01\x02]\x00[^\x00])|(?P<tiff>II\*\x00|MM\x00\*)"
    rb"|(?P<bmp>BM.{4}\x00{4})|(?P<font>wOF[F2]\x00|OTTO\x00|\x00\x01\x00\x00\x00)|(?P<mp3>ID3[\x02-\x04]|\xff[\xfb\xf3\xf2])"
    rb"|(?P<ogg>OggS\x00)|(?P<flac>fLaC\x00)|(?P<webm>\x1aE\xdf\xa3)|(?P<program>\x7fELF|MZ.{2,200}PE\x00\x00)"
    rb"|(?P<sqlite>SQLite format 3\x00)|(?P<avro>Obj\x01)|(?P<arrow>ARROW1\x00)",
    re.DOTALL,
)

UNSUPPORTED = {
    "office": "an office document or an e-book",
    "xz": "an xz archive",
    "sevenzip": "a 7z archive",
    "rar": "a rar archive",
    "pdf": "a PDF document",
    "ole": "a Microsoft Office document",
    "rtf": "an RTF document",
    "sqlite": "an SQLite database",
    "avro": "an Avro file",
    "arrow": "an Arrow file",
    "xml": "XML of another kind than HTML",
}
"""Formats that may hold pages but have no reader: rejected as "unsupported"."""

BINARY = {
    "png": "a PNG image",
    "jpeg": "a JPEG image",
    "gif": "a GIF image",
    "riff": "WebP, WAVE or AVI data",
    "mp4": "MP4 video or an AVIF image",
    "icon": "an icon",
    "tiff": "a TIFF image",
    "bmp": "a BMP image",
    "font": "a font",
    "mp3": "MP3 audio",
    "ogg": "Ogg audio",
    "flac": "FLAC audio",
    "webm": "WebM video",
    "program": "a program",
    "binary": "binary data",
}
"""Formats that hold no page: "not_text", unless the name says so, too (`ASSETS`)."""

ASSETS = frozenset(
    [
        ".png", ".jpg", ".jpeg", ".jpe", ".gif", ".webp", ".avif", ".bmp", ".ico", ".cur", ".tif", ".tiff", ".svg",
        ".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".m4a", ".m4v", ".webm", ".ogg", ".oga", ".ogv",
        ".wav", ".flac", ".avi", ".mov", ".swf", ".wasm", ".css", ".js", ".mjs", ".map", ".exe", ".dll", ".so"
    ]
)
"""Suffixes of what pages are made with."""

_LINES = (".jsonl", ".ndjson", ".jsonlines")
_OPEN = re.compile(rb'\{\s*(?:"[^"\n]{1,100}"\s*:.{0,2000}[,\[{]\s*)?')
_MIME_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}){2}")
_RELATED = re.compile(rb"^content-type:\s{0,9}multipart/related\b", re.IGNORECASE | re.MULTILINE)
_MIME_VERSION = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_RECORD = re.compile(rb'(?:\[\s*)?\{\s*"[^"\n]{1,100}"\s*:')
_ROOT = re.compile(
    rb"(?:\s|<\?[^>]{0,500}>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,500}>){0,20}<([A-Za-z][\w.:-]{0,60})", re.DOTALL
)
_OTHER_XML = frozenset(b"rss feed rdf urlset sitemapindex opml svg".split())
_HTML_ROOTS = frozenset(b"html head body div p article section main span table ul ol h1 h2 h3 a b i title meta".split())
_CONTROL = bytes({*range(32), 127} - {*b"\t\n\r\f\v\x08\x1b\x1a\x00"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def tell_format(head: bytes, name: str, whole: bool) -> str:
    """The format of a file: one of CONTAINERS, UNSUPPORTED, BINARY, or PAGE.

    Args:
        head: Its first bytes.
        name: Its name, lower case, without suffixes of compression.
        whole: Whether the head is all there is.
    """
    if match := _MAGIC.match(head):
        return str(match.lastgroup)
    if head[257:262] == b"ustar" or (name.endswith(".tar") and _is_old_tar(head[:512])):
        return "tar"
    encoding = tell_bom(head)
    if encoding is None and not looks_like_text(head[:SAMPLE]):
        return "binary"
    text = head if encoding is None else head.decode(encoding, "ignore").encode("utf-8", "ignore")
    start = text.lstrip()
    if not start:
        return PAGE
    first = start[:1]
    if first == b"<":
        return _tell_markup(start)
    if first in b"{[" or name.endswith((".json", *_LINES)):
        found = _tell_json(start, name, whole)
        if found:
            return found
    if _MIME_HEADER.match(start) and _is_mht(start, name):
        return "mht"
    if name.endswith((".csv", ".tsv")):
        return name[-3:]
    return PAGE


def tell_bom(data: bytes) -> str | None:
    """The encoding that a byte order mark, or the zeros of UTF-16 and UTF-32 without one, tells of."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    if b"\0" not in data[:256]:
        return None
    sample = data[:1024]
    for encoding, step, zeros in (
        ("utf-32-le", 4, (1, 2, 3)),
        ("utf-32-be", 4, (0, 1, 2)),
        ("utf-16-le", 2, (1,)),
        ("utf-16-be", 2, (0,)),
    ):
        columns = [sample[i::step] for i in range(step)]
        if len(columns[0]) < 4:
            continue
        full = [c for i, c in enumerate(columns) if i not in zeros]
        if all(columns[i].count(0) > 0.7 * len(columns[i]) for i in zeros) and not any(c.count(0) for c in full):
            return encoding
    return None


def looks_like_text(head: bytes) -> bool:
    """Whether bytes that are neither UTF-16 nor UTF-32 can be text in some encoding.

    NUL bytes alone are no sign against it: scrapers pad with them. Random bytes have one control character in ten.
    """
    if head.isascii():
        size = len(head) - head.count(0)
        return size > 0 and _controls(head) <= size // 10 if head else True
    size = len(head) - head.count(0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _controls(head) <= size // 50 and head.count(0) <= size // 3
    return _controls(head) <= size // 10


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROL))


def _tell_markup(start: bytes) -> str:
    """PAGE, or "xml" if the root element is none of HTML's."""
    match = _ROOT.match(start)
    if not match:
        return PAGE
    root = match[1].lower().rpartition(b":")[2]
    if root in _OTHER_XML or (start.startswith(b"<?xml") and root not in _HTML_ROOTS):
        return "xml"
    return PAGE


def _tell_json(start: bytes, name: str, whole: bool) -> str | None:
    """ "json", "jsonl", or None when it is no JSON after all."""
    line, newline, rest = start.partition(b"\n")
    lines = name.endswith(_LINES)
    if start[:1] not in b"{[":
        if lines:
            return "jsonl" if re.search(rb"^\s{0,20}\{", rest, re.MULTILINE) else None
        return "json" if whole and _parses(start) else None
    named = lines or name.endswith(".json")
    if not named and not _RECORD.match(start):
        return None
    if start[:1] == b"[":
        return "jsonl" if lines and not re.match(rb"\[\s*(?:[{\]]|\Z)", start) else "json"
    if lines:
        return "json" if newline and _OPEN.fullmatch(line) else "jsonl"
    return "jsonl" if newline and rest.strip() and _parses(line) else "json"


def _parses(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_mht(start: bytes, name: str) -> bool:
    head = start[:8192]
    return bool(_RELATED.search(head)) or (name.endswith((".mht", ".mhtml")) and bool(_MIME_VERSION.search(head)))


def _is_old_tar(block: bytes) -> bool:
    """Whether a block is the header of a tar file from before the "ustar" mark, or the end of an empty one."""
    if len(block) < 512:
        return False
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return not block.strip(b"\0")
    return True
