"""The system of a server: the two compose files, a certificate, and demo products to buy."""

import json
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standalone.ports import free_port
from testing.background import FOR_A_CROWD
from testing.composed import BUILD_TIMEOUT, Composed, composed
from tests.containers.certificates import self_signed

FILES = ("docker-compose.yml", "docker-compose.prod.yml")
_IMPATIENT = {"SHUTDOWN_TIMEOUT": "1"}
"""A signal to end cuts off what takes longer: only those that were drained may get it."""
_DEMO = ("python", "-m", "catalog_service.cli", "prepare", "--demo")


@contextmanager
def served(folder: Path) -> Iterator[Composed]:
    """A running one, which is gone afterwards."""
    port = free_port()
    certificate = self_signed(folder)
    settings = {
        "PUBLIC_URL": f"https://localhost:{port}",
        "HTTPS_PORT": port,
        "HTTP_PORT": free_port(),
        "TLS_CERTIFICATE_FILE": certificate,
        "AUTH_SMTP_HOST": "mail.example",
        "AUTH_SMTP_FROM": "shop@example.com",
        "AUTH_ADMIN_EMAIL": "admin@example.com",
        "MAILING_SMTP_HOST": "mail.example",
        "MAILING_FROM": "news@example.com",
        "MAILING_POSTAL_ADDRESS": "Shop, 1 High Street, London",
        "SERVICES_SUBNET": f"172.31.{secrets.randbelow(240)}.0/24",
    }
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    crowd = folder / "crowd.json"
    environments = {
        "gateway": {**FOR_A_CROWD, **_IMPATIENT},
        "auth": {**FOR_A_CROWD, **_IMPATIENT},
        "catalog": _IMPATIENT,
        "mailing": _IMPATIENT,
        "web": _IMPATIENT,
    }
    services = {name: {"environment": chosen} for name, chosen in environments.items()}
    crowd.write_text(json.dumps({"services": services}))
    with composed(folder, *FILES, str(crowd), settings=lines) as system:
        system.url = f"https://localhost:{port}"
        system.trusted = ssl.create_default_context(cafile=str(certificate))
        system.run("build", "front", timeout=BUILD_TIMEOUT)
        system.up()
        system.run("run", "--rm", "-T", "catalog-prepare", *_DEMO)
        yield system
