"""From bytes to text: in the encoding that they are in, which need not be the one that they declare."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import charset_normalizer
from bs4.dammit import EncodingDetector

from cleaner.errors import DocumentError
from cleaner.read.kind import tell_kind
from cleaner.read.sniff import SAMPLE, looks_like_text, tell_bom
from cleaner.read.streams import MEGABYTE, too_large
from cleaner.recipe import Recipe
from cleaner.records import Kind, Source

_ALIASES = {
    "windows-1252": "ascii us-ascii latin1 latin-1 l1 iso-8859-1 iso8859-1 iso_8859-1 iso88591 ansi cp1252",
    "windows-1254": "iso-8859-9 iso8859-9 latin5 l5",
    "cp874": "iso-8859-11 tis-620 windows-874",
    "iso8859-8": "iso-8859-8-i logical",
    "gb18030": "gb2312 gb_2312-80 gbk x-gbk cp936",
    "cp932": "shift_jis shift-jis sjis x-sjis windows-31j ms_kanji",
    "cp949": "euc-kr ks_c_5601-1987 ksc5601 ksc_5601 windows-949",
    "big5hkscs": "big5 big-5 x-x-big5 cn-big5",
    "euc_jp": "x-euc-jp",
    "utf-8": "utf8 unicode utf-16 utf-16le utf-16be unicode-1-1-utf-8",
    "mac-roman": "x-mac-roman macintosh",
    "windows-1251": "x-cp1251",
    "koi8-r": "koi koi8",
}
ALIASES = {label: encoding for encoding, labels in _ALIASES.items() for label in labels.split()}
"""Charset labels as the web uses them -> Python's name of the encoding that is meant, often a superset (WHATWG's
Encoding standard). A page that can say "utf-16" in ASCII is not in it."""

_NOT_FOR_PAGES = frozenset([
    "utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape"
])

_DECLARED = re.compile(
    rb"""<\?xml[^>]{1,200}?encoding\s{0,9}=\s{0,9}["']([^"'>]{1,40})|<meta\b[^>]{0,500}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([^"'\s/>;]{1,40})""",
    re.IGNORECASE,
)
_WESTERN = frozenset("àáâãäåæçèéêëíîïñòóôöùúûüÿœÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÙÚÛÜŒßø¡¿«»‘’“”„–—…•·°ºª§£€©®™´\xa0\xad")
_HIGH = re.compile(rb"[\x80-\xff]+")
_BLANK = re.compile("[\\s\ufeff\u200b-\u200d\u2060]*\\Z")
_NOT_ASCII = bytes(range(128, 256))
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A source as text.

    Attributes:
        text: The text; NUL characters are taken out, nothing else is changed.
        kind: "html" or "text".
        encoding: The encoding that it was in, e.g. "utf-8".
        notes: What was met: "declared_charset_wrong", "guessed_charset", "replacement_characters", "nul_characters";
            and the source's own notes before them.
    """

    text: str
    kind: Kind
    encoding: str
    notes: tuple[str, ...]


def decode(source: Source, recipe: Recipe) -> Decoded:
    """The source as text, and whether it is HTML.

    Raises DocumentError "empty", "not_text" or "too_large".
    """
    limit = recipe.read.max_source_mb * MEGABYTE
    data = source.data
    if len(data) > limit:
        raise too_large(limit)
    if isinstance(data, bytes):
        if tell_bom(data[:1024]) is None and not looks_like_text(data[:SAMPLE]):
            if not data.strip():
                raise _empty()
            raise DocumentError("not_text", "It is no text in any encoding: binary data under a page's name.")
        text, encoding, notes = decode_bytes(data, source.charset, recipe.read.encoding)
    else:
        text, encoding, notes = data.removeprefix("\ufeff"), "utf-8", []
        if not text.isascii() and _SURROGATE.search(text):
            text, notes = _SURROGATE.sub("\ufffd", text), ["replacement_characters"]
    if (isinstance(data, str) or b"\0" in data) and "\0" in text:  # bytes are searched sooner
        text = text.replace("\0", "")
        notes.append("nul_characters")
    if _BLANK.match(text):
        raise _empty()
    kind = source.kind or tell_kind(text, source.media_type, source.path)
    return Decoded(text, kind, encoding, (*source.notes, *notes))


def _empty() -> DocumentError:
    return DocumentError("empty", "There is nothing in it but white space.")


def decode_bytes(data: bytes, charset: str | None = None, first: str | None = None) -> tuple[str, str, list[str]]:
    """Text, encoding and notes of bytes. Never fails.

    Args:
        charset: What the surroundings declare (HTTP header, record).
        first: An encoding to try before all others.
    """
    wished = normalize_label(first) if first else None
    if wished and (text := _strictly(data, wished)) is not None:
        return text.removeprefix("\ufeff"), wished, []
    marked = tell_bom(data[:1024])
    if marked is not None and marked != "utf-8-sig":
        text = data.decode(marked, "replace").removeprefix("\ufeff")
        return text, marked, ["replacement_characters"] if "\ufffd" in text else []
    escaped = _decode_escaped(data)
    if escaped is not None:
        return escaped, "iso-2022-jp", []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_other(data, list(declared_charsets(data, charset)))
    wrong = not data.isascii() and next(declared_charsets(data, charset), "utf-8") != "utf-8"
    return text, "utf-8", ["declared_charset_wrong"] if wrong else []


def tell_encoding(head: bytes) -> str:
    """The encoding of a file of records, from its first bytes: one for all records."""
    marked = tell_bom(head)
    if marked is not None:
        return "utf-8"  # recoded on the way, see `Blob.as_utf8`
    return decode_bytes(head.rstrip(_NOT_ASCII))[1]


def declared_charsets(data: bytes, charset: str | None) -> Iterator[str]:
    """Known encodings that the surroundings, and then the page's first bytes, declare."""
    labels = [charset] if charset else []
    labels += [(match[1] or match[2]).decode("ascii", "ignore") for match in _DECLARED.finditer(data[:8192])]
    for label in labels:
        if encoding := normalize_label(label):
            yield encoding


def normalize_label(label: str) -> str | None:
    """The encoding that a charset label means on the web; None when there is no such encoding of text."""
    name = label.strip(" \t\r\n\"'").lower()
    try:
        encoding = codecs.lookup(ALIASES.get(name, name)).name
        "".encode(encoding)
    except (LookupError, ValueError):
        return None
    if encoding in _NOT_FOR_PAGES:
        return None
    return encoding.replace("cp125", "windows-125")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return None


def _decode_escaped(data: bytes) -> str | None:
    """ISO-2022-JP is ASCII with escape sequences, so that it passes for UTF-8."""
    if b"\x1b" not in data or b"\x1b$" not in data or not data.isascii():  # the one byte is found sooner
        return None
    return _strictly(data, "iso2022_jp_ext") or _strictly(data, "iso2022_jp_3")


def _decode_other(data: bytes, declared: list[str]) -> tuple[str, str, list[str]]:
    """Bytes that are not strictly UTF-8: nearly UTF-8, as declared, as detected, or with replacement."""
    nearly = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if _is_sound(nearly, 0.2):
        return nearly, "utf-8", ["replacement_characters"]
    for encoding in declared:
        if encoding == "utf-8":
            continue
        text = _strictly(data, encoding)
        if text is None:
            text = data.decode(encoding, "replace")
            if not _is_sound(text, 0.02):
                continue
        return text, encoding, ["replacement_characters"] if "\ufffd" in text else []
    notes = ["declared_charset_wrong"] if declared else []
    for encoding in _detect(data):
        if (text := _strictly(data, encoding)) is not None:
            return text, encoding, [*notes, "guessed_charset"]
    western = data.decode("cp1252", "replace")
    if _is_sound(western, 0.1):
        return western, "windows-1252", [*notes, "guessed_charset", "replacement_characters"]
    return nearly, "utf-8", [*notes, "replacement_characters"]


def _is_sound(text: str, share: float) -> bool:
    """Whether at most `share` of the characters beyond ASCII are replacement characters."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") <= share * beyond


def _detect(data: bytes) -> Iterator[str]:
    """Encodings that the bytes look like, best first.

    Western European text is told first, by its lone accented letters, which detectors mistake for Baltic ones. Then
    comes beautifulsoup4's detection, which takes whatever detector is installed; here it is always the same one, so
    that the result does not depend on the machine.
    """
    sample = _beyond_ascii(data)
    runs = _HIGH.findall(sample)
    western = b"".join(runs).decode("cp1252", "replace")
    common = sum(c in _WESTERN for c in western)
    if len(western) < 1.6 * len(runs) and common >= 0.98 * len(western):
        yield "windows-1252"
    detector = EncodingDetector(sample, is_html=True)
    detector.declared_encoding = "utf-8"  # was tried before, and is not to be searched for again
    detector.chardet_encoding = charset_normalizer.detect(sample)["encoding"] or "windows-1252"
    for label in detector.encodings:
        if (encoding := normalize_label(label)) and encoding != "utf-8":
            yield encoding


def _beyond_ascii(data: bytes, size: int = 1 << 14) -> bytes:
    """The stretches of `data` that are not ASCII, each with a few bytes around, up to `size` bytes: markup dilutes."""
    pieces, count = [], 0
    for match in re.finditer(rb"[\x80-\xff][^<>\n]{0,200}", data):
        piece = re.split(rb"[<>\n\x80-\xff]", data[max(0, match.start() - 20) : match.start()])[-1] + match[0]
        pieces.append(piece)
        count += len(piece)
        if count >= size:
            break
    return b"\n".join(pieces)
