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
    r"(?:utm|mtm|pk|piwik|matomo|hsa|itm|at|guce|ns|stm)_\w{1,40}|(?:fb|g|dc|ms|tw|y|tt|ttc|igs|li_fat_|sc)clid|_ga|_gl|"
    r"_hsenc|_hsmi|hsctatracking|mc_[ce]id|igshid|igsh|mkt_tok|oly_(?:anon|enc)_id|vero_(?:id|conv)|wt_?mc|xtor|cmpid|cmp|"
    r"ocid|ncid|s_cid|s_kwcid|smid|wickedid|gbraid|wbraid|srsltid|mibextid|sfnsn|fb_(?:action_ids|action_types|source|ref)|"
    r"__twitter_impression|ref_(?:src|url)|wprov|guccounter|epik|_openstat|ysclid|elqtrack\w{0,10}|trk(?:campaign|info)?|"
    r"phpsessid|jsessionid|aspsessionid\w{0,12}|cfid|cftoken",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"(?:share|ref|source|via|from|feature|sh)=(?:facebook|twitter|x|whatsapp|telegram|linkedin|pinterest|reddit|email|e-mail|"
    r"mail|rss|feed|newsletter|share(?:_btn|bar|d)?|social|sharebutton|fb|tw|youtube|youtu\.be|emb_logo)",
    re.IGNORECASE,
)
"""Parameters of other meanings, with values by which they tell how a reader came."""
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[\w.!-]{8,100}", re.IGNORECASE)
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
        pairs = [
            p
            for p in query.split("&")
            if p and not _TRACKING.fullmatch(p.partition("=")[0]) and not _SHARED.fullmatch(p)
        ]
        query = "&".join(pairs)
    path = _SESSION.sub("", parts.path) if ";" in parts.path else parts.path
    cleaned = urlunsplit((scheme, host, path or "/", query, ""))
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
