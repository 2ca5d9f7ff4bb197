"""Password hashes: argon2id, made in a bounded pool of threads, never on the event loop."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from passlib.context import CryptContext

from auth_service.process.threads import be_nice

BCRYPT_LENGTH = 72
"""Bytes of a password that bcrypt looks at; who made an imported hash has cut it there."""

ResultT = TypeVar("ResultT")


class HashQueueFull(Exception):
    """More passwords wait to be hashed than the pool accepts."""


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """The cost of one hash (RFC 9106): memory in KiB, passes over it, lanes."""

    memory_kib: int = 19 * 1024
    time_cost: int = 2
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password was right, and a hash to store where the old one's parameters are."""

    is_valid: bool
    replacement: str | None = None


class PasswordHasher:
    """Hashes and verifies in `workers` threads; at most `queue_size` calls wait for one."""

    def __init__(
        self,
        parameters: Argon2Parameters | None = None,
        *,
        workers: int | None = None,
        queue_size: int = 12,
    ) -> None:
        """Take all cores but one where `workers` is not said, and at least one."""
        chosen = parameters or Argon2Parameters()
        self._context = CryptContext(
            schemes=["argon2", "bcrypt"],
            deprecated="auto",
            argon2__type="ID",
            argon2__memory_cost=chosen.memory_kib,
            argon2__time_cost=chosen.time_cost,
            argon2__parallelism=chosen.parallelism,
        )
        workers = workers or max(1, (os.cpu_count() or 1) - 1)
        self._pool = ThreadPoolExecutor(
            workers, thread_name_prefix="password-hash", initializer=be_nice
        )
        self._queue_size = queue_size
        self._room = workers + queue_size
        self._decoy = self._context.hash(secrets.token_urlsafe())

    @property
    def waiting(self) -> int:
        """Calls that wait for a thread."""
        return max(0, self._queue_size - self._room)

    async def hash(self, password: str) -> str:
        """Return the hash to store; raises HashQueueFull."""
        return await self._run(lambda: str(self._context.hash(password)))

    async def verify(self, password: str, stored: str | None) -> Verification:
        """Compare with the stored hash; raises HashQueueFull.

        Without one (there is no such user) the same work is done and the answer is no.
        """
        if stored is None:
            return await self._run(lambda: self._verify_decoy(password))
        return await self._run(lambda: self._verify(password, stored))

    def close(self) -> None:
        """Let the threads end; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, stored: str) -> Verification:
        presented = password.encode()[:BCRYPT_LENGTH] if stored.startswith("$2") else password
        try:
            if not self._context.verify(presented, stored):
                return Verification(is_valid=False)
        except ValueError:  # a NUL, which bcrypt cannot hash, or a hash of no kind
            return Verification(is_valid=False)
        is_outdated = self._context.needs_update(stored)
        return Verification(
            is_valid=True, replacement=str(self._context.hash(password)) if is_outdated else None
        )

    def _verify_decoy(self, password: str) -> Verification:
        self._context.verify(password, self._decoy)
        return Verification(is_valid=False)

    async def _run(self, work: Callable[[], ResultT]) -> ResultT:
        if self._room <= 0:
            raise HashQueueFull
        self._room -= 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(self._give_room_back)
        return await asyncio.shield(future)

    def _give_room_back(self, _: "asyncio.Future[ResultT]") -> None:
        self._room += 1
