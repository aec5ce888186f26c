"""The YAML at the top of the card: what `datasets` and the Hub read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import yaml

from cleaner.recipe import Card
from cleaner.release.card.licences import find_licence
from cleaner.release.manifest import CONFIGS, DEFAULT_NAME, Manifest
from cleaner.release.types import schema_of

SUFFIXES = {"documents": "", "lines": "-lines"}

_SIZES = (
    ("n<1K", 1e3), ("1K<n<10K", 1e4), ("10K<n<100K", 1e5), ("100K<n<1M", 1e6), ("1M<n<10M", 1e7), ("10M<n<100M", 1e8),
)  # fmt: skip

_OURS = (
    "pretty_name", "license", "license_name", "license_link", "language", "size_categories", "configs", "dataset_info",
)  # fmt: skip
"""Keys that are written here. Others, such as `tags`, are a person's and stay."""

_LONGEST, _DEEPEST = 20_000, 200
"""Characters of a head beside the long blocks, and brackets in it, that are parsed at most: that takes a moment."""

_LONG_BLOCKS = re.compile(r"^(?:configs|dataset_info):.*\n(?:[ \t-].*\n|\r?\n)*", re.MULTILINE)


def config_name(version: str, config: str) -> str:
    """Name of a config: "v1.0.0" or "v1.0.0-lines"."""
    return f"v{version}{SUFFIXES[config]}"


def title_of(card: Card) -> str:
    """The dataset's title, on one line."""
    return " ".join((card.title or DEFAULT_NAME).split())


def front_matter(manifests: Sequence[Manifest], card: Card, old: Mapping[str, Any]) -> str:
    """The block between the two `---`, the newest version first and by default.

    At most `recipe.release.listed_versions` versions are listed, the newest always. `old` is the block that there was:
    what a person added to it stays, and a licence, too, where none is stated elsewhere.
    """
    newest = manifests[-1]
    listed = list(reversed(manifests))[: max(1, newest.recipe["release"]["listed_versions"])]
    head: dict[str, Any] = {"pretty_name": title_of(card)}
    head.update(_license(card.license) or {key: old[key] for key in _OURS[1:4] if key in old})
    languages = sorted({language.split("-")[0] for language in newest.counts["languages"] if language != "und"})
    if languages:
        head["language"] = languages
    documents = newest.counts["documents"]
    head["size_categories"] = [next((name for name, most in _SIZES if documents < most), "n>100M")]
    head.update({str(key): value for key, value in old.items() if key not in _OURS})
    tables = [(manifest, config) for manifest in listed for config in CONFIGS if manifest.files[config]]
    head["configs"] = [_config(manifest, config, manifest is newest) for manifest, config in tables]
    info = "".join(_info(manifest, config) for manifest, config in tables)
    return f"---\n{_yaml(head)}dataset_info:\n{info}---"


def read_front_matter(text: str) -> dict[str, Any]:
    """What a person may have written between the two `---` of a card: all keys save `configs` and `dataset_info`.

    ValueError when it is no YAML, no list of keys, or holds aliases, which `datasets` does not follow.
    """
    text = _LONG_BLOCKS.sub("", text)  # written here, and long enough to take seconds to parse
    if len(text) > _LONGEST or text.count("[") + text.count("{") > _DEEPEST:
        raise ValueError("it is too long")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise ValueError("it holds aliases")
        values = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as e:
        raise ValueError(" ".join(str(e).split())[:200]) from e
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ValueError("it is no list of keys and values")
    return values


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """YAML without aliases, which `datasets` does not follow."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(values: Any) -> str:
    style: Mapping[str, Any] = {"sort_keys": False, "allow_unicode": True, "default_flow_style": None, "width": 110}
    return str(yaml.dump(values, Dumper=_Dumper, **style))


def _license(stated: str | None) -> dict[str, str]:
    """A licence that the Hub knows by its name there, another one as it was stated, nothing where nothing is."""
    if not stated:
        return {}
    licence = find_licence(stated)
    if licence.hub != "other":
        return {"license": licence.hub}
    if licence.url:
        return {"license": "other", "license_link": licence.url}
    return {"license": "other", "license_name": licence.stated, "license_link": "LICENSE"}


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
    columns = tuple((name, kind) for name, kind in manifest.columns[config])
    return f"- config_name: {name}\n{_features_text(columns)}{textwrap.indent(_yaml(sizes), '  ')}"


@cache
def _features_text(columns: tuple[tuple[str, str], ...]) -> str:
    """The features of a config, which many versions share, as YAML."""
    return textwrap.indent(_yaml({"features": features(schema_of(columns))}), "  ")


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
