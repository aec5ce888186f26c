"""Regions of an HTML page: what its own names for its elements say a block is (comments, share bar, footer...)."""

from __future__ import annotations

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

SHOWN = 40
"""So many characters of a name are shown as evidence."""

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
    role_of, name_of = np.array(told["role"].to_list(), object), np.array(told["name"].to_list(), object)
    telling = told["role"].is_not_null().to_numpy()
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


def _told_by(kinds: Kinds) -> pl.DataFrame:
    """For each kind of element `role`, that of the first of REGIONS that its names or its tag fit, and `name`, what
    says so: the tag, and the first of its names that fits. Both are null where nothing tells."""
    said = kinds.names.filter(pl.col("attribute").is_in(list(_UNNAMED)).not_()).select("kind", "name")
    names = said.select(pl.col("name").unique(maintain_order=True)).with_columns(low=pl.col("name").str.to_lowercase())
    likely = names.filter(pl.col("low").str.contains(_LIKELY))
    fits = likely.select("name", region=_first_fit(pl.col("low"))).drop_nulls()
    named = said.join(fits, on="name", maintain_order="left").sort("region", maintain_order=True)
    named = named.unique("kind", keep="first", maintain_order=True)
    by_tag = pl.col("tag").replace_strict(_BY_TAG, default=None, return_dtype=pl.UInt32)
    known = kinds.tag.to_frame().with_row_index("kind").with_columns(by_tag=by_tag)
    known = known.join(named, on="kind", how="left", maintain_order="left")
    by_name = pl.col("region").is_not_null() & (pl.col("region") <= pl.col("by_tag").fill_null(len(REGIONS)))
    region = pl.when(by_name).then("region").otherwise("by_tag")
    region = pl.when(pl.col("tag").is_in(list(_CONTENT)).not_()).then(region)
    name = pl.when(by_name).then(pl.lit(" ") + pl.col("name").str.slice(0, SHOWN)).otherwise(pl.lit(""))
    role = region.replace_strict(list(range(len(REGIONS))), [role for role, _, _ in REGIONS], default=None)
    return known.select(role=role, name=pl.lit("<") + pl.col("tag") + ">" + name)


def _first_fit(name: pl.Expr) -> pl.Expr:
    """The number of the first of REGIONS that a name, in lower case, fits; null where none does."""
    return pl.coalesce(
        pl.when(name.str.contains(pattern)).then(pl.lit(number, pl.UInt32))
        for number, (_, pattern, _) in enumerate(REGIONS)
    )
