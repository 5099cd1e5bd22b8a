#!/usr/bin/env bash
# Make .venv-sharing: misp-stix and medallion at locked versions, on top of what .venv has.
# Nothing of it reaches Revenuer's own environment.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv-sharing

[ -x "$venv/bin/python" ] || .venv/bin/python -m venv --without-pip "$venv"
site() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
echo "import site; site.addsitedir('$(site .venv/bin/python)')" >"$(site "$venv/bin/python")/revenuer.pth"
pip=(.venv/bin/python -m pip --python "$venv/bin/python" install --no-compile)
# What comes as source only is built here, with the setuptools that .venv has.
pip+=(--quiet --no-deps --no-build-isolation --no-input --disable-pip-version-check)
echo "Installing readers of what we share into $venv." >&2
"${pip[@]}" --require-hashes --requirement requirements/sharing.txt
"$venv/bin/python" -W ignore -c 'import medallion, misp_stix_converter, revenuer'
touch "$venv/.ready"
