"""Pods that are confined, watched, spread, replaced without a lost request, and found."""

import pytest

from gateway.upstream.limits import Limits
from shared.http import health
from shared.http.health import CHECK_TIMEOUT
from shared.settings import ServiceSettings
from standalone import registry
from tests.kubernetes.manifests import Manifests, Object, is_selected

pytestmark = pytest.mark.node

SHUTDOWN_TIMEOUT = ServiceSettings.model_fields["shutdown_timeout"].default
KINDS = ("startup", "liveness", "readiness")
LIVE = "/health/live"
SECONDS_OF_DNS = 30
"""For so long a cluster's DNS may tell of a pod that is no more."""


def test_pods_are_as_confined_as_the_restricted_standard_wants(manifests: Manifests) -> None:
    for _, pod in manifests.pods():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 10_000
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & spec.keys() == set()
        kinds = {key for v in spec["volumes"] for key in v} - {"name"}
        assert kinds <= {"secret", "projected", "configMap", "emptyDir", "persistentVolumeClaim"}
    for _, container in manifests.containers():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_the_namespace_refuses_pods_that_are_not(manifests: Manifests) -> None:
    (namespace,) = manifests.of("Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    homes = {one["metadata"].get("namespace") for one in manifests.objects} - {None}
    assert homes == {namespace["metadata"]["name"]}


def test_no_service_puts_its_address_into_a_setting(manifests: Manifests) -> None:
    """The Service `gateway` would set GATEWAY_PORT to tcp://10.…:8000."""
    assert {pod["spec"]["enableServiceLinks"] for _, pod in manifests.pods()} == {False}


def test_every_pod_may_use_so_much_and_says_so(manifests: Manifests) -> None:
    for _, container in manifests.containers():
        assert container["resources"]["requests"].keys() >= {"cpu", "memory"}
        assert container["resources"]["limits"].keys() >= {"memory", "ephemeral-storage"}
    for _, pod in manifests.pods():
        assert all("sizeLimit" in v["emptyDir"] for v in pod["spec"]["volumes"] if "emptyDir" in v)


def test_what_several_pods_share_may_be_written_by_all(manifests: Manifests) -> None:
    claims = manifests.of("PersistentVolumeClaim")
    users = [
        volume["persistentVolumeClaim"]["claimName"]
        for _, pod in manifests.pods()
        for volume in pod["spec"]["volumes"]
        if "persistentVolumeClaim" in volume
    ]
    assert {*users} == claims.keys() == {"pictures"}
    assert len(users) > 1
    assert claims["pictures"]["spec"]["accessModes"] == ["ReadWriteMany"]


def test_probes_ask_what_the_services_answer(manifests: Manifests) -> None:
    answered = {getattr(route, "path", "") for route in health.router.routes}
    for container in _servers(manifests):
        probes = {kind: container[f"{kind}Probe"] for kind in KINDS}
        paths = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
        assert set(paths.values()) <= answered
        assert {probe["httpGet"]["port"] for probe in probes.values()} == {"http"}
        assert probes["readiness"]["timeoutSeconds"] > CHECK_TIMEOUT


def test_nobody_is_killed_because_the_database_is_away(manifests: Manifests) -> None:
    """Only readiness asks for it."""
    for container in _servers(manifests):
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
        assert container["startupProbe"]["httpGet"]["path"] == "/health/live"
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_whoever_is_to_end_serves_until_nobody_asks_it_and_then_finishes(
    manifests: Manifests,
) -> None:
    known_to_others = SECONDS_OF_DNS + Limits().resolve_every
    for name, pod in manifests.pods():
        if name in manifests.servers:
            (container,) = pod["spec"]["containers"]
            stays = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            assert stays > known_to_others
            assert pod["spec"]["terminationGracePeriodSeconds"] > stays + SHUTDOWN_TIMEOUT


def test_a_replacement_comes_before_what_it_replaces_goes(manifests: Manifests) -> None:
    for server in manifests.servers.values():
        assert server["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_replicas_are_spread_over_machines_and_zones(manifests: Manifests) -> None:
    for server in manifests.servers.values():
        template = server["spec"]["template"]
        spread = template["spec"]["topologySpreadConstraints"]
        firm = {one["topologyKey"].rpartition("/")[2]: one["whenUnsatisfiable"] for one in spread}
        assert firm == {"hostname": "DoNotSchedule", "zone": "ScheduleAnyway"}
        [machines] = [one for one in spread if one["whenUnsatisfiable"] == "DoNotSchedule"]
        assert machines["nodeTaintsPolicy"] == "Honor"  # or nothing could move off a machine
        for one in spread:
            assert is_selected(template["metadata"]["labels"], one["labelSelector"])
            assert "app.kubernetes.io/name" in one["matchLabelKeys"]


def test_selectors_mean_the_pods_of_one_server_each(manifests: Manifests) -> None:
    pods = {who: pod["metadata"]["labels"] for who, pod in manifests.pods()}

    def selected(selector: Object) -> set[str]:
        return {who for who, labels in pods.items() if is_selected(labels, selector)}

    for name in manifests.servers:
        service = manifests.of("Service")[name]["spec"]["selector"]
        assert selected({"matchLabels": service}) == {name}
        assert selected(manifests.servers[name]["spec"]["selector"]) == {name}
        assert selected(manifests.of("PodDisruptionBudget")[name]["spec"]["selector"]) == {name}


def test_services_lead_to_ports_that_are_there(manifests: Manifests) -> None:
    for name, service in manifests.of("Service").items():
        ports = {port["name"] for port in dict(manifests.containers())[name]["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_replicas_are_counted_by_their_autoscaler_alone(manifests: Manifests) -> None:
    for name, scaler in manifests.of("HorizontalPodAutoscaler").items():
        target = scaler["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) == ("Deployment", name)
        assert "replicas" not in manifests.servers[name]["spec"]


def test_a_machine_may_be_emptied_and_one_replica_is_left(manifests: Manifests) -> None:
    for name, budget in manifests.of("PodDisruptionBudget").items():
        least = manifests.of("HorizontalPodAutoscaler")[name]["spec"]["minReplicas"]
        assert 0 < budget["spec"]["maxUnavailable"] < least


def test_people_come_by_tls_to_the_gateway_and_to_nobody_else(manifests: Manifests) -> None:
    ingress = manifests.of("Ingress")["gateway"]["spec"]
    [settings] = [
        one["data"]
        for name, one in manifests.of("ConfigMap").items()
        if name.startswith("settings-")
    ]
    host = settings["PUBLIC_URL"].removeprefix("https://")
    (tls,) = ingress["tls"]
    (rule,) = ingress["rules"]
    (path,) = rule["http"]["paths"]
    assert tls["hosts"] == [rule["host"]] == [host]
    service = path["backend"]["service"]
    ports = {port["name"] for port in manifests.of("Service")["gateway"]["spec"]["ports"]}
    assert (path["path"], service["name"]) == ("/", "gateway")
    assert service["port"]["name"] in ports


def test_everything_but_the_servers_can_be_applied_first(manifests: Manifests) -> None:
    """By the selector of docs/deployment.md: databases are migrated before new servers start."""
    component = "app.kubernetes.io/component"
    later = {
        one["kind"]
        for one in manifests.objects
        if one["metadata"].get("labels", {}).get(component) == "server"
    }
    assert later == {"Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"}
    assert {*manifests.of("Deployment")} == {*manifests.servers, *manifests.workers}
    for job in manifests.of("Job").values():
        assert job["metadata"]["labels"][component] == "preparation"
        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_workers_are_asked_at_the_port_of_their_metrics(manifests: Manifests) -> None:
    containers = dict(manifests.containers())
    assert [*manifests.workers] == [one.name for s in registry.services() for one in s.workers]
    for name in manifests.workers:
        probes = {kind: containers[name][f"{kind}Probe"]["httpGet"] for kind in KINDS}
        assert {probe["port"] for probe in probes.values()} == {"metrics"}
        assert [probes[kind]["path"] for kind in KINDS] == [LIVE, LIVE, "/health/ready"]


def test_workers_are_spread_and_replaced_as_servers_are(manifests: Manifests) -> None:
    for worker in manifests.workers.values():
        spec, server = worker["spec"], manifests.servers["auth"]["spec"]
        assert spec["strategy"] == server["strategy"]
        template, others = spec["template"]["spec"], server["template"]["spec"]
        assert template["topologySpreadConstraints"] == others["topologySpreadConstraints"]


def test_a_worker_is_ended_without_a_wait_and_finishes(manifests: Manifests) -> None:
    for worker in manifests.workers.values():
        pod = worker["spec"]["template"]["spec"]
        assert "lifecycle" not in pod["containers"][0]
        assert pod["terminationGracePeriodSeconds"] > SHUTDOWN_TIMEOUT


def _servers(manifests: Manifests) -> list[Object]:
    containers = dict(manifests.containers())
    return [containers[name] for name in manifests.servers]
