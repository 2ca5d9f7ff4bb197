"""How long everything is measured: a quick look, or figures to quote."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """`tokens` are distinct, and more than a gateway remembers in the rows that count on it."""

    rounds: int
    seconds: int
    tokens: int
    sessions: tuple[int, ...]
    revocations: tuple[int, ...] = (0, 1_000, 100_000)


FULL = Plan(rounds=5, seconds=3, tokens=50_000, sessions=(1_000, 10_000, 50_000))
QUICK = Plan(rounds=1, seconds=1, tokens=20_000, sessions=(1_000, 10_000))
