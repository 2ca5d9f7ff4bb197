"""The Atom feed (RFC 4287) of the newest articles, whole and with absolute addresses."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mailing_service.blog.articles.reading import newest_articles
from mailing_service.blog.articles.schemas import ArticleSummary
from mailing_service.settings import MailingSettings

MEDIA_TYPE: Final = "application/atom+xml"
ENTRIES: Final = 20
PAGES: Final = "/articles/"
"""Where people read articles: pages of the web service."""

_FEED: Final = "/api/v1/articles/feed.atom"
_NEVER_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no document may have (XML 1.0 section 2.2): control characters, and halves of pairs."""
_EMPTY_SINCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def write(settings: MailingSettings, language: str | None) -> bytes:
    """Return the feed of all articles, or of those in a language."""
    stored = await newest_articles(language, ENTRIES)
    entries = [_entry(row, settings.public_url) for row in stored]
    updated = max((entry["updated_at"] for entry in entries), default=_EMPTY_SINCE)
    query = f"?language={language}" if language else ""
    document = _TEMPLATES.get_template("feed.atom.j2").render(
        title=settings.shop_name,
        language=language,
        site=settings.public_url,
        pages=settings.public_url + PAGES,
        this=f"{settings.public_url}{_FEED}{query}",
        updated=_written(updated),
        entries=entries,
    )
    return _NEVER_IN_XML.sub("", document).encode()


def _entry(row: dict[str, Any], public_url: str) -> dict[str, Any]:
    shown = ArticleSummary.row(row)
    return {
        **shown,
        "id": _identity(row, public_url),
        "url": f"{public_url}{PAGES}{row['slug']}/",
        "html": row["html"],
        "published": _written(shown["published_at"]),
        "updated": _written(shown["updated_at"]),
        "picture": _largest(shown["cover"], public_url),
    }


def _identity(row: dict[str, Any], public_url: str) -> str:
    """Return what stays when the address changes (RFC 4151)."""
    host = urlsplit(public_url).hostname
    return f"tag:{host},2026:article:{row['id']}"


def _largest(cover: Any, public_url: str) -> str | None:
    return f"{public_url}{cover.sources[-1].url}" if cover and cover.sources else None


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
