"""DKIM signatures (RFC 6376, 8463): relaxed/relaxed, made from the bytes of a finished message."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from shared import clock

SIGNED = (
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
    "precedence",
    "feedback-id",
)
"""RFC 8058 wants both unsubscribe fields signed."""
_OVERSIGNED = "from"
"""Named once more than it is there, so that no second one can be added."""
_SHORTEST_RSA_KEY = 1024
_PIECE = 70  # characters of the signature in a line
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")
_RUNS_OF_SPACE = re.compile(rb"\t[ \t]*| [ \t]+")
_SPACE_AT_LINE_END = re.compile(rb" +(?=\r\n)")
_LABELS = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


class UnusableKey(ValueError):
    """The private key, its domain or selector cannot sign; the text does not repeat them."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one domain with the key that stands at `selector._domainkey.domain`."""

    domain: str
    selector: str
    algorithm: str
    _sign: Callable[[bytes], bytes] = field(repr=False)

    @classmethod
    def from_pem(cls, pem: bytes, *, domain: str, selector: str) -> "Signer":
        """Read a private key, RSA or Ed25519; raises UnusableKey."""
        if not _LABELS.fullmatch(domain) or not _LABELS.fullmatch(selector):
            raise UnusableKey("the domain or the selector of DKIM is no name of the DNS")
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise UnusableKey("not a private key in PEM") from None
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return cls(domain, selector, "ed25519-sha256", _by_ed25519(key))
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SHORTEST_RSA_KEY:
            return cls(domain, selector, "rsa-sha256", _by_rsa(key))
        raise UnusableKey("DKIM takes RSA of 1024 bits or more, or Ed25519")

    def sign(self, message: bytes) -> bytes:
        """Return the message with its signature in front."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = [_relaxed_field(raw) for raw in _FOLD.sub(b"", head).split(b"\r\n")]
        return self._header(fields, body) + message

    def _header(self, fields: list[tuple[str, bytes]], body: bytes) -> bytes:
        # RFC 6376, 5.4.2: of fields with one name the last is signed first.
        signed = [(name, line) for name, line in reversed(fields) if name in SIGNED]
        names = [*(name for name, _ in signed), _OVERSIGNED]
        unsigned = "\r\n ".join(self._tags(names, body))
        own = _relaxed_field(_FOLD.sub(b"", unsigned.encode()))[1]
        signature = b64encode(self._sign(b"\r\n".join([*(line for _, line in signed), own])))
        pieces = (signature[at : at + _PIECE].decode() for at in range(0, len(signature), _PIECE))
        return (unsigned + "\r\n ".join(pieces) + "\r\n").encode()

    def _tags(self, names: list[str], body: bytes) -> Iterator[str]:
        """Yield the lines of the field, which ends with an empty `b=`."""
        yield f"DKIM-Signature: v=1; a={self.algorithm}; c=relaxed/relaxed;"
        yield f"d={self.domain}; s={self.selector}; t={int(clock.now().timestamp())};"
        yield f"bh={b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()};"
        rows = [names[at : at + 4] for at in range(0, len(names), 4)]
        yield f"h={':'.join(rows[0])}" + ("" if len(rows) > 1 else ";")
        for number, row in enumerate(rows[1:], start=2):
            yield f":{':'.join(row)}" + ("" if number < len(rows) else ";")
        yield "b="


def relaxed_body(body: bytes) -> bytes:
    """Return the body in the relaxed form (RFC 6376, 3.4.4)."""
    body = _SPACE_AT_LINE_END.sub(b"", _RUNS_OF_SPACE.sub(b" ", body))
    stripped = body.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""


def _relaxed_field(raw: bytes) -> tuple[str, bytes]:
    """Return name and relaxed form of an unfolded field (RFC 6376, 3.4.2)."""
    name, _, value = raw.partition(b":")
    lowered = name.strip().lower()
    return lowered.decode("ascii"), lowered + b":" + _SPACES.sub(b" ", value).strip()


def _by_rsa(key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()
    return lambda data: key.sign(data, scheme, digest)


def _by_ed25519(key: ed25519.Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    return lambda data: key.sign(hashlib.sha256(data).digest())
