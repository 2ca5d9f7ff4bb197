"""Any sequence of signing in, refreshing, replaying, leaving, blocking and waiting keeps the rules.

The rules are written down a second time, as a model of a few lines; hypothesis looks for a
sequence in which service and model disagree.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth_service.accounts.sessions import end_sessions
from auth_service.models import RateLimit, Session, User
from auth_service.tests.conftest import REGISTRATION, bearer
from shared import clock as the_clock
from testing.clock import movable_clock
from testing.database import ServiceDatabase

GRACE = timedelta(seconds=30)
IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=90)

Step = tuple[str, int, int]

KINDS = (
    *("sign_in", "refresh", "refresh", "replay", "replay", "sign_out", "block", "unblock"),
    *("change_password", "wait_little", "wait_grace", "wait_days"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 3)), max_size=14
)


@dataclass
class Family:
    """What the rules say of one session: its tokens, the newest last, and when each was used."""

    started: datetime
    access: dict[str, str]
    tokens: list[str]
    used: list[datetime | None] = field(default_factory=lambda: [None])
    last_used: datetime = field(default_factory=the_clock.now)
    ended: bool = False

    def is_open(self) -> bool:
        now = the_clock.now()
        return not self.ended and now < min(self.started + ABSOLUTE, self.last_used + IDLE)

    def expect(self, generation: int, *, is_active: bool) -> str:
        """Return what presenting this generation must lead to."""
        if not self.is_open() or not is_active:
            return "refused"
        newest = len(self.tokens) - 1
        if generation == newest:
            return "rotated"
        used = self.used[generation]
        in_grace = used is not None and the_clock.now() < used + GRACE
        if in_grace and newest - generation == 1:
            return "repeated"
        if in_grace and newest - generation == 2:
            return "refused"
        return "ended"


class Person:
    """Does the steps and holds what comes back against the model."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.families: list[Family] = []
        self.is_active = True
        self.password = REGISTRATION["password"]

    async def sign_in(self, _family: int, _generation: int) -> None:
        credentials = {"login": REGISTRATION["email"], "password": self.password}
        response = await self.client.post("/api/v1/auth/login", json=credentials)
        assert response.status_code == (200 if self.is_active else 401)
        if self.is_active:
            pair = response.json()
            self.families.append(Family(the_clock.now(), pair, [pair["refresh_token"]]))
        await RateLimit.all().delete()

    async def refresh(self, which: int, _generation: int) -> None:
        if self.families:
            family = self.families[which % len(self.families)]
            await self._present(family, len(family.tokens) - 1)

    async def replay(self, which: int, generation: int) -> None:
        if self.families:
            family = self.families[which % len(self.families)]
            await self._present(family, generation % len(family.tokens))

    async def sign_out(self, which: int, _generation: int) -> None:
        if self.families:
            family = self.families[which % len(self.families)]
            response = await self.client.post("/api/v1/auth/logout", headers=bearer(family.access))
            family.ended = family.ended or response.status_code == 204

    async def block(self, _family: int, _generation: int) -> None:
        user = await User.get()
        await User.all().update(is_active=False)
        await end_sessions(user_id=user.id, because="blocked")
        self.is_active = False
        for family in self.families:
            family.ended = True

    async def unblock(self, _family: int, _generation: int) -> None:
        await User.all().update(is_active=True)
        self.is_active = True

    async def change_password(self, which: int, generation: int) -> None:
        if not self.families:
            return
        family = self.families[which % len(self.families)]
        new = f"Another:Word{generation}{'a' if self.password.endswith('b') else 'b'}"
        body = {
            "current_password": self.password,
            "password": new,
            "password_confirmation": new,
        }
        response = await self.client.post(
            "/api/v1/auth/password/change", json=body, headers=bearer(family.access)
        )
        assert response.status_code in {204, 401}
        if response.status_code == 204:
            self.password = new
            for other in self.families:
                other.ended = other.ended or other is not family

    async def _present(self, family: Family, generation: int) -> None:
        expected = family.expect(generation, is_active=self.is_active)
        body = {"refresh_token": family.tokens[generation]}
        response = await self.client.post("/api/v1/auth/refresh", json=body)
        assert response.status_code == (200 if expected in {"rotated", "repeated"} else 401)
        if expected == "repeated":
            assert response.json()["refresh_token"] == family.tokens[-1]
        elif expected == "rotated":
            assert response.json()["refresh_token"] not in family.tokens
            family.used[generation] = family.last_used = the_clock.now()
            family.tokens.append(response.json()["refresh_token"])
            family.used.append(None)
        if expected in {"rotated", "repeated"}:
            family.access = response.json()
        family.ended = family.ended or expected == "ended"


WAITS = {
    "wait_little": timedelta(seconds=10),
    "wait_grace": timedelta(seconds=40),
    "wait_days": timedelta(days=13),
}


@given(steps=STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_no_sequence_breaks_the_rules(
    app: FastAPI, client: httpx2.AsyncClient, database: ServiceDatabase, steps: list[Step]
) -> None:
    await database.empty(but=("signing_keys",))
    response = await client.post("/api/v1/auth/register", json=REGISTRATION)
    assert response.status_code == 201
    person = Person(client)
    with movable_clock() as clock:
        for name, which, generation in [("sign_in", 0, 0), *steps]:
            if name in WAITS:
                clock.advance(WAITS[name])
            else:
                await getattr(person, name)(which, generation)
        open_families = sum(family.is_open() for family in person.families)
        assert await Session.filter(ended_at=None).count() >= open_families
        ended = await Session.filter(ended_at__not_isnull=True).count()
        assert ended == sum(family.ended for family in person.families)
