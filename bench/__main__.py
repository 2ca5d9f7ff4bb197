"""`python -m bench`: every benchmark that the README quotes, one after the other.

`--quick` is a look of two minutes at the gateway alone.
"""

import subprocess
import sys

if __name__ == "__main__":
    quick = sys.argv[1:] == ["--quick"]
    for name in ("gateway",) if quick else ("gateway", "system", "logins"):
        subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]], check=True)
