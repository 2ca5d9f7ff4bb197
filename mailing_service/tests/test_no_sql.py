"""No SQL is written by hand in the mailing service, outside its migrations."""

from testing.no_sql import offences_of


def test_there_is_none_outside_the_migrations() -> None:
    found = offences_of("mailing_service")

    assert len(found) > 20
    assert {name: sql for name, sql in found.items() if sql} == {}
