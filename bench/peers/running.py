"""A peer that runs, and has shown that it lets in whom it should and nobody else."""

import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass

from bench.harness.processes import Pinned, pinned
from bench.peers.installing import Unavailable
from bench.peers.testbed import Recipe, Testbed
from standalone.ports import free_port
from testing.tokens import segment

START_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """One peer, pinned to the gateways' core."""

    name: str
    port: int
    process: Pinned

    def url(self, target: str) -> str:
        """Return where it serves this."""
        return f"http://127.0.0.1:{self.port}{target}"


def start(
    stack: ExitStack,
    testbed: Testbed,
    name: str,
    recipe: Recipe,
    *,
    core: int,
    page: str,
    token: str,
) -> Running:
    """Start a peer and see it answer; raises Unavailable."""
    port = free_port()
    launch = recipe(testbed, port)
    log = testbed.folder / f"{port}.log"
    process = pinned(launch.command, core=core, env=launch.environment, log=log)
    peer = Running(name, port, stack.enter_context(process))
    try:
        _see_it_answer(peer, page, token)
    except Unavailable as error:
        said = " ".join(log.read_text(errors="replace").split())[-300:]
        raise Unavailable(f"{error} ({said})") from None
    return peer


def _see_it_answer(peer: Running, page: str, token: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while (status := _status(peer.url(page), token)) != 200:
        if time.monotonic() > deadline or not peer.process.is_alive():
            raise Unavailable(f"answers {status or 'nothing'} for a good token")
        time.sleep(0.05)
    for kind, bad in _bad_tokens(token).items():
        if (status := _status(peer.url(page), bad)) != 401:
            raise Unavailable(f"answers {status} for {kind}")


def _bad_tokens(token: str) -> dict[str, str | None]:
    head, body, signature = token.split(".")
    other = "A" if signature[10] != "A" else "B"
    none = segment({"alg": "none", "typ": "at+jwt"})
    return {
        "no token": None,
        "a forged token": f"{head}.{body}.{signature[:10]}{other}{signature[11:]}",
        "an unsigned token": f"{none}.{body}.",
    }


def _status(url: str, token: str | None) -> int:
    fields = {"Authorization": f"Bearer {token}"} if token is not None else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=fields), timeout=5) as got:
            return int(got.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0
