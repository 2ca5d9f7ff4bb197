"""What the auth service serves."""

from typing import Final

from gateway.route import Access, Route

AUTH: Final = "auth"

OPEN, BEFORE_PASSWORD_CHANGE = Access.OPEN, Access.BEFORE_PASSWORD_CHANGE

ROUTES = (
    Route("POST", "/api/v1/auth/register", AUTH, OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/login", AUTH, OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/token", AUTH, OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/refresh", AUTH, OPEN, signs_in=True),
    Route("POST", "/api/v1/auth/sign-in-link", AUTH, OPEN, signs_in=True),
    Route("GET", "/api/v1/auth/sign-in-link/confirm", AUTH, OPEN),  # leads to the page
    Route("POST", "/api/v1/auth/sign-in-link/confirm", AUTH, OPEN, signs_in=True),
    Route("POST", "/api/v1/auth/revoke", AUTH, OPEN),
    Route("POST", "/api/v1/auth/logout", AUTH, BEFORE_PASSWORD_CHANGE),
    Route("GET", "/api/v1/auth/sessions", AUTH),
    Route("DELETE", "/api/v1/auth/sessions", AUTH),
    Route("DELETE", "/api/v1/auth/sessions/{id}", AUTH),
    Route("POST", "/api/v1/auth/email/verify", AUTH),
    Route("POST", "/api/v1/auth/email/resend", AUTH),
    Route("GET", "/api/v1/auth/email/confirm", AUTH, OPEN),  # likewise
    Route("POST", "/api/v1/auth/email/confirm", AUTH, OPEN, signs_in=True),
    Route("POST", "/api/v1/auth/password/forgot", AUTH, OPEN, signs_in=True),
    Route("GET", "/api/v1/auth/password/reset", AUTH, OPEN),  # likewise
    Route("POST", "/api/v1/auth/password/reset", AUTH, OPEN, signs_in=True, hashes=True),
    Route("POST", "/api/v1/auth/password/change", AUTH, BEFORE_PASSWORD_CHANGE, hashes=True),
    Route("GET", "/.well-known/jwks.json", AUTH, OPEN),
    Route("GET", "/.well-known/oauth-authorization-server", AUTH, OPEN),
    Route("GET", "/api/v1/users/me", AUTH, BEFORE_PASSWORD_CHANGE),
    Route("PATCH", "/api/v1/users/me", AUTH),
    Route("DELETE", "/api/v1/users/me", AUTH, hashes=True),
    Route("POST", "/api/v1/users/me/email", AUTH, hashes=True),
    Route("POST", "/api/v1/users/me/phone", AUTH, hashes=True),
    Route("GET", "/api/v1/users", AUTH),
    Route("GET", "/api/v1/users/{id}", AUTH),
    Route("PATCH", "/api/v1/users/{id}", AUTH),
    Route("DELETE", "/api/v1/users/{id}", AUTH),
    Route("POST", "/api/v1/users/{id}/block", AUTH),
    Route("POST", "/api/v1/users/{id}/unblock", AUTH),
    Route("PUT", "/api/v1/users/{id}/roles", AUTH),
    Route("GET", "/api/v1/users/{id}/sessions", AUTH),
    Route("DELETE", "/api/v1/users/{id}/sessions", AUTH),
    Route("DELETE", "/api/v1/users/{id}/sessions/{session_id}", AUTH),
    Route("GET", "/api/v1/audit", AUTH),
    Route("GET", "/api/v1/audit/export", AUTH),
    Route("GET", "/api/v1/setup", AUTH),
    Route("GET", "/api/v1/signing-keys", AUTH),
)
