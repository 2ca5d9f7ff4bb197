"""Sets of roles that several processes know: who is refused here must be refused there."""

from typing import Final

from shared.access.tokens import Role

STAFF: Final = frozenset({Role.MANAGER, Role.ADMIN})
"""Those who run the shop."""

CATALOG_EDITORS: Final = STAFF
"""Those who change products and see what is not for sale; caches keep their pages apart."""

BLOG_EDITORS: Final = frozenset({Role.BLOG_MANAGER, Role.ADMIN})
"""Those who write and publish articles."""
