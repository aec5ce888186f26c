"""Regions of an HTML page: what its own names for its elements say a block is (comments, share bar, footer...)."""

from __future__ import annotations

import functools
import re

import numpy as np
import numpy.typing as npt
import polars as pl

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

_NAMING = re.compile(r'\s(?:class|id|role|itemprop|data-testid|data-component|aria-label)="([^"]{0,300})')
_BY_TAG = {tag: number for number, (_, _, same) in enumerate(REGIONS) for tag in same.split()}
_CONTENT = frozenset({"html", "body", "main", "article"})
"""Elements that hold what a page is about, whatever their names are."""
_REMEMBERED = 16_384
"""Names of elements of which it is remembered what they say: sites share most of them."""


def name_regions(
    lines: pl.DataFrame, elements: pl.DataFrame | None, wanted: npt.NDArray[np.bool_]
) -> tuple[list[str | None], list[str | None]]:
    """For each wanted line, the role that the nearest element around it with a telling name gives, and that name."""
    roles: list[str | None] = [None] * len(lines)
    names: list[str | None] = [None] * len(lines)
    asked = np.flatnonzero(wanted)
    if elements is None or not len(elements) or not len(asked):
        return roles, names
    parent, tag, token = (elements[column].to_list() for column in ("parent", "tag", "token"))
    told: dict[str, tuple[str, str] | None] = {}
    nearest: dict[int, tuple[str, str] | None] = {-1: None}
    for line, leaf in zip(asked.tolist(), lines["leaf"].gather(asked).to_list(), strict=True):
        element = max(leaf, 0)
        path = []
        while element not in nearest:
            path.append(element)
            said = token[element]
            if said not in told:
                told[said] = _region(tag[element], said)
            if told[said] is not None:
                nearest[element] = told[said]
                break
            element = parent[element]
        found = nearest[element]
        for element in path:
            nearest[element] = found
        if found is not None:
            roles[line], names[line] = found
    return roles, names


def _region(tag: str, token: str) -> tuple[str, str] | None:
    """The role of the first of REGIONS that an element's names or its tag fit, and what says so: the tag, and the one
    of its names that fits. None if none fits."""
    if tag in _CONTENT:
        return None
    first, name = _BY_TAG.get(tag, len(REGIONS)), ""
    for said in _NAMING.findall(token):
        number, word = _region_of_names(said)
        if number < first or (number == first and not name):
            first, name = number, word
    if first == len(REGIONS):
        return None
    return REGIONS[first][0], f"<{tag}> {name[:40]}" if name else f"<{tag}>"


@functools.lru_cache(maxsize=_REMEMBERED)
def _region_of_names(said: str) -> tuple[int, str]:
    """The first of REGIONS that any of these names fits, and the first name that fits it; their number, "" if none."""
    numbers = [(_region_of_name(name), at, name) for at, name in enumerate(said.split())]
    number, _, name = min(numbers, default=(len(REGIONS), 0, ""))
    return (number, name) if number < len(REGIONS) else (number, "")


@functools.lru_cache(maxsize=_REMEMBERED)
def _region_of_name(name: str) -> int:
    """The first of REGIONS that a name fits; their number if none does."""
    any_of_them, each = _patterns()
    low = name.lower()
    if any_of_them.search(low) is None:
        return len(each)
    return next(number for number, pattern in enumerate(each) if pattern.search(low))


@functools.cache
def _patterns() -> tuple[re.Pattern[str], list[re.Pattern[str]]]:
    """The patterns of REGIONS as one, and each by itself."""
    said = [pattern for _, pattern, _ in REGIONS]
    return re.compile("|".join(said)), [re.compile(pattern) for pattern in said]
