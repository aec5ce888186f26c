"""The news agency that a text comes from and the place that it was sent from, by the dateline that opens it."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.describe.header import Header, phrase_set, phrases
from cleaner.describe.view import Description, PageView

_LOOKED_AT = 3
"""So many first paragraphs can be opened by the dateline."""
_PLACE = r"[^\W\d_][^\d()\[\]{}:;!?/=【】—–]{1,40}?"
_DAY = r"(?:[,.]\s?[^()\d/]{0,14}\d{1,2}[^()\d/—–]{0,16}(?:\d{4})?)?"
_DASH = r"\s?\.?\s?(?:[-–—―:]{1,2}|\.(?=\s))"
_BARE = re.compile(rf"({_PLACE})(?:,\s[^()—–]{{1,24}})?\s?(?:--|—|–|\s-)\s")


@lru_cache(maxsize=1)
def _leads() -> tuple[re.Pattern[str], ...]:
    """The forms in which datelines name an agency, with the groups `place` and `agency`."""
    names = "|".join(re.escape(name) for name in phrases("agency"))
    agency = rf"(?P<agency>{names})(?:[/-][\w ]{{2,20}}|, [\w ]{{2,20}})?"
    forms = (
        rf"[(（\[]{agency}[)）\]]{_DASH}\s?(?P<place>{_PLACE}){_DAY}\s?[-–—]\s",  # (ANSA) - ROMA, 3 MAG -
        rf"(?P<place>{_PLACE})?{_DAY}\s?[(（\[/]{agency}[)）\]/]{_DASH}",  # WASHINGTON (AFP) - ; МОСКВА, 3 мая. /ТАСС/.
        rf"(?P<place>{_PLACE}){_DAY}\s[-–—]\s{agency}(?!\w)",  # МОСКВА, 3 мая - РИА Новости
        r"(?P<agency>新华社|新華社|中新社|中央社)(?:记者|記者)?(?P<place>[\u4e00-\u9fff]{2,6}?)(?:\d{1,2}月)?\d{1,2}日[电電讯訊]",
        rf"[【［](?P<place>[\u3040-\u30ff\u4e00-\u9fff]{{2,12}}?)(?:\d{{1,2}}日)?[=＝・]?{agency}[】］]",
        rf"[(\[【](?P<place>[\uac00-\ud7af]{{2,8}})\s?=\s?{agency}[)\]】]",
    )
    return tuple(re.compile(form) for form in forms)


def agency_and_place(page: PageView, header: Header) -> tuple[str | None, str | None, int | None]:
    """Agency and place by the dateline that opens the text ("WASHINGTON (AFP) - ..."), with the line's index."""
    i = header.next_prose(-1) if header.body >= len(header.prose) else header.body
    for seen in range(_LOOKED_AT):
        if i >= len(header.prose):
            break
        line = page.lines[i][:120]
        for form in _leads():
            match = form.match(line)
            if match:
                return match["agency"], _place_of(match["place"]), i
        bare = _BARE.match(line) if seen < 2 else None
        place = _place_of(bare[1]) if bare and bare[1].isupper() else None
        if place:
            return None, place, i
        i = header.next_prose(i)
    return None, None, None


def _place_of(text: str | None) -> str | None:
    """A place as a name is written; None for what is none."""
    place = (text or "").strip(" ,.-–—")
    words = place.split()
    if not place or len(words) > 4 or place[0].islower() or place.casefold() in phrase_set("no_place"):
        return None
    if place.isascii() and any(len(word) == 1 for word in words):
        return None
    if not place.isupper():
        return place
    return " ".join(word.capitalize() if len(word) > 2 or "." not in word else word for word in words)


def set_agency(said: Description, page: PageView, header: Header) -> int | None:
    """Set agency and place, by the dateline that opens the text; else the agency that is an author.

    Returns the line of a dateline that names an agency.
    """
    agency, place, line = agency_and_place(page, header)
    if agency:
        said.agency = agency
        said.note("agency", "text", 0.85, line)
    if place:
        said.place = place
        said.note("place", "text", 0.8 if agency else 0.6, line)
    if not said.agency:
        said.agency = next((a["name"] for a in said.authors if a["name"] in phrases("agency")), None)
        if said.agency:
            said.note("agency", "text", 0.8)
    return line if agency else None
