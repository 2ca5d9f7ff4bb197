"""The shop of deploy/kubernetes, with secrets of its own, built once."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kubernetes.manifests import FOLDER, ROOT, Manifests, build, read

POSTGRESQL = "shop-rw.databases:5432"
ANSWERS = "of/the:superuser\nof the mail server\nof mailings\n"


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the overlay with the secrets that its script makes."""
    shop = copied(tmp_path_factory.mktemp("kubernetes"))
    make_secrets(shop, ANSWERS)
    return shop


def copied(root: Path) -> Path:
    """Copy the overlay and what it needs."""
    ignored = shutil.ignore_patterns("secrets")
    shutil.copytree(FOLDER, root / "deploy" / "kubernetes", ignore=ignored)
    (root / "standalone").mkdir()
    for file in ("secret_files.py", "services.toml"):
        shutil.copy(ROOT / "standalone" / file, root / "standalone")
    return root / "deploy" / "kubernetes" / "shop"


def make_secrets(
    shop: Path, answers: str, *, authority: Path | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run the script as an operator does who types these answers."""
    return subprocess.run(
        [shop.parent / "make-secrets", shop, POSTGRESQL, *filter(None, [authority])],
        input=answers,
        check=check,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def manifest_text(shop: Path) -> str:
    """What `kubectl apply -k` would send."""
    return build(shop)


@pytest.fixture(scope="session")
def manifests(manifest_text: str) -> Manifests:
    """The same as objects."""
    return Manifests([one for one, _ in read(manifest_text)])
