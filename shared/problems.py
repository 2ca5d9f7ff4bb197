"""How errors are documented in OpenAPI, in the same shape in which they are answered."""

from typing import Any

from shared.errors import ServiceError, UnprocessableEntity
from shared.schemas import Problem, UnauthorizedProblem


def problems(*errors: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of an endpoint that may answer with these errors."""
    responses: dict[int | str, dict[str, Any]] = {}
    documented: tuple[type[ServiceError], ...] = (*errors, UnprocessableEntity)
    for error in documented:
        entry = responses.setdefault(error.status, {"description": "", "content": {}})
        entry["description"] = f"{entry['description']} {error.message}".strip()
        entry["model"] = UnauthorizedProblem if error.error is None else Problem
        examples = entry["content"].setdefault("application/json", {}).setdefault("examples", {})
        examples[error.error or "unauthorized"] = {"value": _example(error)}
    return responses


def _example(error: type[ServiceError]) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.status, "message": error.message}
    if error.error is not None:
        body["error"] = error.error
    if issubclass(error, UnprocessableEntity):
        body["fields"] = [{"field": "name", "message": "Field required"}]
    return body
