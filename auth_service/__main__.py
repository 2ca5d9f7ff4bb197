"""`python -m auth_service` serves it."""

from auth_service.process.memory import return_large_blocks
from auth_service.process.threads import hand_over_soon
from auth_service.settings import AuthSettings
from shared.http.serve import serve
from shared.settings import load

if __name__ == "__main__":
    return_large_blocks()
    hand_over_soon()
    serve("auth_service.main:create_app", load(AuthSettings))
