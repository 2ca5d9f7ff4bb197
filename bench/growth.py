"""Whether a request costs more the more sessions live and the more is revoked."""

import json
import sys
import uuid
from contextlib import ExitStack
from dataclasses import replace

from bench.harness.load import GATEWAY_CORE, LOAD_CORE, PAGE, Rotation, Sample, put_load
from bench.harness.plan import Plan
from bench.harness.processes import pinned, wait_for
from bench.harness.rows import Series, take_turns
from bench.harness.small_service import nothing_revoked
from bench.harness.tokens import Tokens
from bench.peers.running import Running, start
from bench.peers.testbed import Testbed
from bench.peers.vitrina import vitrina
from standalone.ports import free_port

CONNECTIONS = 32
WARMED_PER_SECOND = 3_000


def by_sessions(gateway: Running, tokens: Tokens, plan: Plan) -> Series:
    """Go round more and more tokens, each of which the gateway has seen once before."""

    def load(of: Running, seconds: int) -> Sample:
        everything = Rotation(tokens, 0, int(of.name.split()[0].replace(",", "")))
        return put_load(
            of.process,
            of.url(PAGE),
            connections=CONNECTIONS,
            seconds=seconds,
            authorization=everything,
        )

    rows = [replace(gateway, name=f"{count:,} sessions") for count in plan.sessions]
    sys.stderr.write("sessions: showing each token once\n")
    load(rows[-1], 1 + plan.sessions[-1] // WARMED_PER_SECOND)
    return take_turns("sessions", rows, plan.rounds, lambda of, _: load(of, plan.seconds))


def by_revocations(stack: ExitStack, testbed: Testbed, token: str, plan: Plan) -> Series:
    """Ask gateways that know of more and more revocations, and read them anew each second."""
    rows = [_gateway(stack, testbed, token, count) for count in plan.revocations]

    def load(of: Running, _: int) -> Sample:
        return put_load(
            of.process,
            of.url(PAGE),
            connections=CONNECTIONS,
            seconds=plan.seconds,
            authorization=token,
        )

    return take_turns("revocations", rows, plan.rounds, load)


def _gateway(stack: ExitStack, testbed: Testbed, token: str, count: int) -> Running:
    file, port = testbed.folder / f"snapshot-{count}.json", free_port()
    file.write_bytes(_snapshot(testbed.jwks.read_bytes(), count))
    command = [
        sys.executable,
        "-m",
        "bench.harness.small_service",
        str(port),
        str(testbed.jwks),
        str(file),
    ]
    log = testbed.folder / f"service-{count}.log"
    stack.enter_context(pinned(command, core=LOAD_CORE, env={}, log=log))
    own = replace(testbed, service=f"http://127.0.0.1:{port}")
    wait_for(f"{own.service}/", {}, log)
    name = f"{count:,} revocations"
    return start(stack, own, name, vitrina(), core=GATEWAY_CORE, page=PAGE, token=token)


def _snapshot(keys: bytes, count: int) -> bytes:
    """Return a snapshot with `count` entries, half sessions and half people."""
    snapshot = json.loads(nothing_revoked(keys))
    snapshot["sids"] = [str(uuid.uuid4()) for _ in range(count // 2)]
    snapshot["versions"] = {str(uuid.uuid4()): 2 for _ in range(count - count // 2)}
    return json.dumps(snapshot, separators=(",", ":")).encode()
