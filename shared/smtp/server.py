"""A mail server, as settings name it."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Tls(StrEnum):
    """How the connection is protected; what is asked for is never given up silently."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where emails are handed to, and how many connections of which life are kept to it."""

    host: str
    port: int
    tls: Tls = Tls.NONE
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=60)
    """For one exchange, from MAIL to the last reply."""
    command_timeout: timedelta = timedelta(seconds=30)
    connect_timeout: timedelta = timedelta(seconds=15)
    """For connecting, TLS and signing in together."""
    connections: int = 1
    emails_per_connection: int = 100
    longest_age: timedelta = timedelta(minutes=5)
    """Of a connection."""
    longest_idle: timedelta = timedelta(seconds=30)
    """An older one is not trusted, but closed."""
    local_hostname: str = "localhost"

    @property
    def longest_exchange(self) -> timedelta:
        """Return what a send takes at most, the wait for a free connection and the hook apart.

        A connection that proves closed is opened anew once.
        """
        return 2 * self.connect_timeout + 2 * self.timeout
