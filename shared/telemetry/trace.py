"""The trace a request belongs to (W3C Trace Context): continued where the caller has one."""

import random
import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Final, NamedTuple

TRACEPARENT: Final = b"traceparent"
TRACESTATE: Final = b"tracestate"

_FORM = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[ -~]*)?")
_NO_TRACE, _NO_PARENT, _NO_VERSION = b"0" * 32, b"0" * 16, b"ff"
_MAX_STATE = 512
_SAMPLED, _UNSAMPLED = b"01", b"00"

_numbers = random.Random()  # noqa: S311 - an id has to be another one, not a secret

trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)
"""The trace of the request that this task works for."""


class Trace(NamedTuple):
    """A trace and the line, or two, that hand it on to the next service."""

    trace_id: str
    lines: bytes


def follow(parents: Sequence[bytes], states: Sequence[bytes] = ()) -> Trace:
    """Continue the trace of these `traceparent` and `tracestate` values, or start one.

    Anything but one value as the standard writes it starts a new trace, without the state.
    """
    match = _FORM.fullmatch(parents[0]) if len(parents) == 1 else None
    if match is None or not _is_valid(match):
        started = b"%048x" % _numbers.getrandbits(192)
        return Trace(started[:32].decode(), _line(started[:32], started[32:], _SAMPLED))
    line = _line(match[2], b"%016x" % _numbers.getrandbits(64), match[4])
    state = b",".join(states)
    if 0 < len(state) <= _MAX_STATE:
        line += b"tracestate: %b\r\n" % state
    return Trace(match[2].decode(), line)


def untold() -> bytes:
    """Return the line of a new trace that nobody is to be sent, without its end."""
    number = b"%048x" % _numbers.getrandbits(192)
    return _line(number[:32], number[32:], _UNSAMPLED).removesuffix(b"\r\n")


def _is_valid(match: re.Match[bytes]) -> bool:
    if match[1] == _NO_VERSION or match[2] == _NO_TRACE or match[3] == _NO_PARENT:
        return False
    return match[5] is None or match[1] != b"00"  # only later versions may say more


def _line(trace: bytes, span: bytes, flags: bytes) -> bytes:
    return b"traceparent: 00-%b-%b-%b\r\n" % (trace, span, flags)
