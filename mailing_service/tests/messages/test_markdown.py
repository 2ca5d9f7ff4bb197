"""Markdown as HTML and as plain text, and addresses that no email may lead to."""

import pytest

from mailing_service.messages import markdown, plain_text
from mailing_service.messages.markdown import BadLink

MARKER = "SLOT0123"


def html(body: str) -> str:
    return markdown.render_html(markdown.parse(body))


def text(body: str) -> str:
    return plain_text.render_text(markdown.parse(body))


@pytest.mark.parametrize(
    "body",
    ["<b>bold</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- x -->"],
)
def test_html_that_people_write_is_shown_as_text(body: str) -> None:
    assert "&lt;" in html(body)
    assert not any(tag in html(body) for tag in ("<b>", "<script", "<img", "<!--"))
    assert body in text(body)


def test_markdown_becomes_html() -> None:
    made = html("# Tea\n\n**[shop](https://example.com/a?b=1&c=2)**")

    assert made == (
        '<h1>Tea</h1>\n<p><strong><a href="https://example.com/a?b=1&amp;c=2">shop</a></strong></p>\n'
    )


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html,x)",
        "![x](data:image/png;base64,xx)",
        "[x](file:///etc/passwd)",
        "[x](/relative)",
        "[x](//example.com/)",
        "[x](https:///path)",
        "![x](http://example.com/p.png)",
        "[x](http://[)",
        "[x](https://shop.example@evil.example/)",
        "[x](https://./)",
        "<javascript:alert(1)>",
        "[x][y]\n\n[y]: javascript:alert(1)",
    ],
)
def test_other_addresses_are_refused(link: str) -> None:
    with pytest.raises(BadLink):
        markdown.check(markdown.parse(link), frozenset())


@pytest.mark.parametrize(
    "link",
    [
        f"[x]({MARKER})",
        f"[x]({MARKER}://example.com)",
        f"[x](https://{MARKER}/)",
        f"[x](https://{MARKER}@example.com/)",
        f"[x](https://example.com/{MARKER})",
        f"[x](https://example.com/?a=1#{MARKER})",
        f"[x](https://example.com/{MARKER}?a={MARKER})",
        f"<https://example.com/{MARKER}>",
        f"[x](mailto:{MARKER})",
        f'[x](https://example.com/ "{MARKER}")',
        f"![x](https://example.com/p.png?{MARKER})",
    ],
)
def test_a_field_stands_in_no_address_but_in_a_links_query(link: str) -> None:
    with pytest.raises(BadLink):
        markdown.check(markdown.parse(link), frozenset({MARKER}))


@pytest.mark.parametrize(
    "link",
    [
        f"[x](https://example.com/?a={MARKER})",
        f"[{MARKER}](https://example.com/)",
        f"[x](mailto:a@example.com?subject={MARKER})",
        f"![{MARKER}](https://example.com/p.png)",
        "[x](tel:+79161234567)",
    ],
)
def test_a_field_may_stand_in_text_and_in_a_query(link: str) -> None:
    tokens = markdown.parse(link)
    markdown.check(tokens, frozenset({MARKER}))

    in_query = markdown.markers_in_queries(tokens, frozenset({MARKER}))
    assert bool(in_query) == (f"={MARKER}" in link)


def test_the_text_part_reads_as_the_email_does() -> None:
    body = (
        "# Tea\n\nSee [our *shop*](https://example.com/a) or <https://example.com>.  \nNow\n\n"
        "1. one\n2. two\n   - deep\n\n> said\n> twice\n\n- loose\n\n- list\n\n"
        "```\na < b\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n"
        "![a cup](https://example.com/c.png)"
    )

    assert text(body) == (
        "Tea\n\nSee our shop (https://example.com/a) or https://example.com.\nNow\n\n"
        "1. one\n2. two\n   - deep\n\n> said\n> twice\n\n- loose\n\n- list\n\n"
        "a < b\n\na | b\n1 | 2\n\n" + "-" * 40 + "\n\na cup\n"
    )


def test_text_that_looks_like_markup_stays_what_it_is_in_the_text_part() -> None:
    assert text(r"\*not emphasis\* & <5 €") == "*not emphasis* & <5 €\n"
