"""The articles of the blog."""

import uuid
from typing import ClassVar

from tortoise import fields
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from mailing_service.bounds import (
    COVER_ALT_LENGTH,
    COVER_LENGTH,
    EXCERPT_LENGTH,
    FULL_NAME_LENGTH,
    SLUG_LENGTH,
    TITLE_LENGTH,
)


class Article(Model):
    """An article: a draft without `published_at`, scheduled until then, published from then on.

    `body` is Markdown, `html` what is made of it, and `summary` what lists show: the excerpt, or
    the beginning of the text. `searchable` has the words of title, excerpt and text, folded.
    `cover` is the name of a picture. `revision` rises with every change.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    slug = fields.CharField(max_length=SLUG_LENGTH, unique=True)
    title = fields.CharField(max_length=TITLE_LENGTH)
    body = fields.TextField()
    html = fields.TextField()
    excerpt = fields.CharField(max_length=EXCERPT_LENGTH, default="")
    summary = fields.CharField(max_length=EXCERPT_LENGTH, default="")
    searchable = fields.TextField(default="")
    # The migration says more than can be said here: word forms and the words as they are.
    search = TSVectorField(source_fields="searchable", config="russian")
    language = fields.CharField(max_length=2, default="en")
    cover = fields.CharField(max_length=COVER_LENGTH, null=True)
    cover_alt = fields.CharField(max_length=COVER_ALT_LENGTH, default="")
    author_id: uuid.UUID | None = fields.UUIDField(null=True)
    author = fields.CharField(max_length=FULL_NAME_LENGTH, default="")
    published_at = fields.DatetimeField(null=True)
    revision = fields.IntField(db_default=1)
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "articles"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["published_at", "id"], name="articles_order"),
            Index(fields=["language", "published_at", "id"], name="articles_language_order"),
            Index(fields=["author_id"], name="articles_author"),
            GinIndex(fields=["search"], name="articles_search"),
        ]
        constraints = (
            CheckConstraint(
                check="cover IS NULL OR cover_alt <> ''", name="articles_cover_has_a_text"
            ),
        )


class ArticleSlug(Model):
    """A slug that an article has, or once had: nobody else is given it."""

    slug = fields.CharField(primary_key=True, generated=False, max_length=SLUG_LENGTH)
    article: fields.ForeignKeyRelation[Article] = fields.ForeignKeyField(
        "mailing.Article", related_name="slugs", on_delete=fields.OnDelete.CASCADE
    )
    article_id: int

    class Meta:
        table = "article_slugs"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["article_id"], name="article_slugs_article")
        ]


class ContentRevision(Model):
    """The one row that shows readers whether any article changed.

    A trigger raises it at the end of every statement that writes articles, by a random step: a
    restored backup takes changes back, and no number may come twice for different content.
    """

    id = fields.SmallIntField(primary_key=True, generated=False, default=1)
    revision = fields.BigIntField(db_default=1)

    class Meta:
        table = "content_revision"
        constraints = (CheckConstraint(check="id = 1", name="content_revision_one_row"),)
