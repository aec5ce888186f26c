"""The dataset's columns as one explicit Arrow schema: every shard of every version is written with it.

An extra column or another type in one shard is fatal for `load_dataset`, so nothing here depends on the data.
Columns whose values are not measured yet are null.
"""

from __future__ import annotations

import pyarrow as pa

AUTHOR = pa.struct([("name", pa.string()), ("kind", pa.string())])
QUOTED_SOURCE = pa.struct([("author", pa.string()), ("outlet", pa.string()), ("date", pa.string())])
COUNTED = pa.struct([("name", pa.string()), ("count", pa.int64())])
SPAN = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("kind", pa.string())])
PROVENANCE = pa.struct(
    [("field", pa.string()), ("method", pa.string()), ("confidence", pa.float32()), ("line", pa.int64())]
)
SIGNALS: dict[str, pa.DataType] = {
    "gopher_avg_word_length": pa.float32(),
    "gopher_hash_word_ratio": pa.float32(),
    "gopher_ellipsis_word_ratio": pa.float32(),
    "gopher_bullet_lines_ratio": pa.float32(),
    "gopher_ellipsis_lines_ratio": pa.float32(),
    "gopher_alpha_words_ratio": pa.float32(),
    "gopher_stop_words": pa.int64(),
    "gopher_dup_line_frac": pa.float32(),
    "gopher_dup_line_char_frac": pa.float32(),
    "gopher_dup_para_frac": pa.float32(),
    "gopher_dup_para_char_frac": pa.float32(),
    **{f"gopher_top_{n}_gram": pa.float32() for n in (2, 3, 4)},
    **{f"gopher_dup_{n}_grams": pa.float32() for n in (5, 6, 7, 8, 9, 10)},
    "c4_kept_lines": pa.float32(),
    "c4_no_terminal_punct": pa.float32(),
    "c4_too_few_words": pa.float32(),
    "c4_too_long_word": pa.float32(),
    "c4_javascript": pa.float32(),
    "c4_policy": pa.float32(),
    "c4_num_sentences": pa.int64(),
    "c4_lorem_ipsum": pa.int64(),
    "c4_curly_bracket": pa.int64(),
    "fineweb_line_punct_ratio": pa.float32(),
    "fineweb_short_line_ratio": pa.float32(),
    "fineweb_char_dup_ratio": pa.float32(),
    "fineweb_list_ratio": pa.float32(),
}
"""Measures of a text by which other corpora were filtered; see `corpus.quality`."""

QUALITY = pa.struct(
    [
        ("page_type", pa.string()),
        ("flags", pa.list_(pa.string())),
        ("fixes", pa.list_(COUNTED)),
        ("encoding", pa.string()),
        ("confidence", pa.float32()),
        ("kept_share", pa.float32()),
        ("stop_word_share", pa.float32()),
        ("symbol_share", pa.float32()),
        ("boilerplate_share", pa.float32()),
        ("text_to_markup", pa.float32()),
        ("template_share", pa.float32()),
        ("private", pa.list_(COUNTED)),
        *SIGNALS.items(),
    ]
)

DOCUMENTS = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("title", pa.string()),
        ("subtitle", pa.string()),
        ("authors", pa.list_(AUTHOR)),
        ("published", pa.string()),
        ("published_precision", pa.string()),
        ("published_offset", pa.string()),
        ("modified", pa.string()),
        ("publisher", pa.string()),
        ("agency", pa.string()),
        ("place", pa.string()),
        ("quoted_sources", pa.list_(QUOTED_SOURCE)),
        ("url", pa.string()),
        ("domain", pa.string()),
        ("language", pa.string()),
        ("language_score", pa.float32()),
        ("language_declared", pa.string()),
        ("section", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("comments", pa.list_(pa.string())),
        ("license", pa.string()),
        ("retrieved_at", pa.string()),
        ("source_path", pa.string()),
        ("source_sha256", pa.string()),
        ("media_type", pa.string()),
        ("characters", pa.int64()),
        ("words", pa.int64()),
        ("lines_kept", pa.int64()),
        ("lines_dropped", pa.int64()),
        ("lines_metadata", pa.int64()),
        ("duplicate_of", pa.string()),
        ("duplicate_cluster", pa.string()),
        ("duplicate_jaccard", pa.float32()),
        ("quality", QUALITY),
        ("provenance", pa.list_(PROVENANCE)),
    ]
)
"""One row a document (config `v1.0.0`)."""

OF_THE_CORPUS = ("duplicate_of", "duplicate_cluster", "duplicate_jaccard")
"""Columns that no page can tell by itself: decided over the whole corpus, long after the page was cleaned."""

LINES = pa.schema(
    [
        ("document_id", pa.string()),
        ("line", pa.int64()),
        ("text", pa.string()),
        ("role", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("score", pa.float32()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("evidence", pa.string()),
        ("private", pa.list_(SPAN)),
    ]
)
"""One row a line, in reading order (config `v1.0.0-lines`)."""

MEASURES = pa.schema(
    [
        ("characters", pa.float64()),
        ("words", pa.float64()),  # a character of a script without spaces is half a word
        ("stop_words", pa.float64()),
        ("letters", pa.float64()),  # and digits
        ("sentence", pa.bool_()),  # whether it reads as a sentence
        ("head", pa.bool_()),  # whether next to nothing that its page keeps stands above it
    ]
)
"""What is known of a line and not published: by it, a document is judged again with what the whole corpus knows."""
