"""Covers of articles through the whole system: what arrives, what is refused, what is left."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
from PIL import Image

from testing.background import BackgroundSystem
from testing.people import Shop, bearer, token_of

DRAFTS = "/api/v1/drafts"
MIB = 1024 * 1024


def photo() -> bytes:
    """Return a photo that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 21.0)})
    file = io.BytesIO()
    Image.new("RGB", (3000, 2000), "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


def large() -> bytes:
    """Return a picture of 48 million pixels, as a screen shows them."""
    file = io.BytesIO()
    noise = Image.effect_noise((80, 60), 90).resize((8000, 6000), Image.Resampling.NEAREST)
    noise.convert("RGBA").save(file, "PNG", compress_level=1)
    return file.getvalue()


async def write(shop: Shop, token: str) -> dict[str, Any]:
    """Write a draft."""
    article = {"title": "Tea of the new harvest", "body": "Good news.", "language": "en"}
    response = await shop.post(DRAFTS, token, article)
    draft: dict[str, Any] = response.raise_for_status().json()
    return draft


async def cover(shop: Shop, token: str, draft: dict[str, Any], body: Any) -> httpx2.Response:
    """Send a picture for an article."""
    return await shop.client.post(
        f"{DRAFTS}/{draft['id']}/cover",
        params={"alt": "Tea"},
        content=body,
        headers={**bearer(token), "content-type": "image/jpeg"},
        timeout=300,
    )


def files(system: BackgroundSystem) -> list[Path]:
    """Return the files of all pictures."""
    return list(system.settings.folders["pictures"].glob("*"))


async def test_a_cover_is_uploaded_published_and_fetched_by_everybody(
    shop: Shop, system: BackgroundSystem
) -> None:
    token = await token_of(shop, system, "blog_manager")
    draft = await write(shop, token)
    sent = await cover(shop, token, draft, photo())
    assert sent.status_code == 200, sent.text
    await shop.post(f"{DRAFTS}/{draft['id']}/publish", token)
    article = (await shop.get(f"/api/v1/articles/{draft['slug']}")).raise_for_status().json()
    sizes = [(source["width"], source["height"]) for source in article["cover"]["sources"]]
    assert sizes == [(480, 720), (960, 1440), (1600, 2400)]
    for source in article["cover"]["sources"]:
        response = await shop.get(source["url"])
        image = Image.open(io.BytesIO(response.content))
        assert (image.format, image.size) == ("WEBP", (source["width"], source["height"]))
        assert not image.getexif()
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "sandbox" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        head = await shop.client.head(source["url"])
        assert (head.content, head.headers["content-length"]) == (b"", str(len(response.content)))


async def test_what_is_refused_leaves_nothing(shop: Shop, system: BackgroundSystem) -> None:
    token = await token_of(shop, system, "blog_manager")
    draft, before = await write(shop, token), len(files(system))
    assert (await cover(shop, token, draft, b"%PDF-1.7")).status_code == 422
    assert (await cover(shop, token, {"id": 2**40}, photo())).status_code == 404
    assert len(files(system)) == before


async def test_a_service_that_dies_during_an_upload_leaves_nothing(
    shop: Shop, system: BackgroundSystem
) -> None:
    token = await token_of(shop, system, "blog_manager")
    draft, before = await write(shop, token), len(files(system))
    half_sent = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield bytes(MIB // 8)
        half_sent.set()
        await asyncio.sleep(0.5)
        for _ in range(40):
            yield bytes(MIB // 8)

    sending = asyncio.ensure_future(cover(shop, token, draft, slowly()))
    await half_sent.wait()
    await asyncio.to_thread(system.kill, "mailing")
    try:
        [outcome] = await asyncio.gather(sending, return_exceptions=True)
        cut = isinstance(outcome, httpx2.Response) and outcome.status_code in {502, 503, 504}
        assert cut or isinstance(outcome, httpx2.HTTPError)
    finally:
        await asyncio.to_thread(system.start_service, "mailing")
        await asyncio.to_thread(system.wait_until_ready)
    assert len(files(system)) == before
    assert (await cover(shop, token, draft, photo())).status_code == 200


async def test_four_large_pictures_take_the_memory_of_one(
    shop: Shop, system: BackgroundSystem
) -> None:
    editors = [await token_of(shop, system, "blog_manager") for _ in range(4)]
    drafts = [await write(shop, token) for token in editors]
    body, peak = large(), 0

    async def watch() -> None:
        nonlocal peak
        service = system.process("mailing")
        while True:
            peak = max(peak, sum(_memory(one) for one in [service, *service.children()]))
            await asyncio.sleep(0.01)

    watching = asyncio.ensure_future(watch())
    try:
        sent = [cover(shop, t, d, body) for t, d in zip(editors, drafts, strict=True)]
        assert [answer.status_code for answer in await asyncio.gather(*sent)] == [200] * 4
    finally:
        watching.cancel()
    assert 100 * MIB < peak < 700 * MIB, f"{peak / MIB:.0f} MiB"


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
