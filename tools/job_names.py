"""Write the jobs of Prometheus and their names, or with --check tell where they differ.

There is a job for each program of the registry; alerts and panels know ours by a pattern of their
names. A service that nobody added to a pattern would be away and wake nobody.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from standalone import registry
from standalone.registry import DOOR, RegisteredService, ServiceProgram

ROOT = Path(__file__).parents[1]
FILES = (
    "deploy/prometheus/prometheus.yml",
    "deploy/prometheus/alerts.yml",
    "deploy/kubernetes/monitoring/rules.yaml",
    "deploy/grafana/vitrina.json",
    "docs/operations.md",
)
_PATTERN = re.compile(r'(?<=job=~")[\w|-]+(?=")|(?<="allValue": ")[\w|-]+(?=")')
_JOBS = re.compile(r"(?:  - job_name: \S+\n    dns_sd_configs: .*\n)+")
_JOB = """\
  - job_name: {name}
    dns_sd_configs: [{{ names: [{name}], type: A, port: {port}, refresh_interval: 15s }}]
"""


def watched(*services: RegisteredService) -> list[ServiceProgram]:
    """Return the programs that show metrics, those of the gateway first."""
    ordered = sorted(services, key=lambda service: service.name != DOOR)
    programs = (program for service in ordered for program in service.programs)
    return [program for program in programs if program.metrics is not None]


def pattern(services: Iterable[RegisteredService]) -> str:
    """Return the pattern of all jobs."""
    return "|".join(program.name for program in watched(*services))


def rewritten(text: str, services: Iterable[RegisteredService]) -> str:
    """Return the text of a file with the jobs of these services, or with their pattern."""
    services = tuple(services)
    found = (_JOB.format(name=one.name, port=one.metrics) for one in watched(*services))
    jobs = "".join(found)
    return _JOBS.sub(lambda _: jobs, _PATTERN.sub(pattern(services), text))


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    stale = []
    for name in FILES:
        file = ROOT / name
        text = file.read_text(encoding="utf-8")
        wanted = rewritten(text, registry.services())
        if text == wanted:
            continue
        if "--check" in arguments:
            stale.append(name)
        else:
            file.write_text(wanted, encoding="utf-8")
    if stale:
        sys.stderr.write(f"{', '.join(stale)}: not the jobs of the registry; run make job-names\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
