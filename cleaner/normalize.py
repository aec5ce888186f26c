"""Text normalisation: one ordered list of small, named, explained fixes, made line by line right after cutting.

A line is mended by running the fixes in the order of `FIXES` until none of them changes anything, since one fix can
lay open work for another (an entity that hides a zero-width space). So normalising twice changes nothing, and the
names of the fixes that were made, one after the other, are an explanation that can be replayed:
`replay(text, explain(text))` is the normalised text.

Tables are searched with Rust regexes first; Python runs on the suspicious lines only.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from ftfy.badness import BADNESS_RE

from cleaner import fixes
from cleaner.errors import RecipeError
from cleaner.recipe import Normalize

MAX_ROUNDS = 16
"""Rounds of fixes after which a text that still changes is taken for one that was built to do so."""

COUNTS = pl.Schema({"row": pl.UInt32, "fix": pl.String, "count": pl.UInt32})


@dataclass(frozen=True, slots=True)
class Fix:
    """One way of mending a text.

    Attributes:
        name: Stable name, as in recipes, counts and reports.
        description: What it does, in a sentence.
        function: From text to text.
        marks: A Rust regex that is found in every line that the fix could change (and may be found in others), or a
            Polars expression over the column `text` that says so.
        unfolds: Whether its result can hold more work for itself or another fix, without end if someone means harm.
        option: Made only if the recipe's [normalize] sets this key.
    """

    name: str
    description: str
    function: Callable[[str], str]
    marks: str | pl.Expr
    unfolds: bool = False
    option: str | None = None

    @property
    def suspicious(self) -> pl.Expr:
        """Polars expression over the column `text`: whether the fix could change a line."""
        return pl.col("text").str.contains(self.marks) if isinstance(self.marks, str) else self.marks


@dataclass(frozen=True, slots=True)
class Normalized:
    """Mended lines, and what was done to them.

    Attributes:
        texts: The lines, as many as came in and in their order.
        counts: Columns `row` (position of the line), `fix` (name) and `count`, sorted by row and order of fixes.
            `count` is always 1: it counts lines that a fix changed, not characters.
    """

    texts: pl.Series
    counts: pl.DataFrame


def _compact(pattern: str) -> str:
    """A verbose Python regex as a Rust one that matches wherever it does (\\s and \\w become any character)."""
    out: list[str] = []
    inside = comment = escaped = False
    for char in pattern:
        if comment:
            comment = char != "\n"
        elif escaped:
            out.append("(?s:.)" if char in "sw" and not inside else f"\\{char}")
            escaped = False
        elif char == "\\":
            escaped = True
        elif inside:
            out.append("\\x20" if char == " " else char)
            inside = char != "]"
        elif char == "#":
            comment = True
        elif not char.isspace():
            out.append(char)
            inside = char == "["
    return "".join(out)


def _table(*rows: Fix) -> dict[str, Fix]:
    return {fix.name: fix for fix in rows}


FIXES: dict[str, Fix] = _table(
    Fix("surrogates", "Pairs of surrogates joined, lone ones replaced by U+FFFD.", fixes.fix_surrogates,
        pl.lit(False)),  # a Polars column cannot hold them; only single texts can
    Fix("entities", "Character references that were left over (`&nbsp;`, `&amp;#8217;`) resolved.",
        fixes.resolve_entities, "&", unfolds=True),
    Fix("mojibake", "Decoding with a wrong encoding undone (`â€™` is `’`).", fixes.fix_mojibake,
        pl.col("text").str.contains(_compact(BADNESS_RE.pattern)), unfolds=True),
    Fix("line_ends", "One kind of line end.", fixes.fix_line_ends, r"[\r\x0b\x0c\x{85}\x{2028}\x{2029}]"),
    Fix("controls", "Control characters, terminal colours and noncharacters taken out.", fixes.remove_controls,
        r"[\x00-\x08\x0e-\x1f\x7f-\x{9f}\x{206a}-\x{206f}\x{fdd0}-\x{fdef}\x{fff9}-\x{fffb}\x{fffe}\x{ffff}]"
        + "|[" + "".join(f"\\x{{{plane:x}fffe}}\\x{{{plane:x}ffff}}" for plane in range(1, 17)) + "]"),
    Fix("bidi", "Direction marks taken out where nothing runs from right to left, or they are unbalanced.",
        fixes.fix_bidi, r"[\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"),
    Fix("spaces", "Exotic spaces (no-break, thin, ideographic) made plain ones.", fixes.fix_spaces,
        r"[\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{2800}\x{3000}\x{3164}\x{ffa0}]"),
    Fix("soft_hyphens", "Soft hyphens taken out.", fixes.remove_soft_hyphens, r"\x{ad}"),
    Fix("zero_width", "Characters without width taken out, save joiners where the script needs them.",
        fixes.remove_zero_width,
        r"[\x{180e}\x{200b}-\x{200d}\x{2060}-\x{2064}\x{feff}\x{e0001}-\x{e007f}]"
        r"|(?:^|[ \t\n])[\x{fe00}-\x{fe0f}]"),
    Fix("nfc", "Unicode normal form NFC.", fixes.compose,
        pl.when(pl.col("text").str.contains(r"[^\x00-\x{2ff}\x{2010}-\x{2027}]"))
        .then(pl.col("text").str.normalize("NFC") != pl.col("text"))),
    Fix("shortcodes", "Raw shortcodes of site software (`[vc_row ...]`) taken out.", fixes.remove_shortcodes,
        r"\[/?[a-z][a-z0-9_-]+(?:[ \t][^\[\]\n]*)?\]", unfolds=True),
    Fix("quotes", "Curly quotation marks made straight.", fixes.straighten_quotes, "[‘-‟]", option="quotes"),
    Fix("dashes", "Dashes of all kinds made a hyphen-minus.", fixes.simplify_dashes,
        r"[\x{2010}-\x{2015}\x{2043}\x{2212}\x{2e3a}\x{2e3b}\x{fe31}\x{fe32}\x{fe58}\x{fe63}\x{ff0d}]",
        option="dashes"),
    Fix("blanks", "Runs of spaces and tabs made one, ends stripped; layout inside preformatted blocks stays.",
        fixes.collapse_blanks, r" [ \t]|[\t\n]|^ | $"),
)  # fmt: skip
"""All fixes by name, in the order in which they are made."""


def enabled(options: Normalize) -> list[Fix]:
    """The fixes that `options` asks for, in order. RecipeError if `skip` names one that does not exist."""
    for name in options.skip:
        if name not in FIXES:
            close = difflib.get_close_matches(name, list(FIXES), n=1, cutoff=0.5)
            hint = f"Did you mean `{close[0]}`?" if close else f"There are: {', '.join(FIXES)}."
            raise RecipeError(f"[normalize] skip names a fix `{name}`, which does not exist. {hint}")
    return [
        fix
        for fix in FIXES.values()
        if fix.name not in options.skip and (fix.option is None or getattr(options, fix.option))
    ]


def _mend(text: str, chosen: Iterable[Fix]) -> tuple[str, list[str]]:
    """The mended text, and the names of the fixes in the order in which they changed something."""
    chosen = list(chosen)
    mended, steps = text, []
    for _ in range(MAX_ROUNDS):
        before = mended
        for fix in chosen:
            after = fix.function(mended)
            if after != mended:
                steps.append(fix.name)
                mended = after
        if mended == before:
            return mended, steps
    # Built to unfold for ever: what unfolds is left as it is, the rest settles.
    return _mend(text, [fix for fix in chosen if not fix.unfolds])


def explain(text: str, options: Normalize | None = None) -> list[str]:
    """The names of the fixes that normalise `text`, in the order in which they are made; one can come twice.

    >>> explain("  caf&eacute;&ZeroWidthSpace;")
    ['entities', 'zero_width', 'blanks']
    """
    return _mend(text, enabled(options or Normalize()))[1]


def replay(text: str, steps: Iterable[str]) -> str:
    """Make the named fixes one after the other.

    >>> replay("  caf&eacute;&ZeroWidthSpace;", ["entities", "zero_width", "blanks"])
    'café'
    """
    for name in steps:
        text = FIXES[name].function(text)
    return text


def normalize_text(text: str, options: Normalize | None = None) -> tuple[str, list[tuple[str, int]]]:
    """One mended text, and (name of fix, 1) for each fix that changed it, in the order of `FIXES`.

    A text of nothing but invisible characters or shortcodes becomes "".

    >>> normalize_text("It&#8217;s\\xa0fine")
    ('It’s fine', [('entities', 1), ('spaces', 1)])
    """
    mended, steps = _mend(text, enabled(options or Normalize()))
    return mended, [(name, 1) for name in FIXES if name in steps]


def _suspicious(texts: pl.Series, rows: Sequence[int], chosen: Sequence[Fix]) -> list[set[int]]:
    """For each fix those of the rows (numbers of the texts) that it could change: one look for all plain marks.

    Polars keeps only some tens of regular expressions compiled; with one for each fix, all of them and many others
    would be compiled anew for each batch.
    """
    plain = "|".join(f"(?:{fix.marks})" for fix in chosen if isinstance(fix.marks, str))
    looks = {fix.name: fix.marks for fix in chosen if not isinstance(fix.marks, str)}
    if plain:
        looks["marked"] = pl.col("text").str.contains(plain)
    table = texts.to_frame("text").select(look.fill_null(False).alias(name) for name, look in looks.items())
    if table.height != texts.len():  # nothing but literals
        return [set() for _ in chosen]
    found = {name: {rows[at] for at in table[name].arg_true()} for name in looks}
    return [found["marked" if isinstance(fix.marks, str) else fix.name] for fix in chosen]


def normalize_lines(texts: pl.Series, options: Normalize | None = None) -> Normalized:
    """`normalize_text` for a whole column of lines (String; nulls stay null)."""
    chosen = enabled(options or Normalize())
    given = texts.cast(pl.String)
    suspicious = _suspicious(given, range(len(given)), chosen)
    rows = sorted(set().union(*suspicious))
    before = dict(zip(rows, given.gather(rows).to_list(), strict=True))
    lines, made = dict(before), dict[int, set[str]]()
    active = rows  # that the round before changed
    for _ in range(MAX_ROUNDS):
        touched = set[int]()
        for fix, found in zip(chosen, suspicious, strict=True):
            for row in found | touched:  # what an earlier fix of this round has changed could be suspicious now
                new = fix.function(lines[row])
                if new != lines[row]:
                    lines[row] = new
                    touched.add(row)
                    made.setdefault(row, set()).add(fix.name)
        active = sorted(touched)
        if not active:
            break
        suspicious = _suspicious(pl.Series([lines[row] for row in active], dtype=pl.String), active, chosen)
    for row in active:  # not settled: as for a single text
        lines[row], steps = _mend(before[row], chosen)
        made[row] = set(steps)
    changed = sorted(made)
    counts = [(row, name, 1) for row in changed for name in FIXES if name in made[row]]
    mended = given.clone().scatter(changed, [lines[row] for row in changed]) if changed else given
    return Normalized(mended, pl.DataFrame(counts, schema=COUNTS, orient="row"))
