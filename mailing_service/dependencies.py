"""Who may do what in the mailing service, as types for an endpoint's signature."""

from typing import Annotated

from fastapi import Depends, Request, Response

from mailing_service.addresses import AddressHasher
from mailing_service.caller import Caller, printable
from mailing_service.settings import MailingSettings, OpenTo
from shared.access.authentication import CurrentPrincipal, Principal
from shared.access.roles import BLOG_EDITORS, STAFF
from shared.access.tokens import Role
from shared.errors import EmailNotVerified, Forbidden
from shared.telemetry.observability import request_id
from shared.values.addresses import PRIVATE_NETWORKS, client_address


def is_staff(principal: Principal) -> bool:
    """Tell whether `principal` may see and moderate others' mailings."""
    return not principal.roles.isdisjoint(STAFF)


def is_administrator(principal: Principal) -> bool:
    """Tell whether `principal` has no quota and needs no approval."""
    return Role.ADMIN.value in principal.roles


async def _writer(request: Request, principal: CurrentPrincipal) -> Principal:
    settings: MailingSettings = request.app.state.settings
    if not principal.email_verified:
        raise EmailNotVerified
    if settings.open_to is OpenTo.MANAGERS and not is_staff(principal):
        raise Forbidden
    return principal


async def _moderator(principal: CurrentPrincipal) -> Principal:
    if not is_staff(principal):
        raise Forbidden
    return principal


async def _blog_editor(principal: CurrentPrincipal) -> Principal:
    if principal.roles.isdisjoint(BLOG_EDITORS):
        raise Forbidden
    return principal


async def _administrator(principal: CurrentPrincipal) -> Principal:
    if not is_administrator(principal):
        raise Forbidden
    return principal


MailingWriter = Annotated[Principal, Depends(_writer)]
"""A person who may have recipients, messages and mailings, as MAILING_OPEN_TO says."""

Moderator = Annotated[Principal, Depends(_moderator)]
"""A manager or an administrator."""

BlogEditor = Annotated[Principal, Depends(_blog_editor)]
"""A blog manager or an administrator."""

Administrator = Annotated[Principal, Depends(_administrator)]
"""An administrator."""


async def _settings(request: Request) -> MailingSettings:
    settings: MailingSettings = request.app.state.settings
    return settings


Settings = Annotated[MailingSettings, Depends(_settings)]


async def _caller(request: Request, settings: Settings) -> Caller:
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    return Caller(
        address=client_address(peer, forwarded, (*PRIVATE_NETWORKS, *settings.trusted_proxies)),
        user_agent=printable(request.headers.get("user-agent", "")),
        request_id=request_id.get(),
    )


CurrentCaller = Annotated[Caller, Depends(_caller)]
"""Where the request comes from, for the audit log."""


async def not_stored(response: Response) -> None:
    """Keep one person's own response out of every cache (RFC 9111 section 5.2.2.5)."""
    response.headers["Cache-Control"] = "no-store"


async def _addresses(request: Request) -> AddressHasher:
    hasher: AddressHasher = request.app.state.addresses
    return hasher


AddressesHere = Annotated[AddressHasher, Depends(_addresses)]
"""What addresses are hashed with."""
