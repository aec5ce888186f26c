"""A batch's lines mended right after cutting, so that judge and reader see the same text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.normalize import normalize_lines
from cleaner.pages.batch import Batch
from cleaner.recipe import Normalize


def mend_lines(batch: Batch, options: Normalize) -> tuple[npt.NDArray[np.bool_], pl.DataFrame]:
    """Normalise the text of the batch's lines in place.

    Returns which lines the fixes emptied (they keep their text as it was), and the counts of fixes as
    `normalize.Normalized` has them.
    """
    normalized = normalize_lines(batch.lines["text"], options)
    emptied = (normalized.texts.str.strip_chars() == "").alias("emptied")
    text = pl.when(emptied).then(pl.col("text")).otherwise(normalized.texts).alias("text")
    batch.lines = batch.lines.with_columns(text)
    return emptied.to_numpy().astype(bool), normalized.counts
