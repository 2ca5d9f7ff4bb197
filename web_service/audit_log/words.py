"""Events and what belongs to them, in words."""

from collections.abc import Callable, Mapping

Gettext = Callable[[str], str]


def account_events(gettext: Gettext) -> Mapping[str, str]:
    """Return what happens to accounts; one of tomorrow is shown by its name."""
    _ = gettext
    return {
        "registered": _("Registered"),
        "signed_in": _("Signed in"),
        "sign_in_throttled": _("Too many tries to sign in"),
        "sign_in_link_requested": _("Sign-in link asked for"),
        "sign_in_link_used": _("Sign-in link used"),
        "signed_out": _("Signed out"),
        "refresh_reuse_detected": _("Stolen session detected"),
        "session_ended": _("Session ended"),
        "other_sessions_ended": _("All other sessions ended"),
        "token_revoked": _("Token revoked"),
        "email_verified": _("Email confirmed"),
        "verification_sent": _("Confirmation sent"),
        "password_changed": _("Password changed"),
        "password_reset_requested": _("New password asked for"),
        "password_reset": _("Password set anew"),
        "profile_changed": _("Data changed"),
        "email_change_requested": _("Change of the email asked for"),
        "email_changed": _("Email changed"),
        "phone_changed": _("Phone changed"),
        "account_deleted": _("Account deleted"),
        "account_purged": _("Unconfirmed account removed"),
        "account_imported": _("Account imported"),
        "blocked": _("Blocked"),
        "unblocked": _("Unblocked"),
        "sessions_ended": _("Signed out everywhere"),
        "roles_changed": _("Roles given"),
        "administrator_created": _("Administrator created"),
        "key_rotated": _("Signing key changed"),
        "key_revoked": _("Signing key revoked"),
        "key_imported": _("Signing key imported"),
        "audit_read": _("Audit log read"),
    }


def mailing_events(gettext: Gettext) -> Mapping[str, str]:
    """Return what happens to mailings and articles."""
    _ = gettext
    return {
        "submitted": _("Submitted"),
        "changed": _("Changed"),
        "approved": _("Approved"),
        "approval_asked_again": _("Approval asked for again"),
        "rejected": _("Rejected"),
        "disabled": _("Disabled"),
        "started": _("Started"),
        "paused": _("Paused"),
        "resumed": _("Resumed"),
        "finished": _("Finished"),
        "finished_early": _("Finished early"),
        "expired": _("Time is over"),
        "run_missed": _("A run was missed"),
        "retried": _("Failed emails tried again"),
        "deleted": _("Deleted"),
        "held": _("All sending stopped"),
        "released": _("Sending released"),
        "owner_erased": _("Owner deleted"),
        "addresses_read": _("Full addresses read"),
        "audit_read": _("Audit log read"),
        "suppressed_for_all": _("Address never written to by anybody"),
        "unsuppressed_for_all": _("Address may be written to again"),
        "article_written": _("Article written"),
        "article_changed": _("Article changed"),
        "article_published": _("Article published"),
        "article_scheduled": _("Article scheduled"),
        "article_withdrawn": _("Article withdrawn"),
        "article_deleted": _("Article deleted"),
    }


def catalog_events(gettext: Gettext) -> Mapping[str, str]:
    """Return what the staff does to products and orders."""
    _ = gettext
    return {
        "product_added": _("Product added"),
        "product_changed": _("Product changed"),
        "product_deactivated": _("Product switched off"),
        "product_reactivated": _("Product switched on"),
        "stock_changed": _("Stock changed"),
        "products_imported": _("Products imported"),
        "order_paid": _("Order marked as paid"),
        "order_cancelled": _("Order cancelled"),
        "audit_read": _("Audit log read"),
    }


def details(gettext: Gettext) -> Mapping[str, str]:
    """Return how the further facts of an event are called."""
    _ = gettext
    return {
        "reason": _("Reason"),
        "block_reason": _("Reason"),
        "roles": _("Roles"),
        "fields": _("Fields"),
        "count": _("How many"),
        "how": _("How"),
        "page": _("Page"),
        "kid": _("Key"),
        "run": _("Run"),
        "was": _("Before"),
        "ended_session": _("Session"),
        "article_id": _("Article"),
        "slug": _("Address"),
        "published_at": _("Appears"),
        "copy_of": _("Copy of"),
        "changed": _("Changed"),
        "created": _("New products"),
        "unchanged": _("Unchanged"),
        "refused": _("Lines refused"),
        "name": _("Product name"),
        "price": _("Price"),
        "sku": _("Article number"),
        "is_active": _("For sale"),
        "quantity": _("In stock"),
        "status": _("State"),
        "bulk": _("Changed together"),
    }
