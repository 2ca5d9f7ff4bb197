"""A page of products of the real catalog: through Vitrina, and through HAProxy before the same."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK

from bench.harness.load import GATEWAY_CORE, LOAD_CORE, Sample, put_load
from bench.harness.plan import Plan
from bench.harness.processes import Pinned
from bench.harness.rows import Target, at_least, print_series, take_turns
from bench.peers.haproxy import haproxy
from bench.peers.installing import Unavailable
from bench.peers.running import Running, start
from bench.peers.testbed import Testbed
from bench.peers.vitrina import UNLIMITED
from testing.background import BackgroundSystem

PAGE = "/api/v1/products?page=1&size=20"
WHAT = "a page of products of the real catalog"
PERSON = {
    "full_name": "Anna Bench",
    "email": "anna@example.com",
    "phone": "+79161234567",
    "password": "Samovar$1-kopeck",
    "password_confirmation": "Samovar$1-kopeck",
}


def measure(plan: Plan) -> list[Target]:
    """Start the system on the load's core, the gateway of the turn on its own; print a table."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101 - PostgreSQL runs as somebody else
        with _all_children_on(LOAD_CORE):
            system = stack.enter_context(BackgroundSystem(folder / "data", environment=UNLIMITED))
        gateway = system.process("gateway")
        gateway.cpu_affinity([GATEWAY_CORE])
        token = _sign_in(system.url)
        peers = [Running("Vitrina", system.settings.gateway_port, Pinned(gateway.pid))]
        try:
            testbed = _testbed(system, folder)
            recipe = haproxy(cache=True)
            peer = start(
                stack, testbed, "HAProxy", recipe, core=GATEWAY_CORE, page=PAGE, token=token
            )
            peers.append(peer)
        except Unavailable as error:
            print(f"Not measured: HAProxy: {error}\n")

        def load(of: Running, _: int) -> Sample:
            return put_load(
                of.process,
                of.url(PAGE),
                connections=32,
                seconds=plan.seconds,
                authorization=token,
            )

        for peer in peers:
            load(peer, 0)  # the catalog opens its connections
        series = take_turns(WHAT, peers, plan.rounds, load)
    print_series(WHAT, series, base="HAProxy")
    return [at_least(WHAT, series, "Vitrina", 5, "HAProxy")]


def _testbed(system: BackgroundSystem, folder: Path) -> Testbed:
    """Return what HAProxy needs: the key that signs, the issuer, where the catalog is."""
    keys = httpx2.get(f"{system.url}/.well-known/jwks.json").raise_for_status().content
    key_set, pem = folder / "jwks.json", folder / "public.pem"
    key_set.write_bytes(keys)
    key = PyJWK(json.loads(keys)["keys"][0]).key
    pem.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    metadata = httpx2.get(f"{system.url}/.well-known/oauth-authorization-server").json()
    catalog = system.settings.url("catalog")
    return Testbed(folder, catalog, key_set, pem, issuer=metadata["issuer"])


def _sign_in(url: str) -> str:
    with httpx2.Client(base_url=url, timeout=30) as client:
        client.post("/api/v1/auth/register", json=PERSON).raise_for_status()
        credentials = {"login": PERSON["email"], "password": PERSON["password"]}
        answer = client.post("/api/v1/auth/login", json=credentials).raise_for_status()
        return str(answer.json()["access_token"])


@contextmanager
def _all_children_on(core: int) -> Iterator[None]:
    """Let what is started meanwhile run on this core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
