"""The mail server and its spare: which one takes emails now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import SecretStr

from mailing_service.sending.limits.breakers import ServerBreaker
from mailing_service.sending.limits.rates import ServerRate
from mailing_service.settings import MailingSettings
from shared.smtp.breaker import BreakerRule
from shared.smtp.connections import Connections
from shared.smtp.server import MailServer, Tls

_STEPS = 2
"""An exchange may take so many times as long as one of its steps."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, this worker's connections to it, and what all workers share of it."""

    name: str
    connections: Connections
    breaker: ServerBreaker
    rate: ServerRate

    @property
    def longest_exchange(self) -> timedelta:
        """Return how long one email may take."""
        return self.connections.server.longest_exchange


@dataclass(frozen=True, slots=True)
class Chosen:
    """A server that takes emails now, and how many: None for any."""

    server: Server
    most: int | None


async def choose(servers: Sequence[Server]) -> Chosen | None:
    """Return the first server that takes emails; one whose breaker is half open takes one."""
    for server in servers:
        most = await server.breaker.enter()
        if most != 0:
            return Chosen(server, most)
    return None


async def is_any_usable(servers: Sequence[Server]) -> bool:
    """Tell whether it is worth claiming emails: `choose` may find a server."""
    for server in servers:
        if await server.breaker.is_usable():
            return True
    return False


def servers_of(settings: MailingSettings, rule: BreakerRule) -> list[Server]:
    """Return the mail server of the settings and its spare, as far as there are any."""
    first = _mail_server(
        settings,
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=settings.smtp_password,
    )
    spare = _mail_server(
        settings,
        host=settings.spare_smtp_host,
        port=settings.spare_smtp_port,
        tls=settings.spare_smtp_tls,
        username=settings.spare_smtp_username,
        password=settings.spare_smtp_password,
    )
    found = [server for server in (first, spare) if server is not None]
    return [_server(server, settings, rule) for server in found]


def _server(server: MailServer, settings: MailingSettings, rule: BreakerRule) -> Server:
    name = f"{server.host}:{server.port}"
    rule = replace(rule, probe_lease=max(rule.probe_lease, server.longest_exchange))
    return Server(
        name, Connections(server), ServerBreaker(name, rule), ServerRate(name, settings.server_rate)
    )


def _mail_server(
    settings: MailingSettings,
    *,
    host: str | None,
    port: int,
    tls: Tls,
    username: str | None,
    password: SecretStr | None,
) -> MailServer | None:
    if host is None:
        return None
    return MailServer(
        host=host,
        port=port,
        tls=tls,
        username=username,
        password=password.get_secret_value() if password else None,
        timeout=settings.smtp_timeout * _STEPS,
        command_timeout=settings.smtp_timeout,
        connect_timeout=settings.smtp_timeout,
        connections=settings.smtp_connections,
        emails_per_connection=settings.smtp_emails_per_connection,
        longest_age=settings.smtp_connection_age,
    )
