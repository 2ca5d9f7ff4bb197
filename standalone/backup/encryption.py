"""A stream that only the passphrase opens, and that shows every cut and every changed bit.

scrypt (RFC 7914) makes the key of the passphrase and a salt, so each archive has its own key.
AES-256-GCM seals pieces of 64 KiB; the nonce counts them and marks the last (the construction
STREAM of Hoang, Reyhanitabar, Rogaway and Vizár), so none can be left out, moved or added. What is
read has been authenticated, piece by piece; that nothing is missing shows at the end.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from standalone.backup.errors import ArchiveRefused, BackupFailed

MAGIC = b"vitrina-backup 1\n"
SHORTEST_PASSPHRASE = 12
_SALT_BYTES = 16
_PIECE = 64 * 1024
_TAG_BYTES = 16
_SCRYPT_COST = 2**17  # 128 MiB and about half a second, for us and for each guess


class Sealer:
    """Encrypts what is written to it; nothing is whole before ``finish``."""

    def __init__(self, stream: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise BackupFailed(
                f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters: who has the"
                " archive may guess for years."
            )
        header = MAGIC + os.urandom(_SALT_BYTES)
        self._stream = stream
        self._pieces = _Pieces(header, passphrase)
        self._waiting = bytearray()
        stream.write(header)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > _PIECE:
            self._stream.write(self._pieces.seal(bytes(self._waiting[:_PIECE]), last=False))
            del self._waiting[:_PIECE]

    def finish(self) -> None:
        self._stream.write(self._pieces.seal(bytes(self._waiting), last=True))
        self._stream.flush()


def unsealed(stream: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """What was sealed, piece by piece; ArchiveRefused at the first that is not as it was."""
    header = _read(stream, len(MAGIC) + _SALT_BYTES)
    if not header.startswith(MAGIC) or len(header) != len(MAGIC) + _SALT_BYTES:
        raise ArchiveRefused("This is not a backup of Vitrina, or only its first bytes.")
    pieces = _Pieces(header, passphrase)
    piece = _read(stream, _PIECE + _TAG_BYTES)
    while piece:
        following = _read(stream, _PIECE + _TAG_BYTES)
        yield pieces.open(piece, last=not following)
        piece = following
    if pieces.count == 0:
        raise ArchiveRefused("The archive is cut off after its first bytes.")


class _Pieces:
    """Seals or opens pieces in their order."""

    def __init__(self, header: bytes, passphrase: str) -> None:
        derivation = Scrypt(salt=header[len(MAGIC) :], length=32, n=_SCRYPT_COST, r=8, p=1)
        self._cipher = AESGCM(derivation.derive(passphrase.encode()))
        self._header = header
        self.count = 0

    def seal(self, data: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last=last), data, self._header)

    def open(self, piece: bytes, *, last: bool) -> bytes:
        first = self.count == 0
        try:
            return self._cipher.decrypt(self._nonce(last=last), piece, self._header)
        except InvalidTag:
            raise ArchiveRefused(
                "The passphrase is another one, or the archive was cut or altered."
                if first
                else "The archive was cut or altered: take another copy of it."
            ) from None

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self.count.to_bytes(11, "big") + bytes([last])
        self.count += 1
        return nonce


def _read(stream: BinaryIO, size: int) -> bytes:
    """As many bytes as there are, up to ``size``; a pipe gives them in parts."""
    parts = bytearray()
    while len(parts) < size and (part := stream.read(size - len(parts))):
        parts += part
    return bytes(parts)
