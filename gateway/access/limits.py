"""How much one address and one person may ask for: a token bucket for each, in memory.

A bucket holds a minute's worth and is refilled evenly. All that is known of one is the moment at
which it will be full again (the generic cell rate algorithm), and a full one need not be known.
Responses say what is left as draft-ietf-httpapi-ratelimit-headers-11 has it.
"""

import logging
from functools import lru_cache
from math import ceil, inf

from gateway.access.logged_address import ShowAddress, full_address
from gateway.headers import Fields
from gateway.route import Route
from shared import clock
from shared.errors import TooManyRequests
from shared.values.addresses import subnet

WINDOW = 60
"""Seconds in which an empty bucket is filled."""

REMEMBERED = 25_000
"""Buckets that are known beside those of the time before. Only where more than that are drawn from
within a window may one be filled before its time."""

NOTED = 1000
"""Refused clients that are known to be in the log already."""

POLICIES = ("address", "user", "sign-in")

_POLICY, _LEFT = b"ratelimit-policy", b"ratelimit"
_ROUNDING = 1e-2  # of a request; what thousands of additions may be off by

logger = logging.getLogger(__name__)

_subnet = lru_cache(maxsize=4096)(subnet)


def address_key(address: str) -> str:
    """Return what all addresses of one place have in common: of IPv6 the /64."""
    return _subnet(address) if ":" in address else address


class Budget:
    """Buckets of the same size, one for each key."""

    def __init__(self, name: str, per_minute: int) -> None:
        """Allow `per_minute` requests to each key; 0 allows any number."""
        self.name = name
        self.per_minute = per_minute
        self.policy = f'"{name}";q={per_minute};w={WINDOW}'.encode()
        self._left = f'"{name}";r=%d;t=%d'.encode()
        self._interval = WINDOW / max(1, per_minute)
        self._next = max(1, ceil(self._interval))
        self._full_at: dict[str, float] = {}  # of clock.monotonic()
        self._full_at_before: dict[str, float] = {}

    def take(self, key: str, fields: Fields) -> None:
        """Take one request from the bucket of `key` and add to `fields` what is left.

        Raises TooManyRequests, and takes nothing, where it is empty.
        """
        now = clock.monotonic()
        full_at = self._full_at.get(key) or self._full_at_before.get(key, now)
        used = max(0.0, full_at - now) + self._interval
        left = (WINDOW - used) / self._interval + _ROUNDING
        if left < 0:
            wait = max(1, ceil(used - WINDOW))
            _add_fields(fields, self.policy, self._left % (0, wait))
            raise TooManyRequests(wait)
        if len(self._full_at) >= REMEMBERED and key not in self._full_at:
            self._full_at_before, self._full_at = self._full_at, {}
        self._full_at[key] = now + used
        _add_fields(fields, self.policy, self._left % (left, self._next))

    def __len__(self) -> int:
        return len(self._full_at) + len(self._full_at_before)


def _add_fields(fields: Fields, policy: bytes, left: bytes) -> None:
    """Add to the fields of a response, to the last two if they are about a budget already."""
    if fields and fields[-1][0] == _LEFT:
        fields[-2:] = [
            (_POLICY, b"%b, %b" % (fields[-2][1], policy)),
            (_LEFT, b"%b, %b" % (fields[-1][1], left)),
        ]
    else:
        fields += ((_POLICY, policy), (_LEFT, left))


class _RefusalLog:
    """Logs that a limit refuses a client, once in a window, however often that is."""

    def __init__(self, show_address: ShowAddress) -> None:
        self._show_address = show_address
        self._noted_at: dict[tuple[str, str], float] = {}  # of clock.monotonic()

    def note(self, policy: str, key: str, address: str) -> None:
        now = clock.monotonic()
        if now - self._noted_at.get((policy, key), -inf) < WINDOW:
            return
        if len(self._noted_at) >= NOTED:
            self._noted_at.clear()
        self._noted_at[policy, key] = now
        logger.info("rate limit reached", extra={"policy": policy, **self._show_address(address)})


class RateLimits:
    """The budgets of the gateway: by address, by address for signing in, by person."""

    def __init__(
        self, *, address: int, user: int, sign_in: int, show_address: ShowAddress = full_address
    ) -> None:
        """Requests a minute, 0 for any number; `refused` counts by policy."""
        self.refused = dict.fromkeys(POLICIES, 0)
        self._log = _RefusalLog(show_address)
        self.change(address=address, user=user, sign_in=sign_in)

    def change(self, *, address: int, user: int, sign_in: int) -> None:
        """Go by other numbers from now on, with all buckets full."""
        sizes = zip(POLICIES, (address, user, sign_in), strict=True)
        self._address, self._user, self._sign_in = (Budget(*each) for each in sizes)

    def count_address(self, address: str, route: Route | None, fields: Fields) -> None:
        """Count a request before it is known whose it is; raises TooManyRequests.

        What is left is added to `fields`, those of the response.
        """
        budget = self._sign_in if route is not None and route.signs_in else self._address
        if budget.per_minute:
            self._take(budget, address_key(address), address, fields)

    def count_user(self, user: str, address: str, fields: Fields) -> None:
        """Count a request of a person likewise; raises TooManyRequests."""
        if self._user.per_minute:
            self._take(self._user, user, address, fields)

    def note(self, policy: str, key: str, address: str) -> None:
        """Log that a limit refuses requests of this key."""
        self._log.note(policy, key, address)

    def _take(self, budget: Budget, key: str, address: str, fields: Fields) -> None:
        try:
            budget.take(key, fields)
        except TooManyRequests:
            self.refused[budget.name] += 1
            self.note(budget.name, key, address)
            raise
