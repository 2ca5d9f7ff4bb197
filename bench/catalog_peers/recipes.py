"""How to start Vitrina's catalog, and those beside it, on one database."""

import json
import sys

from bench.peers.installing import python_environment
from bench.peers.testbed import Launch, Recipe, Testbed

PACKAGES = (
    "django==5.2.19",
    "djangorestframework==3.18.3",
    "djangorestframework_simplejwt==5.5.1",
    "gunicorn==27.0.1",
    "psycopg[binary]==3.3.9",
    "fastapi==0.165.0",
    "sqlalchemy[asyncio]==2.1.9",
    "asyncpg==0.32.0",
    "pyjwt[crypto]==2.15.1",
    "uvicorn==0.54.0",
    "uvloop==0.23.0",
    "httptools==0.9.0",
)


def vitrina(database: str, *replicas: str) -> Recipe:
    """Return how to start our catalog, which fetches its keys from the testbed's service."""

    def launch(testbed: Testbed, port: int) -> Launch:
        environment = {
            "CATALOG_DATABASE_URL": database,
            "CATALOG_REPLICA_URLS": json.dumps(replicas),
            "CATALOG_JWKS_URL": f"{testbed.service}/.well-known/jwks.json",
            "CATALOG_SECRETS": json.dumps(["x" * 32]),
            "INTERNAL_SECRETS": json.dumps(["x" * 32]),
            "CATALOG_ACCOUNTS_INTERVAL": "60",  # the testbed has no accounts
            "CATALOG_PORT": str(port),
            "ACCESS_LOG": "false",  # which its peers have not either
        }
        return Launch([sys.executable, "-m", "catalog_service"], environment)

    return launch


def django(database: str) -> Recipe:
    """Return how to start Django REST framework under gunicorn: one process, four threads."""

    def launch(testbed: Testbed, port: int) -> Launch:
        command = [str(python_environment("catalog", PACKAGES) / "gunicorn")]
        command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
        command += ["--keep-alive", "30", "--log-level", "warning", "--no-control-socket"]
        return Launch(
            [*command, "bench.catalog_peers.django_peer:application"],
            _environment(database, testbed),
        )

    return launch


def sqlalchemy(database: str) -> Recipe:
    """Return how to start FastAPI with SQLAlchemy under uvicorn."""

    def launch(testbed: Testbed, port: int) -> Launch:
        python = python_environment("catalog", PACKAGES) / "python"
        command = [str(python), "-m", "uvicorn", "bench.catalog_peers.sqlalchemy_peer:app"]
        command += ["--no-access-log", "--log-level", "warning", "--port", str(port)]
        return Launch(command, _environment(database, testbed))

    return launch


def _environment(database: str, testbed: Testbed) -> dict[str, str]:
    return {"PEER_DATABASE_URL": database, "PEER_PUBLIC_KEY": str(testbed.pem)}
