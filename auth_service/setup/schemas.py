"""What auth knows of how far the installation has come."""

from pydantic import Field

from shared.values.schemas import Schema, UtcDatetime


class SetupRead(Schema):
    """Facts of this moment; nothing here is set by a request."""

    first_password_changed: bool = Field(
        description="No administrator has a password that somebody else has chosen."
    )
    administrators: int = Field(examples=[2], description="Those who are not blocked.")
    public_url: str = Field(examples=["https://shop.example.com"])
    mail_server_configured: bool
    emails_are_caught: bool = Field(
        description="Development: emails go to the mail catcher, and to nobody."
    )
    last_email_sent_at: UtcDatetime | None = Field(
        description="When a mail server last took an email of an account; null where none has."
    )
    last_backup_at: UtcDatetime | None
