"""Rotation for the system of `make run`: it is stopped, so nobody meets half of a change."""

from pathlib import Path

from dotenv import load_dotenv

from standalone import running
from standalone.backup import here as backup
from standalone.postgres.server import PostgresError
from standalone.rotation import steps
from standalone.rotation.steps import RotationRefused
from standalone.running import AlreadyRunning
from standalone.settings import ROOT, StandaloneSettings, load
from standalone.system import CannotStart, System

ROTATION = "rotation"


def rotate(step: str, settings: StandaloneSettings | None = None) -> str:
    """Do one step, or `all`; raises RotationRefused."""
    if settings is None:
        load_dotenv(ROOT / ".env")
        settings = load()
    folder = settings.secrets_folder
    if not folder.exists():
        raise RotationRefused(f"There are no secrets in {folder}: `make run` makes them.")
    try:
        with running.claim(settings, what=ROTATION):
            return _rotate(step, settings, folder)
    except AlreadyRunning as error:
        raise RotationRefused(
            f"Vitrina runs here (process {error.running.process}): stop it first."
        ) from None
    except (CannotStart, PostgresError) as error:
        raise RotationRefused(str(error)) from None


def _rotate(step: str, settings: StandaloneSettings, folder: Path) -> str:
    if step == "forget":
        with System(settings) as ground:
            ground.prepare()  # seals signing keys with what stays
        return steps.forget(folder)
    if step in {"add", "all"}:
        told = steps.add(folder)
    if step in {"use", "all"}:
        told = steps.use(folder)
    if step in {"passwords", "all"}:
        with backup.running_server(settings) as server:
            told = steps.change_passwords(folder, server)
    if step == "all":
        return (
            "The services have new secrets and the database new passwords: `make run` starts with"
            " them. Sessions go on. STEP=forget, three days later, ends the old secrets."
        )
    return told
