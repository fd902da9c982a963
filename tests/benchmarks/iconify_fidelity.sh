#!/usr/bin/env bash
# 2,000 filled, 2,000 stroked, 2,000 masked and 2,000 coloured icons drawn at random from the npm package, original against
# canonical and against grid, both drawn by resvg-js; with FINER as svg_fidelity.cjs has it.
#   NODE_PATH=DIR/node_modules tests/benchmarks/iconify_fidelity.sh PACKAGE [COUNT] [SEED] [SIZE] [FINER]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prepare=${SVGFUSION_PREPARE:-$here/../../build/release/bin/svgfusion-prepare}
package=$1 count=${2:-2000} seed=${3:-1} size=${4:-96} finer=${5:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$here/sample_iconify.cjs" "$package" "$work" "$count" "$seed"
for kind in ${KINDS:-fill stroke mask color}; do
  for stage in icon tokens; do
    "$prepare" --quiet --input "$work/$kind" --write-svg "$work/$kind-$stage" --stage $stage --report "$work/r.json" \
      --set data.limits.max_contours=256 --set data.limits.max_commands_per_contour=1024 \
      --set data.limits.max_commands=8192 --set data.max_styles=255 --set data.duplicates=keep ${SVGFUSION_OPTIONS:-}
    echo "== $kind, $stage"
    node "$here/svg_fidelity.cjs" pairs "$work/$kind" "$work/$kind-$stage" "$size" "$finer"
    python3 -c "
import json, sys
r = json.load(open(sys.argv[1]))
print('left out:', r['reasons'] or 'none')
for s in r['skipped'][:40]: print('  ', s['file'], s['reason'][:120])" "$work/r.json"
  done
done
