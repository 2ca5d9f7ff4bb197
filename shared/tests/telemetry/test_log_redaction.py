"""Tokens that somebody wrote into a path are in no line of a log."""

import json
import logging
import logging.config
from collections.abc import Iterator

import pytest

from shared.telemetry.log_redaction import CUT, without_secrets, without_tokens
from shared.telemetry.observability import LogFormat, logging_config
from testing.tokens import access_token

TOKEN = access_token()  # another one in each process, so that no test may be named by it
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/products%3faccess_token={TOKEN}",
        f"/api/v1/products%3Faccess_token%3D{TOKEN}",
        f"/{TOKEN}",
        f"/a/{TOKEN.replace('.', '%2e')}/b",
        f"/{HEADER}/{PAYLOAD}/{SIGNATURE}",
        f"/;{HEADER};{PAYLOAD};{SIGNATURE}",
        f"/%65{TOKEN[1:]}",
        f"/%2565{TOKEN[1:]}",
        f"/Bearer%20{TOKEN}",
        f"/{TOKEN[:-20]}",
        f"/{HEADER}.{PAYLOAD[:12]}",
        "/api/v1/auth/password/reset/" + SIGNATURE[:43],
    ],
    ids=map(str, range(12)),
)
def test_a_path_shows_no_token(path: str) -> None:
    shown = without_secrets(path)
    assert CUT in shown
    for piece in (HEADER[:12], PAYLOAD[:12], SIGNATURE[:12]):
        assert piece not in shown


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/api/v1/users/0193c1a2-7b5e-7d40-8c1e-3a1f0a4c2f11/sessions",
        "/api/v1/auth/password/change",
        "/docs/swagger-ui-bundle.min.js",
        "/%D0%BA%D0%BE%D1%82",
        "/they/eyJs",
    ],
)
def test_another_path_stays_as_it_is(path: str) -> None:
    assert without_secrets(path) == path


def test_a_text_loses_its_tokens_and_nothing_else() -> None:
    text = f"a.b.c key={TOKEN}, catalog_service.products.endpoints.list_products eyJ"
    cut = f"a.b.c key={CUT}, catalog_service.products.endpoints.list_products eyJ"
    assert without_tokens(text) == cut


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_line_shows_one_wherever_it_stands(
    log_format: LogFormat, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.config.dictConfig(logging_config(service="test", level="info", log_format=log_format))
    logger = logging.getLogger("test")
    logger.info("unauthorized", extra={"path": f"/x%3faccess_token={TOKEN}", "more": [TOKEN]})
    logger.info("message with %s", TOKEN)
    try:
        int(TOKEN)
    except ValueError:
        logger.exception("unexpected error", extra={"path": f"/%65{TOKEN[1:]}"})
    written = capfd.readouterr().err
    assert written.count(CUT) >= 5
    for piece in (HEADER, PAYLOAD, SIGNATURE):
        assert piece not in written
    if log_format == "json":
        lines = [json.loads(line) for line in written.splitlines()]
        assert lines[0]["path"] == f"/x%3faccess_token={CUT}"
