"""The table of the states of a delivery, as code and as documented."""

from pathlib import Path

from mailing_service.deliveries.transitions import FOLLOWING, OPEN, may_become
from mailing_service.models.deliveries import DeliveryState

State = DeliveryState
DOCUMENT = Path(__file__).parents[3] / "docs" / "mailing.md"


def documented() -> set[tuple[str, str]]:
    """Return from and to of each line of the table."""
    section = DOCUMENT.read_text().partition("## State of a delivery")[2].partition("\n## ")[0]
    lines = [line.split("|") for line in section.splitlines() if line.startswith("| ")]
    return {(line[1].strip(), line[2].strip()) for line in lines[1:]}


def test_the_document_says_what_the_code_says() -> None:
    coded = {(before.value, to.value) for before, after in FOLLOWING.items() for to in after}
    assert documented() == coded


def test_what_is_final_leads_nowhere_and_only_the_owner_leads_back() -> None:
    final = {state for state, following in FOLLOWING.items() if not following}
    assert final == {State.SENT, State.EXPIRED, State.SUPPRESSED}
    assert set(FOLLOWING) == set(State)
    assert not any(may_become(state, State.CLAIMED) for state in State if state not in OPEN)
