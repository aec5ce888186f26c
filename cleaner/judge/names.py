"""What elements say of themselves: their tag, and the words of their class, id, role and the like.

Elements of one kind have the same tag and the same naming attributes. Each kind of a batch is looked at once, and so
is each name in it, column by column.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.words import distinct as distinct_numbers

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

NAMING = ("class", "id", "role", "itemprop", "itemtype", "data-testid", "data-component", "aria-label", "rel")
"""Attributes whose values name an element."""
MOST_NAMES, LONGEST = 12, 60
"""Of an attribute the first names count, and of each so many characters."""
_NAMING = rf'\s(?:{"|".join(NAMING)})="[^"]*'
_HIDDEN = r'(?i)\shidden[=\s>]|aria-hidden="true"|style="[^"]*(?:display\s*:\s*none|visibility\s*:\s*hidden)'
_SHORT = {"class": "class", "id": "id", "role": "role", "rel": "rel"}


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of the elements of a batch.

    Attributes:
        kind: For each element, its kind.
        tag: For each kind, its tag.
        hidden: For each element, whether it says that it is not shown.
        names: A row for each name that a kind has, in the order written: `kind`, `attribute`, `name`.
        row, code: Numbers (CRC-32) of the tokens of each kind, each once: the kind, and the number.
    """

    kind: Ints
    tag: pl.Series
    hidden: npt.NDArray[np.bool_]
    names: pl.DataFrame
    row: Ints
    code: Codes

    def __len__(self) -> int:
        return len(self.tag)


def find_kinds(elements: pl.DataFrame) -> Kinds:
    """The kinds of elements, numbered in the order in which they are met."""
    tokens = elements.select("tag", "token")
    distinct = tokens.unique("token", maintain_order=True).with_columns(
        said=pl.col("token").str.extract_all(_NAMING), hidden=pl.col("token").str.contains(_HIDDEN)
    )
    distinct = distinct.with_columns(key=pl.col("tag") + pl.col("said").list.join(""))
    kinds = distinct.unique("key", maintain_order=True).select("key", "tag", "said").with_row_index("kind")
    of_token = distinct.select("token", "key", "hidden").join(kinds.select("key", "kind"), on="key", how="left")
    found = tokens.join(of_token, on="token", how="left", maintain_order="left")
    names = _cut_names(kinds)
    row, code = _tokens(kinds, names)
    kind, hidden = found["kind"].to_numpy().astype(np.int64), found["hidden"].to_numpy().astype(bool)
    return Kinds(kind, kinds["tag"], hidden, names, row, code)


def _cut_names(kinds: pl.DataFrame) -> pl.DataFrame:
    """Each name of each kind."""
    halves = pl.col("said").str.splitn('="', 2).struct.rename_fields(["attribute", "value"])
    said = kinds.select("kind", "said").explode("said").drop_nulls().select("kind", halves.alias("halves"))
    name = pl.col("value").str.extract_all(r"\S+").list.head(MOST_NAMES)
    attribute = pl.col("attribute").str.strip_chars_start()
    values = said.unnest("halves").select("kind", attribute, name.alias("name"))
    return values.explode("name").drop_nulls().with_columns(pl.col("name").str.slice(0, LONGEST))


def _tokens(kinds: pl.DataFrame, names: pl.DataFrame) -> tuple[Ints, Codes]:
    """Kind and number of each token: the tag, each name as a whole, and its parts; digits are masked."""
    distinct = names.select("attribute", "name").unique(maintain_order=True).with_row_index("at")
    short = pl.col("attribute").replace_strict(_SHORT, default="other")
    masked = distinct.select("at", short, pl.col("name").str.replace_all(r"\d+", "0"))
    parted = pl.col("name").str.replace_all("([a-z0-9])([A-Z])", "$1 $2").str.extract_all("[a-zA-Z0-9]{2,}")
    parts = masked.select("at", "attribute", name=parted).explode("name").drop_nulls()
    low = pl.col("name").str.to_lowercase()
    said = pl.concat(
        [
            masked.select("at", token=pl.col("attribute") + "=" + low),
            parts.select("at", token=pl.col("attribute") + ":" + low),
        ]
    )
    said = said.select("at", code=_numbers(said["token"]))
    held = names.join(distinct, on=["attribute", "name"], how="left").select("kind", "at").join(said, on="at")
    tags = kinds.select("kind", code=_numbers("<" + kinds["tag"]))
    pairs = pl.concat([tags, held.select("kind", "code")]).to_numpy()
    once = distinct_numbers(pairs[:, 0].astype(np.uint64) << np.uint64(32) | pairs[:, 1].astype(np.uint64))
    return (once >> np.uint64(32)).astype(np.int64), (once & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def _numbers(tokens: pl.Series) -> pl.Series:
    """The CRC-32 of each."""
    table = tokens.unique().to_frame("token")
    numbers = [zlib.crc32(token.encode("utf-8", "replace")) for token in table["token"].to_list()]
    known = table.with_columns(code=pl.Series(numbers, dtype=pl.UInt32))
    return tokens.to_frame("token").join(known, on="token", how="left", maintain_order="left")["code"]
