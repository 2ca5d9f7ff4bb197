"""What each manifest has to have of each service that the registry lists.

A manifest says in its own words how a service runs; here it is only asked whether it speaks of
every service, at its port, as its user and with its secrets.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from gateway.route_table import SERVICES
from gateway.settings import GatewaySettings
from shared.settings import METRICS_PORT_DISTANCE
from standalone.registry import DOOR, RegisteredService, ServiceProgram
from tools.job_names import watched

Check: TypeAlias = Callable[[RegisteredService, str], Iterator[tuple[str, bool]]]
"""Says what is wanted of a service in the text of a file, and whether it is there."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads compose's own tags as nothing."""


_Loader.add_multi_constructor("!", lambda *_: None)


def missing(services: Iterable[RegisteredService], root: Path) -> Iterator[tuple[str, str]]:
    """Yield each file that lacks something of a service, and what."""
    for service in services:
        for name, check in MANIFESTS.items():
            file = name.format(service=service.name)
            path = root / file
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            for wanted, is_there in check(service, text):
                if not is_there:
                    yield file, f"{service.name}: {wanted}"


def documents(text: str) -> list[Any]:
    """Read every document of a YAML file."""
    return [document for document in yaml.load_all(text, _Loader) if document]


def _one(text: str) -> Any:
    return (documents(text) or [{}])[0]


def _url(service: RegisteredService) -> str:
    return f"GATEWAY_{service.name.upper()}_URL"


def _project(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    tables = tomllib.loads(text)
    tools, package = tables["tool"], service.package
    contracts = tools["importlinter"]["contracts"]
    yield "an extra", service.name in tables["project"]["optional-dependencies"]
    yield "its types checked", package in tools["mypy"]["files"]
    yield "its tests collected", package in tools["pytest"]["ini_options"]["testpaths"]
    yield "its coverage measured", package in tools["coverage"]["run"]["source"]
    yield "its imports read", package in tools["importlinter"]["root_packages"]
    yield "independent of the others", package in contracts[0]["modules"]
    yield "not known to shared", package in contracts[1]["forbidden_modules"]


def _dockerfile(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    stages = dict(re.findall(r"^FROM \S+ AS (\S+)\n((?:(?!FROM ).*\n)*)", text, re.M))
    own = stages.get(service.name, "")
    yield (
        "its lock",
        f"requirements/{service.name}.txt" in stages.get(f"{service.name}-packages", ""),
    )
    yield "its code", f"COPY {service.package} {service.package}\n" in stages["code"]
    yield "an image", f"/app/{service.package} {service.package}\n" in own
    yield "its user", f"USER {service.user}:{service.user}\n" in own
    yield "its port", f"{service.prefix}PORT={service.port}\n" in own
    yield "its command", f'CMD ["python", "-m", "{service.package}"]' in own


def _image_context(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    kept = [line.removeprefix("!") for line in text.splitlines() if line.startswith("!")]
    yield "its package", any(fnmatch(service.package, pattern) for pattern in kept)


def _compose(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    file = _one(text)
    found, hidden = file["services"], file["x-environment"]
    groups = found["secrets"]["command"]
    yield "its programs", all(program.name in found for program in service.programs)
    own = found.get(service.name, {})
    yield "its port", own.get("environment", {}).get(f"{service.prefix}PORT") == service.port
    yield "its health", str(service.port) in own.get("healthcheck", {}).get("test", [])
    if service.name != DOOR:
        environment = found[DOOR]["environment"]
        origin = f"http://localhost:${{{service.prefix}PORT:-{service.port}}}"
        yield "where the gateway finds it", _url(service) in environment
        if service.documented:
            yield "its docs page among the origins", origin in environment["GATEWAY_CORS_ORIGINS"]
    for worker in service.workers:
        run = found.get(worker.name, {})
        yield f"what starts {worker.name}", run.get("command") == _command(service, worker)
        yield (
            f"the health of {worker.name}",
            str(worker.metrics) in run.get("healthcheck", {}).get("test", []),
        )
    for name, user in _users(service).items():
        yield f"files for {name}", f"--group={name}={user}" in groups
        yield f"the maker in the group of {name}", str(user) in found["secrets"]["group_add"]
        yield f"the backup in the group of {name}", str(user) in found["backup"]["group_add"]
    if service.database:
        preparation = found.get(service.preparation, {})
        own_user = f"{service.preparer}:{service.preparer}"
        yield "its preparation", preparation.get("user") == own_user
        yield "its demo data", ("--demo" in preparation.get("command", [])) == service.demo
        for setting in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "BOOTSTRAP_DATABASE_URL"):
            yield f"{setting} kept away", f"{service.prefix}{setting}" in hidden
    for secret in service.secrets:
        yield f"{secret} kept away", secret.upper() in hidden


def _command(service: RegisteredService, worker: ServiceProgram) -> list[str]:
    return ["python", *service.command(worker)]


def _users(service: RegisteredService) -> dict[str, int]:
    users = {service.name: service.user}
    return users if service.preparer is None else {**users, service.preparation: service.preparer}


def _production(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    found = _one(text)["services"]
    own = found.get(service.name, {})
    if service.scalable:
        yield "replicas", own.get("scale") == f"${{{service.prefix}REPLICAS:-2}}"
    for worker in service.workers:
        scale = f"${{{worker.name.upper().replace('-', '_')}S:-2}}"
        yield f"how many of {worker.name}", found.get(worker.name, {}).get("scale") == scale
    if service.name != DOOR:
        front = f"http://front:{service.port}"
        yield "found by the front", found[DOOR]["environment"].get(_url(service)) == front
    if service.database:
        yield "its preparation", service.preparation in found


def _front(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    template = rf"server-template {service.name} \d+ {service.name}:{service.port}$"
    yield "replicas to balance between", re.search(template, text, re.M) is not None
    if service.name != DOOR:
        frontend = f"frontend {service.name}\n    bind :{service.port}\n"
        yield "an address of the front", frontend in text


def _prometheus(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    jobs = {job["job_name"]: job for job in _one(text)["scrape_configs"]}
    for program in watched(service):
        found = jobs.get(program.name, {}).get("dns_sd_configs", [{}])[0]
        yield f"the job {program.name}", found.get("names") == [program.name]
        yield f"the port of {program.name}'s metrics", found.get("port") == program.metrics


def _job_patterns(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    patterns = re.findall(r'job=~"([^"$]*)"', text)
    for program in watched(service):
        yield f"the job {program.name}", all(re.fullmatch(one, program.name) for one in patterns)


def _dashboard(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    [job] = [one for one in json.loads(text)["templating"]["list"] if one["name"] == "job"]
    for program in watched(service):
        yield f"the job {program.name}", re.fullmatch(job["allValue"], program.name) is not None


def _deployment(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    found = {one["kind"]: one for one in documents(text) if _named(one) == service.name}
    pod = found.get("Deployment", {}).get("spec", {}).get("template", {}).get("spec", {})
    containers = pod.get("containers", [{}])
    ports = {one["name"]: one["containerPort"] for one in containers[0].get("ports", [])}
    metrics = service.port + METRICS_PORT_DISTANCE
    yield "its ports", ports == {"http": service.port, "metrics": metrics}
    yield "its user", pod.get("securityContext", {}).get("runAsUser") == service.user
    yield "an address", "Service" in found
    yield "a budget of disruptions", "PodDisruptionBudget" in found
    yield (
        "as many replicas as it may have",
        ("HorizontalPodAutoscaler" in found) == service.scalable,
    )

    for worker in service.workers:
        yield from _worker(service, worker, text)
    if service.database:
        jobs = {_named(one): one for one in documents(text) if one["kind"] == "Job"}
        job = jobs.get(service.preparation, {}).get("spec", {}).get("template", {})
        preparer = job.get("spec", {}).get("securityContext", {}).get("runAsUser")
        yield "its preparation", preparer == service.preparer


def _worker(
    service: RegisteredService, worker: ServiceProgram, text: str
) -> Iterator[tuple[str, bool]]:
    deployments = [one for one in documents(text) if one["kind"] == "Deployment"]
    found = {_named(one): one["spec"]["template"]["spec"] for one in deployments}
    pod = found.get(worker.name, {})
    container = pod.get("containers", [{}])[0]
    ports = {one["name"]: one["containerPort"] for one in container.get("ports", [])}
    yield f"what starts {worker.name}", container.get("command") == _command(service, worker)
    yield f"the port of {worker.name}'s health", ports == {"metrics": worker.metrics}
    yield (
        f"the user of {worker.name}",
        pod.get("securityContext", {}).get("runAsUser") == service.user,
    )


def _named(one: Mapping[str, Any]) -> str:
    return str(one["metadata"]["name"])


def _base(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    file = _one(text)
    yield "its file", f"{service.name}.yaml" in file["resources"]
    if service.database:
        targets = [
            patch["target"].get("name", "")
            for patch in file["patches"]
            if patch["path"] == "every-user-of-postgresql.yaml"
            and patch["target"]["kind"] == "Deployment"
        ]
        yield "PostgreSQL's authority", any(re.fullmatch(one, service.name) for one in targets)


def _pod_of_the_gateway(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    if service.name != DOOR:
        setting = f'{_url(service)}, value: "http://{service.name}:{service.port}"'
        yield "where the gateway finds it", setting in text


def _overlay(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    file = _one(text)
    made = {one["name"]: one["files"] for one in file["secretGenerator"]}
    yield "its image", f"vitrina-{service.name}" in {one["name"] for one in file["images"]}
    for consumer in service.consumers:
        for name in _secrets(service):
            file_name = f"secrets/{consumer}/{name}"
            yield f"{name} for {consumer}", file_name in made.get(consumer, [])


def _secrets(service: RegisteredService) -> Iterator[str]:
    yield from service.secrets
    if service.database:
        yield f"{service.name}_database_url"


def _stack(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    found = _one(text)["services"]
    own = found.get(service.name, {})
    environment, held = own.get("environment", {}), own.get("secrets", [])
    yield "its port", environment.get(f"{service.prefix}PORT") == str(service.port)
    if service.name != DOOR:
        front = f"http://front:{service.port}"
        yield "found by the front", found[DOOR]["environment"].get(_url(service)) == front
    users = {one["source"]: int(one["uid"]) for one in held}
    for secret in _secrets(service):
        yield f"{secret} as its user", users.get(secret) == service.user
    for worker in service.workers:
        run = found.get(worker.name, {})
        yield f"what starts {worker.name}", run.get("command") == _command(service, worker)
        yield (
            f"the health of {worker.name}",
            str(worker.metrics) in run.get("healthcheck", {}).get("test", []),
        )
        yield f"the secrets of {worker.name}", run.get("secrets") == held


def _migration(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    if service.database:
        job = _one(text)["services"].get(service.preparation, {})
        users = {one["source"]: int(one["uid"]) for one in job.get("secrets", [])}
        for secret in (*_secrets(service), f"{service.name}_migration_database_url"):
            yield f"{secret} for its preparation", users.get(secret) == service.preparer


def _operations(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    yield from _job_patterns(service, text.partition("| alert |")[2].partition("\n\n")[0])


def _budget(service: RegisteredService, text: str) -> Iterator[tuple[str, bool]]:
    if service.database:
        yield "its connections", f"`{service.prefix}DATABASE_POOL_SIZE`" in text


def _route_table(service: RegisteredService, _text: str) -> Iterator[tuple[str, bool]]:
    yield "routes", service.name in SERVICES


def _gateway_settings(service: RegisteredService, _text: str) -> Iterator[tuple[str, bool]]:
    if service.name != DOOR:
        field = GatewaySettings.model_fields.get(f"{service.name}_url")
        default = f"http://127.0.0.1:{service.port}"
        is_needed = service.documented  # without pages the gateway is as good
        yield "its address", field is not None and (field.default == default or not is_needed)


BY_HAND: Mapping[str, Check] = {
    "pyproject.toml": _project,
    "Dockerfile": _dockerfile,
    ".dockerignore": _image_context,
    "docker-compose.yml": _compose,
    "docker-compose.prod.yml": _production,
    "deploy/front/haproxy.cfg": _front,
    "deploy/kubernetes/base/{service}.yaml": _deployment,
    "deploy/kubernetes/base/kustomization.yaml": _base,
    "deploy/kubernetes/base/gateway.yaml": _pod_of_the_gateway,
    "deploy/kubernetes/shop/kustomization.yaml": _overlay,
    "deploy/swarm/stack.yml": _stack,
    "deploy/swarm/migration.yml": _migration,
    "docs/deployment.md": _budget,
    "gateway/routes/{service}.py": _route_table,
    "gateway/settings.py": _gateway_settings,
}
"""The files that a further service touches by hand, beside its own package and its entry."""

BY_COMMAND: Mapping[str, Check] = {
    "deploy/prometheus/prometheus.yml": _prometheus,
    "deploy/prometheus/alerts.yml": _job_patterns,
    "deploy/kubernetes/monitoring/rules.yaml": _job_patterns,
    "deploy/grafana/vitrina.json": _dashboard,
    "docs/operations.md": _operations,
}
"""Those that `make job-names` brings up to date."""

MANIFESTS: Mapping[str, Check] = {**BY_HAND, **BY_COMMAND}
