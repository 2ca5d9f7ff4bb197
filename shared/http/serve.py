"""Run one process of the system under uvicorn, as `python -m <package>` does."""

import asyncio
import gc
import os
import socket

import uvicorn

from shared.http.protocol import HttpProtocol
from shared.settings import ServiceSettings
from shared.telemetry.metrics import served
from shared.telemetry.observability import logging_config
from shared.unknown_settings import warn_of_unknown


class Server(uvicorn.Server):
    """Drains before it stops: not ready immediately, and one last response on each connection.

    What is under way finishes within the deadline of uvicorn's own shutdown.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then stop."""
        self.lifespan.state["draining"] = True
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        await super().shutdown(sockets)


def serve(
    factory: str,
    settings: ServiceSettings,
    *,
    http: type[asyncio.Protocol] = HttpProtocol,
) -> None:
    """Serve the application that `factory` ("package.module:function") builds, until SIGTERM.

    `http` is the protocol class that meets the clients.
    """
    server = Server(configuration(factory, settings, http=http))
    warn_of_unknown(type(settings), os.environ)
    server.config.load()
    gc.freeze()  # what is there now stays: no collection need look through it again
    metrics = getattr(getattr(server.config.loaded_app, "state", None), "metrics", None)
    if metrics is None:
        server.run()
    else:
        host, port = settings.metrics_address
        with served(metrics.registry, host=host, port=port):
            server.run()
    if not server.started:
        raise SystemExit(3)


def configuration(
    factory: str, settings: ServiceSettings, *, http: type[asyncio.Protocol]
) -> uvicorn.Config:
    """Return how uvicorn is to serve; this also configures the logs."""
    service = factory.partition(":")[0].partition(".")[0]
    return uvicorn.Config(
        factory,
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=http,
        ws="none",
        lifespan="on",
        log_config=logging_config(
            service=service, level=settings.log_level, log_format=settings.log_format
        ),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.shutdown_timeout,
    )
