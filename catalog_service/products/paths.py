"""How the path of one product looks, as against what else is below /products.

Starlette takes the first route that fits path and method, so that `PATCH /products/bulk` would be
about a product called bulk; here it is a method that /products/bulk does not have.
"""

from starlette.convertors import Convertor, register_url_convertor

_OTHERS = "bulk", "export", "import"


class _ProductPath(Convertor[str]):
    regex = f"(?!(?:{'|'.join(_OTHERS)})$)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("product", _ProductPath())

ONE = "/{product_id:product}"
"""The path of one product below that of all."""
