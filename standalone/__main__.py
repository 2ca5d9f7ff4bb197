"""``python -m standalone``: the whole system in this terminal, until Ctrl-C."""

import os
import signal
import sys
from functools import partial
from threading import Event, Thread
from typing import Never

from dotenv import load_dotenv

from shared.telemetry.observability import LogFormat
from standalone import guide, misspelt, running
from standalone.ports import PortTaken
from standalone.postgres.server import PostgresError
from standalone.printing import JsonPrinter, TerminalPrinter
from standalone.readiness import wait_until_ready
from standalone.runner import Runner
from standalone.running import AlreadyRunning, Running
from standalone.secret_files import SecretsLost
from standalone.services import services
from standalone.settings import ROOT, load
from standalone.system import CannotStart, System, make_folder

_START_TIMEOUT = 120  # seconds


def main() -> int:
    """Start everything, wait for its end, stop everything; the exit status."""
    for number in (signal.SIGTERM, signal.SIGINT):  # the second may be ignored in the background
        signal.signal(number, _interrupt)
    load_dotenv(ROOT / ".env")
    given = load()
    chosen: LogFormat = given.log_format or ("console" if sys.stdout.isatty() else "json")
    settings = given.model_copy(update={"log_format": chosen})
    people = sys.stdout if chosen == "console" else sys.stderr
    for sentence in misspelt.sentences(os.environ):
        print(sentence, file=people, flush=True)
    try:
        make_folder(settings.data_folder)
        with (
            running.claim(settings),
            System(settings, progress=partial(print, file=people, flush=True)) as system,
        ):
            system.prepare()
            running.tell(settings, postgres_port=_port(system))
            print("Starting the services …", file=people, flush=True)
            return _run(system, TerminalPrinter() if chosen == "console" else JsonPrinter())
    except AlreadyRunning as error:
        return _tell_what_runs(error.running)
    except (CannotStart, PortTaken, PostgresError, SecretsLost) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _interrupt(*_: object) -> Never:
    raise KeyboardInterrupt


def _tell_what_runs(found: Running) -> int:
    """Success where the system runs: what was asked for is so."""
    if found.what == running.RESTORE:
        sys.stderr.write(
            f"A backup is being restored here (process {found.process}): wait for its end.\n"
        )
        return 1
    print(
        f"Vitrina already runs here: {found.url} (process {found.process}).\n"
        "`make addresses` shows the rest; Ctrl-C in its terminal stops it.",
        flush=True,
    )
    return 0


def _run(system: System, printer: TerminalPrinter | JsonPrinter) -> int:
    runner = Runner(services(system.settings), printer)
    over = Event()
    Thread(target=_greet, args=(system, runner, over), daemon=True).start()
    Thread(target=_watch_postgres, args=(system, runner, over), daemon=True).start()
    try:
        runner.loop()
    finally:
        over.set()
    if runner.failure:
        printer.show_all()
        sys.stderr.write(f"{runner.failure}\n")
        return 1
    if isinstance(printer, TerminalPrinter):
        print("Stopped; the data are kept.", flush=True)
    else:
        sys.stderr.write("Stopped; the data are kept.\n")
    return 0


def _greet(system: System, runner: Runner, over: Event) -> None:
    """Show the addresses once everything is ready."""
    settings = system.settings
    if not wait_until_ready(settings, over=over, timeout=_START_TIMEOUT):
        if not over.is_set():
            runner.fail(
                f"Not ready within {_START_TIMEOUT} seconds; what the services say is above."
            )
        return
    runner.say(guide.welcome(settings))


def _port(system: System) -> int | None:
    """The port of the embedded PostgreSQL, if there is one."""
    return system.postgres.port if system.postgres else None


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
