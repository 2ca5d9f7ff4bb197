"""What can go wrong in the mailing service, beside what can go wrong everywhere.

Each room adds its errors here, in the order of the rooms.
"""

from shared.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    NotFound,
    ServiceError,
    ServiceUnavailable,
    TooManyRequests,
    UnprocessableEntity,
)

# idempotency


class IdempotencyKeyReused(UnprocessableEntity):
    """This Idempotency-Key belongs to another request."""

    error = "idempotency_key_reused"
    example_fields = (FieldProblem("Idempotency-Key", "Was sent with another request"),)


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key is still under way; try again in a moment."""

    error = "request_in_progress"


# accounts


class AccountsOutdated(ServiceUnavailable):
    """What was just changed in an account is not known here yet; try again in a moment."""

    error = "accounts_outdated"


# pictures


class PictureNotFound(NotFound):
    """There is no such picture."""

    error = "picture_not_found"


class PictureUnreadable(UnprocessableEntity):
    """This is no JPEG, PNG or WebP picture, or it is damaged."""

    error = "picture_unreadable"
    example_fields = ()


class PictureTooLarge(UnprocessableEntity):
    """The picture has too many pixels: at most 50 million, or 20 million as WebP."""

    error = "picture_too_large"
    example_fields = ()


class PictureMoves(UnprocessableEntity):
    """The picture moves; send one that stands still."""

    error = "picture_moves"
    example_fields = ()


class NoRoomForPictures(ServiceError):
    """There is no room for more pictures; tell an administrator."""

    status = 507
    error = "no_room_for_pictures"


# articles


class ArticleNotFound(NotFound):
    """There is no such article."""

    error = "article_not_found"


class ArticleIsPublished(Conflict):
    """The article is published already; withdraw it first."""

    error = "article_is_published"


# deliveries


class DeliveryNotFound(NotFound):
    """You have no such delivery."""

    error = "delivery_not_found"


# mailings


class MailingNotFound(NotFound):
    """You have no such mailing."""

    error = "mailing_not_found"


class ChosenNotFound(NotFound):
    """What is chosen is not there."""

    error = "chosen_not_found"
    example_fields = (FieldProblem("list_ids.17", "There is no such list"),)


class StatusForbids(Conflict):
    """The mailing's status does not allow this."""

    error = "mailing_status"
    example_fields = (FieldProblem("status", "The mailing is finished"),)


class OwnerBlocked(Conflict):
    """The owner of this mailing is blocked."""

    error = "owner_blocked"


class MailingHasNoMessage(Conflict):
    """The mailing has no message."""

    error = "mailing_has_no_message"


class WindowOver(Conflict):
    """The mailing's window is over; choose a later end."""

    error = "window_over"


class NobodyToReach(Conflict):
    """The mailing reaches nobody."""

    error = "nobody_to_reach"


class FieldsLacking(Conflict):
    """Some recipients have no value of a field that has no default."""

    error = "fields_lacking"
    example_fields = (
        FieldProblem("audience.lacking.city", "3 recipients have no value; write a default"),
    )


class TooManyRecipients(Conflict):
    """The mailing reaches more recipients than yours may."""

    error = "too_many_recipients"
    example_fields = (FieldProblem("audience.reached", "At most 1000, but there are 1200"),)


class TooManyWaiting(Conflict):
    """As many mailings of yours are waiting as may."""

    error = "too_many_waiting"
    example_fields = (FieldProblem("status", "At most 3 may wait at a time"),)


class NothingToRetry(Conflict):
    """No email of the last run failed."""

    error = "nothing_to_retry"


class OwnMailing(Forbidden):
    """Nobody approves their own mailing."""

    error = "own_mailing"


# Messages


class MessageNotFound(NotFound):
    """You have no such message."""

    error = "message_not_found"


class MessageTestNotFound(NotFound):
    """You have no such test email."""

    error = "message_test_not_found"


class NoVerifiedAddress(Conflict):
    """You have no verified email address for a test email."""

    error = "no_verified_address"


class TooManyMessageTests(Conflict):
    """As many test emails of yours are waiting as may; try again when they are sent."""

    error = "too_many_message_tests"


# The mail server


class NoMailServer(Conflict):
    """There is no mail server for mailings; name one in the settings (MAILING_SMTP_HOST)."""

    error = "no_mail_server"


class TooManyServerTests(TooManyRequests):
    """You have sent as many test emails in this hour as you may; try again later."""

    error = "too_many_server_tests"


# Suppressions


class SuppressionNotFound(NotFound):
    """You have no such suppression."""

    error = "suppression_not_found"


class SuppressionIsTheRecipients(Conflict):
    """The recipient asked for no more email; only an administrator can take that back."""

    error = "suppression_is_the_recipients"


# Recipients and lists


class RecipientNotFound(NotFound):
    """You have no such recipient."""

    error = "recipient_not_found"


class RecipientExists(Conflict):
    """You have a recipient with this address already."""

    error = "recipient_exists"


class ImportRefused(UnprocessableEntity):
    """Some lines hold no recipient, so nothing was imported."""

    error = "import_refused"
    example_fields = (FieldProblem("line 17", "is not UTF-8 text; save the file as UTF-8"),)


class ImportOutrun(Conflict):
    """Others added the same addresses meanwhile; import the file again."""

    error = "import_outrun"


class ListNotFound(NotFound):
    """You have no such list."""

    error = "list_not_found"


class ListNameTaken(Conflict):
    """You have a list of this name already."""

    error = "list_name_taken"
