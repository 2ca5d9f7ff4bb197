"""openapi-generator gives Kotlin and Swift the right types; their source is read, not compiled."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from shared.http.openapi import operations
from tests.client_generators.generating import MERGED

pytestmark = pytest.mark.node

DOCUMENT = json.loads(MERGED.read_text())
KOTLIN = {
    "int32": "kotlin.Int",
    "int64": "kotlin.Long",
    "date-time": "java.time.OffsetDateTime",
    "uuid": "java.util.UUID",
}
SWIFT = {"int32": "Int", "int64": "Int64", "date-time": "Date", "uuid": "UUID"}

Fields = Mapping[tuple[str, str], str]
"""What stands at a model's member: its format in the document, or its type in a source."""


def documented_formats() -> Fields:
    """Return the formats of all members that have one which decides a type."""
    return {
        (model, name): option["format"]
        for model, schema in DOCUMENT["components"]["schemas"].items()
        for name, member in schema.get("properties", {}).items()
        for option in member.get("anyOf", [member])
        if option.get("format") in KOTLIN
    }


def generated_types(files: Iterator[Path], member: str) -> Fields:
    """Return the type of each member, which stands at the two groups of `member`."""
    return {
        (file.stem, name): written
        for file in files
        for name, written in re.findall(member, file.read_text())
    }


def kotlin_types(source: Path) -> Fields:
    member = r'@Json\(name = "(\w+)"\)\s+val \w+: ([\w.]+)'
    return generated_types(source.glob("**/models/*.kt"), member)


def swift_types(source: Path) -> Fields:
    """Return the types, whose members have other names than in JSON where that is two words."""
    member = r"public var `?(\w+)`?: (\w+)"
    types = generated_types(source.glob("**/Models/*.swift"), member)
    named = {
        (file.stem, own): name
        for file in source.glob("**/Models/*.swift")
        for own, name in re.findall(r'case (\w+) = "(\w+)"', file.read_text())
    }
    return {(model, named.get((model, own), own)): kind for (model, own), kind in types.items()}


def test_kotlin_has_long_and_date_time(kotlin: Path) -> None:
    wanted = {member: KOTLIN[form] for member, form in documented_formats().items()}

    assert wanted[("ProductRead", "price")] == "kotlin.Long"
    assert wanted[("OrderRead", "created_at")] == "java.time.OffsetDateTime"
    assert wanted.items() <= kotlin_types(kotlin).items()


def test_swift_has_int64_and_date(swift: Path) -> None:
    wanted = {member: SWIFT[form] for member, form in documented_formats().items()}

    assert wanted[("CartRead", "total")] == "Int64"
    assert wanted[("SessionRead", "expires_at")] == "Date"
    assert wanted.items() <= swift_types(swift).items()


def test_operations_have_their_names_in_both(kotlin: Path, swift: Path) -> None:
    names = {operation["operationId"] for operation in operations(DOCUMENT)}
    in_kotlin = "".join(file.read_text() for file in kotlin.glob("**/apis/*.kt"))
    in_swift = "".join(file.read_text() for file in swift.glob("**/APIs/*.swift"))

    assert names <= set(re.findall(r"fun (\w+)\(", in_kotlin))
    assert names <= set(re.findall(r"class func (\w+)\(", in_swift))
