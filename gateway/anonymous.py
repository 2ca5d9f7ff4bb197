"""A request that says nothing of its sender: of an open route, a read is the same for all.

So no open page can depend on a token, and what the cache keeps of one may go to everybody.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from gateway.request_head import RequestHead, lines_of, lines_without, values_of
from gateway.route import Route
from shared.language.translation import ACCEPT_LANGUAGE, DEFAULT_LANGUAGE, language_of

_TOKEN: Final = b"authorization"
_CONDITION: Final = b"if-none-match"
_USUAL_LENGTH: Final = 200
"""Bytes of an Accept-Language; the languages of longer ones are not remembered."""


def of_open_route(route: Route, head: RequestHead) -> RequestHead:
    """Return the head as the service of an open route gets it; only a read is anybody's."""
    if route.method != "GET":
        return head
    return as_anyone(head) if route.cache else without_token(head)


def without_token(head: RequestHead) -> RequestHead:
    """Return the head as an open page gets it that is not kept."""
    return head._replace(lines=lines_without(head.lines, _TOKEN), authorization=())


def as_anyone(head: RequestHead) -> RequestHead:
    """Return the head as an open page gets it that may be kept: target and language.

    Nothing else of a client reaches the service, so nothing else can be in the response: no host,
    no field of any name, and of languages one of ours. What asks for another response than the
    kept one is not obeyed: a stranger does not decide how much work a service has.
    """
    language = _language(values_of(head.lines, ACCEPT_LANGUAGE))
    lines = [ACCEPT_LANGUAGE, b": ", language, b"\r\n"]
    if head.if_none_match:
        lines += lines_of(_CONDITION, head.if_none_match)
    return head._replace(lines=lines, authorization=(), host=b"", past_cache=False)


def _language(accepted: Sequence[bytes]) -> bytes:
    if not accepted:
        return DEFAULT_LANGUAGE.encode()
    if sum(map(len, accepted)) <= _USUAL_LENGTH:
        return _remembered(tuple(accepted))
    return _chosen(accepted)


@lru_cache(maxsize=1024)
def _remembered(accepted: tuple[bytes, ...]) -> bytes:
    return _chosen(accepted)


def _chosen(accepted: Sequence[bytes]) -> bytes:
    return language_of((ACCEPT_LANGUAGE, value) for value in accepted).encode()
