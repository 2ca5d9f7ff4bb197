"""A message inside the layout of all emails, for those who preview it and for the worker."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from mailing_service.fields import EMAIL, FULL_NAME
from mailing_service.mail_settings import MailSettings
from mailing_service.messages.content import Draft, Parts, prepare, prepare_now
from shared.language.translation import Sentence, translate
from shared.smtp.message import Content, Slot, new_marker
from shared.smtp.template.layout import Body, Shop, Unsubscribing, laid_out

UNSUBSCRIBE_URL: Final = "unsubscribe_url"
"""The value of each recipient that leads to the page where they leave; no name of a field."""

_UNSUBSCRIBE = Sentence("Unsubscribe")
_REASON = Sentence("This email was sent to {email}.", email="{email}")


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the words, and the language of what is added to them."""

    draft: Draft
    language: str


async def email_of(message: Message, settings: MailSettings) -> Content:
    """Return the email, with markers for what each recipient fills in.

    Made once for all emails of a run. Raises UnprocessableEntity for what no email can hold.
    """
    parts = await prepare(message.draft)
    return await asyncio.to_thread(_laid_out, parts, message.language, settings)


def email_of_run(frozen: Mapping[str, Any], settings: MailSettings) -> Content:
    """Return the email of `Run.message`, made here: for a thread of the worker."""
    draft = Draft(frozen["subject"], frozen["preheader"], frozen["body"])
    return _laid_out(prepare_now(draft), frozen["language"], settings)


def values_of(
    *, email: str, full_name: str, custom_fields: Mapping[str, str], unsubscribe_url: str
) -> dict[str, str]:
    """Return what fills an email for one recipient."""
    return {
        **custom_fields,
        EMAIL: email,
        FULL_NAME: full_name,
        UNSUBSCRIBE_URL: unsubscribe_url,
    }


def missing_fields(content: Content, values: Mapping[str, str]) -> list[str]:
    """Return the fields that have neither a value nor a default."""
    slots = content.slots.values()
    missing = {slot.name for slot in slots if not (slot.default or values.get(slot.name))}
    return sorted(missing - {UNSUBSCRIBE_URL})


def _laid_out(parts: Parts, language: str, settings: MailSettings) -> Content:
    url, address = new_marker(), new_marker()
    body = Body(
        language=language,
        subject=parts.subject,
        preheader=parts.preheader,
        text=parts.text,
        html=Markup(parts.html),  # noqa: S704 - nh3 has cleaned it
        footer=(translate(_REASON, language).replace("{email}", address),),
    )
    shop = Shop(settings.shop_name, settings.postal_address, settings.logo_url or "")
    unsubscribing = Unsubscribing(translate(_UNSUBSCRIBE, language), url)
    text, html = laid_out(body, shop, unsubscribing=unsubscribing)
    slots = {**parts.slots, url: Slot(UNSUBSCRIBE_URL), address: Slot(EMAIL)}
    return Content(parts.subject, text, html, slots)
