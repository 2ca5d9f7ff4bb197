"""How long the images take: built from nothing, built again after a change, and started.

Run as `python -m bench.images`; it needs a container engine. "From nothing" is without any layer of
before: the base image is there, and packages come out of pip's cache if they were there once.
"Started" is from the start of the process to its first good answer, beside the rest of the system.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPException
from pathlib import Path

from standalone import registry
from standalone.settings import ROOT
from testing.composed import BUILD_TIMEOUT, TIMEOUT, Composed, composed, docker

PORTS = {service.name: service.port for service in registry.services()}
CHANGED = "shared/clock.py"
"""What all three of them have."""
MOST = {"built from nothing": 60.0, "built after a change": 10.0, "started": 2.0}
"""Seconds that each may take."""
PROCESSOR = "processor time of a start"
"""Which a busy machine changes less."""
STARTS = 5
PASSED_ON = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""What a build gets of this machine, as by compose."""


def main() -> None:
    """Measure each image and print a table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        code = _copy(folder / "code")
        rows = {image: _built(image, code) for image in PORTS}
        with composed(folder) as system:
            system.run("build", timeout=BUILD_TIMEOUT)
            system.up()
            for image, port in PORTS.items():
                starts = [_started(system, image, port) for _ in range(STARTS)]
                seconds, processor = zip(*starts, strict=True)
                rows[image]["started"] = statistics.median(seconds)
                rows[image][PROCESSOR] = statistics.median(processor)
    _show(rows)


def _copy(code: Path) -> Path:
    """Make a copy of what git knows, as it is now, to change."""
    command = ["git", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for file in listed.splitlines():
        if (ROOT / file).is_file():
            (code / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, code / file)
    return code


def _built(image: str, code: Path) -> dict[str, float]:
    cold = _build(image, code, "--no-cache")
    with (code / CHANGED).open("a") as changed:
        changed.write(f"# {image}\n")
    return {"built from nothing": cold, "built after a change": _build(image, code)}


def _build(image: str, code: Path, *options: str) -> float:
    """Return the seconds that it took; what comes of it is not kept."""
    given = [f"--build-arg={name}" for name in PASSED_ON if name in os.environ]
    given += [f"--secret=id=pip_cert,src={os.environ.get('PIP_CERT', os.devnull)}"]
    command = ["docker", "build", "--quiet", f"--target={image}", *given, *options, str(code)]
    began = time.monotonic()
    built = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=BUILD_TIMEOUT
    )
    took = time.monotonic() - began
    docker("image", "rm", built.stdout.strip())
    return took


def _started(system: Composed, service: str, port: int) -> tuple[float, float]:
    """Return the seconds from the start of its process to its first good answer, and of work."""
    container = system.run("ps", "--quiet", service).strip()
    address = system.run("port", service, str(port)).strip()
    docker("stop", container)
    deadline = time.monotonic() + TIMEOUT
    with subprocess.Popen(["docker", "start", container], stdout=subprocess.DEVNULL):
        while not _answers(f"http://{address}/health/live"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{service} did not start within {TIMEOUT} seconds")
            time.sleep(0.01)
        answered = time.time()
    began: str = system.inspect(service)["State"]["StartedAt"]
    seconds = answered - datetime.fromisoformat(began).timestamp()
    return seconds, _worked(system, service)


def _worked(system: Composed, service: str) -> float:
    """Return the processor time of all processes in its container."""
    output = system.run("exec", "-T", service, "sh", "-c", "cat /proc/[0-9]*/stat")
    ticks = [line.rpartition(")")[2].split()[11:13] for line in output.splitlines()]
    return sum(int(user) + int(kernel) for user, kernel in ticks) / os.sysconf("SC_CLK_TCK")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def _show(rows: Mapping[str, Mapping[str, float]]) -> None:
    print(f"| seconds (at most) | {' | '.join(rows)} |")
    print("|---|" + "---|" * len(rows))
    for what, most in MOST.items():
        cells = (
            f"{row[what]:.1f}{'' if row[what] <= most else ' (missed)'}" for row in rows.values()
        )
        print(f"| {what} ({most:.0f}) | {' | '.join(cells)} |")
    print(f"| {PROCESSOR} | {' | '.join(f'{row[PROCESSOR]:.1f}' for row in rows.values())} |")
    print(f"\nStarts are the median of {STARTS}. Load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
