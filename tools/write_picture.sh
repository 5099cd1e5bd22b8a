#!/usr/bin/env bash
# Take the picture of the report that README.md shows, from the demo's world.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/revenuer demo --out "$folder/demo" >/dev/null
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$folder/browser" \
    --hide-scrollbars --window-size=1200,1500 \
    --screenshot="$PWD/docs/images/report.png" "file://$folder/demo/scan/report.html"
