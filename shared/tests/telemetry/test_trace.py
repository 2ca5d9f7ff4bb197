"""Traces are continued as W3C Trace Context says, or started."""

import re

import pytest

from shared.telemetry.trace import follow

TRACE, PARENT = b"0af7651916cd43dd8448eb211c80319c", b"b7ad6b7169203331"
GOOD = b"00-%b-%b-01" % (TRACE, PARENT)
FORM = re.compile(rb"traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-01\r\n")


def test_without_one_a_trace_is_started_each_time() -> None:
    first, second = follow([]), follow([])
    assert first.trace_id != second.trace_id
    match = FORM.fullmatch(first.lines)
    assert match is not None
    assert match[1].decode() == first.trace_id


def test_a_trace_is_continued_under_a_new_parent_with_its_flags() -> None:
    trace = follow([b"00-%b-%b-00" % (TRACE, PARENT)])
    assert trace.trace_id == TRACE.decode()
    assert trace.lines.endswith(b"-00\r\n")
    assert PARENT not in trace.lines


def test_a_later_version_is_continued_as_ours() -> None:
    assert follow([b"cc" + GOOD[2:] + b"-more"]).lines.startswith(b"traceparent: 00-" + TRACE)


def test_the_state_travels_with_the_trace() -> None:
    assert b"tracestate: a=1,b=2\r\n" in follow([GOOD], [b"a=1", b"b=2"]).lines


def test_a_state_that_is_too_long_is_left_behind() -> None:
    assert b"tracestate" not in follow([GOOD], [b"a=" + b"x" * 512]).lines


@pytest.mark.parametrize(
    "parents",
    [
        [GOOD, GOOD],
        [b"ff" + GOOD[2:]],
        [GOOD + b"-more"],
        [GOOD.upper()],
        [b"00-%b-%b-01" % (b"0" * 32, PARENT)],
        [b"00-%b-%b-01" % (TRACE, b"0" * 16)],
        [GOOD[:-1]],
        [b""],
        [b"00-%b-%b-01\r\nx: y" % (TRACE, PARENT)],
    ],
)
def test_anything_else_starts_another_without_the_state(parents: list[bytes]) -> None:
    trace = follow(parents, [b"a=1"])
    assert trace.trace_id != TRACE.decode()
    assert FORM.fullmatch(trace.lines)
