"""A generated corpus of pages: seeded, of any size, on several sites, HTML and flattened text with boilerplate inside.

The sentences are nonsense put together from lists; the point is the amount and the shape of the work, not the sense.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random

SITES = 40
TEXT_SHARE = 0.3
"""Share of pages that come as flattened text; the others are HTML."""
DUPLICATE_SHARE = 0.02
"""Share of pages whose text is that of an earlier page."""


def _words(text: str) -> list[str]:
    return text.split()


ADJECTIVES = _words(
    "old quiet northern broken early salty narrow patient hollow bright distant heavy wooden careful late sudden"
)
NOUNS = _words(
    "harbour council engine ledger orchard signal bakery tunnel archive ferry chimney lantern market bridge "
    "quarry window teacher pilot baker surveyor tenant sailor gardener printer clerk river timetable roof "
    "letter barrel compass map"
)
VERBS = _words(
    "repaired counted delayed painted forgot measured opened sold moved described borrowed closed weighed drew"
)
PLACES = ["Merrow Bay", "Skerrow", "Polgarth", "Carrow Point", "Alicún", "Torre Mora", "Hobelstedt", "Fore Street"]
LINKS = _words("because while although after before until whenever since")
FIRST = _words("Ines Dilip Henrike Tjark Berta Anselmo Nuria Iker Hester Jory")
LAST = _words("Calloway Marchetti Dallmann Behn Quiroga Riera Valcárcel Solana Rowe Pascoe")
SECTIONS = _words("News Transport Environment Heritage Education Letters Jobs Weather")
ADS = ["Advertisement", "Sponsored", "Anzeige", "Publicidad"]
SHARE = ["Share on Facebook", "Share on Twitter", "Email this article", "Copy link"]
FORM = [
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "Comment *",
    "Name *",
]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was made: files, bytes, and a digest over all paths and contents."""

    documents: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Article:
    """One page before it gets its form."""

    site: str
    slug: str
    title: str
    author: str
    day: str
    paragraphs: list[str]
    headings: dict[int, str]


def make_corpus(folder: Path, documents: int, seed: int) -> Corpus:
    """Write `documents` files below `folder`. The same arguments give the same bytes."""
    random, digest, size = Random(seed), hashlib.sha256(), 0
    made: list[Article] = []
    for number in range(documents):
        article = _article(random, number)
        if made and random.random() < DUPLICATE_SHARE:
            model = random.choice(made)
            article = Article(
                model.site, article.slug, model.title, model.author, model.day, model.paragraphs, model.headings
            )
        elif len(made) < 1_000:
            made.append(article)
        as_text = random.random() < TEXT_SHARE
        data = (_text(article, random) if as_text else _html(article, random)).encode()
        path = Path(article.site, f"{article.slug}.{'txt' if as_text else 'html'}")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        digest.update(f"{path.as_posix()}\0{len(data)}\0".encode() + data)
        size += len(data)
    return Corpus(documents, size, digest.hexdigest())


def _clause(random: Random) -> str:
    return (
        f"the {random.choice(ADJECTIVES)} {random.choice(NOUNS)} {random.choice(VERBS)} the {random.choice(NOUNS)} "
        f"of {random.choice(PLACES)}"
    )


def _sentence(random: Random) -> str:
    clauses = [_clause(random)]
    while random.random() < 0.5 and len(clauses) < 4:
        clauses.append(f"{random.choice(LINKS)} {_clause(random)}")
    text = " ".join(clauses)
    if random.random() < 0.15:
        return f"“{text[0].upper()}{text[1:]},” said {random.choice(FIRST)} {random.choice(LAST)}."
    return f"{text[0].upper()}{text[1:]}{random.choice(['.', '.', '.', '?', '!'])}"


def _headline(random: Random) -> str:
    return (
        f"{random.choice(ADJECTIVES)} {random.choice(NOUNS)} {random.choice(VERBS)} {random.choice(NOUNS)}".capitalize()
    )


def _article(random: Random, number: int) -> Article:
    count = max(2, min(60, round(random.lognormvariate(2.2, 0.6))))
    paragraphs = [" ".join(_sentence(random) for _ in range(random.randint(2, 6))) for _ in range(count)]
    return Article(
        site=f"site-{random.randrange(SITES):02d}.example",
        slug=f"{number:06d}-{random.choice(NOUNS)}",
        title=_headline(random),
        author=f"{random.choice(FIRST)} {random.choice(LAST)}",
        day=f"{random.randint(2015, 2023)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}",
        paragraphs=paragraphs,
        headings={n: _headline(random) for n in range(3, count, 5)},
    )


def _name(site: str) -> str:
    return f"The {site.partition('.')[0].title()} Courier"


def _text(article: Article, random: Random) -> str:
    blocks = [
        "Skip to content",
        " | ".join(SECTIONS),
        article.title,
        f"By {article.author}\n{article.day}",
        "\n".join(SHARE),
    ]
    for number, paragraph in enumerate(article.paragraphs):
        if number in article.headings:
            blocks.append(article.headings[number])
        blocks.append(paragraph)
        if number % 4 == 2:
            blocks.append(random.choice(ADS))
    blocks.append("You may also like\n" + "\n".join(_headline(random) for _ in range(random.randint(3, 8))))
    blocks.append("\n".join(FORM))
    blocks.append("Log in to join the conversation")
    blocks.append(f"Privacy policy  Terms of use\n© 2023 {_name(article.site)}. All rights reserved.")
    return "\n\n".join(blocks) + "\n"


def _html(article: Article, random: Random) -> str:
    url, name = f"https://www.{article.site}/{article.slug}", _name(article.site)
    body = []
    for number, paragraph in enumerate(article.paragraphs):
        if number in article.headings:
            body.append(f"<h2>{article.headings[number]}</h2>")
        body.append(f"<p>{escape(paragraph, quote=False)}</p>")
        if number % 4 == 2:
            body.append(f'<div class="ad-slot"><span>{random.choice(ADS)}</span></div>')
    related = "".join(_card(random, article.site) for _ in range(random.randint(4, 16)))
    comments = "".join(
        f'<li class="comment"><b>{random.choice(FIRST)}</b> <time>2 hours ago</time><p>{escape(_sentence(random))}</p>'
        '<a href="#respond">Reply</a></li>'
        for _ in range(random.randint(0, 8))
    )
    menu = "".join(f'<li class="menu-item"><a href="/{name.lower()}">{name}</a></li>' for name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{article.title} | {name}</title>
<link rel="canonical" href="{url}"><meta property="og:title" content="{article.title}">
<meta property="og:site_name" content="{name}">
<meta property="article:published_time" content="{article.day}T08:00:00Z">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{article.title}",
"datePublished": "{article.day}", "author": {{"@type": "Person", "name": "{article.author}"}}}}</script>
<script>{"var a = [" + ", ".join(str(random.randrange(10**6)) for _ in range(200)) + "];"}</script>
<style>{" ".join(f".c{n}{{margin:{n}px}}" for n in range(60))}</style></head>
<body class="single"><a class="skip-link" href="#main">Skip to content</a>
<div id="cookie"><p>We use cookies to improve your experience.</p><button>Accept all</button></div>
<header><a href="/">{name}</a><nav><ul>{menu}</ul></nav><a href="/login">Log in</a></header>
<main id="main"><article><h1>{article.title}</h1><p class="byline">By <a rel="author" href="/a">{article.author}</a></p>
<time datetime="{article.day}">{article.day}</time>
<ul class="share">{"".join(f'<li><a href="#">{label}</a></li>' for label in SHARE)}</ul>
<figure><img src="/{article.slug}.jpg" alt="">
<figcaption>A view. <span>Photo: {article.author}</span></figcaption></figure>
{chr(10).join(body)}
</article><section class="related"><h2>You may also like</h2>{related}</section>
<section id="comments"><h2>Comments</h2><ol>{comments}</ol><form><p>{"</p><p>".join(FORM)}</p></form></section></main>
<aside><h3>Sign up for our newsletter</h3><p>The day's stories in your inbox at seven.</p></aside>
<footer><ul>{menu}</ul><p>© 2023 {name}. All rights reserved.</p></footer></body></html>
"""


def _card(random: Random, site: str) -> str:
    return (
        f'<div class="card"><a href="https://www.{site}/{random.randrange(10**6):06d}"><img src="/t.jpg" alt="">'
        f"<h3>{_headline(random)}</h3></a><p>{escape(_sentence(random))[:90]}…</p>"
        f"<span>{random.randint(1, 40)} comments</span></div>"
    )
