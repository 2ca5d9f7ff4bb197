"""Fastify with @fastify/http-proxy and fast-jwt, which can remember verified tokens."""

from pathlib import Path

from bench.peers.installing import node_modules, program
from bench.peers.testbed import AUDIENCE, TOKENS_REMEMBERED, Launch, Recipe, Testbed

PACKAGES = ("fastify@5.12.8", "@fastify/http-proxy@11.6.3", "fast-jwt@6.3.6")
GATEWAY = Path(__file__).with_name("fastify_gateway.cjs")


def fastify(*, cache: bool) -> Recipe:
    """Return how to start it, verifying each request or remembering verified tokens."""

    def launch(testbed: Testbed, port: int) -> Launch:
        environment = {
            "NODE_PATH": str(node_modules("fastify", PACKAGES)),
            "NODE_ENV": "production",
            "BENCH_PORT": str(port),
            "BENCH_UPSTREAM": testbed.service,
            "BENCH_PUBLIC_KEY": str(testbed.pem),
            "BENCH_ISSUER": testbed.issuer,
            "BENCH_AUDIENCE": AUDIENCE,
            "BENCH_TOKENS": str(TOKENS_REMEMBERED if cache else 0),
        }
        return Launch([program("node"), str(GATEWAY)], environment)

    return launch
