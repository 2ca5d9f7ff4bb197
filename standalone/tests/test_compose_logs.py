"""No container may fill the disk with what it logs."""

import pytest
import yaml

from standalone.settings import ROOT

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_container_logs_is_bounded(name: str) -> None:
    logging = SERVICES[name]["logging"]
    assert logging["driver"] == "local"
    assert {"max-size", "max-file"} <= logging["options"].keys()
