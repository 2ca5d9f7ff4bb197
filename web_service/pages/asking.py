"""Ask the services for what a page can do without, where one of them may be away."""

from typing import Any, Final

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.gateway_client.api import Api, Query

_ABOUT_THE_READER: Final = (401, 403)
Said = dict[str, Any]


async def read_or_none(api: Api, path: str, query: Query | None = None) -> Said | None:
    """Return what the API says, None where it does not.

    Raises ApiRefused where the reader may not know it any more.
    """
    try:
        said: Said = (await api.get(path, query)).data
    except ApiUnavailable:
        return None
    except ApiRefused as refused:
        if refused.status in _ABOUT_THE_READER:
            raise
        return None
    return said
