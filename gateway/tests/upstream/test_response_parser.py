"""What the gateway takes for a response, byte by byte and in one piece."""

import pytest

from gateway.upstream.errors import BadResponse, BodyCut, ClosedBeforeResponse
from gateway.upstream.response_parser import HEAD_LIMIT, UpstreamResponse

OK = b"HTTP/1.1 200 OK\r\n"


def fed(*pieces: bytes, head_only: bool = False) -> UpstreamResponse:
    """Return a response that has taken in these pieces."""
    answer = UpstreamResponse(head_only=head_only)
    for piece in pieces:
        answer.feed(piece)
    return answer


GOOD = {
    "length": (OK + b"Content-Length: 2\r\n\r\nhi", b"hi"),
    "chunked": (OK + b"Transfer-Encoding: Chunked\r\n\r\n1\r\nh\r\n1;x=y\r\ni\r\n0\r\n\r\n", b"hi"),
    "empty": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b""),
    "after continue": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
        b"hi",
    ),
    "after hints": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
        b"hi",
    ),
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_good_response_is_complete_and_clean_however_it_comes(name: str, size: int) -> None:
    data, body = GOOD[name]
    answer = fed(*(data[start : start + size] for start in range(0, len(data), size)))
    assert (answer.complete, answer.clean, answer.take()) == (True, True, body)
    assert (b"Link", b"</a>") not in answer.headers


def test_header_fields_keep_order_case_and_bytes() -> None:
    answer = fed(
        OK + b"Set-Cookie: a=1\r\nX-B: caf\xe9\r\nset-cookie: a=2\r\nContent-Length: 0\r\n\r\n"
    )
    assert answer.headers == [
        (b"Set-Cookie", b"a=1"),
        (b"X-B", b"caf\xe9"),
        (b"set-cookie", b"a=2"),
        (b"Content-Length", b"0"),
    ]


def test_trailers_are_dropped() -> None:
    answer = fed(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-User-Id: 1\r\n\r\n")
    assert answer.complete
    assert answer.headers == [(b"Transfer-Encoding", b"chunked")]


BAD = {
    "no http": b"hello\r\n\r\n",
    "http/0.9": b"<html>",
    "another version": b"HTTP/2.0 200 OK\r\n\r\n",
    "a bad status": b"HTTP/1.1 2000 OK\r\n\r\n",
    "a status above all classes": b"HTTP/1.1 700 Odd\r\n\r\n",
    "a status below all classes": b"HTTP/1.1 099 Odd\r\n\r\n",
    "switching protocols": b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
    "two equal lengths": OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "a negative length": OK + b"Content-Length: -2\r\n\r\nhi",
    "length and chunked": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunked and length": OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "another coding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "chunked in HTTP/1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a negative chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "an overflowing chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "a folded field": OK + b"A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
    "NUL in a field": OK + b"A: b\x00c\r\n\r\n",
    "a space before the colon": OK + b"Content-Length : 0\r\n\r\n",
    "one huge field": OK + b"A: " + b"a" * HEAD_LIMIT + b"\r\n\r\n",
    "endless fields": OK + b"A: b\r\n" * 20_000,
    "endless hints": b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" * 10_000,
    "endless trailers": OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 20_000,
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("size", [1000, 2_000_000])
def test_a_bad_response_is_refused(name: str, size: int) -> None:
    data = BAD[name]
    with pytest.raises(BadResponse):
        fed(*(data[start : start + size] for start in range(0, len(data), size)))


def test_a_head_without_an_end_is_refused_at_the_limit() -> None:
    with pytest.raises(BadResponse):
        fed(OK + b"A: " + b"a" * HEAD_LIMIT)


def test_a_head_just_below_the_limit_is_taken() -> None:
    assert fed(OK + b"A: " + b"a" * (HEAD_LIMIT - 30) + b"\r\nContent-Length: 0\r\n\r\n").complete


BEHIND = {
    "a second answer": OK + b"Content-Length: 6\r\n\r\nPOISON",
    "a beginning": b"HT",
    "garbage": b"\x00\x01",
}


@pytest.mark.parametrize("name", BEHIND)
@pytest.mark.parametrize("status", [b"200 OK", b"204 No", b"304 Not"])
def test_what_follows_a_response_makes_it_unclean_and_changes_nothing(
    name: str, status: bytes
) -> None:
    body = b"mine" if status == b"200 OK" else b""
    length = b"Content-Length: 4\r\n" if body else b""
    answer = fed(b"HTTP/1.1 " + status + b"\r\n" + length + b"\r\n" + body + BEHIND[name])
    assert (answer.complete, answer.clean, answer.take()) == (True, False, body)
    assert len(answer.headers) == len(length[:1])


@pytest.mark.parametrize("head", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_head_ends_with_the_head(head: bytes) -> None:
    answer = fed(OK + head + b"\r\n", head_only=True)
    assert (answer.complete, answer.clean, answer.take()) == (True, True, b"")


@pytest.mark.parametrize("behind", [b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"5\r", b"HTTP/1.1 2"])
@pytest.mark.parametrize("head", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_body_where_head_allows_none_makes_the_response_unclean(
    head: bytes, behind: bytes
) -> None:
    answer = fed(OK + head + b"\r\n" + behind, head_only=True)
    assert (answer.complete, answer.clean, answer.take()) == (True, False, b"")


def test_a_connection_that_the_service_closes_is_not_clean() -> None:
    assert not fed(OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n").clean


def test_a_body_until_the_end_of_the_connection_ends_there() -> None:
    answer = fed(OK + b"\r\nall of it")
    assert answer.end(None) is None
    assert (answer.complete, answer.clean, answer.take()) == (True, False, b"all of it")


def test_a_reset_never_ends_a_body() -> None:
    assert isinstance(fed(OK + b"\r\nsome").end(ConnectionResetError()), BodyCut)


@pytest.mark.parametrize(
    "body", [b"Content-Length: 5\r\n\r\nhel", b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"]
)
def test_a_body_with_a_length_is_cut_by_any_end(body: bytes) -> None:
    assert isinstance(fed(OK + body).end(None), BodyCut)


def test_an_end_inside_the_head_is_a_bad_response() -> None:
    assert isinstance(fed(b"HTTP/1.1 200").end(None), BadResponse)


def test_an_end_before_the_head_is_distinguished() -> None:
    assert isinstance(fed().end(None), ClosedBeforeResponse)


def test_an_end_after_the_response_is_none_of_its_business() -> None:
    assert fed(OK + b"Content-Length: 0\r\n\r\n").end(None) is None
