"""The requests of a soak, as bytes: what people ask for, and strangers."""

from collections.abc import Sequence
from random import Random

HOT_TOKENS = 50


class Requests:
    """Writes requests of all kinds."""

    def __init__(self, tokens: Sequence[str], chance: Random) -> None:
        """Use the first tokens often, and the others in turns."""
        self._hot, self._fresh = tokens[:HOT_TOKENS], tokens[HOT_TOKENS:]
        self._next, self._chance = 0, chance

    def hot_token(self) -> bytes:
        """Ask, with a token that the gateway knows, for what nobody may keep."""
        return self._signed_in("GET /api/v1/users/me")

    def fresh_token(self) -> bytes:
        """Ask with a token that it no longer knows."""
        self._next = (self._next + 1) % len(self._fresh)
        return self._written("GET /api/v1/cart", f"Bearer {self._fresh[self._next]}")

    def page(self) -> bytes:
        """Ask for a page that many ask for."""
        return self._signed_in(f"GET /api/v1/products?page={self._chance.randrange(50)}")

    def search(self) -> bytes:
        """Ask for a page that nobody asks for again, which pushes others out of the cache."""
        return self._signed_in(f"GET /api/v1/products?q={self._chance.getrandbits(48):x}")

    def change(self) -> bytes:
        """Change a product, so that pages are outdated."""
        return self._signed_in(f"PATCH /api/v1/products/{self._chance.getrandbits(48):x}", b"{}")

    def unknown_path(self) -> bytes:
        """Ask for what is not there, each time somewhere else."""
        return self._signed_in(f"GET /api/v1/{self._chance.getrandbits(48):x}")

    def bad_token(self) -> bytes:
        """Show a token whose signature is wrong, each time another, or none."""
        if self._chance.random() < 0.3:
            return self._written("GET /api/v1/cart", "")
        head, _, _ = self._some().rpartition(".")
        forged = f"{self._chance.getrandbits(3072):0512x}"
        return self._written("GET /api/v1/cart", f"Bearer {head}.{forged}")

    def sign_in(self) -> bytes:
        """Post a name and a password."""
        body = b'{"login":"person%d@example.com","password":"x"}' % self._chance.getrandbits(32)
        return self._written("POST /api/v1/auth/login", "", body)

    def export(self) -> bytes:
        """Ask for an answer that takes its time."""
        return self._signed_in("GET /api/v1/products/export")

    def half_an_upload(self) -> bytes:
        """Write the beginning of a body whose end does not come."""
        head = self._written("POST /api/v1/auth/login", "", b"x" * 100_000)
        return head.replace(b"content-length: 100000", b"content-length: 300000")

    def _some(self) -> str:
        return self._hot[self._chance.randrange(len(self._hot))]

    def _signed_in(self, line: str, body: bytes = b"") -> bytes:
        return self._written(line, f"Bearer {self._some()}", body)

    def _written(self, line: str, authorization: str, body: bytes = b"") -> bytes:
        """Write a request of somebody at one of 65,536 addresses."""
        number = self._chance.getrandbits(16)
        fields = f"host: shop.example\r\nx-forwarded-for: 198.18.{number >> 8}.{number & 255}\r\n"
        if authorization:
            fields += f"authorization: {authorization}\r\n"
        if body:
            fields += f"content-length: {len(body)}\r\n"
        return f"{line} HTTP/1.1\r\n{fields}\r\n".encode() + body
