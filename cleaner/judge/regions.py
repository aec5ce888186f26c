"""Regions of an HTML page: what its own names for its elements say a block is (comments, share bar, footer...)."""

from __future__ import annotations

import functools
import re

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.names import Kinds
from cleaner.pages.html import levels

REGIONS: list[tuple[str, str, str]] = [
    # role, pattern over the element's class, id, role and the like, tags that mean the same
    ("cookie_notice", r"cookie|consent|gdpr|onetrust", ""),
    ("breadcrumb", r"breadcrumb", ""),
    ("share", r"\bshar(?:e|ing)|social|addtoany|sharedaddy|follow-us", ""),
    ("comment_form", r"comment-?form|commentform|respond\b|reply-form", ""),
    ("comment", r"comment|disqus", ""),
    ("newsletter", r"newsletter|subscribe|signup|sign-up|mailchimp|mc_embed", ""),
    ("paywall", r"paywall|piano|regwall", ""),
    ("login", r"log-?in|sign-?in|register|account", ""),
    ("trending", r"trending|most-?(?:read|popular|viewed)|popular", ""),
    (
        "related",
        r"related|recommend|read-?(?:more|next)|more-(?:from|stories|news)|also-?like|teaser|recirc|outbrain|taboola|upsell",
        "aside",
    ),
    ("advert", r"\bads?\b|advert|sponsor|promoted|banner-ad|dfp|adsense", ""),
    ("photo_credit", r"credit|copyright-?image", ""),
    ("caption", r"caption", "figcaption"),
    ("byline", r"byline|author|entry-meta-author", "address"),
    ("dateline", r"dateline|date|timestamp|published|entry-time", "time"),
    ("post_metadata", r"meta\b|post-?info|tags?\b|tag-?list|categor|post-?details|user-?info|rating|stats", ""),
    ("navigation", r"\bnav|menu|pagination|pager|toc\b|sidebar|site-?header|masthead|topbar", "nav header"),
    ("legal", r"legal|disclaimer|privacy|terms", ""),
    ("footer", r"footer|colophon|copyright", "footer"),
    ("promo", r"promo|cta\b|call-to-action|popup|modal|banner|widget", ""),
    ("interface", r"button|btn|search|filter|sort|form|dropdown|toggle|tooltip|skip", "form button select label"),
]
"""In this order the regions are tried: the first that fits names the element."""

_BY_TAG = {tag: number for number, (_, _, same) in enumerate(REGIONS) for tag in same.split()}
_CONTENT = frozenset({"html", "body", "main", "article"})
"""Elements that hold what a page is about, whatever their names are."""
_UNNAMED = frozenset({"rel", "itemtype"})
"""Attributes that say what an element is for, not what it holds."""
_LIKELY = "|".join(pattern for _, pattern, _ in REGIONS).replace(r"\b", "")
"""A quick look that every name passes that fits one of REGIONS."""

Names = npt.NDArray[np.object_]


def name_regions(
    lines: pl.DataFrame, elements: pl.DataFrame | None, kinds: Kinds | None, wanted: npt.NDArray[np.bool_]
) -> tuple[Names, Names]:
    """For each wanted line, the role that the nearest element around it with a telling name gives, and that name;
    None for all others."""
    roles, names = np.full(len(lines), None, dtype=object), np.full(len(lines), None, dtype=object)
    asked = np.flatnonzero(wanted)
    if elements is None or kinds is None or not len(elements) or not len(asked):
        return roles, names
    told = _told_by(kinds)
    role_of, name_of = np.full(len(kinds), None, dtype=object), np.full(len(kinds), None, dtype=object)
    telling = np.zeros(len(kinds), dtype=bool)
    for kind, (role, name) in told.items():
        telling[kind], role_of[kind], name_of[kind] = True, role, name
    parent = elements["parent"].to_numpy().astype(np.int64)
    nearest = np.where(telling[kinds.kind], np.arange(len(parent)), -1)
    for here in levels(elements["depth"].to_numpy().astype(np.int64))[1:]:
        outer = here[(nearest[here] < 0) & (parent[here] >= 0)]
        nearest[outer] = nearest[parent[outer]]
    leaf = np.maximum(lines["leaf"].to_numpy().astype(np.int64)[asked], 0)
    found = nearest[leaf]
    asked, kind_of = asked[found >= 0], kinds.kind[found[found >= 0]]
    roles[asked], names[asked] = role_of[kind_of], name_of[kind_of]
    return roles, names


def _told_by(kinds: Kinds) -> dict[int, tuple[str, str]]:
    """Of each kind of element that tells what it holds, the role of the first of REGIONS that its names or its tag
    fit, and what says so: the tag, and the first of its names that fits."""
    said = kinds.names.filter(pl.col("attribute").is_in(list(_UNNAMED)).not_()).select("kind", "name")
    distinct = said["name"].unique(maintain_order=True)
    likely = distinct.filter(distinct.str.to_lowercase().str.contains(_LIKELY)).to_list()
    fits = {name: number for name in likely if (number := _region_of(name)) is not None}
    tags = kinds.tag.to_list()
    best = {number: (_BY_TAG[tag], "") for number, tag in enumerate(tags) if tag in _BY_TAG}
    for kind, name in zip(said["kind"].to_list(), said["name"].to_list(), strict=True):
        number = fits.get(name)
        if number is None:
            continue
        known = best.get(kind)
        if known is None or number < known[0] or (number == known[0] and not known[1]):
            best[kind] = (number, name)
    return {
        kind: (REGIONS[number][0], f"<{tags[kind]}> {name[:40]}" if name else f"<{tags[kind]}>")
        for kind, (number, name) in best.items()
        if tags[kind] not in _CONTENT
    }


@functools.lru_cache(maxsize=16_384)
def _region_of(name: str) -> int | None:
    """The first of REGIONS that a name fits: sites share most of their names."""
    low = name.lower()
    return next((number for number, pattern in enumerate(_patterns()) if pattern.search(low)), None)


@functools.cache
def _patterns() -> list[re.Pattern[str]]:
    """The patterns of REGIONS."""
    return [re.compile(pattern) for _, pattern, _ in REGIONS]
