"""`python -m bench`: every benchmark that the README quotes, one after the other."""

import subprocess
import sys

if __name__ == "__main__":
    for name in ("system", "gateway", "logins"):
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
