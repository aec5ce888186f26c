"""Writes the pages of the story: `python pages.py RAW FIRST LAST`. Two invented sites, the same pages each time.

Every page is an article of its own, in the middle of what sites put around one: navigation, a cookie notice, links
to share, related articles, a form for comments, a footer.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

SITES = ("harbour-post.example", "hillside-courier.example")
PEOPLE = ("Ines Okonjo", "Tomas Reidel", "Marta Quill", "Jonah Eastwick", "Priya Lund", "Edgar Salt", "Noor Haverkamp")
PLACES = ("Fennel Quay", "Market Hill", "the Old Tannery", "Gull Street", "Saint Orla", "the upper reservoir")
THINGS = ("footbridge", "weighing house", "tram line", "bandstand", "seed library", "night ferry", "fish market")

SENTENCES = (
    "The {thing} at {place} will stay closed for another {n} days, the council said on Monday evening.",
    "{person} counted {n} people in the queue before breakfast and stopped counting when it began to rain.",
    "Nobody had expected the {thing} to outlast the committee that was set up to replace it.",
    "Repairs have cost {n} thousand crowns so far, which is less than the paint alone was meant to cost.",
    "“We will open it when it is safe, and not an hour before,” said {person}, who has kept the keys for {n} years.",
    "Children from {place} have drawn {n} pictures of it, and most of them show it under water.",
    "The plans were found in a drawer behind the counter of the post office, folded {n} times.",
    "{person} disagrees, and has written {n} letters to the editor to say so.",
    "At {place} the mood is calmer: there the {thing} was never missed, only talked about.",
    "A vote was put off for the third time because {n} members had gone to look at the {thing} themselves.",
    "According to the harbour master, {n} boats turned back on Thursday rather than wait for the tide.",
    "The oldest photograph of the {thing} shows {n} men in hats and one dog, none of whom has been identified.",
    "What happens next depends on the weather, on {person}, and on a delivery of bolts from the mainland.",
    "An engineer who looked at the foundations at {place} called them sound, wet and {n} centimetres too short.",
    "Tickets bought before the closure remain valid, and {n} of them have already been framed.",
    "“It was never about the {thing},” {person} said, “it was about who had to sweep it.”",
    "Volunteers met at {place} on Saturday and carried {n} buckets of gravel up the steps.",
    "The insurance covers storms and goats, but not both in the same week, as {person} found out.",
    "In the {n} years since the last census of lamps, the street has gained two and lost the record of them.",
    "A second report is due in spring; the first one ran to {n} pages and recommended a second report.",
)
HEADLINES = (
    "{place} waits for its {thing}",
    "The {thing} and the {n} buckets",
    "{person} keeps the keys to the {thing}",
    "A {thing} for {place}, at last",
    "Vote on the {thing} put off again",
)

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} | {name}</title>
<link rel="canonical" href="https://{site}/news/{number}">
<meta name="author" content="{author}">
<meta property="article:published_time" content="2024-{month:02}-{day:02}T09:00:00+01:00">
<meta property="og:site_name" content="{name}">
</head>
<body>
<a href="#content">Skip to content</a>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li>
<li><a href="/tides">Tide tables</a></li></ul></nav>
<div class="cookie-banner"><p>We use cookies to improve your experience.</p><button>Accept all</button></div>
<article id="content">
<h1>{title}</h1>
<p class="byline">By {author}</p>
{paragraphs}
</article>
<div class="share"><a href="#">Share on Facebook</a> <a href="#">Share by e-mail</a></div>
<aside class="related"><h2>Related articles</h2><ul>{related}</ul></aside>
<form class="comment-form"><h3>Leave a comment</h3><label>Your name</label><input><button>Post comment</button></form>
<footer><p>© 2024 {name}. All rights reserved.</p><a href="/privacy">Privacy policy</a></footer>
</body>
</html>
"""


def make_page(number: int) -> tuple[str, str]:
    """The site of a page, and the page: a whole number gives the same one always."""
    chance = random.Random(number)
    site = SITES[number % len(SITES)]

    def filled(template: str) -> str:
        return template.format(
            person=chance.choice(PEOPLE), place=chance.choice(PLACES), thing=chance.choice(THINGS),
            n=chance.randrange(3, 90),
        )  # fmt: skip

    sentences = [filled(sentence) for sentence in chance.sample(SENTENCES, 12)]
    paragraphs = "\n".join(f"<p>{' '.join(sentences[n : n + 3])}</p>" for n in range(0, 12, 3))
    headline = filled(HEADLINES[number % len(HEADLINES)])
    title = headline[0].upper() + headline[1:]
    related = "".join(f'<li><a href="/news/{other}">Page {other} of the archive</a></li>' for other in (1, 2, 3))
    name = site.partition(".")[0].replace("-", " ").title()
    return site, PAGE.format(
        title=title, name=f"The {name}", site=site, number=number, author=chance.choice(PEOPLE),
        month=1 + number % 12, day=1 + number % 28, paragraphs=paragraphs, related=related,
    )  # fmt: skip


def main(raw: str, first: str, last: str) -> None:
    """Write the pages with these numbers, each as RAW/site/number.html."""
    for number in range(int(first), int(last) + 1):
        site, page = make_page(number)
        path = Path(raw) / site / f"{number}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
