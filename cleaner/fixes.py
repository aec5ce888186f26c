"""The fixes that mend a line of text: each a plain function from text to text, named for what it does.

They stand apart from `normalize`, which owns their order, their names in recipes and reports, and their use on whole
tables. Every function takes any string and never fails; one that finds nothing to mend returns the text as it was.

A text with a line end inside is a *preformatted block*: code, verse, a table drawn with blanks. Its layout is content,
and what looks like an entity or a shortcode in it may be what the page is about, so those are left alone there.
"""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5

import ftfy

from cleaner import shortcodes

# Ranges for character classes. A joiner means something in the first two, an invisible word break in the third.
_ARABIC = "\u0610-\u061a\u0620-\u065f\u066e-\u06dc\u06df-\u06ff\u0700-\u074f\u0750-\u077f\u07ca-\u07f5\u0840-\u085f" \
    "\u0860-\u086a\u0870-\u08ff\u1820-\u18aa\ufb50-\ufdcf\ufdf0-\ufdfb\ufe70-\ufefc\U00010ac0-\U00010fff\U0001e900-\U0001e94b"
_INDIC = "\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1a20-\u1aaf\u1b00-\u1c4f\u1cd0-\u1cff\ua800-\ua8ff\ua930-\ua9ff" \
    "\uaa00-\uaadf\uabc0-\uabff\U00011000-\U00011fff"
_UNSPACED = "\u0e00-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f\ua980-\ua9df\uaa60-\uaadf"
_EMOJI = "\u2190-\u2bff\u3030\u303d\u3297\u3299\u20e3\ufe0e\ufe0f\U0001f000-\U0001faff\U000e007f"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

_FTFY = ftfy.TextFixerConfig(
    unescape_html=False, fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False, explain=False
)

_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REFERENCE = re.compile(
    r"&((?:amp;|#0{0,6}38;|#[xX]0{0,6}26;)*)((?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|nbsp(?![\w;=]))?"
)
_SHOWS_MARKUP = re.compile(
    r"&(?:amp;)*(?:lt|#0{0,6}60|#[xX]0{0,6}3[cC]);[/!?A-Za-z]"  # an escaped tag
    r"|</?[A-Za-z][^<>]{0,300}>"  # a tag
    r"|`[^`]{0,100}&|\b(?:HTML|XML|entity|entities|[Cc]haracter references?)\b"  # words about markup
)
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TERMINAL = re.compile("\x1b(?:\\[[0-?]{0,32}[ -/]{0,4}[@-~])?")
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u206a-\u206f\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)) + "]"
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]")
_BRAILLE = re.compile("[\u2801-\u28ff]")
_ZERO_WIDTH = re.compile(
    "(?=[\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0001\U000e0020-\U000e007f])(?:"
    f"((?<=[{_INDIC}])[\u200c\u200d]|(?<=[{_ARABIC}])(?:\u200c(?=[\u200b-\u200d\ufeff]{{0,8}}[{_ARABIC}])|\u200d)|\u200d(?=[{_ARABIC}])"
    f"|(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])|(?<=[{_UNSPACED}])\u200b(?=[{_UNSPACED}])|(?<=[\u1820-\u18aa])\u180e)"
    "|[\u200b-\u200d\u2060-\u2064\ufeff\u180e]"
    "|(?<![^ \t\n])[\ufe00-\ufe0f]+"  # a variation selector with nothing to select for
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001\U000e0020-\U000e007f]+)"  # tags that spell no flag
)
_BLANKS = re.compile("[ \t]{2,}|\t")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"'})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―⁃−⸺⸻︱︲﹘﹣－", "-"))


def is_block(text: str) -> bool:
    """Whether `text` is a preformatted block: a line end stands inside.

    >>> is_block("if a:\\n    b()"), is_block("a line\\n")
    (True, False)
    """
    stripped = text.strip(" \t\r\n")
    return "\n" in stripped or "\r" in stripped


def fix_surrogates(text: str) -> str:
    """Join pairs of surrogates to the character they encode; a lone one becomes U+FFFD.

    >>> fix_surrogates("\\ud83d\\ude00 \\ud83d")
    '😀 �'
    """
    if not _SURROGATE.search(text):
        return text
    text = _SURROGATE_PAIR.sub(lambda m: m.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _SURROGATE.sub("\ufffd", text)


def resolve_entities(text: str) -> str:
    """Resolve character references that were left over, escaped once or many times.

    A line that shows markup (a tag, or an escaped one, or it speaks of HTML, XML or entities) is left alone: there,
    the reference is what the page is about. So are preformatted blocks.

    >>> resolve_entities("Fish &amp;amp; chips&nbsp;&#8217;n&#x2019; peas")
    'Fish & chips\\xa0’n’ peas'
    >>> resolve_entities("write &lt;div&gt; and &amp;nbsp;")
    'write &lt;div&gt; and &amp;nbsp;'
    """
    if "&" not in text or is_block(text) or _SHOWS_MARKUP.search(text):
        return text

    def resolve(match: re.Match[str]) -> str:
        escapes, name = match.groups()
        if name is not None and (name[0] == "#" or name in html5 or name == "nbsp"):
            return html.unescape(f"&{name.removesuffix(';')};")
        if escapes:
            return "&" + (name or "")
        return match.group()

    return _REFERENCE.sub(resolve, text)


def fix_mojibake(text: str) -> str:
    """Undo decoding with a wrong encoding (ftfy); quotes, ligatures and widths stay as they are.

    >>> fix_mojibake("The cafÃ© wasnâ€™t open")
    'The café wasn’t open'
    """
    return text if text.isascii() else ftfy.fix_encoding(text, _FTFY)


def fix_line_ends(text: str) -> str:
    """Make CR LF and CR a line feed; rarer breaks become one in a preformatted block, and a blank in a line.

    >>> fix_line_ends("a\\r\\nb\\x0cc"), fix_line_ends("a\\u2028b")
    ('a\\nb\\nc', 'a b')
    """
    if not _BREAK.search(text):
        return text
    rare = "\n" if is_block(text) else " "
    return _BREAK.sub(lambda m: "\n" if m.group()[0] == "\r" else rare, text)


def remove_controls(text: str) -> str:
    """Take out control characters, terminal colours, noncharacters and annotation marks.

    >>> remove_controls("\\x1b[31mred\\x1b[0m\\x00 \\ufffe")
    'red '
    """
    return text if text.isprintable() else _CONTROL.sub("", _TERMINAL.sub("", text))


def fix_bidi(text: str) -> str:
    """Take out direction marks where nothing is written from right to left, and unbalanced ones elsewhere.

    >>> fix_bidi("\\u202aplain\\u202c \\u200etext")
    'plain text'
    >>> fix_bidi("\\u2067שלום\\u2069 \\u202b")
    '\\u2067שלום\\u2069 '
    """
    if not _BIDI.search(text):
        return text
    if not _RIGHT_TO_LEFT.search(text):
        return _BIDI.sub("", text)
    stray: set[int] = set()
    opened: list[tuple[int, bool]] = []  # position, whether it is an isolate
    for match in _BIDI.finditer(text):
        mark, position = match.group(), match.start()
        if mark in "\u202c\u2069":
            if opened and opened[-1][1] == (mark == "\u2069"):
                opened.pop()
            else:
                stray.add(position)
        elif mark not in "\u061c\u200e\u200f":
            opened.append((position, mark >= "\u2066"))
    stray.update(position for position, _ in opened)
    return "".join(c for i, c in enumerate(text) if i not in stray) if stray else text


def fix_spaces(text: str) -> str:
    """Make no-break, thin, wide, ideographic and other exotic spaces a plain one.

    The empty Braille cell counts as one where no other Braille stands.

    >>> fix_spaces("5\\xa0000\\u202f€\\u3000")
    '5 000 € '
    """
    text = _SPACE.sub(" ", text)
    if "\u2800" in text and not _BRAILLE.search(text):
        text = text.replace("\u2800", " ")
    return text


def remove_soft_hyphens(text: str) -> str:
    """Take out soft hyphens: they say where a word may be parted, not that it is.

    >>> remove_soft_hyphens("Donau\\xaddampf\\xadschiff")
    'Donaudampfschiff'
    """
    return text.replace("\xad", "")


def remove_zero_width(text: str) -> str:
    """Take out characters without width that do nothing where they stand.

    Joiners stay in Arabic and Indic scripts and inside emoji; zero-width spaces stay between letters of scripts that
    are written without spaces (Khmer, Thai, Lao, Burmese); tags stay in flags.

    >>> remove_zero_width("\\ufeffze\\u200bro wid\\u200dth")
    'zero width'
    >>> remove_zero_width("می\\u200cخواهم 👩\\u200d🔬") == "می\\u200cخواهم 👩\\u200d🔬"
    True
    """
    return text if text.isascii() else _ZERO_WIDTH.sub(r"\1", text)


def compose(text: str) -> str:
    """Unicode normal form NFC: one code point for a letter and its accent. Nothing else changes (not NFKC).

    >>> compose("cafe\\u0301 ﬁ ²")
    'café ﬁ ²'
    """
    return unicodedata.normalize("NFC", text)


def remove_shortcodes(text: str) -> str:
    """Take out raw shortcodes of site software. Preformatted blocks and lines about shortcodes are left alone.

    >>> remove_shortcodes('[vc_row width="1/2"]The vote[/vc_row] [sic] was [1] a[i]')
    'The vote [sic] was [1] a[i]'
    """
    return text if "[" not in text or is_block(text) else shortcodes.remove(text)


def straighten_quotes(text: str) -> str:
    """Make curly quotation marks and apostrophes straight (only on request).

    >>> straighten_quotes("“It’s”")
    '"It\\'s"'
    """
    return text.translate(_QUOTES)


def simplify_dashes(text: str) -> str:
    """Make dashes, minus and hyphens of all kinds a hyphen-minus (only on request).

    >>> simplify_dashes("2010–2012 — or −1")
    '2010-2012 - or -1'
    """
    return text.translate(_DASHES)


def collapse_blanks(text: str) -> str:
    """Make runs of spaces and tabs one space, and strip the ends.

    In a preformatted block the inner layout stays; blanks at the ends of its lines and blank lines around it go.

    >>> collapse_blanks("  a \\t b "), collapse_blanks("if a:  \\n    b()\\n")
    ('a b', 'if a:\\n    b()')
    """
    if "\n" in text:
        text = "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip("\n")
        if "\n" in text:
            return text
    return _BLANKS.sub(" ", text).strip(" ")
