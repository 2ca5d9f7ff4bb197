"""The one layout: as compiled as its source, with no value that is not escaped."""

from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from shared.smtp.message import new_marker
from shared.smtp.template.compiling import COMPILED, compiled
from shared.smtp.template.layout import Body, Shop, Unsubscribing, laid_out

SHOP = Shop("Витрина", "Vitrina Ltd\n1 Example Street", "https://shop.example/logo.png")
BODY = Body("ru", "Привет", "Привет, *Анна*", Markup("<p>Привет, <b>Анна</b></p>"), "Короче")


class Reader(HTMLParser):
    """Collects elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.styles: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.links += [value for name in ("href", "src") if (value := values.get(name))]
        self.styles[tag] = values.get("style") or ""


def test_it_is_what_its_source_makes() -> None:
    assert COMPILED.read_text() == compiled(), "run make email-template"


def test_nothing_is_loaded_from_others() -> None:
    _, html = laid_out(BODY, Shop("Витрина"))

    assert Reader(html).links == []
    assert "@import" not in html
    assert "googleapis" not in html


def test_both_parts_say_all_of_it() -> None:
    text, html = laid_out(BODY, SHOP, unsubscribing=Unsubscribing("Отписаться", "https://x.test/u"))

    for words in ("Витрина", "Vitrina Ltd", "1 Example Street", "Отписаться"):
        assert words in text
        assert words in html
    assert text.startswith("Привет, *Анна*\n\n-- \nВитрина\nVitrina Ltd\n")
    assert text.endswith("Отписаться: https://x.test/u\n")
    assert "Короче" in html
    assert 'lang="ru"' in html
    assert set(Reader(html).links) == {"https://shop.example/logo.png", "https://x.test/u"}


def test_it_is_responsive_dark_where_wanted_and_styled_in_place() -> None:
    _, html = laid_out(BODY, SHOP)

    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width:600px" in html
    assert Reader(html).styles["p"].startswith("margin: 0 0 16px")


@pytest.mark.parametrize("bad", ["<script>", '"><img>', "{{ shop_name }}", "{% if x %}", "&amp;"])
def test_no_value_becomes_markup(bad: str) -> None:
    body = Body(bad, bad, bad, Markup("<p>x</p>"), bad, (bad,))
    text, html = laid_out(body, Shop(bad, bad), unsubscribing=Unsubscribing(bad, bad))

    tags = Reader(html).tags
    assert "script" not in tags
    assert "img" not in tags
    assert bad in text
    assert bad in html or "<" in bad or "&" in bad


def test_markers_stay_what_they_are() -> None:
    marker = new_marker()
    body = Body(
        "en", "s", marker, Markup(f'<p>{marker} <a href="https://x.test/?e={marker}">a</a></p>')
    )
    text, html = laid_out(body, SHOP, unsubscribing=Unsubscribing("Leave", marker))

    assert (text.count(marker), html.count(marker)) == (2, 3)
