"""Distinct tokens, signed beforehand: each takes a core a millisecond and more."""

import functools
import multiprocessing
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from bench.peers.installing import TOOLS
from testing.tokens import access_token, jwks

LIFETIME = 24 * 3600  # longer ones are refused
RENEWED_AFTER = 12 * 3600
LUA = Path(__file__).with_name("tokens.lua")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A file with one token a line, and the next line that nobody has been asked with."""

    file: Path
    count: int

    def arguments(self, first: int, within: int) -> list[str]:
        """Return the arguments of wrk's script: to go round `within` tokens, from `first` on."""
        return [str(self.file), str(first % within), str(within)]

    def hot(self) -> str:
        """Return one token."""
        with self.file.open() as lines:
            return next(lines).strip()


def signed(count: int) -> Tokens:
    """Return at least so many tokens, signed now if they are not there or grow old."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    file = TOOLS / "tokens.txt"
    known = len(file.read_text().splitlines()) if _is_recent(file) else 0
    if known < count:
        sys.stderr.write(f"signing {count:,} tokens\n")
        expires = int(time.time()) + LIFETIME
        key()  # before there are several processes that would each make one
        with multiprocessing.Pool() as pool:
            lines = pool.imap_unordered(_sign, [expires] * count, chunksize=200)
            file.write_text("".join(f"{line}\n" for line in lines))
        known = count
    return Tokens(file, known)


@functools.cache
def key() -> RSAPrivateKey:
    """Return the key of all tokens; it opens nothing but a benchmark."""
    file = TOOLS / "key.pem"
    if not file.exists():
        made = generate_private_key(public_exponent=65537, key_size=3072)
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        TOOLS.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pem)
    loaded = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(loaded, RSAPrivateKey)
    return loaded


def write_keys(folder: Path) -> tuple[Path, Path]:
    """Write the public key as a key set and as PEM; return the two files."""
    key_set, pem = folder / "jwks.json", folder / "public.pem"
    key_set.write_bytes(jwks(key()))
    public = key().public_key()
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return key_set, pem


def _sign(expires: int) -> str:
    return access_token(key(), exp=expires)


def _is_recent(file: Path) -> bool:
    pem = TOOLS / "key.pem"
    if not file.exists() or not pem.exists() or pem.stat().st_mtime > file.stat().st_mtime:
        return False
    return time.time() - file.stat().st_mtime < RENEWED_AFTER
