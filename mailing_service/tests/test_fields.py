"""Fields in braces: what is one, and what is refused by name."""

import pytest

from mailing_service.fields import Field, UnknownBraces, needed_names, parse


def test_text_and_fields_come_in_their_order() -> None:
    assert parse("Dear {{full_name|friend}}, {{ city }}!") == [
        "Dear ",
        Field("full_name", "friend"),
        ", ",
        Field("city"),
        "!",
    ]


@pytest.mark.parametrize("text", ["", "plain", "{single}", "a } b { c", "100 %"])
def test_what_has_no_double_braces_is_text(text: str) -> None:
    assert parse(text) == ([text] if text else [])


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("{{{{email}}}}", "{{email}}"),
        ("{{{email}}}", "{{email}}"),
        ("{{comment}}", "{{comment}}"),
        ("{{a.b}}", "{{a.b}}"),
        ("{{ a['b'] }}", "{{ a['b'] }}"),
        ("{{A}}", "{{A}}"),
        ("{{7*7}}", "{{7*7}}"),
        ("{{}}", "{{}}"),
        ("{{a|{{b}}}}", "{{a|"),
        ("{% include x %}", "{% include x %}"),
        ("{# note #}", "{# note #}"),
        ("{{open", "{{open behind"),
        ("close}}", "}}"),
        ("{{a\n}}", "{{a\n}}"),
        ("{{" + "a" * 41 + "}}", "{{" + "a" * 38),
        ("{{a|" + "x" * 101 + "}}", "{{a|" + "x" * 36),
    ],
)
def test_anything_else_in_braces_is_refused_and_named(text: str, piece: str) -> None:
    with pytest.raises(UnknownBraces) as refusal:
        parse(f"before {text} behind")

    assert piece in refusal.value.pieces


def test_a_field_is_needed_where_one_of_its_places_has_no_default() -> None:
    assert needed_names("{{a|x}} {{b}}", "{{a}} {{c|}} {{d|x}}") == {"a", "b", "c"}
