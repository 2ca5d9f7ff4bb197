"""The gateway beside those that people would pick otherwise: `python -m bench.gateway`.

One core for the gateway of the turn, the other for the load and the service behind; the same
RSA-3072 key and the same tokens for all. Each peer has shown that it answers 200 for a good token
and 401 for none, a forged and an unsigned one before it is measured.
"""

import argparse
import os
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from bench import growth
from bench.harness import latency, shop_page
from bench.harness.load import GATEWAY_CORE, PAGE, Rotation, Sample, median_of, put_load
from bench.harness.plan import FULL, QUICK, Plan
from bench.harness.rows import Series, Target, at_least, at_most, even, print_series, print_targets
from bench.harness.rows import take_turns as turns
from bench.harness.service import start_service
from bench.harness.tokens import Tokens, signed
from bench.peers.envoy import envoy
from bench.peers.fastify import fastify
from bench.peers.haproxy import haproxy
from bench.peers.installing import Unavailable
from bench.peers.running import Running, start
from bench.peers.testbed import Recipe, Testbed
from bench.peers.textbook import textbook
from bench.peers.vitrina import FEW_TOKENS, vitrina

VITRINA, TEXTBOOK = "Vitrina", "textbook, httpx"
HAPROXY, ENVOY = "HAProxy", "Envoy"
CACHED_HAPROXY = "HAProxy, answers cached"
OPEN_PAGE = "/api/v1/home"

PEERS: dict[str, Recipe] = {
    VITRINA: vitrina(**FEW_TOKENS),
    "Vitrina, access log": vitrina(**FEW_TOKENS, GATEWAY_ACCESS_LOG="true"),
    TEXTBOOK: textbook("httpx"),
    "textbook, httpx2": textbook("httpx2"),
    HAPROXY: haproxy(cache=False),
    CACHED_HAPROXY: haproxy(cache=True),
    ENVOY: envoy(cache=False),
    "Envoy, tokens cached": envoy(cache=True),
    "Fastify": fastify(cache=False),
    "Fastify, tokens cached": fastify(cache=True),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look of two minutes")
    plan = QUICK if parser.parse_args().quick else FULL
    tokens = signed(plan.tokens)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        testbed = start_service(stack, Path(name))
        (Path(name) / "marked").mkdir()
        marked = start_service(stack, Path(name) / "marked", BENCH_MARKED="1")
        peers = _start(stack, testbed, PEERS, tokens.hot())
        memory = _memory_after_requests(peers[0], tokens.hot())
        targets = [*_throughput(peers, tokens, plan)]
        targets += _latency(peers, testbed, tokens, plan)
        targets += _cacheable(stack, marked, tokens.hot(), plan)
        targets += _growth(stack, testbed, tokens, plan)
        targets.append(at_most("memory of the gateway after 1,000 requests", memory, 100, "MiB"))
    targets += shop_page.measure(plan)
    print_targets(targets)
    print(f"{plan.rounds} rounds of {plan.seconds} s, {os.cpu_count()} CPUs, one for the gateway;")
    print(f"Python {sys.version}")


def _start(
    stack: ExitStack, testbed: Testbed, recipes: dict[str, Recipe], token: str
) -> list[Running]:
    """Start those that can be; name the others."""
    peers = []
    for name, recipe in recipes.items():
        try:
            peer = start(stack, testbed, name, recipe, core=GATEWAY_CORE, page=PAGE, token=token)
        except Unavailable as error:
            print(f"Not measured: {name}: {error}\n", flush=True)
        else:
            peers.append(peer)
    if not peers or peers[0].name != VITRINA:
        raise SystemExit("Vitrina's own gateway does not answer as it should.")
    return peers


def _throughput(peers: list[Running], tokens: Tokens, plan: Plan) -> list[Target]:
    hot, shift = tokens.hot(), tokens.count // plan.rounds

    def once(peer: Running, number: int) -> Sample:
        rotation = Rotation(tokens, number * shift, tokens.count)
        return _load(peer, plan, authorization=rotation)

    what = "one hot token, uncacheable"
    series = turns(what, peers, plan.rounds, lambda peer, _: _load(peer, plan, authorization=hot))
    print_series(f"{what}, 32 clients", series, base=TEXTBOOK)
    targets = [
        at_least(what, series, VITRINA, 30, TEXTBOOK),
        at_least(what, series, VITRINA, 1, ENVOY),
        at_least(what, series, VITRINA, 1, HAPROXY),
    ]
    many = turns(
        "256 clients",
        peers,
        plan.rounds,
        lambda peer, _: _load(peer, plan, authorization=hot, connections=256),
    )
    print_series(f"{what}, 256 clients", many, base=TEXTBOOK)
    what = "each token seen once"
    series = turns(what, peers, plan.rounds, once)
    print_series(f"{what}, 32 clients", series, base=TEXTBOOK)
    return [*targets, at_least(what, series, VITRINA, 0.5, HAPROXY)]


def _latency(peers: list[Running], testbed: Testbed, tokens: Tokens, plan: Plan) -> list[Target]:
    ours = peers[0]
    rates = [_load(ours, plan, authorization=tokens.hot()) for _ in range(plan.rounds)]
    rate = median_of(rates) / 2
    compared = [peer for peer in peers if peer.name in {VITRINA, HAPROXY, ENVOY}]
    port = int(testbed.service.rpartition(":")[2])
    seconds = plan.seconds * 2
    times = latency.measure(compared, port, tokens, rate=rate, rounds=plan.rounds, seconds=seconds)
    return latency.print_times(times, rate)


def _cacheable(stack: ExitStack, testbed: Testbed, token: str, plan: Plan) -> list[Target]:
    recipes = {
        VITRINA: vitrina(),
        "Vitrina, answers not kept": vitrina(GATEWAY_CACHE_SIZE="0"),
        HAPROXY: haproxy(cache=False),
        CACHED_HAPROXY: haproxy(cache=True),
    }
    peers = _start(stack, testbed, recipes, token)
    what = "a page that may be kept for a second, of a service that costs nothing"
    series = turns(what, peers, plan.rounds, lambda peer, _: _load(peer, plan, authorization=token))
    print_series(what, series, base=HAPROXY)
    return _open_and_kept(peers[0], token, plan)


def _open_and_kept(ours: Running, token: str, plan: Plan) -> list[Target]:
    """Compare what is open to all with the page of products, both out of the cache."""
    with_token = Running(PAGE, ours.port, ours.process)
    without = Running(OPEN_PAGE, ours.port, ours.process)

    def load(page: Running, _: int) -> Sample:
        authorization = token if page is with_token else None
        return _load(ours, plan, authorization=authorization, target=page.name)

    what = "kept pages: one of products with a token, and one that is open to all"
    series = turns(what, [with_token, without], plan.rounds, load)
    print_series(what, series, base=PAGE)
    return [at_least("what is open and kept", series, OPEN_PAGE, 1, PAGE)]


def _growth(stack: ExitStack, testbed: Testbed, tokens: Tokens, plan: Plan) -> list[Target]:
    ours = _start(stack, testbed, {VITRINA: vitrina()}, tokens.hot())[0]
    found = []
    by_sessions = growth.by_sessions(ours, tokens, plan)
    by_revocations = growth.by_revocations(stack, testbed, tokens.hot(), plan)
    named: dict[str, Series] = {"sessions": by_sessions, "revocations": by_revocations}
    for name, series in named.items():
        print_series(f"Cost by live {name}", series, base=next(iter(series)))
        found.append(even(f"throughput over {', '.join(series)}", series, 0.1))
    return found


def _load(
    peer: Running,
    plan: Plan,
    *,
    authorization: str | Rotation | None,
    connections: int = 32,
    target: str = PAGE,
) -> Sample:
    return put_load(
        peer.process,
        peer.url(target),
        connections=connections,
        seconds=plan.seconds,
        authorization=authorization,
    )


def _memory_after_requests(peer: Running, token: str) -> float:
    """Return the gateway's resident memory in MiB after 1,000 requests."""
    asked = urllib.request.Request(peer.url(PAGE), headers={"Authorization": f"Bearer {token}"})
    for _ in range(1000):
        with urllib.request.urlopen(asked):
            pass
    return peer.process.rss_mib()


if __name__ == "__main__":
    began = time.monotonic()
    main()
    sys.stderr.write(f"{time.monotonic() - began:.0f} s\n")
