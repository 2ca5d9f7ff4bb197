"""The rules of migrations recognise what the version before could not live with."""

import pytest

from shared.migrating.files import Migration
from testing import migration_rules as rules
from testing.migration_rules import broken_rules


def migration(upgrade: str = "", downgrade: str = "", **says: object) -> Migration:
    said: dict[str, object] = {"locks": ("tea",), "in_transaction": True} | says
    return Migration("1_x.py", upgrade, downgrade, "{}", **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ('ALTER TABLE "tea" ADD "x" VARCHAR(9) NOT NULL', rules.NOT_FILLED_IN),
        ("alter table tea add column x int not null", rules.NOT_FILLED_IN),
        ("ALTER TABLE tea ALTER x DROP DEFAULT", rules.NOT_FILLED_IN),
        ("ALTER TABLE tea ADD x numeric(9, 2), DROP COLUMN y", rules.STILL_USED),
        ('ALTER TABLE "tea" DROP "y"', rules.STILL_USED),
        ("ALTER TABLE tea RENAME COLUMN x TO y", rules.STILL_USED),
        ("ALTER TABLE ONLY tea RENAME TO leaf", rules.STILL_USED),
        ('DROP TABLE IF EXISTS "tea"', rules.STILL_USED),
        ("DROP FUNCTION brew", rules.STILL_USED),
        ("DROP TRIGGER brewing ON tea", rules.STILL_USED),
        ("ALTER TABLE tea ALTER COLUMN x SET NOT NULL", rules.SCANNED),
        ("ALTER TABLE tea ADD CONSTRAINT c CHECK (x > 0)", rules.SCANNED),
        ("ALTER TABLE tea ADD FOREIGN KEY (x) REFERENCES cup (id)", rules.SCANNED),
        ("ALTER TABLE tea ALTER x DROP NOT NULL", rules.UNEXPECTED_NULL),
        ("ALTER TABLE tea ALTER COLUMN x TYPE bigint", rules.REWRITTEN),
        ("ALTER TABLE tea ADD x int GENERATED ALWAYS AS (y + 1) STORED", rules.REWRITTEN),
        ("ALTER TABLE tea ADD x bigserial", rules.REWRITTEN),
        ("ALTER TABLE tea ADD x uuid DEFAULT gen_random_uuid()", rules.REWRITTEN),
        ("ALTER TABLE tea ADD x int UNIQUE", rules.INDEX_LOCKS),
        ("ALTER TABLE tea ADD CONSTRAINT k UNIQUE (x)", rules.INDEX_LOCKS),
        ('CREATE INDEX "i" ON "tea" ("x")', rules.INDEX_LOCKS),
        ("CREATE UNIQUE INDEX i\n    ON tea (x)", rules.INDEX_LOCKS),
        ("UPDATE tea SET x = 1", rules.ROWS_LOCKED),
        ("DELETE FROM tea", rules.ROWS_LOCKED),
    ],
)
def test_each_danger_is_reported_unless_it_is_explained(statement: str, rule: str) -> None:
    (told,) = broken_rules(migration(f"SELECT 1; {statement};"))

    assert told.startswith(f"1_x.py, upgrade: {rule}: ")
    assert broken_rules(migration(f"SELECT 1;\n-- safe: three rows\n{statement};")) == []
    assert broken_rules(migration(f"-- safe: another\nSELECT 1;\n{statement};")) == [told]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE tea ADD x int",
        "ALTER TABLE tea ADD x int NOT NULL DEFAULT 1",
        "ALTER TABLE tea ADD x numeric(9, 2) DEFAULT 1 NOT NULL, ADD y int",
        "ALTER TABLE tea ADD CONSTRAINT c CHECK (x > 0) NOT VALID",
        "ALTER TABLE tea VALIDATE CONSTRAINT c",
        "ALTER TABLE tea ADD CONSTRAINT k UNIQUE USING INDEX i",
        "CREATE TABLE cup (id int NOT NULL UNIQUE); CREATE INDEX i ON cup (id)",
        "COMMENT ON TABLE tea IS 'it''s; DROP TABLE tea'",
        "DO $$ BEGIN DELETE FROM cup; END $$",
        "-- DROP TABLE tea;\nSELECT 1",
    ],
)
def test_what_the_version_before_does_not_notice_is_fine(statement: str) -> None:
    assert broken_rules(migration(statement)) == []


INDEX = "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON tea (x); DROP INDEX CONCURRENTLY IF EXISTS j"


@pytest.mark.parametrize(
    ("statement", "in_transaction", "broken"),
    [
        (INDEX, False, 0),
        (INDEX, True, 2),
        ("CREATE INDEX CONCURRENTLY i ON tea (x)", False, 1),
        ("-- safe: surely\nSELECT 1", False, 1),
    ],
)
def test_only_indexes_are_built_outside_a_transaction(
    statement: str, in_transaction: bool, broken: int
) -> None:
    told = broken_rules(migration(statement, in_transaction=in_transaction))
    assert [rules.ONLY_INDEXES in sentence for sentence in told] == [True] * broken


@pytest.mark.parametrize(
    "statement",
    [
        'ALTER TABLE "cup" ADD x int',
        "-- safe: few\nUPDATE cup SET x = 1",
        "CREATE TRIGGER t BEFORE INSERT ON cup EXECUTE FUNCTION f()",
    ],
)
def test_tables_that_are_changed_are_locked_first(statement: str) -> None:
    (told,) = broken_rules(migration(statement))
    assert rules.NOT_LOCKED in told
    assert broken_rules(migration(statement, locks=("cup",))) == []


@pytest.mark.parametrize(
    ("statement", "loses"),
    [
        ("DROP TABLE tea", {"tea": "true"}),
        ("DELETE FROM tea WHERE x", {"tea": "x"}),
        ("ALTER TABLE tea DROP COLUMN x, DROP COLUMN y", {"tea": "x > 1 OR y IS NULL"}),
    ],
)
def test_a_downgrade_says_what_it_loses(statement: str, loses: dict[str, str]) -> None:
    told = broken_rules(migration(downgrade=statement))
    assert told
    assert all(sentence.startswith(f"1_x.py, downgrade: {rules.LOST}") for sentence in told)
    assert broken_rules(migration(downgrade=statement, loses=loses)) == []
    assert broken_rules(migration(downgrade=f"-- safe: made again\n{statement}")) == []


def test_a_condition_about_another_column_does_not_do() -> None:
    told = broken_rules(migration(downgrade="ALTER TABLE tea DROP x", loses={"tea": "y > 1"}))
    assert len(told) == 1
