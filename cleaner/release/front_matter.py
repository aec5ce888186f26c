"""The YAML at the top of the card: what `datasets` and the Hub read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import yaml

from cleaner.release.manifest import CONFIGS, DEFAULT_NAME, Manifest
from cleaner.release.shards import SCHEMAS

SUFFIXES = {"documents": "", "lines": "-lines"}

_SIZES = (
    ("n<1K", 1e3), ("1K<n<10K", 1e4), ("10K<n<100K", 1e5), ("100K<n<1M", 1e6), ("1M<n<10M", 1e7), ("10M<n<100M", 1e8),
)  # fmt: skip

_LICENSE_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]{1,60}")


def config_name(version: str, config: str) -> str:
    """Name of a config: "v1.0.0" or "v1.0.0-lines"."""
    return f"v{version}{SUFFIXES[config]}"


def front_matter(manifests: Sequence[Manifest]) -> str:
    """The block between the two `---`, the newest version first and by default.

    At most `recipe.release.listed_versions` versions are listed, the newest always.
    """
    newest = manifests[-1]
    listed = list(reversed(manifests))[: max(1, newest.recipe["release"]["listed_versions"])]
    stated = newest.recipe["card"]
    head: dict[str, Any] = {"pretty_name": " ".join((stated["title"] or DEFAULT_NAME).split())}
    head.update(_license(stated["license"]))
    languages = sorted({language.split("-")[0] for language in newest.counts["languages"] if language != "und"})
    if languages:
        head["language"] = languages
    documents = newest.counts["documents"]
    head["size_categories"] = [next((name for name, most in _SIZES if documents < most), "n>100M")]
    tables = [(manifest, config) for manifest in listed for config in CONFIGS if manifest.files[config]]
    head["configs"] = [_config(manifest, config, manifest is newest) for manifest, config in tables]
    info = "".join(_info(manifest, config) for manifest, config in tables)
    return f"---\n{_yaml(head)}dataset_info:\n{info}---"


def _yaml(values: Any) -> str:
    """As YAML. No object may be in it twice: that would make an alias, which `datasets` does not follow."""
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    return text


def _license(stated: str | None) -> dict[str, str]:
    """A short name as it is, an address as the Hub wants it, nothing where nothing is stated."""
    if not stated:
        return {}
    if _LICENSE_NAME.fullmatch(stated.strip().lower()):
        return {"license": stated.strip().lower()}
    where = "license_link" if stated.strip().startswith(("http://", "https://")) else "license_name"
    return {"license": "other", where: " ".join(stated.split())}


def _config(manifest: Manifest, config: str, newest: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"config_name": config_name(manifest.version, config), "version": manifest.version}
    if newest and config == "documents":
        entry["default"] = True
    entry["data_files"] = [{"split": "train", "path": [file.path for file in manifest.files[config]]}]
    return entry


def _info(manifest: Manifest, config: str) -> str:
    """An item of `dataset_info`, as YAML."""
    size = sum(file.bytes for file in manifest.files[config])
    sizes = {
        "splits": [{"name": "train", "num_bytes": size, "num_examples": manifest.rows(config)}],
        "download_size": size,
        "dataset_size": size,
    }
    name = config_name(manifest.version, config)
    return f"- config_name: {name}\n{_features_text(config)}{textwrap.indent(_yaml(sizes), '  ')}"


@cache
def _features_text(config: str) -> str:
    """The features of a config, which are the same in every version, as YAML."""
    return textwrap.indent(_yaml({"features": features(SCHEMAS[config])}), "  ")


def features(columns: pa.Schema) -> list[dict[str, Any]]:
    """The columns as `datasets` writes them in a card."""
    return [{"name": field.name, **_feature(field.type)} for field in columns]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {"list": inner.get("struct") or inner.get("dtype")}
    if pa.types.is_struct(kind):
        return {"struct": features(pa.schema([kind.field(i) for i in range(kind.num_fields)]))}
    return {"dtype": "float32" if pa.types.is_float32(kind) else str(kind)}
