"""The text of an article inside our page: cleaned once more, below the heading of the page."""

import re
from typing import Final

import nh3
from markupsafe import Markup

_TAGS: Final = frozenset(
    {
        *("a", "blockquote", "br", "code", "del", "em", "hr", "img", "p", "pre", "s", "strong"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul"),
        *("table", "tbody", "td", "th", "thead", "tr"),
    }
)
_ATTRIBUTES: Final = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_HEADING: Final = re.compile("(</?h)([1-5])>")


def shown_body(html: str, public_url: str) -> Markup:
    """Return HTML that may stand in a page: a picture from elsewhere is the text of its `alt`.

    The policy of our pages (CSP) would refuse it.
    """

    def kept(tag: str, name: str, value: str) -> str | None:
        is_foreign = (tag, name) == ("img", "src") and not value.startswith(f"{public_url}/")
        return None if is_foreign else value

    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=set(_SCHEMES),
        link_rel="noopener",
    )
    lowered = _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}>", cleaned)
    return Markup(lowered)  # noqa: S704 - nh3 has cleaned it
