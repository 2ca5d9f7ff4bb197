"""The pages behind the links of letters, for those who have no front end that shows its own.

A page does nothing by itself: whoever follows the link, a mail scanner above all, confirms nothing.
Its button sends what stands behind `#token=`, which no server sees before.
"""

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from auth_service.dependencies import CurrentCaller
from shared.errors import BadRequest
from shared.problems import problems

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


_CONFIRM = {
    "en": _Words(
        "Confirm your email",
        "Confirm",
        "Your email is confirmed.",
        "That did not work; please try again.",
    ),
    "ru": _Words(
        "Подтвердите почту",
        "Подтвердить",
        "Почта подтверждена.",
        "Не получилось, попробуйте ещё раз.",
    ),
}
_RESET = {
    "en": _Words(
        "Set a new password",
        "Set the password",
        "Your password is changed. Please sign in.",
        "That did not work; please try again.",
        (("password", "New password"), ("password_confirmation", "The same again")),
    ),
    "ru": _Words(
        "Задайте новый пароль",
        "Задать пароль",
        "Пароль изменён. Войдите с ним.",
        "Не получилось, попробуйте ещё раз.",
        (("password", "Новый пароль"), ("password_confirmation", "Ещё раз")),
    ),
}

_SIGN_IN = {
    "en": _Words(
        "Sign in at a new device",
        "Let me sign in",
        "Now sign in with your password within 10 minutes, with this device token:",
        "That did not work; please try again.",
    ),
    "ru": _Words(
        "Вход на новом устройстве",
        "Разрешить вход",
        "Теперь войдите с паролем в течение 10 минут, указав этот ключ устройства:",
        "Не получилось, попробуйте ещё раз.",
    ),
}


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
    return _page(_CONFIRM, caller.language)


@router.get("/password/reset", response_class=HTMLResponse)
async def show_password_reset(caller: CurrentCaller) -> Response:
    """Ask for a new password."""
    return _page(_RESET, caller.language)


@router.get("/sign-in-link/confirm", response_class=HTMLResponse)
async def show_sign_in_link(caller: CurrentCaller) -> Response:
    """Ask for the press of a button that lets a new device sign in."""
    return _page(_SIGN_IN, caller.language)


def _page(words: Mapping[str, _Words], language: str) -> Response:
    own = words[language]
    fields = "".join(
        _FIELD.format(name=name, label=html.escape(label)) for name, label in own.fields
    )
    page = _PAGE.format(
        language=language,
        title=html.escape(own.title),
        done=html.escape(own.done),
        failed=html.escape(own.failed),
        button=html.escape(own.button),
        fields=fields,
        style=_STYLE,
        script=_SCRIPT,
    )
    return Response(page, media_type="text/html", headers=_HEADERS)
