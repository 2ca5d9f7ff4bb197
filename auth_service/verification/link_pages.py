"""The pages behind the links of letters, for those who have no front end that shows its own.

A page does nothing by itself: whoever follows the link, a mail scanner above all, confirms nothing.
Its button sends what stands behind `#token=`, which no server sees before.
"""

import base64
import hashlib
import html
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from auth_service.dependencies import CurrentCaller
from shared.errors import BadRequest
from shared.problems import problems
from shared.translation import DEFAULT_LANGUAGE, Sentence, translate

router = APIRouter(prefix="/api/v1/auth", tags=["links of letters"], responses=problems(BadRequest))

_SCRIPT = """
"use strict";
const form = document.querySelector("form");
const output = document.querySelector("output");
const button = document.querySelector("button");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  const token = new URLSearchParams(location.hash.slice(1)).get("token") || "-";
  const body = JSON.stringify({ ...Object.fromEntries(new FormData(form)), token });
  const headers = { "Content-Type": "application/json" };
  try {
    const response = await fetch(location.pathname, { method: "POST", headers, body });
    const answer = response.status === 204 ? null : await response.json();
    const fields = answer?.fields?.map((problem) => problem.message) ?? [];
    output.textContent = response.ok
      ? [form.dataset.done, answer?.device_token ?? ""].join(" ")
      : [answer.message, ...fields].join(" ");
    form.hidden = response.ok;
  } catch {
    output.textContent = form.dataset.failed;
  }
  button.disabled = false;
});
"""
_STYLE = """
body{font:16px/1.5 sans-serif;max-width:30em;margin:3em auto;padding:0 1em}
label,input,button,output{display:block;margin:.5em 0}input{width:100%}
"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body><h1>{title}</h1>
<form data-done="{done}" data-failed="{failed}">{fields}<button>{button}</button></form>
<output></output>
<script>{script}</script></body></html>
"""
_FIELD = (
    '<label>{label}<input type="password" name="{name}" autocomplete="new-password" required>'
    "</label>"
)


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    button: str
    done: str
    failed: str
    fields: tuple[tuple[str, str], ...] = ()


_FAILED = Sentence("That did not work; please try again.")
_CONFIRM = _Words(
    Sentence("Confirm your email"),
    Sentence("Confirm"),
    Sentence("Your email is confirmed."),
    _FAILED,
)
_RESET = _Words(
    Sentence("Set a new password"),
    Sentence("Set the password"),
    Sentence("Your password is changed. Please sign in."),
    _FAILED,
    (
        ("password", Sentence("New password")),
        ("password_confirmation", Sentence("The same again")),
    ),
)
_SIGN_IN = _Words(
    Sentence("Sign in at a new device"),
    Sentence("Let me sign in"),
    Sentence("Now sign in with your password within 10 minutes, with this device token:"),
    _FAILED,
)


def _hash(text: str) -> str:
    """Return how a Content-Security-Policy names a piece of the page that may take effect."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}


@router.get("/email/confirm", response_class=HTMLResponse)
async def show_email_confirmation(caller: CurrentCaller) -> Response:
    """Ask for the press of a button that confirms an email."""
    return _page(_CONFIRM, caller.language or DEFAULT_LANGUAGE)


@router.get("/password/reset", response_class=HTMLResponse)
async def show_password_reset(caller: CurrentCaller) -> Response:
    """Ask for a new password."""
    return _page(_RESET, caller.language or DEFAULT_LANGUAGE)


@router.get("/sign-in-link/confirm", response_class=HTMLResponse)
async def show_sign_in_link(caller: CurrentCaller) -> Response:
    """Ask for the press of a button that lets a new device sign in."""
    return _page(_SIGN_IN, caller.language or DEFAULT_LANGUAGE)


def _page(words: _Words, language: str) -> Response:
    def written(message: str) -> str:
        return html.escape(translate(message, language))

    fields = "".join(_FIELD.format(name=name, label=written(label)) for name, label in words.fields)
    page = _PAGE.format(
        language=language,
        title=written(words.title),
        done=written(words.done),
        failed=written(words.failed),
        button=written(words.button),
        fields=fields,
        style=_STYLE,
        script=_SCRIPT,
    )
    headers = {**_HEADERS, "Content-Language": language}
    return Response(page, media_type="text/html", headers=headers)
