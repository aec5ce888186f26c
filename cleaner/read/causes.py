"""Why a source was rejected: every cause code with its definition, in one table.

The reading causes come first; the last ones are given by the engine when a source could be read but not cleaned.
"""

from __future__ import annotations

CAUSES: dict[str, str] = {
    "empty": "There is nothing in it, or nothing but white space.",
    "not_text": "The content is not text: random bytes, an image, audio, or another binary file under a page's name.",
    "unsupported": "A format that is not read here, such as PDF, Word, RSS, 7z or rar.",
    "too_large": "It is larger than the recipe's `read.max_source_mb`.",
    "no_text_field": "A record or a whole table without a field of text or HTML; the message names its fields.",
    "not_a_record": "A JSON value that is no object, where a record was expected.",
    "broken_record": "A record that cannot be parsed; the other records of its file were read.",
    "broken_container": "A container whose content is damaged; what was read before the damage stays.",
    "truncated": "A container that ends too early; what was read before stays.",
    "no_page": "A web archive (MHT) without a part that is a page.",
    "archive_bomb": "An archive that unpacks to far more than its size (`read.max_expansion`).",
    "too_many_members": "An archive with more members than the recipe's `read.max_members`; the first ones were read.",
    "too_deep": "Archives nested deeper than they are followed.",
    "unsafe_name": "A member of an archive whose name is absolute or leads out of the archive.",
    "encrypted": "A member of an archive that is encrypted.",
    "unreadable": "The system does not let the file be read; the message holds its words.",
    "vanished": "The file was listed, and gone when its turn came to be read.",
    "timed_out": "Cleaning it took longer than the recipe's `limits.seconds`; whether it does depends on the machine.",
    "out_of_memory": "Cleaning it took more memory than the recipe's `limits.memory_mb`; this depends on the machine.",
    "crashed": "The process that cleaned it died.",
    "failed": "Cleaning it failed for a reason that cleaner does not know: a defect worth a report.",
}
"""Cause code -> what it means. `rejects.jsonl` holds one of these codes a source."""
