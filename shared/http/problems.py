"""How errors are documented in OpenAPI, in the same shape in which they are answered."""

from typing import Any

from shared.errors import (
    ServiceError,
    UnprocessableEntity,
    UnsupportedEncoding,
    UnsupportedMediaType,
)
from shared.values.schemas import Problem, UnauthorizedProblem

_SCHEMAS = "#/components/schemas/"


def problems(*errors: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of an endpoint that may answer with these errors.

    An endpoint that asks for a media type asks for a body without a coding, too.
    """
    if UnsupportedMediaType in errors:
        errors = (*errors, UnsupportedEncoding)
    responses: dict[int | str, dict[str, Any]] = {}
    for error in dict.fromkeys(errors):
        entry = responses.setdefault(error.status, {"description": "", "content": {}})
        entry["description"] = f"{entry['description']} {error.message}".strip()
        entry["model"] = UnauthorizedProblem if error.error is None else Problem
        examples = entry["content"].setdefault("application/json", {}).setdefault("examples", {})
        examples[error.error or "unauthorized"] = {"value": _example(error)}
    return responses


def document_validation_errors(document: dict[str, Any]) -> None:
    """Replace FastAPI's own 422, wherever it documents one, by that of the one error shape."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in document["paths"].values():
        for operation in path.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"] = _validation_response(operation["responses"]["422"])
    problem = Problem.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}")
    schemas.update(problem.pop("$defs"))
    schemas[Problem.__name__] = problem


def _validation_response(documented: dict[str, Any]) -> dict[str, Any]:
    """Return the 422 of an endpoint that has fields, and whatever else it says that 422 means."""
    others = documented["content"]["application/json"].get("examples", {})
    first = UnprocessableEntity
    examples = {first.error: {"value": _example(first)}, **others}
    description = " ".join([first.message, *(e["value"]["message"] for e in others.values())])
    schema = {"$ref": f"{_SCHEMAS}{Problem.__name__}"}
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"description": description, "content": content}


def _example(error: type[ServiceError]) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.status, "message": error.message}
    if error.error is not None:
        body["error"] = error.error
    if error.example_fields:
        body["fields"] = [{"field": p.field, "message": p.message} for p in error.example_fields]
    return body
