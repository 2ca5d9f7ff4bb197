"""What handing emails to a mail server costs: our connections beside aiosmtplib alone, and DKIM.

`python -m bench.email_rate [EMAILS]`: the sink of testing.smtp.sink runs in a process of its own,
so the CPU time is the client's. Figures are microseconds of CPU an email, and emails a second.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import aiosmtplib
import uvloop
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.smtp.connections import Connections, Envelope
from shared.smtp.dkim import Signer
from shared.smtp.fields import Mailbox, MailingFields
from shared.smtp.message import Content, EmailTemplate, Recipient, Slot, new_marker
from shared.smtp.server import MailServer

CONNECTIONS = 10
FIELDS = MailingFields(
    Mailbox("shop@shop.example", "Витрина"), None, "mailings.shop.example", "", "ru"
)


def template() -> EmailTemplate:
    """Return an email of some 8 kB with a name in three places."""
    marker = new_marker()
    text = f"Здравствуйте, {marker}!\n\n" + "Слова и ещё слова. " * 30
    html = f"<p>{text}</p>" + '<td style="font-family:Arial;font-size:16px">words</td>\n' * 40
    content = Content(f"Скидка, {marker}", text, html, {marker: Slot("full_name")})
    return EmailTemplate(content, FIELDS)


def filled(email: EmailTemplate, number: int) -> bytes:
    """Return the email of one recipient."""
    recipient = Recipient(
        address=f"person{number}@example.com",
        message_id=f"{number}@shop.example",
        date=datetime.now(UTC),
        unsubscribe_url=f"https://shop.example/api/v1/unsubscribe/{number}",
        values={"full_name": "Анна"},
    )
    return email.fill(recipient)


def signer() -> Signer:
    """Return one with a new RSA key of 2048 bits."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Signer.from_pem(pem, domain="shop.example", selector="mail1")


async def measured(name: str, emails: int, run: Callable[[int], Awaitable[None]]) -> None:
    """Run it and print what an email costs."""
    cpu, wall = time.process_time(), time.perf_counter()
    await run(emails)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{name:42}{cpu / emails * 1e6:8.0f} µs{emails / wall:10.0f} /s")


async def by_us(port: int, emails: int, make: Callable[[int], bytes]) -> None:
    """Send by shared.smtp.connections."""
    connections = Connections(
        MailServer("127.0.0.1", port, connections=CONNECTIONS, emails_per_connection=emails)
    )
    numbers = iter(range(emails))

    async def go_on() -> bool:
        return True

    async def work() -> None:
        for number in numbers:
            envelope = Envelope("bounce@shop.example", f"person{number}@example.com")
            outcome = await connections.send(envelope, make(number), before_mail=go_on)
            assert outcome.is_sent

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    await connections.close()


async def by_aiosmtplib(port: int, emails: int, content: bytes) -> None:
    """Send by its `sendmail`, over as many kept connections."""
    numbers = iter(range(emails))

    async def work() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for number in numbers:
                await client.sendmail(
                    "bounce@shop.example", [f"person{number}@example.com"], content
                )

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def main(emails: int) -> None:
    """Measure everything in one run."""
    command = [sys.executable, "-m", "testing.smtp.sink"]
    with subprocess.Popen(  # noqa: ASYNC220 - once
        command, stdout=subprocess.PIPE, text=True
    ) as sink:
        assert sink.stdout is not None
        port = json.loads(sink.stdout.readline())["port"]
        email, dkim = template(), signer()
        content = filled(email, 0)
        print(f"an email of {len(content)} bytes, {CONNECTIONS} connections, {emails} emails")

        async def fill_only(count: int) -> None:
            for number in range(count):
                filled(email, number)

        async def sign_only(count: int) -> None:
            for _ in range(count):
                dkim.sign(content)

        await measured("fill", emails, fill_only)
        await measured("sign, RSA of 2048 bits", emails // 5, sign_only)
        await measured("aiosmtplib's sendmail", emails, lambda n: by_aiosmtplib(port, n, content))
        await measured("shared.smtp", emails, lambda n: by_us(port, n, lambda _: content))
        await measured(
            "shared.smtp, filled", emails, lambda n: by_us(port, n, lambda i: filled(email, i))
        )
        await measured(
            "shared.smtp, filled and signed",
            emails,
            lambda n: by_us(port, n, lambda i: dkim.sign(filled(email, i))),
        )
        sink.terminate()
        print(f"the sink has taken {sink.stdout.read().strip()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.email_rate", description=__doc__)
    parser.add_argument("emails", nargs="?", type=int, default=10_000)
    uvloop.run(main(parser.parse_args().emails))
