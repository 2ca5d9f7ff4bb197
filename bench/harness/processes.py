"""Processes of a measurement: pinned to a core, watched, and ended with it."""

import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A process that runs on one core."""

    pid: int

    def cpu_seconds(self) -> float:
        """User and system time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def is_alive(self) -> bool:
        """Tell whether it still runs; one that has ended stays a zombie until it is waited for."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"

    def rss_mib(self) -> float:
        """Resident memory."""
        match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        if match is None:
            raise RuntimeError("the process is gone")
        return int(match[1]) / 1024


@contextmanager
def pinned(
    command: Sequence[str], *, core: int, env: Mapping[str, str], log: Path
) -> Iterator[Pinned]:
    """Run `command` on `core`; what it says goes to the file `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            env={**os.environ, **env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Pinned(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(url: str, headers: Mapping[str, str], log: Path) -> None:
    """Return once `url` answers with 200, for at most 20 seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers))):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise SystemExit(f"{url} does not answer:\n{log.read_text()[-2000:]}")
