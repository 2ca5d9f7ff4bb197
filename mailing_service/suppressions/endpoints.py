"""Suppressions over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from mailing_service.caller import Caller
from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import (
    AddressesHere,
    CurrentCaller,
    MailingWriter,
    is_administrator,
    not_stored,
)
from mailing_service.errors import SuppressionIsTheRecipients, SuppressionNotFound
from mailing_service.suppressions import service
from mailing_service.suppressions.schemas import (
    ForEveryone,
    SuppressionCreate,
    SuppressionOptions,
    SuppressionPage,
    SuppressionQuery,
    SuppressionRead,
)
from mailing_service.suppressions.service import Whose
from shared.access.authentication import Principal
from shared.errors import Forbidden
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems

SUPPRESSIONS = "/api/v1/suppressions"

router = APIRouter(
    prefix=SUPPRESSIONS,
    tags=["suppressions"],
    dependencies=[Depends(not_stored)],
    responses=problems(*VERIFIED_AND_ALLOWED),
)

SuppressionId = Annotated[int, Path(ge=1, le=2**53 - 1, description="The suppression's id.")]
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}}
}


@router.get("")
async def list_suppressions(
    writer: MailingWriter,
    query: Annotated[SuppressionQuery, Query()],
    hasher: AddressesHere,
    cursors: CursorsHere,
    caller: CurrentCaller,
) -> SuppressionPage:
    """List the addresses that get no email of yours, the newest first.

    Administrators list with `everyone` those that get no email of anybody, like a…@example.com.
    """
    whose = _whose(writer, caller, everyone=query.everyone)
    return await service.list_suppressions(query, whose=whose, hasher=hasher, cursors=cursors)


@router.post("", status_code=201, responses={**problems(*BODY), **_CREATED})
async def suppress(
    writer: MailingWriter,
    wanted: SuppressionCreate,
    hasher: AddressesHere,
    caller: CurrentCaller,
    response: Response,
) -> SuppressionRead:
    """Keep an address from your emails; administrators with `everyone` from anybody's.

    Where that is so already, the first reason stays.
    """
    whose = _whose(writer, caller, everyone=wanted.everyone)
    kept = await service.suppress_by_hand(
        wanted.email, whose=whose, reason=wanted.reason, hasher=hasher
    )
    response.headers["Location"] = f"{SUPPRESSIONS}/{kept.id}"
    return SuppressionRead.model_validate(kept)


@router.get("/{suppression_id}", responses=problems(SuppressionNotFound))
async def read_suppression(
    suppression_id: SuppressionId,
    writer: MailingWriter,
    options: Annotated[SuppressionOptions, Query()],
    caller: CurrentCaller,
) -> SuppressionRead:
    """Show an address that gets no email of yours, or, to administrators, of anybody."""
    whose = _whose(writer, caller, everyone=options.everyone)
    return await service.read_suppression(
        suppression_id, whose=whose, full_addresses=options.full_addresses
    )


@router.delete(
    "/{suppression_id}",
    status_code=204,
    responses=problems(SuppressionNotFound, SuppressionIsTheRecipients),
)
async def remove_suppression(
    suppression_id: SuppressionId,
    writer: MailingWriter,
    caller: CurrentCaller,
    everyone: Annotated[ForEveryone, Query()] = False,  # noqa: FBT002 - of the query
) -> None:
    """Let your emails reach an address again.

    What the recipient asked for, only an administrator takes back. For everyone it is written down.
    """
    await service.remove_suppression(
        suppression_id,
        whose=_whose(writer, caller, everyone=everyone),
        by_administrator=is_administrator(writer),
    )


def _whose(writer: Principal, caller: Caller, *, everyone: bool) -> Whose:
    """Return whose suppressions are meant; raises Forbidden."""
    if everyone and not is_administrator(writer):
        raise Forbidden
    return Whose(writer.user_id, caller, everyone=everyone)
