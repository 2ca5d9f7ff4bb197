"""Responses as they go out: framed, in one piece where they can, never longer than announced."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from gateway.headers import Fields
from gateway.server.exchange import ClientExchange

pytestmark = pytest.mark.timing

JSON = (b"content-type", b"application/json")
START = {"type": "http.response.start", "status": 200, "headers": [JSON]}


class Line:
    """A connection that remembers what is written to it."""

    def __init__(self, common: tuple[bytes, bool] = (b"", False)) -> None:
        self.common = common
        self.peer = None
        self.state: dict[str, Any] = {}
        self.written: list[bytes] = []
        self.ended = 0
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    async def drain(self) -> None:
        pass

    def read_on(self) -> None:
        pass

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        raise AssertionError(work)

    def close(self) -> None:
        self.closed = True

    def response_ended(self, exchange: ClientExchange) -> None:
        assert exchange.complete
        self.ended += 1


def exchange(line: Line, method: str = "GET", *, http_1_1: bool = True) -> ClientExchange:
    client = ClientExchange(
        line, method, b"/a?b", [], http_1_1=http_1_1, keep_alive=http_1_1, expects_continue=False
    )
    client.end_request()
    return client


def body(data: bytes, *, more: bool = False) -> dict[str, object]:
    return {"type": "http.response.body", "body": data, "more_body": more}


class TestWhole:
    def test_a_whole_response_leaves_in_one_piece_with_its_length(self) -> None:
        line = Line((b"date: now\r\n", False))
        exchange(line).respond(200, [JSON], b"{}")
        fields = b"date: now\r\ncontent-type: application/json\r\ncontent-length: 2\r\n"
        assert line.written == [b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n{}"]
        assert line.ended == 1

    @pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("GET", 204)])
    def test_what_has_no_body_says_no_more_than_its_fields(self, method: str, status: int) -> None:
        line = Line()
        exchange(line, method).respond(status, [(b"etag", b'"1"')], b"left out")
        assert line.written[0].endswith(b'\r\netag: "1"\r\n\r\n')

    @pytest.mark.parametrize("field", [(b"a", b"b\r\nc: d"), (b"a\n", b""), (b"a", b"\0")])
    def test_a_field_that_would_be_two_is_none(self, field: tuple[bytes, bytes]) -> None:
        line = Line()
        client = exchange(line)
        with pytest.raises(ValueError, match="a field"):
            client.respond(200, [field], b"")
        assert (line.written, client.status) == ([], 0)

    def test_a_body_of_another_length_is_none(self) -> None:
        with pytest.raises(ValueError, match="length"):
            exchange(Line()).respond(200, [(b"content-length", b"3")], b"ab")

    def test_there_is_one_response(self) -> None:
        client = exchange(Line())
        client.respond(200, [], b"")
        with pytest.raises(ValueError, match="another"):
            client.respond(200, [], b"")

    @pytest.mark.parametrize("fields", [[], [(b"connection", b"close")]])
    def test_the_last_response_says_so_once(self, fields: Fields) -> None:
        line = Line()
        client = exchange(line, http_1_1=bool(fields))
        client.respond(200, fields, b"")
        assert line.written[0].count(b"connection: close\r\n") == 1
        assert not client.keep_alive

    def test_a_server_that_ends_says_so_for_every_response(self) -> None:
        line = Line((b"connection: close\r\n", True))
        client = exchange(line)
        client.respond(200, [], b"")
        assert line.written[0].count(b"connection: close\r\n") == 1
        assert not client.keep_alive

    @pytest.mark.parametrize("body", [b"", b"ab"])
    def test_a_response_before_the_end_of_the_request_is_the_last(self, body: bytes) -> None:
        line = Line()
        client = exchange(line)
        client.whole = False
        client.respond(200, [], body)
        assert line.written[0].count(b"connection: close\r\n") == 1
        assert not client.keep_alive

    def test_nothing_is_sent_to_a_client_that_has_left(self) -> None:
        line = Line()
        client = exchange(line)
        client.lose()
        client.respond(200, [], b"")
        assert line.written == []


class TestPieces:
    async def test_head_and_body_leave_together(self) -> None:
        line = Line()
        client = exchange(line)
        await client.send(START)
        await client.send(body(b"ab", more=True))
        await client.send(body(b"c"))
        head, rest = line.written[0].split(b"\r\n\r\n", 1)
        assert b"transfer-encoding: chunked" in head
        assert (rest, line.written[1:]) == (b"2\r\nab\r\n", [b"1\r\nc\r\n0\r\n\r\n"])

    async def test_a_head_alone_leaves_immediately(self) -> None:
        line = Line()
        await exchange(line).send(START)
        await asyncio.sleep(0)
        assert len(line.written) == 1

    async def test_an_old_client_knows_the_end_by_the_end(self) -> None:
        line = Line()
        client = exchange(line, http_1_1=False)
        await client.send(START)
        await client.send(body(b"ab"))
        assert b"chunked" not in line.written[0]
        assert line.written[0].endswith(b"connection: close\r\n\r\nab")

    @pytest.mark.parametrize(("piece", "word"), [(b"abc", "longer"), (b"a", "shorter")])
    async def test_a_body_is_as_long_as_was_said(self, piece: bytes, word: str) -> None:
        client = exchange(Line())
        await client.send({**START, "headers": [(b"content-length", b"2")]})
        with pytest.raises(ValueError, match=word):
            await client.send(body(piece))

    async def test_a_piece_belongs_to_a_response(self) -> None:
        with pytest.raises(ValueError, match="no response"):
            await exchange(Line()).send(body(b"a"))

    async def test_a_cut_response_is_seen_to_be_cut(self) -> None:
        line = Line()
        client = exchange(line)
        await client.send(START)
        client.cut()
        assert (len(line.written), line.closed, line.ended) == (1, True, 0)

    async def test_nothing_is_sent_to_somebody_who_has_left(self) -> None:
        line = Line()
        client = exchange(line)
        await client.send(START)
        client.lose()
        await client.send(body(b"a"))
        client.flush()
        client.cut()
        assert (line.written, line.closed) == ([], False)


class TestRequests:
    async def test_two_may_wait_for_the_client_to_leave(self) -> None:
        client = exchange(Line())
        client.end_request()
        assert (await client.receive())["type"] == "http.request"
        first, second = (asyncio.create_task(client.receive()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        client.lose()
        assert (await second)["type"] == "http.disconnect"
