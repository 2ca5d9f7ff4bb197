"""Which language a page is in: the account's, then that of the cookie, then the browser's."""

from typing import Final

from starlette.requests import Request

from shared.language.translation import DEFAULT_LANGUAGE, LANGUAGES, Language, accepted_language

COOKIE: Final = "vitrina-language"
YEAR: Final = 365 * 24 * 3600


def known(language: str | None) -> Language | None:
    """Return `language` if it is one of ours."""
    return next((one for one in LANGUAGES if one == language), None)


def choose(request: Request, account: str | None) -> Language:
    """Return the language of a page for whose reader `account` is the account's, if any."""
    return (
        known(account)
        or known(request.cookies.get(COOKIE))
        or accepted_language(request.headers.getlist("accept-language"))
        or DEFAULT_LANGUAGE
    )
