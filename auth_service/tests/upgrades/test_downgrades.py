"""Each change of the auth service's schema can be taken back, and what is lost is told before."""

import pytest
from pydantic import SecretStr

from auth_service.orm import APP
from shared.migrating.run import downgrade, migrate
from shared.migrating.steps import WouldLoseData
from testing.migrating import (
    assert_goes_up_and_down,
    empty_database,
    rows_of,
    run_statements,
    schema_of,
)

PEOPLE = """
    INSERT INTO users (id, full_name, email, phone, password_hash, roles, is_active,
            is_email_verified, password_change_required, token_version, created_at, updated_at)
        VALUES ('00000000-0000-4000-8000-000000000001', 'Ann', 'ann@example.com', '+79990000001',
            'x', '{user}', true, true, false, 1, now(), now());
    INSERT INTO sessions (id, created_at, last_used_at, expires_at, user_id)
        SELECT '00000000-0000-4000-8000-000000000002', now(), now(), now(), id FROM users;
    INSERT INTO refresh_tokens (digest, generation, created_at, session_id)
        SELECT 'abc', 1, now(), id FROM sessions;
    INSERT INTO signing_keys (kid, state, sealed_private_key, public_jwk, created_at)
        VALUES ('key', 'current', 'x', '{}', now());
"""
MORE = """
    INSERT INTO audit_events (at, event, succeeded, address, user_agent, request_id, details)
        VALUES (now(), 'signed_in', true, '', '', '', '{}');
    UPDATE users SET archived_at = now(), email = NULL, phone = NULL;
"""


async def test_each_step_goes_up_and_down_and_up_again(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        await assert_goes_up_and_down(database, APP, {0: PEOPLE})


async def test_people_at_work_keep_everything_by_the_newer_steps(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        await assert_goes_up_and_down(database, APP, {1: PEOPLE + MORE})


async def test_the_audit_log_stays_unless_it_is_given_up(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        url = SecretStr(database.owner_url)
        await migrate(url, app=APP)
        await run_statements(database, PEOPLE + MORE)
        schema, rows = await schema_of(database), await rows_of(database)

        with pytest.raises(WouldLoseData, match=r"1 of audit_events, 1 of users\."):
            await downgrade(url, app=APP, to=0)
        assert (await schema_of(database), await rows_of(database)) == (schema, rows)

        await downgrade(url, app=APP, to=0, lose_data=True)
        assert {table: len(left) for table, left in (await rows_of(database)).items()} == {
            "refresh_tokens": 0,
            "sessions": 0,
            "signing_keys": 1,
            "users": 0,
        }
