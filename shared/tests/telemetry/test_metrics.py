"""What a process counts, and where it shows it."""

import platform
import re
import socket
import urllib.request
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest
from prometheus_client import generate_latest

from shared.http.application import build_app
from shared.telemetry.metrics import UNMATCHED, Metrics, served
from shared.tests.http.conftest import lifespan, router
from shared.version import VERSION

COUNT = "vitrina_request_seconds_count"


def count(metrics: Metrics, route: str, method: str = "GET", status: str = "2xx") -> float | None:
    labels = {"route": route, "method": method, "status": status}
    return metrics.registry.get_sample_value(COUNT, labels)


def test_requests_are_counted_by_route_method_and_class_of_status() -> None:
    metrics = Metrics()
    for status in (200, 201, 404):
        metrics.count_request("/a/{id}", "GET", status, 0.02)
    assert count(metrics, "/a/{id}") == 2
    assert count(metrics, "/a/{id}", status="4xx") == 1


def test_methods_that_nobody_knows_share_one_label() -> None:
    metrics = Metrics()
    for method in ("BREW", "SPIN", "M-SEARCH"):
        metrics.count_request(UNMATCHED, method, 405, 0.02)
    assert count(metrics, UNMATCHED, "(other)", "4xx") == 3
    assert b"BREW" not in generate_latest(metrics.registry)


def test_it_says_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_REVISION", "0123abc")
    labels = {
        "version": VERSION,
        "revision": "0123abc",
        "python": platform.python_version(),
    }
    assert Metrics().registry.get_sample_value("vitrina_build_info", labels) == 1


def test_nothing_is_shown_of_when_a_series_began() -> None:
    metrics = Metrics()
    metrics.count_request("/", "GET", 200, 0.02)
    metrics.count_unauthorized("missing")
    assert b"_created" not in generate_latest(metrics.registry)


@pytest.mark.parametrize(
    ("file", "reported"),
    [
        ("pyproject.toml", r'^version = "(.+)"$'),
        ("Dockerfile", r'org\.opencontainers\.image\.version="(.+)"'),
        ("deploy/kubernetes/shop/kustomization.yaml", r"newTag: (\S+)"),
    ],
)
def test_the_version_is_the_same_everywhere(file: str, reported: str) -> None:
    text = (Path(__file__).parents[3] / file).read_text()
    assert set(re.findall(reported, text, re.M)) == {VERSION}


def test_what_is_watched_is_looked_at_when_somebody_asks() -> None:
    metrics, seen = Metrics(), [1.0]
    metrics.watch("gauge", "depth", "Of it.", lambda: 99, side="left")
    metrics.watch("gauge", "depth", "Of it.", lambda: seen[0], side="left")
    seen[0] = 7
    assert metrics.registry.get_sample_value("depth", {"side": "left"}) == 7


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_they_are_shown_on_a_port_of_their_own() -> None:
    metrics, port = Metrics(), free_port()
    metrics.count_request("/", "GET", 200, 0.02)
    url = f"http://127.0.0.1:{port}/metrics"
    with (
        served(metrics.registry, host="127.0.0.1", port=port),
        urllib.request.urlopen(url) as reported,
    ):
        text = reported.read().decode()
    assert f'{COUNT}{{method="GET",route="/",status="2xx"}} 1.0' in text
    assert "process_open_fds" in text
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)


def test_a_taken_port_is_reported_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        served(Metrics().registry, host="127.0.0.1", port=taken.getsockname()[1]),
    ):
        pass
    assert [record.message for record in caplog.records] == ["no metrics"]


@pytest.fixture
async def client() -> httpx2.AsyncClient:
    app = build_app(title="Test", description="", lifespan=lifespan, routers=[router])
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app, raise_app_exceptions=False))
    client.base_url = "http://test"
    client.metrics = app.state.metrics  # type: ignore[attr-defined]
    return client


async def test_the_public_port_shows_none(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == HTTPStatus.NOT_FOUND


async def test_a_service_counts_by_template_and_every_unknown_path_as_one(
    client: httpx2.AsyncClient,
) -> None:
    for path in ("/things/a", "/things/b", "/nowhere/1", "/nowhere/2/3"):
        await client.get(path)
    metrics: Metrics = client.metrics  # type: ignore[attr-defined]
    assert count(metrics, "/things/{name}", status="4xx") == 2
    assert count(metrics, UNMATCHED, status="4xx") == 2


async def test_a_head_and_an_error_that_nobody_caught_count_too(
    client: httpx2.AsyncClient,
) -> None:
    await client.head("/things/boom")
    metrics: Metrics = client.metrics  # type: ignore[attr-defined]
    assert count(metrics, "/things/boom", "HEAD", "5xx") == 1
