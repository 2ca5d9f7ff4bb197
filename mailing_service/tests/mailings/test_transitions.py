"""The table of statuses: the same in the code and in the docs."""

from itertools import product
from pathlib import Path

import pytest

from mailing_service.mailings.status.transitions import TRANSITIONS, Action, Actor, sources
from mailing_service.models.mailings import MailingStatus

DOCUMENT = Path(__file__).parents[3] / "docs" / "mailing.md"
FINAL = {MailingStatus.DISABLED, MailingStatus.EXPIRED}


def documented() -> list[tuple[str, ...]]:
    """Return the lines of the first table of the document."""
    section = DOCUMENT.read_text().split("## Status of a mailing")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def test_the_document_has_the_table_of_the_code() -> None:
    assert documented() == [
        (source, action, target, ", ".join(sorted(actors)))
        for source, action, target, actors in TRANSITIONS
    ]


@pytest.mark.parametrize("status", sorted(FINAL))
def test_nothing_follows_a_final_status(status: MailingStatus) -> None:
    assert not [one for one in TRANSITIONS if one.source is status]


@pytest.mark.parametrize("status", sorted(set(MailingStatus) - {MailingStatus.DRAFT}))
def test_every_other_status_can_be_reached(status: MailingStatus) -> None:
    assert [one for one in TRANSITIONS if one.target is status and one.source is not status]


def test_sources_are_those_of_the_table() -> None:
    for action, actor in product(Action, Actor):
        assert set(sources(action, actor)) == {
            one.source for one in TRANSITIONS if one.action is action and actor in one.actors
        }


def test_a_target_narrows_them() -> None:
    assert sources(Action.END_RUN, Actor.CLOCK, MailingStatus.FINISHED) == [MailingStatus.RUNNING]
    assert sources(Action.RESUME, Actor.OWNER, MailingStatus.DRAFT) == []
