"""One person of each role, with confirmed emails; and whether somebody is there already."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import httpx2

from standalone import secret_files
from standalone.demo.client import Client, DemoFailed, Member, wait_for
from standalone.registry import IDENTITY
from standalone.services import one_shots
from standalone.settings import ROOT, StandaloneSettings

CUSTOMER: Final = Member("Анна Каренина", "anna@example.com", "+79120000001", "user")
MANAGER: Final = Member("Мария Менеджер", "maria@example.com", "+79120000002", "manager")
WRITER: Final = Member("Лев Толстой", "lev@example.com", "+79120000003", "blog_manager")
BOSS: Final = Member("Ольга Главная", "olga@example.com", "+79120000004", "admin")
PEOPLE: Final = (CUSTOMER, MANAGER, WRITER, BOSS)
_CODE: Final = re.compile(r"\b[0-9]{6}\b")
_TIMEOUT: Final = 60.0


def has_people(settings: StandaloneSettings) -> bool:
    """Whether there is any account beside the first administrator's."""
    secrets = secret_files.read(settings.secrets_folder, f"{IDENTITY}/internal_secrets")
    [secret, *_] = re.findall(r'"([^"]+)"', secrets)
    response = httpx2.get(
        f"{settings.url(IDENTITY)}/internal/accounts",
        headers={"Authorization": f"Bearer {secret}"},
        timeout=30,
        trust_env=False,
    )
    if not response.is_success:
        raise DemoFailed(f"the accounts cannot be read: {response.status_code} {response.text}")
    accounts = [one for one in response.json()["accounts"] if not one["is_erased"]]
    return len(accounts) > 1


def register_all(client: Client, settings: StandaloneSettings, password: str) -> None:
    """Register everybody, confirm their emails, give them their roles, and sign them in."""
    for member in PEOPLE:
        client.ask(None, "POST", "/auth/register", _registration(member, password))
        _sign_in(client, member, password)
        code = wait_for("an email", lambda who=member: _code(settings, who))  # type: ignore[misc]
        client.ask(member, "POST", "/auth/email/verify", {"code": code})
        if member.role != CUSTOMER.role:
            _give_role(settings, member)
        _sign_in(client, member, password)


def _registration(member: Member, password: str) -> dict[str, str]:
    return {
        "full_name": member.full_name,
        "email": member.email,
        "phone": member.phone,
        "password": password,
        "password_confirmation": password,
    }


def _sign_in(client: Client, member: Member, password: str) -> None:
    credentials = {"login": member.email, "password": password}
    member.token = client.ask(None, "POST", "/auth/login", credentials)["access_token"]


def _code(settings: StandaloneSettings, member: Member) -> str | None:
    """Return the code of the email that confirms an address, once it is there."""
    for email in _emails(settings, member):
        found = _CODE.search(email["text"])
        if found is not None:
            return found[0]
    return None


def _emails(settings: StandaloneSettings, member: Member) -> Iterator[dict[str, Any]]:
    url = f"{settings.url(IDENTITY)}/mailboxes/{member.email}/letters"
    response = httpx2.get(url, timeout=30, trust_env=False)
    if not response.is_success:
        raise DemoFailed("emails cannot be read: a mail server of your own has them")
    yield from response.json()


def _give_role(settings: StandaloneSettings, member: Member) -> None:
    [auth] = [one for one in one_shots(settings) if one.name == IDENTITY]
    command = [*auth.command[:-1], "set-role", member.email, member.role]
    done = subprocess.run(
        command,
        env=dict(auth.environment),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
    )
    if done.returncode != 0:
        raise DemoFailed(done.stdout + done.stderr)
