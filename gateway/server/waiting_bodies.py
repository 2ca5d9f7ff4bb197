"""The memory of request bodies that wait: for their rest, or for a connection to a service.

A body that came whole and finds a connection counts for nothing. One address gets a part only, so
that slow clients at one place take no memory of others.
"""

from typing import Final

from shared.errors import ServiceUnavailable

CAPACITY: Final = 32 * 1024 * 1024
"""Bytes of all of them together."""

ADDRESS_SHARE: Final = CAPACITY // 4
"""Bytes of those that come from one address."""


class WaitingBodies:
    """`hold()` one body's bytes. `refused` counts the bodies that there was no room for."""

    def __init__(self, *, capacity: int = CAPACITY, address_share: int = ADDRESS_SHARE) -> None:
        self.size = 0
        self.refused = 0
        self._capacity = capacity
        self._address_share = address_share
        self._by_address: dict[str, int] = {}

    def hold(self, address: str) -> "Hold":
        """Return the share of a body from this address; it is nothing yet, and to be given back."""
        return Hold(self, address)

    def take(self, address: str, size: int) -> None:
        """Take `size` bytes for an address; raises ServiceUnavailable, and takes nothing."""
        taken = self._by_address.get(address, 0) + size
        if self.size + size > self._capacity or taken > self._address_share:
            self.refused += 1
            raise ServiceUnavailable
        self.size += size
        self._by_address[address] = taken

    def give_back(self, address: str, size: int) -> None:
        """Give back what was taken."""
        self.size -= size
        left = self._by_address.pop(address, 0) - size
        if left > 0:
            self._by_address[address] = left


class Hold:
    """One body's share of the memory."""

    __slots__ = ("_address", "_bodies", "size")

    def __init__(self, bodies: WaitingBodies, address: str) -> None:
        self.size = 0
        self._bodies = bodies
        self._address = address

    def grow(self, size: int) -> None:
        """Hold `size` bytes, or as many as before if that is more; raises ServiceUnavailable."""
        more = size - self.size
        if more > 0:
            self._bodies.take(self._address, more)
            self.size = size

    def give_back(self) -> None:
        """Hold nothing any more."""
        if self.size:
            self._bodies.give_back(self._address, self.size)
            self.size = 0
