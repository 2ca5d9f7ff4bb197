"""What schemathesis has to be taught: how a file of JSON lines is sent."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")  # type: ignore[untyped-decorator]
def send_lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Send the text that the document describes as it is."""
    return value if isinstance(value, bytes) else str(value).encode()
