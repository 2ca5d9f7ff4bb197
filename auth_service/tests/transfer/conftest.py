"""Files of accounts, and the commands that read and write them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import bcrypt

from auth_service import cli
from auth_service.tests.conftest import REGISTRATION

PASSWORD = REGISTRATION["password"]
BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


def account(**changes: Any) -> dict[str, Any]:
    return {
        "full_name": "Анна Петрова",
        "email": "anna@example.com",
        "phone": "+79161234567",
        "password_hash": BCRYPT,
        **changes,
    }


def other(number: int, **changes: Any) -> dict[str, Any]:
    names = {"email": f"p{number}@example.com", "phone": f"+7{number:010}"}
    return account(**{**names, **changes})


def written(folder: Path, *lines: dict[str, Any] | str | bytes) -> str:
    """Write a file of these lines and return its name."""
    file = folder / "users.jsonl"
    file.write_bytes(
        b"\n".join(
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line)).encode()
            for line in lines
        )
        + b"\n"
    )
    return str(file)


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(cli.main, list(arguments))
