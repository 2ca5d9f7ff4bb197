"""What a database URL says, as arguments of asyncpg: each parameter is passed on or refused.

The names and what they mean are libpq's (PostgreSQL's documentation, "Connection URIs").
"""

import re
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

_SHAPE: Final = "must look like postgres://user:password@host:5432/database"
_SESSION: Final = ("application_name", "options")
_CERTIFICATES: Final = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
PARAMETERS: Final = (
    *("sslmode", *_CERTIFICATES, "ssl_min_protocol_version", "ssl_max_protocol_version"),
    *(*_SESSION, "connect_timeout", "target_session_attrs"),
)
"""What may stand behind the question mark."""
SYSTEM: Final = "system"
"""Names the certificates that the machine trusts, instead of a file."""

_OPPORTUNISTIC: Final = ("disable", "allow", "prefer")
_STRICT: Final = ("require", "verify-ca", "verify-full")
_ATTRIBUTES: Final = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")
_MAX_PORT: Final = 65535
_MAX_SECONDS: Final = 3600
_NAME: Final = re.compile(r"[a-z_]{1,40}", re.ASCII)


def arguments_of(url: str) -> dict[str, Any]:
    """Return asyncpg's arguments for one connection; reads the files that the URL names.

    Raises ValueError with the rest of a sentence that begins with the setting's name. It has
    nothing of the URL in it but names of parameters and files.
    """
    parts = urlsplit(url)
    if parts.scheme != "postgres" or not parts.hostname or not parts.path.strip("/"):
        raise ValueError(_SHAPE)
    if "," in parts.hostname:
        raise ValueError("must name one host; give an address that follows the primary")
    if parts.fragment:
        raise ValueError("must have no #; write it as %23 where it belongs to a value")
    given = _parameters(parts.query)
    return {
        "host": parts.hostname,
        "port": _port(parts.netloc) or 5432,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.lstrip("/")),
        "server_settings": {name: given[name] for name in _SESSION if name in given},
        **_timeout(given),
        **_role(given),
        **_tls(given),
    }


def _port(netloc: str) -> int | None:
    try:
        return urlsplit(f"//{netloc}").port
    except ValueError:
        raise ValueError(f"must name a port of {_MAX_PORT} or less") from None


def _parameters(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError("must have parameters like ?sslmode=verify-full&name=value") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in PARAMETERS:
            shown = f" {name}" if _NAME.fullmatch(name) else ""
            raise ValueError(
                f"has an unknown parameter{shown}; known are {', '.join(PARAMETERS)}, and "
                "PostgreSQL's own settings go into options=-c%20name=value"
            )
        if name in given or not value:
            raise ValueError(f"must give {name} one value")
        given[name] = value
    return given


def _timeout(given: Mapping[str, str]) -> dict[str, float]:
    if (seconds := given.get("connect_timeout")) is None:
        return {}
    if not (seconds.isascii() and seconds.isdigit() and 1 <= int(seconds) <= _MAX_SECONDS):
        raise ValueError(f"must have a connect_timeout of 1 to {_MAX_SECONDS} seconds")
    return {"timeout": float(seconds)}


def _role(given: Mapping[str, str]) -> dict[str, str]:
    if (wanted := given.get("target_session_attrs")) is None:
        return {}
    if wanted not in _ATTRIBUTES:
        raise ValueError(f"must have a target_session_attrs of {', '.join(_ATTRIBUTES)}")
    return {"target_session_attrs": wanted}


def _tls(given: Mapping[str, str]) -> dict[str, Any]:
    """Return how to speak TLS; without a word asyncpg prefers it and verifies nothing."""
    mode = given.get("sslmode")
    if mode in _STRICT:
        return {"ssl": _context(mode, given)}
    if mode is not None and mode not in _OPPORTUNISTIC:
        raise ValueError(f"must have an sslmode of {', '.join((*_OPPORTUNISTIC, *_STRICT))}")
    if useless := [name for name in given if name.startswith("ssl") and name != "sslmode"]:
        raise ValueError(
            f"has {useless[0]}, which needs sslmode=verify-full (or another strict one)"
        )
    return {} if mode is None else {"ssl": mode}


def _context(mode: str, given: Mapping[str, str]) -> ssl.SSLContext:
    """Return what verifies as libpq does: `require` too, where there is an sslrootcert."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = mode == "verify-full"
    root = given.get("sslrootcert")
    if mode == "require" and root is None:
        context.verify_mode = ssl.CERT_NONE
    try:
        if root is not None and root != SYSTEM:
            context.load_verify_locations(cafile=root)
        elif context.verify_mode is ssl.CERT_REQUIRED:
            context.load_default_certs()
        if crl := given.get("sslcrl"):
            context.load_verify_locations(cafile=crl)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
        if certificate := given.get("sslcert"):
            context.load_cert_chain(certificate, given.get("sslkey"), password=_no_passphrase)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        files = ", ".join(given[name] for name in _CERTIFICATES if name in given)
        reason = getattr(error, "strerror", None) or "no certificates, or a key of another one"
        raise ValueError(f"names a file that cannot be used ({files}: {reason})") from None
    if "sslkey" in given and "sslcert" not in given:
        raise ValueError("has an sslkey without the sslcert that it belongs to")
    if lowest := given.get("ssl_min_protocol_version"):
        context.minimum_version = _version(lowest)
    if highest := given.get("ssl_max_protocol_version"):
        context.maximum_version = _version(highest)
    return context


def _no_passphrase() -> str:
    """Refuse a key that has one; OpenSSL would ask a person."""
    raise ValueError("the key has a passphrase")


def _version(name: str) -> ssl.TLSVersion:
    versions = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
    if name not in versions:
        raise ValueError(f"must name {' or '.join(versions)} as a version of TLS")
    return versions[name]
