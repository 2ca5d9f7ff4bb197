"""``make addresses``: which system runs in this folder, and on which ports."""

import subprocess
import sys

from dotenv import load_dotenv

from standalone import guide, running
from standalone.readiness import is_ready
from standalone.running import Running
from standalone.services import forget_first_password
from standalone.settings import ROOT, StandaloneSettings, load


def main() -> int:
    """Print the table; 0 if the system runs here, otherwise 1 and a sentence."""
    load_dotenv(ROOT / ".env")
    settings = load()
    found = running.find(settings)
    if found is None:
        print(f"Vitrina does not run in {guide.shown(settings.data_folder)}: make run starts it.")
        if is_ready(settings):
            print(f"But one answers at {settings.issuer}: another folder's, or that of containers.")
        return 1
    if found.what == running.RESTORE:
        print(f"A backup is being restored here (process {found.process}).")
        return 1
    actual = found.settings(settings)
    _forget_first_password(actual)
    state = "is ready" if is_ready(actual) else "is not ready"
    print(f"Vitrina runs in {guide.shown(actual.data_folder)} (process {found.process}), {state}.")
    print(f"\n{guide.addresses(actual, postgres_port=_embedded(actual, found))}\n")
    return 0


def _embedded(settings: StandaloneSettings, found: Running) -> int | None:
    """The port of the embedded PostgreSQL, if there is one."""
    return found.ports.get("postgres_port") if not settings.has_a_database else None


def _forget_first_password(settings: StandaloneSettings) -> None:
    """Have the file with the first password removed if that is no longer valid."""
    if settings.admin_password_file.exists():
        program = forget_first_password(settings)
        subprocess.run(
            program.command,
            env=dict(program.environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main())
