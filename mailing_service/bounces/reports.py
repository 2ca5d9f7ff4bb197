"""Read what came back: a delivery status notification (RFC 3464), or what looks like a bounce."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from mailing_service.models.bounces import BounceKind

_RECIPIENT_FIELDS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_RETURN_PATH = re.compile(r"bounce\+[0-9]+\.[0-9a-f]+@[^\s<>,;\"]+", re.IGNORECASE)
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<!\d)([45])\d\d(?!\d)")
_HARD = re.compile(r"5\.(?:0\.\d+|1\.(?![78]$)\d+|2\.[01]|4\.[14]|5\.0)")
"""RFC 3463: what is wrong with the address; the rest is a full mailbox, routes, policies, spam."""
_FULL = re.compile(r"quota|mailbox (?:is )?full|over ?quota", re.IGNORECASE)
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """What an email says: where it was sent to, and whether it is a bounce."""

    return_paths: tuple[str, ...]
    kind: BounceKind | None


def read_report(content: bytes) -> Report:
    """Read an email; what is none, or no bounce, has no kind. Raises whatever garbage provokes."""
    message = message_from_bytes(content)
    fields = " ".join(
        str(value) for name in _RECIPIENT_FIELDS for value in message.get_all(name, [])
    )
    return Report(tuple(_RETURN_PATH.findall(fields)), _kind_of(message))


def _kind_of(message: Message) -> BounceKind | None:
    blocks = list(_recipients_of(message))
    if not blocks:
        return _kind_of_text(message)
    kinds = {_kind_of_block(block) for block in blocks}
    return next((kind for kind in (BounceKind.HARD, BounceKind.SOFT) if kind in kinds), None)


def _recipients_of(message: Message) -> Iterator[Message]:
    """Give what a notification says of each recipient (RFC 3464 section 2.3)."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and block["action"]:
                yield block


def _kind_of_block(block: Message) -> BounceKind | None:
    """Return what became of a recipient; a delay or a relay is no bounce."""
    if not str(block["action"]).strip().lower().startswith(("fail", "error")):
        return None
    status, diagnostic = (_field(block, name) for name in ("status", "diagnostic-code"))
    codes = _CODE.findall(diagnostic) if _says_nothing(status) else _CODE.findall(status)
    return _kind_of_codes(codes or _CODE.findall(status), diagnostic)


def _says_nothing(status: str) -> bool:
    return not _CODE.search(status) or ".0.0" in status


def _kind_of_codes(codes: list[str], text: str) -> BounceKind:
    if codes:
        return BounceKind.HARD if _HARD.fullmatch(codes[0]) else BounceKind.SOFT
    reply = _REPLY.search(text)
    is_soft = _FULL.search(text) or (reply is not None and reply[1] == "4")
    return BounceKind.SOFT if is_soft else BounceKind.HARD


def _kind_of_text(message: Message) -> BounceKind | None:
    _, failed = all_failures(message)  # the first are delayed
    if not failed:
        return None
    text = _text_of(message)
    return _kind_of_codes(_CODE.findall(text), text)


def _text_of(message: Message) -> str:
    """Return the first text, which comes before the email that is sent back."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                return decoded[:_LONGEST_TEXT].decode("ascii", "replace")
    return ""


def _field(block: Message, name: str) -> str:
    return str(block.get(name, ""))
