"""Pictures on their way through: what is said of them stays, and what is too long goes nowhere."""

import pytest

from gateway.route import PICTURE_LIMIT
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import connected, manager, request
from testing.gateway.raw_service import Peer, RawService, repeat

COVER = "POST /api/v1/drafts/7/cover?alt=Tea"
WEBP = b"RIFF" + bytes(300_000)
FIELDS = (
    "Content-Type: image/webp\r\nCache-Control: public, max-age=31536000, immutable\r\n"
    "Content-Security-Policy: default-src 'none'; sandbox\r\n"
    "Cross-Origin-Resource-Policy: cross-origin\r\nX-Content-Type-Options: nosniff\r\n"
)


async def test_everybody_gets_a_picture_with_all_that_its_service_says(
    gateway: RunningGateway, mailing: RawService
) -> None:
    mailing.script = repeat(lambda peer: peer.answer(WEBP, fields=FIELDS))
    reply = await gateway.ask("GET /api/v1/pictures/a.webp", "accept-encoding: gzip")
    assert (reply.status, reply.body) == (200, WEBP)
    assert reply.values(b"content-security-policy")[0] == b"default-src 'none'; sandbox"
    assert reply.values(b"cache-control") == [b"public, max-age=31536000, immutable"]
    assert reply.values(b"cross-origin-resource-policy") == [b"cross-origin"]
    assert reply.values(b"x-content-type-options") == [b"nosniff"]
    assert reply.values(b"content-encoding") == []


async def test_one_of_more_than_20_mib_is_refused_before_its_body(
    gateway: RunningGateway, mailing: RawService
) -> None:
    assert PICTURE_LIMIT == 20 * 1024 * 1024
    length = f"content-length: {PICTURE_LIMIT + 1}"
    async with connected(gateway.port) as client:
        await client.send(request(COVER, manager(roles=["user", "blog_manager"]), length))
        assert (await client.reply()).status == 413
    assert mailing.seen == []


@pytest.mark.parametrize("roles", [["user"], ["user", "manager"]])
async def test_who_writes_no_articles_sends_none_to_the_service(
    gateway: RunningGateway, mailing: RawService, roles: list[str]
) -> None:
    reply = await gateway.ask(COVER, manager(roles=roles), body=b"x")
    assert (reply.status, reply.json()["error"]) == (403, "forbidden")
    assert mailing.seen == []


async def test_an_editor_needs_no_verified_email_as_in_the_service(
    gateway: RunningGateway, mailing: RawService
) -> None:
    editor = manager(roles=["user", "blog_manager"], email_verified=False)
    assert (await gateway.ask(COVER, editor, body=b"x")).status == 200


async def test_a_large_one_arrives_whole(gateway: RunningGateway, mailing: RawService) -> None:
    body, lengths = b"x" * 5_000_000, list[int]()

    async def take(peer: Peer) -> None:
        await peer.head()
        lengths.append(len(await peer.reader.readexactly(len(body))))
        await peer.answer()

    mailing.script = take
    reply = await gateway.ask(COVER, manager(roles=["user", "blog_manager"]), body=body)
    assert (reply.status, lengths) == (200, [len(body)])
