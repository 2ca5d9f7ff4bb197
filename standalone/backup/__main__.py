"""Backups of the system in containers; the archive comes and goes by a pipe.

``python -m standalone.backup take|verify|record|restore``: the first line of standard input is the
passphrase, so it stands in no argument and in no environment. ``record`` verifies, and notes in the
database when the backup was made.
"""

import argparse
import sys
from pathlib import Path

from standalone.backup import system
from standalone.backup.errors import BackupFailed

SECRETS = Path("/run/secrets")
FOLDERS = {name: Path("/var/lib/vitrina") / name for name in system.FOLDERS}


def main() -> int:
    """Do one of the four; 0, or 1 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m standalone.backup", description=__doc__)
    parser.add_argument("command", choices=["take", "verify", "record", "restore"])
    command = parser.parse_args().command
    passphrase = sys.stdin.buffer.readline().decode().rstrip("\n")
    try:
        _run(command, passphrase)
    except (BackupFailed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(command: str, passphrase: str) -> None:
    archive = sys.stdin.buffer
    if command == "verify":
        print(f"The backup of {system.verify(archive, passphrase=passphrase)} is whole.")
        return
    server = system.server_of(SECRETS)
    if command == "record":
        system.record(server, system.verify(archive, passphrase=passphrase))
    elif command == "take":
        output = sys.stdout.buffer
        system.take(output, passphrase=passphrase, secrets=SECRETS, server=server, folders=FOLDERS)
    else:
        system.restore(
            archive, passphrase=passphrase, secrets=SECRETS, server=server, folders=FOLDERS
        )


if __name__ == "__main__":
    sys.exit(main())
