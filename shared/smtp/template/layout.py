"""What goes into the layout: escaped values, and a body whose renderer has escaped all in it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from css_inline import CSSInliner

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Shop:
    """Who writes."""

    name: str
    postal_identity: str = ""
    """Name and address as the law wants them in mailings; lines separated by LF."""
    logo_url: str = ""


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """The line that ends a mailing's emails."""

    text: str
    url: str
    """May be a marker of shared.smtp.message."""


@dataclass(frozen=True, slots=True)
class Body:
    """What an email says, in the language of its reader."""

    language: str
    subject: str
    text: str
    html: Markup
    """Safe by its type: its renderer has escaped what people wrote."""
    preheader: str = ""
    """What mail programs show beside the subject."""
    footer: tuple[str, ...] = ()
    """Lines before the postal identity."""


def laid_out(
    body: Body, shop: Shop, *, unsubscribing: Unsubscribing | None = None
) -> tuple[str, str]:
    """Return the plain text and the HTML of an email."""
    values = {
        "language": body.language,
        "subject": body.subject,
        "preheader": body.preheader,
        "shop_name": shop.name,
        "logo_url": shop.logo_url,
        "footer": (*body.footer, *shop.postal_identity.splitlines()),
        "unsubscribe_url": unsubscribing.url if unsubscribing else "",
        "unsubscribe_text": unsubscribing.text if unsubscribing else "",
    }
    text = _text_layout().get_template("email.txt").render(body=body.text.rstrip(), **values)
    html = _html_layout().get_template("email.html").render(body=_styled(body.html), **values)
    return text, html


def _styled(body: Markup) -> Markup:
    """Put the styles into the elements: some mail programs drop style sheets."""
    return Markup(_inliner().inline_fragment(body, _style_sheet()))  # noqa: S704 - it was safe


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # noqa: PLC0415 - 5 MB that most processes never need

    return CSSInliner(load_remote_stylesheets=False)


@cache
def _style_sheet() -> str:
    return (_FOLDER / "body.css").read_text()


@cache
def _html_layout() -> Environment:
    loader = FileSystemLoader(_FOLDER)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


@cache
def _text_layout() -> Environment:
    return Environment(  # noqa: S701 - plain text
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
