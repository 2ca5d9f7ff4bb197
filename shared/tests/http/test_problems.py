"""Errors that name what they are about, as they are answered and as they are documented."""

import json

import pytest
from fastapi import APIRouter, FastAPI

from shared.errors import Conflict, FieldProblem, NotFound, ServiceError, UnprocessableEntity
from shared.http.error_handlers import render
from shared.http.problems import document_validation_errors, problems


class SoldOut(Conflict):
    """There are not enough."""

    error = "sold_out"
    example_fields = (FieldProblem("products.17", "3 wanted, 2 left"),)


class KeyReused(UnprocessableEntity):
    """This key belongs to another request."""

    error = "key_reused"
    example_fields = ()


@pytest.mark.parametrize("kind", [Conflict, NotFound, UnprocessableEntity])
def test_an_error_names_what_it_is_about(kind: type[Conflict]) -> None:
    _, _, body = render(kind([FieldProblem("products.17", "sold out")]), "en")

    assert json.loads(body)["fields"] == [{"field": "products.17", "message": "sold out"}]


@pytest.mark.parametrize("error", [Conflict(), NotFound(), ServiceError()])
def test_an_error_that_names_nothing_has_no_fields(error: ServiceError) -> None:
    assert "fields" not in json.loads(render(error, "en")[2])


def test_a_validation_error_always_has_fields() -> None:
    assert json.loads(render(UnprocessableEntity(), "en")[2])["fields"] == []


def test_what_an_error_names_is_documented_by_example() -> None:
    content = problems(SoldOut)[409]["content"]["application/json"]

    assert content["examples"]["sold_out"]["value"]["fields"] == [
        {"field": "products.17", "message": "3 wanted, 2 left"}
    ]


def test_another_meaning_of_422_is_documented_beside_that_of_broken_fields() -> None:
    router = APIRouter()

    @router.get("/things", responses=problems(KeyReused))
    async def list_things(size: int) -> int:
        return size

    app = FastAPI()
    app.include_router(router)
    document = app.openapi()
    document_validation_errors(document)

    answer = document["paths"]["/things"]["get"]["responses"]["422"]
    assert answer["content"]["application/json"]["examples"].keys() == {
        "validation_failed",
        "key_reused",
    }
    assert answer["description"] == f"{UnprocessableEntity.message} {KeyReused.message}"
