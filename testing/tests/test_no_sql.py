"""SQL is seen, and ordinary words are not taken for it."""

import pytest

from testing.no_sql import offences


@pytest.mark.parametrize(
    "source",
    [
        "q = 'SELECT id FROM product'",
        "q = 'select *\\n  from product'",
        "q = f'SELECT {column} FROM {table}'",
        "q = f'UPDATE {table} SET a = 1'",
        "q = 'INSERT ' 'INTO product VALUES (1)'",
        "q = b'' or 'delete from product'",
        "q = 'id IN (1) ORDER BY id'",
        "await db.execute_script(text)",
        "Product.raw(text)",
        "models.Product.raw(text)",
        "RawSQL(text)",
        "def f():\n    '''A docstring.'''\n    return 'LOCK TABLE product'",
    ],
)
def test_sql_is_seen(source: str) -> None:
    assert offences(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Select what comes from the shop."""',
        "q = 'Select a product'",
        "q = 'Set the price to update it'",
        "products.order_by('-created_at')",
        "language_of(request.headers.raw)",
    ],
)
def test_ordinary_words_are_not_taken_for_it(source: str) -> None:
    assert not offences(source)
