#!/usr/bin/env bash
# Make DIR a virtual environment with every locked package and this checkout in it.
# Needs Python 3.11 or newer with either `venv` complete or a pip of its own (Debian's
# python3 comes without ensurepip), and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-.venv}

newest_known() {
    for candidate in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
        if [ -n "$candidate" ] &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Revenuer needs Python 3.11 or newer; none was found. Set PYTHON=/path/to/python." >&2
    return 1
}

python=$(newest_known)
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv" >/dev/null 2>&1 ||
        "$python" -m venv --clear --without-pip "$venv"
fi
if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    pip=("$venv/bin/python" -m pip)
else
    pip=("$python" -m pip --python "$venv/bin/python")
fi
pip+=(install --quiet --no-deps --no-input --disable-pip-version-check)

count=$(grep -c '^[a-z0-9].*==' requirements/dev.txt)
echo "Installing $count locked packages into $venv; a few minutes the first time." >&2
"${pip[@]}" --no-compile --require-hashes --requirement requirements/dev.txt
# pip would compile on one core. Templates that are no Python stay as they are.
"$venv/bin/python" -m compileall -qq -j 0 "$venv/lib" >/dev/null 2>&1 || true
"${pip[@]}" --no-build-isolation --editable .
"$venv/bin/revenuer" --version >&2
