"""`python -m bench`: every benchmark that the README quotes, one after the other.

`--quick` is a look of two minutes at the gateway alone. bench/README.md lists the others.
"""

import argparse
import subprocess
import sys

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the gateway alone, two minutes")
    quick = parser.parse_args().quick
    for name in ("gateway",) if quick else ("gateway", "system", "logins"):
        options = ["--quick"] if quick else []
        subprocess.run([sys.executable, "-m", f"bench.{name}", *options], check=True)
