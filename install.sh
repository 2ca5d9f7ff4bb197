#!/bin/sh
# Installs a set of packages into .venv, which it makes where there is none: `./install.sh run` what
# the system needs, `./install.sh dev` what tests and checks need too. Nothing is resolved: the lock
# has every package with its hashes, so that no pip and no later release changes what is installed.
set -eu
cd "$(dirname "$0")"
lock=requirements/$1.txt

fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))'
is_fitting() { command -v "$1" >/dev/null && "$1" -c "$fits" 2>/dev/null; }

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if is_fitting "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

make_environment() {
    python=$(find_python)
    if [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv --clear .venv
    elif command -v uv >/dev/null; then
        uv venv --quiet --clear --python "${python:-3.13}" .venv
    elif [ -n "$python" ]; then
        echo "$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    else
        echo "Vitrina needs Python 3.11, 3.12, 3.13 or 3.14; here is $(python3 --version 2>&1 || true)." >&2
        echo "Your system may have one of them beside it (Debian and Ubuntu: apt install python3.13-venv;" >&2
        echo "Fedora: dnf install python3.13; macOS: brew install python@3.13). Where it has none: install uv," >&2
        echo "which brings a Python of its own, and type the same command again." >&2
        exit 1
    fi
}

# Shows one line that changes in a terminal, and only errors elsewhere; exits as pip did.
show_progress() {
    total=$(grep -c == "$lock")
    { "$@" 2>&1 || echo "pip failed"; } | awk -v total="$total" -v terminal="$([ -t 1 ] && echo 1 || echo 0)" '
        function show(text) { if (terminal) { printf "\r\033[K  %s", text; fflush() } }
        /^(Collecting|Requirement already satisfied)/ { done++; show(done " of " total ": " $0) }
        /^Installing collected/ { show("unpacking " total " packages ...") }
        { kept = kept $0 "\n" }
        /^pip failed/ { failed = 1 }
        END { if (terminal) printf "\r\033[K"; if (failed) printf "%s", kept > "/dev/stderr"; exit failed }'
}

is_fitting .venv/bin/python || make_environment
echo "Installing $(grep -c == "$lock") packages into .venv (once) ..."
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    show_progress .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off \
        --no-deps --require-hashes --only-binary=:all: --no-binary=dkimpy --requirement "$lock"
elif command -v uv >/dev/null; then # which made .venv, without pip
    uv pip install --quiet --python .venv/bin/python --no-deps --require-hashes --requirement "$lock"
else
    echo "There is no pip in .venv, nor uv to install with: remove .venv, and try again." >&2
    exit 1
fi

# The command `vitrina` of this checkout, from any folder.
sed "s#/venv/bin#$PWD/.venv/bin#; s#/app#$PWD#" deploy/vitrina >.venv/bin/vitrina
chmod +x .venv/bin/vitrina
