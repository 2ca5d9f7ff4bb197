"""What a person reads when the system is ready."""

import os
import shlex
from collections.abc import Sequence

from standalone import registry
from standalone.settings import ROOT, StandaloneSettings

_ROUND = r"""
API={api}
curl -s $API/api/v1/auth/register -H 'Content-Type: application/json' -d '{{"full_name":
  "Анна Каренина", "email": "anna@example.com", "phone": "+79123456789",
  "password": "Samovar$1-kopeck", "password_confirmation": "Samovar$1-kopeck"}}'; echo
curl -s $API/api/v1/auth/login -H 'Content-Type: application/json' \
  -d '{{"login": "anna@example.com", "password": "Samovar$1-kopeck"}}'; echo
TOKEN=$(curl -s $API/api/v1/auth/login -H 'Content-Type: application/json' \
  -d '{{"login": "8 (912) 345-67-89", "password": "Samovar$1-kopeck"}}' \
  | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
curl -s "$API/api/v1/products?page=2&size=3" -H "Authorization: Bearer $TOKEN"; echo
curl -si "$API/api/v1/products"; echo   # without a token: 401
"""


_FIRST = """\
Do this first: sign in at {shop}/users/login/ as {email}
with the password that the file above holds. The shop then asks for one of your own, and until it
has that shows nothing else."""


def addresses(settings: StandaloneSettings, *, postgres_port: int | None) -> str:
    """A table of all that listens and of where the secrets are, and the API by curl."""
    database = "the one named in the settings"
    if postgres_port is not None:
        database = f"127.0.0.1:{postgres_port}   (embedded)"
    rows = [
        ("the shop", settings.issuer),
        *_beside(settings),
        *(
            (service.title, f"{settings.url(service.name)}/docs")
            for service in registry.documented()
        ),
        ("SMTP", f"127.0.0.1:{settings.mail_smtp_port}"),
        ("PostgreSQL", database),
        ("secrets", shown(settings.secrets_folder)),
    ]
    return f"{_table(rows)}{_first(settings)}\n\nTry the API:\n\n{curl_round(settings)}"


def welcome(settings: StandaloneSettings) -> str:
    """What a person reads when the system is ready: one address, and what to do there first."""
    return f"""
Vitrina is ready. Open {settings.issuer}

{_table(_beside(settings))}{_first(settings)}

`make addresses` shows this again, what else listens, and how to try the API. Ctrl-C stops it all.
"""


def _beside(settings: StandaloneSettings) -> list[tuple[str, str]]:
    """What a person may look for beside the shop."""
    rows = [
        ("its API", f"{settings.issuer}/docs"),
        ("emails sent", f"http://127.0.0.1:{settings.mail_web_port}"),
        ("administrator", _administrator()),
    ]
    if settings.admin_password_file.exists():
        rows.append(("first password", shown(settings.admin_password_file)))
    return rows


def _administrator() -> str:
    return os.environ.get("AUTH_ADMIN_EMAIL") or "admin@example.com"


def _first(settings: StandaloneSettings) -> str:
    """What has to be done before anything else, if it has not been."""
    if not settings.admin_password_file.exists():
        return ""
    return "\n\n" + _FIRST.format(shop=settings.issuer, email=_administrator())


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"  {name:<18} {value}" for name, value in rows)


def curl_round(settings: StandaloneSettings) -> str:
    """Commands to paste into a shell: register, sign in by email and by phone, page 2, a 401."""
    return _ROUND.format(api=shlex.quote(settings.issuer)).strip()


def shown(path: object) -> str:
    """A path as it is seen from the project's folder."""
    return str(path).removeprefix(f"{ROOT}/")
