"""Everything the services stand on, in order: folder, secrets, database, tables, products."""

import os
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

from standalone import registry, secret_files
from standalone.ports import Needed, free_port, is_free, require_free
from standalone.postgres import folder as postgres_folder
from standalone.postgres.server import Postgres
from standalone.services import Program, one_shots
from standalone.settings import MAX_PORT, ROOT, StandaloneSettings

_USUAL_POSTGRES_PORT = 5432


class CannotStart(Exception):
    """The system cannot start; the message says why and what to do."""


class System:
    """The ground of the system on this machine; ``prepare`` it, and ``close`` it at the end."""

    def __init__(
        self,
        settings: StandaloneSettings,
        *,
        durable: bool = True,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Have `progress` show what is done, a line before each step that takes time."""
        self.settings = settings
        self.postgres: Postgres | None = None
        self._durable = durable
        self._progress = progress

    def prepare(self) -> None:
        """Bring up what the services need; raises an exception with a sentence when it cannot."""
        self.start()
        self.prepare_databases()

    def start(self) -> None:
        """Bring up folder, secrets and database server; the services' databases stay as they are.

        Raises an exception with a sentence when it cannot.
        """
        self._require_ports()
        make_folder(self.settings.data_folder)
        if not self._use_the_users_database():
            self._start_postgres()

    def prepare_databases(self, names: Collection[str] | None = None) -> None:
        """Bring databases that may be new, or of an earlier version, up to date: all, or these."""
        self._progress("Preparing the tables, the administrator and the products …")
        all_of_them = one_shots(self.settings)
        _run([one for one in all_of_them if names is None or one.name in names])

    def close(self) -> None:
        """Stop the database; the services are to be gone by now."""
        if self.postgres:
            self.postgres.stop()

    def __enter__(self) -> "System":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require_ports(self) -> None:
        settings = self.settings
        needed = [
            *(
                Needed(
                    settings.ports[service.name], f"{service.prefix}PORT", f"the {service.title}"
                )
                for service in registry.services()
            ),
            Needed(settings.mail_smtp_port, "MAIL_SMTP_PORT", "the mail catcher"),
            Needed(settings.mail_web_port, "MAIL_WEB_PORT", "the mail catcher's page"),
        ]
        if settings.postgres_port is not None and not settings.has_a_database:
            needed.append(Needed(settings.postgres_port, "POSTGRES_PORT", "PostgreSQL"))
        require_free(*needed, offset=settings.vitrina_port_offset)

    def _use_the_users_database(self) -> bool:
        """Whether the settings name a database; makes the secrets that go with it."""
        superuser = self.settings.bootstrap_database_url
        given = self.settings.database_urls
        if superuser is None and any(given.values()) and not all(given.values()):
            missing = ", ".join(name for name, is_given in given.items() if not is_given)
            raise CannotStart(
                f"To use databases of your own, also set {missing}; or set only"
                " BOOTSTRAP_DATABASE_URL, a superuser's, and the rest is made."
            )
        if superuser is None and not any(given.values()):
            return False
        self._make_secrets(superuser_url=superuser.get_secret_value() if superuser else None)
        return True

    def _start_postgres(self) -> None:
        port = self.settings.postgres_port
        if port is None:
            port = _USUAL_POSTGRES_PORT + self.settings.vitrina_port_offset
            port = port if port <= MAX_PORT and is_free(port) else free_port()
        folder = self.settings.data_folder / "postgres"
        self._progress(
            "Starting PostgreSQL …" if folder.exists() else "Making a database and starting it …"
        )
        os.close(postgres_folder.lock(folder))  # or another run's secrets would get our port
        self._make_secrets(postgres=f"127.0.0.1:{port}", data=folder)
        password = secret_files.read(self.settings.secrets_folder, "postgres/postgres_password")
        self.postgres = Postgres(folder, port=port, password=password, durable=self._durable)
        self.postgres.start()

    def _make_secrets(
        self,
        *,
        postgres: str = "",
        superuser_url: str | None = None,
        data: Path | None = None,
    ) -> None:
        folder = self.settings.secrets_folder
        try:
            secret_files.make(folder, postgres=postgres, superuser_url=superuser_url, data=data)
        except OSError as error:
            raise CannotStart(f"The secrets cannot be kept in {folder}: {error}.") from None


def make_folder(folder: Path) -> None:
    """Make a folder that this user can write to; raises CannotStart."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
        reason = "Permission denied"
    except OSError as error:
        writable, reason = False, error.strerror or "it cannot be made"
    if not writable:
        raise CannotStart(
            f"The folder {folder} cannot be written ({reason}): make it writable for this user,"
            " or name another folder in VITRINA_DATA."
        )


def _run(programs: list[Program]) -> None:
    """Run programs side by side; CannotStart with the words of the first that failed."""
    running = [
        subprocess.Popen(
            program.command,
            env=dict(program.environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # a Ctrl-C is ours alone
        )
        for program in programs
    ]
    try:
        said = [process.communicate()[0] for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    for program, process, words in zip(programs, running, said, strict=True):
        if process.returncode != 0:
            raise CannotStart(f"The {program.name} service was not prepared: {words.strip()}")
