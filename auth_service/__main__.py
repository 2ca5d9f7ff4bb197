"""`python -m auth_service` serves it."""

from auth_service.memory import return_large_blocks
from auth_service.settings import AuthSettings
from auth_service.threads import hand_over_soon
from shared.serve import serve
from shared.settings import load

if __name__ == "__main__":
    return_large_blocks()
    hand_over_soon()
    serve("auth_service.main:create_app", load(AuthSettings))
