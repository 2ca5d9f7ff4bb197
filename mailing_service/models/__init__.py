"""The tables of the mailing service, a module for each story.

Another service's tables are never named here: an owner is the `sub` of an access token, and what
auth knows of a person arrives in `accounts` by its feed.
"""

MODULES = [
    f"mailing_service.models.{name}"
    for name in (
        "accounts",
        "addresses",
        "articles",
        "audit",
        "bounces",
        "deliveries",
        "idempotency",
        "mailings",
        "messages",
        "pictures",
        "recipients",
        "sending",
        "suppressions",
    )
]
"""What Tortoise is given."""
