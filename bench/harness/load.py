"""Load by wrk on a core of its own, and what it makes of a peer."""

import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.harness.processes import Pinned
from bench.harness.tokens import LUA, Tokens
from bench.peers.installing import Unavailable, debian_program

GATEWAY_CORE, LOAD_CORE = 0, 1
PAGE = "/api/v1/products?page=1&size=10"
_PACKAGES = ("wrk", "libluajit-5.1-2", "libluajit-5.1-common")
P95 = Path(__file__).with_name("p95.lua")
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of load on one peer."""

    rate: float  # requests a second
    cost: float  # CPU of the peer for one, microseconds
    p50: float  # milliseconds
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Rotation:
    """Tokens in turns instead of a hot one: `within` of them, from `first` on."""

    tokens: Tokens
    first: int
    within: int


class FailedUnderLoad(Exception):
    """A peer answered with something else than 200."""


def put_load(
    process: Pinned,
    url: str,
    *,
    connections: int,
    seconds: float,
    authorization: str | Rotation | None,
    headers: Sequence[str] = (),
) -> Sample:
    """Ask as fast as the peer answers, without a token if there is none.

    Raises FailedUnderLoad.
    """
    binary, environment = _wrk()
    command = ["taskset", "-c", str(LOAD_CORE), binary, "-t1", f"-c{connections}"]
    command += [f"-d{max(1, round(seconds))}s", "--latency", "--timeout", "10s"]
    for header in headers:
        command += ["-H", header]
    if authorization is None:
        command += ["-s", str(P95), url]
    elif isinstance(authorization, str):
        command += ["-s", str(P95), "-H", f"Authorization: Bearer {authorization}", url]
    else:
        arguments = authorization.tokens.arguments(authorization.first, authorization.within)
        command += ["-s", str(LUA), url, "--", *arguments]
    before = process.cpu_seconds()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    used = process.cpu_seconds() - before
    report = done.stdout
    if "Non-2xx" in report or "Socket errors" in report:
        raise FailedUnderLoad(report)
    requests = int(re.findall(r"(\d+) requests in", report)[0])
    return Sample(
        rate=float(re.findall(r"Requests/sec:\s+([\d.]+)", report)[0]),
        cost=used / max(1, requests) * 1e6,
        p50=_milliseconds(report, 50),
        p95=_milliseconds(report, 95),
        p99=_milliseconds(report, 99),
    )


def median_of(samples: Sequence[Sample], member: str = "rate") -> float:
    """Return the median of one figure over all rounds."""
    return float(statistics.median(getattr(sample, member) for sample in samples))


def _wrk() -> tuple[str, dict[str, str]]:
    binary = shutil.which("wrk")
    if binary is not None:
        return binary, dict(os.environ)
    try:
        unpacked, libraries = debian_program("wrk", "usr/bin/wrk", _PACKAGES)
    except Unavailable as error:
        raise SystemExit(f"The benchmark needs wrk: {error}") from None
    return str(unpacked), {**os.environ, "LD_LIBRARY_PATH": str(libraries)}


def _milliseconds(report: str, percent: int) -> float:
    number, unit = re.findall(rf"(?m)^ +{percent}% +([\d.]+)(us|ms|s|m)\b", report)[0]
    return float(number) * _UNITS[unit]
