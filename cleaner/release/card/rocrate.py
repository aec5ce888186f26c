"""A version as an RO-Crate 1.2: a folder with `ro-crate-metadata.json`, by which archives and workflows know its files.

https://w3id.org/ro/crate/1.2. Nothing in it depends on the time: its date is the one that the publisher states.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from cleaner.errors import StorageError
from cleaner.release.card.citation import author_names, cited, doi_of, url_of
from cleaner.release.card.croissant import DOMAIN
from cleaner.release.card.deposit import Deposit, check_vacant, make_deposit
from cleaner.release.card.front_matter import title_of
from cleaner.release.card.licences import find_licence
from cleaner.release.files import TEMPORARY

METADATA = "ro-crate-metadata.json"

_FORMATS = {
    ".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".jsonl": "application/jsonl",
    ".md": "text/markdown", ".svg": "image/svg+xml", ".cff": "application/yaml", "": "text/plain",
}  # fmt: skip
_ABOUT = {
    "README.md": "The dataset's card", "CHANGELOG.md": "What each version changed", "CITATION.cff": "How to cite it",
    "croissant.json": "Croissant metadata", "LICENSE": "The licence", "rejects.jsonl": "Sources that were rejected",
    "left_out.jsonl": "Sources that were left out",
}  # fmt: skip


def write_ro_crate(processed: str | Path, folder: str | Path, version: str | None = None) -> Path:
    """Write a version, the newest by default, as an RO-Crate into a folder that is new or empty; returns the folder.

    RefusedError when there is something already, or when licence or date of publication are not stated; else as
    `deposit.make_deposit`, and StorageError when it cannot be written. The folder is there whole or not at all.
    """
    folder = Path(folder)
    deposit = make_deposit(processed, version)
    check_vacant(folder)
    temporary = folder.with_name(folder.name + TEMPORARY)
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        for file in deposit.shards:
            with open(_made(temporary / file.path), "xb") as copy:
                deposit.copy(file, copy.write)
        for name, data in {**deposit.small, METADATA: crate_metadata(deposit)}.items():
            _made(temporary / name).write_bytes(data)
        os.replace(temporary, folder)
    except OSError as e:
        raise StorageError(f"{folder} cannot be written: {e.strerror or e}. Mend that, and try again.") from e
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _made(path: Path) -> Path:
    """The path, after its folder was made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def crate_metadata(deposit: Deposit) -> bytes:
    """`ro-crate-metadata.json` for a version by itself."""
    graph = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        _root(deposit),
        *_licence(deposit),
        *_people(deposit),
        *_making(deposit),
        *(_file(path, sha256, size) for path, (sha256, size) in deposit.sums().items()),
    ]
    values = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def _root(deposit: Deposit) -> dict[str, Any]:
    card, manifest = deposit.card, deposit.manifest
    documents, sites = manifest.counts["documents"], len(manifest.counts["sites"])
    made = f"The clean text and metadata of {documents:,} web pages from {sites:,} sites."
    values: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": title_of(card),
        "description": card.summary or made,
        "datePublished": deposit.released,
        "version": manifest.version,
        "license": {"@id": _licence(deposit)[0]["@id"]},
        "author": [{"@id": person["@id"]} for person in _people(deposit)] or None,
        "identifier": f"https://doi.org/{doi}" if (doi := doi_of(card)) else None,
        "url": url_of(card),
        "inLanguage": sorted(name for name in manifest.counts["languages"] if name != "und") or None,
        "creditText": card.citation or cited(manifest, card).partition("> ")[2].partition("\n")[0],
        "funding": card.funding,
        "hasPart": [{"@id": path} for path in deposit.sums()],
    }
    return {key: value for key, value in values.items() if value is not None}


def _licence(deposit: Deposit) -> list[dict[str, Any]]:
    licence = find_licence(deposit.card.license or "")
    about = licence.url or "#licence"
    return [{"@id": about, "@type": "CreativeWork", "name": licence.stated, "description": licence.stated}]


def _people(deposit: Deposit) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = []
    for number, author in enumerate(deposit.card.authors, 1):
        names = author_names(author)
        if names:
            known = {"@type": "Person", "name": f"{names[1]} {names[0]}", "familyName": names[0], "givenName": names[1]}
        else:
            known = {"@type": "Organization", "name": author.strip()}
        people.append({"@id": f"#author-{number}", **known})
    return people


def _making(deposit: Deposit) -> list[dict[str, Any]]:
    """What made the files, and of which sites."""
    manifest = deposit.manifest
    sites = [f"https://{site}/" for site in sorted(manifest.counts["sites"]) if DOMAIN.fullmatch(site)]
    action: dict[str, Any] = {
        "@id": "#cleaning",
        "@type": "CreateAction",
        "name": "Cleaning of the pages",
        "description": f"By the recipe with the hash {manifest.recipe_hash}, which stands in the version's manifest.",
        "instrument": {"@id": "#cleaner"},
        "result": {"@id": "./"},
    }
    if sites:
        action["object"] = [{"@id": site} for site in sites]
    tool = {"@id": "#cleaner", "@type": "SoftwareApplication", "name": "cleaner", "version": manifest.cleaner}
    return [action, tool, *({"@id": site, "@type": "WebSite", "url": site, "name": site} for site in sites)]


def _file(path: str, sha256: str, size: int) -> dict[str, Any]:
    kind = _FORMATS.get(os.path.splitext(path)[1], "application/octet-stream")
    name = _ABOUT.get(path, path)
    return {
        "@id": path, "@type": "File", "name": name, "encodingFormat": kind, "contentSize": str(size), "sha256": sha256,
    }  # fmt: skip
