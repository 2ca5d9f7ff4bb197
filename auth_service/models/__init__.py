"""Users, their sessions, and what signing in and staying trusted takes: a module for each story."""

from auth_service.models.accounts import SEARCHABLE_LENGTH, AccountChange, AccountFeed, User
from auth_service.models.audit import AuditEvent
from auth_service.models.emails import Confirmation, EmailAttempt, EmailRequest, OutboxEmail
from auth_service.models.keys import IssuedLifetime, SigningKey
from auth_service.models.limits import RateLimit, Throttle
from auth_service.models.sessions import Device, RefreshToken, Session

__all__ = [
    "SEARCHABLE_LENGTH",
    "AccountChange",
    "AccountFeed",
    "AuditEvent",
    "Confirmation",
    "Device",
    "EmailAttempt",
    "EmailRequest",
    "IssuedLifetime",
    "OutboxEmail",
    "RateLimit",
    "RefreshToken",
    "Session",
    "SigningKey",
    "Throttle",
    "User",
]
