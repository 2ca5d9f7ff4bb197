"""A worker in a process of its own, which tests may kill: settings come as JSON on its line.

With `real` behind them its emails are those of the product, else as `composing` makes them.
"""

import asyncio
import json
import signal
import sys
from functools import partial

import uvloop

from mailing_service.messages.email import email_of_run
from mailing_service.orm import orm_config
from mailing_service.sending.sender import Sender
from mailing_service.settings import MailingSettings
from mailing_service.tests.sending.composing import compose
from shared.database.connection import connected


async def main(settings: MailingSettings, *, is_real: bool) -> None:
    """Send until SIGTERM."""
    prepare = partial(email_of_run, settings=settings) if is_real else compose
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with connected(orm_config(settings)):
        print("sending", flush=True)  # noqa: T201
        await Sender(settings, prepare).run(stop)


if __name__ == "__main__":
    wanted = MailingSettings.model_validate(json.loads(sys.argv[1]))
    uvloop.run(main(wanted, is_real="real" in sys.argv[2:]))
