"""django-post_office: `python -m bench.mailing_peers.post_office_peer EMAILS PROCESSES THREADS`.

Queues that many emails of one template, each rendered when it is sent, and sends them as its
command `send_queued_mail` does, over kept connections and with a log row for each. Prints how long
sending alone took, the CPU time of its processes, and how many rows say `sent`.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings

EMAILS, PROCESSES, THREADS = map(int, sys.argv[1:])
_DATABASE = urlsplit(os.environ["PEER_DATABASE_URL"])
settings.configure(
    SECRET_KEY="bench" * 10,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "post_office"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": _DATABASE.hostname,
            "PORT": _DATABASE.port,
            "USER": _DATABASE.username,
            "PASSWORD": _DATABASE.password,
            "NAME": _DATABASE.path[1:],
        }
    },
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    EMAIL_BACKEND="post_office.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ["PEER_SMTP_PORT"]),
    POST_OFFICE={
        "BATCH_SIZE": 1000,
        "THREADS_PER_PROCESS": THREADS,
        "LOG_LEVEL": 2,
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    },
)
django.setup()

from django.core.management import call_command  # noqa: E402
from post_office import mail  # noqa: E402
from post_office.models import EmailTemplate, Log  # noqa: E402


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def queue(emails: int) -> None:
    """Put emails into its queue."""
    template = EmailTemplate.objects.create(
        name="news", **json.loads(Path(os.environ["PEER_TEMPLATE"]).read_text())
    )
    mail.send_many(
        {
            "recipients": [f"person{number}@example.com"],
            "sender": "Shop <news@shop.example>",
            "template": template,
            "context": {
                "full_name": f"Person {number}",
                "email": f"person{number}@example.com",
                "unsubscribe_url": f"https://shop.example/unsubscribe/{number}",
            },
            "headers": {"List-Unsubscribe": f"<https://shop.example/unsubscribe/{number}>"},
            "render_on_delivery": True,
        }
        for number in range(emails)
    )


def main() -> None:
    """Queue, send and print."""
    call_command("migrate", verbosity=0)
    queue(EMAILS)
    begun, used = time.perf_counter(), cpu_seconds()
    mail.send_queued_mail_until_done(processes=PROCESSES)
    seconds, used = time.perf_counter() - begun, cpu_seconds() - used
    sent = Log.objects.filter(status=0).count()
    print(json.dumps({"seconds": seconds, "cpu": used, "sent": sent}))


if __name__ == "__main__":
    main()
