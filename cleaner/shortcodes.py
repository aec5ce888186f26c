"""Raw shortcodes: bracketed commands that a site's software should have replaced, as `[vc_row el_class="wide"]`.

Brackets have many honest uses (`[1]`, `[sic]`, `[bold mine]`, `a[i]`, `[text](link)`), so a bracket is a shortcode only
if its name belongs to a known family of commands, or if it carries attributes as commands do.
"""

from __future__ import annotations

import re

FAMILIES = (
    "vc_", "et_pb_", "fusion_", "av_", "su_", "tie_", "ult_", "ultimate_", "mk_", "qode_", "edgtf_", "eltdf_", "mkdf_",
    "nectar_", "wpb_", "td_block", "tdb_", "tdc_", "rev_slider", "bsf-", "wp_caption", "woocommerce_", "gravityform",
    "ninja_form", "ngg_", "nggallery", "mc4wp_", "contact-form", "wpforms", "elementor-", "elementor_", "layerslider",
    "metaslider", "smartslider", "instagram-feed", "embedyt", "adrotate", "themify_", "one_half", "one_third",
    "one_fourth", "one_fifth", "one_sixth", "two_third", "three_fourth", "polldaddy", "tablepress", "jetpack_",
    "jetpack-", "googlemaps", "dropcap",
)  # fmt: skip
"""Names that begin so are commands and nothing else."""

WORDS = frozenset((
    "accordion", "accordions", "alert", "audio", "blockquote", "box", "button", "buttons", "caption", "clear", "col",
    "column", "columns", "divider", "embed", "flickr", "gallery", "googlemap", "heading", "highlight", "icon", "image",
    "img", "instagram", "playlist", "pullquote", "row", "section", "slider", "slideshow", "soundcloud", "spacer", "tab",
    "table", "tabs", "testimonial", "toggle", "toggles", "tooltip", "tweet", "video", "vimeo", "youtube",
))  # fmt: skip
"""Words that are commands only with an attribute, with their closing partner, or alone on a line."""

_ALONE = frozenset({"audio", "caption", "embed", "gallery", "playlist", "slideshow", "video"})
_EMBEDDED = re.compile(
    r"(?<!\[)\[(embed|embedyt|youtube|vimeo|video|audio|soundcloud)(?:[ \t][^\[\]\n]{0,500})?\]"
    r"[ \t]{0,5}https?://[^\s\[\]]{1,2000}[ \t]{0,5}\[/\1\]"
)
_BRACKET = re.compile(r"(?<!\[)\[(/?)([a-z][a-z0-9_-]{1,60})(?:[ \t]+([^\[\]\n]{0,2000}))?\](?![(\]])")
_ATTRIBUTE = re.compile(r"(?:^|[ \t])[a-zA-Z_][\w:-]{0,60} ?= ?(.)")
_QUOTES = "\"'“”„″‘’′«»"


def _is_command(name: str, attributes: str) -> bool:
    """Whether `[name attributes]` is a shortcode whatever stands around it."""
    if name.startswith(FAMILIES):
        return True
    attribute = _ATTRIBUTE.search(attributes)
    return attribute is not None and (name in WORDS or (attribute.start() == 0 and attribute.group(1) in _QUOTES))


def _gap(match: re.Match[str]) -> str:
    """What is put in the place of a shortcode: a blank between two words, else nothing."""
    text, start, end = match.string, match.start(), match.end()
    return " " if text[max(start - 1, 0) : start].strip() and text[end : end + 1].strip() else ""


def remove(text: str) -> str:
    """`text` without its shortcodes; a text that speaks of shortcodes is returned as it is.

    What a pair of commands encloses stays, except for the bare address of something embedded.

    >>> remove('[caption id="a1" align="left"]The bridge at dawn[/caption]')
    'The bridge at dawn'
    >>> remove("[embed]https://video.example/1[/embed]"), remove("[gallery]")
    ('', '')
    >>> remove("Use the [gallery] shortcode"), remove("We never [sic] said so [2], see [here](x)")
    ('Use the [gallery] shortcode', 'We never [sic] said so [2], see [here](x)')
    """
    if "shortcode" in text.lower():
        return text
    text = _EMBEDDED.sub(_gap, text)
    found = list(_BRACKET.finditer(text))
    opened = {m.group(2) for m in found if not m.group(1) and _is_command(m.group(2), m.group(3) or "")}
    bare = {m.group(2) for m in found if not m.group(1) and m.group(2) in WORDS}
    closed = {m.group(2) for m in found if m.group(1)}
    commands = opened | (bare & closed) | {name for name in closed if name in WORDS or name.startswith(FAMILIES)}
    alone = not _BRACKET.sub("", text).strip() and {m.group(2) for m in found} <= commands | _ALONE

    def replace(match: re.Match[str]) -> str:
        closing, name, attributes = match.groups()
        if closing:
            wanted = name in commands
        elif attributes:
            wanted = _is_command(name, attributes)
        else:
            wanted = name.startswith(FAMILIES) or name in bare & closed
        if not (wanted or alone):
            return match.group()
        return "" if name.startswith("dropcap") else _gap(match)

    rest = _BRACKET.sub(replace, text)
    return text if rest == text else rest.strip(" ")
