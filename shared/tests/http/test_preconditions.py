"""If-Match, as clients write it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import FastAPI

from shared.http.application import build_app
from shared.http.preconditions import IfMatch


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    app = build_app(title="Test", description="", lifespan=no_lifespan)

    @app.get("/tags")
    async def show(tags: IfMatch) -> list[str] | None:
        return None if tags is None else sorted(tags)

    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("field", "tags"),
    [
        ("*", None),
        ('"1-2"', ['"1-2"']),
        ('"a" , "b,c"', ['"a"', '"b,c"']),
        ('""', ['""']),
        ('W/"weak", "strong"', ['"strong"']),
        ('W/"weak"', []),
        ('"x",', ['"x"']),
        (',\t"x" ,, "y"\t, ', ['"x"', '"y"']),
        ('W/"a,b", "c"', ['"c"']),
    ],
)
async def test_the_strong_tags_are_what_counts(
    client: httpx2.AsyncClient, field: str, tags: list[str] | None
) -> None:
    assert (await client.get("/tags", headers={"If-Match": field})).json() == tags


async def test_several_lines_are_one_list(client: httpx2.AsyncClient) -> None:
    lines = [("If-Match", '"x"'), ("If-Match", ""), ("If-Match", 'W/"w", "y,z"')]
    assert (await client.get("/tags", headers=lines)).json() == ['"x"', '"y,z"']


async def test_any_tag_is_no_element_of_a_list(client: httpx2.AsyncClient) -> None:
    response = await client.get("/tags", headers=[("If-Match", "*"), ("If-Match", '"x"')])
    assert response.status_code == 422


async def test_without_the_field_anything_is_right(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/tags")).json() is None


@pytest.mark.parametrize(
    "field",
    ["1-2", '"open', '"a" "b"', '*, "a"', "*,", ",", "", '"a", b', 'w/"a"', '"' + "x" * 1000 + '"'],
)
async def test_what_is_no_list_of_tags_is_refused(client: httpx2.AsyncClient, field: str) -> None:
    response = await client.get("/tags", headers={"If-Match": field})
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == ["if-match"]
