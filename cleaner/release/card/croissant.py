"""`croissant.json`: the newest version for machines, as Croissant 1.1 (JSON-LD), with its fields on responsible use.

http://mlcommons.org/croissant/1.1 and http://mlcommons.org/croissant/RAI/1.0; provenance in the words of W3C PROV-O.
The files are named relative to the dataset's folder, each with its SHA-256. Nothing in it depends on the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from cleaner.recipe import Card
from cleaner.release.card import columns
from cleaner.release.card.answers import UNSTATED
from cleaner.release.card.citation import author_names, cited, date_of, doi_of, url_of
from cleaner.release.card.front_matter import title_of
from cleaner.release.card.licences import find_licence
from cleaner.release.card.limits import limits, personal_data
from cleaner.release.card.wording import number, several, share
from cleaner.release.manifest import CONFIGS, Manifest

CROISSANT = "croissant.json"

_MOST = 50
"""Sites and languages that are named one by one."""

DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{1,61}")

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "readLines": "cr:readLines",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}

_MEANINGS = {"documents": columns.DOCUMENTS, "lines": columns.LINES}
_ONE_ROW = {"documents": "One record a document.", "lines": "One record a line of a page, with its verdict."}
_KEYS = {"documents": ("id",), "lines": ("document_id", "line")}


def render_croissant(manifest: Manifest, card: Card) -> str:
    """`croissant.json` for a version."""
    return json.dumps(describe_dataset(manifest, card), ensure_ascii=False, indent=1) + "\n"


def describe_dataset(manifest: Manifest, card: Card) -> dict[str, Any]:
    """The JSON-LD of `croissant.json`. What nobody has stated is said to be unstated, or left out where only an address
    or a date would do."""
    licence = find_licence(card.license or UNSTATED)
    tables = [config for config in CONFIGS if manifest.files[config]]
    languages = sorted(name for name in manifest.counts["languages"] if name != "und")
    values: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": title_of(card),
        "description": card.summary or _summary(manifest),
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "license": licence.url or licence.stated,
        "url": url_of(card),
        "sameAs": f"https://doi.org/{doi}" if (doi := doi_of(card)) else None,
        "creator": [_agent(author) for author in card.authors]
        or [{"@type": "Organization", "name": UNSTATED.rstrip(".")}],
        "datePublished": date_of(card),
        "version": manifest.version,
        "citeAs": card.citation or cited(manifest, card).partition("> ")[2].partition("\n")[0],
        "inLanguage": languages[:_MOST] or None,
        "isLiveDataset": False,
        "distribution": [part for config in tables for part in _distribution(manifest, config)],
        "recordSet": [_record_set(manifest, config) for config in tables],
        **_responsible(manifest, card),
        "prov:wasDerivedFrom": list(_origins(manifest)),
        "prov:wasGeneratedBy": _making(manifest, card),
    }
    return {key: value for key, value in values.items() if value is not None}


def _summary(manifest: Manifest) -> str:
    counts = manifest.counts
    pages = f"{several(counts['documents'], 'web page')} from {several(len(counts['sites']), 'site')}"
    return f"The clean text and metadata of {pages}, and every line that was taken out, with the reason why."


def _agent(author: str) -> dict[str, str]:
    names = author_names(author)
    if names is None:
        return {"@type": "Organization", "name": author.strip()}
    return {"@type": "Person", "name": f"{names[1]} {names[0]}", "familyName": names[0], "givenName": names[1]}


def _distribution(manifest: Manifest, config: str) -> Iterator[dict[str, Any]]:
    """The shards of a table, each with its checksum, and the set of them that the records are read from."""
    for file in manifest.files[config]:
        yield {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "contentUrl": file.path,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": "application/x-parquet",
            "sha256": file.sha256,
        }
    yield {
        "@type": "cr:FileSet",
        "@id": f"{config}-files",
        "name": f"{config}-files",
        "description": f"The Parquet files of the config `v{manifest.version}{'-lines' if config == 'lines' else ''}`.",
        "encodingFormat": "application/x-parquet",
        "includes": [file.path for file in manifest.files[config]],
    }


def _record_set(manifest: Manifest, config: str) -> dict[str, Any]:
    keys = [{"@id": f"{config}/{name}"} for name in _KEYS[config]]
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": _ONE_ROW[config],
        "key": keys[0] if len(keys) == 1 else keys,
        "field": [_field(config, column, _MEANINGS[config].get(column.name)) for column in manifest.schema(config)],
    }


def _field(config: str, column: pa.Field, meaning: str | None) -> dict[str, Any]:
    name = f"{config}/{column.name}"
    source = {"fileSet": {"@id": f"{config}-files"}, "extract": {"column": column.name}}
    field: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": column.name}
    if meaning:
        field["description"] = meaning.replace("`", "")
    kind, listed = _unlisted(column.type)
    if listed:
        field.update({"isArray": True, "arrayShape": "-1"})
    if not pa.types.is_struct(kind):
        return {**field, "dataType": _type(kind, column.name), "source": source}
    inner = []
    for part in (kind.field(i) for i in range(kind.num_fields)):
        leaf, many = _unlisted(part.type)
        if pa.types.is_struct(leaf):
            continue  # lists of structs inside of a struct have no path that Croissant's readers follow
        described: dict[str, Any] = {"@type": "cr:Field", "@id": f"{name}/{part.name}", "name": part.name}
        if many:
            described.update({"isArray": True, "arrayShape": "-1"})
        described["dataType"] = _type(leaf, part.name)
        described["source"] = {**source, "transform": {"jsonPath": part.name}}
        inner.append(described)
    return {**field, "subField": inner}


def _unlisted(kind: pa.DataType) -> tuple[pa.DataType, bool]:
    return (kind.value_type, True) if pa.types.is_list(kind) else (kind, False)


def _type(kind: pa.DataType, name: str) -> str:
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:URL" if name == "url" else "sc:Text"


def _responsible(manifest: Manifest, card: Card) -> dict[str, Any]:
    """The fields on responsible use: what was measured, then what was stated."""
    synthetic = (card.synthetic or UNSTATED).strip()
    known = {"yes": True, "true": True, "no": False, "false": False}
    return {
        "rai:dataCollection": card.collection or UNSTATED,
        "rai:dataLimitations": limits(manifest),
        "rai:dataBiases": [_composition(manifest), card.biases or UNSTATED],
        "rai:personalSensitiveInformation": [personal_data(manifest), card.personal_data or UNSTATED],
        "rai:dataUseCases": [card.uses or card.purpose or UNSTATED]
        + ([f"Not meant for: {card.out_of_scope}"] if card.out_of_scope else []),
        "rai:dataSocialImpact": card.social_impact or UNSTATED,
        "rai:hasSyntheticData": known.get(synthetic.lower(), synthetic),
        "rai:dataReleaseMaintenancePlan": card.maintenance or UNSTATED,
    }


def _composition(manifest: Manifest) -> str:
    """Of which languages and sites the documents are, which is what a bias may follow from."""
    counts = manifest.counts
    told = []
    for what, names in (("language", counts["languages"]), ("site", counts["sites"])):
        ranked = sorted(names.items(), key=lambda item: (-item[1], item[0]))[:10]
        shares = ", ".join(f"{name or '(none)'} {share(count, counts['documents'])}" for name, count in ranked)
        more = f" and {number(len(names) - 10)} more" if len(names) > 10 else ""
        told.append(f"by {what}: {shares}{more}")
    return f"Documents {'; '.join(told)}."


def _origins(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The sites that the documents come from, those with most documents first."""
    ranked = sorted(manifest.counts["sites"].items(), key=lambda item: (-item[1], item[0]))
    for site, count in ranked[:_MOST]:
        where = {"@id": f"https://{site}/"} if DOMAIN.fullmatch(site) else {}
        yield {**where, "@type": "prov:Entity", "prov:label": f"{site or 'files without a site'}: "
               f"{several(count, 'document')}"}  # fmt: skip
    if rest := ranked[_MOST:]:
        pages = several(sum(count for _, count in rest), "document")
        yield {"@type": "prov:Entity", "prov:label": f"{number(len(rest))} more sites: {pages}"}


def _making(manifest: Manifest, card: Card) -> list[dict[str, Any]]:
    """What was done: the pages were collected, by whomever, and then cleaned."""
    tool = {"@type": "prov:SoftwareAgent", "prov:label": f"cleaner {manifest.cleaner}"}
    return [
        {"@type": "prov:Activity", "prov:label": f"Collection of the pages. {card.collection or UNSTATED}"},
        {
            "@type": "prov:Activity",
            "prov:label": f"Cleaning, by the recipe with the hash {manifest.recipe_hash}",
            "prov:wasAssociatedWith": tool,
        },
    ]
