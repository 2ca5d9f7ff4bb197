"""A page and a search of a million recipients: `python -m bench.recipients`.

One owner has them all, beside another with as many again. Times are those of the use cases, with
PostgreSQL, in this process.
"""

from argparse import Namespace
from uuid import uuid4

from bench.harness.mailing_testbed import RECIPIENTS, Ask, answered, run, testbed
from bench.harness.rows import Target
from mailing_service.cursors import cursors_of
from mailing_service.recipients.schemas import RecipientQuery
from mailing_service.recipients.service import list_recipients

SEARCHES = {
    "a search for a word of a tenth": "anna",
    "a search for two words": "vera popova",
    "a search for two frequent words that nobody has both of": "anna boris",
    "a search for a rare word": "smirnova777",
    "a search for nobody": "nobodyhasthisname",
    "a search for an address": "person123456@",
    "a search for the beginning of all addresses": "person",
}


async def measure(admin_url: str, options: Namespace) -> list[Target]:
    """Fill a database and return what a page and each search took."""
    owner, other = uuid4(), uuid4()
    async with testbed(admin_url) as bed:
        await bed.fill(
            *((RECIPIENTS, each, options.recipients) for each in (owner, other)),
            ("VACUUM ANALYZE recipients, recipient_words",),
        )
        cursors = cursors_of(bed.settings.secrets)

        def page(**query: object) -> Ask:
            wanted = RecipientQuery.model_validate(query)
            return lambda: list_recipients(wanted, owner_id=owner, cursors=cursors)

        questions = {
            "a page of 20": (page(), 5.0),
            "page 500": (page(page=500), 5.0),
            **{what: (page(q=q), 20.0) for what, q in SEARCHES.items()},
        }
        return await answered(questions, options.tries)


def main() -> None:
    """Measure and print."""
    run(__doc__, measure, recipients=1_000_000)


if __name__ == "__main__":
    main()
