"""Submit, pause and resume a mailing, and count what became of it, as the API does."""

import json
from typing import Annotated

import typer

from mailing_service.commands.owners import COMMAND, owner_of
from mailing_service.deliveries.access import Reader
from mailing_service.mailings import commands as use_cases
from mailing_service.mailings.submitting import submit_mailing
from mailing_service.orm import orm_config
from mailing_service.settings import MailingSettings
from mailing_service.statistics.schemas import RunStatistics
from mailing_service.statistics.service import statistics_of_mailing
from shared.commands.groups import command_group
from shared.commands.layout import AsJson, command, print_json
from shared.database.connection import connected

commands = command_group()

MailingId = Annotated[int, typer.Argument(min=1, help="The mailing's id.")]


@command(commands, "send")
async def send(settings: MailingSettings, mailing_id: MailingId) -> None:
    """Submit a draft for its owner: it waits for a manager's approval, or for its time."""
    async with connected(orm_config(settings)):
        owner = await owner_of(mailing_id)
        done = await submit_mailing(mailing_id, by=owner, tags=None, key=None, settings=settings)
    _say(mailing_id, json.loads(done.body)["status"])


@command(commands, "pause")
async def pause(settings: MailingSettings, mailing_id: MailingId) -> None:
    """Pause a mailing: two seconds later nothing of it is sent."""
    async with connected(orm_config(settings)):
        shown = await use_cases.pause_mailing(mailing_id, by=await owner_of(mailing_id))
    _say(mailing_id, shown.status)


@command(commands, "resume")
async def resume(settings: MailingSettings, mailing_id: MailingId) -> None:
    """Have a paused mailing go on."""
    async with connected(orm_config(settings)):
        shown = await use_cases.resume_mailing(mailing_id, by=await owner_of(mailing_id))
    _say(mailing_id, shown.status)


@command(commands, "stats")
async def stats(
    settings: MailingSettings, mailing_id: MailingId, *, as_json: AsJson = False
) -> None:
    """Count the emails of a mailing by what became of them, as a whole and by run."""
    async with connected(orm_config(settings)):
        owner = await owner_of(mailing_id)
        reader = Reader(owner.principal, COMMAND, is_staff=False, is_administrator=False)
        shown = await statistics_of_mailing(mailing_id, reader=reader)
    if as_json:
        print_json(shown.model_dump(mode="json"))
    else:
        _print(shown)


def _say(mailing_id: int, status: str) -> None:
    print(f"Mailing {mailing_id}: {status.replace('_', ' ')}.")


def _print(shown: RunStatistics) -> None:
    rows = [("all", shown.counts), *((f"run {run.number}", run.counts) for run in shown.runs)]
    width = max(len(name) for name, _ in rows)
    print(" " * width, *(f"{state.value:>10}" for state in shown.counts))
    for name, counts in rows:
        print(f"{name:<{width}}", *(f"{count:>10}" for count in counts.values()))
