"""What the manifests tell the processes is what the processes know."""

import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from catalog_service.settings import CatalogSettings
from gateway.settings import GatewaySettings
from shared.settings import ServiceSettings
from standalone import registry, secret_files
from testing.certificates import new_authority
from tests.kubernetes.conftest import POSTGRESQL, make_secrets
from tests.kubernetes.manifests import ROOT, Manifests, Object, build, read
from tools import env_sample

pytestmark = pytest.mark.node

WITH_DATABASE = registry.with_database()
SETTINGS: dict[str, type[ServiceSettings]] = {
    **{service.name: env_sample.serving_settings_of(service) for service in registry.services()},
    **{service.preparation: env_sample.settings_of(service) for service in WITH_DATABASE},
    **{
        worker.name: env_sample.serving_settings_of(service)
        for service in registry.services()
        for worker in service.workers
    },
}
MADE_BY_THE_SCRIPT = {
    "auth/auth_smtp_password",
    "auth-prepare/auth_admin_password",
    "catalog/catalog_replica_urls",
    "mailing/mailing_smtp_password",
}
EVERYBODY = sorted(SETTINGS)


def test_every_setting_that_is_given_is_known(manifests: Manifests) -> None:
    known = {name for section in env_sample.settings().values() for name in section}
    known |= env_sample.OTHERS.keys()
    told = {name for who in SETTINGS for name in _environment(manifests, who)}
    told |= {name.upper() for who in SETTINGS for name in _secrets(manifests, who)}
    assert told - known == set()


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_process_could_start_with_what_it_is_given(
    manifests: Manifests, who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _settings(manifests, who, tmp_path, monkeypatch)
    assert settings.public_url == "https://shop.example.com"
    assert settings.shutdown_timeout == 20
    if who in manifests.servers:
        ports = {
            port["name"]: port["containerPort"] for port in _container(manifests, who)["ports"]
        }
        assert ("0.0.0.0", ports["http"]) == (settings.host, settings.port)
        assert ("0.0.0.0", ports["metrics"]) == settings.metrics_address


def test_replicas_of_postgresql_are_known_to_the_catalog_alone(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "kubernetes"
    shutil.copytree(shop.parent, copy)
    url = "postgres://catalog_runtime:pa55@shop-ro.databases:5432/catalog"
    (copy / "shop/secrets/catalog/catalog_replica_urls").write_text(json.dumps([url]))
    manifests = Manifests([one for one, _ in read(build(copy / "shop"))])
    settings = _settings(manifests, "catalog", tmp_path / "catalog", monkeypatch)
    assert isinstance(settings, CatalogSettings)
    assert [known.get_secret_value() for known in settings.replica_urls] == [url]
    told = [who for who in SETTINGS if "catalog_replica_urls" in _secrets(manifests, who)]
    assert told == ["catalog"]


def test_addresses_in_settings_are_those_of_services(
    manifests: Manifests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = _settings(manifests, "gateway", tmp_path / "gateway", monkeypatch)
    catalog = _settings(manifests, "catalog", tmp_path / "catalog", monkeypatch)
    assert isinstance(gateway, GatewaySettings)
    assert isinstance(catalog, CatalogSettings)
    urls = dict(gateway.service_urls)
    urls["gateway"] = catalog.jwks_url
    for name, url in (*urls.items(), ("auth", catalog.accounts_url)):
        (port,) = manifests.of("Service")[name]["spec"]["ports"]
        assert (urlsplit(url).hostname, urlsplit(url).port) == (name, port["port"])


def test_the_names_of_services_lead_to_each_replica(manifests: Manifests) -> None:
    """The gateway balances by itself between the addresses that a name has."""
    for name in (service.name for service in registry.behind_the_door()):
        assert manifests.of("Service")[name]["spec"]["clusterIP"] == "None"


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_process_gets_the_secrets_made_for_it_and_no_other(
    manifests: Manifests, who: str, tmp_path: Path
) -> None:
    secret_files.make(tmp_path, postgres=POSTGRESQL)
    owner = who.removesuffix("-worker")
    made = {file.name for file in (tmp_path / owner).iterdir()}
    made = {name for name in made if "bootstrap" not in name}  # is lent while it is wanted
    more = {name.partition("/")[2] for name in MADE_BY_THE_SCRIPT if name.startswith(f"{owner}/")}
    assert _secrets(manifests, who).keys() == made | more


def test_no_secret_is_in_the_environment_or_without_a_reader(manifests: Manifests) -> None:
    values = {value for who in SETTINGS for value in _secrets(manifests, who).values()}
    told = {value for who in SETTINGS for value in _environment(manifests, who).values()}
    assert values & told == set()
    read = {_secret_of(manifests, who)["metadata"]["name"] for who in SETTINGS}
    assert read == manifests.of("Secret").keys()


@pytest.mark.parametrize("who", [service.preparation for service in WITH_DATABASE])
def test_the_commands_of_jobs_exist(manifests: Manifests, who: str) -> None:
    python, *arguments = _container(manifests, who)["command"]
    assert python == "python"
    shown = subprocess.run(
        [sys.executable, *arguments, "--help"], cwd=ROOT, check=False, capture_output=True
    )
    assert shown.returncode == 0, shown.stderr


def test_images_and_users_are_those_of_the_dockerfile(manifests: Manifests) -> None:
    targets = dict(
        re.findall(r"^FROM \S+ AS (\w+)\n(?:(?!FROM).*\n)*?USER (\d+):", _dockerfile(), re.M)
    )
    for who, container in manifests.containers():
        target = who.removesuffix("-prepare").removesuffix("-worker")
        image, _, tag = container["image"].rpartition(":")
        assert image == f"registry.example.com/vitrina-{target}"
        assert tag
        if who in manifests.of("Deployment"):
            pod = manifests.of("Deployment")[who]["spec"]["template"]
            assert str(pod["spec"]["securityContext"]["runAsUser"]) == targets[target]


def test_database_urls_want_tls(manifests: Manifests) -> None:
    urls = {
        name: value
        for who in SETTINGS
        for name, value in _secrets(manifests, who).items()
        if name.endswith("database_url")
    }
    assert len(urls) == 2 * len(WITH_DATABASE)
    assert {url.partition("?")[2] for url in urls.values()} == {"sslmode=require"}


def test_an_authority_makes_them_verify_and_is_where_they_say(shop: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    copy = root / "deploy/kubernetes/shop"
    shutil.copytree(shop.parents[2], root)
    authority = new_authority("ca", tmp_path).file
    make_secrets(copy, "", authority=authority)
    manifests = Manifests([one for one, _ in read(build(copy))])
    for who in (who for service in WITH_DATABASE for who in service.consumers):
        for name, value in _secrets(manifests, who).items():
            if name.endswith("database_url"):
                asked = dict(pair.split("=") for pair in value.partition("?")[2].split("&"))
                assert asked["sslmode"] == "verify-full"
                folder, _, file = asked["sslrootcert"].rpartition("/")
                assert _mounted(manifests, who, folder)[file] == authority.read_text()


def _mounted(manifests: Manifests, who: str, folder: str) -> dict[str, str]:
    [name] = [
        mount["name"]
        for mount in _container(manifests, who)["volumeMounts"]
        if mount["mountPath"] == folder
    ]
    volumes = {one["name"]: one for one in dict(manifests.pods())[who]["spec"]["volumes"]}
    data: dict[str, str] = manifests.of("ConfigMap")[volumes[name]["configMap"]["name"]]["data"]
    return data


def test_an_image_may_be_named_by_its_digest(shop: Path, tmp_path: Path) -> None:
    copy = tmp_path / "kubernetes"
    shutil.copytree(shop.parent, copy)
    file = copy / "shop/kustomization.yaml"
    digest = f"sha256:{64 * 'a'}"
    file.write_text(re.sub(r"newTag: \S+", f'digest: "{digest}"', file.read_text()))
    manifests = Manifests([one for one, _ in read(build(copy / "shop"))])
    images = {container["image"] for _, container in manifests.containers()}
    assert {image.partition("@")[2] for image in images} == {digest}


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def _container(manifests: Manifests, who: str) -> Object:
    return dict(manifests.containers())[who]


def _environment(manifests: Manifests, who: str) -> dict[str, str]:
    container = _container(manifests, who)
    (source,) = container["envFrom"]
    settings = manifests.of("ConfigMap")[source["configMapRef"]["name"]]["data"]
    assert "ca.crt" not in settings
    return {**settings, **{entry["name"]: entry["value"] for entry in container["env"]}}


def _secret_of(manifests: Manifests, who: str) -> Object:
    volumes = dict(manifests.pods())[who]["spec"]["volumes"]
    (volume,) = [volume for volume in volumes if volume["name"] == "secrets"]
    if "secret" in volume:
        return manifests.of("Secret")[volume["secret"]["secretName"]]
    own, lent = (source["secret"] for source in volume["projected"]["sources"])
    assert lent == {"name": who.replace("prepare", "bootstrap"), "optional": True}
    assert lent["name"] not in manifests.of("Secret")
    return manifests.of("Secret")[own["name"]]


def _secrets(manifests: Manifests, who: str) -> dict[str, str]:
    data = _secret_of(manifests, who)["data"]
    return {name: base64.b64decode(value).decode() for name, value in data.items()}


def _settings(
    manifests: Manifests, who: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> ServiceSettings:
    """Read the settings as the process would, from files as a kubelet lays them."""
    data = folder / "..2026_11_21"
    data.mkdir(parents=True)
    (folder / "..data").symlink_to(data.name)
    for name, value in _secrets(manifests, who).items():
        (data / name).write_text(value)
        (folder / name).symlink_to(f"..data/{name}")
    environment = _environment(manifests, who)
    (mount,) = [m for m in _container(manifests, who)["volumeMounts"] if m["name"] == "secrets"]
    assert environment["SECRETS_DIR"] == mount["mountPath"]
    for name in environment.keys() | {name.upper() for name in _secrets(manifests, who)}:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**environment, "SECRETS_DIR": str(folder)}.items():
        monkeypatch.setenv(name, value)
    return SETTINGS[who]()
