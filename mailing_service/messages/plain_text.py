"""The body of a message as plain text, the other part of an email."""

import re
from collections.abc import Callable, Mapping

from markdown_it.token import Token

_BLANK_LINES = re.compile(r"\n{3,}")


def render_text(tokens: list[Token]) -> str:
    """Return the body as plain text: links with their address behind them, lists with marks."""
    writer = _TextWriter()
    for token in tokens:
        writer.take(token)
    return _BLANK_LINES.sub("\n\n", writer.text).strip() + "\n"


class _TextWriter:
    """Writes block by block; what stands in quotes and lists is indented."""

    def __init__(self) -> None:
        self.text = ""
        self._prefixes: list[str] = []
        self._mark = ""  # of the item that begins with the next line
        self._numbers: list[int | None] = []  # of ordered lists, the next; of others None
        self._row: list[str] | None = None  # the cells of the row that we are in

    def take(self, token: Token) -> None:
        """Add what a token of a block says."""
        handler = _BLOCKS.get(token.type)
        if handler is not None:
            handler(self, token)

    def line(self, text: str) -> None:
        """Add lines, indented as deep as we are."""
        for line in text.split("\n"):
            indent = "".join(self._prefixes)
            if self._mark:
                indent = indent[: -len(self._mark)] + self._mark
                self._mark = ""
            self.text += f"{indent}{line}".rstrip() + "\n"

    def gap(self, _token: Token) -> None:
        """End a block."""
        if not self.text.endswith("\n\n"):
            self.text += "\n"

    def paragraph_close(self, token: Token) -> None:
        """End a paragraph; those of a tight list have nothing between them."""
        if not token.hidden:
            self.gap(token)

    def inline(self, token: Token) -> None:
        """Add a paragraph, a heading or a cell."""
        text = _inline_text(token.children or [])
        if self._row is None:
            self.line(text)
        else:
            self._row.append(text)

    def row_open(self, _token: Token) -> None:
        """Begin a row of a table."""
        self._row = []

    def row_close(self, _token: Token) -> None:
        """Add the row as one line."""
        cells, self._row = self._row or [], None
        self.line(" | ".join(cells))

    def code(self, token: Token) -> None:
        """Add code as it is."""
        self.line(token.content.rstrip("\n"))
        self.gap(token)

    def rule(self, token: Token) -> None:
        """Add a line across."""
        self.line("-" * 40)
        self.gap(token)

    def quote_open(self, _token: Token) -> None:
        """Begin a quotation."""
        self._prefixes.append("> ")

    def list_open(self, token: Token) -> None:
        """Begin a list."""
        is_ordered = token.type == "ordered_list_open"
        self._numbers.append(int(token.attrs.get("start", 1)) if is_ordered else None)

    def list_close(self, token: Token) -> None:
        """End a list."""
        self._numbers.pop()
        self.gap(token)

    def item_open(self, _token: Token) -> None:
        """Begin an item with its mark."""
        number = self._numbers[-1]
        self._mark = "- " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        self._prefixes.append(" " * len(self._mark))

    def close(self, token: Token) -> None:
        """End a quotation or an item."""
        self._mark = ""
        self._prefixes.pop()
        if token.type == "blockquote_close":
            self.gap(token)


def _inline_text(tokens: list[Token]) -> str:
    parts: list[str] = []
    hrefs: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_inline_text(token.children or []))
            case "link_open":
                hrefs.append((str(token.attrs["href"]), len(parts)))
            case "link_close":
                href, begin = hrefs.pop()
                shown = "".join(parts[begin:])
                if shown not in {href, href.removeprefix("mailto:"), href.removeprefix("tel:")}:
                    parts.append(f" ({href})")
            case _:
                pass
    return "".join(parts)


_BLOCKS: Mapping[str, Callable[[_TextWriter, Token], None]] = {
    "inline": _TextWriter.inline,
    "paragraph_close": _TextWriter.paragraph_close,
    "heading_close": _TextWriter.gap,
    "tr_open": _TextWriter.row_open,
    "tr_close": _TextWriter.row_close,
    "table_close": _TextWriter.gap,
    "fence": _TextWriter.code,
    "code_block": _TextWriter.code,
    "hr": _TextWriter.rule,
    "blockquote_open": _TextWriter.quote_open,
    "blockquote_close": _TextWriter.close,
    "bullet_list_open": _TextWriter.list_open,
    "ordered_list_open": _TextWriter.list_open,
    "bullet_list_close": _TextWriter.list_close,
    "ordered_list_close": _TextWriter.list_close,
    "list_item_open": _TextWriter.item_open,
    "list_item_close": _TextWriter.close,
}
