"""Look how far the installation has come."""

from datetime import datetime

from auth_service.backups import last_backup
from auth_service.models import OutboxEmail, User
from auth_service.settings import AuthSettings
from auth_service.setup.schemas import SetupRead
from shared.access.tokens import Role


async def read_setup(settings: AuthSettings) -> SetupRead:
    """Return the facts of this moment."""
    administrators = User.filter(roles__contains=[Role.ADMIN.value], archived_at=None)
    return SetupRead(
        first_password_changed=not await administrators.filter(
            password_change_required=True
        ).exists(),
        administrators=await administrators.filter(is_active=True).count(),
        public_url=settings.public_url,
        mail_server_configured=settings.smtp_host is not None,
        emails_are_caught=settings.mailbox_url is not None,
        last_email_sent_at=await _last_email_sent(),
        last_backup_at=await last_backup(),
    )


async def _last_email_sent() -> datetime | None:
    """Return when the newest of those was sent that were; ids rise with time."""
    newest = await OutboxEmail.filter(sent_at__isnull=False).order_by("-id").first()
    return newest.sent_at if newest else None
