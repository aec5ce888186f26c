"""The table of roles (what a line is) and of reason codes (why it got its verdict).

Both are stable names: they stand in published data, so a name is never given another meaning.
`docs/roles.md` is made from this table, and `cleaner roles` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cleaner.records import VerdictName


@dataclass(frozen=True, slots=True)
class Role:
    """What a line can be. `verdict` is what befalls such a line by default."""

    name: str
    verdict: VerdictName
    definition: str
    example: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line got its verdict. `kind` says what it rests on: a cue, structure, context, the model,
    the corpus, or a rule."""

    code: str
    kind: str
    definition: str
    example: str


def _role(name: str, verdict: VerdictName, definition: str, example: str) -> Role:
    return Role(name, verdict, definition, example)


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role("body", "keep", "Running text of the page.", "The council met on Tuesday to vote on the new bridge."),
        _role("heading", "keep", "A heading inside the content.", "How the vote went"),
        _role("list", "keep", "An item of a list that belongs to the content.", "- two cups of flour"),
        _role("table", "keep", "A row or cell of a table that belongs to the content.", "Weight | 1.2 kg"),
        _role("code", "keep", "Program text or other preformatted text.", "for line in page: print(line)"),
        _role("quote", "keep", "A passage that the page quotes as a block.", "“We never saw the plan,” she wrote."),
        _role("caption", "drop", "What a picture or video shows.", "The harbour at dawn, seen from the east pier."),
        _role("title", "metadata", "The page's headline.", "Council votes for new bridge"),
        _role("standfirst", "keep", "The lead-in between headline and text.", "After six hours, five votes to four."),
        _role("byline", "metadata", "Who wrote it.", "By Ada Example, City Desk"),
        _role("dateline", "metadata", "When (or where and when) it was published.", "Updated 3 May 2021, 14:05"),
        _role("publisher", "metadata", "The name of the outlet on a line of its own.", "The Harbour Gazette"),
        _role("bio", "keep", "A sentence about the author.", "Ada Example covers the city for the Gazette."),
        _role("navigation", "drop", "Menus and links to other parts of the site.", "Home | News | Sport"),
        _role("skip_link", "drop", "Links for jumping inside the page.", "Skip to main content"),
        _role("breadcrumb", "drop", "The path to this page inside the site.", "Home > News > Local"),
        _role("related", "drop", "Links or teasers of other stories, and their lead-in.", "You may also like:"),
        _role("trending", "drop", "Most-read boxes.", "Most read this week"),
        _role("comment_form", "drop", "Where readers are asked to write.", "Leave a Reply"),
        _role("comment", "drop", "What readers wrote under the page.", "Anna says: I was there, too."),
        _role("share", "drop", "Share and follow buttons.", "Share on Facebook"),
        _role("login", "drop", "Log-in, sign-up and account prompts.", "Log in or create an account"),
        _role("newsletter", "drop", "Invitations to subscribe to mails.", "Get our morning briefing in your inbox"),
        _role("paywall", "drop", "What stands before text that must be paid for.", "Subscribe to continue reading"),
        _role("cookie_notice", "drop", "Consent and cookie banners.", "We use cookies to improve your experience"),
        _role("advert", "drop", "Advertisements and their labels.", "Advertisement"),
        _role("photo_credit", "drop", "Who took or owns a picture.", "Photo: A. Example / Agency"),
        _role("image_name", "drop", "File names and alternative texts of pictures.", "IMG_2041.jpg"),
        _role("post_metadata", "drop", "Counts, user names and dates around a post.", "Posts: 1,204 · Joined 2009"),
        _role("promo", "drop", "The site speaking for itself or its offers.", "Download our app today"),
        _role("footer", "drop", "What closes every page of the site.", "© 2021 The Harbour Gazette"),
        _role("legal", "drop", "Terms, privacy and disclaimers.", "All rights reserved. Terms of use"),
        _role("interface", "drop", "Buttons, labels and messages of the page's machinery.", "Loading… Please wait"),
        _role("template", "drop", "A line that recurs on other pages of the site.", "Reporting from the harbour"),
        _role("repeat", "drop", "A copy of a line that already stood on this page.", "Council votes for new bridge"),
    )
}

REASONS: dict[str, Reason] = {}


def _reason(kind: str, code: str, definition: str, example: str) -> None:
    REASONS[code] = Reason(code, kind, definition, example)


# The phrase that matched is the line's evidence. Some phrases decide, the others name what the model drops (see the
# tables in judge/cues/); those of a "naming cue" never decide.
_reason("cue", "cue_skip_link", "A phrase of links that jump inside the page.", "Skip to content")
_reason("cue", "cue_back_to_top", "A phrase of links back to the top.", "Back to top")
_reason("cue", "cue_comment_form", "A phrase of comment forms.", "Your email address will not be published")
_reason("cue", "cue_share", "A phrase of share buttons.", "Share this on Twitter")
_reason("cue", "cue_advert", "A label of advertisements.", "Advertisement")
_reason("cue", "cue_image_name", "The line is a picture's file name or identifier.", "DSC_0042.JPG")
_reason("cue", "cue_photo_credit", "A line that ends in or is a picture's credit.", "(Photo: A. Example)")
_reason("cue", "cue_trending", "The whole line heads a most-read box.", "Trending now")
_reason("cue", "cue_cookie_notice", "A phrase of consent banners.", "We use cookies to")
_reason("cue", "cue_login", "A phrase of log-in and membership prompts.", "Log in to comment")
_reason("cue", "cue_newsletter", "A phrase of newsletter invitations.", "Sign up for our newsletter")
_reason("cue", "cue_paywall", "A phrase of paywalls.", "Subscribe to read the full story")
_reason("cue", "cue_footer", "A copyright line.", "© 2021 The Harbour Gazette")
_reason("cue", "cue_legal", "A phrase of terms and privacy lines.", "All rights reserved")
_reason("cue", "cue_related", "A phrase that leads in other stories.", "You may also like")
_reason("cue", "cue_interface", "A phrase of the page's machinery.", "Please enable JavaScript")
_reason("naming cue", "cue_breadcrumb", "Short names parted by arrows.", "Home > News > Local")
_reason("naming cue", "cue_byline", "A line that names who wrote the page.", "By Ada Example")
_reason("naming cue", "cue_dateline", "A line that is a date of publication.", "3 May 2021")
_reason("naming cue", "cue_publisher", "A line that is the outlet's name.", "The Harbour Gazette")
_reason("naming cue", "cue_post_metadata", "Counts, user names, times of posts.", "12 replies · 304 views")
_reason("naming cue", "cue_bio", "A sentence about the author.", "Ada Example is a reporter at the Gazette")
_reason("structure", "title_match", "The line is the page's title.", "Council votes for new bridge")
_reason("structure", "hidden", "The page hides this block from its readers.", "display:none")
_reason("structure", "in_region", "The element around it is named for what it holds.", "<nav>, class=\"related\"")
_reason("structure", "shortcode", "Nothing but raw shortcodes of the site's software.", "[vc_row][/vc_row]")
_reason("structure", "structured_data", "It comes from the data of a page that shows no text.", "articleBody")
_reason("context", "lead_in", "It belongs to the list that a dropped lead-in opened.", "Council postpones the vote")
_reason("context", "repeat", "The same line already stood on this page.", "Council votes for new bridge")
_reason("context", "comments", "It is a reader's comment under an article, as the recipe wants it.", "Anna says:")
_reason("context", "author_box", "It is the box about the author below an article.", "About the author")
_reason("context", "heads_prose", "Kept, since it stands like a heading above kept prose.", "War crimes")
_reason("context", "clean_text", "Kept, since the page as a whole reads as text that is clean already.", "")
_reason("context", "error_page", "The page says only that there is no page.", "404 Not Found")
_reason("context", "guard_prose", "Kept, since dropping it would have emptied a page that has prose.", "")
_reason("model", "model", "The trained judge's score decided; what moved it most is named.", "links -1.2, wording -0.4")
_reason("corpus", "template", "The same line stands on other pages of the site.", "on 41 of 44 pages of this site")
_reason("rule", "selector", "A selector of the recipe for this site decided.", "div.related")
