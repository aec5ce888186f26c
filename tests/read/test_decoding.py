"""Encodings, and what is HTML and what is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import DocumentError
from cleaner.read import decode
from cleaner.read.decoding import decode_bytes, normalize_label
from cleaner.read.kind import tell_kind
from cleaner.recipe import Recipe
from cleaner.records import Source

SAMPLES = {
    "windows-1251": "Сегодня утром в городе прошёл первый снег, и улицы стали белыми.",
    "koi8-r": "Сегодня утром в городе прошёл первый снег, и улицы стали белыми.",
    "shift_jis": "今日の午後、東京で新しい図書館が開館しました。多くの人が訪れました。",
    "gb18030": "今天下午，新的图书馆在市中心开放，许多居民前来参观。",
    "big5": "今天下午，新的圖書館在市中心開放，許多居民前來參觀。",
    "euc-kr": "오늘 오후 새 도서관이 시내에서 문을 열었습니다.",
    "windows-1252": "Le café était déjà ouvert ; « l’été » arrive – Größe, señor, mañana ¿qué?",
    "windows-1250": "Žluťoučký kůň úpěl ďábelské ódy v pátek.",
    "windows-1253": "Η νέα βιβλιοθήκη άνοιξε σήμερα στο κέντρο της πόλης.",
    "windows-1256": "افتتحت المكتبة الجديدة اليوم في وسط المدينة.",
    "cp874": "ห้องสมุดใหม่เปิดให้บริการวันนี้ในใจกลางเมือง",
}


SHORT = {
    "iso-8859-2": "Żółta łódź",
    "euc-jp": "図書館",
    "windows-1255": "הספרייה",
    "windows-1254": "şehir",
    "iso-8859-15": "5 € für Öl",
}


@pytest.mark.parametrize("encoding", SAMPLES)
def test_detected(encoding: str) -> None:
    text = SAMPLES[encoding]
    page = f'<html><body><div class="a"><p>{text}</p></div><p>{text} {text}</p></body></html>'
    decoded, _, notes = decode_bytes(page.encode(encoding))
    assert (decoded, notes) == (page, ["guessed_charset"])


@pytest.mark.parametrize("encoding", [*SAMPLES, *SHORT])
@pytest.mark.parametrize(
    "page",
    [
        '<meta charset="{}">',
        "<meta http-equiv=Content-Type content='text/html; charset={}'>",
        '<?xml version="1.0" encoding="{}"?>',
        "header",
    ],
)
def test_declared(encoding: str, page: str) -> None:
    text = {**SHORT, **SAMPLES}[encoding]
    data = page.format(encoding).encode() + text.encode(encoding)
    decoded, used, notes = decode_bytes(data, encoding if page == "header" else None)
    assert decoded.endswith(text)
    assert notes == []
    assert used == normalize_label(encoding)


def test_utf8_wins_over_what_is_declared() -> None:
    page = "<meta charset=gb18030>今天下午"
    assert decode_bytes(page.encode()) == (page, "utf-8", ["declared_charset_wrong"])
    assert decode_bytes(b"<meta charset=gb18030>words", "koi8-r") == ("<meta charset=gb18030>words", "utf-8", [])


def test_the_recipe_s_encoding_is_first() -> None:
    data = "Größe".encode()
    assert decode_bytes(data, None, "latin-1")[:2] == ("GrÃ¶ÃŸe", "windows-1252")
    assert decode_bytes(data, None, "no-such-encoding")[:2] == ("Größe", "utf-8")
    source = Source("Żółta łódź".encode("iso-8859-2"))
    assert decode(source, Recipe.parse("[read]\nencoding = 'iso-8859-2'")).text == "Żółta łódź"


def test_nearly_utf8_stays_utf8() -> None:
    page = "<meta charset=windows-1252>“Quoted” – with é, à, ü and more é à ü.".encode()
    for broken in (page + b"it\x92s", page.replace("“".encode(), b"\xe2\x80"), page + b"\xc3"):
        text, encoding, notes = decode_bytes(broken)
        assert (encoding, notes) == ("utf-8", ["replacement_characters"])
        assert "– with é, à, ü" in text
        assert text.count("\ufffd") == 1


def test_a_few_broken_bytes_in_what_is_declared() -> None:
    data = b"<meta charset=shift_jis>" + SAMPLES["shift_jis"].encode("shift_jis") * 5
    text, encoding, notes = decode_bytes(data + b"\x81")
    assert (encoding, notes) == ("cp932", ["replacement_characters"])
    assert SAMPLES["shift_jis"] in text


def test_a_declared_charset_that_cannot_be() -> None:
    data = b"<meta charset=shift_jis>" + SAMPLES["windows-1252"].encode("cp1252")
    text, encoding, notes = decode_bytes(data)
    assert SAMPLES["windows-1252"] in text
    assert (encoding, notes) == ("windows-1252", ["declared_charset_wrong", "guessed_charset"])


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "iso-2022-jp"]
)
def test_byte_order_marks_and_escapes(encoding: str) -> None:
    text = "<p>words and more words" + ("図書館" if encoding != "utf-16-be" else "")
    decoded = decode(Source(text.encode(encoding)), Recipe())
    assert decoded.text == text
    assert decoded.notes == ()


@pytest.mark.parametrize(
    "label", ["utf-7", "rot13", "hex", "zlib", "idna", "unicode_escape", "x-user-defined", "", "\0", "é"]
)
def test_labels_of_no_encoding_of_pages(label: str) -> None:
    assert normalize_label(label) is None


@given(st.binary(max_size=300), st.none() | st.sampled_from(["utf-8", "shift_jis", "utf-16", "x", "cp1252"]))
def test_decoding_never_fails(data: bytes, charset: str | None) -> None:
    text, encoding, _ = decode_bytes(data, charset)
    text.encode()
    "".encode(encoding)


@given(st.text(min_size=1, max_size=200))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    data = text.encode()
    if b"\0" not in data and b"\x1b" not in data and not text.startswith("\ufeff"):
        assert decode_bytes(data)[0] == text


def test_text_stays_as_it_is_but_for_half_characters() -> None:
    decoded = decode(Source("a \ud83d b\0", path="a.json", notes=("sidecar",)), Recipe())
    assert decoded.text == "a \ufffd b"
    assert decoded.notes == ("sidecar", "replacement_characters", "nul_characters")
    with pytest.raises(DocumentError):
        decode(Source(""), Recipe())


LONG = "A line of prose that says something.\n\n" * 20
KINDS = {
    "document": ("<!DOCTYPE html>\n<html><body>words", None, "a.txt", "html"),
    "after a comment": ("\ufeff<?xml version='1.0'?>\n<!-- saved -->\n<html>words", None, "a.txt", "html"),
    "prose named html": (LONG, None, "a.html", "text"),
    "prose sent as html": (LONG, "text/html", "", "text"),
    "fragment named html": ("Words <b>and</b> more", None, "a.html", "html"),
    "fragment sent as html": ("Words<br>and more", "text/html", "", "html"),
    "fragment in a field": ("<p>One.</p>\n<p>Two.</p>", None, "a.jsonl", "html"),
    "fragment on one line": ("<p>One.</p><p>Two.</p><p>Three.</p>", None, "", "html"),
    "prose with a tag": (LONG + "Use <p> for that.", None, "a.txt", "text"),
    "prose with brackets": ("1 < 2 and 3 > 2, as <John> said", None, "", "text"),
    "markdown": (
        "# Title\n\nSome *words*<br>\n\n- one\n- two\n\n<p align=center>x</p>\n\n[a](http://b.example)",
        None,
        "a.md",
        "text",
    ),
    "markdown without a name": ("# Title\n\n" + LONG + "<div>x</div>\n<div>y</div>\n", None, "", "text"),
    "html named md": ("<div><p>One</p><p>Two</p></div>", None, "a.md", "html"),
    "code": ("if (a<b && c>d) { return; }", None, "a.txt", "text"),
}


@pytest.mark.parametrize("case", KINDS)
def test_kinds(case: str) -> None:
    text, media_type, name, kind = KINDS[case]
    assert tell_kind(text, media_type, name) == kind


def test_the_source_s_kind_wins() -> None:
    assert decode(Source("<html><p>words", kind="text"), Recipe()).kind == "text"


def test_hostile_markup_is_told_quickly() -> None:
    for text in (
        "<" * 3_000_000,
        "<!--" * 500_000,
        "<?" * 500_000,
        "<p " * 500_000,
        "# " * 500_000,
        "[" * 1_000_000,
        "<a" + " x" * 500_000,
    ):
        tell_kind(text)
        decode_bytes(text.encode() + b"\xe9")
