"""Addresses: which site a page belongs to, and the one spelling of its URL by which it is known.

No network: the public suffix list is the one that comes with tldextract.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import tldextract

from cleaner.pages.batch import Head

MAX_URL = 2000
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

# Parameters that say how a reader came to the page, never which page it is.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|hsa|itm|at)_\w{1,40}|(?:fb|g|dc|ms|tw|y|ttc|igs|wbraid|gbraid)clid|_ga|_gl|_hsenc|_hsmi|mc_[ce]id|"
    r"igshid|mkt_tok|oly_(?:anon|enc)_id|vero_id|wt_?mc|xtor|cmpid|ocid|ncid|s_cid|wickedid|yclid|gbraid|wbraid",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")


@lru_cache(maxsize=16_384)
def _domain_of_host(host: str) -> str | None:
    try:
        ipaddress.ip_address(host.strip("[]"))
        return host
    except ValueError:
        pass
    found = _extract(host)
    if not found.suffix:  # no rule matches: by the list's own default the last label is the suffix
        labels = host.split(".")
        return ".".join(labels[-2:]).lower() if len(labels) > 1 and all(labels) else None
    return found.top_domain_under_public_suffix.lower() or None


def _split(url: str | None) -> SplitResult | None:
    """The parts of an absolute http(s) address with a host, else None."""
    if not url or len(url) > MAX_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme.lower() in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if good else None


def domain(url: str | None) -> str | None:
    """The registered domain of an address ("news.example.co.uk" -> "example.co.uk"), or None."""
    parts = _split(url)
    return _domain_of_host(parts.hostname.rstrip(".")) if parts and parts.hostname else None


def clean_url(url: str | None) -> str | None:
    """An absolute http(s) address without fragment, tracking parameters, user, or default port; None for others.

    The path keeps its spelling, since servers tell spellings apart; parameters keep their order.
    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        return None
    host = parts.hostname.lower().rstrip(".")
    if not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    scheme = parts.scheme.lower()
    if parts.port and parts.port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{parts.port}"
    query = parts.query
    if query:
        pairs = [p for p in query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0])]
        query = "&".join(pairs)
    cleaned = urlunsplit((scheme, host, parts.path or "/", query, ""))
    return _UNSAFE.sub(lambda m: quote(m[0]), cleaned)


def canonical_url(source_url: str | None, head: Head) -> str | None:
    """The address of a page: the source's own, else what the page calls itself, else None.

    `rel=canonical` and `og:url` count only when absolute and not just the site's front page, to which careless
    templates point from everywhere.
    """
    own = clean_url(source_url)
    if own:
        return own
    stated = [href for rel, href in head.links if "canonical" in rel.split()]
    stated += [content for name, content in head.meta if name == "og:url"]
    for href in stated:
        url = clean_url(href)
        if url and (urlsplit(url).path.strip("/") or urlsplit(url).query):
            return url
    return None
