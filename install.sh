#!/bin/sh
# Makes the virtual environment .venv with a Python that the embedded PostgreSQL has wheels for.
set -eu
cd "$(dirname "$0")"

fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && "$candidate" -c "$fits" 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "Vitrina needs Python 3.11, 3.12 or 3.13; here is $(python3 --version 2>&1 || true)." >&2
    echo "Install one of them (Debian: apt install python3 python3-venv; macOS: brew install python@3.13)." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments: apt install python3-venv" >&2
    exit 1
fi
[ -x .venv/bin/python ] && .venv/bin/python -c "$fits" 2>/dev/null || "$python" -m venv --clear .venv
echo "Installing the requirements into .venv (once, about a minute) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
