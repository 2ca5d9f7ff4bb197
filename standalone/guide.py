"""What a person reads when the system is ready."""

import os
import shlex

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
Do this first: the administrator has to change the password that the file above holds.
At {docs} press Authorize, sign in as {email}, then send
POST /api/v1/auth/password/change. Until then everything else answers 403."""


def addresses(settings: StandaloneSettings, *, postgres_port: int | None) -> str:
    """A table of what listens where and of where the secrets are, and what to do first."""
    database = "the one named in the settings"
    if postgres_port is not None:
        database = f"127.0.0.1:{postgres_port}   (embedded)"
    rows = [
        ("the shop's API", settings.issuer),
        ("its documentation", f"{settings.issuer}/docs"),
        *(
            (service.title, f"{settings.url(service.name)}/docs")
            for service in registry.behind_the_door()
        ),
        ("emails sent", f"http://127.0.0.1:{settings.mail_web_port}"),
        ("SMTP", f"127.0.0.1:{settings.mail_smtp_port}"),
        ("PostgreSQL", database),
        ("secrets", shown(settings.secrets_folder)),
    ]
    email = os.environ.get("AUTH_ADMIN_EMAIL") or "admin@example.com"
    rows.append(("administrator", email))
    first = ""
    if settings.admin_password_file.exists():
        file = shown(settings.admin_password_file)
        rows.append(("first password", file))
        first = "\n\n" + _FIRST.format(docs=f"{settings.issuer}/docs", email=email)
    return "\n".join(f"  {name:<18} {value}" for name, value in rows) + first


def welcome(settings: StandaloneSettings, *, postgres_port: int | None) -> str:
    """What a person reads when the system is ready."""
    return f"""
Vitrina is ready.

{addresses(settings, postgres_port=postgres_port)}

Try it:

{curl_round(settings)}

Ctrl-C stops it all. `make addresses` shows this table again.
"""


def curl_round(settings: StandaloneSettings) -> str:
    """Commands to paste into a shell: register, sign in by email and by phone, page 2, a 401."""
    return _ROUND.format(api=shlex.quote(settings.issuer)).strip()


def shown(path: object) -> str:
    """A path as it is seen from the project's folder."""
    return str(path).removeprefix(f"{ROOT}/")
