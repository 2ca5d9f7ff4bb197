"""What the home page shows."""

from pydantic import Field

from mailing_service.blog.articles.schemas import ArticleSummary
from shared.values.schemas import Schema


class Home(Schema):
    """How much is sent, and what there is to read."""

    mailings: int = Field(description="All that were not deleted.")
    active_mailings: int = Field(description="Those that are running.")
    recipients: int = Field(description="Different addresses, however many people write to them.")
    articles: list[ArticleSummary] = Field(
        description="Up to three published articles, drawn at random when the answer was made: in"
        " the reader's language, and others where there are too few."
    )
