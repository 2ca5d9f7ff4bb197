"""Vitrina's own gateway. Like its peers it writes no access log unless asked to."""

import json
import sys

from bench.peers.testbed import TOKENS_REMEMBERED, Launch, Recipe, Testbed

SECRET = "x" * 32

UNLIMITED = {
    "GATEWAY_ADDRESS_LIMIT": str(10**9),
    "GATEWAY_USER_LIMIT": str(10**9),
    "GATEWAY_ADDRESS_CONCURRENCY": str(10**6),
    "GATEWAY_USER_CONCURRENCY": str(10**6),
}
"""All load of a benchmark comes from one address and one person: it is counted, and let pass."""

FEW_TOKENS = {"GATEWAY_TOKENS_REMEMBERED": str(TOKENS_REMEMBERED)}
"""As many as the peers remember."""


def vitrina(**settings: str) -> Recipe:
    """Return how to start the gateway, with these settings beside what it needs."""

    def launch(testbed: Testbed, port: int) -> Launch:
        environment = {
            "GATEWAY_AUTH_URL": testbed.service,
            "GATEWAY_CATALOG_URL": testbed.service,
            "GATEWAY_MAILING_URL": testbed.service,
            "GATEWAY_PORT": str(port),
            "GATEWAY_METRICS_PORT": "0",  # they are counted, but not shown
            "GATEWAY_ACCESS_LOG": "false",
            **UNLIMITED,
            "INTERNAL_SECRETS": json.dumps([SECRET]),
            **settings,
        }
        return Launch([sys.executable, "-m", "gateway"], environment)

    return launch
