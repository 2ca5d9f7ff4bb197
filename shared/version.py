"""Which Vitrina this is; a test holds it to pyproject.toml and the Dockerfile."""

import os
from typing import Final

VERSION: Final = "1.0.0"


def revision() -> str:
    """Return the commit as VITRINA_REVISION names it; empty where nobody says."""
    return os.environ.get("VITRINA_REVISION", "")
