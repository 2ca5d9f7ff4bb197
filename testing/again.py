"""Run the tests that failed in the last run once more: `python -m testing.again [CACHE_FOLDER]`.

Each by its name, one after the other. pytest's own --last-failed runs everything where a name is
not found any more.
"""

import json
import sys
from pathlib import Path

import pytest


def failed(cache: Path) -> list[str]:
    """Return their names; FileNotFoundError where the last run has left none."""
    names: dict[str, bool] = json.loads((cache / "v/cache/lastfailed").read_text(encoding="utf-8"))
    return list(names)


def main(arguments: list[str]) -> int:
    """Return pytest's exit status, or 1 where no test is known to have failed."""
    [folder] = arguments or [".pytest_cache"]
    try:
        names = failed(Path(folder))
    except FileNotFoundError:
        names = []
    if not names:
        print("no test is known to have failed", file=sys.stderr)  # noqa: T201
        return 1
    return int(pytest.main(["-o", f"cache_dir={folder}", *names]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
