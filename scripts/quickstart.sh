#!/usr/bin/env bash
# From nothing to new icons: installs what is missing, builds, prepares the bundled icons, trains, and
# samples SVG files and a sheet into runs/quickstart/. Run again, it goes on where it was stopped.
set -euo pipefail
cd "$(dirname "$0")/.."
run=runs/quickstart
bin=build/release/bin
step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS" >&2; }

step "set-up"
scripts/setup.sh

step "build"
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target tools

step "prepare the bundled icons"
mkdir -p "$run"
"$bin/svgfusion-prepare" --config configs/quickstart.json --input data/icons/manifest.tsv \
  --output "$run/icons.dataset.safetensors" --report "$run/prepare.json"

step "train"
"$bin/svgfusion-train" --config configs/quickstart.json --run "$run"

step "sample"
"$bin/svgfusion-sample" --model "$run/model" --count 8 --output "$run/samples" --sheet "$run/samples.png"

step "evaluate"
"$bin/svgfusion-eval" --model "$run/model" --data "$run/icons.dataset.safetensors" \
  --report "$run/report.json" --sheet "$run/nearest.png"

step "done"
cat >&2 <<MESSAGE
New icons:      $run/samples/ (open $run/samples/index.html in a browser)
On one sheet:   $run/samples.png
With neighbours: $run/nearest.png (each band of samples above the nearest training icons)
How good:       $run/report.json
MESSAGE
