"""The front of a server as it is shipped, without containers: HAProxy from Debian on loopback."""

import asyncio
import os
import re
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers.haproxy import haproxy_program
from standalone.ports import free_port
from testing.composed import ROOT
from tests.containers.certificates import self_signed

START_TIMEOUT = 30.0
CONFIGURATION = ROOT / "deploy" / "front" / "haproxy.cfg"
_PLACE = re.compile(r"server-template (\w+) 8 \w+:\d+")


@dataclass(slots=True)
class Front:
    """HAProxy with the shipped configuration; `inner` are the ports by those that it has there."""

    process: asyncio.subprocess.Process
    port: int
    inner: dict[str, int]
    certificate: Path
    log: Path

    def trusting(self, *protocols: str) -> ssl.SSLContext:
        """Return how a client speaks to it, by one of these protocols (RFC 7301)."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.set_alpn_protocols(list(protocols))
        return context

    def trusting_any(self) -> ssl.SSLContext:
        """Return how a client speaks HTTP/1.1 to it whatever certificate it has by now."""
        context = self.trusting("http/1.1")
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def renew_certificate(self) -> None:
        """Put another certificate in the place of the one it has, as an operator does."""
        self_signed(self.certificate.parent)
        self.process.send_signal(signal.SIGUSR2)


@asynccontextmanager
async def front(
    folder: Path, *, without: str | None = None, **servers: int
) -> AsyncIterator[Front]:
    """Run it before `gateway`, `auth` or `catalog` on these ports, perhaps without one option."""
    configuration = CONFIGURATION.read_text()
    ports = {name: free_port() for name in re.findall(r"(?m)^    bind :(\d+)", configuration)}
    if without is not None:
        assert without in configuration
        configuration = configuration.replace(without, "")
    certificate = self_signed(folder)
    file = folder / "haproxy.cfg"
    file.write_text(_on_loopback(configuration, folder, ports, servers))
    program, environment = haproxy_program()
    environment |= {
        "TLS_CERTIFICATE": str(certificate),
        "PUBLIC_URL": f"https://localhost:{ports['8443']}",
    }
    command = (program, "-W", "-db", "-f", str(file))
    log = folder / "haproxy.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **environment}, stdout=output
        )
    try:
        running = Front(process, ports["8443"], ports, certificate, log)
        await _until_accepting(running.port)
        yield running
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), START_TIMEOUT)


def _on_loopback(
    configuration: str, folder: Path, ports: dict[str, int], servers: dict[str, int]
) -> str:
    """Return the configuration with other addresses and nothing else changed."""

    def place(match: re.Match[str]) -> str:
        name = match[1]
        port = servers.get(name)
        return f"server {name}1 127.0.0.1:{port}" if port else f"# no {name}"

    for name, port in ports.items():
        configuration = re.sub(rf"bind :{name}\b", f"bind 127.0.0.1:{port}", configuration)
    configuration = configuration.replace("/tmp/haproxy.sock", str(folder / "haproxy.sock"))
    return _PLACE.sub(place, configuration)


async def _until_accepting(port: int) -> None:
    async with asyncio.timeout(START_TIMEOUT):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
