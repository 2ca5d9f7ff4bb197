"""What is left of an erased editor: their articles, without a name."""

from uuid import UUID

from tortoise.expressions import F

from mailing_service.models.articles import Article
from mailing_service.models.pictures import Picture


async def erase_owner(owner_id: UUID) -> None:
    """Take an erased person's name off what they wrote, in the caller's transaction."""
    written = Article.filter(author_id=owner_id)
    await written.update(author="", author_id=None, revision=F("revision") + 1)
    await Picture.filter(created_by=owner_id).update(created_by=None)
