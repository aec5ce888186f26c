"""What each column of the dataset means, in a sentence: for the card, and for the documentation."""

from __future__ import annotations

DOCUMENTS: dict[str, str] = {
    "id": "32 hex digits that name the document; the same in every version. Made from its URL, else from its path.",
    "text": "The kept lines; paragraphs are parted by a blank line.",
    "title": "The headline.",
    "subtitle": "The line under the headline.",
    "authors": "Who wrote it: a list of `name` and `kind` (person, org, handle or unknown).",
    "published": "When it was published, ISO 8601, as precise as is known: `2021-05-03` or `2021-05-03T14:05:00`.",
    "published_precision": "How precise that is: year, month, day, minute or second.",
    "published_offset": "Offset from UTC of that time, such as `+02:00`, where stated.",
    "modified": "When it was last changed, where stated.",
    "publisher": "The outlet.",
    "agency": "The news agency that the text came from.",
    "place": "Where it was written, from the dateline.",
    "quoted_sources": "Other publications that the page names as its source: `author`, `outlet`, `date`.",
    "url": "Its address.",
    "domain": "The registered domain of the address.",
    "language": "Detected language, BCP 47; `und` when unsure.",
    "language_score": "How sure the detector was, 0 to 1; null where the page was believed, and for `und`.",
    "language_declared": "The language that the page itself states, which is often wrong.",
    "section": "The section of the site, where stated.",
    "tags": "Key words, where stated.",
    "comments": 'What readers wrote under it, one entry a comment, where the recipe has (`comments = "field"`).',
    "license": "Terms under which the page says it may be used: an SPDX identifier, an address, or `LicenseRef-...`.",
    "retrieved_at": "When it was downloaded, where known.",
    "source_path": "Where the source lay, relative to the raw folder; `#n` is record n of a container.",
    "source_sha256": "SHA-256 of the source's bytes.",
    "media_type": "What the source was: `text/html` or `text/plain`.",
    "characters": "Characters of `text`.",
    "words": "Words of `text`.",
    "lines_kept": "Lines that are in `text`.",
    "lines_dropped": "Lines that were taken out.",
    "lines_metadata": "Lines that became metadata, such as the headline.",
    "duplicate_of": "The document that represents this one: it has the same text, or nearly the same.",
    "duplicate_cluster": "The documents that hang together as duplicates: the least of their ids, on each of them.",
    "duplicate_jaccard": "How much of their text this document and `duplicate_of` share: 0 to 1, the Jaccard index of "
    "their shingles.",
    "quality": "Measurements of the page and its text: type of page, encoding, flags, fixes made, shares.",
    "provenance": "For each filled field: the method by which it was found, how sure that is (0 to 1), and the line "
    "that bears it (as numbered in the config of lines), where one does.",
}
"""Of the config `vX.Y.Z`: one row a document."""

LINES: dict[str, str] = {
    "document_id": "`id` of the document.",
    "line": "Position in the page, from 0.",
    "text": "The line's text.",
    "role": "What the line is: body, heading, navigation, share...",
    "verdict": "`keep`, `drop` or `metadata`.",
    "reason": "Short code of why.",
    "score": "How sure the verdict is, 0 to 1.",
    "start": "Where the line starts in the page's text, in characters.",
    "end": "Where it ends.",
    "evidence": "What spoke for the verdict: a phrase, an element, a section's first line, what moved the model most.",
    "private": "Private data found in the line's text, where the recipe has it looked for: a list of `start`, `end` "
    "(characters of `text`) and `kind`.",
}
"""Of the config `vX.Y.Z-lines`: one row a line, in reading order."""
