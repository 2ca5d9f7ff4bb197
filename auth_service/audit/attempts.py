"""A change that ends in the audit log either way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from tortoise.transactions import in_transaction

from auth_service.audit.service import Event, record
from auth_service.caller import Caller
from shared.errors import ServiceError


@asynccontextmanager
async def attempt(
    event: Event,
    *,
    caller: Caller,
    actor_id: UUID | None,
    subject_id: UUID | None,
    session_id: UUID | None = None,
    **details: str | int | bool | list[str],
) -> AsyncIterator[None]:
    """Run the block as one transaction and write down that it succeeded, or was refused and why.

    The refusal is written after the transaction, which undoes everything else.
    """
    try:
        async with in_transaction():
            yield
            await record(
                event,
                caller=caller,
                succeeded=True,
                actor_id=actor_id,
                subject_id=subject_id,
                session_id=session_id,
                **details,
            )
    except ServiceError as error:
        await record(
            event,
            caller=caller,
            succeeded=False,
            actor_id=actor_id,
            subject_id=subject_id,
            session_id=session_id,
            reason=error.error or "unauthorized",
            **details,
        )
        raise
