#!/usr/bin/env bash
# Make .venv-engines: the engines beside DuckDB at locked versions, on top of what .venv has.
# Nothing of it reaches Revenuer's own environment. Spark needs Java 17 or newer.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv-engines

command -v java >/dev/null || {
    echo "Spark needs Java 17 or newer; none was found." >&2
    exit 1
}
[ -x "$venv/bin/python" ] || .venv/bin/python -m venv --without-pip "$venv"
site() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
echo "import site; site.addsitedir('$(site .venv/bin/python)')" >"$(site "$venv/bin/python")/revenuer.pth"
pip=(.venv/bin/python -m pip --python "$venv/bin/python" install --no-compile)
# Spark's package is built here, with the setuptools that .venv has, not one that is fetched.
pip+=(--quiet --no-deps --no-build-isolation --no-input --disable-pip-version-check)
echo "Installing the engines into $venv: 620 MB, a few minutes the first time." >&2
"${pip[@]}" --require-hashes --requirement requirements/engines.txt
"$venv/bin/python" -W ignore -c 'import chdb, pyspark, revenuer'
touch "$venv/.ready"
