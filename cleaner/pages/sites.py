"""What a recipe says of one site's pages: elements that are dropped, or the ones that are the content."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError

from cleaner.describe.sites import domain
from cleaner.errors import RecipeError
from cleaner.recipe import Recipe, Site
from cleaner.records import Source

_MARK = "data-cleaner-selector"


def site_of(source: Source, url: str | None) -> str:
    """The site that a page belongs to: the registered domain of its address, else the folder that it lies in."""
    return domain(url) or source.path.partition("!")[0].rpartition("/")[0]


def rules_for(source: Source, recipe: Recipe, url: str | None = None) -> Site | None:
    """The recipe's entry for the page's site: its host's, its registered domain's or its folder's."""
    if not recipe.site:
        return None
    address = url or source.url
    host = (address or "").partition("//")[2].partition("/")[0].lower().removeprefix("www.")
    for name in (host, domain(address), site_of(source, address)):
        if name and name in recipe.site:
            return recipe.site[name]
    return None


def apply_selectors(html: str, source: Source, recipe: Recipe) -> str:
    """The page with what the recipe's selectors for its site match marked for `selected_lines`.

    Nothing is taken out here, so that the lines are still there to be read, with their reason.
    """
    rules = rules_for(source, recipe)
    if rules is None or not (rules.drop or rules.keep):
        return html
    soup = BeautifulSoup(html, "lxml")
    for element in soup.select(f"[{_MARK}]"):
        del element[_MARK]
    for mark, selectors in (("keep", rules.keep), ("drop", rules.drop)):
        for selector in selectors:
            try:
                found = soup.select(selector)
            except SelectorSyntaxError as e:
                why = str(e).splitlines()[0]
                raise RecipeError(f"The recipe's selector {selector!r} is not valid CSS: {why}") from e
            for element in found:
                element[_MARK] = mark
    return str(soup)


def selected_lines(lines: pl.DataFrame, elements: pl.DataFrame | None) -> npt.NDArray[np.int8]:
    """What the selectors say of each line: 1 keep, -1 drop, 0 nothing.

    Where a `keep` selector matched, all else of the page is dropped; `drop` holds inside of that, too.
    """
    said = np.zeros(len(lines), dtype=np.int8)
    if elements is None:
        return said
    marked = elements.select("page", "start", "end", mark=pl.col("token").str.extract(f'{_MARK}="(keep|drop)"')).filter(
        pl.col("mark").is_not_null()
    )
    page = lines["page"].to_numpy()
    for number in marked.filter(pl.col("mark") == "keep")["page"].unique():
        said[page == number] = -1
    for wanted, value in (("keep", 1), ("drop", -1)):
        for start, end in marked.filter(pl.col("mark") == wanted).select("start", "end").iter_rows():
            said[start:end] = value
    return said
