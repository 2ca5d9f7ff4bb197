"""How static files are served: for a year under a name with a hash, and nothing else is."""

import gzip
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from web_service.static_files import StaticFiles, read_files, static_routes

COLOR = "#0f5c56"


@pytest.fixture(scope="module")
def files() -> StaticFiles:
    return read_files(color=COLOR)


def serving(files: StaticFiles) -> httpx2.ASGITransport:
    app = Starlette(routes=static_routes(files, public_url="http://localhost:8000"))
    app.router.redirect_slashes = False  # as in the service
    return httpx2.ASGITransport(app)


@pytest.fixture
async def browser(files: StaticFiles) -> AsyncIterator[httpx2.AsyncClient]:
    transport = serving(files)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as browser:
        yield browser


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("site.css", "text/css; charset=utf-8"),
        ("site.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml; charset=utf-8"),
    ],
)
async def test_a_file_is_kept_for_a_year(
    browser: httpx2.AsyncClient, files: StaticFiles, name: str, kind: str
) -> None:
    response = await browser.get(files.asset(name))
    assert response.status_code == 200
    assert response.headers["content-type"] == kind
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == files[name].content


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "gzip;q=0, *"])
async def test_a_client_without_gzip_gets_the_bytes(
    browser: httpx2.AsyncClient, files: StaticFiles, accepted: str
) -> None:
    response = await browser.get(files.asset("site.css"), headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == files["site.css"].content


async def test_the_name_has_the_hash_of_the_bytes(files: StaticFiles) -> None:
    digest = hashlib.sha256(files["site.css"].content).hexdigest()[:12]
    assert files.asset("site.css") == f"/static/site.{digest}.css"
    assert read_files(color="#aa0000").asset("site.css") != files.asset("site.css")
    assert read_files(color="#aa0000").asset("site.js") == files.asset("site.js")


async def test_another_version_gets_what_there_is_and_keeps_it_not(
    browser: httpx2.AsyncClient, files: StaticFiles
) -> None:
    response = await browser.get("/static/site.0123456789ab.css")
    assert response.status_code == 200
    assert response.content == files["site.css"].content
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/site.css",
        "/static/other.0123456789ab.css",
        "/static/site.0123456789ab.css/",
        "/static/..%2fvendor.toml",
        "/static/%2e%2e/vendor.toml",
        "/static/site.0123456789AB.css",
        "/static/site.0123456789ab.css%00",
        "/static/vendor.toml",
    ],
)
async def test_what_is_not_named_is_nowhere(browser: httpx2.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_nothing_can_be_written(browser: httpx2.AsyncClient, files: StaticFiles) -> None:
    assert (await browser.post(files.asset("site.css"))).status_code == 405
    assert (await browser.head(files.asset("site.css"))).status_code == 200


async def test_an_icon_and_what_robots_may_read(
    browser: httpx2.AsyncClient, files: StaticFiles
) -> None:
    icon = await browser.get("/favicon.ico")
    assert (icon.status_code, icon.headers["location"]) == (302, files.asset("favicon.svg"))
    robots = await browser.get("/robots.txt")
    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Disallow: /users/" in robots.text


async def test_a_logo_is_a_file_too_and_runs_nothing(tmp_path: Path) -> None:
    logo = tmp_path / "Our Logo.SVG"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    files = read_files(color=COLOR, logo=logo)
    path = files.logo()
    assert path is not None
    transport = serving(files)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as browser:
        response = await browser.get(path)
    assert "sandbox" in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert read_files(color=COLOR).logo() is None


@pytest.mark.parametrize(("name", "size"), [("logo.html", 10), ("logo.png", 100_001)])
def test_what_is_no_logo_is_refused(tmp_path: Path, name: str, size: int) -> None:
    logo = tmp_path / name
    logo.write_bytes(b"x" * size)
    with pytest.raises(ValueError, match=r"a logo"):
        read_files(color=COLOR, logo=logo)


def test_scripts_and_styles_are_within_their_budgets(files: StaticFiles) -> None:
    assert len(gzip.compress(files["site.js"].content)) <= 20_000
    assert len(gzip.compress(files["site.css"].content)) <= 45_000


def test_nothing_asks_for_a_source_map(files: StaticFiles) -> None:
    assert b"sourceMappingURL" not in files["site.css"].content + files["site.js"].content
