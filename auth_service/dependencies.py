"""What endpoints take from the application."""

from typing import Annotated

from fastapi import Depends, Request

from auth_service.accounts.confirmations import Confirmations
from auth_service.caller import Caller, printable
from auth_service.crypto.passwords import PasswordHasher
from auth_service.keys.ring import KeyRing
from auth_service.keys.service import KeyStore
from auth_service.mail.outbox import Outbox
from auth_service.settings import AuthSettings
from auth_service.tokens.issuing import TokenIssuer
from shared.access.authentication import TokenVerifier
from shared.language.translation import accepted_language
from shared.telemetry.observability import request_id
from shared.values.addresses import PRIVATE_NETWORKS, client_address


async def _settings(request: Request) -> AuthSettings:
    settings: AuthSettings = request.app.state.settings
    return settings


async def _hasher(request: Request) -> PasswordHasher:
    hasher: PasswordHasher = request.app.state.hasher
    return hasher


async def _issuer(request: Request) -> TokenIssuer:
    issuer: TokenIssuer = request.app.state.issuer
    return issuer


async def _key_ring(request: Request) -> KeyRing:
    key_ring: KeyRing = request.app.state.key_ring
    return key_ring


async def _key_store(request: Request) -> KeyStore:
    store: KeyStore = request.app.state.key_store
    return store


async def _outbox(request: Request) -> Outbox:
    outbox: Outbox = request.app.state.outbox
    return outbox


async def _confirmations(request: Request) -> Confirmations:
    confirmations: Confirmations = request.app.state.confirmations
    return confirmations


async def _caller(request: Request) -> Caller:
    settings: AuthSettings = request.app.state.settings
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    return Caller(
        address=client_address(peer, forwarded, (*PRIVATE_NETWORKS, *settings.trusted_proxies)),
        user_agent=printable(request.headers.get("user-agent", "")),
        request_id=request_id.get() or "",
        language=accepted_language(request.headers.getlist("accept-language")),
    )


async def _verifier(request: Request) -> TokenVerifier:
    verifier: TokenVerifier = request.app.state.token_verifier
    return verifier


Verifier = Annotated[TokenVerifier, Depends(_verifier)]
Settings = Annotated[AuthSettings, Depends(_settings)]
CurrentCaller = Annotated[Caller, Depends(_caller)]
Hasher = Annotated[PasswordHasher, Depends(_hasher)]
Issuer = Annotated[TokenIssuer, Depends(_issuer)]
Keys = Annotated[KeyRing, Depends(_key_ring)]
KeyStoreHere = Annotated[KeyStore, Depends(_key_store)]
Emails = Annotated[Outbox, Depends(_outbox)]


Codes = Annotated[Confirmations, Depends(_confirmations)]
