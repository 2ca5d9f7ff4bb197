"""How the path of one recipient looks, as against what else is below /recipients.

Starlette takes the first route that fits path and method, so that `PATCH /recipients/import` would
be about a recipient called import; here it is a method that /recipients/import does not have.
"""

from starlette.convertors import Convertor, register_url_convertor

_OTHERS = "export", "import"


class _RecipientPath(Convertor[str]):
    regex = f"(?!(?:{'|'.join(_OTHERS)})$)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("recipient", _RecipientPath())

ONE = "/{recipient_id:recipient}"
"""The path of one recipient below that of all."""
