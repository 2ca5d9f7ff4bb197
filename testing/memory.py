"""How much memory a test's own process takes."""

import re
from pathlib import Path


def resident() -> int:
    """Return how many bytes this process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
