"""A Markdown file as HTML: what is HTML in it is shown as text, and nh3 cleans what was made."""

from functools import cache
from pathlib import Path
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS: Final = frozenset(
    {
        *("a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"),
        *("h2", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"),
    }
)
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_LOWEST: Final = 6


@cache
def html_of(file: Path) -> Markup:
    """Return what a file says; its headings stand one level below that of the page."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(file.read_text(encoding="utf-8"))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, _LOWEST)}"
    html = parser.renderer.render(tokens, parser.options, {})
    cleaned = nh3.clean(
        html, tags=set(_TAGS), attributes={"a": {"href"}}, url_schemes=set(_SCHEMES)
    )
    return Markup(cleaned)  # noqa: S704 - nh3 has cleaned it
