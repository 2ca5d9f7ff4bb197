"""What templates write is escaped as markupsafe does it, and never twice."""

from enum import StrEnum
from uuid import UUID

import pytest
from jinja2 import DictLoader
from markupsafe import Markup, escape

from web_service.rendering.environment import environments
from web_service.rendering.escaping import escaped


class Tone(StrEnum):
    """A text that is of a class of its own."""

    LOUD = "<loud>"


class Html:
    """Says by itself what it is as HTML."""

    def __html__(self) -> str:
        return "<i>"

    def __repr__(self) -> str:
        """Name a test alike in every process."""
        return "Html()"


VALUES = [
    "tea",
    "",
    "<script>alert(1)</script>",
    "a & b",
    'say "hello"',
    "it's",
    "5 > 3",
    "\N{FULLWIDTH LESS-THAN SIGN}b\N{NO-BREAK SPACE}",
    "line\n<b>",
    Markup("<b>bold</b>"),
    Tone.LOUD,
    Html(),
    0,
    -7,
    2**70,
    True,
    None,
    1.5,
    ["<b>"],
    {"<": ">"},
    UUID(int=7),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_written_as_markupsafe_writes_it(value: object) -> None:
    assert escaped(value) == str(escape(value))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_templates_escape_by_it(language: str) -> None:
    environment = environments(currency="RUB")[language]
    environment.bytecode_cache = None
    environment.loader = DictLoader(
        {
            "value": "{{ value }}|{{ value | e }}|{{ value | safe }}",
            "macro": "{% macro said(of) %}<p>{{ of }}</p>{% endmacro %}{{ said(value) }}",
            "set": "{% set text %}<p>{{ value }}{% endset %}{{ text }}",
            "joined": "{{ '<p>' ~ value }}",
        }
    )

    def made(name: str) -> str:
        return environment.get_template(name).render(value="<b>")

    assert made("value") == "&lt;b&gt;|&lt;b&gt;|<b>"
    assert made("macro") == "<p>&lt;b&gt;</p>"
    assert made("set") == "<p>&lt;b&gt;"
    assert made("joined") == "&lt;p&gt;&lt;b&gt;"
