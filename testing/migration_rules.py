"""What a migration may not do while the version before it serves, read from its statements.

A statement that does it all the same says why it may, in a comment before it: `-- safe: …`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.migrating.files import Migration

_PIECE = re.compile(r"--[^\n]*|\$\$.*?\$\$|'(?:[^']|'')*'|;|[^;'$-]+|.", re.DOTALL)
_NAME = r'(?:IF (?:NOT )?EXISTS )?(?:ONLY )?"?(\w+)"?'
_CREATE_TABLE = re.compile(rf"CREATE TABLE {_NAME}", re.IGNORECASE)

STILL_USED = "the version before still uses it: drop it in a later version, with CONTRACTS"
NOT_FILLED_IN = "the version before does not fill it in: give it a DEFAULT"
SCANNED = "every row is looked at meanwhile: add it NOT VALID, and VALIDATE it in a later migration"
REWRITTEN = "the whole table is written anew meanwhile: add it empty, and fill it in piece by piece"
INDEX_LOCKS = (
    "nobody can write meanwhile: RUN_IN_TRANSACTION = False, and CREATE INDEX CONCURRENTLY"
)
UNEXPECTED_NULL = "the version before may not expect NULL there"
ROWS_LOCKED = "writers of these rows wait until the end: change few of them at a time"
ONLY_INDEXES = (
    "outside a transaction only CREATE INDEX CONCURRENTLY IF NOT EXISTS and "
    "DROP INDEX CONCURRENTLY IF EXISTS can be repeated"
)
NOT_LOCKED = "name its table in LOCKS"
LOST = "what is lost by it is not in LOSES"

_STATEMENTS = (
    (rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).* ON {_NAME}", INDEX_LOCKS),
    (rf"(?:UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?) {_NAME}", ROWS_LOCKED),
    (r"DROP (?:TABLE|VIEW|TYPE|SEQUENCE|FUNCTION|TRIGGER)()", STILL_USED),
    (rf"ALTER TABLE {_NAME} RENAME", STILL_USED),
)
_INDEX = "UNIQUE|PRIMARY KEY|EXCLUDE"
_ACTIONS = (
    (r"ADD .*(?:GENERATED .*STORED|\b\w*SERIAL\b|IDENTITY)", REWRITTEN),
    (r"ADD .*DEFAULT .*(?:random|nextval|clock_timestamp)", REWRITTEN),
    (r"ALTER .* TYPE ", REWRITTEN),
    (rf"ADD (?!.*USING INDEX).*(?:{_INDEX})", INDEX_LOCKS),
    (r"ADD (?!.*(?:DEFAULT|GENERATED|SERIAL|CHECK)).*NOT NULL", NOT_FILLED_IN),
    (r"ADD (?!.*NOT VALID).*(?:CHECK|FOREIGN KEY)", SCANNED),
    (r"ALTER .* SET NOT NULL", SCANNED),
    (r"ALTER .* DROP NOT NULL", UNEXPECTED_NULL),
    (r"ALTER .* DROP DEFAULT", NOT_FILLED_IN),
    (r"DROP (?!CONSTRAINT)", STILL_USED),
)
_LOSES_ROWS = rf"(?:DROP TABLE|DELETE FROM|UPDATE|TRUNCATE(?: TABLE)?) {_NAME}"
_LOSES_COLUMN = rf"DROP (?:COLUMN )?(?!CONSTRAINT){_NAME}"
_CHANGING = (rf"(?:ALTER TABLE|UPDATE|DELETE FROM) {_NAME}", rf"CREATE TRIGGER .* ON {_NAME}")
_REPEATABLE = (
    r"(CREATE (UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS|DROP INDEX CONCURRENTLY IF EXISTS) "
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its comments and texts, on one line."""

    text: str
    is_explained: bool


def statements(script: str) -> Iterator[Statement]:
    """Split a script as PostgreSQL does."""
    text, comments = "", ""
    for piece in [*_PIECE.findall(script), ";"]:
        if piece == ";":
            if text := " ".join(text.split()):
                yield Statement(text, "-- safe: " in comments)
            text, comments = "", ""
        elif piece.startswith("--"):
            comments += piece
        else:
            text += "''" if piece.startswith(("'", "$$")) else piece


def broken_rules(migration: Migration) -> list[str]:
    """Return a sentence for each statement that is in the way of the version before."""
    found = []
    for direction, script, rules in (
        ("upgrade", migration.upgrade, _upgrade_rules),
        ("downgrade", migration.downgrade, _downgrade_rules),
    ):
        for statement in statements(script):
            broken = list(_form_rules(migration, statement.text))
            if not statement.is_explained:
                broken += rules(migration, statement.text)
            found += [f"{migration.name}, {direction}: {rule}: {statement.text}" for rule in broken]
    return found


def _form_rules(migration: Migration, text: str) -> Iterator[str]:
    """Tell what no explanation helps against."""
    if migration.in_transaction:
        locked = {*migration.locks, *migration.loses, *_CREATE_TABLE.findall(migration.upgrade)}
        changed = [match[1] for pattern in _CHANGING if (match := _match(pattern, text))]
        if not locked.issuperset(changed):
            yield NOT_LOCKED
    if migration.in_transaction == bool(_match(_REPEATABLE, text)):
        yield ONLY_INDEXES


def _upgrade_rules(migration: Migration, text: str) -> Iterator[str]:
    new = _CREATE_TABLE.findall(migration.upgrade)
    for pattern, sentence in _STATEMENTS:
        if (match := _match(pattern, text)) and match[1] not in new:
            yield sentence
    table, actions = _altered(text)
    if table not in new:
        for action in actions:
            yield from (sentence for pattern, sentence in _ACTIONS if _match(pattern, action))


def _downgrade_rules(migration: Migration, text: str) -> Iterator[str]:
    if (rows := _match(_LOSES_ROWS, text)) and rows[1] not in migration.loses:
        yield LOST
    table, actions = _altered(text)
    for action in actions:
        column = _match(_LOSES_COLUMN, action)
        if column and column[1] not in migration.loses.get(table, ""):
            yield LOST


def _altered(text: str) -> tuple[str, list[str]]:
    """Return the table that a statement alters, and how; commas in brackets separate nothing."""
    match = _match(rf"ALTER TABLE {_NAME} (.*)", text)
    return (match[1], re.split(r", (?![^(]*\))", match[2])) if match else ("", [])


def _match(pattern: str, text: str) -> re.Match[str] | None:
    return re.match(pattern, text, re.IGNORECASE)
