"""From an email's content to the words of its parts: plain text, and HTML in which all is escaped.

Values come from people, and from strangers who sign up with somebody else's email. So a value
cannot leave its line or turn the text around it, and one in which a mail program would see a link
is not shown; only our own link is one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from auth_service.mail.outbox import Content, Kind
from shared.language.templates import templates
from shared.language.translation import DEFAULT_LANGUAGE, LANGUAGES, Sentence, translate
from shared.smtp.template.layout import Body, Shop, laid_out
from shared.values.visible import is_ignorable

LONGEST_VALUE = 100
AUTOMATIC = Sentence("This email was sent automatically.")
_TEXTS = Path(__file__).parent / "texts"
_NAMES = ("full_name", "code", "link", "address", "device", "reason")
_OURS = ("code", "link")
_LINK_LIKE = re.compile(r"://|www\.|[@\\]|\.[^\W\d_]{2}", re.IGNORECASE)
_SEPARATORS = {0x3002: "."}  # the ideographic full stop; NFKC makes the half-width one of it
_JOINERS = "\u200c\u200d"  # which Persian words and composed emoji need
_ISOLATED = "\u2068{}\u2069"  # Unicode's first strong isolate: its direction ends with it

_IN_TEXT: Mapping[str, Callable[[str], str]] = {
    "paragraph": str,
    "show_code": str,
    "show_link": str,
    "value": _ISOLATED.format,
}
_IN_HTML: Mapping[str, Callable[[str], str]] = {
    "paragraph": Markup("<p>{}</p>").format,
    "show_code": Markup('<p><strong class="code">{}</strong></p>').format,
    "show_link": Markup('<p><a href="{0}">{0}</a></p>').format,
    "value": Markup("<bdi>{}</bdi>").format,
}


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """What a person reads."""

    subject: str
    text: str
    html: str


def render(kind: Kind, content: Content, *, shop_name: str) -> RenderedEmail:
    """Return the email in the language of `content`, or in English if we do not speak that."""
    language = content.language if content.language in LANGUAGES else DEFAULT_LANGUAGE
    shown = {name: _shown(name, value) for name, value in content.values.items()}
    subject, text = _made(kind, language, shown, is_html=False)
    _, body = _made(kind, language, shown, is_html=True)
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    footer = (translate(AUTOMATIC, language),)
    said = Body(language, subject, "\n\n".join(paragraphs), Markup(body), footer=footer)  # noqa: S704
    return RenderedEmail(subject, *laid_out(said, Shop(shop_name or "Vitrina")))


def _made(kind: Kind, language: str, shown: Mapping[str, str], *, is_html: bool) -> tuple[str, str]:
    """Return the subject and the paragraphs of one part."""
    forms = _IN_HTML if is_html else _IN_TEXT
    values: dict[str, Any] = dict.fromkeys(_NAMES, "")
    for name, value in shown.items():
        values[name] = value if name in _OURS or not value else forms["value"](value)
    template = templates(_TEXTS, language, autoescape=is_html).get_template(f"{kind.value}.j2")
    subject = "".join(template.blocks["subject"](template.new_context(values)))
    return subject, template.render(values, **forms)


def _shown(name: str, value: str) -> str:
    """Return what of a value may be shown: one line, not too long, nothing that becomes a link."""
    if name in _OURS:
        return value
    line = "".join(c if c.isprintable() or c in _JOINERS else " " for c in value).strip()
    return "" if _looks_like_a_link(line) else line[:LONGEST_VALUE]


def _looks_like_a_link(line: str) -> bool:
    """Tell whether any program may make a link of it.

    Compatibility forms (full-width letters and dots) count as what they stand for, as do the other
    separators of IDNA; what shows nothing does not count.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKC", line) if not is_ignorable(c))
    return bool(_LINK_LIKE.search(bare.translate(_SEPARATORS)))
