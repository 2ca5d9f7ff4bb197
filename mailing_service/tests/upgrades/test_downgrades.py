"""Each change of mailing's schema can be taken back, and what is lost by it is shown before."""

import pytest
from pydantic import SecretStr

from mailing_service.orm import APP
from shared.migrating.run import downgrade, migrate
from shared.migrating.steps import WouldLoseData
from testing.migrating import (
    assert_goes_up_and_down,
    empty_database,
    rows_of,
    run_statements,
    schema_of,
)

RECIPIENT = """
    INSERT INTO recipients (owner_id, email, canonical_email, email_hash, full_name, searchable,
            comment, custom_fields)
        VALUES ('00000000-0000-4000-8000-000000000001', 'ann@example.com', 'ann@example.com',
            '00000000-0000-4000-8000-000000000002', 'Ann', 'ann', '', '{}')
"""
ARTICLE = """
    INSERT INTO articles (slug, title, body, html, excerpt, summary, searchable, language,
            cover_alt, author, published_at)
        VALUES ('tea', 'Tea', 'Tea', '<p>Tea</p>', '', 'Tea', 'tea', 'en', '', '', now());
    INSERT INTO article_slugs (slug, article_id) SELECT slug, id FROM articles
"""


async def test_each_step_goes_up_and_down_and_up_again(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        await assert_goes_up_and_down(database, APP, {0: RECIPIENT, 1: ARTICLE})


async def test_articles_stay_unless_they_are_given_up(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        url = SecretStr(database.owner_url)
        await migrate(url, app=APP)
        await run_statements(database, ARTICLE)
        schema, rows = await schema_of(database), await rows_of(database)

        with pytest.raises(WouldLoseData, match=r"1 of articles"):
            await downgrade(url, app=APP, to=0)
        assert (await schema_of(database), await rows_of(database)) == (schema, rows)

        await downgrade(url, app=APP, to=0, lose_data=True)
        assert "articles" not in await rows_of(database)
