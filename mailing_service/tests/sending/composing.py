"""A stand-in for how messages are made into emails: two fields, no template."""

import html
from collections.abc import Mapping
from typing import Any

from shared.smtp.message import Content, Slot, new_marker


def compose(message: Mapping[str, Any]) -> Content:
    """Return a message with the slots full_name and unsubscribe_url."""
    slots = {new_marker(): Slot(name) for name in ("full_name", "unsubscribe_url")}
    subject, text = message["subject"], message["body"]
    for marker, slot in slots.items():
        subject = subject.replace(f"{{{{{slot.name}}}}}", marker)
        text = text.replace(f"{{{{{slot.name}}}}}", marker)
    link = next(marker for marker, slot in slots.items() if slot.name == "unsubscribe_url")
    page = f'<p>{html.escape(text)}</p><a href="{link}">Unsubscribe</a>'
    return Content(subject, f"{text}\n\n{link}\n", page, slots)
