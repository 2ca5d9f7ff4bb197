"""Rotate secrets: ``add``, ``use`` and ``forget`` those of the services, or change ``passwords``.

Without ``--secrets`` it is the system of `make run`, which has to be stopped; ``all`` is ``add``,
``use`` and ``passwords`` then. With it, it is a folder of files: that of compose, or an overlay's.
"""

import argparse
import sys
from pathlib import Path

from standalone.backup.errors import BackupFailed
from standalone.backup.postgresql import Server
from standalone.rotation import steps
from standalone.rotation.steps import RotationRefused

LISTS = {"add": steps.add, "use": steps.use, "forget": steps.forget}


def main() -> int:
    """Do one step; 0, or 1 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m standalone.rotation", description=__doc__)
    parser.add_argument("step", choices=["all", *LISTS, "passwords"])
    parser.add_argument("--secrets", type=Path, metavar="FOLDER")
    parser.add_argument("--files-only", action="store_true", help="leave PostgreSQL to `prepare`")
    arguments = parser.parse_args()
    try:
        if arguments.secrets is None:
            from standalone.rotation import here  # noqa: PLC0415 - images have not what it needs

            print(here.rotate(arguments.step))
        else:
            print(_rotate(arguments.secrets, arguments.step, files_only=arguments.files_only))
    except (RotationRefused, BackupFailed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _rotate(folder: Path, step: str, *, files_only: bool) -> str:
    if step in LISTS:
        return LISTS[step](folder)
    if step == "all":
        raise RotationRefused("Every step needs a restart after it: say add, use, or passwords.")
    return steps.change_passwords(folder, None if files_only else _server_of(folder))


def _server_of(folder: Path) -> Server:
    file = folder / "auth-prepare" / "auth_bootstrap_database_url"
    if not file.exists():
        raise RotationRefused(f"There is no superuser's URL in {file}.")
    return Server(file.read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    sys.exit(main())
