"""What people did here is counted once it is done."""

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.tests.conftest import REGISTRATION, register, sign_in


@pytest.fixture
def counted(app: FastAPI) -> dict[str, float]:
    return numbers(app)


def numbers(app: FastAPI) -> dict[str, float]:
    """Every sample of the tallies, by its metric and outcome."""
    return {
        f"{sample.name} {sample.labels.get('outcome', '')}".strip(): sample.value
        for family in app.state.metrics.registry.collect()
        for sample in family.samples
        if family.name in {"vitrina_registrations", "vitrina_sign_ins", "vitrina_emails"}
    }


def changes(app: FastAPI, before: dict[str, float]) -> dict[str, float]:
    return {name: now - before[name] for name, now in numbers(app).items() if now != before[name]}


async def test_a_registration_is_one_and_a_refused_one_is_none(
    app: FastAPI, client: httpx2.AsyncClient, counted: dict[str, float]
) -> None:
    await register(client)
    again = await client.post("/api/v1/auth/register", json=REGISTRATION)
    assert again.status_code == 409
    assert changes(app, counted) == {"vitrina_registrations_total": 1}


@pytest.mark.parametrize("way", ["login", "token"])
async def test_sign_ins_are_counted_by_their_outcome(
    app: FastAPI, client: httpx2.AsyncClient, way: str
) -> None:
    await register(client)
    before = numbers(app)
    await sign_in(client)
    name = REGISTRATION["email"]
    if way == "login":
        wrong = {"login": name, "password": "Wrong:Sesame1"}
        await client.post("/api/v1/auth/login", json=wrong)
    else:
        form = {"grant_type": "password", "username": name, "password": "Wrong:Sesame1"}
        await client.post("/api/v1/auth/token", data=form)
    assert changes(app, before) == {
        "vitrina_sign_ins_total succeeded": 1,
        "vitrina_sign_ins_total refused": 1,
    }
