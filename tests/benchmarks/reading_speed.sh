#!/usr/bin/env bash
# Icons per second from file to tokens, one thread, median of five runs over the bundled icons repeated COPIES times.
#   tests/benchmarks/reading_speed.sh [COPIES]
set -euo pipefail
cd "$(dirname "$0")/../.."
copies=${1:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for ((i = 0; i < copies; ++i)); do cp -r data/icons/svg "$work/in$i"; done
inputs=()
for ((i = 0; i < copies; ++i)); do inputs+=(--input "$work/in$i"); done
for refine in 0.985 0; do
  for _ in 1 2 3 4 5; do
    build/release/bin/svgfusion-prepare --quiet --jobs 1 "${inputs[@]}" --output "$work/d" --report "$work/r.json" \
      --set data.refine_below=$refine
    python3 -c "import json, sys; r = json.load(open(sys.argv[1])); print(r['read'] / r['seconds'])" "$work/r.json"
  done | sort -n | sed -n 3p | xargs printf 'refine_below %s: %.0f icons a second\n' "$refine"
done
