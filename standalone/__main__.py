"""``python -m standalone``: the whole system in this terminal, until Ctrl-C."""

import signal
import sys
from threading import Event, Thread
from typing import Never

from dotenv import load_dotenv

from standalone import guide
from standalone.ports import PortTaken
from standalone.postgres import PostgresError
from standalone.readiness import wait_until_ready
from standalone.runner import Runner
from standalone.secret_files import SecretsLost
from standalone.services import services
from standalone.settings import ROOT, load
from standalone.system import CannotStart, System

_PATIENCE = 120  # seconds


def main() -> int:
    """Start everything, wait for its end, stop everything; the exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    load_dotenv(ROOT / ".env")
    settings = load()
    try:
        with System(settings) as system:
            print("Starting the database, its tables and the services …", flush=True)
            system.prepare()
            return _run(system)
    except (CannotStart, PortTaken, PostgresError, SecretsLost) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _interrupt(*_: object) -> Never:
    raise KeyboardInterrupt


def _run(system: System) -> int:
    runner = Runner(services(system.settings))
    over = Event()
    Thread(target=_greet, args=(system, runner, over), daemon=True).start()
    Thread(target=_watch_postgres, args=(system, runner, over), daemon=True).start()
    try:
        runner.loop()
    finally:
        over.set()
    if runner.failure:
        sys.stderr.write(f"{runner.failure}\n")
        return 1
    print("Stopped; the data are kept.", flush=True)
    return 0


def _greet(system: System, runner: Runner, over: Event) -> None:
    """Tell the addresses once everything is ready."""
    settings = system.settings
    if not wait_until_ready(settings, over=over, timeout=_PATIENCE):
        if not over.is_set():
            runner.fail(f"Not ready within {_PATIENCE} seconds; what the services say is above.")
        return
    port = system.postgres.port if system.postgres else None
    print(
        f"\nVitrina is ready.\n\n{guide.addresses(settings, postgres_port=port)}\n\n"
        f"Try it:\n\n{guide.curl_round(settings)}\n\nCtrl-C stops it all.\n",
        flush=True,
    )


def _watch_postgres(system: System, runner: Runner, over: Event) -> None:
    """Stop everything if the database ends by itself."""
    if system.postgres is None:
        return
    status = system.postgres.wait()
    if not over.is_set():
        runner.fail(
            f"PostgreSQL ended by itself (exit status {status}), so everything else was stopped."
            f" Its last words are in {system.postgres.log}."
        )


if __name__ == "__main__":
    sys.exit(main())
