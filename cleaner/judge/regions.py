"""Regions of an HTML page: what its own names for its elements say a block is (comments, share bar, footer...)."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.structure import tokens_of_elements
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


def name_regions(lines: pl.DataFrame, elements: pl.DataFrame | None) -> tuple[list[str | None], list[str | None]]:
    """For each line, the role that the nearest element around it with a telling name gives, and that name."""
    if elements is None or not len(elements) or not len(lines):
        return [None] * len(lines), [None] * len(lines)
    _, _, kind = tokens_of_elements(elements)
    kinds = int(kind.max()) + 1
    sample = np.zeros(kinds, dtype=np.int64)
    sample[kind] = np.arange(len(kind))
    roles, names = np.zeros(kinds, dtype=np.int64), [""] * kinds
    tags = elements["tag"].gather(sample).to_list()
    for number, (tag, token) in enumerate(zip(tags, elements["token"].gather(sample).to_list(), strict=True)):
        roles[number], names[number] = _region(tag, token)
    own = roles[kind]
    nearest = np.where(own > 0, np.arange(len(kind)), -1)
    parent = elements["parent"].to_numpy().astype(np.int64)
    for here in levels(elements["depth"].to_numpy().astype(np.int64))[1:]:
        up = parent[here]
        inherits = (nearest[here] < 0) & (up >= 0)
        nearest[here[inherits]] = nearest[up[inherits]]
    at: npt.NDArray[np.int64] = nearest[np.maximum(lines["leaf"].to_numpy().astype(np.int64), 0)]
    found = [int(own[a]) - 1 if a >= 0 else -1 for a in at]
    return (
        [REGIONS[f][0] if f >= 0 else None for f in found],
        [names[kind[a]] if f >= 0 else None for a, f in zip(at, found, strict=True)],
    )


def _region(tag: str, token: str) -> tuple[int, str]:
    """1 + the region's place in REGIONS (0 for none), and the name that says so, as `tag.name`."""
    if tag in ("html", "body", "main", "article"):
        return 0, ""
    said = " ".join(re.findall(_NAMING, token)).lower()
    for number, (_, pattern, same) in enumerate(REGIONS):
        match = re.search(pattern, said) if said else None
        if match:
            start = said.rfind(" ", 0, match.start()) + 1
            return number + 1, f"<{tag}> {said[start:].split(' ')[0][:40]}"
        if tag in same.split():
            return number + 1, f"<{tag}>"
    return 0, ""
