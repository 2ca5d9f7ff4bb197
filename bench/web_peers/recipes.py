"""How to start the web service, and Django beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.catalog_peers.recipes import PACKAGES
from bench.peers.installing import python_environment
from bench.peers.testbed import Launch

SECRETS = json.dumps(["a-secret-of-benchmarks-and-of-nothing-else"])
_ROOT = Path(__file__).parents[2]


def web(database: str, gateway: str, port: int) -> Launch:
    """Return how to start the web service before a gateway."""
    environment = {
        "WEB_DATABASE_URL": database,
        "WEB_SECRETS": SECRETS,
        "ON_BEHALF_SECRETS": SECRETS,
        "WEB_GATEWAY_URL": gateway,
        "WEB_PORT": str(port),
        "ACCESS_LOG": "false",  # which its peer has not either
    }
    return Launch([sys.executable, "-m", "web_service"], environment)


def django(database: str, port: int) -> Launch:
    """Return how to start Django under gunicorn: one process, four threads."""
    command = [str(_environment() / "gunicorn"), "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--threads", "4", "--keep-alive", "30"]
    command += ["--log-level", "warning", "--no-control-socket"]
    return Launch(
        [*command, "bench.web_peers.django_peer:application"], {"PEER_DATABASE_URL": database}
    )


def django_cookie(owner_url: str) -> str:
    """Make Django's tables and a session in them; return its cookie."""
    command = [str(_environment() / "python"), "-m", "bench.web_peers.django_peer"]
    environment = {**os.environ, "PEER_DATABASE_URL": owner_url}
    done = subprocess.run(
        command, env=environment, cwd=_ROOT, check=True, capture_output=True, text=True
    )
    return f"sessionid={done.stdout.strip()}"


def _environment() -> Path:
    return python_environment("catalog", PACKAGES)
