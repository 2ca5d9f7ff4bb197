"""The system of a server: TLS in front, replicas behind it, and nothing else to be reached."""

import asyncio
import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from standalone.background import FOR_A_CROWD
from standalone.ports import free_port
from tests.containers.composed import BUILD_PATIENCE, ROOT, Composed, composed, docker
from tests.containers.load import loaded, require_nothing_lost
from tests.people import PASSWORD, Person, bearer

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

FILES = ("docker-compose.yml", "docker-compose.prod.yml")
REPLICATED = ("gateway", "auth", "catalog")
ROLLING_PATIENCE = 240


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, for anybody to read."""
    folder = tmp_path_factory.mktemp("certificate")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture(scope="module")
def server(
    images: None, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Composed]:
    """A running system of the two files, with the demo products."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    settings = {
        "PUBLIC_URL": f"https://localhost:{port}",
        "HTTPS_PORT": port,
        "HTTP_PORT": free_port(),
        "TLS_CERTIFICATE_FILE": certificate,
        "AUTH_SMTP_HOST": "mail.example",
        "AUTH_SMTP_FROM": "shop@example.com",
        "AUTH_ADMIN_EMAIL": "admin@example.com",
        "SERVICES_SUBNET": "172.31.242.0/24",
    }
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    crowd = folder / "crowd.json"
    crowd.write_text(json.dumps({"services": {"gateway": {"environment": FOR_A_CROWD}}}))
    with composed(folder, *FILES, str(crowd), settings=lines) as system:
        system.port = port
        system.run("build", "front", timeout=BUILD_PATIENCE)
        system.up()
        system.run("run", "--rm", "-T", "catalog-prepare", *DEMO)
        yield system


DEMO = ("python", "-m", "catalog_service.cli", "prepare", "--demo")


def test_nothing_is_published_but_the_front(server: Composed) -> None:
    published = set()
    for container in server.run("ps", "--quiet").split():
        (described,) = json.loads(docker("inspect", container))
        service = described["Config"]["Labels"]["com.docker.compose.service"]
        ports = described["NetworkSettings"]["Ports"]
        published |= {(service, port) for port, bound in ports.items() if bound}
        assert described["HostConfig"]["LogConfig"] == {
            "Type": "local",
            "Config": {"max-file": "5", "max-size": "20m"},
        }
        assert described["HostConfig"]["Memory"] > 0
    assert published == {("front", "8080/tcp"), ("front", "8443/tcp")}


@pytest.mark.parametrize("service", REPLICATED)
def test_every_service_has_replicas(server: Composed, service: str) -> None:
    assert len(server.run("ps", "--quiet", service).split()) == 2


def test_people_are_sent_to_tls_and_kept_there(server: Composed, certificate: Path) -> None:
    plain_port = server.run("port", "front", "8080").strip().rpartition(":")[2]
    plain = httpx2.get(f"http://localhost:{plain_port}/docs")
    assert plain.status_code == 308
    assert plain.headers["location"].startswith("https://")
    with httpx2.Client(verify=_trusting(certificate)) as client:
        answer = client.get(f"https://localhost:{server.port}/health/ready")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=63072000"


async def test_a_client_cannot_say_that_he_is_somebody_else(
    server: Composed, certificate: Path
) -> None:
    """The audit log has the address from which he came to the front."""
    person = Person()
    claimed = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    with httpx2.Client(
        base_url=f"https://localhost:{server.port}", verify=_trusting(certificate), headers=claimed
    ) as client:
        client.post("/api/v1/auth/register", json=person.registration).raise_for_status()
        credentials = {"login": person.email, "password": PASSWORD}
        answer = client.post("/api/v1/auth/login", json=credentials).raise_for_status()
        token = answer.json()["access_token"]
        sessions = client.get("/api/v1/auth/sessions", headers=bearer(token)).raise_for_status()
    assert "203.0.113.7" not in sessions.text


@pytest.mark.parametrize(
    "missing", ["PUBLIC_URL", "TLS_CERTIFICATE_FILE", "AUTH_SMTP_HOST", "AUTH_SMTP_FROM"]
)
def test_what_a_server_needs_is_asked_for(tmp_path: Path, missing: str) -> None:
    needed = ("PUBLIC_URL", "TLS_CERTIFICATE_FILE", "AUTH_SMTP_HOST", "AUTH_SMTP_FROM")
    given = "".join(f"{name}=x\n" for name in (*needed, "AUTH_ADMIN_EMAIL") if name != missing)
    refused = Composed(tmp_path, *FILES, settings=given).attempt("config", "--quiet")
    assert refused.returncode != 0
    assert missing in refused.stderr


async def test_a_rolling_restart_of_every_service_loses_no_request(
    server: Composed, certificate: Path
) -> None:
    before = {name: set(server.run("ps", "--quiet", name).split()) for name in REPLICATED}
    url = f"https://localhost:{server.port}"
    async with loaded(url, verify=_trusting(certificate), patience=30) as load:
        done = await asyncio.to_thread(_rolling_restart, server)
        await asyncio.sleep(1)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in REPLICATED:
        now = set(server.run("ps", "--quiet", name).split())
        assert len(now) == 2
        assert not now & before[name]
    assert load.failures() == {}
    assert require_nothing_lost(server, load) > 100


def _rolling_restart(server: Composed) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["deploy/rolling-restart"],
        cwd=ROOT,
        env={**os.environ, **server.environment},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=ROLLING_PATIENCE,
    )


def _trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))
