"""A gateway that says what a test has scripted, and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Call:
    """What one call asked for."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(slots=True)
class FakeGateway:
    """Responses by method and path; anything else is a 404 in the one error shape."""

    url: str = ""
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def on(
        self,
        method: str,
        path: str,
        data: object = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Say this to such calls, each once in the order of the script; the last stays."""

        async def answer(_request: web.Request, _body: bytes) -> web.StreamResponse:
            text = "" if data is None else json.dumps(data)
            kind = None if data is None else "application/json"
            return web.Response(status=status, text=text, content_type=kind, headers=headers)

        self.answer(method, path, answer)

    def refuse(
        self,
        method: str,
        path: str,
        status: int,
        error: str | None,
        message: str = "No.",
        fields: dict[str, str] | None = None,
    ) -> None:
        """Refuse such calls, in the one error shape."""
        said: dict[str, object] = {"code": status, "message": message}
        if error is not None:
            said["error"] = error
        if fields is not None:
            said["fields"] = [{"field": name, "message": text} for name, text in fields.items()]
        self.on(method, path, said, status=status)

    def answer(self, method: str, path: str, answer: Answer) -> None:
        """Let a function of the test answer such calls."""
        self.answers.setdefault((method, path), []).append(answer)

    def hang(self, method: str, path: str) -> None:
        """Let such a call have no response, until its client is gone."""

        async def hang(_request: web.Request, _body: bytes) -> web.StreamResponse:
            await asyncio.sleep(30)
            raise AssertionError("unreachable")

        self.answer(method, path, hang)

    def asked(self, method: str, path: str) -> list[Call]:
        """Return the calls that asked for this, in their order."""
        return [call for call in self.calls if (call.method, call.path) == (method, path)]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(request.method, request.path, dict(request.query), headers, body)
        self.calls.append(call)
        answers = self.answers.get((call.method, call.path))
        if not answers:
            said = {"code": 404, "error": "not_found", "message": "There is nothing here."}
            return web.json_response(said, status=404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return await answer(request, body)


@asynccontextmanager
async def fake_gateway() -> AsyncIterator[FakeGateway]:
    """Run a gateway that knows nothing yet."""
    gateway = FakeGateway()
    application = web.Application(client_max_size=2**30)
    application.router.add_route("*", "/{path:.*}", gateway._serve)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield gateway
    finally:
        await runner.cleanup()
