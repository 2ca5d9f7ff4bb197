"""The form of a product: what the API takes for it, and what another has changed meanwhile."""

import re
from collections.abc import Mapping
from typing import Any, Final

from babel.numbers import get_currency_precision, get_decimal_symbol

from web_service.languages.formats import money
from web_service.pages.forms import Form
from web_service.pages.page import Page
from web_service.products.prices import NotAPrice, smallest_units

FIELDS: Final = ("name", "price", "sku")
ABOUT: Final = {"sku_taken": "sku"}
"""Errors without fields, and the field that each is about."""
_SEEN: Final = "seen_"
_ETAG: Final = re.compile('"[0-9a-f-]{1,60}"')


def values_of(page: Page, product: Mapping[str, Any], etag: str) -> dict[str, object]:
    """Return what the form of a product holds at first: its values, and what they were."""
    typed = _typed(page, product)
    return {**typed, **_seen(typed), "revision": etag}


def body_of(page: Page, form: Form) -> dict[str, object]:
    """Return what the API is sent; a price that is none is an error of the form."""
    price = 0
    try:
        price = smallest_units(form.text("price"), page.settings.currency)
    except NotAPrice:
        form.add_error("price", page.gettext("Write a price like 199.50."))
    return {"name": form.text("name"), "price": price, "sku": form.text("sku") or None}


def if_match(form: Form) -> dict[str, str]:
    """Return the field by which the API changes what the form was made of, and nothing else."""
    etag = form.text("revision")
    return {"If-Match": etag if _ETAG.fullmatch(etag) else '"none"'}


def say_what_changed(page: Page, form: Form, product: Mapping[str, Any], etag: str) -> None:
    """Say in a form that came too late what is another now; what was typed stays.

    Saved again, it takes the place of what is there now.
    """
    _ = page.gettext
    form.summary.append(_("Somebody has changed the product meanwhile, yours is not saved yet."))
    form.summary.append(_("Look at what is different, and save again if yours is right."))
    now = _typed(page, product)
    for name in FIELDS:
        if now[name] != form.raw(f"{_SEEN}{name}"):
            form.add_error(name, _("It is “%(now)s” now.") % {"now": now[name]})
    form.values.update({name: [str(value)] for name, value in _seen(now).items()})
    form.values["revision"] = [etag]


def written(amount: int, currency: str, language: str) -> str:
    """Write a price as it is typed: without the currency and without groups of digits."""
    precision = get_currency_precision(currency)
    whole, rest = divmod(amount, 10**precision)
    decimals = f"{get_decimal_symbol(language)}{rest:0{precision}d}" if precision else ""
    return f"{whole}{decimals}"


def examples(page: Page) -> list[tuple[str, str]]:
    """Return what the whole number 199 may mean in a file, by the API's name for it."""
    currency = page.settings.currency
    main = 199 * 10 ** get_currency_precision(currency)
    return [
        ("major", money(main, currency, page.language)),
        ("minor", money(199, currency, page.language)),
    ]


def _typed(page: Page, product: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": product["name"],
        "price": written(product["price"], page.settings.currency, page.language),
        "sku": product["sku"] or "",
    }


def _seen(typed: Mapping[str, str]) -> dict[str, str]:
    return {f"{_SEEN}{name}": value for name, value in typed.items()}
