#!/usr/bin/env bash
# Write requirements/*.txt: every version pinned, every artefact hashed, and no trace of
# this machine in them. Versions already pinned stay unless `--upgrade` is given. Settings
# of the caller's pip (mirrors, local folders) are set aside, because a hash taken from a
# rebuilt local wheel would fail everywhere else.
set -euo pipefail
cd "$(dirname "$0")/.."

unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CONSTRAINT PIP_REQUIREMENT
export PIP_CONFIG_FILE=/dev/null
export CUSTOM_COMPILE_COMMAND="make locks"

compile() {
    .venv/bin/python -m piptools compile --quiet --no-config --generate-hashes \
        --allow-unsafe --strip-extras --newline lf \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        "$@"
}

# The resolver hashes every hash of a pinned file for every candidate it looks at, which
# takes it from seconds to a quarter of an hour; bare pins say the same.
pins() {
    sed -nE 's/^([A-Za-z0-9._-]+==[^ ]+).*/\1/p' requirements/dev.txt
}

# Take out of a lock what is pinned in engines.pins, and what a pattern names.
keep_the_rest() {
    local rest
    rest=$(awk -v drop="${2:-^$}" 'NR == FNR { split($0, pin, "=="); known[pin[1]] = 1; next }
        /^[A-Za-z0-9]/ { split($0, pin, "=="); skip = pin[1] in known || pin[1] ~ drop }
        !skip' requirements/engines.pins "$1")
    echo "$rest" >"$1"
}

bare=$(pins) && echo "$bare" >requirements/dev.txt
compile "$@" --output-file requirements/dev.txt pyproject.toml requirements/dev.in
pins >requirements/runtime.txt
compile --output-file requirements/runtime.txt pyproject.toml
# An environment of its own: only `make bench-peers` reads it.
compile "$@" --output-file requirements/peers.txt requirements/peers.in
# Another, on top of what .venv has: only the rest is written down.
pins >requirements/engines.pins
compile "$@" --constraint requirements/engines.pins \
    --output-file requirements/engines.txt requirements/engines.in
keep_the_rest requirements/engines.txt
# A folder of its own, which only Envoy and its external processor see.
compile "$@" --output-file requirements/envoy.txt requirements/envoy.in
# And one more, for LiteLLM's proxy and a server of a real model.
compile "$@" --constraint requirements/engines.pins \
    --output-file requirements/gateway.txt requirements/gateway.in
keep_the_rest requirements/gateway.txt
# And for those that read what we share.
compile "$@" --constraint requirements/engines.pins \
    --output-file requirements/sharing.txt requirements/sharing.in
keep_the_rest requirements/sharing.txt
# And for the lab. torch and what its builds for other machines bring stay out: their hashes are
# those of one machine's build.
compile "$@" --constraint requirements/engines.pins \
    --output-file requirements/lab.txt requirements/lab.in
keep_the_rest requirements/lab.txt '^(torch|triton|nvidia-.*|cuda-.*)$'
rm requirements/engines.pins

if grep -nE '://|file:/|@ |--(index|extra|find|trusted)' requirements/*.txt; then
    echo "the lines above tie the locks to one machine" >&2
    exit 1
fi
