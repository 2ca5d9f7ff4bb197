"""The page behind a link to unsubscribe: no script, no cookie, nothing from elsewhere."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.language.translation import translate

_STYLE = Markup(
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:10vh 1rem}"
    "main{max-width:34rem;margin:0 auto}h1{font-size:1.5rem;line-height:1.25}"
    "button{font:inherit;padding:.6rem 1.2rem;border:2px solid;border-radius:.4rem;cursor:pointer}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says, in English; catalogues have the rest."""

    title: str
    paragraphs: tuple[str, ...]
    button: str | None = None
    status: int = 200


def response(page: Page, language: str) -> Response:
    """Return the page in a language."""

    def written(message: str) -> str:
        return translate(message, language)

    content = _TEMPLATES.get_template("unsubscribe.html.j2").render(
        language=language,
        style=_STYLE,
        title=written(page.title),
        paragraphs=[written(paragraph) for paragraph in page.paragraphs],
        button=written(page.button) if page.button else None,
    )
    headers = {**_HEADERS, "Content-Language": language}
    return Response(content, page.status, headers, "text/html")
