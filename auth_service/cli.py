"""Commands for operators: `python -m auth_service.cli COMMAND`."""

import argparse
import asyncio
import signal
import sys

import asyncpg

from auth_service.administration.first_administrator import CannotMakeAdministrator
from auth_service.commands import keys, people, preparation, purging, transfer
from auth_service.commands.running import CommandFailed
from shared.database import UNAVAILABLE
from shared.errors import ServiceError
from shared.migration_steps import MigrationFailed

COMMANDS = (preparation, people, transfer, purging, keys)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m auth_service.cli", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for group in COMMANDS:
        group.add_to(commands)
    chosen = parser.parse_args(arguments)
    settings = chosen.load_settings()
    try:
        asyncio.run(chosen.run(chosen, settings))
    except (CommandFailed, CannotMakeAdministrator) as error:
        return _fail(str(error))
    except MigrationFailed as error:
        return _fail(str(error), error.exit_code)
    except ServiceError as error:
        return _fail(error.message)
    except (asyncpg.PostgresError, *UNAVAILABLE) as error:
        return _fail(f"the database cannot be used: {error or type(error).__name__}.")
    except KeyboardInterrupt:
        return _fail("stopped.", 130)
    return 0


def _fail(sentence: str, code: int = 1) -> int:
    sys.stderr.write(f"auth: {sentence}\n")
    return code


if __name__ == "__main__":
    # A shell that starts this in the background has it ignored; here it always means to stop.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    raise SystemExit(main())
