"""Regions of an HTML page: what its own names for its elements say a block is (comments, share bar, footer...)."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import polars as pl

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

_NAMING = r'\s(?:class|id|role|itemprop|data-testid|data-component|aria-label)="([^"]{0,300})'


def name_regions(
    lines: pl.DataFrame, elements: pl.DataFrame | None, wanted: npt.NDArray[np.bool_]
) -> tuple[list[str | None], list[str | None]]:
    """For each wanted line, the role that the nearest element around it with a telling name gives, and that name."""
    roles: list[str | None] = [None] * len(lines)
    names: list[str | None] = [None] * len(lines)
    asked = np.flatnonzero(wanted)
    if elements is None or not len(elements) or not len(asked):
        return roles, names
    parent = elements["parent"].to_numpy().astype(np.int64)
    leaves = np.maximum(lines["leaf"].to_numpy().astype(np.int64)[asked], 0)
    around = np.zeros(len(elements), dtype=bool)
    at = leaves
    while len(at):
        around[at] = True
        at = np.unique(parent[at][parent[at] >= 0])
        at = at[~around[at]]
    known = np.flatnonzero(around)
    region = np.full(len(elements), -1, dtype=np.int64)
    region[known] = _regions(elements[known])
    nearest = np.where(region >= 0, np.arange(len(elements)), -1)
    for here in levels(elements["depth"].to_numpy().astype(np.int64))[1:]:
        inherits = here[(nearest[here] < 0) & (parent[here] >= 0)]
        nearest[inherits] = nearest[parent[inherits]]
    telling = np.unique(nearest[leaves])
    telling = telling[telling >= 0]
    said = elements.select("tag", "token")[telling].iter_rows()
    named: dict[int, tuple[str, str]] = {}  # each element once, however many lines stand in it
    for element, number, (tag, token) in zip(telling.tolist(), region[telling].tolist(), said, strict=True):
        role, pattern, _ = REGIONS[number]
        named[element] = role, _name(tag, token, pattern)
    for line, element in zip(asked.tolist(), nearest[leaves].tolist(), strict=True):
        if element >= 0:
            roles[line], names[line] = named[element]
    return roles, names


def _regions(elements: pl.DataFrame) -> npt.NDArray[np.int64]:
    """For each element, the first of REGIONS that its names or its tag fit; -1 for none."""
    table = elements.select("tag", said=pl.col("token").str.extract_all(_NAMING).list.join(" ").str.to_lowercase())
    distinct = table.unique(maintain_order=True)
    fits = [
        pl.when(pl.col("said").str.contains(pattern) | pl.col("tag").is_in(same.split())).then(number)
        for number, (_, pattern, same) in enumerate(REGIONS)
    ]
    content = pl.col("tag").is_in(["html", "body", "main", "article"])
    found = distinct.with_columns(region=pl.when(content).then(-1).otherwise(pl.coalesce(*fits, -1)).cast(pl.Int64))
    joined = table.join(found, on=["tag", "said"], how="left", maintain_order="left")
    out: npt.NDArray[np.int64] = joined["region"].to_numpy().astype(np.int64)
    return out


def _name(tag: str, token: str, pattern: str) -> str:
    """What says so: the tag, and the one of its names that fits."""
    for said in re.findall(_NAMING, token):
        for word in str(said).split():
            if re.search(pattern, word.lower()):
                return f"<{tag}> {word[:40]}"
    return f"<{tag}>"
