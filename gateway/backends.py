"""What the gateway stands on: connections to the services, their keys, the revocations."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from gateway.access.authenticate import Authenticator
from gateway.access.revocations import Revocations
from gateway.settings import GatewaySettings
from gateway.upstream.pool import Upstream
from shared.access.authentication import TokenVerifier
from shared.access.jwks import JwksCache


@dataclass(frozen=True, slots=True)
class Backends:
    """`polled` is the connection that fetches revocations, apart from those for requests."""

    upstreams: Mapping[str, Upstream]
    polled: Upstream
    keys: JwksCache
    revocations: Revocations

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fetch keys and revocations for as long as the context lasts, then close."""
        async with AsyncExitStack() as opened:
            for upstream in (*self.upstreams.values(), self.polled):
                await opened.enter_async_context(upstream)
            await opened.enter_async_context(self.keys.running())
            await opened.enter_async_context(self.revocations.running())
            yield

    def authenticator(self, settings: GatewaySettings) -> Authenticator:
        """Return what verifies tokens with these keys and against these revocations."""
        verifier = TokenVerifier(self.keys, settings.public_url, settings.token_audience)
        return Authenticator(verifier, self.revocations, capacity=settings.tokens_remembered)


def backends_of(settings: GatewaySettings) -> Backends:
    """Return those that the settings name; nothing is opened yet."""
    upstreams = {
        service: Upstream(urls, settings.limits_of(service))
        for service, urls in settings.service_urls.items()
    }
    keys = JwksCache(*(f"{url}/.well-known/jwks.json" for url in settings.auth_url.split(",")))
    polled = Upstream(settings.auth_url, settings.polling_limits)
    revocations = Revocations(
        polled,
        settings.internal_secrets[0],
        keys,
        interval=settings.revocations_interval.total_seconds(),
        max_age=settings.revocations_max_age.total_seconds(),
    )
    return Backends(upstreams, polled, keys, revocations)
