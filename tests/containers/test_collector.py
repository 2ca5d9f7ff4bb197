"""A collector of spans beside the containers, as docs/operations.md says, gets whole traces."""

import base64
import json
import re
import secrets
from collections.abc import Iterator

import httpx2
import pytest

from standalone import registry
from testing.collector import ExportedSpan, is_whole, read
from testing.composed import ROOT, Composed, composed, docker, eventually
from testing.people import Shop
from tests.traces import CALLER, chain, parent

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

PRODUCTS = "/api/v1/products"
WITHIN = 20.0
"""Seconds in which what was done has been exported."""
DOCUMENT = (ROOT / "docs/operations.md").read_text()

RECEIVER = """if True:
    import base64, http.server

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            print(base64.b64encode(body).decode(), flush=True)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    http.server.HTTPServer(("", 4318), Receiver).serve_forever()
"""
"""Writes down what it is sent."""
SENDING = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
    "OTEL_BSP_SCHEDULE_DELAY": "100",
}
COLLECTOR = {
    "image": "vitrina-secrets",
    "init": True,
    "user": "10020:10020",
    "entrypoint": ["python", "-c", RECEIVER],
}


@pytest.fixture(scope="module")
def traced(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A running system with the collector of the document, or what stands in for it."""
    folder = tmp_path_factory.mktemp("traced")
    documented = re.search(r"```yaml\n(services:\n  collector:\n.*?)```", DOCUMENT, re.DOTALL)
    assert documented
    beside, sending = folder / "docker-compose.override.yml", folder / "sending.json"
    beside.write_text(documented[1])
    services = {
        name: {"environment": SENDING} for name in (one.name for one in registry.services())
    }
    sending.write_text(json.dumps({"services": {**services, "collector": COLLECTOR}}))
    with composed(folder, "docker-compose.yml", str(beside), str(sending)) as system:
        system.up()
        yield system


async def test_a_product_is_one_trace_from_the_gateway_to_the_sql(traced: Composed) -> None:
    trace_id = secrets.token_hex(16)
    async with httpx2.AsyncClient(base_url=traced.url, timeout=20) as client:
        shop = Shop(client)
        token = await shop.newcomer_token()
        product = (await shop.get(PRODUCTS, token, size=1)).json()["items"][0]["id"]
        fields = {**parent(trace_id), "Authorization": f"Bearer {token}"}
        found = await client.get(f"{PRODUCTS}/{product}", headers=fields)
    assert found.status_code == 200
    entered, *_, sql = chain(
        _exported(traced, trace_id, gateway=2, catalog_service=2), "catalog_service", 1
    )
    assert entered.parent_id == CALLER
    assert [span.name for span in sql] == ["SELECT product"]


def test_the_collector_reaches_the_services_and_not_the_database(traced: Composed) -> None:
    networks = traced.inspect("postgres")["NetworkSettings"]["Networks"]
    (address,) = (network["IPAddress"] for network in networks.values())
    assert _connects(traced, "auth", 8001)
    assert not _connects(traced, "postgres", 5432)
    assert not _connects(traced, address, 5432)


def test_the_collector_is_confined_as_the_services_are(traced: Composed) -> None:
    collector, gateway = traced.inspect("collector"), traced.inspect("gateway")
    for what in ("ReadonlyRootfs", "CapDrop", "CapAdd", "Privileged", "SecurityOpt"):
        assert collector["HostConfig"][what] == gateway["HostConfig"][what]
    for most in ("PidsLimit", "Memory", "NanoCpus"):
        assert 0 < collector["HostConfig"][most] <= gateway["HostConfig"][most]
    assert not any(collector["NetworkSettings"]["Ports"].values())


def _exported(system: Composed, trace_id: str, **least: int) -> list[ExportedSpan]:
    """Wait for a trace with at least so many spans of each service."""
    container = system.run("ps", "--quiet", "collector").strip()
    spans: list[ExportedSpan] = []

    def is_there() -> bool:
        lines = docker("logs", container).split()
        spans_read = (span for line in lines for span in read(base64.b64decode(line)))
        spans[:] = (span for span in spans_read if span.trace_id == trace_id)
        return is_whole(spans, least)

    eventually(is_there, within=WITHIN)
    return spans


def _connects(system: Composed, host: str, port: int) -> bool:
    code = f"import socket; socket.create_connection(({host!r}, {port}), timeout=2)"
    return system.attempt("exec", "-T", "collector", "python", "-c", code).returncode == 0
