"""Which password hashes of other systems are accepted: argon2 and bcrypt, at a bounded cost.

The origin of a hash decides what each sign-in of that account costs this service.
"""

import re

MAX_ARGON2_MEMORY_KIB = 256 * 1024
"""A thread of the hash pool holds as much: four of them fill a small machine's GiB."""
MAX_ARGON2_TIME_COST = 10
"""At 256 MiB that is about two seconds of one core."""
MAX_ARGON2_PARALLELISM = 16
"""Each lane is one more thread beside the pool's own."""
BCRYPT_COSTS = range(4, 16)
"""4 is the least that bcrypt knows; 15 takes about two seconds, and each step doubles it."""

_ARGON2 = re.compile(
    r"\$argon2(?:id|i|d)\$v=19\$m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}",
    re.ASCII,
)
_BCRYPT = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}", re.ASCII)


class UnusableHash(ValueError):
    """The sentence says why, and does not repeat the hash."""


def require_usable(stored: str) -> str:
    """Return the hash if this service can and will verify passwords with it; or UnusableHash."""
    if argon2 := _ARGON2.fullmatch(stored):
        memory, passes, lanes = (int(number) for number in argon2.groups())
        if not _is_affordable(memory, passes, lanes):
            raise UnusableHash(
                f"Must be argon2 of at most {MAX_ARGON2_MEMORY_KIB} KiB, "
                f"{MAX_ARGON2_TIME_COST} passes and {MAX_ARGON2_PARALLELISM} lanes"
            )
    elif bcrypt := _BCRYPT.fullmatch(stored):
        if int(bcrypt[1]) not in BCRYPT_COSTS:
            raise UnusableHash(
                f"Must be bcrypt of a cost from {BCRYPT_COSTS[0]} to {BCRYPT_COSTS[-1]}"
            )
    else:
        raise UnusableHash("Must be an argon2 hash of version 19, or a bcrypt hash ($2a, $2b, $2y)")
    return stored


def _is_affordable(memory: int, passes: int, lanes: int) -> bool:
    return (
        8 * lanes <= memory <= MAX_ARGON2_MEMORY_KIB
        and passes <= MAX_ARGON2_TIME_COST
        and lanes <= MAX_ARGON2_PARALLELISM
    )
