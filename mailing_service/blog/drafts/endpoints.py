"""Articles over HTTP, for those who write them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from mailing_service.blog.drafts import covers, publishing, service
from mailing_service.blog.drafts.schemas import (
    CoverText,
    DraftCreate,
    DraftPage,
    DraftPreview,
    DraftQuery,
    DraftRead,
    DraftUpdate,
    Schedule,
)
from mailing_service.cursors import CursorsHere
from mailing_service.dependencies import BlogEditor, CurrentCaller, not_stored
from mailing_service.errors import (
    ArticleIsPublished,
    ArticleNotFound,
    NoRoomForPictures,
    PictureMoves,
    PictureTooLarge,
    PictureUnreadable,
)
from mailing_service.pictures.endpoints import PicturesHere
from mailing_service.pictures.receiving import DOCUMENTED_BODY, received_picture
from shared.errors import PayloadTooLarge, PreconditionFailed
from shared.http.preconditions import IfMatch
from shared.http.problem_groups import ALLOWED, BODY
from shared.http.problems import problems

DRAFTS = "/api/v1/drafts"

router = APIRouter(
    prefix=DRAFTS,
    tags=["drafts"],
    dependencies=[Depends(not_stored)],
    responses=problems(*ALLOWED),
)

DraftId = Annotated[int, Path(ge=1, le=2**53 - 1, description="The article's id.")]
_ETAG: dict[str, Any] = {
    "ETag": {"description": "The article's revision.", "schema": {"type": "string"}}
}
_LOCATION: dict[str, Any] = {
    "Location": {"description": "Where it is.", "schema": {"type": "string"}}
}
_CREATED: dict[int | str, dict[str, Any]] = {201: {"headers": {**_ETAG, **_LOCATION}}}
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"headers": _ETAG}}
_MOVED = (ArticleNotFound, PreconditionFailed)


@router.get("")
async def list_drafts(
    editor: BlogEditor,  # noqa: ARG001 - who may
    query: Annotated[DraftQuery, Query()],
    cursors: CursorsHere,
) -> DraftPage:
    """List all articles, drafts, scheduled and published, the newest first."""
    return await service.list_drafts(query, cursors=cursors)


@router.post("", status_code=201, responses={**problems(*BODY), **_CREATED})
async def create_draft(
    editor: BlogEditor, draft: DraftCreate, caller: CurrentCaller, response: Response
) -> DraftRead:
    """Write an article, which nobody but editors sees before it is published."""
    created = await service.create_draft(draft, editor=editor, caller=caller)
    return _located(created, response)


@router.get("/{draft_id}", responses={**problems(ArticleNotFound), **_SHOWN})
async def read_draft(
    draft_id: DraftId,
    editor: BlogEditor,  # noqa: ARG001 - who may
    response: Response,
) -> DraftRead:
    """Show an article, published or not."""
    return _tagged(await service.read_draft(draft_id), response)


@router.patch("/{draft_id}", responses={**problems(*BODY, *_MOVED), **_SHOWN})
async def change_draft(
    draft_id: DraftId,
    update: DraftUpdate,
    editor: BlogEditor,
    caller: CurrentCaller,
    if_match: IfMatch,
    response: Response,
) -> DraftRead:
    """Change an article, with If-Match only the revision that one has seen.

    Readers of a published one see the change immediately. When the slug changes, the address that
    it made goes on leading here.
    """
    changed = await service.change_draft(
        draft_id, update, editor=editor, caller=caller, seen=_revisions(if_match)
    )
    return _tagged(changed, response)


@router.delete("/{draft_id}", status_code=204, responses=problems(*_MOVED))
async def delete_draft(
    draft_id: DraftId, editor: BlogEditor, caller: CurrentCaller, if_match: IfMatch
) -> None:
    """Remove an article, published or not, and all its addresses."""
    seen = _revisions(if_match)
    await service.delete_draft(draft_id, editor=editor, caller=caller, seen=seen)


@router.post("/{draft_id}/publish", responses={**problems(*_MOVED), **_SHOWN})
async def publish_draft(
    draft_id: DraftId,
    editor: BlogEditor,
    caller: CurrentCaller,
    if_match: IfMatch,
    response: Response,
) -> DraftRead:
    """Publish an article now; one that is published stays as it is."""
    seen = _revisions(if_match)
    shown = await publishing.publish(draft_id, editor=editor, caller=caller, seen=seen)
    return _tagged(shown, response)


@router.post(
    "/{draft_id}/schedule",
    responses={**problems(*BODY, *_MOVED, ArticleIsPublished), **_SHOWN},
)
async def schedule_draft(
    draft_id: DraftId,
    wanted: Schedule,
    editor: BlogEditor,
    caller: CurrentCaller,
    if_match: IfMatch,
    response: Response,
) -> DraftRead:
    """Have an article appear by itself, or at another time than was said before."""
    seen = _revisions(if_match)
    shown = await publishing.schedule(
        draft_id, wanted.publish_at, editor=editor, caller=caller, seen=seen
    )
    return _tagged(shown, response)


@router.post("/{draft_id}/withdraw", responses={**problems(*_MOVED), **_SHOWN})
async def withdraw_draft(
    draft_id: DraftId,
    editor: BlogEditor,
    caller: CurrentCaller,
    if_match: IfMatch,
    response: Response,
) -> DraftRead:
    """Make a published or scheduled article a draft again."""
    seen = _revisions(if_match)
    shown = await publishing.withdraw(draft_id, editor=editor, caller=caller, seen=seen)
    return _tagged(shown, response)


@router.post(
    "/{draft_id}/copy", status_code=201, responses={**problems(ArticleNotFound), **_CREATED}
)
async def copy_draft(
    draft_id: DraftId, editor: BlogEditor, caller: CurrentCaller, response: Response
) -> DraftRead:
    """Write the same article again, as a draft with an address of its own."""
    copied = await service.copy_draft(draft_id, editor=editor, caller=caller)
    return _located(copied, response)


@router.post("/{draft_id}/preview", responses=problems(*BODY, ArticleNotFound))
async def preview_draft(
    draft_id: DraftId,
    update: DraftUpdate,
    editor: BlogEditor,  # noqa: ARG001 - who may
) -> DraftPreview:
    """Show an article as readers would see it, with changes that are not stored.

    The HTML comes as a text of JSON, for a sandboxed frame without scripts.
    """
    return await service.preview_draft(draft_id, update)


@router.post(
    "/{draft_id}/cover",
    openapi_extra=DOCUMENTED_BODY,
    responses={
        **problems(
            *(*BODY, PayloadTooLarge, *_MOVED),
            *(PictureUnreadable, PictureTooLarge, PictureMoves, NoRoomForPictures),
        ),
        **_SHOWN,
    },
)
async def set_cover(
    draft_id: DraftId,
    editor: BlogEditor,
    cover: Annotated[CoverText, Query()],
    caller: CurrentCaller,
    if_match: IfMatch,
    pictures: PicturesHere,
    request: Request,
    response: Response,
) -> DraftRead:
    """Show a picture at the head of an article: the body is a JPEG, PNG or WebP of at most 20 MiB.

    It becomes WebP in up to three widths, upright and without metadata. It may have 50 million
    pixels, or 20 million as WebP, and must not move. It takes the place of one that is there.
    """
    seen = _revisions(if_match)
    await service.find_article(draft_id, seen=seen)  # before its body is taken in
    async with received_picture(request) as file:
        shown = await covers.set_cover(
            draft_id,
            file,
            cover.alt,
            pictures=pictures,
            editor=editor,
            caller=caller,
            seen=seen,
        )
    return _tagged(shown, response)


@router.delete("/{draft_id}/cover", status_code=204, responses=problems(*_MOVED))
async def remove_cover(
    draft_id: DraftId, editor: BlogEditor, caller: CurrentCaller, if_match: IfMatch
) -> None:
    """Show no picture at the head of an article; one without stays as it is."""
    seen = _revisions(if_match)
    await covers.remove_cover(draft_id, editor=editor, caller=caller, seen=seen)


def _located(draft: DraftRead, response: Response) -> DraftRead:
    response.headers["Location"] = f"{DRAFTS}/{draft.id}"
    return _tagged(draft, response)


def _tagged(draft: DraftRead, response: Response) -> DraftRead:
    response.headers["ETag"] = f'"{draft.revision}"'
    return draft


def _revisions(tags: frozenset[str] | None) -> service.Seen:
    if tags is None:
        return None
    numbers = (tag.strip('"') for tag in tags)
    return frozenset(int(number) for number in numbers if number.isascii() and number.isdigit())
