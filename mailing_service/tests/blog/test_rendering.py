"""The Markdown of an article, hostile as it may be."""

import pytest

from mailing_service.blog.rendering import render, summary_of
from shared.errors import UnprocessableEntity


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<a href='javascript:alert(1)'>x</a>",
        "<svg/onload=alert(1)>",
        "<!--",
        "`<script>`",
        "```\n</code></pre><script>alert(1)</script>\n```",
    ],
)
async def test_markup_is_shown_as_text(body: str) -> None:
    html = (await render(body)).html
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert "<a " not in html
    assert "<!--" not in html


@pytest.mark.parametrize(
    "body",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/products/)",
        "[x](https://shop.example@evil.example)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "![x](http://example.com/x.png)",
        "![x](data:image/png;base64,AAAA)",
    ],
)
async def test_a_link_elsewhere_is_refused_by_name(body: str) -> None:
    with pytest.raises(UnprocessableEntity) as refused:
        await render(body)
    assert [problem.field for problem in refused.value.fields or ()] == ["body"]


@pytest.mark.parametrize("braces", ["{{ 7*7 }}", "{% raw %}", "{{full_name}}", "{{{{", "${x}"])
async def test_braces_stay_braces(braces: str) -> None:
    rendered = await render(f"a {braces} b")
    assert rendered.html == f"<p>a {braces} b</p>\n"
    assert rendered.text == f"a {braces} b"


async def test_the_text_has_the_words_without_marks() -> None:
    body = (
        "# Head\n\n- one [two](https://example.com)\n- `three`\n\n| a | b |\n|---|---|\n| c | d |"
    )
    assert (await render(f"{body}\n\n![alt](https://example.com/a.png)  \nend")).text == (
        "Head one two three a b c d alt end"
    )


def test_without_an_excerpt_the_text_begins() -> None:
    assert summary_of("Own", "text") == "Own"
    assert summary_of("", "text") == "text"
    assert summary_of("", "word " * 100) == "word " * 59 + "word…"
    assert summary_of("", "x" * 1000) == "x" * 300 + "…"
