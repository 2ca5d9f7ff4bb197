"""Access tokens as RFC 9068 profiles them, and the one verifier of the whole system.

`verify_access_token` refuses everything that this system's auth service does not issue. It is
pure: no I/O, no clock of its own, and it never acts on what a token's header asks for.
"""

import binascii
import json
import re
import string
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
CLIENT_ID = "vitrina"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, not a secret
MAX_TOKEN_LENGTH = 8 * 1024
CLOCK_TOLERANCE = 60
"""Seconds by which the issuer's clock may be ahead of ours; `exp` gets no such grace."""
MAX_LIFETIME = 24 * 60 * 60
"""Seconds; no setting lets an access token live longer."""

_TYPES = frozenset({TOKEN_TYPE, f"application/{TOKEN_TYPE}"})
_HEADER_MEMBERS = frozenset({"alg", "typ", "kid"})
_TEXTS = frozenset({str})
_MAX_DATE = 2**53
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ALPHABET = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_").encode()
_TO_COMMON = bytes.maketrans(b"-_+/=", b"+/...")  # what only the common base64 has is none of ours
_SPARE_BITS = (0, None, 0b1111, 0b11)
"""Of the last of so many characters beyond a multiple of four; one alone is no base64."""

_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


class Role(StrEnum):
    """What a person may do; each role is listed on its own, none implies another."""

    USER = "user"
    MANAGER = "manager"
    BLOG_MANAGER = "blog_manager"
    ADMIN = "admin"


class InvalidToken(Exception):
    """The token is refused; `reason` is a snake_case word out of a bounded set."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKey(InvalidToken):
    """No known key has the token's `kid`; newer keys may."""

    def __init__(self) -> None:
        super().__init__("unknown_key")


class LivesTooLong(InvalidToken):
    """No token that was issued lives so long; newer ones may, by a longer setting."""

    def __init__(self) -> None:
        super().__init__("lives_too_long")


class AccessClaims(NamedTuple):
    """What a verified access token says. Times are seconds since the epoch.

    `subject` and `session_id` are UUIDs in their canonical spelling.
    """

    subject: str
    session_id: str
    version: int
    token_id: str
    key_id: str
    issued_at: int
    expires_at: int
    roles: frozenset[str]
    email_verified: bool
    password_change_required: bool


def verify_access_token(
    token: str,
    *,
    keys: Mapping[str, RSAPublicKey],
    issuer: str,
    audience: str,
    now: float,
    lifetime: int = MAX_LIFETIME,
) -> AccessClaims:
    """Return the claims of `token`, a compact JWS, or raise InvalidToken.

    `keys` maps each valid `kid` to its public key; `now` is in seconds since the epoch, and no
    token lives longer than `lifetime` seconds. Raises UnknownKey or LivesTooLong where another
    look at the key set may help. See RFC 9068 section 4 and RFC 8725.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidToken("too_long")
    try:
        signing_input, _, signature = token.encode("ascii").rpartition(b".")
    except UnicodeEncodeError:
        raise InvalidToken("malformed") from None
    header, _, payload = signing_input.partition(b".")
    key_id = _key_id(header)
    key = keys.get(key_id)
    if key is None:
        raise UnknownKey
    if not _RS256.verify(signing_input, key, _decode(signature)):
        raise InvalidToken("bad_signature")
    claims = _parse(payload)
    _check_claims(claims, issuer=issuer, audience=audience, now=now)
    if claims["exp"] - claims["iat"] > min(lifetime, MAX_LIFETIME):
        raise LivesTooLong
    return _to_access_claims(claims, key_id)


@lru_cache(maxsize=32)
def _key_id(header: bytes) -> str:
    """Return the `kid` of a header, which is the same for all tokens that one key signs."""
    return _check_header(_parse(header))


def _decode(segment: bytes) -> bytes:
    """Decode base64url without padding; of several texts for the same only one counts."""
    spare = _SPARE_BITS[len(segment) % 4]
    try:
        if spare is None or (spare and _ALPHABET.index(segment[-1]) & spare):
            raise InvalidToken("malformed")
        padded = segment.translate(_TO_COMMON) + b"=" * (-len(segment) % 4)
        return binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        raise InvalidToken("malformed") from None


def _parse(segment: bytes) -> dict[str, Any]:
    """Return the object that a segment holds, with nothing before or after it."""
    try:
        text = _decode(segment).decode()
        parsed, end = _JSON.raw_decode(text)
    except (ValueError, RecursionError):
        raise InvalidToken("malformed") from None
    if not isinstance(parsed, dict) or end != len(text):
        raise InvalidToken("malformed")
    if "\\u" in text and not _is_unicode(parsed):
        raise InvalidToken("malformed")
    return parsed


def _is_unicode(parsed: dict[str, Any]) -> bool:
    """Tell whether all text can be written: escapes may name half a character (RFC 8259 8.2)."""
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


_JSON = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)


def _check_header(header: dict[str, Any]) -> str:
    """Return the `kid` of a header that has exactly our three members."""
    if header.get("alg") != ALGORITHM:
        raise InvalidToken("wrong_algorithm")
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise InvalidToken("wrong_type")
    if header.keys() != _HEADER_MEMBERS:
        raise InvalidToken("unexpected_header")
    key_id = header["kid"]
    if not isinstance(key_id, str):
        raise InvalidToken("malformed")
    return key_id


def _check_claims(claims: dict[str, Any], *, issuer: str, audience: str, now: float) -> None:
    if claims.get("iss") != issuer:
        raise InvalidToken("wrong_issuer")
    if claims.get("aud") != audience:
        raise InvalidToken("wrong_audience")
    if claims.get("client_id") != CLIENT_ID:
        raise InvalidToken("wrong_client")
    expires_at, issued_at = _date(claims, "exp"), _date(claims, "iat")
    if expires_at <= now:
        raise InvalidToken("expired")
    if max(_date(claims, "nbf"), issued_at) > now + CLOCK_TOLERANCE:
        raise InvalidToken("not_yet_valid")


def _date(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 < value < _MAX_DATE:
        raise InvalidToken("malformed")
    return value


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidToken("malformed")
    return value


def _identifier(claims: dict[str, Any], name: str) -> str:
    """Return a UUID as RFC 9562 writes it: what is revoked is compared as text."""
    value = _text(claims, name)
    if _UUID.fullmatch(value) is None:
        raise InvalidToken("malformed")
    return value


def _to_access_claims(claims: dict[str, Any], key_id: str) -> AccessClaims:
    roles, version = claims.get("roles"), claims.get("ver")
    verified, change = claims.get("email_verified"), claims.get("password_change_required", False)
    if not isinstance(roles, list) or not set(map(type, roles)) <= _TEXTS:
        raise InvalidToken("malformed")
    if type(version) is not int or type(verified) is not bool or type(change) is not bool:
        raise InvalidToken("malformed")
    return AccessClaims(
        subject=_identifier(claims, "sub"),
        session_id=_identifier(claims, "sid"),
        version=version,
        token_id=_text(claims, "jti"),
        key_id=key_id,
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        roles=frozenset(roles),
        email_verified=verified,
        password_change_required=change,
    )
