"""The terms: a text in each language to begin with, or the shop's own file, without its HTML."""

from pathlib import Path

import httpx2
import pytest

from testing.database import ServiceDatabase
from web_service.tests.accounts import heading_of, text_of
from web_service.tests.conftest import browser_of, running_service
from web_service.tests.fake_gateway import FakeGateway

HOSTILE = """# Terms

<script>alert(1)</script> <img src=x onerror=alert(1)> **bold** {{ 7*7 }}{% raw %}

[run](javascript:alert(1)) [data](data:text/html,x)
[elsewhere](//evil.example) [mail](mailto:a@b.example)

![picture](https://evil.example/x.png)

| a | b |
|---|---|
| 1 | 2 |
"""


@pytest.mark.parametrize(
    ("language", "heading", "word"),
    [("en", "Terms", "Your data"), ("ru", "Условия", "Ваши данные")],
)
async def test_there_is_a_text_to_begin_with(
    browser: httpx2.AsyncClient, language: str, heading: str, word: str
) -> None:
    page = await browser.get("/terms", headers={"Accept-Language": language})
    assert (page.status_code, heading_of(page)) == (200, heading)
    assert f"<h2>{word}</h2>" in page.text


async def test_the_shops_own_text_runs_nothing(
    database: ServiceDatabase, gateway: FakeGateway, tmp_path: Path
) -> None:
    file = tmp_path / "terms.md"
    file.write_text(HOSTILE, encoding="utf-8")
    async with running_service(database, gateway, terms=file) as app, browser_of(app) as browser:
        page = await browser.get("/terms/")
    await database.empty()

    assert page.status_code == 200
    assert "<strong>bold</strong>" in page.text
    assert "<td>1</td>" in page.text
    assert "{{ 7*7 }}{% raw %}" in text_of(page)
    for hostile in (
        "<script>alert",
        "<img src=x",
        'href="javascript:',
        'href="data:',
        '<img src="https',
    ):
        assert hostile not in page.text
    assert 'href="mailto:a@b.example"' in page.text
