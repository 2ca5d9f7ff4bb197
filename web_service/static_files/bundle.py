"""Which files a page loads, put together: a page waits for one style sheet and one script."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from web_service.static_files.files import StaticFiles
from web_service.static_files.icon import icon
from web_service.static_files.theme import theme

FOLDER: Final = Path(__file__).parents[1] / "static"
BUNDLES: Final[Mapping[str, tuple[str, ...]]] = {
    "site.css": ("vendor/bootstrap.min.css", "css/vitrina.css", "css/parts.css", "css/shop.css"),
    "site.js": ("vendor/htmx.min.js", "js/vitrina.js", "js/markdown.js", "js/preview.js"),
}
LOGO_TYPES: Final = (".png", ".svg", ".webp")
MOST_OF_A_LOGO: Final = 100_000
"""Bytes."""
_SOURCE_MAP: Final = re.compile(rb"\n?/\*# sourceMappingURL=[^*]*\*/|\n?//# sourceMappingURL=\S*")


def read_files(*, color: str, logo: Path | None = None) -> StaticFiles:
    """Read everything into memory; ValueError for what is no colour or no logo.

    `logo` is named `logo` and its suffix; without one the icon is the shop's awning.
    """
    contents = {name: _joined(parts) for name, parts in BUNDLES.items()}
    contents["site.css"] += theme(color).encode()
    contents["favicon.svg"] = icon(color).encode()
    if logo is not None:
        contents[f"logo{logo.suffix.lower()}"] = _logo(logo)
    return StaticFiles(contents)


def _joined(parts: tuple[str, ...]) -> bytes:
    return b"\n".join(_SOURCE_MAP.sub(b"", (FOLDER / part).read_bytes()) for part in parts)


def _logo(file: Path) -> bytes:
    if file.suffix.lower() not in LOGO_TYPES:
        raise ValueError(f"a logo is one of {', '.join(LOGO_TYPES)}")
    content = file.read_bytes()
    if len(content) > MOST_OF_A_LOGO:
        raise ValueError(f"a logo has at most {MOST_OF_A_LOGO:,} bytes")
    return content
