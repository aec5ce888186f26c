"""What a recipe says of one site's pages: elements that are taken out, or the ones that are the content."""

from __future__ import annotations

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError

from cleaner.describe.sites import domain
from cleaner.errors import RecipeError
from cleaner.recipe import Recipe, Site
from cleaner.records import Source


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
    """The page without what the recipe's selectors for its site take out."""
    rules = rules_for(source, recipe)
    if rules is None or not (rules.drop or rules.keep):
        return html
    soup = BeautifulSoup(html, "lxml")
    try:
        for selector in rules.drop:
            for element in soup.select(selector):
                element.decompose()
        kept = [element for selector in rules.keep for element in soup.select(selector)]
    except SelectorSyntaxError as e:
        raise RecipeError(f"A selector of the recipe is not valid CSS: {str(e).splitlines()[0]}") from e
    if kept and soup.body is not None:
        outermost = [e for e in kept if not any(e is not other and other in e.parents for other in kept)]
        for element in outermost:
            element.extract()
        soup.body.clear()
        soup.body.extend(outermost)
    return str(soup)
