"""The steps of a rotation, on the files that secret_files makes.

A list of secrets changes in three steps, between which every process starts anew: `add` puts a new
one behind the others, where it is honoured and not used; `use` puts it in front; `forget` leaves it
alone. So no process meets what only another can read. Passwords of the database change immediately.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from standalone import secret_files
from standalone.backup.errors import BackupFailed
from standalone.backup.postgresql import Server

Step: TypeAlias = Callable[[Path], str]
"""Changes the files of a folder; returns the sentence that says what to do then."""
ROLES = {"runtime": "database_url", "owner": "migration_database_url"}
"""The roles of a service, and the files with their URLs."""
_STEP = ".rotation"
_NEXT = "postgres/.next_password"


class RotationRefused(Exception):
    """The sentence says which step is due."""


def add(folder: Path) -> str:
    """Honour a new secret in each list."""
    if _step(folder) == "added":
        raise RotationRefused("New secrets were added already: restart everything, then STEP=use.")
    _change(folder, lambda values: [*values, secrets.token_urlsafe(32)], step="added")
    return "New secrets are honoured once every process has been started anew; then STEP=use."


def use(folder: Path) -> str:
    """Have the newest of each list used."""
    if _step(folder) != "added":
        raise RotationRefused("No new secrets were added: STEP=add comes first.")
    _change(folder, lambda values: [values[-1], *values[:-1]], step="used")
    return (
        "The new secrets are used once every process has been started anew; the old ones are still"
        " honoured: STEP=forget, three days later, ends that."
    )


def forget(folder: Path) -> str:
    """Honour nothing but the first of each list."""
    if _step(folder) != "used":
        raise RotationRefused("New secrets are not used yet: STEP=add and STEP=use come first.")
    _change(folder, lambda values: values[:1], step="")
    return "The old secrets are honoured until every process has been started anew."


def change_passwords(folder: Path, server: Server | None) -> str:
    """Give the roles of the services new passwords, and a superuser whose password we made.

    Without a `server` only the files change: `prepare` with a superuser's URL does the rest.
    """
    if server is not None:
        server = _finish(folder, server)
    urls = {
        f"{service}_{name}": _with_new_password(_known(folder, f"{service}_{name}"))
        for service in secret_files.databases()
        for name in ROLES.values()
    }
    secret_files.replace(folder, urls)  # first: what stops here is mended by the next `prepare`
    if server is None:
        return "The files have new passwords: prepare the databases with a superuser's URL."
    server.run("".join(_alter(url) for url in urls.values()))
    if (folder / "postgres/postgres_password").exists():
        _change_superuser(folder, server)
    return "The database has new passwords: start every process anew."


def _change(folder: Path, change: Callable[[list[str]], list[str]], *, step: str) -> None:
    changed = {
        name: json.dumps(change(json.loads(value)))
        for name, value in secret_files.lists(folder).items()
    }
    if not changed:
        raise RotationRefused(f"There are no secrets in {folder}.")
    secret_files.replace(folder, changed)
    (folder / _STEP).write_text(step, encoding="utf-8")


def _step(folder: Path) -> str:
    file = folder / _STEP
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _known(folder: Path, name: str) -> str:
    for file in sorted(folder.glob(f"*/{name}")):
        return file.read_text(encoding="utf-8").strip()
    raise RotationRefused(
        f"There is no {name} below {folder}: databases whose URLs stand in settings have their"
        " passwords changed there."
    )


def _with_new_password(url: str, password: str | None = None) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}:{password or secrets.token_urlsafe(32)}"
    return urlunsplit(parts._replace(netloc=f"{user}@{place}"))


def _alter(url: str) -> str:
    """A statement without anything to escape: names are ours, passwords base64url."""
    parts = urlsplit(url)
    return f"ALTER ROLE {unquote(parts.username or '')} PASSWORD '{parts.password}';\n"


def _change_superuser(folder: Path, server: Server) -> None:
    """Keep the new password before PostgreSQL has it, or an interruption would lose it."""
    password = secrets.token_urlsafe(32)
    following = folder / _NEXT
    following.touch(mode=0o600)
    following.write_text(password, encoding="utf-8")
    server.run(f"ALTER ROLE postgres PASSWORD '{password}';\n")
    _take_over(folder, password)


def _take_over(folder: Path, password: str) -> None:
    files: Mapping[str, str] = {
        f"{service}_bootstrap_database_url": _with_new_password(
            _known(folder, f"{service}_bootstrap_database_url"), quote(password, safe="")
        )
        for service in secret_files.databases()
    }
    secret_files.replace(folder, {**files, "postgres_password": password})
    (folder / _NEXT).unlink()


def _finish(folder: Path, server: Server) -> Server:
    """Look whether an interrupted change got as far as PostgreSQL; return the server as it is."""
    following = folder / _NEXT
    if not following.exists():
        return server
    password = following.read_text(encoding="utf-8")
    changed = Server(_with_new_password(server.url, password), server.programs)
    try:
        changed.ask("SELECT 1")
    except BackupFailed:
        following.unlink()
        return server
    _take_over(folder, password)
    return changed
