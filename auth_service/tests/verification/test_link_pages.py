"""The pages behind the links of letters: they show, and do nothing before a button is pressed."""

import base64
import hashlib
import re

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.models import Confirmation
from auth_service.tests.conftest import register
from auth_service.tests.letters import last

PAGES = [
    "/api/v1/auth/email/confirm",
    "/api/v1/auth/password/reset",
    "/api/v1/auth/sign-in-link/confirm",
]


@pytest.mark.parametrize(("language", "word"), [("ru", "Подтвердите"), ("en", "Confirm your")])
async def test_the_link_of_a_letter_leads_to_a_page(
    app: FastAPI, client: httpx2.AsyncClient, language: str, word: str
) -> None:
    client.headers["Accept-Language"] = language
    await register(client)
    link = (await last(app, Kind.VERIFY)).link

    page = await client.get(link.replace("http://localhost:8000", ""))

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert word in page.text
    assert (await Confirmation.get()).used_at is None


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_its_own_script_and_nothing_else(
    client: httpx2.AsyncClient, path: str
) -> None:
    page = await client.get(path)

    policy = page.headers["content-security-policy"]
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_of_the_request_gets_into_a_page(
    client: httpx2.AsyncClient, path: str
) -> None:
    page = await client.get(
        f"{path}?token=<script>evil</script>",
        headers={"Accept-Language": "<script>evil", "Host": "evil.example"},
    )

    assert "evil" not in page.text


@pytest.mark.parametrize("path", PAGES)
async def test_head_follows_get(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.head(path)

    assert (response.status_code, response.content) == (200, b"")
