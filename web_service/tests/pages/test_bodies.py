"""Forms in both ways to write one, and files that stream by."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from starlette.requests import Request

from web_service.errors import FormTooLarge, MalformedForm, PageFailure
from web_service.pages.bodies import MAX_FORM, Upload, read_form

CONTENT_TYPE = "multipart/form-data; boundary=line"


def request_with(pieces: Iterable[bytes], content_type: str, *, leaves: bool = False) -> Request:
    """Return a request whose body comes in pieces, or whose browser leaves behind them."""
    waiting = list(pieces)

    async def receive() -> dict[str, Any]:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": True}
        return {"type": "http.disconnect" if leaves else "http.request", "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    said = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return f"--line\r\nContent-Disposition: {said}\r\n\r\n".encode() + content + b"\r\n"


END = b"--line--\r\n"


def in_pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


async def read_all(content: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in content])


class TestAForm:
    async def test_urlencoded(self) -> None:
        body = b"name=%D0%AF&list=1&list=2&empty=&text=a%0D%0Ab"
        form = await read_form(request_with([body], "application/x-www-form-urlencoded"))
        assert form.values == {"name": ["Я"], "list": ["1", "2"], "empty": [""], "text": ["a\nb"]}

    @pytest.mark.parametrize("size", [1, 7, 4096])
    async def test_multipart_in_any_pieces(self, size: int) -> None:
        body = (
            part("name", "Я".encode())
            + part("list", b"1")
            + part("file", b"passed over", "a.txt")
            + part("list", b"2")
            + part("text", b"a\r\nb\r\n--lin")
            + END
        )
        form = await read_form(request_with(in_pieces(body, size), CONTENT_TYPE))
        assert form.values == {"name": ["Я"], "list": ["1", "2"], "text": ["a\nb\n--lin"]}

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"no parts",
            part("a", b"1"),
            part("a", b"1") + b"--line",
            b"--line\r\n\r\nno name\r\n" + END,
            b"--line\r\nContent-Disposition: attachment\r\n\r\n1\r\n" + END,
            part("a", b"\xff") + END,
            part("a", b"\0") + END,
            b'--line\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n' + END,
            b"--line\r\n" + b"X: y\r\n" * 100 + b"\r\n" + END,
            part("a", b"") * 1001 + END,
        ],
        ids=range(11),
    )
    async def test_what_is_no_form(self, body: bytes) -> None:
        with pytest.raises(MalformedForm):
            await read_form(request_with([body], CONTENT_TYPE))

    @pytest.mark.parametrize(
        "content_type",
        ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=" + "x" * 300],
        ids=["none", "text", "no boundary", "long boundary"],
    )
    async def test_another_media_type(self, content_type: str) -> None:
        with pytest.raises(MalformedForm):
            await read_form(request_with([part("a", b"1") + END], content_type))

    @pytest.mark.parametrize("filename", [None, "a.txt"])
    async def test_too_large(self, filename: str | None) -> None:
        body = part("a", b"x" * MAX_FORM, filename) + END
        with pytest.raises(FormTooLarge):
            await read_form(request_with(in_pieces(body, 4096), CONTENT_TYPE))

    async def test_the_browser_leaves(self) -> None:
        with pytest.raises(MalformedForm):
            await read_form(request_with([part("a", b"1")], CONTENT_TYPE, leaves=True))


class TestAnUpload:
    async def test_the_fields_come_first_and_the_file_as_it_comes(self) -> None:
        content = bytes(range(256)) * 1000 + b"\r\n--line\r-"
        body = part("list", b"7") + part("file", content, "Люди.csv") + part("late", b"x") + END
        request = request_with(in_pieces(body, 1000), CONTENT_TYPE)
        upload = await Upload.begun(request, "file", most=len(content))
        assert (upload.form.values, upload.filename) == ({"list": ["7"]}, "Люди.csv")
        assert await read_all(upload.content()) == content

    async def test_no_file(self) -> None:
        request = request_with([part("list", b"7") + END], CONTENT_TYPE)
        upload = await Upload.begun(request, "file", most=10)
        assert upload.filename == ""
        assert await read_all(upload.content()) == b""

    async def test_a_byte_too_many(self) -> None:
        request = request_with([part("file", b"12345", "a.csv") + END], CONTENT_TYPE)
        upload = await Upload.begun(request, "file", most=4)
        with pytest.raises(FormTooLarge) as raised:
            await read_all(upload.content())
        assert upload.failure is raised.value

    @pytest.mark.parametrize("leaves", [True, False])
    async def test_half_a_file_is_no_file(self, *, leaves: bool) -> None:
        request = request_with([part("file", b"1,2,3", "a.csv")], CONTENT_TYPE, leaves=leaves)
        upload = await Upload.begun(request, "file", most=100)
        with pytest.raises(PageFailure) as raised:
            await read_all(upload.content())
        assert isinstance(raised.value, MalformedForm)
        assert upload.failure is raised.value
