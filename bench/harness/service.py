"""The service behind everybody, which publishes their key set, too."""

import sys
from contextlib import ExitStack
from pathlib import Path

from bench.harness.load import LOAD_CORE
from bench.harness.processes import pinned, wait_for
from bench.harness.tokens import write_keys
from bench.peers.testbed import Testbed
from standalone.ports import free_port


def start_service(
    stack: ExitStack, folder: Path, module: str = "bench.harness.small_service", **environment: str
) -> Testbed:
    """Start a service on the core of the load; `folder` is for keys and logs."""
    key_set, pem = write_keys(folder)
    port, log = free_port(), folder / "service.log"
    command = [sys.executable, "-m", module, str(port), str(key_set)]
    stack.enter_context(pinned(command, core=LOAD_CORE, env=environment, log=log))
    wait_for(f"http://127.0.0.1:{port}/", {}, log)
    return Testbed(folder, f"http://127.0.0.1:{port}", key_set, pem)
