"""From a letter's content to the words of its parts: plain text, and HTML in which all is escaped.

Values come from people, and from strangers who sign up with somebody else's email. So a value
cannot leave its line or turn the text around it, and one in which a mail program would see a link
is not shown; only our own link is one.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

from auth_service.mail.outbox import Content, Kind
from auth_service.mail.templates import FAREWELL, GREETING, GREETING_WITHOUT_NAME, TEMPLATES
from shared.translation import DEFAULT_LANGUAGE, LANGUAGES, translate
from shared.visible import is_ignorable

LONGEST_VALUE = 100
_OURS = ("code", "link")
_LINK_LIKE = re.compile(r"://|www\.|[@\\]|\.[^\W\d_]{2}", re.IGNORECASE)
_SEPARATORS = {0x3002: "."}  # the ideographic full stop; NFKC makes the half-width one of it
_JOINERS = "\u200c\u200d"  # which Persian words and composed emoji need
_ISOLATED = "\u2068{}\u2069"  # Unicode's first strong isolate: its direction ends with it

_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font:16px/1.5 sans-serif;max-width:40em;margin:1em auto;padding:0 1em">
{body}
</body></html>
"""
_SHOWN = {
    "code": '<strong style="font-size:2em;letter-spacing:.2em">{0}</strong>',
    "link": '<a href="{0}">{0}</a>',
}
_OTHERS_SHOWN = "<bdi>{0}</bdi>"


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """What a person reads."""

    subject: str
    text: str
    html: str


def render(kind: Kind, content: Content) -> RenderedLetter:
    """Return the letter in the language of `content`, or in English if we do not speak that."""
    language = content.language if content.language in LANGUAGES else DEFAULT_LANGUAGE
    template = TEMPLATES[kind]
    subject = translate(template.subject, language)
    shown = {name: _shown(name, value) for name, value in content.values.items()}
    values = {name: value for name, value in shown.items() if value}
    paragraphs = [translate(p, language) for p in _paragraphs(template.paragraphs, values)]
    as_text = {name: _in_text(name, value) for name, value in values.items()}
    as_html = {name: _in_html(name, value) for name, value in values.items()}
    text = "\n\n".join(Template(p).substitute(as_text) for p in paragraphs)
    body = "\n".join(f"<p>{Template(html.escape(p)).substitute(as_html)}</p>" for p in paragraphs)
    page = _PAGE.format(language=language, subject=html.escape(subject), body=body)
    return RenderedLetter(subject, f"{text}\n", page)


def _paragraphs(paragraphs: tuple[str, ...], values: dict[str, str]) -> Iterator[str]:
    yield GREETING if "full_name" in values else GREETING_WITHOUT_NAME
    for paragraph in paragraphs:
        if set(Template(paragraph).get_identifiers()) <= values.keys():
            yield paragraph
    yield FAREWELL


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


def _in_text(name: str, value: str) -> str:
    return value if name in _OURS else _ISOLATED.format(value)


def _in_html(name: str, value: str) -> str:
    return _SHOWN.get(name, _OTHERS_SHOWN).format(html.escape(value))
