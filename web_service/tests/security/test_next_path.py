"""After signing in one stays on this site."""

import pytest

from web_service.security.next_path import MAX_LENGTH, next_path, sign_in_path


@pytest.mark.parametrize("path", ["/", "/products?page=2&q=%D1%87", "/order/7/#lines", "/a/b//c"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert next_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "products",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\x00/",
        " //evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/ű",
        "/" + "a" * MAX_LENGTH,
    ],
)
def test_any_other_leads_home(path: str | None) -> None:
    assert next_path(path) == "/"


def test_the_sign_in_page_knows_where_to_go_on() -> None:
    assert (
        sign_in_path("/orders?page=2&size=5") == "/users/login/?next=/orders%3Fpage%3D2%26size%3D5"
    )
    assert sign_in_path("//evil.example") == "/users/login/"
