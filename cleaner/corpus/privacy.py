"""Finds private data by its form: e-mail addresses, phone numbers, IP addresses, account and card numbers.

A pattern tells candidates, and every one is checked by what knows the form best: `phonenumbers` (Google's
libphonenumber) for phone numbers, `ipaddress` for IP addresses, `python-stdnum` for the check digits of IBANs and card
numbers. What has no such form, such as a name or a street, is not found; nobody may conclude from a scan that a text
holds no private data.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from cleaner import recipe
from cleaner.describe.sites import domain
from cleaner.errors import RecipeError
from cleaner.judge.words import cut_words
from cleaner.rows import join_lines


class Span(NamedTuple):
    """A find in a text: characters from `start` to before `end`, and what kind of thing it is."""

    start: int
    end: int
    kind: str


_EMAIL = re.compile(r"(?<![\w.+%-])[\w+%-]{1,64}(?:\.[\w+%-]{1,64}){0,6}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[ -]?[0-9A-Z]){11,30}(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![\d.,/-])(?<!\d )[3-6]\d{3}(?:[ -]?\d){9,15}(?![ -]?\d)")


def _emails(text: str, options: recipe.Privacy) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        if domain(f"https://{match[0].rpartition('@')[2]}/"):
            yield match.span()


def _ip_addresses(text: str, options: recipe.Privacy) -> Iterator[tuple[int, int]]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                if ipaddress.ip_address(match[0]).is_global:
                    yield match.span()
            except ValueError:
                continue


def _ibans(text: str, options: recipe.Privacy) -> Iterator[tuple[int, int]]:
    from stdnum import iban

    for match in _IBAN.finditer(text):
        ends = [n for n, character in enumerate(match[0]) if character in " -"]
        for end in (len(match[0]), *reversed(ends)):  # what follows in capitals may look as if it went on
            if iban.is_valid(match[0][:end]):
                yield match.start(), match.start() + end
                break


def _cards(text: str, options: recipe.Privacy) -> Iterator[tuple[int, int]]:
    from stdnum import luhn

    for match in _CARD.finditer(text):
        if luhn.is_valid(re.sub(r"[ -]", "", match[0])):
            yield match.span()


def _phones(text: str, options: recipe.Privacy) -> Iterator[tuple[int, int]]:
    from phonenumbers import PhoneNumberMatcher

    for region in (None, *options.regions):
        for match in PhoneNumberMatcher(text, region):
            yield match.start, match.end


Finder = Callable[[str, "recipe.Privacy"], Iterator[tuple[int, int]]]

KINDS: dict[str, tuple[Finder, str, str | None, str]] = {
    "email": (_emails, "@", None, "E-mail addresses."),
    "iban": (
        _ibans, r"[A-Z]{2}\d\d[ -]?[0-9A-Z]{2}", "stdnum", "International bank account numbers with a right checksum."
    ),
    "card": (_cards, r"[3-6]\d{3}[ -]?\d\d", "stdnum", "Numbers of payment cards with a right check digit."),
    "ip": (_ip_addresses, r"\d\.\d{1,3}\.\d|:.{0,4}:", None, "Public IP addresses, versions 4 and 6."),
    "phone": (
        _phones, r"\d(?:\D{0,3}\d){5}", "phonenumbers",
        "Valid phone numbers: those with a country code, and those of `privacy.regions`.",
    ),
}  # fmt: skip
"""Kind -> how it is found, a pattern without which a text holds none, the library that it needs, what it is. A find
that overlaps one of a kind further up is none."""


def check_privacy(options: recipe.Privacy, name: str) -> None:
    """Raise RecipeError for unknown kinds and regions, or a library that is missing; `name` is the recipe's."""
    for kind in options.find:
        if kind not in KINDS:
            raise RecipeError(f"{name}: `privacy.find` asks for {kind!r}; known are {', '.join(KINDS)}.")
        library = KINDS[kind][2]
        if library and importlib.util.find_spec(library) is None:
            raise RecipeError(
                f"{name}: to find {kind!r}, `privacy.find` needs a library that is not installed: "
                "pip install 'cleaner-corpus[privacy]'"
            )
    if options.regions and "phone" in options.find:
        from phonenumbers import SUPPORTED_REGIONS

        for region in options.regions:
            if region not in SUPPORTED_REGIONS:
                raise RecipeError(f"{name}: `privacy.regions` has {region!r}, but wants codes such as `GB` or `DE`.")
    if options.mask and not options.find:
        raise RecipeError(f"{name}: `privacy.mask` is true, but `privacy.find` names nothing to mask.")


def find_private(text: str, options: recipe.Privacy) -> list[Span]:
    """What is found in a text, in order, without overlaps."""
    spans: list[Span] = []
    for kind, (find, _, _, _) in KINDS.items():
        if kind in options.find:
            for start, end in find(text, options):
                if all(end <= span.start or start >= span.end for span in spans):
                    spans.append(Span(start, end, kind))
    return sorted(spans)


def mask_spans(text: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """The text with `[email]` and the like in place of each find, and where these stand in it."""
    parts: list[str] = []
    masked: list[Span] = []
    end = length = 0
    for span in spans:
        parts += [text[end : span.start], f"[{span.kind}]"]
        start = length + span.start - end
        length = start + len(parts[-1])
        masked.append(Span(start, length, span.kind))
        end = span.end
    return "".join([*parts, text[end:]]), masked


def guard_lines(lines: pl.DataFrame, rows: Sequence[dict[str, Any]], options: recipe.Privacy) -> pl.DataFrame:
    """The lines (columns of `cleaning.LINES`) with their finds in the column `private`, null where nothing was found;
    masked in them and in their documents' `rows`, where the recipe says so. A document's finds in its text are counted
    in `quality.private`, every kind that was looked for."""
    patterns = "|".join(KINDS[kind][1] for kind in KINDS if kind in options.find)
    likely = lines["text"].str.contains(patterns).fill_null(False).arg_true().to_list() if options.find else []
    found = {row: spans for row in likely if (spans := find_private(lines["text"][row], options))}
    counts: dict[int, Counter[str]] = {row["source"]: Counter() for row in rows}
    for row, spans in found.items():
        if lines["verdict"][row] == "keep":
            counts[lines["source"][row]].update(span.kind for span in spans)
    for document in rows if options.find else ():
        count = counts[document["source"]]
        document["quality"]["private"] = [{"name": kind, "count": count[kind]} for kind in sorted(set(options.find))]
    if options.mask:
        lines = _mask(lines, rows, found, options)
    values = [[span._asdict() for span in found[row]] if row in found else None for row in range(len(lines))]
    kind = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "kind": pl.String}))
    return lines.with_columns(pl.Series("private", values, dtype=kind))


def _mask(
    lines: pl.DataFrame, rows: Sequence[dict[str, Any]], found: dict[int, list[Span]], options: recipe.Privacy
) -> pl.DataFrame:
    """The lines with their finds masked; `found` then tells where the masks stand, and the rows are changed, too."""
    texts = lines["text"].to_list()
    before = pl.Series([texts[row] for row in found], dtype=pl.String)
    for row, spans in list(found.items()):
        texts[row], found[row] = mask_spans(texts[row], spans)
    evidence = [value and _masked(value, options) for value in lines["evidence"].to_list()]
    new = lines.with_columns(
        pl.Series("text", texts, dtype=pl.String), pl.Series("evidence", evidence, dtype=pl.String)
    )
    after = new["text"].gather(list(found))
    fewer = np.zeros(len(lines))
    fewer[list(found)] = cut_words(before).count - cut_words(after).count
    new = new.with_columns(words=(new["words"] - fewer).clip(0))
    concerned = {lines["source"][row] for row in found if lines["verdict"][row] == "keep"}
    for document in rows:
        for name in ("title", "subtitle", "section", "authors", "tags", "comments", "quoted_sources"):
            document[name] = _masked(document[name], options)
        if document["source"] in concerned:
            own = new.filter(pl.col("source") == document["source"])
            document["text"] = join_lines(own["text"].to_list(), own["role"].to_list(), own["verdict"].to_list())
            document["characters"] = len(document["text"])
            document["words"] = round(own.filter(pl.col("verdict") == "keep")["words"].sum())
    return new


def _masked(value: Any, options: recipe.Privacy) -> Any:
    """A text, or what of texts is in lists and structs, with its finds masked."""
    if isinstance(value, str):
        return mask_spans(value, find_private(value, options))[0]
    if isinstance(value, dict):
        return {key: _masked(inner, options) for key, inner in value.items()}
    return [_masked(inner, options) for inner in value] if isinstance(value, list) else value
