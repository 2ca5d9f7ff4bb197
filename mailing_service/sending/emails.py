"""The emails of runs: built once for each run as bytes, filled for each recipient."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from mailing_service.models.mailings import Run
from mailing_service.models.sending import MessageTest
from mailing_service.return_paths import ReturnPaths
from mailing_service.sending.lookups import Permit
from shared import clock
from shared.smtp.addresses import UnusableAddress, to_ascii
from shared.smtp.connections import Envelope
from shared.smtp.dkim import Signer
from shared.smtp.fields import Mailbox, MailingFields
from shared.smtp.message import Content, EmailTemplate, Recipient

Prepare = Callable[[Mapping[str, Any]], Content]
"""Makes a frozen message (`Run.message`) into what people read, with slots for its fields."""

UNSUBSCRIBE_PATH = "/api/v1/unsubscribe/"
_KEPT = 64
"""Runs whose template is kept."""
_ID_DIGITS = 16


class FieldLacking(Exception):
    """An email would have a gap: its recipient came after the mailing was submitted."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom mailings come from, and where their links lead."""

    sender: Mailbox
    public_url: str
    secrets: Sequence[SecretStr]
    signer: Signer | None = None

    @property
    def domain(self) -> str:
        """Return the domain that we send from."""
        return self.sender.address.rpartition("@")[2]


class Emails:
    """Builds emails; `prepare` is called once for each run."""

    def __init__(self, identity: Identity, prepare: Prepare) -> None:
        self._identity = identity
        self._prepare = prepare
        self._return_paths = ReturnPaths(identity.secrets, identity.domain)
        self._templates: OrderedDict[int, EmailTemplate] = OrderedDict()

    async def template_of(self, run_id: int) -> EmailTemplate:
        """Return the template of a run's frozen message."""
        template = self._templates.get(run_id)
        if template is None:
            run = await Run.get(id=run_id)
            owner, number = run.owner_id.hex, run.mailing_id
            template = await asyncio.to_thread(self.build, run.message, owner=owner, number=number)
            self._templates[run_id] = template
        self._templates.move_to_end(run_id)
        while len(self._templates) > _KEPT:
            self._templates.popitem(last=False)
        return template

    def build(self, message: Mapping[str, Any], *, owner: str, number: int) -> EmailTemplate:
        """Return the template of a message of an owner."""
        fields = MailingFields(
            sender=self._identity.sender,
            reply_to=_reply_to(message),
            list_id=f"{owner}.mailings.{self._identity.domain}",
            feedback_id=f"{number}:{owner}:mailing:vitrina",
            language=message["language"],
        )
        return EmailTemplate(self._prepare(message), fields)

    def fill(self, template: EmailTemplate, permit: Permit) -> tuple[Envelope, bytes]:
        """Return envelope and bytes; raises FieldLacking, UnsafeHeader or UnusableAddress."""
        url = f"{self._identity.public_url}{UNSUBSCRIBE_PATH}{permit.token}"
        own = {"email": permit.email, "full_name": permit.full_name, "unsubscribe_url": url}
        _refuse_gaps(template, {**permit.custom_fields, **own})
        content = template.fill(
            Recipient(
                address=permit.email,
                message_id=self.message_id(permit),
                date=clock.now(),
                full_name=permit.full_name,
                unsubscribe_url=url,
                values={**permit.custom_fields, **own},
            )
        )
        if self._identity.signer is not None:
            content = self._identity.signer.sign(content)
        sender = self._return_paths.address_of(permit.id)
        return Envelope(sender, to_ascii(permit.email)), content

    def fill_test(self, template: EmailTemplate, test: MessageTest) -> tuple[Envelope, bytes]:
        """Return likewise those of a test email, whose link leads to nobody's subscription."""
        domain = self._identity.domain
        own = {"email": test.email, "unsubscribe_url": self._identity.public_url}
        content = template.fill(
            Recipient(
                address=test.email,
                message_id=f"test.{test.id}.{test.owner_id.hex}@{domain}",
                date=clock.now(),
                values={**test.values, **own},
            )
        )
        if self._identity.signer is not None:
            content = self._identity.signer.sign(content)
        return Envelope(self._identity.sender.address, to_ascii(test.email)), content

    def message_id(self, permit: Permit) -> str:
        """Return the same for each attempt at a delivery."""
        name = f"{permit.id}.{permit.email_hash}".encode()
        return (
            f"{permit.id}.{hashlib.sha256(name).hexdigest()[:_ID_DIGITS]}@{self._identity.domain}"
        )


def _refuse_gaps(template: EmailTemplate, values: Mapping[str, str]) -> None:
    for name in template.needed:
        if not values.get(name):
            raise FieldLacking(f"The recipient has no value of the field {name}.")


def _reply_to(message: Mapping[str, Any]) -> Mailbox | None:
    try:
        return Mailbox(to_ascii(message["reply_to"])) if message.get("reply_to") else None
    except UnusableAddress:
        return None
