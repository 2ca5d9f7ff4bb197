"""`make rotate-secrets SYSTEM=compose`: everything secret is new, and nobody is signed out."""

import json
import os
import subprocess
import time

import httpx2
import pytest

from testing.composed import ROOT, Composed
from testing.people import PASSWORD, Person

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

ROTATION_TIMEOUT = 500
"""Seconds, the building of an image and three restarts included."""


def test_sessions_outlive_a_rotation_and_the_end_of_the_old_secrets(running: Composed) -> None:
    person = Person()
    base = running.url
    httpx2.post(f"{base}/api/v1/auth/register", json=person.registration).raise_for_status()
    credentials = {"login": person.email, "password": PASSWORD}
    pair = httpx2.post(f"{base}/api/v1/auth/login", json=credentials).raise_for_status().json()
    before = secrets_of(running)

    for step in ("all", "forget"):
        done = rotate(running, step)
        assert done.returncode == 0, done.stdout + done.stderr
        pair = eventually_refreshed(base, pair)
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        assert httpx2.get(f"{base}/api/v1/users/me", headers=headers).status_code == 200
        assert httpx2.get(f"{base}/api/v1/products", headers=headers).status_code == 200

    after = secrets_of(running)
    assert after.keys() == before.keys()
    assert [name for name, value in after.items() if value == before[name]] == []


def secrets_of(running: Composed) -> dict[str, str]:
    code = (
        "import json, pathlib; print(json.dumps({file.name: file.read_text() for file in"
        " pathlib.Path('/run/secrets/auth').iterdir() if file.is_file()}))"
    )
    found: dict[str, str] = json.loads(running.python("auth", code))
    return found


def rotate(running: Composed, step: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "rotate-secrets", "SYSTEM=compose", f"STEP={step}"],
        cwd=ROOT,
        env={**os.environ, **running.environment},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=ROTATION_TIMEOUT,
    )


def is_ready(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/health/ready").status_code == 200
    except httpx2.TransportError:  # the engine's proxy is there before the gateway
        return False


def eventually_refreshed(base: str, pair: dict[str, str]) -> dict[str, str]:
    """Once the services are ready again; a refresh token is good for one use."""
    deadline = time.monotonic() + 60
    while not is_ready(base):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    body = {"refresh_token": pair["refresh_token"]}
    new: dict[str, str] = (
        httpx2.post(f"{base}/api/v1/auth/refresh", json=body).raise_for_status().json()
    )
    return new
