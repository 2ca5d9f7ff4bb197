"""Run one process of the system under uvicorn, as `python -m <package>` does."""

import asyncio

import uvicorn

from shared.http_protocol import HttpProtocol
from shared.observability import logging_config
from shared.settings import ServiceSettings


def serve(
    factory: str, settings: ServiceSettings, *, http: type[asyncio.Protocol] = HttpProtocol
) -> None:
    """Serve the application that `factory` ("package.module:function") builds, until SIGTERM.

    `http` is the protocol class that meets the clients.
    """
    service = factory.partition(":")[0].partition(".")[0]
    config = uvicorn.Config(
        factory,
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=http,
        ws="none",
        lifespan="on",
        log_config=logging_config(service=service, level=settings.log_level),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.shutdown_timeout,
    )
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        raise SystemExit(3)
