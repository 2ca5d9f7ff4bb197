"""Whatever deploys or documents the system names settings that there are."""

import re
from pathlib import Path

import pytest

from auth_service.settings import AuthSettings
from catalog_service.settings import CatalogSettings
from gateway.settings import GatewaySettings
from mailing_service.settings import MailingSettings
from shared.unknown_settings import unknown, variables
from standalone.settings import ROOT
from web_service.settings import WebSettings

CLASSES = (AuthSettings, CatalogSettings, GatewaySettings, MailingSettings, WebSettings)
PREFIXES = ("AUTH_", "CATALOG_", "GATEWAY_", "MAILING_", "WEB_")
KNOWN = {name for one in CLASSES for name in variables(one)}
OF_THE_ENGINES = (
    "_SECRET",
    "_IMAGE",
    "_WORKERS",
)  # what things are called there; no service gets them
GONE = {"CHANGELOG.md": {"GATEWAY_WORKERS"}}  # what a page says was there before
FILES = sorted(
    [
        *ROOT.glob("docker-compose*.yml"),
        *(file for file in (ROOT / "deploy").rglob("*") if file.suffix in {".yml", ".yaml", ".md"}),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "Dockerfile",
    ]
)
NAME = re.compile(rf"\b(?:{'|'.join(PREFIXES)})[A-Z_]*[A-Z]\b(?![*(…])")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(ROOT)))
def test_every_name_is_that_of_a_setting(file: Path) -> None:
    found = NAME.findall(file.read_text(encoding="utf-8"))
    gone = GONE.get(file.name, set())
    names = [name for name in found if not name.endswith(OF_THE_ENGINES) and name not in gone]
    assert list(unknown(names, KNOWN, prefixes=PREFIXES)) == []
