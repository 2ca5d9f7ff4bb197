"""How to have django-post_office send the emails that Vitrina's workers send."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.peers.installing import Unavailable, python_environment
from mailing_service.messages.email import email_of_run
from mailing_service.settings import MailingSettings
from testing.mailing.runs import MESSAGE

PACKAGES = ("django==5.2.19", "django-post-office==3.12.0", "psycopg[binary]==3.3.9")
PROCESSES, THREADS = 2, 10
NAME = f"django-post_office, {PROCESSES} processes of {THREADS} threads"
_DATABASE = "post_office"


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending took; `cpu` is of its processes alone."""

    seconds: float
    cpu: float
    sent: int


async def send(admin_url: str, smtp_port: int, *, emails: int) -> Sent:
    """Have it send so many emails from a database of its own; raises Unavailable."""
    python = await asyncio.to_thread(python_environment, "post-office", PACKAGES)
    connection = await asyncpg.connect(admin_url)
    await connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
    await connection.execute(f"CREATE DATABASE {_DATABASE}")
    await connection.close()
    url = urlunsplit((*urlsplit(admin_url)[:2], f"/{_DATABASE}", "", ""))
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template.json"
        template.write_text(json.dumps(_template()))
        return await _run(
            str(python / "python"),
            emails,
            PEER_DATABASE_URL=url,
            PEER_SMTP_PORT=str(smtp_port),
            PEER_TEMPLATE=str(template),
            TMPDIR=folder,
        )


async def _run(python: str, emails: int, **environment: str) -> Sent:
    module = "bench.mailing_peers.post_office_peer"
    process = await asyncio.create_subprocess_exec(
        *(python, "-m", module, str(emails), str(PROCESSES), str(THREADS)),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await process.communicate()
    if process.returncode:
        last = complaints.decode(errors="replace").strip().splitlines()[-1:]
        raise Unavailable(f"django-post_office failed: {' '.join(last)}")
    return Sent(**json.loads(said))


def _template() -> dict[str, str]:
    """Return the email of a run in the shop's layout, its slots as Django's variables."""
    values = {
        "database_url": "postgres://nobody@127.0.0.1/none",
        "secrets": ["a-secret-of-a-measurement-and-nothing-else"],
        "internal_secrets": ["a-secret-of-a-measurement-and-nothing-else"],
        "public_url": "https://shop.example",
    }
    content = email_of_run(MESSAGE, MailingSettings.model_validate(values))
    texts = {"subject": content.subject, "content": content.text, "html_content": content.html}
    for marker, slot in content.slots.items():
        variable = f"{{{{ {slot.name} }}}}"
        texts = {name: text.replace(marker, variable) for name, text in texts.items()}
    return texts
